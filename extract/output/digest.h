/**
 * Hashes of a document: what its bytes were, and a name for each donation that holds across runs.
 */
#ifndef ALM_EXTRACT_OUTPUT_DIGEST_H
#define ALM_EXTRACT_OUTPUT_DIGEST_H

#include "base/arena.h"
#include "extract/document.h"

/**
 * Set document->content_sha256 (SHA-256 of @p bytes) and the uid of every donation: 128 bits of the SHA-256 of
 * canonical URL, evidence, donor names, amounts and quantities, and, for the second and further donations of one page
 * that agree in all of these, their number. Scratch goes into @p arena.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_document_sign(alm_document *document, alm_arena *arena, alm_str bytes);

enum { ALM_DIGEST_SIZE = 65 };

/**
 * Names what @p document tells: the SHA-256 in hex of its JSON without text, fetched_at and content_sha256, so that a
 * page fetched again, or with another advertisement, is known to tell the same. Scratch goes into @p arena.
 *
 * @return ALM_OK, ALM_E_NOMEM, ALM_E_LIMIT (more than 64 MiB of JSON).
 */
ALM_MUST_USE alm_status alm_document_digest(char out[ALM_DIGEST_SIZE], const alm_document *document, alm_arena *arena);

#endif
