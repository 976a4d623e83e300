/*
 * What reading makes of pages, one JSON object a line: for bench/read_score.py, and to look at.
 *
 * usage: bench_read [--time] PACK/page.yaml FILE…       a FILE that ends in .txt is plain text
 */
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/yaml.h"
#include "extract/page/decode.h"
#include "extract/page/dom.h"
#include "extract/page/page.h"

enum { FILE_MAX = 128 * 1024 * 1024, ARENA_MAX = 1024 * 1024 * 1024, ROUNDS = 5 };

typedef struct read_costs {
    double decode, parse, read, libxml2; /* seconds of this thread */
} read_costs;

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static alm_status read_file(alm_buf *out, const char *name) {
    char piece[65536];
    FILE *file = fopen(name, "rb");
    if (!file) return ALM_E_IO;
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) (void)alm_buf_add(out, (alm_str){piece, n});
    (void)fclose(file);
    return out->status;
}

static json_t *text_of(alm_str s) { return s.ptr ? json_stringn(s.ptr, s.len) : json_null(); }

static json_t *blocks_of(const alm_page *page) {
    static const char *const kinds[] = {"paragraph", "heading", "list_item", "cell"};
    json_t *blocks = json_array();
    for (size_t i = 0; i < page->block_count; i++) {
        const alm_block *b = &page->blocks[i];
        json_array_append_new(blocks,
                              json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:s}", "kind", kinds[b->kind], "start",
                                        (int)b->start, "end", (int)b->end, "level", (int)b->level, "table",
                                        (int)b->table, "row", (int)b->row, "column", (int)b->column, "path", b->path));
    }
    return blocks;
}

static void print_page(const char *file, const alm_page *page, const alm_diagnostics *diagnostics) {
    json_t *next = json_array(), *attachments = json_array(), *notes = json_array(), *tables = json_array();
    for (size_t i = 0; i < page->next_count; i++) json_array_append_new(next, text_of(page->next[i]));
    for (size_t i = 0; i < page->attachment_count; i++)
        json_array_append_new(attachments,
                              json_pack("[o, o, o]", text_of(page->attachments[i].url),
                                        text_of(page->attachments[i].name), text_of(page->attachments[i].type)));
    for (size_t i = 0; i < diagnostics->count; i++)
        json_array_append_new(notes, json_string(diagnostics->items[i].code));
    for (size_t i = 0; i < page->table_count; i++)
        json_array_append_new(tables, json_pack("[i, i, i]", (int)page->tables[i].rows, (int)page->tables[i].columns,
                                                (int)page->tables[i].header_rows));
    json_t *all =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file", file, "title",
                  text_of(page->title), "published", text_of(page->published), "source", text_of(page->source),
                  "author", text_of(page->author), "site", text_of(page->site), "language", text_of(page->language),
                  "canonical_url", text_of(page->canonical_url), "text", text_of(page->text), "blocks", blocks_of(page),
                  "tables", tables, "next", next, "attachments", attachments, "diagnostics", notes);
    (void)json_dumpf(all, stdout, JSON_ENSURE_ASCII);
    (void)putchar('\n');
    json_decref(all);
}

static void time_libxml2(read_costs *costs, alm_str bytes) {
    double start = now();
    htmlDocPtr doc = htmlReadMemory(bytes.ptr, (int)bytes.len, NULL, "utf-8",
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                        HTML_PARSE_IGNORE_ENC);
    costs->libxml2 += now() - start;
    xmlFreeDoc(doc);
}

static alm_status read_page(alm_page *page, alm_arena *arena, alm_str bytes, bool plain, const alm_page_words *words,
                            alm_diagnostics *notes, read_costs *costs, alm_err *err) {
    alm_decoded decoded;
    alm_decode_hints hints = {.plain_text = plain};
    alm_dom dom;
    double start = now();
    alm_status status = alm_decode(&decoded, arena, bytes, &hints, notes, err);
    if (status != ALM_OK) return status;
    double after_decode = now();
    if (costs) costs->decode += after_decode - start;
    if (plain) return alm_page_read_text(page, arena, decoded.text, words, notes, err);
    status = alm_page_read_html(page, arena, decoded.text, (alm_str){NULL, 0}, words, notes, err);
    double after_read = now();
    if (costs) costs->read += after_read - after_decode;
    if (status != ALM_OK || !costs) return status;
    alm_diagnostics none = {.arena = arena};
    status = alm_dom_parse(&dom, arena, decoded.text, &none, err);
    costs->parse += now() - after_read;
    if (status == ALM_OK) time_libxml2(costs, decoded.text);
    return status;
}

static void keep_least(read_costs *best, const read_costs *round, bool first) {
    if (first || round->decode < best->decode) best->decode = round->decode;
    if (first || round->parse < best->parse) best->parse = round->parse;
    if (first || round->read < best->read) best->read = round->read;
    if (first || round->libxml2 < best->libxml2) best->libxml2 = round->libxml2;
}

static bool run_file(const char *name, alm_arena *arena, const alm_page_words *words, bool timed, read_costs *costs) {
    alm_buf bytes;
    alm_err err = {0};
    size_t len = strlen(name);
    bool plain = len > 4 && strcmp(name + len - 4, ".txt") == 0;
    alm_buf_init(&bytes, FILE_MAX);
    alm_status status = read_file(&bytes, name);
    read_costs best = {0};
    for (int i = 0; i < (timed ? ROUNDS : 1) && status == ALM_OK; i++) {
        read_costs round = {0};
        alm_arena_reset(arena);
        alm_diagnostics notes = {.arena = arena};
        alm_page page;
        status = read_page(&page, arena, alm_buf_str(&bytes), plain, words, &notes, timed ? &round : NULL, &err);
        keep_least(&best, &round, i == 0);
        if (status == ALM_OK && !timed) print_page(name, &page, &notes);
    }
    costs->decode += best.decode;
    costs->parse += best.parse;
    costs->read += best.read;
    costs->libxml2 += best.libxml2;
    if (status != ALM_OK)
        (void)fprintf(stderr, "%s: %s\n", name, err.message[0] ? err.message : alm_status_name(status));
    alm_buf_release(&bytes);
    return status == ALM_OK;
}

static alm_page_words *load_words(const char *name, alm_arena *arena) {
    alm_buf bytes;
    alm_err err = {0};
    const alm_yaml_node *node;
    alm_page_words *words = NULL;
    alm_buf_init(&bytes, FILE_MAX);
    alm_status status = read_file(&bytes, name);
    if (status == ALM_OK) status = alm_yaml_parse(&node, arena, name, alm_buf_str(&bytes), &err);
    if (status == ALM_OK) status = alm_page_words_new(&words, node, &err);
    if (status != ALM_OK) {
        char text[1024];
        alm_err_describe(&err, text, sizeof text);
        (void)fprintf(stderr, "%s: %s\n", name, text);
    }
    alm_buf_release(&bytes);
    return words;
}

int main(int argc, char **argv) {
    int at = 1;
    bool timed = argc > 1 && strcmp(argv[1], "--time") == 0, well = true;
    if (timed) at++;
    if (argc - at < 2) {
        (void)fprintf(stderr, "usage: bench_read [--time] PAGE_YAML FILE...\n");
        return 2;
    }
    alm_arena arena, yaml;
    read_costs costs = {0};
    alm_arena_init(&arena, ARENA_MAX);
    alm_arena_init(&yaml, ARENA_MAX);
    alm_page_words *words = load_words(argv[at], &yaml);
    for (int i = at + 1; words && i < argc; i++) well = run_file(argv[i], &arena, words, timed, &costs) && well;
    if (timed && costs.libxml2 > 0)
        (void)printf("of libxml2's tree: decode %.2f, parse %.2f, parse and read %.2f (libxml2 %.1f ms)\n",
                     costs.decode / costs.libxml2, costs.parse / costs.libxml2, costs.read / costs.libxml2,
                     costs.libxml2 * 1e3);
    well = well && words;
    alm_page_words_free(words);
    alm_arena_release(&yaml);
    alm_arena_release(&arena);
    return well ? 0 : 1;
}
