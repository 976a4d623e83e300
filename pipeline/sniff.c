#include "pipeline/sniff.h"

enum { LOOK_AT = 1445 }; /* as the MIME Sniffing Standard reads */

/* After the signature tables of the WHATWG MIME Sniffing Standard, and file(1). */
static const struct {
    const char *start;
    size_t len;
    size_t offset;
    const char *name;
} signatures[] = {
    {"%PDF-", 5, 0, "a PDF document"},
    {"\x89PNG\r\n\x1a\n", 8, 0, "a PNG image"},
    {"\xff\xd8\xff", 3, 0, "a JPEG image"},
    {"GIF87a", 6, 0, "a GIF image"},
    {"GIF89a", 6, 0, "a GIF image"},
    {"WEBPVP", 6, 8, "a WebP image"},
    {"II*\0", 4, 0, "a TIFF image"},
    {"MM\0*", 4, 0, "a TIFF image"},
    {"PK\3\4", 4, 0, "a ZIP archive or an Office document"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0, "an old Office document"},
    {"{\\rtf", 5, 0, "an RTF document"},
    {"Rar!\x1a\x07", 6, 0, "a RAR archive"},
    {"7z\xbc\xaf\x27\x1c", 6, 0, "a 7-Zip archive"},
    {"\x28\xb5\x2f\xfd", 4, 0, "zstd data"},
    {"\xfd"
     "7zXZ\0",
     6, 0, "xz data"},
    {"\x7f"
     "ELF",
     4, 0, "a program"},
    {"ftyp", 4, 4, "an MP4 film"},
    {"SQLite format 3\0", 16, 0, "an SQLite database"},
};

static const char *by_signature(alm_str bytes) {
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        alm_str start = {signatures[i].start, signatures[i].len};
        size_t from = signatures[i].offset;
        if (bytes.len >= from && alm_str_starts(alm_str_slice(bytes, from, bytes.len), start))
            return signatures[i].name;
    }
    return NULL;
}

static bool has_wide_bom(alm_str bytes) {
    return alm_str_starts(bytes, ALM_STR("\xff\xfe")) || alm_str_starts(bytes, ALM_STR("\xfe\xff"));
}

/* Text in two bytes a character without a BOM: ASCII among it shows as zeros on every other place. */
static bool zeros_alternate(alm_str bytes) {
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < bytes.len; i++) zeros[i & 1] += bytes.ptr[i] == 0;
    return (zeros[0] == 0 || zeros[1] == 0) && (zeros[0] + zeros[1]) * 16 >= bytes.len;
}

/* Controls that no text has: more than one in fifty bytes. A stray zero in a page is only dirt. */
static bool is_binary(alm_str bytes) {
    size_t controls = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        controls += byte < 0x20 && !(byte >= '\t' && byte <= '\r') && byte != 0x1b;
    }
    return controls * 50 > bytes.len;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* A "<" that begins a tag, a comment or a declaration. In two bytes a character a zero stands between. */
static bool has_tag(alm_str bytes) {
    for (size_t i = 0; i + 1 < bytes.len; i++) {
        if (bytes.ptr[i] != '<') continue;
        char next = bytes.ptr[i + 1] ? bytes.ptr[i + 1] : i + 2 < bytes.len ? bytes.ptr[i + 2] : '\0';
        if (is_letter(next) || next == '!' || next == '/' || next == '?') return true;
    }
    return false;
}

static bool is_json(alm_str bytes) {
    if (alm_str_starts(bytes, ALM_STR("\xef\xbb\xbf"))) bytes = alm_str_slice(bytes, 3, bytes.len);
    bytes = alm_str_trim(bytes);
    if (bytes.len < 2) return false;
    char first = bytes.ptr[0], last = bytes.ptr[bytes.len - 1];
    if (first == '{') {
        alm_str inside = alm_str_trim(alm_str_slice(bytes, 1, bytes.len));
        return last == '}' && inside.len > 0 && (inside.ptr[0] == '"' || inside.ptr[0] == '}');
    }
    if (first != '[' || last != ']') return false;
    alm_str inside = alm_str_trim(alm_str_slice(bytes, 1, bytes.len));
    return inside.ptr[0] == '{' || inside.ptr[0] == '[' || inside.ptr[0] == '"' || inside.ptr[0] == ']';
}

static bool is_page_type(alm_str type) {
    static const char *const types[] = {"text/html",          "application/xhtml+xml",
                                        "application/xml",    "text/xml",
                                        "text/plain",         "application/octet-stream",
                                        "application/x-gzip", "application/gzip",
                                        "text/htm",           "html"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (alm_str_is_nocase(type, alm_str_of(types[i]))) return true;
    return type.len == 0;
}

static const char *by_type(alm_str type) {
    static const struct {
        const char *prefix, *name;
    } kinds[] = {{"image/", "an image"},
                 {"video/", "a film"},
                 {"audio/", "a recording"},
                 {"font/", "a font"},
                 {"application/pdf", "a PDF document"},
                 {"application/json", "JSON"},
                 {"text/json", "JSON"},
                 {"text/css", "a style sheet"},
                 {"text/javascript", "a script"},
                 {"application/javascript", "a script"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t len = strlen(kinds[i].prefix);
        if (type.len >= len && alm_str_is_nocase(alm_str_slice(type, 0, len), alm_str_of(kinds[i].prefix)))
            return kinds[i].name;
    }
    return "another type of document, as its server says";
}

alm_content alm_sniff(alm_str bytes, alm_str media_type, bool wide) {
    alm_str start = alm_str_slice(bytes, 0, bytes.len < LOOK_AT ? bytes.len : LOOK_AT);
    const char *name = by_signature(start);
    wide |= has_wide_bom(start) || zeros_alternate(start);
    if (!name && !wide && is_binary(start)) name = "binary data";
    if (name) return (alm_content){ALM_CONTENT_OTHER, name};
    if (is_json(bytes)) return (alm_content){ALM_CONTENT_OTHER, "JSON"};
    bool tags = has_tag(bytes);
    if (!is_page_type(media_type) && !(tags && has_tag(start) && alm_str_trim(start).ptr[0] == '<'))
        return (alm_content){ALM_CONTENT_OTHER, by_type(media_type)};
    return (alm_content){tags ? ALM_CONTENT_HTML : ALM_CONTENT_TEXT, NULL};
}
