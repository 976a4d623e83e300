/**
 * A document as text: the page document as JSON, the flat rows as JSON lines or CSV (docs/records.md is the contract).
 */
#ifndef ALM_EXTRACT_OUTPUT_OUTPUT_H
#define ALM_EXTRACT_OUTPUT_OUTPUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/document.h"

/** One JSON object and a line end. `text` is left out unless @p with_text. Scratch goes into @p arena. */
ALM_MUST_USE alm_status alm_write_page(alm_buf *out, alm_arena *arena, const alm_document *document, bool with_text,
                                       bool pretty);

/** One JSON object a donation, a line each. */
ALM_MUST_USE alm_status alm_write_ndjson(alm_buf *out, alm_arena *arena, const alm_document *document);

/** RFC 4180: CRLF line ends, quotes where needed, an empty field for null; one record a donation. */
ALM_MUST_USE alm_status alm_write_csv(alm_buf *out, alm_arena *arena, const alm_document *document);
/** The head record. */
alm_status alm_write_csv_header(alm_buf *out);
/** One field, quoted where it must be; what stands between fields and records is the caller's. */
void alm_write_csv_field(alm_buf *out, alm_str text);

#endif
