#include "extract/page/read_priv.h"

enum { FEW_CHARS = 80, LARGE_IMAGE = 200 };

/** Lists published as pictures: hardly any text, but images where it should be. */
static void note_images(const alm_reading *r) {
    uint32_t chars = 0, images = 0;
    for (uint32_t i = r->main_first; i <= r->main_last && i < r->line_count; i++)
        if (r->lines[i].flags & ALM_LINE_MAIN) chars += r->lines[i].chars;
    if (chars > FEW_CHARS || r->dom.body == ALM_DOM_NONE) return;
    uint32_t from = r->title_line == ALM_NO_LINE ? r->main_node : r->lines[r->title_line].end;
    for (uint32_t i = from; i < r->dom.count; i++) {
        if (r->dom.nodes[i].tag != ALM_TAG_IMG) continue;
        alm_str width = alm_dom_attr(&r->dom, i, ALM_ATTR_WIDTH);
        uint32_t pixels = 0;
        for (size_t k = 0; k < width.len && width.ptr[k] >= '0' && width.ptr[k] <= '9' && pixels < 100000; k++)
            pixels = pixels * 10 + (uint32_t)(width.ptr[k] - '0');
        images += width.len == 0 || pixels >= LARGE_IMAGE;
    }
    if (images)
        alm_diagnose(r->diagnostics, ALM_INFO, "image-content",
                     "%u characters of text and %u images: the content may be in the images", chars, images);
}

alm_status alm_read_steps(alm_reading *r, alm_str html) {
    r->title_line = ALM_NO_LINE;
    alm_status status = alm_dom_parse(&r->dom, r->arena, html, r->diagnostics, r->err);
    if (status != ALM_OK) return status;
    r->work = &r->dom.work;
    alm_read_base(r);
    status = alm_read_declared(r);
    if (status == ALM_OK) status = alm_read_lines(r);
    if (status == ALM_OK) status = alm_read_title(r);
    if (status == ALM_OK) status = alm_read_main(r);
    if (status == ALM_OK) status = alm_read_meta(r);
    if (status == ALM_OK) status = alm_read_date(r);
    if (status == ALM_OK) status = alm_read_links(r);
    if (status == ALM_OK) status = alm_read_blocks(r);
    return status;
}

alm_status alm_page_read_html(alm_page *out, alm_arena *arena, alm_str html, alm_str url, const alm_page_words *words,
                              alm_diagnostics *diagnostics, alm_err *err) {
    alm_page page = {0};
    alm_reading r = {.arena = arena, .words = words, .diagnostics = diagnostics, .err = err, .url = url, .page = &page};
    alm_status status = alm_read_steps(&r, html);
    if (status == ALM_OK && arena->failed) status = ALM_E_NOMEM; /* a name or label may be missing */
    if (status != ALM_OK) return alm_fail(err, status, "out of memory while reading a page");
    note_images(&r);
    *out = page;
    return ALM_OK;
}
