#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "extract/pack_file.h"
#include "resolve/resolver.h"
#include "store/locate.h"
#include "store/resolution.h"

enum { OPT_STORE = 1, OPT_PRINT, OPT_EXPLAIN, OPT_DRY_RUN, OPT_FORCE, OPT_RULES };
enum { PRINT_NOTHING = -1, PRINT_GIFTS, PRINT_TIES, PRINT_ORGANISATIONS };
enum { FILE_MAX = 1 << 30, LINE_MAX_LEN = 1 << 24 };

static const char *const print_names[] = {"gifts", "ties", "organisations", NULL};

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "STORE", "resolve what this store holds, and write the answer into it"},
    {OPT_PRINT, 0, "print", "WHAT", "gifts (default for files), ties or organisations, an object a line"},
    {OPT_EXPLAIN, 0, "explain", NULL, "as --print ties: what speaks for each tie, and for each doubt"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "write nothing into the store"},
    {OPT_FORCE, 0, "force", NULL, "resolve a store again that has not changed"},
    {OPT_RULES, 'r', "rules", "DIR", "rule pack; else $ALMONER_RULES, else the one installed"},
    {0}};

const alm_usage alm_usage_resolve = {
    "resolve", "[options] --store STORE | [options] FILE|- ...",
    "Tie donations that several pages tell of one gift, by donor, amount, receiver, date and\n"
    "wording, and names of one organisation, so that sums count a gift once. Doubtful ones are\n"
    "kept apart and named. FILE holds page documents, one a line; '-' is standard input.\n",
    options,
    "Exit status: 0 resolved; 1 a file cannot be read; 2 usage or rule pack; 3 storage.\n\n"
    "Examples:\n"
    "  almoner resolve --store crawl\n"
    "  almoner resolve --store crawl --dry-run --explain | jq 'select(.verdict == \"doubtful\")'\n"
    "  almoner extract pages/*.html | almoner resolve - | jq 'select(.pages > 1)'\n"};

typedef struct state {
    const char *store, *rules;
    int print;
    bool dry_run, force;
    alm_name_words *words;
    alm_resolver *resolver;
    alm_resolution *resolution;
    alm_buf line, why;
} state;

/* ---- printing ---- */

static void add_points(alm_json *json, const char *key, int points) {
    char text[32];
    snprintf(text, sizeof text, "%.1f", points / 10.0);
    alm_json_key(json, key);
    alm_json_raw(json, alm_str_of(text));
}

static void add_clues(alm_json *json, const alm_tie *tie) {
    alm_json_object(json);
    for (int i = 0; i < ALM_CLUE_COUNT; i++) {
        if (!tie->why[i]) continue;
        char points[32];
        snprintf(points, sizeof points, "%.1f", tie->clues[i] / 10.0);
        alm_json_key(json, alm_clue_name((alm_clue)i));
        alm_json_array(json);
        alm_json_text(json, alm_str_of(tie->why[i]));
        alm_json_raw(json, alm_str_of(points));
        alm_json_array_end(json);
    }
    alm_json_object_end(json);
}

static alm_str donor_of(const alm_claims *told, uint32_t claim) {
    const alm_claim *t = &told->claims[claim];
    if (t->organisation_count) return told->organisations[t->organisations[0]].name;
    return t->person_count ? t->people[0].text : (alm_str){0};
}

static alm_str url_of(const alm_claims *told, uint32_t claim) { return told->pages[told->claims[claim].page].url; }

static void print_ties(state *s) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    size_t count;
    const alm_tie *ties = alm_resolver_ties(s->resolver, &count);
    for (size_t i = 0; i < count; i++) {
        const alm_tie *tie = &ties[i];
        alm_json json = alm_line_begin(&s->line);
        alm_json_member(&json, "uid", told->claims[tie->a].uid);
        alm_json_member(&json, "other_uid", told->claims[tie->b].uid);
        alm_json_member_c(&json, "verdict",
                          alm_resolver_is_refused(s->resolver, tie) ? "refused" : alm_verdict_name(tie->verdict));
        add_points(&json, "points", tie->points);
        alm_json_key(&json, "clues");
        add_clues(&json, tie);
        alm_json_member(&json, "donor", donor_of(told, tie->a));
        alm_json_member(&json, "other_donor", donor_of(told, tie->b));
        alm_json_member(&json, "url", url_of(told, tie->a));
        alm_json_member(&json, "other_url", url_of(told, tie->b));
        alm_line_end(&json);
    }
}

/* Claims of each gift in a chain: first[gift], then next[claim]; both count + 1, 0 ends. */
static void chain_gifts(const state *s, uint32_t *first, uint32_t *next) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    for (size_t i = told->claim_count; i-- > 0;) {
        uint32_t gift = alm_resolver_gift(s->resolver, (uint32_t)i);
        next[i] = first[gift];
        first[gift] = (uint32_t)i + 1;
    }
}

static void print_gift(state *s, uint32_t gift, const uint32_t *first, const uint32_t *next) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    uint32_t speaker = alm_resolver_speaker(s->resolver, gift), pages = 0;
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "gift_uid", told->claims[gift].uid);
    alm_json_member(&json, "uid", told->claims[speaker].uid);
    alm_json_member(&json, "donor", donor_of(told, speaker));
    alm_json_key(&json, "donations");
    alm_json_array(&json);
    for (uint32_t at = first[gift]; at; at = next[at - 1], pages++) {
        alm_json_object(&json);
        alm_json_member(&json, "uid", told->claims[at - 1].uid);
        alm_json_member(&json, "url", url_of(told, at - 1));
        alm_json_object_end(&json);
    }
    alm_json_array_end(&json);
    alm_json_key(&json, "pages");
    alm_json_uint(&json, pages);
    alm_line_end(&json);
}

static int print_gifts(state *s) {
    size_t count = alm_resolver_claims(s->resolver)->claim_count;
    uint32_t *first = calloc(count + 1, sizeof *first), *next = calloc(count + 1, sizeof *next);
    if (first && next) chain_gifts(s, first, next);
    for (uint32_t i = 0; first && next && i < count; i++)
        if (first[i]) print_gift(s, i, first, next);
    int status = first && next ? ALM_EXIT_OK : ALM_EXIT_SYSTEM;
    free(first);
    free(next);
    return status;
}

static void print_organisations(state *s) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    size_t count;
    const alm_canonical *all = alm_resolver_organisations(s->resolver, &count);
    for (uint32_t i = 0; i < told->organisation_count; i++) {
        const alm_claim_organisation *o = &told->organisations[i];
        const char *why;
        const alm_canonical *c = &all[alm_resolver_organisation(s->resolver, i, &why)];
        alm_json json = alm_line_begin(&s->line);
        alm_json_member_c(&json, "entity_uid", c->id);
        alm_json_member(&json, "entity", c->name);
        alm_json_member(&json, "type", c->type);
        alm_json_member(&json, "place", c->place);
        alm_json_member(&json, "name", o->name);
        alm_json_member(&json, "url", told->pages[o->page].url);
        alm_json_member_c(&json, "why", why);
        alm_line_end(&json);
    }
}

static int print(state *s) {
    switch (s->print) {
    case PRINT_GIFTS: return print_gifts(s);
    case PRINT_TIES: print_ties(s); return ALM_EXIT_OK;
    case PRINT_ORGANISATIONS: print_organisations(s); return ALM_EXIT_OK;
    default: return ALM_EXIT_OK;
    }
}

/* ---- the store ---- */

static alm_str clues_of(state *s, const alm_tie *tie, alm_str with) {
    alm_buf_reset(&s->why);
    alm_json json;
    alm_json_init(&json, &s->why, false);
    alm_json_object(&json);
    if (tie) {
        alm_json_member(&json, "with", with);
        alm_json_key(&json, "clues");
        add_clues(&json, tie);
    }
    alm_json_object_end(&json);
    return alm_buf_str(&s->why);
}

/* The surest tie of each claim to another of its gift, or SIZE_MAX. */
static size_t *surest_ties(const state *s) {
    size_t claims = alm_resolver_claims(s->resolver)->claim_count, count;
    const alm_tie *ties = alm_resolver_ties(s->resolver, &count);
    size_t *best = calloc(claims + 1, sizeof *best);
    if (!best) return NULL;
    for (size_t i = 0; i < claims; i++) best[i] = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (alm_resolver_gift(s->resolver, ties[i].a) != alm_resolver_gift(s->resolver, ties[i].b)) continue;
        const uint32_t ends[] = {ties[i].a, ties[i].b};
        for (int k = 0; k < 2; k++)
            if (best[ends[k]] == SIZE_MAX || ties[i].points > ties[best[ends[k]]].points) best[ends[k]] = i;
    }
    return best;
}

static alm_status put_gifts(state *s, alm_err *err) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    size_t count;
    const alm_tie *ties = alm_resolver_ties(s->resolver, &count);
    size_t *best = surest_ties(s);
    alm_status status = best ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    for (uint32_t i = 0; i < told->claim_count && status == ALM_OK; i++) {
        uint32_t gift = alm_resolver_gift(s->resolver, i);
        const alm_tie *tie = best[i] == SIZE_MAX ? NULL : &ties[best[i]];
        alm_str with = tie ? told->claims[tie->a == i ? tie->b : tie->a].uid : (alm_str){0};
        alm_resolution_member member = {told->claims[i].uid, told->claims[gift].uid, clues_of(s, tie, with),
                                        tie ? tie->points / 10.0 : 0};
        if (gift == i)
            status = alm_resolution_put_gift(s->resolution, member.gift_uid,
                                             told->claims[alm_resolver_speaker(s->resolver, i)].uid, err);
        if (status == ALM_OK) status = alm_resolution_put_member(s->resolution, &member, err);
    }
    free(best);
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        if (alm_resolver_gift(s->resolver, ties[i].a) == alm_resolver_gift(s->resolver, ties[i].b)) continue;
        alm_str other = told->claims[ties[i].b].uid;
        alm_resolution_doubt doubt = {told->claims[ties[i].a].uid, other, clues_of(s, &ties[i], other),
                                      ties[i].points / 10.0};
        status = alm_resolution_put_doubt(s->resolution, &doubt, err);
    }
    return status;
}

/* A name that its page has had before. */
static bool is_repeated(const alm_claims *told, uint32_t index) {
    const alm_claim_organisation *o = &told->organisations[index];
    for (uint32_t i = told->pages[o->page].first_organisation; i < index; i++)
        if (alm_str_is(told->organisations[i].name, o->name)) return true;
    return false;
}

static alm_status put_organisations(state *s, alm_err *err) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    size_t count;
    const alm_canonical *all = alm_resolver_organisations(s->resolver, &count);
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        alm_resolution_entity entity = {alm_str_of(all[i].id), all[i].name, all[i].type, all[i].place};
        status = alm_resolution_put_entity(s->resolution, &entity, err);
    }
    for (uint32_t i = 0; i < told->organisation_count && status == ALM_OK; i++) {
        const char *why;
        const alm_canonical *c = &all[alm_resolver_organisation(s->resolver, i, &why)];
        if (is_repeated(told, i)) continue;
        alm_buf_reset(&s->why);
        alm_buf_add_byte(&s->why, '"');
        alm_json_escape(&s->why, alm_str_of(why));
        alm_buf_add_byte(&s->why, '"');
        alm_resolution_name name = {told->pages[told->organisations[i].page].tag, told->organisations[i].name,
                                    alm_str_of(c->id), alm_buf_str(&s->why), 1.0};
        status = alm_resolution_put_name(s->resolution, &name, err);
    }
    return status;
}

/* ---- running ---- */

static void print_summary(const state *s, const char *rest) {
    const alm_claims *told = alm_resolver_claims(s->resolver);
    size_t ties, organisations, gifts = 0, doubts = 0;
    const alm_tie *all = alm_resolver_ties(s->resolver, &ties);
    alm_resolver_organisations(s->resolver, &organisations);
    for (uint32_t i = 0; i < told->claim_count; i++) gifts += alm_resolver_gift(s->resolver, i) == i;
    for (size_t i = 0; i < ties; i++)
        doubts += alm_resolver_gift(s->resolver, all[i].a) != alm_resolver_gift(s->resolver, all[i].b);
    fprintf(stderr, "almoner resolve: %zu donations on %zu pages are %zu gifts, %zu doubts; %zu organisations%s\n",
            told->claim_count, told->page_count, gifts, doubts, organisations, rest);
}

static alm_status add_document(void *context, int64_t page_id, alm_str json, alm_err *err) {
    state *s = context;
    return alm_resolver_add(s->resolver, json, page_id, err);
}

static alm_status write_answer(state *s, alm_err *err) {
    uint64_t changed = 0;
    alm_status status = put_gifts(s, err);
    if (status == ALM_OK) status = put_organisations(s, err);
    if (status == ALM_OK) status = alm_resolution_commit(s->resolution, &changed, err);
    char rest[64];
    snprintf(rest, sizeof rest, "; %llu rows changed", (unsigned long long)changed);
    if (status == ALM_OK) print_summary(s, rest);
    return status;
}

static int run_store(state *s) {
    alm_err err = {0};
    alm_store_location at;
    if (alm_store_locate(&at, s->store, &err) != ALM_OK)
        return alm_usage_fail(&alm_usage_resolve, "--store '%s': %s", s->store, err.message);
    alm_status status = alm_resolution_open(&s->resolution, &at, &err);
    if (status == ALM_OK && alm_resolution_is_fresh(s->resolution) && !s->force && s->print == PRINT_NOTHING) {
        fputs("almoner resolve: nothing changed since it was resolved last\n", stderr);
        return ALM_EXIT_OK;
    }
    if (status == ALM_OK) status = alm_resolution_read(s->resolution, add_document, s, &err);
    if (status == ALM_OK) status = alm_resolver_run(s->resolver, &err);
    if (status == ALM_OK && !s->dry_run) status = write_answer(s, &err);
    if (status == ALM_OK) {
        if (s->dry_run) print_summary(s, "; nothing was written");
        return print(s);
    }
    alm_lines_fail(&alm_usage_resolve, &err);
    return ALM_EXIT_SYSTEM;
}

static alm_status add_file(state *s, const char *path, alm_err *err) {
    alm_buf bytes;
    alm_buf_init(&bytes, FILE_MAX);
    alm_status status = alm_read_file(&bytes, path, err);
    alm_str all = alm_buf_str(&bytes);
    uint32_t line = 0;
    for (size_t at = 0; at < all.len && status == ALM_OK;) {
        size_t end = alm_str_find(all, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = all.len;
        alm_str json = alm_str_trim(alm_str_slice(all, at, end));
        at = end + 1;
        line++;
        alm_err bad = {0};
        if (json.len) status = alm_resolver_add(s->resolver, json, 0, &bad);
        if (status != ALM_OK) alm_fail_at(err, status, path, line, 0, "%s", bad.message);
    }
    alm_buf_release(&bytes);
    return status;
}

static int run_files(state *s, int argc, char **argv, int first) {
    alm_err err = {0};
    alm_status status = ALM_OK;
    for (int i = first; i < argc && status == ALM_OK; i++) status = add_file(s, argv[i], &err);
    if (status == ALM_OK) status = alm_resolver_run(s->resolver, &err);
    if (status != ALM_OK) return alm_lines_fail(&alm_usage_resolve, &err);
    if (s->print == PRINT_NOTHING) s->print = PRINT_GIFTS;
    return print(s);
}

static int run(state *s, int argc, char **argv, int first) {
    alm_err err = {0};
    char dir[ALM_PACK_PATH_MAX];
    const char *named = s->rules ? s->rules : getenv("ALMONER_RULES");
    alm_status status = named && named[0] ? ALM_OK : alm_pack_find(dir, &err);
    if (status == ALM_OK) status = alm_name_words_new(&s->words, named && named[0] ? named : dir, &err);
    if (status == ALM_OK) status = alm_resolver_new(&s->resolver, s->words, &err);
    if (status != ALM_OK) {
        alm_name_words_free(s->words);
        alm_lines_fail(&alm_usage_resolve, &err);
        return ALM_EXIT_USAGE;
    }
    alm_buf_init(&s->line, LINE_MAX_LEN);
    alm_buf_init(&s->why, LINE_MAX_LEN);
    int exit = s->store ? run_store(s) : run_files(s, argc, argv, first);
    alm_buf_release(&s->why);
    alm_buf_release(&s->line);
    alm_resolution_free(s->resolution);
    alm_resolver_free(s->resolver);
    alm_name_words_free(s->words);
    return exit;
}

static bool set_option(state *s, int id, const char *value) {
    switch (id) {
    case OPT_STORE: s->store = value; break;
    case OPT_PRINT:
        s->print = alm_option_choice(&alm_usage_resolve, "--print", value, print_names);
        return s->print >= 0;
    case OPT_EXPLAIN: s->print = PRINT_TIES; break;
    case OPT_DRY_RUN: s->dry_run = true; break;
    case OPT_FORCE: s->force = true; break;
    default: s->rules = value; break;
    }
    return true;
}

int alm_command_resolve(int argc, char **argv) {
    state s = {.print = PRINT_NOTHING};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_resolve, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (s.store && first != argc) return alm_usage_fail(&alm_usage_resolve, "a store or files, not both");
    if (!s.store && first == argc) return alm_usage_fail(&alm_usage_resolve, "expected --store or files");
    return run(&s, argc, argv, first);
}
