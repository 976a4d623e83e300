#include "extract/extract.h"

#include <stdio.h>

#include "base/alloc.h"
#include "extract/output/digest.h"
#include "extract/pack_file.h"
#include "extract/page/decode.h"
#include "extract/relate/relate.h"
#include "extract/session.h"

enum { OUTPUT_MAX = 256 << 20, PACK_TEXT_MAX = 64 << 20 };

const char *alm_version(void) { return ALM_VERSION; }

static alm_status load_shadow(alm_extractor *extractor, const char *rules_dir, alm_err *err) {
    alm_arena arena;
    alm_arena_init(&arena, PACK_TEXT_MAX);
    alm_shadow_files files = {0};
    alm_status status = alm_pack_read(&files.trad_simp, &arena, rules_dir, "lexicon/trad-simp.tsv", err);
    if (status == ALM_OK) status = alm_pack_read(&files.pinyin, &arena, rules_dir, "lexicon/pinyin.tsv", err);
    if (status == ALM_OK) status = alm_shadow_tables_new(&extractor->shadow, &files, err);
    alm_arena_release(&arena);
    return status;
}

static alm_status load_pack(alm_extractor *extractor, const alm_extractor_options *options, alm_err *err) {
    char found[ALM_PACK_PATH_MAX];
    alm_status status = ALM_OK;
    const char *dir = options->rules_dir;
    if (!dir) {
        status = alm_pack_find(found, err);
        dir = found;
    }
    if (status == ALM_OK) status = alm_pack_load(&extractor->pack, dir, options->extra_packs, err);
    if (status == ALM_OK) status = load_shadow(extractor, extractor->pack->dir, err);
    if (status == ALM_OK) status = alm_page_words_new(&extractor->words, extractor->pack->page, err);
    if (status == ALM_OK) status = alm_table_words_new(&extractor->table_words, extractor->pack->tables, err);
    return status;
}

alm_extractor *alm_extractor_new(const alm_extractor_options *options, char *message, size_t message_size) {
    alm_err err = {0};
    alm_extractor *extractor = alm_calloc(1, sizeof *extractor);
    alm_status status = ALM_E_NOMEM;
    if (extractor) status = load_pack(extractor, options ? options : &(alm_extractor_options){0}, &err);
    if (status == ALM_OK) return extractor;
    alm_extractor_free(extractor);
    alm_fail(&err, status, "out of memory");
    if (message && message_size) alm_err_describe(&err, message, message_size);
    return NULL;
}

void alm_extractor_free(alm_extractor *extractor) {
    if (!extractor) return;
    alm_page_words_free(extractor->words);
    alm_shadow_tables_free(extractor->shadow);
    alm_table_words_free(extractor->table_words);
    alm_pack_free(extractor->pack);
    alm_free(extractor);
}

alm_session *alm_session_new(const alm_extractor *extractor) {
    alm_session *session = alm_calloc(1, sizeof *session);
    if (!session) return NULL;
    session->extractor = extractor;
    session->matcher = alm_matcher_new();
    if (!session->matcher) {
        alm_free(session);
        return NULL;
    }
    alm_arena_init(&session->arena, ALM_SESSION_ARENA_MAX);
    alm_buf_init(&session->output, OUTPUT_MAX);
    return session;
}

void alm_session_free(alm_session *session) {
    if (!session) return;
    alm_arena_release(&session->arena);
    alm_buf_release(&session->output);
    alm_matcher_free(session->matcher);
    alm_free(session);
}

/* Steps 1 to 3 and the shadow. */
static alm_status read_page(alm_session *session, const alm_input *input, alm_err *err) {
    alm_document *document = &session->document;
    alm_decode_hints hints = {.override_label = alm_str_of(input->encoding),
                              .http_charset = alm_str_of(input->charset),
                              .plain_text = input->type == ALM_INPUT_TEXT};
    alm_str bytes = {input->bytes, input->len};
    alm_decoded decoded;
    alm_status status = alm_decode(&decoded, &session->arena, bytes, &hints, &document->diagnostics, err);
    if (status != ALM_OK) return status;
    document->charset = decoded.charset;
    if (input->type == ALM_INPUT_TEXT)
        status = alm_page_read_text(&document->page, &session->arena, decoded.text, session->extractor->words,
                                    &document->diagnostics, err);
    else
        status = alm_page_read_html(&document->page, &session->arena, decoded.text, document->url,
                                    session->extractor->words, &document->diagnostics, err);
    if (status != ALM_OK) return status;
    return alm_shadow_make(&session->shadow, &session->arena, session->extractor->shadow, document->page.text, err);
}

static alm_status copy_given(alm_session *session, const alm_input *input) {
    alm_document *document = &session->document;
    if (input->url) document->url = alm_arena_copy(&session->arena, alm_str_of(input->url));
    if (input->fetched_at) document->fetched_at = alm_arena_copy(&session->arena, alm_str_of(input->fetched_at));
    bool copied = (!input->url || document->url.ptr) && (!input->fetched_at || document->fetched_at.ptr);
    return copied ? ALM_OK : ALM_E_NOMEM;
}

static alm_status extract(alm_session *session, const alm_input *input, alm_err *err) {
    alm_document *document = &session->document;
    alm_status status = copy_given(session, input);
    if (status == ALM_OK) status = read_page(session, input, err);
    if (status == ALM_OK) status = alm_mention_and_relate(session, document, err);
    if (status == ALM_OK) status = alm_document_sign(document, &session->arena, (alm_str){input->bytes, input->len});
    return status;
}

/* A full arena is the fault of this page, not of the machine: other pages can go on. */
static alm_status tell_full(alm_session *session, alm_status status) {
    if (status != ALM_E_NOMEM || !session->arena.full) return status;
    session->err = (alm_err){0};
    return alm_fail(&session->err, ALM_E_LIMIT, "needs more than %d MiB of memory, the limit for one page",
                    (int)(ALM_SESSION_ARENA_MAX >> 20));
}

int alm_session_settle(alm_session *session, alm_status status) {
    if (status != ALM_OK) {
        alm_fail(&session->err, status, status == ALM_E_NOMEM ? "out of memory" : "failed: %s",
                 alm_status_name(status));
        alm_err_describe(&session->err, session->message, sizeof session->message);
    }
    return (int)status;
}

void alm_session_begin(alm_session *session) {
    session->err = (alm_err){0};
    session->message[0] = '\0';
}

static void forget_document(alm_session *session) {
    alm_session_begin(session);
    session->has_document = false;
    session->document = (alm_document){0};
    session->shadow = (alm_shadow){0};
    alm_arena_reset(&session->arena);
    session->document.diagnostics.arena = &session->arena;
}

static alm_status relate_text(alm_session *session, alm_str text, alm_str published, alm_err *err) {
    alm_page *page = &session->document.page;
    page->text = alm_arena_copy(&session->arena, text);
    page->published = alm_arena_copy(&session->arena, published);
    if (!page->text.ptr || !page->published.ptr) return ALM_E_NOMEM;
    alm_status status = alm_shadow_make(&session->shadow, &session->arena, session->extractor->shadow, page->text, err);
    return status == ALM_OK ? alm_mention_and_relate(session, &session->document, err) : status;
}

int alm_extract_text(alm_session *session, alm_str text, alm_str published) {
    forget_document(session);
    alm_status status = tell_full(session, relate_text(session, text, published, &session->err));
    session->has_document = status == ALM_OK;
    return alm_session_settle(session, status);
}

int alm_extract(alm_session *session, const alm_input *input) {
    forget_document(session);
    alm_status status = ALM_E_INVALID;
    if (input->bytes || input->len == 0)
        status = tell_full(session, extract(session, input, &session->err));
    else
        alm_fail(&session->err, status, "no bytes");
    session->has_document = status == ALM_OK;
    return alm_session_settle(session, status);
}

const char *alm_session_message(const alm_session *session) { return session->message; }
const alm_err *alm_session_error(const alm_session *session) { return &session->err; }
const alm_document *alm_session_document(const alm_session *session) {
    return session->has_document ? &session->document : NULL;
}
alm_str alm_session_shadow(const alm_session *session) {
    return session->has_document ? session->shadow.text : (alm_str){NULL, 0};
}
size_t alm_session_strewn(const alm_session *session) { return session->has_document ? session->shadow.strewn : 0; }
size_t alm_session_donation_count(const alm_session *session) {
    return session->has_document ? session->document.donation_count : 0;
}

const alm_pack *alm_extractor_pack(const alm_extractor *extractor) { return extractor->pack; }

void alm_session_explain(alm_session *session, alm_write_fn write, void *context, bool json) {
    session->explain_json = json;
    session->explain = write;
    session->explain_context = context;
}
