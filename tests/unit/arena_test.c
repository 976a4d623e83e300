#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"

enum { MAX = 16 << 20, MANY = 300000 };

static void two_arrays_grow_side_by_side(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, MAX);
    uint32_t *items[2] = {NULL, NULL};
    size_t cap[2] = {0, 0};
    for (uint32_t i = 0; i < MANY; i++)
        for (size_t k = 0; k < 2; k++) {
            void *grown = items[k];
            assert_int_equal(alm_arena_grow(&arena, &grown, &cap[k], i, sizeof **items), ALM_OK);
            items[k] = grown;
            items[k][i] = i * 2 + (uint32_t)k;
        }
    for (uint32_t i = 0; i < MANY; i++)
        for (size_t k = 0; k < 2; k++) assert_int_equal(items[k][i], i * 2 + k);
    alm_arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    alm_arena_release(&arena);
    assert_int_equal(arena.held, 0);
}

static void the_cap_holds_and_what_stands_is_kept(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, 1 << 20);
    uint64_t *items = NULL;
    size_t cap = 0, count = 0;
    alm_status status = ALM_OK;
    while (status == ALM_OK) {
        void *grown = items;
        status = alm_arena_grow(&arena, &grown, &cap, count, sizeof *items);
        items = grown;
        if (status != ALM_OK) break;
        items[count] = count;
        count++;
    }
    assert_int_equal(status, ALM_E_NOMEM);
    assert_true(arena.full && arena.failed);
    assert_true(arena.held <= arena.max);
    for (size_t i = 0; i < count; i++) assert_int_equal(items[i], i);
    alm_arena_release(&arena);
}

/* Room for a giant is kept for the next one, and given back when only small ones follow. */
static void room_for_a_giant_is_not_kept_for_ever(void **state) {
    (void)state;
    enum { GIANT = 12 << 20, SMALL = 4096, DOCUMENTS = 40 };
    alm_arena arena;
    alm_arena_init(&arena, 64 << 20);
    assert_non_null(alm_arena_alloc(&arena, GIANT));
    alm_arena_reset(&arena);
    assert_true(arena.held >= GIANT);
    for (int i = 0; i < DOCUMENTS; i++) {
        assert_non_null(alm_arena_alloc(&arena, SMALL));
        alm_arena_reset(&arena);
    }
    assert_true(arena.held < GIANT);
    alm_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_arrays_grow_side_by_side),
        cmocka_unit_test(the_cap_holds_and_what_stands_is_kept),
        cmocka_unit_test(room_for_a_giant_is_not_kept_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
