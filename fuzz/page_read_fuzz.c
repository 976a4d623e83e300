#include <stdlib.h>

#include "extract/output/output.h"
#include "extract/output/page_read.h"
#include "extract/output/private.h"
#include "fuzz/fuzz.h"
#include "store/telling.h"

enum { MAX = 64 << 20 };

static void write_page(alm_buf *out, alm_arena *arena, const alm_document *document) {
    alm_buf_init(out, MAX);
    ALM_FUZZ_HOLDS(alm_write_page(out, arena, document, document->page.text.ptr != NULL, false) == ALM_OK);
}

/* Written and read again, it is the same; a store takes it, unless a uid stands twice. */
static void check_again(alm_arena *arena, const alm_document *document) {
    alm_document again;
    alm_telling telling;
    alm_buf first, second, rows;
    write_page(&first, arena, document);
    ALM_FUZZ_HOLDS(alm_page_parse(&again, arena, alm_buf_str(&first), NULL) == ALM_OK);
    write_page(&second, arena, &again);
    ALM_FUZZ_HOLDS(alm_str_is(alm_buf_str(&first), alm_buf_str(&second)));
    alm_buf_init(&rows, MAX);
    ALM_FUZZ_HOLDS(alm_write_ndjson(&rows, arena, &again) == ALM_OK);
    alm_sink_document put = {
        .url = ALM_STR("u"), .version = ALM_STR("v"), .json = alm_buf_str(&second), .rows = alm_buf_str(&rows)};
    alm_err err = {0};
    alm_status status = alm_telling_parse(&telling, &put, &err);
    ALM_FUZZ_HOLDS(status == ALM_OK || strstr(err.message, "uid"));
    if (status == ALM_OK) alm_telling_release(&telling);
    alm_buf_release(&rows);
    alm_buf_release(&second);
    alm_buf_release(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_arena arena;
    alm_document document, masked;
    alm_arena_init(&arena, MAX);
    alm_str json = {(const char *)data, size};
    if (alm_page_parse(&document, &arena, json, NULL) == ALM_OK) {
        check_again(&arena, &document);
        for (int what = ALM_PRIVATE_MASK; what <= ALM_PRIVATE_DROP; what++) {
            ALM_FUZZ_HOLDS(alm_private_apply(&masked, &arena, &document, (alm_private)what, ALM_STR("salt"), NULL) ==
                           ALM_OK);
            check_again(&arena, &masked);
        }
    }
    alm_arena_release(&arena);
    return 0;
}
