#include "extract/page/charset_priv.h"

#include <string.h>

#include "extract/page/decode.h"

/* Encoding Standard, section 4.2 "Names and labels". Those that Chinese sites use come first. */
static const alm_charset charsets[] = {
    {"utf-8", ALM_KIND_UTF8, NULL, " utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8 "},
    {"gb18030", ALM_KIND_GB18030, NULL, " gb18030 "},
    {"gbk", ALM_KIND_GB18030, NULL, " gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk "},
    {"big5", ALM_KIND_BIG5, NULL, " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {"windows-1252", ALM_KIND_LATIN, "windows-1252",
     " windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
     "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252 "},
    {"utf-16le", ALM_KIND_UTF16LE, NULL, " utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "},
    {"utf-16be", ALM_KIND_UTF16BE, NULL, " utf-16be unicodefffe "},
    {"euc-jp", ALM_KIND_MULTI, "EUC-JP", " euc-jp cseucpkdfmtjapanese x-euc-jp "},
    {"euc-kr", ALM_KIND_MULTI, "windows-949-2000",
     " euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "},
    {"ibm866", ALM_KIND_SINGLE, "ibm-866", " ibm866 866 cp866 csibm866 "},
    {"iso-2022-jp", ALM_KIND_MULTI, "ISO-2022-JP", " iso-2022-jp csiso2022jp "},
    {"iso-8859-10", ALM_KIND_SINGLE, "ISO-8859-10",
     " iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6 "},
    {"iso-8859-13", ALM_KIND_SINGLE, "ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
    {"iso-8859-14", ALM_KIND_SINGLE, "ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
    {"iso-8859-15", ALM_KIND_SINGLE, "ISO-8859-15", " iso-8859-15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9 "},
    {"iso-8859-16", ALM_KIND_UNKNOWN, NULL, " iso-8859-16 "},
    {"iso-8859-2", ALM_KIND_SINGLE, "ISO-8859-2",
     " iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2 "},
    {"iso-8859-3", ALM_KIND_SINGLE, "ISO-8859-3",
     " iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3 "},
    {"iso-8859-4", ALM_KIND_SINGLE, "ISO-8859-4",
     " iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4 "},
    {"iso-8859-5", ALM_KIND_SINGLE, "ISO-8859-5",
     " iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 "},
    {"iso-8859-6", ALM_KIND_SINGLE, "ISO-8859-6",
     " iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i "
     "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 "},
    {"iso-8859-7", ALM_KIND_SINGLE, "ISO-8859-7",
     " iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
     "iso_8859-7:1987 sun_eu_greek "},
    {"iso-8859-8", ALM_KIND_SINGLE, "ISO-8859-8",
     " iso-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
     "iso_8859-8:1988 visual "},
    {"iso-8859-8-i", ALM_KIND_SINGLE, "ISO-8859-8", " iso-8859-8-i csiso88598i logical "},
    {"koi8-r", ALM_KIND_SINGLE, "koi8-r", " koi8-r cskoi8r koi koi8 koi8_r "},
    {"koi8-u", ALM_KIND_SINGLE, "koi8-u", " koi8-u koi8-ru "},
    {"macintosh", ALM_KIND_SINGLE, "macintosh", " macintosh csmacintosh mac x-mac-roman "},
    {"replacement", ALM_KIND_UNKNOWN, NULL,
     " replacement csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr "},
    {"shift_jis", ALM_KIND_MULTI, "windows-31j",
     " shift_jis csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis "},
    {"windows-1250", ALM_KIND_SINGLE, "windows-1250", " windows-1250 cp1250 x-cp1250 "},
    {"windows-1251", ALM_KIND_SINGLE, "windows-1251", " windows-1251 cp1251 x-cp1251 "},
    {"windows-1253", ALM_KIND_SINGLE, "windows-1253", " windows-1253 cp1253 x-cp1253 "},
    {"windows-1254", ALM_KIND_SINGLE, "windows-1254",
     " windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
     "x-cp1254 "},
    {"windows-1255", ALM_KIND_SINGLE, "windows-1255", " windows-1255 cp1255 x-cp1255 "},
    {"windows-1256", ALM_KIND_SINGLE, "windows-1256", " windows-1256 cp1256 x-cp1256 "},
    {"windows-1257", ALM_KIND_SINGLE, "windows-1257", " windows-1257 cp1257 x-cp1257 "},
    {"windows-1258", ALM_KIND_SINGLE, "windows-1258", " windows-1258 cp1258 x-cp1258 "},
    {"windows-874", ALM_KIND_SINGLE, "windows-874-2000",
     " windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "},
    {"x-mac-cyrillic", ALM_KIND_SINGLE, "x-mac-cyrillic", " x-mac-cyrillic "},
    {"x-user-defined", ALM_KIND_UNKNOWN, NULL, " x-user-defined "},
};
enum { CHARSETS = sizeof charsets / sizeof charsets[0], MAX_LABEL = 32 };

const alm_charset *alm_charset_find(alm_str label) {
    label = alm_str_trim(label);
    if (label.len == 0 || label.len > MAX_LABEL) return NULL;
    char key[MAX_LABEL + 3];
    size_t n = 0;
    key[n++] = ' ';
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (c <= ' ' || c > '~') return NULL;
        key[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    key[n++] = ' ';
    key[n] = '\0';
    for (size_t i = 0; i < CHARSETS; i++)
        if (strstr(charsets[i].labels, key)) return &charsets[i];
    return NULL;
}

const alm_charset *alm_charset_of_kind(alm_charset_kind kind) {
    for (size_t i = 0; i < CHARSETS; i++)
        if (charsets[i].kind == kind) return &charsets[i];
    return NULL;
}

const char *alm_charset_by_label(alm_str label) {
    const alm_charset *charset = alm_charset_find(label);
    return charset ? charset->name : NULL;
}
