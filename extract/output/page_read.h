/**
 * A page document read back from its JSON, so that what was written once can be checked, masked and written anew.
 */
#ifndef ALM_EXTRACT_OUTPUT_PAGE_READ_H
#define ALM_EXTRACT_OUTPUT_PAGE_READ_H

#include "base/arena.h"
#include "extract/document.h"

/**
 * Read @p json, a document of schema almoner.page/1 (docs/records.md), into @p arena. Fields that are not known are
 * passed over; those that are must be as schemas/page.schema.json says. page.text.ptr is NULL where the document has no
 * text. Written again, the document is the same, byte for byte, if this program wrote it. @p json is not kept.
 *
 * @return ALM_OK, ALM_E_PARSE (with line and column of bad JSON, or the name of the field), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_page_parse(alm_document *out, alm_arena *arena, alm_str json, alm_err *err);

#endif
