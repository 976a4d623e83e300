/**
 * What the decoding files share: charsets, the facts counted in bytes, and conversion.
 */
#ifndef ALM_EXTRACT_PAGE_CHARSET_PRIV_H
#define ALM_EXTRACT_PAGE_CHARSET_PRIV_H

#include "base/arena.h"
#include "base/base.h"

typedef enum alm_charset_kind {
    ALM_KIND_UTF8,
    ALM_KIND_GB18030, /**< GB2312 and GBK too */
    ALM_KIND_BIG5,
    ALM_KIND_UTF16LE,
    ALM_KIND_UTF16BE,
    ALM_KIND_LATIN,   /**< windows-1252: what servers claim that know nothing */
    ALM_KIND_SINGLE,  /**< other one-byte charsets, by ICU */
    ALM_KIND_MULTI,   /**< other charsets of East Asia, by ICU */
    ALM_KIND_UNKNOWN, /**< a name of the standard that says nothing of the bytes or has no converter here */
} alm_charset_kind;

typedef struct alm_charset {
    const char *name; /**< WHATWG name in lower case */
    alm_charset_kind kind;
    const char *icu;    /**< name of ICU's converter; NULL where our own code converts or nothing does */
    const char *labels; /**< in lower case, each between two spaces */
} alm_charset;

/** By label, any case and with white space around it; NULL where no standard knows it. */
const alm_charset *alm_charset_find(alm_str label);
/** The charset of @p kind whose name comes first (for kinds with one decoder of ours). */
const alm_charset *alm_charset_of_kind(alm_charset_kind kind);

enum { ALM_MAX_PRESCAN = 64 * 1024 };

/** The charset of a byte order mark and its length in bytes, or NULL. */
const alm_charset *alm_charset_bom(alm_str bytes, size_t *bom_len);
/** The HTML Standard's prescan for meta (and an XML declaration) over the first @p max bytes; NULL where none tells. */
const alm_charset *alm_charset_meta(alm_str bytes, size_t max);

/** What bytes look like when read as UTF-8. */
typedef struct alm_utf8_facts {
    size_t two, wide; /**< sequences of two bytes; of three and four */
    size_t errors;    /**< maximal subparts that are no UTF-8 */
    bool controls;    /**< a control character that alm_charset_strip removes */
} alm_utf8_facts;

/** Read all of @p bytes; but once errors outnumber the sequences, only `controls` goes on being right. */
void alm_sniff_utf8(alm_utf8_facts *out, alm_str bytes);

/**
 * How much @p bytes look like common Chinese text in GB18030 or Big5: 1 all common, 0 none, below 0 mostly undecodable.
 * The standards order their characters by use: the share of level 1 and punctuation tells.
 */
double alm_sniff_gb18030(alm_str bytes);
double alm_sniff_big5(alm_str bytes);
/** UTF-16 without a BOM, by zero bytes of mark-up or the high bytes of Han: a kind, or ALM_KIND_UNKNOWN. */
alm_charset_kind alm_sniff_utf16(alm_str bytes);
/** ICU's guess, for what is neither Unicode nor Chinese; NULL where it has none. */
const alm_charset *alm_sniff_other(alm_str bytes);

/**
 * Convert @p bytes (without BOM) as the Encoding Standard's decoder of @p charset does, errors to U+FFFD.
 *
 * *text is in @p arena, or @p bytes itself where it is valid UTF-8 already.
 * @return ALM_OK, ALM_E_NOMEM, ALM_E_UNSUPPORTED (ALM_KIND_UNKNOWN).
 */
ALM_MUST_USE alm_status alm_charset_convert(alm_str *text, size_t *replaced, alm_arena *arena,
                                            const alm_charset *charset, alm_str bytes);

/** The code point at units[*at], *at < count, and move behind it; a surrogate without its half comes out as it is. */
static inline uint32_t alm_utf16_next(const uint16_t *units, size_t *at, size_t count) {
    uint32_t unit = units[(*at)++];
    if ((unit & 0xFC00) != 0xD800 || *at == count || (units[*at] & 0xFC00u) != 0xDC00) return unit;
    return 0x10000 + ((unit & 0x3FF) << 10 | (units[(*at)++] & 0x3FFu));
}

/**
 * The two-byte part of an index of the Encoding Standard: [(lead - 0x81) * ALM_TRAILS + trail - 0x40], 0 for unmapped.
 * Made from ICU's converter on first use, thread-safe; NULL where ICU could not.
 */
enum { ALM_TRAILS = 191, ALM_LEADS = 126 };
const uint16_t *alm_table_gb18030(void);
/** Bit 17 and up as in a code point: Big5 reaches plane 2. Four pairs stand for two code points: ALM_BIG5_PAIR set. */
const uint32_t *alm_table_big5(void);
#define ALM_BIG5_PAIR 0x80000000u /**< low 16 bits: the base letter; bits 16 to 30: the combining mark */
/** The code point of a four-byte sequence's index ("pointer" in the standard), or 0. */
uint32_t alm_gb18030_four(uint32_t pointer);

#endif
