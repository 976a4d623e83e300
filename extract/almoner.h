/**
 * libalmoner: donation records out of the bytes of a page. The public header; installed as <almoner.h>.
 *
 * Three calls make a record: alm_extractor_new once (compiles the rule pack), alm_session_new once a thread,
 * alm_extract once a page. An extractor is immutable and may be shared by threads; a session belongs to one thread.
 * Nothing here touches the network, and no file but the rule pack.
 */
#ifndef ALMONER_H
#define ALMONER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ALM_API
#define ALM_API __attribute__((visibility("default")))
#endif

typedef struct alm_extractor alm_extractor;
typedef struct alm_session alm_session;

/** All-zero is the default. */
typedef struct alm_extractor_options {
    const char
        *rules_dir; /**< folder of the rule pack; NULL: $ALMONER_RULES is not read here, the installed pack is used */
    const char *const *extra_packs; /**< NULL-terminated folders of packs that extend it; NULL: none */
} alm_extractor_options;

typedef enum alm_input_type { ALM_INPUT_HTML, ALM_INPUT_TEXT } alm_input_type;

/** One page. Only bytes and len are needed; strings are NUL-terminated UTF-8 or NULL. */
typedef struct alm_input {
    const void *bytes;
    size_t len;
    alm_input_type type;
    const char *url;        /**< the page's own URL: base of links, part of every uid */
    const char *charset;    /**< charset parameter of the HTTP Content-Type */
    const char *encoding;   /**< overrides every declaration but a BOM */
    const char *fetched_at; /**< RFC 3339; passed through */
} alm_input;

typedef enum alm_output_format { ALM_FORMAT_JSON, ALM_FORMAT_NDJSON, ALM_FORMAT_CSV } alm_output_format;

typedef struct alm_output_options {
    alm_output_format format;
    bool with_text;  /**< put `text` into the page document */
    bool csv_header; /**< start CSV with the head row */
    bool pretty;     /**< indent JSON; else a page document is one line */
} alm_output_options;

/** Receives a piece of output; a non-zero return stops the writer, which then fails with "io". */
typedef int (*alm_write_fn)(void *context, const char *bytes, size_t len);

/**
 * Load and compile the rule pack. On failure returns NULL and, where @p message is not NULL, writes a text such as
 * "rules/zh/names.yaml:12:5: …" into its @p message_size bytes. The caller frees it with alm_extractor_free.
 */
ALM_API alm_extractor *alm_extractor_new(const alm_extractor_options *options, char *message, size_t message_size);
ALM_API void alm_extractor_free(alm_extractor *extractor);

/** A session borrows @p extractor until it is freed. NULL out of memory. */
ALM_API alm_session *alm_session_new(const alm_extractor *extractor);
ALM_API void alm_session_free(alm_session *session);

/**
 * Read one page. Returns 0, or a negative status; then alm_session_message tells why. The session holds the document
 * until the next alm_extract. A bad page is not a failure: it gives a document with diagnostics.
 */
ALM_API int alm_extract(alm_session *session, const alm_input *input);

/** Why the last call on this session failed; "" where it did not. Valid until the next call. */
ALM_API const char *alm_session_message(const alm_session *session);

/** Write the session's document: a page document, or its flat rows, one donation a line. 0 or a negative status. */
ALM_API int alm_session_write(alm_session *session, const alm_output_options *options, alm_write_fn write,
                              void *context);

/** How many donations the session's document holds. */
ALM_API size_t alm_session_donation_count(const alm_session *session);

/** "0.1.0" */
ALM_API const char *alm_version(void);

#ifdef __cplusplus
}
#endif

#endif
