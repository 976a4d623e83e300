/**
 * A JSON writer into a growing buffer: commas, indentation and escapes are its business, what to write is the caller's.
 *
 * For output only (RFC 8259). Text that is not valid UTF-8 is written with U+FFFD in place of the bad bytes, so that
 * what comes out is always JSON. Failure is the buffer's, sticky: check out->status at the end.
 */
#ifndef ALM_BASE_JSON_H
#define ALM_BASE_JSON_H

#include "base/base.h"
#include "base/buf.h"

typedef struct alm_json {
    alm_buf *out; /**< borrowed */
    bool pretty;  /**< two spaces a level, one member a line; else no white space at all */
    bool first;   /**< nothing was written yet in the current object or array */
    bool keyed;   /**< a key was written and waits for its value */
    unsigned depth;
} alm_json;

/** Start a value at the end of @p out. */
void alm_json_init(alm_json *json, alm_buf *out, bool pretty);

void alm_json_object(alm_json *json);
void alm_json_object_end(alm_json *json);
void alm_json_array(alm_json *json);
void alm_json_array_end(alm_json *json);

/** The key of the next value. @p name is plain ASCII that needs no escapes. */
void alm_json_key(alm_json *json, const char *name);

/** A string; null where text.ptr is NULL. */
void alm_json_text(alm_json *json, alm_str text);
void alm_json_uint(alm_json *json, uint64_t number);
void alm_json_bool(alm_json *json, bool value);
void alm_json_null(alm_json *json);
/** Text that is JSON already: a number, a value written before. null where json_text.ptr is NULL. */
void alm_json_raw(alm_json *json, alm_str json_text);

/** Key and value at once. */
void alm_json_member(alm_json *json, const char *name, alm_str text);
void alm_json_member_c(alm_json *json, const char *name, const char *text);

/** Append @p text with the escapes of a JSON string, without the quotes. */
void alm_json_escape(alm_buf *out, alm_str text);

#endif
