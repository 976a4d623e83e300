#include "crawler/warc_read.h"
#include "crawler/warc_write.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "crawler/http_message.h"
#include "crawler/surt.h"
#include "crawler/warc_index.h"

typedef struct place {
    char folder[64], path[256];
    uint64_t offsets[3], length;
} place;

static const alm_warc_exchange exchanges[3] = {
    {.url = {"http://b.test/two?a=1", 21},
     .request = {"GET /two?a=1 HTTP/1.1\r\nHost: b.test\r\n\r\n", 40},
     .head = {"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nTransfer-Encoding: chunked\r\n\r\n", 85},
     .body = {"<p>two</p>", 10},
     .status = 200,
     .started_ms = 1763870400000,
     .via = {"http://a.test/", 14}},
    {.url = {"http://a.test/", 14},
     .head = {"HTTP/2 404 \r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n", 62},
     .body = {"gone", 4},
     .status = 404,
     .started_ms = 1763870401000},
    {.url = {"http://b.test/two?a=1", 21},
     .head = {"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", 40},
     .status = 304,
     .started_ms = 1763870402000,
     .revisit = ALM_WARC_NOT_MODIFIED,
     .earlier_ms = 1763870400000}};

static void write_all(place *at) {
    alm_warc_writer *writer = NULL;
    alm_warc_encoder *encoder = NULL;
    alm_str name;
    alm_err err = {0};
    assert_int_equal(
        alm_warc_writer_new(&writer, &(alm_warc_writer_options){.folder = at->folder, .user_agent = "t"}, &err),
        ALM_OK);
    assert_int_equal(alm_warc_encoder_new(&encoder, 0), ALM_OK);
    assert_int_equal(alm_warc_writer_open_file(writer, 1763870400000, &name, &err), ALM_OK);
    snprintf(at->path, sizeof at->path, "%s/%.*s", at->folder, ALM_FMT(name));
    for (int i = 0; i < 3; i++) {
        alm_warc_block block;
        alm_warc_block_init(&block);
        assert_int_equal(alm_warc_encode(encoder, &exchanges[i], &block, &err), ALM_OK);
        assert_int_equal(alm_warc_writer_put(writer, &block, &at->offsets[i], &err), ALM_OK);
        alm_warc_block_release(&block);
    }
    assert_int_equal(alm_warc_writer_flush(writer, &at->length, &err), ALM_OK);
    alm_warc_encoder_free(encoder);
    assert_int_equal(alm_warc_writer_close(writer, true, &err), ALM_OK);
}

static int set_up(void **state) {
    place *at = calloc(1, sizeof *at);
    snprintf(at->folder, sizeof at->folder, "/tmp/almoner-warc-XXXXXX");
    assert_non_null(mkdtemp(at->folder));
    write_all(at);
    *state = at;
    return 0;
}

static int tear_down(void **state) {
    place *at = *state;
    DIR *folder = opendir(at->folder);
    for (struct dirent *e; (e = readdir(folder));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", at->folder, e->d_name);
        unlink(path);
    }
    closedir(folder);
    rmdir(at->folder);
    free(at);
    return 0;
}

static alm_warc_reader *open_reader(const char *path) {
    alm_warc_reader *reader = NULL;
    alm_err err = {0};
    if (alm_warc_reader_new(&reader, path, &(alm_warc_reader_options){0}, &err) != ALM_OK) fail_msg("%s", err.message);
    return reader;
}

static void assert_str(alm_str got, const char *wanted) {
    if (!alm_str_is_c(got, wanted)) fail_msg("got '%.*s', wanted '%s'", ALM_FMT(got), wanted);
}

static alm_status next_of(alm_warc_reader *reader, alm_warc_record *record, alm_warc_type type) {
    alm_status status;
    alm_err err = {0};
    while ((status = alm_warc_read(reader, record, &err)) == ALM_OK && record->type != type) continue;
    return status;
}

static void what_was_written_is_read(void **state) {
    place *at = *state;
    alm_warc_reader *reader = open_reader(at->path);
    alm_warc_record r;
    assert_int_equal(next_of(reader, &r, ALM_WARC_RESPONSE), ALM_OK);
    assert_str(r.url, "http://b.test/two?a=1");
    assert_int_equal(r.offset, at->offsets[0]);
    assert_int_equal(r.date_ms, 1763870400000);
    assert_int_equal(r.status, 200);
    assert_str(r.media_type, "text/html");
    assert_str(r.charset, "gbk");
    assert_str(r.body, "<p>two</p>");
    assert_str(alm_http_field(r.http_head, ALM_STR("x-archive-orig-transfer-encoding")), "chunked");
    assert_str(alm_http_field(r.http_head, ALM_STR("content-length")), "10");
    assert_int_equal(next_of(reader, &r, ALM_WARC_RESPONSE), ALM_OK);
    assert_int_equal(r.status, 404);
    assert_str(r.body, "gone");
    assert_int_equal(next_of(reader, &r, ALM_WARC_REVISIT), ALM_OK);
    assert_int_equal(r.offset, at->offsets[2]);
    assert_str(r.refers_to_date, "2025-11-23T04:00:00Z");
    assert_int_equal(next_of(reader, &r, ALM_WARC_RESPONSE), ALM_END);
    assert_int_equal(alm_warc_reader_good(reader), at->length);
    alm_warc_reader_free(reader);
}

/* Cut at any byte, the file is good up to a record's border and no further. */
static void a_torn_tail_is_found_at_every_byte(void **state) {
    place *at = *state;
    uint64_t borders[16];
    size_t count = 0;
    alm_warc_reader *reader = open_reader(at->path);
    alm_warc_record r;
    while (alm_warc_read(reader, &r, NULL) == ALM_OK) borders[count++] = r.offset;
    borders[count++] = at->length;
    alm_warc_reader_free(reader);
    for (uint64_t cut = at->length; cut-- > 0;) {
        assert_int_equal(truncate(at->path, (off_t)cut), 0);
        reader = open_reader(at->path);
        alm_status status;
        while ((status = alm_warc_read(reader, &r, NULL)) == ALM_OK) continue;
        uint64_t wanted = 0;
        for (size_t i = 0; i < count; i++)
            if (borders[i] <= cut) wanted = borders[i];
        assert_int_equal(alm_warc_reader_good(reader), wanted);
        assert_int_equal(status, wanted == cut ? ALM_END : ALM_E_PARSE);
        alm_warc_reader_free(reader);
    }
}

static size_t read_file(const char *path, char *out, size_t size) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(out, 1, size - 1, file);
    out[n] = '\0';
    fclose(file);
    return n;
}

static void the_index_is_sorted_and_can_be_made_anew(void **state) {
    place *at = *state;
    char index[256], first[8192], second[8192];
    snprintf(index, sizeof index, "%.*s.cdxj", (int)(strlen(at->path) - strlen(".warc.gz")), at->path);
    read_file(index, first, sizeof first);
    assert_true(alm_str_starts(alm_str_of(first), ALM_STR("test,a)/ 20251123040001 {\"url\": \"http://a.test/\"")));
    assert_non_null(strstr(first, "\ntest,b)/two?a=1 20251123040000 {"));
    unlink(index);
    assert_false(alm_warc_index_exists(at->path));
    assert_int_equal(alm_warc_index_make(at->path, NULL), ALM_OK);
    read_file(index, second, sizeof second);
    /* a 304 has no payload, so its digest is known to the writer alone: all other columns agree */
    assert_int_equal(strchr(first, '\n') - first, strchr(second, '\n') - second);
    assert_memory_equal(first, second, (size_t)(strchr(first, '\n') - first));
}

static void write_plain(place *at, const char *text) {
    FILE *file = fopen(at->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void plain_files_of_others_are_read(void **state) {
    place *at = *state;
    write_plain(at, "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
                    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://c.test/>\r\n"
                    "WARC-Date: 2020-02-03T04:05:06Z\r\nContent-Type: application/http;msgtype=response\r\n"
                    "Content-Length: 75\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n\r\n\r\n\r\n");
    alm_warc_reader *reader = open_reader(at->path);
    alm_warc_record r;
    assert_int_equal(next_of(reader, &r, ALM_WARC_RESPONSE), ALM_OK);
    assert_str(r.url, "http://c.test/");
    assert_str(r.body, "abcde");
    assert_false(r.body_broken);
    assert_int_equal(alm_warc_read(reader, &r, NULL), ALM_END);
    alm_warc_reader_free(reader);
    write_plain(at, "<html>this is no archive</html>");
    reader = open_reader(at->path);
    assert_int_equal(alm_warc_read(reader, &r, NULL), ALM_E_PARSE);
    alm_warc_reader_free(reader);
}

static void a_record_that_is_too_long_is_passed_over(void **state) {
    place *at = *state;
    alm_warc_reader *reader = NULL;
    assert_int_equal(alm_warc_reader_new(&reader, at->path, &(alm_warc_reader_options){.max_record = 50}, NULL),
                     ALM_OK);
    alm_warc_record r;
    alm_status status;
    int whole = 0, passed = 0;
    while ((status = alm_warc_read(reader, &r, NULL)) == ALM_OK || status == ALM_E_LIMIT)
        status == ALM_OK ? whole++ : passed++;
    assert_int_equal(status, ALM_END);
    assert_true(whole > 0 && passed > 0);
    alm_warc_reader_free(reader);
}

static void surts(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"http://www.acfic.org.cn/xw/?a=1", "cn,org,acfic,www)/xw/?a=1"},
                                           {"https://a.cn:8443", "cn,a:8443)/"},
                                           {"http://127.0.0.1:80/x", "127.0.0.1:80)/x"},
                                           {"http://[::1]/x", "[::1])/x"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_buf out;
        alm_buf_init(&out, 256);
        assert_int_equal(alm_surt_add(&out, alm_str_of(cases[i][0])), ALM_OK);
        assert_str(alm_buf_str(&out), cases[i][1]);
        alm_buf_release(&out);
    }
}

static void chunked_bodies(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
        alm_status status;
    } cases[] = {{"0\r\n\r\n", "", ALM_OK},
                 {"A\r\n0123456789\r\n0\r\nX: y\r\n\r\n", "0123456789", ALM_OK},
                 {"5\r\nabc", "", ALM_E_PARSE},
                 {"3\r\nabcX0\r\n", "abc", ALM_E_PARSE},
                 {"fffffffff\r\n", "", ALM_E_PARSE},
                 {"<html>", "", ALM_E_PARSE},
                 {"", "", ALM_E_PARSE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_buf out;
        alm_buf_init(&out, 100);
        assert_int_equal(alm_http_unchunk(&out, alm_str_of(cases[i].in)), cases[i].status);
        assert_str(alm_buf_str(&out), cases[i].out);
        alm_buf_release(&out);
    }
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_was_written_is_read),
        CASE(a_torn_tail_is_found_at_every_byte),
        CASE(the_index_is_sorted_and_can_be_made_anew),
        CASE(plain_files_of_others_are_read),
        CASE(a_record_that_is_too_long_is_passed_over),
        cmocka_unit_test(surts),
        cmocka_unit_test(chunked_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
