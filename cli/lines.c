#include "cli/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"

static bool each_line(alm_line_answer answer, void *context) {
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool all = true;
    while ((len = getline(&line, &room, stdin)) >= 0) {
        if (len > 0 && line[len - 1] == '\n') len--;
        if (len > 0 && line[len - 1] == '\r') len--;
        all = answer(context, (alm_str){line, (size_t)len}) && all;
    }
    free(line);
    return all;
}

int alm_lines_each(int argc, char **argv, int first, alm_line_answer answer, void *context) {
    bool all = true;
    for (int i = first; i < argc; i++) {
        bool lines = strcmp(argv[i], "-") == 0;
        bool ok = lines ? each_line(answer, context) : answer(context, alm_str_of(argv[i]));
        all = all && ok;
    }
    return all ? ALM_EXIT_OK : ALM_EXIT_SOME_FAILED;
}

alm_json alm_line_begin(alm_buf *buf) {
    alm_json json;
    alm_buf_reset(buf);
    alm_json_init(&json, buf, false);
    alm_json_object(&json);
    return json;
}

void alm_line_end(alm_json *json) {
    alm_json_object_end(json);
    (void)alm_buf_add_byte(json->out, '\n');
    alm_str line = alm_buf_str(json->out);
    if (json->out->status == ALM_OK) fwrite(line.ptr, 1, line.len, stdout);
}

bool alm_line_fail(alm_buf *buf, alm_str input, const alm_err *err) {
    alm_json json = alm_line_begin(buf);
    alm_json_member(&json, "input", input);
    alm_json_member_c(&json, "error", err->message);
    alm_line_end(&json);
    return false;
}

int alm_lines_fail(const alm_usage *usage, const alm_err *err) {
    char text[ALM_ERR_FILE_MAX + ALM_ERR_MESSAGE_MAX];
    alm_err_describe(err, text, sizeof text);
    fprintf(stderr, "almoner %s: %s\n", usage->name, text);
    return ALM_EXIT_SOME_FAILED;
}
