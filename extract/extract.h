/**
 * What the other rooms may use of extraction beyond the public calls: the document itself, and the explanation.
 */
#ifndef ALM_EXTRACT_EXTRACT_H
#define ALM_EXTRACT_EXTRACT_H

#include "base/base.h"
#include "extract/almoner.h"
#include "extract/document.h"
#include "extract/rules/pack.h"

/** The document of the last alm_extract that succeeded, or NULL. Valid until the next one. */
const alm_document *alm_session_document(const alm_session *session);
/** Its text as rules see it: one width, one script, without what mirrors strew in. As long-lived as the document. */
alm_str alm_session_shadow(const alm_session *session);
/** Of its text: places with doubled marks or pinyin in brackets, which mirrors strew in. */
size_t alm_session_strewn(const alm_session *session);

/** Why the last call failed, with its code and place; code is ALM_OK where it did not. */
const alm_err *alm_session_error(const alm_session *session);

/**
 * Ask the next pages to tell what each rule did: lines of text, or of JSON, go to @p write while alm_extract runs.
 * NULL: silence. What @p write returns does not stop extraction.
 */
void alm_session_explain(alm_session *session, alm_write_fn write, void *context, bool json);

/**
 * Find the facts in @p text (valid UTF-8) alone, without reading it as a page: for trying rules. @p published is
 * "YYYY-MM-DD" or {0}. Returns and leaves behind what alm_extract does.
 */
int alm_extract_text(alm_session *session, alm_str text, alm_str published);

/** The rule pack that @p extractor was made of. Borrowed. */
const alm_pack *alm_extractor_pack(const alm_extractor *extractor);

#endif
