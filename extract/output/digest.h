/**
 * Hashes of a document: what its bytes were, and a name for each donation that holds across runs.
 */
#ifndef ALM_EXTRACT_OUTPUT_DIGEST_H
#define ALM_EXTRACT_OUTPUT_DIGEST_H

#include "extract/document.h"

/**
 * Set document->content_sha256 (SHA-256 of @p bytes) and the uid of every donation: 128 bits of the SHA-256 of
 * canonical URL, evidence, donor names, amounts and quantities, and, for the second and further donations of one page
 * that agree in all of these, their number. Scratch goes into @p arena.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_document_sign(alm_document *document, alm_arena *arena, alm_str bytes);

#endif
