/*
 * Reading: each page of fixtures/reading (NAME.html or NAME.txt) is read as NAME.expected says. ALM_UPDATE=1 in the
 * environment writes the expectations anew; read the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/page/page.h"
#include "extract/page/read_priv.h"

enum { ARENA = 256 << 20, FILE_MAX = 8 << 20 };
#define FOLDER "fixtures/reading"

static alm_arena yaml;
static alm_page_words *words;

static bool read_file(alm_buf *out, const char *name) {
    char piece[4096];
    FILE *file = fopen(name, "rb");
    if (!file) return false;
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) (void)alm_buf_add(out, (alm_str){piece, n});
    fclose(file);
    return out->status == ALM_OK;
}

static int load_words(void **state) {
    (void)state;
    alm_buf text;
    const alm_yaml_node *node;
    alm_buf_init(&text, FILE_MAX);
    alm_arena_init(&yaml, ARENA);
    bool well = read_file(&text, "rules/zh/page.yaml") &&
                alm_yaml_parse(&node, &yaml, "page.yaml", alm_buf_str(&text), NULL) == ALM_OK &&
                alm_page_words_new(&words, node, NULL) == ALM_OK;
    alm_buf_release(&text);
    return well ? 0 : -1;
}

static int free_words(void **state) {
    (void)state;
    alm_page_words_free(words);
    alm_arena_release(&yaml);
    return 0;
}

static alm_status read_page(alm_page *page, alm_arena *arena, alm_diagnostics *notes, alm_str text, bool plain) {
    alm_str url = ALM_STR("https://www.qinghe.example/news/17.html");
    return plain ? alm_page_read_text(page, arena, text, words, notes, NULL)
                 : alm_page_read_html(page, arena, text, url, words, notes, NULL);
}

/* ---- what holds for every page ---- */

static void check_page(const alm_page *page) {
    uint32_t at = 0;
    for (size_t i = 0; i < page->block_count; i++) {
        const alm_block *b = &page->blocks[i];
        assert_true(b->start <= b->end && b->end <= page->text.len);
        if (i > 0) {
            const alm_block *before = &page->blocks[i - 1];
            bool row = b->kind == ALM_BLOCK_CELL && before->kind == ALM_BLOCK_CELL && b->table == before->table &&
                       b->row == before->row;
            assert_int_equal(b->start, at + 1);
            assert_int_equal(page->text.ptr[at], row ? '\t' : '\n');
        }
        assert_non_null(b->path);
        at = b->end;
    }
    assert_int_equal(at, page->text.len);
    for (size_t t = 0; t < page->table_count; t++)
        for (size_t i = 0; i < (size_t)page->tables[t].rows * page->tables[t].columns; i++) {
            uint32_t block = page->tables[t].grid[i];
            assert_true(block == ALM_NO_CELL || (block < page->block_count && page->blocks[block].table == t));
        }
}

/* ---- what a page was read as, for people and for comparing ---- */

static void put_field(alm_buf *out, const char *name, alm_str value) {
    if (value.len) (void)alm_buf_printf(out, "%s: %.*s\n", name, ALM_FMT(value));
}

static void put_block(alm_buf *out, const alm_page *page, const alm_block *b) {
    static const char *const kinds[] = {"paragraph", "heading", "item", "cell"};
    (void)alm_buf_printf(out, "%s", kinds[b->kind]);
    if (b->kind == ALM_BLOCK_CELL)
        (void)alm_buf_printf(out, " %u:%u,%u", b->table, b->row, b->column);
    else if (b->level)
        (void)alm_buf_printf(out, " %u", b->level);
    (void)alm_buf_printf(out, " %s | %.*s\n", b->path, (int)(b->end - b->start), page->text.ptr + b->start);
}

static void put_table(alm_buf *out, const alm_table *table) {
    (void)alm_buf_printf(out, "table %ux%u, %u head rows, caption '%.*s'\n", table->rows, table->columns,
                         table->header_rows, ALM_FMT(table->caption));
    for (size_t i = 0; i < (size_t)table->rows * table->columns; i++) {
        if (table->grid[i] == ALM_NO_CELL)
            (void)alm_buf_add_c(out, " -");
        else
            (void)alm_buf_printf(out, " %u", table->grid[i]);
        if ((i + 1) % table->columns == 0) (void)alm_buf_add_byte(out, '\n');
    }
}

static void describe(alm_buf *out, const alm_page *page, const alm_diagnostics *notes) {
    put_field(out, "title", page->title);
    put_field(out, "published", page->published);
    put_field(out, "source", page->source);
    put_field(out, "author", page->author);
    put_field(out, "site", page->site);
    put_field(out, "language", page->language);
    put_field(out, "canonical_url", page->canonical_url);
    for (size_t i = 0; i < page->next_count; i++) put_field(out, "next", page->next[i]);
    for (size_t i = 0; i < page->attachment_count; i++)
        (void)alm_buf_printf(out, "attachment: %.*s %.*s '%.*s'\n", ALM_FMT(page->attachments[i].type),
                             ALM_FMT(page->attachments[i].url), ALM_FMT(page->attachments[i].name));
    for (size_t i = 0; i < notes->count; i++) put_field(out, "diagnostic", alm_str_of(notes->items[i].code));
    for (size_t i = 0; i < page->block_count; i++) put_block(out, page, &page->blocks[i]);
    for (size_t i = 0; i < page->table_count; i++) put_table(out, &page->tables[i]);
}

static void write_file(const char *name, alm_str text) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    fclose(file);
}

/** True where the page is read as expected. */
static bool check_fixture(const char *name) {
    char path[512];
    alm_buf text, found, expected;
    alm_arena arena;
    alm_page page;
    alm_buf_init(&text, FILE_MAX);
    alm_buf_init(&found, FILE_MAX);
    alm_buf_init(&expected, FILE_MAX);
    alm_arena_init(&arena, ARENA);
    alm_diagnostics notes = {.arena = &arena};
    (void)snprintf(path, sizeof path, FOLDER "/%s", name);
    assert_true(read_file(&text, path));
    assert_int_equal(read_page(&page, &arena, &notes, alm_buf_str(&text), strstr(name, ".txt") != NULL), ALM_OK);
    check_page(&page);
    describe(&found, &page, &notes);
    (void)snprintf(path, sizeof path, FOLDER "/%.*s.expected", (int)strcspn(name, "."), name);
    if (getenv("ALM_UPDATE")) write_file(path, alm_buf_str(&found));
    bool same = read_file(&expected, path) && alm_str_is(alm_buf_str(&found), alm_buf_str(&expected));
    if (!same) print_message("%s is read as\n%.*s\n", name, ALM_FMT(alm_buf_str(&found)));
    alm_arena_release(&arena);
    alm_buf_release(&text);
    alm_buf_release(&found);
    alm_buf_release(&expected);
    return same;
}

static void test_fixtures(void **state) {
    (void)state;
    DIR *folder = opendir(FOLDER);
    unsigned wrong = 0, count = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strstr(entry->d_name, ".html") && !strstr(entry->d_name, ".txt")) continue;
        count++;
        wrong += !check_fixture(entry->d_name);
    }
    closedir(folder);
    assert_true(count > 10);
    assert_int_equal(wrong, 0);
}

/* ---- growth and memory ---- */

typedef struct grown {
    const char *name, *before, *again, *after;
} grown;

#define PROSE "<p>协会会员把作品送到现场，义卖所得全部交给学校，大家都很高兴。</p>"

static const grown pages[] = {
    {"paragraphs", "<h1>协会会员义卖作品</h1>", PROSE, ""},
    {"lines", PROSE "<div>", "孟怀瑾 500元<br>", "</div>"},
    {"cells", PROSE "<table>", "<tr><td>孟怀瑾<td>500", "</table>"},
    {"merged cells", PROSE "<table>", "<tr><td rowspan=9999>孟怀瑾<td>500", "</table>"},
    {"heads", PROSE, "<div>相关阅读</div><p>一</p>", PROSE},
    {"nested heads", PROSE, "<div>相关阅读", ""},
    {"nested teasers", PROSE, "<div><a href=x>某公司捐款八十万元</a>", ""},
    {"links", PROSE, "<li><a href=/17_2.html>某公司捐款八十万元</a>", ""},
    {"parts", PROSE, "<a href=17_2.html>2</a>", ""},
    {"labels", "<h1>协会会员义卖作品</h1><p>", "来源：", "</p>" PROSE},
    {"dates", PROSE "<p>", "2020", "</p>"},
    {"styles", "<style>", ".a{display:none}", "</style>" PROSE},
    {"spans", "<p>", "<span>协会，</span>", "</p>"},
    {"titles", "<title>", "协会_", "</title>" PROSE},
};

/** Steps that reading takes with `again` n times. */
static uint64_t work_of(const grown *g, size_t n) {
    alm_buf html;
    alm_page page = {0};
    alm_arena arena;
    alm_buf_init(&html, FILE_MAX * 8);
    (void)alm_buf_add_c(&html, g->before);
    for (size_t i = 0; i < n; i++) (void)alm_buf_add_c(&html, g->again);
    assert_int_equal(alm_buf_add_c(&html, g->after), ALM_OK);
    alm_arena_init(&arena, (size_t)4 << 30);
    alm_diagnostics notes = {.arena = &arena};
    alm_reading r = {.arena = &arena, .words = words, .diagnostics = &notes, .page = &page};
    assert_int_equal(alm_read_steps(&r, alm_buf_str(&html)), ALM_OK);
    check_page(&page);
    uint64_t work = *r.work + r.dom.count + r.line_count;
    alm_arena_release(&arena);
    alm_buf_release(&html);
    return work;
}

static void test_growth(void **state) {
    (void)state;
    enum { N = 10000 };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        uint64_t once = work_of(&pages[i], N), twice = work_of(&pages[i], 2 * N);
        if (twice > 2 * once + once / 4 + 10000)
            fail_msg("%s: %llu steps, twice as long %llu", pages[i].name, (unsigned long long)once,
                     (unsigned long long)twice);
    }
}

static void test_out_of_memory(void **state) {
    (void)state;
    static const grown page = {"memory", "<h1>协会会员义卖作品</h1>", PROSE "<table><tr><td>孟怀瑾<td>500</table>", ""};
    alm_buf html;
    alm_buf_init(&html, FILE_MAX);
    for (size_t i = 0; i < 2000; i++) (void)alm_buf_add_c(&html, page.again);
    for (int64_t after = 0;; after++) {
        alm_arena arena;
        alm_page read;
        alm_arena_init(&arena, ARENA);
        alm_diagnostics notes = {.arena = &arena};
        alm_alloc_fail_after(after);
        alm_status status = read_page(&read, &arena, &notes, alm_buf_str(&html), false);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        if (status == ALM_OK) check_page(&read);
        alm_arena_release(&arena);
        if (!failed) break;
        assert_int_equal(status, ALM_E_NOMEM);
        assert_true(after < 1000);
    }
    alm_buf_release(&html);
}

/* ---- dates and addresses ---- */

static const char *const dates[][2] = {
    {"2020-02-18", "2020-02-18"},
    {"发布于 2020/2/8 09:30", "2020-02-08"},
    {"2020年2月18日", "2020-02-18"},
    {"2020 年 02 月 18 日", "2020-02-18"},
    {"2020.02.18", "2020-02-18"},
    {"２０２０－０２－１８", "2020-02-18"},
    {"2020-02-18T08:00:00+08:00", "2020-02-18"},
    {"二〇二〇年二月十八日", "2020-02-18"},
    {"二○二○年十二月三十一日", "2020-12-31"},
    {"二零二零年十月二十日", "2020-10-20"},
    {"电话 024-12020-02-18", NULL},
    {"2020-13-01", NULL},
    {"2020-02-30", NULL},
    {"2020-02-29", "2020-02-29"},
    {"2021-02-29", NULL},
    {"1234-05-06", NULL},
    {"2020年度", NULL},
    {"10月1日", NULL},
};

static void test_dates(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char out[11] = "";
        size_t start, end;
        bool found = alm_read_find_date(words, alm_str_of(dates[i][0]), 0, &start, &end, out);
        if (found != (dates[i][1] != NULL) || (found && strcmp(out, dates[i][1]) != 0))
            fail_msg("%s: %s", dates[i][0], out);
    }
}

static const char *const addresses[][3] = {
    {"https://a.example/x/y.html", "z.html", "https://a.example/x/z.html"},
    {"https://a.example/x/y.html", "../z.html?p=1#f", "https://a.example/z.html?p=1"},
    {"https://a.example/x/y.html", "../../../z", "https://a.example/z"},
    {"https://a.example/x/y.html", "/z/./w/..", "https://a.example/z/"},
    {"https://a.example/x/y.html", "//b.example/z", "https://b.example/z"},
    {"https://a.example/x/y.html", "http://b.example", "http://b.example/"},
    {"https://a.example/x/y.html?q=1", "?q=2", "https://a.example/x/y.html?q=2"},
    {"https://a.example", "z", "https://a.example/z"},
    {"https://a.example/x/", " z\n\\w ", "https://a.example/x/z/w"},
    {"https://a.example/", "javascript:void(0)", NULL},
    {"https://a.example/", "mailto:a@b.example", NULL},
    {"https://a.example/", "#top", NULL},
    {"", "z.html", NULL},
};

static void test_addresses(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_str found = alm_read_resolve(&arena, alm_str_of(addresses[i][0]), alm_str_of(addresses[i][1]));
        if (!alm_str_is(found, alm_str_of(addresses[i][2]))) fail_msg("%s: %.*s", addresses[i][1], ALM_FMT(found));
        alm_arena_release(&arena);
    }
}

/* ---- the words ---- */

static void test_bad_words(void **state) {
    (void)state;
    static const char *const bad[] = {"source_labels: [a]\nno_such_key: [b]\n", "source_labels: a\n",
                                      "source_labels: [[a]]\n", "source_labels: ['']\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        alm_arena arena;
        const alm_yaml_node *node;
        alm_page_words *none = NULL;
        alm_err err = {0};
        alm_arena_init(&arena, ARENA);
        assert_int_equal(alm_yaml_parse(&node, &arena, "page.yaml", alm_str_of(bad[i]), &err), ALM_OK);
        assert_int_equal(alm_page_words_new(&none, node, &err), ALM_E_PARSE);
        assert_null(none);
        assert_true(err.line > 0);
        alm_arena_release(&arena);
    }
}

static void test_class_names(void **state) {
    (void)state;
    const uint32_t other = ALM_WORDS(OTHER_CLASS);
    assert_true(alm_words_in_class(words, ALM_STR("article-comments"), other));
    assert_true(alm_words_in_class(words, ALM_STR("pageFooter"), other));
    assert_true(alm_words_in_class(words, ALM_STR("sidebar2"), other));
    assert_false(alm_words_in_class(words, ALM_STR("headlines"), other)); /* not a part of its own: "ad", "lines" */
    assert_false(alm_words_in_class(words, ALM_STR(""), other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),    cmocka_unit_test(test_growth),    cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_dates),       cmocka_unit_test(test_addresses), cmocka_unit_test(test_bad_words),
        cmocka_unit_test(test_class_names),
    };
    return cmocka_run_group_tests_name("page", tests, load_words, free_words);
}
