#include "crawler/robots.h"

#include "base/alloc.h"

enum { MAX_DELAY_MS = 24 * 60 * 60 * 1000, MAX_RULES = 1 << 16, MAX_SITEMAPS = 1 << 12 };

typedef struct rule {
    char *pattern; /* respelt */
    size_t len;
    size_t weight; /* the length that "longest match" compares: as written, in percent codes */
    uint32_t line;
    bool allow;
} rule;

typedef struct rule_set {
    rule *items;
    size_t count, cap;
    int64_t delay_ms; /* -1: none */
} rule_set;

struct alm_robots {
    rule_set *taken; /* &named or &others */
    rule_set named;  /* of groups that name the token */
    rule_set others; /* of groups for '*' */
    char **sitemaps;
    size_t sitemap_count, sitemap_cap;
    bool disallow_all;
    alm_robots_stats stats;
};

/* Groups as they are read: user-agent lines in a row open one, the first rule after them closes the row. */
typedef struct reader {
    alm_robots *robots;
    alm_str token;
    bool in_agents; /* the last group line was a user-agent */
    bool for_token, for_others;
    bool closed; /* after a rule of the group */
    uint32_t line;
    alm_status status;
} reader;

static bool is_token_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; }

static alm_str token_prefix(alm_str s) {
    size_t len = 0;
    while (len < s.len && is_token_byte(s.ptr[len])) len++;
    return (alm_str){s.ptr, len};
}

bool alm_robots_token_is_valid(alm_str token) { return token.len > 0 && token_prefix(token).len == token.len; }

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool is_unreserved(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

static size_t put_percent(char *out, unsigned byte) {
    static const char digits[] = "0123456789ABCDEF";
    out[0] = '%';
    out[1] = digits[byte >> 4];
    out[2] = digits[byte & 15];
    return 3;
}

/** How far a text is brought to one spelling; hex digits of percent codes always become upper case. */
typedef struct spelling {
    bool decode_unreserved;
    bool encode_foreign; /* bytes outside ASCII, white space */
    bool is_pattern;     /* '*' and a '$' at the end mean more than themselves */
} spelling;

/** Write @p s to @p out, which has room for 3 * s.len; the length. */
static size_t respell(char *out, alm_str s, spelling how) {
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        int high = c == '%' && s.len - i >= 3 ? hex(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex(s.ptr[i + 2]) : -1;
        bool wild = how.is_pattern && (c == '*' || (c == '$' && i + 1 == s.len));
        if (low >= 0) {
            int byte = high << 4 | low;
            i += 2;
            if (how.decode_unreserved && is_unreserved(byte))
                out[len++] = (char)byte;
            else
                len += put_percent(out + len, (unsigned)byte);
        } else if ((how.encode_foreign && (c >= 0x80 || c <= ' ')) || (!wild && (c == '*' || c == '$'))) {
            len += put_percent(out + len, c);
        } else {
            out[len++] = (char)c;
        }
    }
    return len;
}

/* Reading. */

static alm_status add_rule(rule_set *set, alm_str value, bool allow, uint32_t line) {
    alm_status status = alm_grow((void **)&set->items, &set->cap, set->count, sizeof *set->items, MAX_RULES);
    if (status == ALM_E_LIMIT) return ALM_OK;
    if (status < 0) return status;
    char *pattern = alm_malloc(value.len * 3 + 1);
    if (!pattern) return ALM_E_NOMEM;
    size_t weight = respell(pattern, value, (spelling){false, true, true});
    size_t len = respell(pattern, value, (spelling){!allow, true, true});
    char *exact = alm_realloc(pattern, len + 1);
    if (exact) pattern = exact;
    pattern[len] = '\0';
    set->items[set->count++] = (rule){.pattern = pattern, .len = len, .weight = weight, .line = line, .allow = allow};
    return ALM_OK;
}

static void read_agent(reader *r, alm_str value) {
    if (r->closed || !r->in_agents) r->for_token = r->for_others = false;
    r->in_agents = true;
    r->closed = false;
    /* RFC 9309 2.2.1: '*' alone; "*  more" is taken as well, as crawlers do */
    if (value.len && value.ptr[0] == '*' && (value.len == 1 || value.ptr[1] == ' ' || value.ptr[1] == '\t')) {
        r->for_others = true;
    } else if (alm_str_is_nocase(token_prefix(value), r->token)) {
        r->for_token = true;
        r->robots->stats.named = true;
    }
}

static void read_rule(reader *r, alm_str value, bool allow) {
    if (!r->in_agents) return; /* a rule before any group */
    r->closed = true;
    if (value.len == 0) return; /* matches nothing: "Disallow:" allows all */
    if (r->for_token) r->status = add_rule(&r->robots->named, value, allow, r->line);
    if (r->for_others && r->status == ALM_OK) r->status = add_rule(&r->robots->others, value, allow, r->line);
}

/** Decimal seconds to milliseconds, or -1. */
static int64_t parse_seconds(alm_str s) {
    int64_t ms = 0, unit = 100;
    size_t i = 0, digits = 0;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, digits++)
        if (ms < MAX_DELAY_MS) ms = ms * 10 + (int64_t)(s.ptr[i] - '0') * 1000;
    if (i < s.len && (s.ptr[i] == '.' || s.ptr[i] == ',')) i++;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, digits++) {
        ms += (s.ptr[i] - '0') * unit;
        unit /= 10;
    }
    if (digits == 0) return -1;
    return ms > MAX_DELAY_MS ? MAX_DELAY_MS : ms;
}

static void read_delay(reader *r, alm_str value) {
    int64_t ms = parse_seconds(value);
    if (!r->in_agents || ms < 0) return;
    alm_robots *robots = r->robots;
    if (r->for_token && ms > robots->named.delay_ms) robots->named.delay_ms = ms;
    if (r->for_others && ms > robots->others.delay_ms) robots->others.delay_ms = ms;
}

static void read_sitemap(reader *r, alm_str value) {
    alm_robots *robots = r->robots;
    if (value.len == 0) return;
    r->status = alm_grow((void **)&robots->sitemaps, &robots->sitemap_cap, robots->sitemap_count,
                         sizeof *robots->sitemaps, MAX_SITEMAPS);
    if (r->status == ALM_E_LIMIT) r->status = ALM_OK;
    if (r->status != ALM_OK || robots->sitemap_count == robots->sitemap_cap) return;
    char *copy = alm_strdup(value);
    if (copy)
        robots->sitemaps[robots->sitemap_count++] = copy;
    else
        r->status = ALM_E_NOMEM;
}

typedef enum key { KEY_AGENT, KEY_ALLOW, KEY_DISALLOW, KEY_SITEMAP, KEY_DELAY, KEY_UNKNOWN } key;

/** The keys of RFC 9309, and the spellings that site owners use for them. */
static key key_of(alm_str name) {
    static const struct {
        const char *name;
        key key;
    } keys[] = {{"user-agent", KEY_AGENT},  {"useragent", KEY_AGENT},   {"user agent", KEY_AGENT},
                {"allow", KEY_ALLOW},       {"disallow", KEY_DISALLOW}, {"dissallow", KEY_DISALLOW},
                {"dissalow", KEY_DISALLOW}, {"disalow", KEY_DISALLOW},  {"diasllow", KEY_DISALLOW},
                {"disallaw", KEY_DISALLOW}, {"sitemap", KEY_SITEMAP},   {"site-map", KEY_SITEMAP},
                {"crawl-delay", KEY_DELAY}, {"crawldelay", KEY_DELAY}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (alm_str_is_nocase(name, alm_str_of(keys[i].name))) return keys[i].key;
    return KEY_UNKNOWN;
}

/** Cut a line into key and value: at the first ':', or at white space between two words where there is none. */
static bool split_line(alm_str line, alm_str *name, alm_str *value) {
    const char *colon = memchr(line.ptr, ':', line.len);
    size_t at = colon ? (size_t)(colon - line.ptr) : 0;
    if (!colon) {
        while (at < line.len && line.ptr[at] != ' ' && line.ptr[at] != '\t') at++;
        if (at == line.len) return false;
        alm_str rest = alm_str_trim(alm_str_slice(line, at, line.len));
        for (size_t i = 0; i < rest.len; i++)
            if (rest.ptr[i] == ' ' || rest.ptr[i] == '\t') return false;
    }
    *name = alm_str_trim(alm_str_slice(line, 0, at));
    *value = alm_str_trim(alm_str_slice(line, colon ? at + 1 : at, line.len));
    return true;
}

static void read_line(reader *r, alm_str line) {
    alm_robots_stats *stats = &r->robots->stats;
    const char *comment = line.len ? memchr(line.ptr, '#', line.len) : NULL;
    if (comment) line.len = (size_t)(comment - line.ptr);
    line = alm_str_trim(line);
    if (line.len == 0) return;
    alm_str name, value;
    if (!split_line(line, &name, &value)) {
        stats->malformed++;
        return;
    }
    key what = key_of(name);
    if (what == KEY_UNKNOWN)
        stats->unknown++;
    else
        stats->directives++;
    switch (what) {
    case KEY_AGENT: read_agent(r, value); break;
    case KEY_ALLOW: read_rule(r, value, true); break;
    case KEY_DISALLOW: read_rule(r, value, false); break;
    case KEY_SITEMAP: read_sitemap(r, value); break;
    case KEY_DELAY: read_delay(r, value); break;
    case KEY_UNKNOWN: break;
    }
}

/** The byte order mark, or the part of it that is there. */
static size_t bom_len(alm_str body) {
    static const char bom[] = "\xEF\xBB\xBF";
    size_t len = 0;
    while (len < 3 && len < body.len && body.ptr[len] == bom[len]) len++;
    return len;
}

static alm_status read_body(reader *r, alm_str body) {
    size_t at = bom_len(body);
    while (at < body.len && r->status == ALM_OK) {
        size_t end = at;
        while (end < body.len && body.ptr[end] != '\n' && body.ptr[end] != '\r') end++;
        r->line++;
        read_line(r, alm_str_slice(body, at, end));
        if (end < body.len && body.ptr[end] == '\r' && end + 1 < body.len && body.ptr[end + 1] == '\n') end++;
        at = end + 1;
    }
    r->robots->stats.lines = r->line;
    return r->status;
}

static alm_status robots_new(alm_robots **out) {
    alm_robots *robots = alm_calloc(1, sizeof *robots);
    if (!robots) return ALM_E_NOMEM;
    robots->named.delay_ms = robots->others.delay_ms = -1;
    robots->taken = &robots->others;
    *out = robots;
    return ALM_OK;
}

alm_status alm_robots_parse(alm_robots **out, alm_str body, alm_str token, alm_err *err) {
    alm_robots *robots;
    token = token_prefix(token);
    if (token.len == 0) return alm_fail(err, ALM_E_INVALID, "no product token");
    if (robots_new(&robots) < 0) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (body.len > ALM_ROBOTS_MAX) {
        body.len = ALM_ROBOTS_MAX;
        robots->stats.truncated = true;
    }
    reader r = {.robots = robots, .token = token};
    alm_status status = read_body(&r, body);
    if (status < 0) {
        alm_robots_free(robots);
        return alm_fail(err, status, "out of memory");
    }
    robots->taken = robots->stats.named ? &robots->named : &robots->others;
    robots->stats.rules = (uint32_t)robots->taken->count;
    *out = robots;
    return ALM_OK;
}

alm_status alm_robots_allow_all(alm_robots **out) { return robots_new(out); }

alm_status alm_robots_disallow_all(alm_robots **out) {
    alm_status status = robots_new(out);
    if (status == ALM_OK) (*out)->disallow_all = true;
    return status;
}

static void release_rules(rule_set *set) {
    for (size_t i = 0; i < set->count; i++) alm_free(set->items[i].pattern);
    alm_free(set->items);
}

void alm_robots_free(alm_robots *robots) {
    if (!robots) return;
    release_rules(&robots->named);
    release_rules(&robots->others);
    for (size_t i = 0; i < robots->sitemap_count; i++) alm_free(robots->sitemaps[i]);
    alm_free(robots->sitemaps);
    alm_free(robots);
}

/* Judging. */

/**
 * Does @p pattern match @p target from its start? '*' is any run, '$' at the end is the target's end. The pieces
 * between the stars are looked for one after the other, each at its first place, which leaves most to the rest.
 */
static bool matches(alm_str pattern, alm_str target) {
    bool anchored = pattern.len && pattern.ptr[pattern.len - 1] == '$';
    if (anchored) pattern.len--;
    size_t at = 0, start = 0;
    for (;;) {
        const char *star = start < pattern.len ? memchr(pattern.ptr + start, '*', pattern.len - start) : NULL;
        size_t end = star ? (size_t)(star - pattern.ptr) : pattern.len;
        alm_str piece = alm_str_slice(pattern, start, end);
        alm_str rest = alm_str_slice(target, at, target.len);
        if (start == 0) {
            if (!alm_str_starts(rest, piece)) return false;
        } else if (!star && anchored) {
            return alm_str_ends(rest, piece);
        } else {
            const char *found = memmem(rest.ptr, rest.len, piece.ptr, piece.len);
            if (!found) return false;
            at = (size_t)(found - target.ptr);
        }
        at += piece.len;
        if (!star) return !anchored || at == target.len;
        start = end + 1;
    }
}

/** A target in the spellings that rules are compared with. */
typedef struct spellings {
    alm_str written, decoded; /* for Allow */
    alm_str meant;            /* for Disallow */
} spellings;

static bool rule_matches(const rule *r, const spellings *target) {
    alm_str pattern = {r->pattern, r->len};
    if (!r->allow) return matches(pattern, target->meant);
    return matches(pattern, target->written) || matches(pattern, target->decoded);
}

static alm_robots_verdict judge(const rule_set *set, const spellings *target) {
    const rule *best = NULL;
    for (size_t i = 0; i < set->count; i++) {
        const rule *r = &set->items[i];
        bool better = !best || r->weight > best->weight || (r->weight == best->weight && r->allow && !best->allow);
        if (better && rule_matches(r, target)) best = r;
    }
    if (!best) return (alm_robots_verdict){.allowed = true};
    return (alm_robots_verdict){.allowed = best->allow, .line = best->line, .rule = {best->pattern, best->len}};
}

alm_robots_verdict alm_robots_judge(const alm_robots *robots, alm_str target) {
    enum { ON_STACK = 2048 };
    char few[9 * ON_STACK], *text = few;
    size_t room = target.len * 3;
    if (alm_str_is_c(target, "/robots.txt")) return (alm_robots_verdict){.allowed = true};
    if (robots->disallow_all) return (alm_robots_verdict){.allowed = false};
    if (robots->taken->count == 0) return (alm_robots_verdict){.allowed = true};
    if (target.len > ON_STACK) text = alm_malloc(3 * room);
    if (!text) return (alm_robots_verdict){.allowed = false}; /* no memory: the stricter answer */
    spellings s;
    s.written = (alm_str){text, respell(text, target, (spelling){0})};
    s.decoded = (alm_str){text + room, respell(text + room, target, (spelling){.decode_unreserved = true})};
    s.meant = (alm_str){text + 2 * room, respell(text + 2 * room, target, (spelling){true, true, false})};
    alm_robots_verdict verdict = judge(robots->taken, &s);
    if (text != few) alm_free(text);
    return verdict;
}

bool alm_robots_allows(const alm_robots *robots, alm_str target) { return alm_robots_judge(robots, target).allowed; }

int64_t alm_robots_crawl_delay_ms(const alm_robots *robots) { return robots->taken->delay_ms; }

size_t alm_robots_sitemap_count(const alm_robots *robots) { return robots->sitemap_count; }

alm_str alm_robots_sitemap(const alm_robots *robots, size_t index) { return alm_str_of(robots->sitemaps[index]); }

const alm_robots_stats *alm_robots_describe(const alm_robots *robots) { return &robots->stats; }
