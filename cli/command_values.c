#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "extract/output/decimal.h"
#include "extract/pack_file.h"
#include "extract/page/shadow.h"
#include "extract/rules/pack.h"
#include "extract/value/value.h"

enum { OPT_TYPE = 1, OPT_PUBLISHED, OPT_STRICT, OPT_RULES };
enum { MAX_LINE = 16 << 20, MAX_ARENA = 512 << 20 };

enum { MAX_PACKS = 8 };

static const alm_option options[] = {
    {OPT_TYPE, 't', "type", "TYPE",
     "number: all numbers that are no money, without what they count;\n"
     "money: money alone; a bare number with a word such as wan (ten thousand) counts as yuan;\n"
     "quantity, date: these alone; without it, all that there is"},
    {OPT_PUBLISHED, 0, "published", "DATE", "YYYY-MM-DD: gives dates without a year theirs"},
    {OPT_STRICT, 0, "strict", NULL, "a text is one value from end to end, or gives nothing"},
    {OPT_RULES, 'r', "rules", "DIR",
     "rule pack; else $ALMONER_RULES, else the one installed; again: packs that extend it"},
    {0}};

const alm_usage alm_usage_values = {
    "values", "[options] TEXT|- ...",
    "Print the numbers, sums of money, quantities and dates in TEXT, one JSON object a line; '-' is standard\n"
    "input, a text a line. Spans count code points of the text as it was given.\n",
    options,
    "Examples:\n"
    "  almoner values --published 2020-02-18 TEXT\n"
    "  almoner values --type money - < lines.txt | jq .amount\n"};

typedef enum wanted { WANTED_NUMBER, WANTED_MONEY, WANTED_QUANTITY, WANTED_DATE, WANTED_ALL } wanted;

typedef struct settings {
    wanted type;
    bool strict;
    const char *published;
    const char *packs[MAX_PACKS + 1]; /* the first is the base; NULL-terminated */
    size_t pack_count;
    alm_pack *pack;
    alm_shadow_tables *shadow;
    alm_arena arena; /* of one text */
    alm_buf out;
    uint64_t line;
    bool failed; /* a text was no UTF-8 */
} settings;

static void write_span(alm_json *json, const alm_shadow *shadow, uint32_t start, uint32_t end) {
    alm_shadow_to_code_points(shadow, start, end, &start, &end);
    alm_json_array(json);
    alm_json_uint(json, start);
    alm_json_uint(json, end);
    alm_json_array_end(json);
}

/* A piece of the shadow as the text has it: a unit in Traditional characters stays so. */
static alm_str as_written(const alm_shadow *shadow, alm_str piece) {
    if (!piece.len) return piece;
    uint32_t start = (uint32_t)(piece.ptr - shadow->text.ptr), end = start + (uint32_t)piece.len;
    alm_shadow_to_original(shadow, start, end, &start, &end);
    return alm_str_slice(shadow->original, start, end);
}

/* Money has two digits behind the point at least; low and high are null where open. */
static void write_figures(alm_json *json, settings *s, const alm_value *v, bool money) {
    const char *names[] = {"amount", "low", "high"};
    const alm_str figures[] = {v->amount, v->low, v->high};
    for (size_t i = 0; i < 3; i++) {
        alm_str text = money && figures[i].ptr ? alm_decimal_money(&s->arena, figures[i]) : figures[i];
        alm_json_member(json, names[i], text);
    }
}

static void write_value(settings *s, const alm_shadow *shadow, const alm_value *v) {
    alm_json json;
    alm_json_init(&json, &s->out, false);
    bool money = v->kind == ALM_VALUE_MONEY || s->type == WANTED_MONEY;
    uint32_t from, to;
    alm_shadow_to_original(shadow, v->start, v->end, &from, &to);
    alm_json_object(&json);
    alm_json_key(&json, "line");
    alm_json_uint(&json, s->line);
    alm_json_member(&json, "text", alm_str_slice(shadow->original, from, to));
    alm_json_key(&json, "span");
    write_span(&json, shadow, v->start, v->end);
    alm_json_member_c(&json, "type", money ? "money" : alm_value_kind_name(v->kind));
    if (v->kind == ALM_VALUE_DATE) {
        alm_json_member(&json, "from", v->date_from);
        alm_json_member(&json, "to", v->date_to);
    } else {
        alm_json_member_c(&json, "form", alm_value_form_name(v->form));
        alm_json_key(&json, "number_span");
        write_span(&json, shadow, v->number_start, v->number_end);
        alm_json_member_c(&json, "qualifier", alm_qualifier_name(v->qualifier));
        write_figures(&json, s, v, money);
        if (money) alm_json_member(&json, "currency", v->unit.ptr ? v->unit : ALM_STR("CNY"));
        if (v->kind == ALM_VALUE_QUANTITY) {
            alm_json_member(&json, "unit", as_written(shadow, v->unit));
            alm_json_member_c(&json, "measure", alm_measure_name(v->measure));
        }
        if (v->each) alm_json_key(&json, "each"), alm_json_bool(&json, true);
    }
    alm_json_object_end(&json);
    alm_buf_add_byte(&s->out, '\n');
}

static bool is_wanted(const settings *s, const alm_value *v) {
    switch (s->type) {
    case WANTED_NUMBER: return !s->strict || v->form != ALM_FORM_CODE;
    case WANTED_MONEY:
        return v->kind == ALM_VALUE_MONEY || (v->kind == ALM_VALUE_NUMBER && v->form == ALM_FORM_PLAIN && v->scaled);
    case WANTED_QUANTITY: return v->kind == ALM_VALUE_QUANTITY;
    case WANTED_DATE: return v->kind == ALM_VALUE_DATE;
    case WANTED_ALL: break;
    }
    return true;
}

static alm_status read_text(settings *s, alm_str text, alm_err *err) {
    alm_value *values;
    size_t count;
    alm_shadow shadow;
    size_t valid = alm_utf8_valid_prefix(text);
    if (valid < text.len) {
        fprintf(stderr, "almoner: text %" PRIu64 ": not UTF-8 at byte %zu, left out\n", s->line, valid + 1);
        s->failed = true;
        return ALM_OK;
    }
    alm_arena_reset(&s->arena);
    alm_status status = alm_shadow_make(&shadow, &s->arena, s->shadow, text, err);
    if (status != ALM_OK) return status;
    status =
        s->type == WANTED_NUMBER
            ? alm_value_scan_numbers(&values, &count, &s->arena, s->pack->values, shadow.text, err)
            : alm_value_scan(&values, &count, &s->arena, s->pack->values, shadow.text, alm_str_of(s->published), err);
    if (status != ALM_OK) return status;
    alm_str whole = alm_str_trim(shadow.text);
    size_t before = (size_t)(whole.ptr - shadow.text.ptr);
    for (size_t i = 0; i < count; i++) {
        bool all = values[i].start == before && values[i].end == before + whole.len;
        if (is_wanted(s, &values[i]) && (all || !s->strict)) write_value(s, &shadow, &values[i]);
    }
    if (s->out.status != ALM_OK) return alm_fail(err, s->out.status, "out of memory");
    if (fwrite(s->out.ptr, 1, s->out.len, stdout) != s->out.len) return alm_fail(err, ALM_E_IO, "cannot write");
    alm_buf_reset(&s->out);
    return ALM_OK;
}

static alm_status read_lines(settings *s, alm_err *err) {
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    alm_status status = ALM_OK;
    while (status == ALM_OK && (len = getline(&line, &room, stdin)) >= 0) {
        alm_str text = {line, (size_t)len};
        if (text.len && text.ptr[text.len - 1] == '\n') text.len--;
        s->line++;
        status = text.len > MAX_LINE ? alm_fail(err, ALM_E_LIMIT, "a line longer than %d bytes", MAX_LINE)
                                     : read_text(s, text, err);
    }
    if (status == ALM_OK && ferror(stdin)) status = alm_fail(err, ALM_E_IO, "standard input: cannot read");
    free(line); /* of getline */
    return status;
}

/* The values of the last layer that has some, as `extract` reads them. */
static alm_status load(settings *s, alm_err *err) {
    char found[ALM_PACK_PATH_MAX];
    alm_shadow_files files = {0};
    alm_status status = ALM_OK;
    if (!s->packs[0]) {
        status = alm_pack_find(found, err);
        if (status == ALM_OK && !(s->packs[0] = alm_arena_copy(&s->arena, alm_str_of(found)).ptr)) status = ALM_E_NOMEM;
    }
    if (status == ALM_OK) status = alm_pack_load(&s->pack, s->packs[0], s->packs + 1, err);
    if (status != ALM_OK) return status;
    status = alm_pack_read(&files.trad_simp, &s->arena, s->pack->dir, "lexicon/trad-simp.tsv", err);
    if (status == ALM_OK) status = alm_pack_read(&files.pinyin, &s->arena, s->pack->dir, "lexicon/pinyin.tsv", err);
    if (status == ALM_OK) status = alm_shadow_tables_new(&s->shadow, &files, err);
    return status;
}

static int run(settings *s, int count, char **texts) {
    alm_err err = {0};
    char message[1024];
    alm_arena_init(&s->arena, MAX_ARENA);
    alm_buf_init(&s->out, MAX_ARENA);
    alm_status status = load(s, &err);
    int code = status == ALM_OK ? ALM_EXIT_OK : ALM_EXIT_USAGE;
    for (int i = 0; i < count && status == ALM_OK; i++) {
        if (strcmp(texts[i], "-") == 0) {
            status = read_lines(s, &err);
        } else {
            s->line++;
            status = read_text(s, alm_str_of(texts[i]), &err);
        }
        if (status != ALM_OK) code = ALM_EXIT_SYSTEM;
    }
    if (code == ALM_EXIT_OK && s->failed) code = ALM_EXIT_SOME_FAILED;
    if (status != ALM_OK) {
        alm_err_describe(&err, message, sizeof message);
        fprintf(stderr, "almoner: %s\n", message);
    }
    alm_buf_release(&s->out);
    alm_arena_release(&s->arena);
    alm_pack_free(s->pack);
    alm_shadow_tables_free(s->shadow);
    return code;
}

int alm_command_values(int argc, char **argv) {
    static const char *const types[] = {"number", "money", "quantity", "date", NULL};
    settings s = {.type = WANTED_ALL};
    const char *named = getenv("ALMONER_RULES");
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_values, argc, argv, &value, &first)) > 0) {
        if (id == OPT_TYPE) {
            int choice = alm_option_choice(&alm_usage_values, "--type", value, types);
            if (choice < 0) return ALM_EXIT_USAGE;
            s.type = (wanted)choice;
        } else if (id == OPT_PUBLISHED) {
            s.published = value;
            if (!alm_value_is_date(alm_str_of(value)))
                return alm_usage_fail(&alm_usage_values, "--published '%s': expected a day as YYYY-MM-DD", value);
        } else if (id == OPT_STRICT) {
            s.strict = true;
        } else if (s.pack_count == MAX_PACKS) {
            return alm_usage_fail(&alm_usage_values, "--rules: at most %d packs", (int)MAX_PACKS);
        } else {
            s.packs[s.pack_count++] = value;
        }
    }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first == argc) return alm_usage_fail(&alm_usage_values, "expected a text or -");
    if (!s.packs[0] && named && named[0]) s.packs[0] = named;
    return run(&s, argc - first, argv + first);
}
