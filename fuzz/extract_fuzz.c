/* A whole page through all five steps and all formats. What does not begin with "<" is plain text. Runs in the root of
 * the tree. */
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "extract/extract.h"
#include "fuzz/fuzz.h"

enum { OUT_MAX = 256 << 20 };

static alm_extractor *extractor;
static alm_session *session;

static void set_up(void) {
    char why[1024] = "";
    extractor = alm_extractor_new(&(alm_extractor_options){.rules_dir = "rules/zh"}, why, sizeof why);
    if (!extractor) fprintf(stderr, "%s\n", why);
    ALM_FUZZ_HOLDS(extractor);
    session = alm_session_new(extractor);
    ALM_FUZZ_HOLDS(session);
}

static int add_to_buf(void *context, const char *bytes, size_t len) {
    return alm_buf_add(context, (alm_str){bytes, len}) == ALM_OK ? 0 : 1;
}

static void check_span(alm_span span, size_t count) { ALM_FUZZ_HOLDS(span.start <= span.end && span.end <= count); }

/* No fact without evidence: every span lies in the text. */
static void check_spans(const alm_document *document) {
    size_t count = alm_utf8_count(document->page.text);
    for (size_t i = 0; i < document->organisation_count; i++)
        for (size_t k = 0; k < document->organisations[i].span_count; k++)
            check_span(document->organisations[i].spans[k], count);
    for (size_t i = 0; i < document->person_count; i++)
        for (size_t k = 0; k < document->people[i].span_count; k++) check_span(document->people[i].spans[k], count);
    for (size_t i = 0; i < document->affiliation_count; i++) check_span(document->affiliations[i].span, count);
    for (size_t i = 0; i < document->donation_count; i++) {
        const alm_donation *donation = &document->donations[i];
        ALM_FUZZ_HOLDS(donation->donor_count > 0);
        check_span(donation->evidence_span, count);
        for (size_t k = 0; k < donation->cash_count; k++) check_span(donation->cash[k].span, count);
        for (size_t k = 0; k < donation->goods_count; k++) check_span(donation->goods[k].span, count);
    }
}

static void check_json(alm_str lines) {
    for (size_t at = 0; at < lines.len;) {
        size_t end = alm_str_find(lines, ALM_STR("\n"), at);
        ALM_FUZZ_HOLDS(end != SIZE_MAX);
        json_t *json = json_loadb(lines.ptr + at, end - at, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        ALM_FUZZ_HOLDS(json_is_object(json));
        json_decref(json);
        at = end + 1;
    }
}

static void check_format(alm_output_format format) {
    alm_buf out;
    alm_output_options options = {.format = format, .with_text = true, .csv_header = true};
    alm_buf_init(&out, OUT_MAX);
    ALM_FUZZ_HOLDS(alm_session_write(session, &options, add_to_buf, &out) == ALM_OK);
    if (format != ALM_FORMAT_CSV) check_json(alm_buf_str(&out));
    alm_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (!session) set_up();
    alm_input input = {.bytes = bytes,
                       .len = len,
                       .type = len > 0 && bytes[0] == '<' ? ALM_INPUT_HTML : ALM_INPUT_TEXT,
                       .url = "https://news.example/1.html"};
    int status = alm_extract(session, &input);
    ALM_FUZZ_HOLDS(status == ALM_OK || status == ALM_E_LIMIT);
    if (status != ALM_OK) return 0;
    check_spans(alm_session_document(session));
    check_format(ALM_FORMAT_JSON);
    check_format(ALM_FORMAT_NDJSON);
    check_format(ALM_FORMAT_CSV);
    return 0;
}
