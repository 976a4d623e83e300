#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "extract/rules/lexicon.h"

static alm_status add(alm_lexicon *lexicon, const char *word, uint16_t class_id, uint8_t layer, const char *attr) {
    alm_sense sense = {.class_id = class_id, .layer = layer, .attrs = {alm_str_of(attr)}};
    return alm_lexicon_add(lexicon, alm_str_of(word), &sense);
}

/* The classes of @p word, first reading first: "3 1". */
static void check_readings(const alm_lexicon *lexicon, const char *word, const char *expected) {
    char found[64] = "";
    for (uint32_t i = alm_lexicon_find(lexicon, alm_str_of(word)); i; i = alm_lexicon_sense(lexicon, i)->next) {
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%d", used ? " " : "", alm_lexicon_sense(lexicon, i)->class_id);
    }
    assert_string_equal(found, expected);
}

static void test_longest(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t at, len;
    } cases[] = {{"捐款", 0, 6},     {"捐款箱", 0, 9}, {"捐款人", 0, 6}, {"捐", 0, 3},  {"款", 0, 0},
                 {"我捐款箱", 3, 9}, {"𠮷田", 0, 7},   {"𠮷", 0, 0},     {"abc", 0, 0}, {"捐献款箱", 0, 3}};
    alm_lexicon *lexicon = alm_lexicon_new();
    assert_non_null(lexicon);
    static const char *const words[] = {"捐", "捐款", "捐款箱", "𠮷田"};
    for (uint16_t i = 0; i < 4; i++) assert_int_equal(add(lexicon, words[i], (uint16_t)(i + 1), 0, ""), ALM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t sense = 0;
        assert_int_equal(alm_lexicon_longest(lexicon, alm_str_of(cases[i].text), cases[i].at, &sense), cases[i].len);
        assert_int_equal(cases[i].len > 0, sense > 0);
    }
    assert_int_equal(alm_lexicon_count(lexicon), 4);
    alm_lexicon_free(lexicon);
}

static void test_limits(void **state) {
    (void)state;
    char word[ALM_LEXICON_MAX_WORD + 2];
    memset(word, 'x', sizeof word);
    word[ALM_LEXICON_MAX_WORD + 1] = '\0';
    alm_lexicon *lexicon = alm_lexicon_new();
    assert_int_equal(add(lexicon, "", 1, 0, ""), ALM_E_INVALID);
    assert_int_equal(add(lexicon, word, 1, 0, ""), ALM_E_INVALID);
    word[ALM_LEXICON_MAX_WORD] = '\0';
    assert_int_equal(add(lexicon, word, 1, 0, ""), ALM_OK);
    assert_int_equal(alm_lexicon_find(lexicon, alm_str_of("")), 0);
    assert_int_equal(alm_lexicon_find(lexicon, alm_str_of("x")), 0);
    assert_int_not_equal(alm_lexicon_find(lexicon, alm_str_of(word)), 0);
    alm_lexicon_free(lexicon);
}

static void test_readings_and_layers(void **state) {
    (void)state;
    alm_lexicon *lexicon = alm_lexicon_new();
    assert_int_equal(add(lexicon, "捐", 1, 0, "a"), ALM_OK);
    assert_int_equal(add(lexicon, "捐", 2, 0, "b"), ALM_OK);
    check_readings(lexicon, "捐", "1 2");
    assert_int_equal(add(lexicon, "捐", 1, 0, "again"), ALM_OK); /* keeps its place */
    check_readings(lexicon, "捐", "1 2");
    assert_true(alm_lexicon_sense(lexicon, 1)->dead);
    const alm_sense *first = alm_lexicon_sense_of(lexicon, alm_lexicon_find(lexicon, alm_str_of("捐")), 1);
    assert_true(alm_str_is_c(first->attrs[0], "again"));
    assert_int_equal(add(lexicon, "捐", 3, 1, ""), ALM_OK); /* a later layer's come first */
    assert_int_equal(add(lexicon, "捐", 4, 1, ""), ALM_OK);
    check_readings(lexicon, "捐", "3 4 1 2");
    assert_int_equal(add(lexicon, "捐", 2, 1, ""), ALM_OK); /* and take a reading over */
    check_readings(lexicon, "捐", "3 4 2 1");
    assert_int_equal(alm_lexicon_count(lexicon), 1);
    alm_lexicon_free(lexicon);
}

static void test_remove(void **state) {
    (void)state;
    uint32_t sense;
    alm_lexicon *lexicon = alm_lexicon_new();
    assert_int_equal(add(lexicon, "捐", 1, 0, ""), ALM_OK);
    assert_int_equal(add(lexicon, "捐款", 1, 0, ""), ALM_OK);
    assert_int_equal(add(lexicon, "捐款", 2, 0, ""), ALM_OK);
    assert_false(alm_lexicon_remove(lexicon, alm_str_of("捐款"), 3));
    assert_false(alm_lexicon_remove(lexicon, alm_str_of("款"), 1));
    assert_true(alm_lexicon_remove(lexicon, alm_str_of("捐款"), 1));
    check_readings(lexicon, "捐款", "2");
    assert_true(alm_lexicon_remove(lexicon, alm_str_of("捐款"), 2));
    assert_false(alm_lexicon_remove(lexicon, alm_str_of("捐款"), 2));
    assert_int_equal(alm_lexicon_longest(lexicon, alm_str_of("捐款"), 0, &sense), 3);
    assert_int_equal(alm_lexicon_count(lexicon), 1);
    assert_int_equal(add(lexicon, "捐款", 5, 0, ""), ALM_OK);
    check_readings(lexicon, "捐款", "5");
    alm_lexicon_free(lexicon);
}

static void test_many_words(void **state) {
    (void)state;
    enum { COUNT = 60000 };
    static char words[COUNT][8];
    alm_lexicon *lexicon = alm_lexicon_new();
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(words[i], sizeof words[i], "%05zu", i);
        assert_int_equal(add(lexicon, words[i], (uint16_t)(i % 100), 0, words[i]), ALM_OK);
    }
    assert_int_equal(alm_lexicon_count(lexicon), COUNT);
    for (size_t i = 0; i < COUNT; i += 7) {
        uint32_t sense = alm_lexicon_find(lexicon, alm_str_of(words[i]));
        assert_int_not_equal(sense, 0);
        assert_string_equal(alm_lexicon_sense(lexicon, sense)->attrs[0].ptr, words[i]);
    }
    alm_lexicon_free(lexicon);
}

/* Whatever allocation fails, the lexicon says so and holds what it held. */
static void test_out_of_memory(void **state) {
    (void)state;
    bool done = false;
    for (int64_t after = 0; !done; after++) {
        assert_true(after < 1000);
        alm_alloc_fail_after(after);
        alm_lexicon *lexicon = alm_lexicon_new();
        alm_status status = lexicon ? ALM_OK : ALM_E_NOMEM;
        static const char *const words[] = {"捐款", "捐献", "募捐", "捐款箱", "义捐", "乐捐", "捐", "款", "物", "钱"};
        size_t held = 0;
        for (size_t i = 0; status == ALM_OK && i < sizeof words / sizeof words[0]; i++) {
            status = add(lexicon, words[i], 1, 0, "");
            held += status == ALM_OK;
        }
        alm_alloc_fail_after(-1);
        if (lexicon) assert_int_equal(alm_lexicon_count(lexicon), held);
        for (size_t i = 0; i < held; i++) check_readings(lexicon, words[i], "1");
        done = status == ALM_OK;
        if (!done) assert_int_equal(status, ALM_E_NOMEM);
        alm_lexicon_free(lexicon);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longest), cmocka_unit_test(test_limits),     cmocka_unit_test(test_readings_and_layers),
        cmocka_unit_test(test_remove),  cmocka_unit_test(test_many_words), cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
