#include "crawler/sitemap.h"

#include <limits.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "crawler/sitemap_priv.h"

enum { DEFAULT_MAX = 50000 };
static const size_t default_max_len = (size_t)50 * 1024 * 1024;

const char *alm_sitemap_kind_name(alm_sitemap_kind kind) {
    static const char *const names[ALM_SITEMAP_KIND_COUNT] = {"urlset", "index", "text", "rss", "atom"};
    return kind < ALM_SITEMAP_KIND_COUNT ? names[kind] : "unknown";
}

const char *alm_changefreq_name(alm_changefreq freq) {
    static const char *const names[] = {"", "always", "hourly", "daily", "weekly", "monthly", "yearly", "never"};
    return freq <= ALM_CHANGEFREQ_NEVER ? names[freq] : "";
}

static bool is_unicode_space(uint32_t cp) {
    return cp <= ' ' || cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000 || cp == 0xFEFF;
}

alm_str alm_sitemap_trim(alm_str s) {
    size_t start = 0, end = s.len;
    while (start < end) {
        size_t next = start;
        if (!is_unicode_space(alm_utf8_next(s, &next))) break;
        start = next;
    }
    while (end > start) {
        size_t before = alm_utf8_before(s, end), at = before;
        if (before < start || !is_unicode_space(alm_utf8_next(s, &at))) break;
        end = before;
    }
    return alm_str_slice(s, start, end);
}

alm_sitemap_entry alm_sitemap_blank_entry(void) {
    return (alm_sitemap_entry){.lastmod_s = ALM_SITEMAP_NO_TIME, .published_s = ALM_SITEMAP_NO_TIME, .priority = 0.5F};
}

/** sitemaps.org, "Sitemap file location": on the same host and in the folder of the sitemap or below it. */
static bool is_in_scope(const alm_url *sitemap, const alm_url *url) {
    alm_str folder = sitemap->path;
    while (folder.len && folder.ptr[folder.len - 1] != '/') folder.len--;
    return alm_url_same_origin(sitemap, url) && alm_str_starts(url->path, folder);
}

static alm_status parse_loc(alm_url *out, alm_sitemap_builder *b, alm_str loc) {
    alm_url_context context = {.base = b->options->url};
    bool bare_host = loc.len > 4 && alm_str_is_nocase(alm_str_slice(loc, 0, 4), ALM_STR("www."));
    return bare_host ? alm_url_parse_typed(out, b->arena, loc, NULL)
                     : alm_url_parse(out, b->arena, loc, &context, NULL);
}

void alm_sitemap_builder_add(alm_sitemap_builder *b, alm_sitemap_entry *entry, alm_str loc) {
    loc = alm_sitemap_trim(loc);
    if (b->status < 0) return;
    if (b->sitemap->count >= b->max) {
        b->sitemap->truncated = true;
        return;
    }
    alm_status status = loc.len ? parse_loc(&entry->url, b, loc) : ALM_E_PARSE;
    if (status == ALM_E_PARSE || status == ALM_E_UNSUPPORTED) {
        b->sitemap->dropped++;
        return;
    }
    entry->in_scope = status == ALM_OK && is_in_scope(b->options->url, &entry->url);
    if (status == ALM_OK)
        status = alm_arena_grow(b->arena, (void **)&b->items, &b->cap, b->sitemap->count, sizeof *b->items);
    b->status = status;
    if (status == ALM_OK) b->items[b->sitemap->count++] = *entry;
}

/* Text: a URL a line. */

static alm_status read_text(alm_sitemap_builder *b, alm_str text, alm_err *err) {
    b->sitemap->kind = ALM_SITEMAP_TEXT;
    for (size_t at = 0; at < text.len && b->status >= 0;) {
        size_t end = at;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') end++;
        alm_str line = alm_sitemap_trim(alm_str_slice(text, at, end));
        at = end + 1;
        if (line.len == 0) continue;
        bool absolute = line.len > 4 && (alm_str_is_nocase(alm_str_slice(line, 0, 4), ALM_STR("http")) ||
                                         alm_str_is_nocase(alm_str_slice(line, 0, 4), ALM_STR("www.")));
        alm_sitemap_entry entry = alm_sitemap_blank_entry();
        if (absolute)
            alm_sitemap_builder_add(b, &entry, line);
        else
            b->sitemap->dropped++;
    }
    if (b->status >= 0 && b->sitemap->count == 0) return alm_fail(err, ALM_E_PARSE, "neither XML nor lines of URLs");
    return b->status;
}

/* Gzip. */

static bool is_gzip(alm_str bytes) {
    return bytes.len > 2 && (unsigned char)bytes.ptr[0] == 0x1F && (unsigned char)bytes.ptr[1] == 0x8B;
}

/** Inflate all members of @p bytes into @p out until its ceiling. @return ALM_OK, ALM_E_PARSE (not one byte), … */
static alm_status inflate_members(alm_buf *out, z_stream *z, bool *broken) {
    int code = Z_OK;
    while (z->avail_in > 0) {
        char chunk[32768];
        z->next_out = (unsigned char *)chunk;
        z->avail_out = sizeof chunk;
        code = inflate(z, Z_NO_FLUSH);
        size_t got = sizeof chunk - z->avail_out;
        if (got > out->max - out->len) got = out->max - out->len;
        if (alm_buf_add(out, (alm_str){chunk, got}) < 0) return out->status;
        if (out->len == out->max) return ALM_OK;
        if (code == Z_STREAM_END && z->avail_in > 0) code = inflateReset(z);
        if (code != Z_OK) break;
    }
    if (code == Z_MEM_ERROR) return ALM_E_NOMEM;
    *broken = code != Z_STREAM_END;
    return out->len == 0 && *broken ? ALM_E_PARSE : ALM_OK;
}

static alm_status gunzip(alm_buf *out, alm_str bytes, bool *broken) {
    z_stream z = {0};
    if (bytes.len > UINT_MAX) return ALM_E_LIMIT;
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return ALM_E_NOMEM;
    char *next = (char *)(uintptr_t)bytes.ptr; /* zlib does not write to it */
    z.next_in = (unsigned char *)next;
    z.avail_in = (unsigned)bytes.len;
    alm_status status = inflate_members(out, &z, broken);
    inflateEnd(&z);
    return status;
}

static alm_str skip_bom(alm_str s) {
    return alm_str_starts(s, ALM_STR("\xEF\xBB\xBF")) ? alm_str_slice(s, 3, s.len) : s;
}

static alm_status read_content(alm_sitemap_builder *b, alm_str text, size_t max_len, alm_err *err) {
    if (text.len > max_len) {
        text.len = max_len;
        b->sitemap->truncated = true;
    }
    text = skip_bom(text);
    alm_str content = alm_str_trim(text);
    bool utf16 =
        text.len >= 2 && (alm_str_starts(text, ALM_STR("\xFF\xFE")) || alm_str_starts(text, ALM_STR("\xFE\xFF")));
    if (utf16) return alm_sitemap_read_xml(b, text, err);
    if (content.len && content.ptr[0] == '<') return alm_sitemap_read_xml(b, content, err);
    return read_text(b, content, err);
}

alm_status alm_sitemap_read(alm_sitemap **out, alm_arena *arena, alm_str bytes, const alm_sitemap_options *options,
                            alm_err *err) {
    if (!options || !options->url) return alm_fail(err, ALM_E_INVALID, "a sitemap needs its URL");
    size_t max_len = options->max_len ? options->max_len : default_max_len;
    alm_buf inflated;
    alm_buf_init(&inflated, max_len);
    alm_sitemap_builder b = {.arena = arena, .options = options, .max = options->max ? options->max : DEFAULT_MAX};
    b.sitemap = ALM_ARENA_NEW(arena, alm_sitemap);
    bool cut = false;
    alm_status status = b.sitemap ? ALM_OK : ALM_E_NOMEM;
    if (status == ALM_OK) b.sitemap->lastmod_s = ALM_SITEMAP_NO_TIME;
    if (status == ALM_OK && is_gzip(bytes)) {
        status = gunzip(&inflated, bytes, &cut);
        if (status == ALM_E_PARSE) alm_fail(err, status, "gzip data is broken");
        if (inflated.len == max_len) b.sitemap->truncated = true;
        bytes = alm_buf_str(&inflated);
    }
    if (status == ALM_OK) status = read_content(&b, bytes, max_len, err);
    alm_buf_release(&inflated);
    if (status == ALM_E_NOMEM && arena->held >= arena->max) status = ALM_E_LIMIT;
    if (status < 0) return alm_fail(err, status, "sitemap cannot be read");
    b.sitemap->items = b.items;
    if (cut) b.sitemap->broken = true;
    *out = b.sitemap;
    return ALM_OK;
}
