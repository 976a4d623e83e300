/*
 * A page through parse and read. The first byte picks HTML or plain text; what decode would have made valid UTF-8 is
 * made so here. The tree nests, blocks follow each other in the text, grids name cells of their own table.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "extract/page/page.h"
#include "extract/page/read_priv.h"
#include "fuzz/fuzz.h"

enum { ARENA = 1 << 30, PACK_MAX = 1 << 20 };

static const alm_page_words *words(void) {
    static alm_page_words *loaded;
    char piece[4096];
    alm_buf text;
    alm_arena arena;
    const alm_yaml_node *node;
    if (loaded) return loaded;
    FILE *file = fopen("rules/zh/page.yaml", "rb");
    ALM_FUZZ_HOLDS(file);
    alm_buf_init(&text, PACK_MAX);
    alm_arena_init(&arena, ARENA);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) (void)alm_buf_add(&text, (alm_str){piece, n});
    ALM_FUZZ_HOLDS(fclose(file) == 0);
    ALM_FUZZ_HOLDS(alm_yaml_parse(&node, &arena, "page.yaml", alm_buf_str(&text), NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_page_words_new(&loaded, node, NULL) == ALM_OK);
    alm_arena_release(&arena);
    alm_buf_release(&text);
    return loaded;
}

/** Bytes that are not UTF-8 become "?". */
static alm_str made_valid(alm_arena *arena, const uint8_t *data, size_t size) {
    char *copy = alm_arena_alloc(arena, size + 1);
    ALM_FUZZ_HOLDS(copy);
    if (size) memcpy(copy, data, size);
    alm_str text = {copy, size};
    for (size_t at = 0; at < size;) {
        at += alm_utf8_valid_prefix(alm_str_slice(text, at, size));
        if (at < size) copy[at] = '?';
    }
    return text;
}

static void check_tree(const alm_dom *dom) {
    ALM_FUZZ_HOLDS(dom->count > 0 && dom->nodes[ALM_DOM_ROOT].end == dom->count);
    for (uint32_t i = 1; i < dom->count; i++) {
        const alm_node *n = &dom->nodes[i];
        ALM_FUZZ_HOLDS(n->parent < i && n->end > i && n->end <= dom->nodes[n->parent].end);
    }
}

static void check_page(const alm_page *page) {
    const alm_str strings[] = {page->title, page->published, page->source, page->author,
                               page->site,  page->language,  page->text};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        ALM_FUZZ_HOLDS(alm_utf8_valid_prefix(strings[i]) == strings[i].len);
    uint32_t at = 0;
    for (size_t i = 0; i < page->block_count; i++) {
        const alm_block *b = &page->blocks[i];
        ALM_FUZZ_HOLDS(b->start == (i ? at + 1 : 0) && b->end >= b->start && b->end <= page->text.len && b->path);
        at = b->end;
    }
    ALM_FUZZ_HOLDS(at == page->text.len);
    for (size_t t = 0; t < page->table_count; t++) {
        const alm_table *table = &page->tables[t];
        for (size_t i = 0; i < (size_t)table->rows * table->columns; i++)
            ALM_FUZZ_HOLDS(table->grid[i] == ALM_NO_CELL ||
                           (table->grid[i] < page->block_count && page->blocks[table->grid[i]].table == t));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_arena arena;
    alm_page page = {0};
    alm_arena_init(&arena, ARENA);
    alm_diagnostics notes = {.arena = &arena};
    alm_str text = made_valid(&arena, size ? data + 1 : data, size ? size - 1 : 0);
    if (size && data[0] == 't') {
        ALM_FUZZ_HOLDS(alm_page_read_text(&page, &arena, text, words(), &notes, NULL) == ALM_OK);
    } else {
        alm_reading r = {.arena = &arena, .words = words(), .diagnostics = &notes, .page = &page};
        r.url = ALM_STR("https://a.example/news/17.html");
        ALM_FUZZ_HOLDS(alm_read_steps(&r, text) == ALM_OK);
        check_tree(&r.dom);
    }
    check_page(&page);
    alm_arena_release(&arena);
    return 0;
}
