/**
 * The insides of extractor and session, shared by the steps. Stays inside extract/.
 */
#ifndef ALM_EXTRACT_SESSION_H
#define ALM_EXTRACT_SESSION_H

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "extract/extract.h"
#include "extract/page/page.h"
#include "extract/page/shadow.h"
#include "extract/relate/table_words.h"
#include "extract/rules/pack.h"
#include "extract/rules/rule.h"

enum { ALM_SESSION_ARENA_MAX = 1 << 30 };

/** Immutable once made; what several steps need of the pack. */
struct alm_extractor {
    alm_page_words *words;
    alm_shadow_tables *shadow;
    alm_pack *pack;
    alm_table_words *table_words;
};

struct alm_session {
    const alm_extractor *extractor;
    alm_arena arena; /**< of the current document; reset by alm_extract */
    bool has_document;
    alm_document document;
    alm_matcher *matcher;
    alm_shadow shadow; /**< of document.page.text */
    alm_buf output;    /**< scratch of alm_session_write */
    alm_write_fn explain;
    void *explain_context;
    bool explain_json;
    alm_err err;
    char message[ALM_ERR_FILE_MAX + ALM_ERR_MESSAGE_MAX + 32];
};

/** Forget the failure of the call before. */
void alm_session_begin(alm_session *session);
/** What a public call returns for @p status; a failure gets its message here, unless it has one. */
int alm_session_settle(alm_session *session, alm_status status);

#endif
