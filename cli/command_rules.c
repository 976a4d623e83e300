#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "extract/check/check.h"

enum { OPT_RULES = 1, OPT_JSON, OPT_PUBLISHED };
enum { MAX_PACKS = 7, MAX_LINE = 1 << 24 };

static const alm_option options[] = {
    {OPT_RULES, 'r', "rules", "DIR",
     "rule pack; else $ALMONER_RULES, else the one installed.\n"
     "Given again: a pack that extends the ones before"},
    {OPT_JSON, 0, "json", NULL, "answer in JSON Lines"},
    {OPT_PUBLISHED, 0, "published", "DATE", "explain: the day the text was published, YYYY-MM-DD"},
    {0}};

const alm_usage alm_usage_rules = {
    "rules", "[options] list|check|test [RULE]|explain TEXT|-",
    "Look into a rule pack and try it.\n"
    "  list      its rules in the order in which they run: phase, priority, what they emit, where they stand\n"
    "  check     what is wrong with it: file, line, column and reason, a line each\n"
    "  test      run the examples of all rules, or of one\n"
    "  explain   read a text, or each line of standard input, and show each step: words, names, rules, who won and "
    "why\n",
    options,
    "Exit status: 0 all well; 1 check or test found something; 2 usage, or the pack does not load.\n\n"
    "Examples:\n"
    "  almoner rules check --rules my-pack\n"
    "  almoner rules test posts-before-person\n"};

typedef struct settings {
    const char *packs[MAX_PACKS + 2]; /* the first is the base; NULL-terminated */
    size_t pack_count;
    const char *published;
    bool json;
    alm_extractor *extractor;
} settings;

static int print_line(void *context, const char *bytes, size_t len) {
    (void)context;
    return fwrite(bytes, 1, len, stdout) == len ? 0 : 1;
}

static void print_json(alm_json *json, alm_buf *buf) {
    alm_json_object_end(json);
    alm_buf_add_byte(buf, '\n');
    if (buf->status == ALM_OK) print_line(NULL, buf->ptr, buf->len);
    alm_buf_release(buf);
}

static alm_json begin_json(alm_buf *buf) {
    alm_json json;
    alm_buf_init(buf, MAX_LINE);
    alm_json_init(&json, buf, false);
    alm_json_object(&json);
    return json;
}

static void member_place(alm_json *json, const char *file, uint32_t line, uint32_t column) {
    alm_json_member_c(json, "file", file);
    alm_json_key(json, "line");
    alm_json_uint(json, line);
    alm_json_key(json, "column");
    alm_json_uint(json, column);
}

/* ---- list ---- */

static void list_json(const alm_pack *pack, const alm_rule *rule) {
    alm_buf buf;
    alm_json json = begin_json(&buf);
    alm_json_member(&json, "rule", rule->id);
    alm_json_member_c(&json, "phase", alm_phase_name(rule->phase));
    alm_json_key(&json, "priority");
    alm_json_uint(&json, (uint64_t)rule->priority);
    alm_json_member(&json, "emit", rule->emit);
    alm_json_member(&json, "pack", pack->layers[rule->layer].name);
    member_place(&json, rule->node->file, rule->node->line, rule->node->column);
    print_json(&json, &buf);
}

static int run_list(const settings *s) {
    const alm_pack *pack = alm_extractor_pack(s->extractor);
    for (size_t i = 0; i < pack->rule_count; i++) {
        const alm_rule *rule = &pack->rules[i];
        if (s->json)
            list_json(pack, rule);
        else
            printf("%-12s %4d  %-12.*s %-34.*s %.*s\n", alm_phase_name(rule->phase), rule->priority,
                   ALM_FMT(rule->emit), ALM_FMT(rule->id), ALM_FMT(pack->layers[rule->layer].name));
    }
    return ALM_EXIT_OK;
}

/* ---- check and test ---- */

static void print_finding(void *context, const alm_finding *finding) {
    const settings *s = context;
    if (!s->json) {
        printf("%s:%u:%u: %s: %s [%s]\n", finding->file, finding->line, finding->column,
               alm_severity_name(finding->severity), finding->message, finding->code);
        return;
    }
    alm_buf buf;
    alm_json json = begin_json(&buf);
    member_place(&json, finding->file, finding->line, finding->column);
    alm_json_member_c(&json, "severity", alm_severity_name(finding->severity));
    alm_json_member_c(&json, "code", finding->code);
    alm_json_member(&json, "rule", finding->rule);
    alm_json_member_c(&json, "message", finding->message);
    print_json(&json, &buf);
}

static int tell_failure(const alm_err *err) {
    char message[1024];
    alm_err_describe(err, message, sizeof message);
    fprintf(stderr, "almoner: %s\n", message);
    return err->code == ALM_E_NOMEM ? ALM_EXIT_SYSTEM : ALM_EXIT_USAGE;
}

static int run_check(settings *s) {
    alm_err err = {0};
    alm_check check = {.extractor = s->extractor, .found = print_finding, .context = s};
    if (alm_check_lint(&check, &err) != ALM_OK) return tell_failure(&err);
    if (!s->json)
        printf("%s: %zu rules, %zu words, %zu findings\n", alm_extractor_pack(s->extractor)->name.ptr, check.rules,
               check.entries, check.findings);
    return check.findings ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
}

static int run_test(settings *s, const char *id) {
    alm_err err = {0};
    alm_check check = {.extractor = s->extractor, .found = print_finding, .context = s};
    if (alm_check_examples(&check, alm_str_of(id), &err) != ALM_OK) return tell_failure(&err);
    if (!s->json)
        printf("%s: %zu rules, %zu examples, %zu wrong\n", alm_extractor_pack(s->extractor)->name.ptr, check.rules,
               check.examples, check.findings);
    return check.findings ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
}

/* ---- explain ---- */

static int explain_text(const settings *s, alm_session *session, alm_str text) {
    alm_session_explain(session, print_line, NULL, s->json);
    if (alm_utf8_valid_prefix(text) != text.len) {
        fputs("almoner: the text is not valid UTF-8\n", stderr);
        return ALM_EXIT_USAGE;
    }
    if (alm_extract_text(session, text, alm_str_of(s->published)) != 0) {
        fprintf(stderr, "almoner: %s\n", alm_session_message(session));
        return ALM_EXIT_SOME_FAILED;
    }
    if (!s->json) puts("== document");
    alm_output_options output = {.format = ALM_FORMAT_JSON, .pretty = !s->json};
    return alm_session_write(session, &output, print_line, NULL) == 0 ? ALM_EXIT_OK : ALM_EXIT_SYSTEM;
}

static int explain_lines(const settings *s, alm_session *session) {
    char *line = NULL;
    size_t room = 0;
    int code = ALM_EXIT_OK;
    for (ssize_t len; code == ALM_EXIT_OK && (len = getline(&line, &room, stdin)) >= 0;) {
        alm_str text = alm_str_trim((alm_str){line, (size_t)len});
        if (text.len) code = explain_text(s, session, text);
    }
    free(line); /* of getline */
    return code;
}

static int run_explain(const settings *s, const char *text) {
    alm_session *session = alm_session_new(s->extractor);
    if (!session) return ALM_EXIT_SYSTEM;
    int code = strcmp(text, "-") == 0 ? explain_lines(s, session) : explain_text(s, session, alm_str_of(text));
    alm_session_free(session);
    return code;
}

/* ---- the command ---- */

static int run(settings *s, const char *verb, const char *argument) {
    char message[1024];
    const alm_extractor_options packs = {.rules_dir = s->packs[0], .extra_packs = s->packs + 1};
    s->extractor = alm_extractor_new(&packs, message, sizeof message);
    if (!s->extractor) {
        fprintf(stderr, "almoner: %s\n", message);
        return ALM_EXIT_USAGE;
    }
    int code = ALM_EXIT_USAGE;
    if (strcmp(verb, "list") == 0)
        code = run_list(s);
    else if (strcmp(verb, "check") == 0)
        code = run_check(s);
    else if (strcmp(verb, "test") == 0)
        code = run_test(s, argument);
    else
        code = run_explain(s, argument);
    alm_extractor_free(s->extractor);
    return code;
}

int alm_command_rules(int argc, char **argv) {
    static const char *const verbs[] = {"list", "check", "test", "explain", NULL};
    settings s = {0};
    const char *value, *named = getenv("ALMONER_RULES");
    int first, id;
    while ((id = alm_options_next(&alm_usage_rules, argc, argv, &value, &first)) > 0) {
        if (id == OPT_JSON) {
            s.json = true;
        } else if (id == OPT_PUBLISHED) {
            s.published = value;
        } else {
            if (s.pack_count == MAX_PACKS)
                return alm_usage_fail(&alm_usage_rules, "--rules: at most %d packs", MAX_PACKS);
            s.packs[s.pack_count++] = value;
        }
    }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!s.packs[0] && named && named[0]) s.packs[0] = named;
    if (first == argc) return alm_usage_fail(&alm_usage_rules, "expected list, check, test or explain");
    int verb = alm_option_choice(&alm_usage_rules, "what to do", argv[first], verbs);
    if (verb < 0) return ALM_EXIT_USAGE;
    int arguments = argc - first - 1;
    if (verb == 3 ? arguments != 1 : arguments > (verb == 2))
        return alm_usage_fail(&alm_usage_rules, verb == 3 ? "expected one text, or -" : "too many arguments");
    return run(&s, verbs[verb], arguments ? argv[first + 1] : NULL);
}
