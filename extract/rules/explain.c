#include "extract/rules/explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"

enum { LINE_MAX_BYTES = 64 << 20 };

/* ---- output: a line that is lost for want of memory is lost ---- */

static void put_line(const alm_explain *explain, alm_buf *line) {
    alm_buf_add_byte(line, '\n');
    if (line->status == ALM_OK) explain->write(explain->context, line->ptr, line->len);
    alm_buf_release(line);
}

static void add_format(alm_buf *line, const char *format, ...) ALM_PRINTF(2, 3);
static void add_format(alm_buf *line, const char *format, ...) {
    char piece[2048];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (len < 0) return;
    size_t used = (size_t)len < sizeof piece ? (size_t)len : sizeof piece - 1;
    if (alm_buf_add(line, (alm_str){piece, used}) != ALM_OK) return;
}

static alm_json begin_object(alm_buf *line, const char *kind) {
    alm_json json;
    alm_json_init(&json, line, false);
    alm_json_object(&json);
    alm_json_member_c(&json, "kind", kind);
    return json;
}

static void end_object(const alm_explain *explain, alm_json *json, alm_buf *line) {
    alm_json_object_end(json);
    put_line(explain, line);
}

static void member_span(const alm_explain *explain, alm_json *json, const char *name, uint32_t start, uint32_t end) {
    alm_shadow_to_code_points(explain->shadow, start, end, &start, &end);
    alm_json_key(json, name);
    alm_json_array(json);
    alm_json_uint(json, start);
    alm_json_uint(json, end);
    alm_json_array_end(json);
}

static alm_str text_of(const alm_explain *explain, uint32_t start, uint32_t end) {
    return alm_str_slice(explain->shadow->text, start, end);
}

/* ---- the folded text ---- */

static void write_tokens(const alm_explain *explain, alm_buf *line, const alm_folded *folded) {
    for (size_t i = 0; i < folded->count; i++) {
        const alm_token *token = &folded->tokens[i];
        alm_str text = text_of(explain, token->start, token->end);
        if (token->class_id == ALM_CLASS_TEXT)
            add_format(line, "%.*s", ALM_FMT(text));
        else
            add_format(line, "\xE2\x9F\xA8%.*s %.*s\xE2\x9F\xA9", ALM_FMT(folded->pack->classes[token->class_id]),
                       ALM_FMT(text));
    }
}

static void write_json_tokens(const alm_explain *explain, alm_json *json, const alm_folded *folded) {
    alm_json_key(json, "tokens");
    alm_json_array(json);
    for (size_t i = 0; i < folded->count; i++) {
        const alm_token *token = &folded->tokens[i];
        alm_json_object(json);
        alm_json_member(json, "text", text_of(explain, token->start, token->end));
        if (token->class_id != ALM_CLASS_TEXT) alm_json_member(json, "class", folded->pack->classes[token->class_id]);
        alm_json_object_end(json);
    }
    alm_json_array_end(json);
}

void alm_explain_folded(const alm_explain *explain, const char *name, const alm_folded *folded) {
    if (!explain->write) return;
    alm_buf line;
    alm_buf_init(&line, LINE_MAX_BYTES);
    if (explain->json) {
        alm_json json = begin_object(&line, "step");
        alm_json_member_c(&json, "name", name);
        write_json_tokens(explain, &json, folded);
        end_object(explain, &json, &line);
        return;
    }
    add_format(&line, "== %s: %zu tokens, %zu mentions\n", name, folded->count, folded->mention_count);
    write_tokens(explain, &line, folded);
    put_line(explain, &line);
}

/* ---- what was found ---- */

static void tell_mention(const alm_explain *explain, const alm_folded *folded, const alm_mention *m) {
    alm_buf line;
    alm_buf_init(&line, LINE_MAX_BYTES);
    alm_str class_name = folded->pack->classes[m->class_id], text = text_of(explain, m->start, m->end);
    if (explain->json) {
        alm_json json = begin_object(&line, "mention");
        alm_json_member(&json, "class", class_name);
        alm_json_member(&json, "text", text);
        member_span(explain, &json, "span", m->start, m->end);
        alm_json_member(&json, "rule", m->rule.len ? m->rule : ALM_STR("value"));
        alm_json_key(&json, "strength");
        alm_json_uint(&json, m->strength);
        end_object(explain, &json, &line);
        return;
    }
    add_format(&line, "   %.*s \"%.*s\" by %.*s", ALM_FMT(class_name), ALM_FMT(text),
               ALM_FMT(m->rule.len ? m->rule : ALM_STR("value")));
    if (m->strength) add_format(&line, ", strength %d", m->strength);
    put_line(explain, &line);
}

void alm_explain_mentions(const alm_explain *explain, const alm_folded *folded, size_t from) {
    if (!explain->write) return;
    for (size_t i = from; i < folded->mention_count; i++) tell_mention(explain, folded, &folded->mentions[i]);
}

static void tell_match_json(const alm_explain *explain, const alm_explain_rule *told, alm_buf *line) {
    alm_json json = begin_object(line, "rule");
    alm_json_member(&json, "rule", told->rule);
    alm_json_member_c(&json, "fate", told->fate);
    if (told->start != told->end) {
        alm_json_member(&json, "text", text_of(explain, told->start, told->end));
        member_span(explain, &json, "span", told->start, told->end);
    }
    if (told->winner.len) {
        alm_json_member(&json, "winner", told->winner);
        member_span(explain, &json, "winner_span", told->winner_start, told->winner_end);
    }
    end_object(explain, &json, line);
}

void alm_explain_match(const alm_explain *explain, const alm_explain_rule *told) {
    if (!explain->write) return;
    alm_buf line;
    alm_buf_init(&line, LINE_MAX_BYTES);
    if (explain->json) {
        tell_match_json(explain, told, &line);
        return;
    }
    add_format(&line, "   rule %.*s: %s", ALM_FMT(told->rule), told->fate);
    if (told->start != told->end) add_format(&line, " \"%.*s\"", ALM_FMT(text_of(explain, told->start, told->end)));
    if (told->winner.len)
        add_format(&line, " to %.*s, which has \"%.*s\"", ALM_FMT(told->winner),
                   ALM_FMT(text_of(explain, told->winner_start, told->winner_end)));
    put_line(explain, &line);
}

void alm_explain_line(const alm_explain *explain, const char *format, ...) {
    if (!explain->write) return;
    char text[2048];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0) return;
    alm_str told = {text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1};
    alm_buf line;
    alm_buf_init(&line, LINE_MAX_BYTES);
    if (explain->json) {
        alm_json json = begin_object(&line, "note");
        alm_json_member(&json, "text", told);
        end_object(explain, &json, &line);
        return;
    }
    add_format(&line, "%.*s", ALM_FMT(told));
    put_line(explain, &line);
}
