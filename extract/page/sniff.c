#include "extract/page/charset_priv.h"

#include <unicode/ucsdet.h>

#include "extract/page/utf8_step.h"

/*
 * SAMPLE pairs settle the question: a page that is longer says no more. HOPELESS errors that outnumber what is right
 * are no damage: these bytes are not UTF-8.
 */
enum { SAMPLE = 2048, HOPELESS = 64, UTF16_SAMPLE = 4096, OTHER_SAMPLE = 8192, OTHER_SURE = 30 };

static bool is_control(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r'; }

/* Some byte of the word is below 0x20 (exact: borrows only start at such a byte). */
static bool word_is_low(uint64_t word) { return ((word - 0x2020202020202020u) & ~word & ALM_ASCII_MASK) != 0; }

static bool any_control(const char *at, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (is_control((unsigned char)at[i])) return true;
    return false;
}

static bool has_control(const char *at, const char *end) {
    for (; end - at >= 8; at += 8)
        if (word_is_low(alm_load_word(at)) && any_control(at, 8)) return true;
    return any_control(at, (size_t)(end - at));
}

/* Behind the ASCII that starts at @p at; notes control characters in it. */
static const char *pass_ascii(const char *at, const char *end, bool *controls) {
    while (end - at >= 8) {
        uint64_t word = alm_load_word(at);
        if (word & ALM_ASCII_MASK) break;
        if (word_is_low(word) && any_control(at, 8)) *controls = true;
        at += 8;
    }
    while (at < end && (unsigned char)*at < 0x80) *controls |= is_control((unsigned char)*at++);
    return at;
}

/* Behind the run of three-byte sequences at @p at whose first byte allows any others: nearly all Chinese text. */
static const char *pass_wide(const char *at, const char *end, size_t *wide) {
    const unsigned char *p = (const unsigned char *)at, *last = (const unsigned char *)end - 2;
    while (p < last && p[0] > 0xE0 && p[0] < 0xED && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        p += 3;
        ++*wide;
    }
    return (const char *)p;
}

static size_t pass_one(alm_utf8_facts *out, const char *at, const char *end) {
    bool ok;
    size_t len = alm_utf8_step((const unsigned char *)at, (size_t)(end - at), &ok);
    if (!ok)
        out->errors++;
    else if (len == 2)
        out->two++;
    else
        out->wide++;
    return len;
}

void alm_sniff_utf8(alm_utf8_facts *out, alm_str bytes) {
    *out = (alm_utf8_facts){0};
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end && (out->errors <= HOPELESS || out->errors <= out->two + out->wide)) {
        if ((unsigned char)*at < 0x80) {
            at = pass_ascii(at, end, &out->controls);
            continue;
        }
        if (end - at > 2) at = pass_wide(at, end, &out->wide);
        if (at < end && (unsigned char)*at >= 0x80) at += pass_one(out, at, end);
    }
    if (!out->controls) out->controls = has_control(at, end);
}

typedef struct tally {
    size_t pairs, common, errors;
} tally;

/* Errors weigh more than common pairs, for they are rare in true text. One more pair, which tells nothing, keeps a few
 * real ones from being sure. */
static double share(tally t) { return ((double)t.common - 3 * (double)t.errors) / (double)(t.pairs + t.errors + 1); }

/* The pair at p[0] >= 0x80, of @p left > 1 bytes; how many bytes it takes. */
static size_t tally_gb18030(tally *t, const unsigned char *p, size_t left) {
    unsigned lead = p[0], trail = p[1];
    if (lead == 0x80 || lead == 0xFF || trail < 0x30 || trail == 0x7F || trail == 0xFF) {
        t->errors++;
        return 1;
    }
    if (trail < 0x40) {
        bool four = left > 3 && trail < 0x3A && p[2] >= 0x81 && p[3] >= 0x30 && p[3] < 0x3A;
        t->pairs += four;
        t->errors += !four;
        return four ? 4 : 1;
    }
    t->pairs++;
    t->common += trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA3));
    return 2;
}

static size_t tally_big5(tally *t, const unsigned char *p, size_t left) {
    (void)left;
    unsigned lead = p[0], trail = p[1];
    if (lead < 0x87 || lead == 0xFF || trail < 0x40 || (trail > 0x7E && trail < 0xA1) || trail == 0xFF) {
        t->errors++;
        return 1;
    }
    t->pairs++;
    t->common += lead >= 0xA1 && lead <= 0xC6;
    return 2;
}

/* Over the first SAMPLE pairs; a lead byte cut off by the end says nothing. */
static inline double sniff_pairs(alm_str bytes, size_t (*step)(tally *, const unsigned char *, size_t)) {
    tally t = {0};
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (end - at > 1 && t.pairs + t.errors < SAMPLE) {
        if ((unsigned char)*at < 0x80)
            at += alm_ascii_run(at, end);
        else
            at += step(&t, (const unsigned char *)at, (size_t)(end - at));
    }
    return share(t);
}

double alm_sniff_gb18030(alm_str bytes) { return sniff_pairs(bytes, tally_gb18030); }
double alm_sniff_big5(alm_str bytes) { return sniff_pairs(bytes, tally_big5); }

/* Units that Chinese pages are made of when @p high tells which byte of a unit is the high one; *ascii of them ASCII.
 */
static size_t likely_units(const unsigned char *p, size_t units, size_t high, size_t *ascii) {
    size_t likely = 0;
    *ascii = 0;
    for (size_t i = 0; i < units; i++) {
        unsigned row = p[2 * i + high], cell = p[2 * i + !high];
        bool printable = (cell >= 0x20 && cell < 0x7F) || (cell >= '\t' && cell <= '\r');
        *ascii += row == 0 && printable;
        /* rows of Han, general and Chinese punctuation, full-width forms */
        likely += (row >= 0x4E && row <= 0x9F) || row == 0x20 || row == 0x30 || row == 0xFF;
    }
    return likely + *ascii;
}

/* Letters of ASCII look like rows of Han in either order: only a clear difference counts, and some real ASCII. */
alm_charset_kind alm_sniff_utf16(alm_str bytes) {
    size_t units = (bytes.len < UTF16_SAMPLE ? bytes.len : UTF16_SAMPLE) / 2;
    if (units < 4 || !memchr(bytes.ptr, 0, units * 2)) return ALM_KIND_UNKNOWN;
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t likely[2], ascii[2];
    for (size_t high = 0; high < 2; high++) likely[high] = likely_units(p, units, high, &ascii[high]);
    size_t high = likely[1] > likely[0] ? 1 : 0;
    bool sure = likely[high] * 10 > units * 9 && (likely[high] - likely[!high]) * 10 > units;
    if (!sure || ascii[high] * 100 < units) return ALM_KIND_UNKNOWN;
    return high ? ALM_KIND_UTF16LE : ALM_KIND_UTF16BE;
}

const alm_charset *alm_sniff_other(alm_str bytes) {
    if (bytes.len > OTHER_SAMPLE) bytes.len = OTHER_SAMPLE;
    UErrorCode status = U_ZERO_ERROR;
    const alm_charset *found = NULL;
    UCharsetDetector *detector = ucsdet_open(&status);
    ucsdet_setText(detector, bytes.ptr, (int32_t)bytes.len, &status);
    if (U_SUCCESS(status)) ucsdet_enableInputFilter(detector, true);
    const UCharsetMatch *match = U_SUCCESS(status) ? ucsdet_detect(detector, &status) : NULL;
    if (match && ucsdet_getConfidence(match, &status) >= OTHER_SURE) {
        const char *name = ucsdet_getName(match, &status);
        if (U_SUCCESS(status)) found = alm_charset_find(alm_str_of(name));
    }
    if (detector) ucsdet_close(detector);
    bool useful = found && found->kind != ALM_KIND_UNKNOWN && found->kind != ALM_KIND_UTF16LE &&
                  found->kind != ALM_KIND_UTF16BE; /* ISO-2022-KR has no decoder; UTF-16 we know better */
    return useful ? found : NULL;
}
