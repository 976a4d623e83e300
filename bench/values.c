/*
 * What reading the values of a text costs: values FILE...
 *
 * Prints bytes, values, microseconds a scan and microseconds for 2,500 bytes, the best of twenty rounds; the pack is
 * rules/zh of the working folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "extract/value/value.h"

enum { ROUNDS = 20, MAX_FILE = 16 << 20, MAX_ARENA = 256 << 20, ROUND_BYTES = 1 << 20 };

static char bytes[MAX_FILE];

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static alm_str read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(3);
    }
    alm_str text = {bytes, fread(bytes, 1, sizeof bytes, file)};
    fclose(file);
    return text;
}

static void check(alm_status status, const alm_err *err) {
    if (status == ALM_OK) return;
    fprintf(stderr, "values: %s\n", err->message);
    exit(3);
}

static alm_value_tables *load(void) {
    alm_err err = {0};
    alm_arena arena;
    const alm_yaml_node *root = NULL;
    alm_value_tables *tables = NULL;
    alm_arena_init(&arena, MAX_ARENA);
    check(alm_yaml_parse(&root, &arena, "values.yaml", read_file("rules/zh/values.yaml"), &err), &err);
    check(alm_value_tables_new(&tables, root, &err), &err);
    alm_arena_release(&arena);
    return tables;
}

static void measure(const alm_value_tables *tables, const char *path) {
    alm_str text = read_file(path);
    text.len = alm_utf8_valid_prefix(text);
    alm_arena arena;
    alm_arena_init(&arena, MAX_ARENA);
    size_t count = 0, scans = ROUND_BYTES / (text.len + 1) + 1;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_us();
        for (size_t i = 0; i < scans; i++) {
            alm_value *values;
            alm_err err = {0};
            alm_arena_reset(&arena);
            check(alm_value_scan(&values, &count, &arena, tables, text, ALM_STR("2020-02-20"), &err), &err);
        }
        double spent = (now_us() - start) / (double)scans;
        if (round == 0 || spent < best) best = spent;
    }
    printf("%s: %zu bytes, %zu values, %.2f us, %.2f us for 2500 bytes\n", path, text.len, count, best,
           text.len ? best * 2500 / (double)text.len : 0);
    alm_arena_release(&arena);
}

int main(int argc, char **argv) {
    alm_value_tables *tables = load();
    for (int i = 1; i < argc; i++) measure(tables, argv[i]);
    alm_value_tables_free(tables);
    return 0;
}
