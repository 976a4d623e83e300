/*
 * The two-byte indexes of GB18030 and Big5 as flat tables: a converter of ICU costs more to open than a page to read.
 * ICU gives the bulk; the patches are where the Encoding Standard's indexes (2022) differ from ICU 72.
 */
#include "extract/page/charset_priv.h"

#include <pthread.h>
#include <unicode/ucnv.h>

typedef struct patch {
    uint16_t pair, code;
} patch;

/* GB18030-2022: code points that had been private use. */
static const patch gb18030_patches[] = {
    {0xA3A0, 0x3000}, {0xA6D9, 0xFE10}, {0xA6DA, 0xFE12}, {0xA6DB, 0xFE11}, {0xA6DC, 0xFE13},
    {0xA6DD, 0xFE14}, {0xA6DE, 0xFE15}, {0xA6DF, 0xFE16}, {0xA6EC, 0xFE17}, {0xA6ED, 0xFE18},
    {0xA6F3, 0xFE19}, {0xFE59, 0x9FB4}, {0xFE61, 0x9FB5}, {0xFE66, 0x9FB6}, {0xFE67, 0x9FB7},
    {0xFE6D, 0x9FB8}, {0xFE7E, 0x9FB9}, {0xFE90, 0x9FBA}, {0xFEA0, 0x9FBB},
};

/* HKSCS-2008 duplicates and later code points; the control pictures of ETEN (A3C0 to A3E0) are set in a loop. */
static const patch big5_patches[] = {
    {0x87A4, 0x9F97}, {0x87AC, 0x9F96}, {0x8840, 0x31C0}, {0x8841, 0x31C1}, {0x8842, 0x31C2}, {0x8843, 0x31C3},
    {0x8844, 0x31C4}, {0x8846, 0x31C5}, {0x8849, 0x31C6}, {0x884A, 0x31C7}, {0x884D, 0x31C8}, {0x884F, 0x31C9},
    {0x8850, 0x31CA}, {0x8851, 0x31CB}, {0x8852, 0x31CC}, {0x8854, 0x31CD}, {0x8855, 0x31CE}, {0x88A9, 0x23DA},
    {0x88AA, 0x23DB}, {0x8C43, 0x9FA6}, {0x8C6D, 0x9FA7}, {0x8C74, 0x9FA8}, {0x8CB7, 0x9FA9}, {0x8CB9, 0x9FAA},
    {0x8CBB, 0x9FAB}, {0x8CC0, 0x9FAC}, {0x8CD7, 0x9FAD}, {0x8CD8, 0x9FAE}, {0x8CDA, 0x9FAF}, {0x8CED, 0x9FB2},
    {0x8D48, 0x9FB3}, {0x8E69, 0x7BB8}, {0x8E6F, 0x7C06}, {0x8E7E, 0x7CCE}, {0x8EAB, 0x7DD2}, {0x8EB4, 0x7E1D},
    {0x8ECD, 0x8005}, {0x8ED0, 0x8028}, {0x8F57, 0x83C1}, {0x8F69, 0x84A8}, {0x8F6E, 0x840F}, {0x8FCB, 0x89A6},
    {0x8FCC, 0x89A9}, {0x8FFE, 0x8D77}, {0x906D, 0x90FD}, {0x907A, 0x92B9}, {0x90DC, 0x975C}, {0x90F1, 0x97FF},
    {0x91BF, 0x9F16}, {0x9244, 0x8503}, {0x92AF, 0x5159}, {0x92B0, 0x515B}, {0x92B1, 0x515D}, {0x92B2, 0x515E},
    {0x92C8, 0x936E}, {0x92D1, 0x7479}, {0x9447, 0x6D67}, {0x94CA, 0x799B}, {0x95D9, 0x9097}, {0x9644, 0x975D},
    {0x96ED, 0x701E}, {0x96FC, 0x5B28}, {0x9B76, 0x7201}, {0x9B78, 0x77D7}, {0x9B7B, 0x7E87}, {0x9BC6, 0x99D6},
    {0x9BDE, 0x91D4}, {0x9BEC, 0x60DE}, {0x9BF6, 0x6FB6}, {0x9C42, 0x8F36}, {0x9C53, 0x4FBB}, {0x9C62, 0x71DF},
    {0x9C68, 0x9104}, {0x9C6B, 0x9DF0}, {0x9C77, 0x83CF}, {0x9CBC, 0x5C10}, {0x9CBD, 0x79E3}, {0x9CD0, 0x5A67},
    {0x9D57, 0x8F0B}, {0x9D5A, 0x7B51}, {0x9DC4, 0x62D0}, {0x9EA9, 0x6062}, {0x9EEF, 0x75F9}, {0x9EFD, 0x6C4A},
    {0x9F60, 0x9B2E}, {0x9F66, 0x9F17}, {0x9FCB, 0x50ED}, {0x9FD8, 0x5F0C}, {0xA063, 0x880F}, {0xA077, 0x62CE},
    {0xA0D5, 0x7468}, {0xA0DF, 0x7162}, {0xA0E4, 0x7250}, {0xC6CF, 0x5EF4}, {0xC6D3, 0x65E0}, {0xC6D5, 0x7676},
    {0xC6D7, 0x96B6}, {0xC6DE, 0x3003}, {0xC6DF, 0x4EDD}, {0xC879, 0x31CF}, {0xC8A1, 0x9FB0}, {0xC8A3, 0x9FB1},
    {0xFA5F, 0x5029}, {0xFA66, 0x507D}, {0xFABD, 0x5305}, {0xFAC5, 0x5344}, {0xFAD5, 0x537F}, {0xFB48, 0x5605},
    {0xFBB8, 0x5A77}, {0xFBF3, 0x5E75}, {0xFBF9, 0x5ED0}, {0xFC4F, 0x5F58}, {0xFC6C, 0x60A4}, {0xFCB9, 0x6490},
    {0xFCE2, 0x6674}, {0xFCF1, 0x675E}, {0xFDB7, 0x6C9C}, {0xFDB8, 0x6E1D}, {0xFDBB, 0x6E2F}, {0xFDF1, 0x716E},
    {0xFE52, 0x732A}, {0xFE6F, 0x745C}, {0xFEAA, 0x74E9}, {0xFEDD, 0x7809},
};

enum { SIZE = ALM_LEADS * ALM_TRAILS, MAX_RANGES = 256 };

typedef struct range {
    uint16_t pointer, code; /* pointer, pointer + 1, … stand for code, code + 1, … up to the next range */
} range;

static uint16_t gb18030[SIZE];
static range ranges[MAX_RANGES];
static size_t range_count;
static bool gb18030_ready;
static pthread_once_t gb18030_once = PTHREAD_ONCE_INIT;

static uint32_t big5[SIZE];
static bool big5_ready;
static pthread_once_t big5_once = PTHREAD_ONCE_INIT;

static size_t index_of(unsigned pair) { return (size_t)((pair >> 8) - 0x81) * ALM_TRAILS + (pair & 0xFF) - 0x40; }

/* The code point of one two-byte sequence by ICU; 0 where there is none or more than one. */
static uint32_t by_converter(UConverter *converter, unsigned pair) {
    const char in[2] = {(char)(pair >> 8), (char)(pair & 0xFF)}, *source = in;
    UChar out[4] = {0}, *target = out;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter);
    ucnv_toUnicode(converter, &target, out + 4, &source, in + 2, NULL, true, &status);
    if (U_FAILURE(status) || target == out) return 0;
    size_t used = 0, len = (size_t)(target - out);
    uint32_t code = alm_utf16_next(out, &used, len);
    return used == len && code != 0xFFFD ? code : 0;
}

static UConverter *open_converter(const char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &status);
    if (U_FAILURE(status)) return NULL;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    return converter;
}

/*
 * The four-byte part below plane 1 counts, in order, the code points from U+0080 on that have no two bytes. The
 * standard keeps that count as it was before the patches (but for pointer 7457, which alm_gb18030_four knows).
 */
static bool make_ranges(void) {
    static bool taken[0x10000];
    for (size_t i = 0; i < SIZE; i++) taken[gb18030[i]] = true;
    taken[0x1E3F] = false;
    taken[0xE7C7] = true;
    uint16_t pointer = 0;
    bool open = false;
    for (uint32_t code = 0x80; code <= 0xFFFF; code++) {
        if (taken[code] || (code >= 0xD800 && code <= 0xDFFF)) {
            open = false;
            continue;
        }
        if (!open) {
            if (range_count == MAX_RANGES) return false;
            ranges[range_count++] = (range){pointer, (uint16_t)code};
            open = true;
        }
        pointer++;
    }
    return true;
}

static void make_gb18030(void) {
    UConverter *converter = open_converter("gb18030");
    if (!converter) return;
    for (unsigned lead = 0x81; lead <= 0xFE; lead++)
        for (unsigned trail = 0x40; trail <= 0xFE; trail++)
            if (trail != 0x7F) {
                unsigned pair = lead << 8 | trail;
                gb18030[index_of(pair)] = (uint16_t)by_converter(converter, pair);
            }
    ucnv_close(converter);
    gb18030_ready = make_ranges();
    for (size_t i = 0; i < sizeof gb18030_patches / sizeof gb18030_patches[0]; i++)
        gb18030[index_of(gb18030_patches[i].pair)] = gb18030_patches[i].code;
}

static bool is_private(uint32_t code) { return code >= 0xE000 && code <= 0xF8FF; }

static void make_big5(void) {
    UConverter *converter = open_converter("Big5-HKSCS");
    if (!converter) return;
    for (unsigned lead = 0x81; lead <= 0xFE; lead++)
        for (unsigned trail = 0x40; trail <= 0xFE; trail++) {
            unsigned pair = lead << 8 | trail;
            uint32_t code = trail == 0x7F ? 0 : by_converter(converter, pair);
            big5[index_of(pair)] = is_private(code) ? 0 : code;
        }
    ucnv_close(converter);
    for (size_t i = 0; i < sizeof big5_patches / sizeof big5_patches[0]; i++)
        big5[index_of(big5_patches[i].pair)] = big5_patches[i].code;
    for (unsigned i = 0; i < 0x20; i++) big5[index_of(0xA3C0 + i)] = 0x2400 + i;
    big5[index_of(0xA3E0)] = 0x2421;
    big5[index_of(0x8862)] = ALM_BIG5_PAIR | 0x0304 << 16 | 0xCA;
    big5[index_of(0x8864)] = ALM_BIG5_PAIR | 0x030C << 16 | 0xCA;
    big5[index_of(0x88A3)] = ALM_BIG5_PAIR | 0x0304 << 16 | 0xEA;
    big5[index_of(0x88A5)] = ALM_BIG5_PAIR | 0x030C << 16 | 0xEA;
    big5_ready = true;
}

const uint16_t *alm_table_gb18030(void) {
    pthread_once(&gb18030_once, make_gb18030);
    return gb18030_ready ? gb18030 : NULL;
}

const uint32_t *alm_table_big5(void) {
    pthread_once(&big5_once, make_big5);
    return big5_ready ? big5 : NULL;
}

uint32_t alm_gb18030_four(uint32_t pointer) {
    if (pointer >= 189000) return pointer < 189000 + 0x100000 ? pointer - 189000 + 0x10000 : 0;
    if (pointer == 7457) return 0xE7C7;
    if (pointer > 39419) return 0;
    size_t low = 0, high = range_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (ranges[middle].pointer <= pointer)
            low = middle;
        else
            high = middle;
    }
    return ranges[low].code + (pointer - ranges[low].pointer);
}
