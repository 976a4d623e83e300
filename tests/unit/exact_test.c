#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "extract/value/exact.h"

static alm_exact number(const char *text) {
    alm_exact value;
    assert_true(alm_exact_read(&value, alm_str_of(text)));
    return value;
}

static void check_text(alm_exact value, const char *expected) {
    alm_arena arena;
    alm_arena_init(&arena, 1 << 16);
    assert_string_equal(alm_exact_text(&arena, value, false).ptr, expected);
    alm_arena_release(&arena);
}

static void test_read_and_write(void **state) {
    (void)state;
    static const char *const same[] = {
        "0",     "1",       "10",  "100000",   "0.5", "345300.5",           "0.000000000000001",
        "12.05", "1234.56", "0.1", "99999999", "7",   "9876543298765432.12"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) check_text(number(same[i]), same[i]);
    check_text(number("1,234.50"), "1234.5");
    check_text(number("007"), "7");
    check_text(number("0.00"), "0");
    check_text(alm_exact_of(12, 40), "120000000000000000000000000000000000000000");
    check_text(alm_exact_of(12, -40), "0.0000000000000000000000000000000000000012");
}

static void test_sign(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, 1 << 16);
    assert_string_equal(alm_exact_text(&arena, number("3.5"), true).ptr, "-3.5");
    assert_string_equal(alm_exact_text(&arena, number("0"), true).ptr, "0");
    alm_arena_release(&arena);
}

static void test_nineteen_digits(void **state) {
    (void)state;
    alm_exact value = number("1");
    check_text(number("9999999999999999999"), "9999999999999999999");
    assert_false(alm_exact_read(&value, ALM_STR("10000000000000000001")));
    check_text(value, "1");
    check_text(number("00000000000000000000000000012"), "12");
}

static void test_sums(void **state) {
    (void)state;
    alm_exact a = number("20000");
    assert_true(alm_exact_add(&a, number("0.01")));
    check_text(a, "20000.01");
    assert_true(alm_exact_subtract(&a, number("0.01")));
    check_text(a, "20000");
    assert_true(alm_exact_subtract(&a, a));
    check_text(a, "0");
    assert_false(alm_exact_subtract(&a, number("1")));
    /* the digits between do not fit: refused, and the sum as it was */
    a = alm_exact_of(1, 30);
    assert_false(alm_exact_add(&a, number("1")));
    check_text(a, "1000000000000000000000000000000");
}

static void test_products(void **state) {
    (void)state;
    alm_exact a = number("2.5");
    assert_true(alm_exact_multiply(&a, number("40")));
    check_text(a, "100");
    a = number("9999999999999999999");
    assert_false(alm_exact_multiply(&a, number("9")));
}

static void test_order(void **state) {
    (void)state;
    static const char *const rising[] = {
        "0", "0.01", "0.1", "1", "1.5", "15", "100000000000000000", "1000000000000000000"};
    enum { COUNT = sizeof rising / sizeof rising[0] };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            int order = alm_exact_compare(number(rising[i]), number(rising[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_true(alm_exact_compare(alm_exact_of(1, 40), alm_exact_of(1, -40)) > 0);
    assert_true(alm_exact_compare(alm_exact_of(1, -40), alm_exact_of(1, 40)) < 0);
}

static void test_wild(void **state) {
    (void)state;
    assert_false(alm_exact_is_wild(alm_exact_of(1, 40)));
    assert_true(alm_exact_is_wild(alm_exact_of(1, 41)));
    assert_true(alm_exact_is_wild(alm_exact_scale(number("1"), -41)));
    assert_false(alm_exact_is_wild(alm_exact_scale(number("0"), 99)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_write), cmocka_unit_test(test_sign),     cmocka_unit_test(test_nineteen_digits),
        cmocka_unit_test(test_sums),           cmocka_unit_test(test_products), cmocka_unit_test(test_order),
        cmocka_unit_test(test_wild),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
