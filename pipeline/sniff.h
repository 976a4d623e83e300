/**
 * What kind of bytes is this? Enough to tell a page from a PDF, by the bytes and not by the name.
 */
#ifndef ALM_PIPELINE_SNIFF_H
#define ALM_PIPELINE_SNIFF_H

#include "base/base.h"

typedef enum alm_content_kind {
    ALM_CONTENT_HTML,
    ALM_CONTENT_TEXT, /**< no tag anywhere */
    ALM_CONTENT_OTHER /**< neither; see name */
} alm_content_kind;

typedef struct alm_content {
    alm_content_kind kind;
    const char *name; /**< for people, of ALM_CONTENT_OTHER: "a PDF document"; static storage. NULL for the others */
} alm_content;

/**
 * Look at @p bytes. @p media_type is what the server said ("application/json", {0} unknown): it decides where the bytes
 * do not look like HTML. @p wide: a charset of two bytes a character is declared, zero bytes are to be expected.
 */
alm_content alm_sniff(alm_str bytes, alm_str media_type, bool wide);

#endif
