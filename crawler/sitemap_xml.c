#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "base/buf.h"
#include "crawler/sitemap_priv.h"
#include "crawler/webdate.h"

/* The one file of the crawler that knows libxml2's XML parser. It is driven by SAX: no tree, no DTD, no entity but the
 * five of XML. What a document declares is not heard, so that nothing can be expanded or opened. */

typedef enum field {
    FIELD_NONE,
    FIELD_LOC,
    FIELD_LASTMOD,
    FIELD_PUBLISHED,
    FIELD_CHANGEFREQ,
    FIELD_PRIORITY,
    FIELD_TITLE,
    FIELD_GUID
} field;

enum { FIELD_TEXT_MAX = 16384 };

typedef struct reader {
    alm_sitemap_builder *b;
    xmlParserCtxtPtr parser;
    bool started, known;
    char root_uri[256]; /* name space of the root element */
    unsigned depth;
    unsigned entry_depth; /* depth of the open entry; 0: none */
    unsigned field_depth; /* depth of the element whose text is collected */
    field field;
    alm_sitemap_entry entry;
    alm_buf text; /* of the field */
    alm_buf loc;  /* of the entry */
    alm_buf bare; /* text that stands in the entry itself */
    alm_buf guid;
    bool has_loc;
} reader;

/** Append; what is longer than a field may be is cut, memory that gives out ends the reading. */
static void keep(reader *r, alm_buf *buf, alm_str text) {
    if (alm_buf_add(buf, text) == ALM_E_NOMEM) r->b->status = ALM_E_NOMEM;
}

static alm_str str_of(const xmlChar *text) { return alm_str_of((const char *)text); }

/* Which elements matter. */

typedef struct element {
    const char *name;
    field field;
} element;

static const element sitemap_elements[] = {{"loc", FIELD_LOC},
                                           {"lastmod", FIELD_LASTMOD},
                                           {"changefreq", FIELD_CHANGEFREQ},
                                           {"priority", FIELD_PRIORITY},
                                           {NULL, FIELD_NONE}};
static const element rss_elements[] = {{"link", FIELD_LOC},     {"guid", FIELD_GUID},   {"pubDate", FIELD_LASTMOD},
                                       {"date", FIELD_LASTMOD}, {"title", FIELD_TITLE}, {NULL, FIELD_NONE}};
static const element atom_elements[] = {{"updated", FIELD_LASTMOD},
                                        {"modified", FIELD_LASTMOD},
                                        {"published", FIELD_PUBLISHED},
                                        {"title", FIELD_TITLE},
                                        {NULL, FIELD_NONE}};

static field look_up(const element *elements, alm_str name) {
    for (; elements->name; elements++)
        if (alm_str_is_c(name, elements->name)) return elements->field;
    return FIELD_NONE;
}

static bool contains(alm_str s, const char *text) { return alm_str_find(s, alm_str_of(text), 0) != SIZE_MAX; }

/** RSS 2.0 has no name space, 0.9 and 1.0 have theirs, dc:date is Dublin Core's; media:title and the like are others'.
 */
static bool is_rss_space(alm_str uri) {
    return uri.len == 0 || contains(uri, "purl.org/rss/") || contains(uri, "netscape.com/rdf/") ||
           contains(uri, "backend.userland.com") || contains(uri, "purl.org/dc/");
}

static field field_of(const reader *r, alm_str name, alm_str uri) {
    switch (r->b->sitemap->kind) {
    case ALM_SITEMAP_URLSET:
    case ALM_SITEMAP_INDEX:
        if (contains(uri, "sitemap-news")) {
            if (alm_str_is_c(name, "title")) return FIELD_TITLE;
            return alm_str_is_c(name, "publication_date") ? FIELD_PUBLISHED : FIELD_NONE;
        }
        /* the name space is often misspelt, but then it is the root's */
        return alm_str_is_c(uri, r->root_uri) ? look_up(sitemap_elements, name) : FIELD_NONE;
    case ALM_SITEMAP_RSS: return is_rss_space(uri) ? look_up(rss_elements, name) : FIELD_NONE;
    case ALM_SITEMAP_ATOM: return alm_str_is_c(uri, r->root_uri) ? look_up(atom_elements, name) : FIELD_NONE;
    case ALM_SITEMAP_TEXT:
    case ALM_SITEMAP_KIND_COUNT: break;
    }
    return FIELD_NONE;
}

static bool opens_entry(const reader *r, alm_str name, alm_str uri) {
    switch (r->b->sitemap->kind) {
    case ALM_SITEMAP_URLSET: return alm_str_is_c(name, "url") && alm_str_is_c(uri, r->root_uri);
    case ALM_SITEMAP_INDEX: return alm_str_is_c(name, "sitemap") && alm_str_is_c(uri, r->root_uri);
    case ALM_SITEMAP_RSS: return alm_str_is_c(name, "item") && is_rss_space(uri);
    case ALM_SITEMAP_ATOM: return alm_str_is_c(name, "entry") && alm_str_is_c(uri, r->root_uri);
    case ALM_SITEMAP_TEXT:
    case ALM_SITEMAP_KIND_COUNT: break;
    }
    return false;
}

static bool read_root(reader *r, alm_str name, alm_str uri) {
    static const struct {
        const char *name;
        alm_sitemap_kind kind;
    } roots[] = {{"urlset", ALM_SITEMAP_URLSET},
                 {"sitemapindex", ALM_SITEMAP_INDEX},
                 {"rss", ALM_SITEMAP_RSS},
                 {"RDF", ALM_SITEMAP_RSS},
                 {"feed", ALM_SITEMAP_ATOM}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        if (!alm_str_is_c(name, roots[i].name)) continue;
        r->b->sitemap->kind = roots[i].kind;
        size_t len = uri.len < sizeof r->root_uri ? uri.len : 0;
        if (len) memcpy(r->root_uri, uri.ptr, len);
        return true;
    }
    return false;
}

/* Attributes: five pointers each (localname, prefix, URI, value, end). */

static bool attr(int count, const xmlChar **attrs, const char *name, alm_str *value) {
    for (int i = 0; i < count; i++) {
        const xmlChar **a = attrs + (ptrdiff_t)5 * i;
        if (!alm_str_is_c(str_of(a[0]), name)) continue;
        *value = (alm_str){(const char *)a[3], (size_t)(a[4] - a[3])};
        return true;
    }
    return false;
}

/* Entries. */

static void begin_entry(reader *r, unsigned depth) {
    r->entry_depth = depth;
    r->entry = alm_sitemap_blank_entry();
    r->has_loc = false;
    alm_buf_reset(&r->loc);
    alm_buf_reset(&r->bare);
    alm_buf_reset(&r->guid);
}

/** What stands in for a missing URL has to be one by itself: a guid may be any word, whatever isPermaLink says. */
static alm_str absolute(const alm_buf *text) {
    alm_str s = alm_sitemap_trim(alm_buf_str(text));
    bool http = s.len > 4 && alm_str_is_nocase(alm_str_slice(s, 0, 4), ALM_STR("http"));
    return http ? s : (alm_str){NULL, 0};
}

static void end_entry(reader *r) {
    alm_str loc = alm_buf_str(&r->loc);
    if (!r->has_loc) loc = absolute(r->guid.len ? &r->guid : &r->bare);
    alm_sitemap_builder_add(r->b, &r->entry, loc);
    if (r->b->status < 0 || r->b->sitemap->truncated) xmlStopParser(r->parser);
    r->entry_depth = 0;
}

static void set_loc(reader *r, alm_str loc) {
    unsigned depth = r->entry_depth;
    if (r->b->sitemap->kind == ALM_SITEMAP_RSS || r->b->sitemap->kind == ALM_SITEMAP_ATOM) {
        if (r->has_loc) return;
    } else if (r->has_loc) { /* a </url><url> is missing between two */
        end_entry(r);
        begin_entry(r, depth);
    }
    r->has_loc = alm_sitemap_trim(loc).len > 0;
    alm_buf_reset(&r->loc);
    keep(r, &r->loc, loc);
}

static alm_changefreq parse_changefreq(alm_str text) {
    text = alm_str_trim(text);
    for (int freq = ALM_CHANGEFREQ_ALWAYS; freq <= ALM_CHANGEFREQ_NEVER; freq++)
        if (alm_str_is_nocase(text, alm_str_of(alm_changefreq_name((alm_changefreq)freq)))) return (alm_changefreq)freq;
    return ALM_CHANGEFREQ_NONE;
}

/** "0.8"; out of [0, 1] or no number: the default. Not strtod, which minds the locale. */
static float parse_priority(alm_str text) {
    float value = 0, unit = 1;
    bool point = false, digits = false;
    text = alm_str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            digits = true;
            if (point) unit /= 10;
            value = point ? value + (float)(c - '0') * unit : value * 10 + (float)(c - '0');
        } else {
            return 0.5F;
        }
    }
    return digits && value <= 1.0F ? value : 0.5F;
}

/** The text of a feed as a whole. */
static void end_feed_field(reader *r, alm_str text) {
    int64_t time;
    alm_sitemap *sitemap = r->b->sitemap;
    if (r->field != FIELD_LASTMOD || sitemap->lastmod_s != ALM_SITEMAP_NO_TIME) return;
    if (alm_webdate_parse(text, &time)) sitemap->lastmod_s = time;
}

static void end_field(reader *r) {
    alm_str text = alm_buf_str(&r->text);
    if (r->entry_depth == 0) {
        end_feed_field(r, text);
        return;
    }
    switch (r->field) {
    case FIELD_LOC: set_loc(r, text); break;
    case FIELD_LASTMOD: (void)alm_webdate_parse(text, &r->entry.lastmod_s); break;
    case FIELD_PUBLISHED: (void)alm_webdate_parse(text, &r->entry.published_s); break;
    case FIELD_CHANGEFREQ: r->entry.changefreq = parse_changefreq(text); break;
    case FIELD_PRIORITY: r->entry.priority = parse_priority(text); break;
    case FIELD_TITLE:
        r->entry.title = alm_arena_copy(r->b->arena, alm_sitemap_trim(text));
        if (!r->entry.title.ptr) r->b->status = ALM_E_NOMEM;
        break;
    case FIELD_GUID: keep(r, &r->guid, text); break;
    case FIELD_NONE: break;
    }
}

/** <link rel="alternate" href="…"> of Atom. */
static void read_atom_link(reader *r, int count, const xmlChar **attrs) {
    alm_str href, rel = {NULL, 0};
    (void)attr(count, attrs, "rel", &rel);
    if (r->entry_depth == 0 || (rel.len && !alm_str_is_c(rel, "alternate"))) return;
    if (attr(count, attrs, "href", &href)) set_loc(r, href);
}

static void begin_field(reader *r, field what) {
    r->field = what;
    r->field_depth = r->depth;
    alm_buf_reset(&r->text);
}

/* SAX. */

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix, const xmlChar *uri_text,
                     int space_count, const xmlChar **spaces, int attr_count, int defaulted, const xmlChar **attrs) {
    (void)prefix, (void)space_count, (void)spaces, (void)defaulted;
    reader *r = context;
    alm_str name = str_of(localname), uri = str_of(uri_text);
    r->depth++;
    if (!r->started) {
        r->started = true;
        r->known = read_root(r, name, uri);
        if (!r->known) xmlStopParser(r->parser);
        return;
    }
    if (!r->known || r->field_depth) return; /* what stands inside a field is its text */
    if (r->entry_depth == 0 && opens_entry(r, name, uri)) {
        begin_entry(r, r->depth);
        return;
    }
    if (r->b->sitemap->kind == ALM_SITEMAP_ATOM && alm_str_is_c(name, "link")) {
        read_atom_link(r, attr_count, attrs);
        return;
    }
    field what = field_of(r, name, uri);
    bool of_feed = r->entry_depth == 0 && r->b->sitemap->kind == ALM_SITEMAP_RSS;
    if (what != FIELD_NONE && (r->entry_depth || of_feed)) begin_field(r, what);
}

static void on_end(void *context, const xmlChar *localname, const xmlChar *prefix, const xmlChar *uri) {
    (void)localname, (void)prefix, (void)uri;
    reader *r = context;
    if (r->field_depth && r->depth == r->field_depth) {
        end_field(r);
        r->field_depth = 0;
        r->field = FIELD_NONE;
    } else if (r->entry_depth && r->depth == r->entry_depth) {
        end_entry(r);
    }
    if (r->depth) r->depth--;
}

static void on_text(void *context, const xmlChar *text, int len) {
    reader *r = context;
    alm_str piece = {(const char *)text, (size_t)len};
    if (r->field_depth)
        keep(r, &r->text, piece);
    else if (r->entry_depth && r->depth == r->entry_depth)
        keep(r, &r->bare, piece);
}

static xmlEntityPtr on_get_entity(void *context, const xmlChar *name) {
    (void)context;
    return xmlGetPredefinedEntity(name);
}

static void on_error(void *context, const char *format, ...) { (void)context, (void)format; }

static xmlSAXHandler handlers(void) {
    return (xmlSAXHandler){.initialized = XML_SAX2_MAGIC,
                           .startElementNs = on_start,
                           .endElementNs = on_end,
                           .characters = on_text,
                           .cdataBlock = on_text,
                           .getEntity = on_get_entity,
                           .error = on_error,
                           .fatalError = on_error,
                           .warning = on_error};
}

/** Documents that say GB2312 use GBK's characters and those after it. */
static bool declares_chinese(alm_str xml) {
    static const char *const names[] = {"gb2312", "gbk", "gb_2312", "gb18030"};
    size_t end = alm_str_find(xml, ALM_STR("?>"), 0);
    alm_str head = alm_str_slice(xml, 0, end == SIZE_MAX || end > 256 ? (xml.len < 256 ? xml.len : 256) : end);
    size_t at = alm_str_find(head, ALM_STR("encoding"), 0);
    if (at == SIZE_MAX) return false;
    for (; at < head.len; at++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            alm_str name = alm_str_of(names[i]);
            if (head.len - at >= name.len && alm_str_is_nocase(alm_str_slice(head, at, at + name.len), name))
                return true;
        }
    return false;
}

static void parse_all(reader *r, alm_str xml) {
    enum { CHUNK = 1 << 20 };
    int options = XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
    bool chinese = declares_chinese(xml);
    xmlCtxtUseOptions(r->parser, chinese ? options | XML_PARSE_IGNORE_ENC : options);
    xmlCharEncodingHandlerPtr encoding = chinese ? xmlFindCharEncodingHandler("GB18030") : NULL;
    if (encoding) xmlSwitchToEncoding(r->parser, encoding);
    for (size_t at = 0; at < xml.len && r->b->status >= 0 && !r->b->sitemap->truncated; at += CHUNK) {
        size_t len = xml.len - at < CHUNK ? xml.len - at : CHUNK;
        if (r->started && !r->known) return;
        xmlParseChunk(r->parser, xml.ptr + at, (int)len, 0);
    }
    xmlParseChunk(r->parser, NULL, 0, 1);
}

static void init_bufs(reader *r) {
    alm_buf_init(&r->text, FIELD_TEXT_MAX);
    alm_buf_init(&r->loc, FIELD_TEXT_MAX);
    alm_buf_init(&r->bare, FIELD_TEXT_MAX);
    alm_buf_init(&r->guid, FIELD_TEXT_MAX);
}

static void release_bufs(reader *r) {
    alm_buf_release(&r->text);
    alm_buf_release(&r->loc);
    alm_buf_release(&r->bare);
    alm_buf_release(&r->guid);
}

/** Is the data cut off in a tag, so that the text before it is whole? */
static bool ends_in_tag(alm_str xml) {
    size_t at = xml.len;
    while (at > 0 && xml.ptr[at - 1] != '<' && xml.ptr[at - 1] != '>') at--;
    return at > 0 && xml.ptr[at - 1] == '<';
}

alm_status alm_sitemap_read_xml(alm_sitemap_builder *builder, alm_str xml, alm_err *err) {
    reader r = {.b = builder};
    init_bufs(&r);
    xmlSAXHandler sax = handlers();
    r.parser = xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
    if (!r.parser) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    parse_all(&r, xml);
    /* an entry that the end of the data cut off counts where it has its URL, and all of it */
    if (r.field_depth && r.field == FIELD_LOC && ends_in_tag(xml)) end_field(&r);
    if (r.entry_depth && r.has_loc) end_entry(&r);
    bool cut = builder->status < 0 || builder->sitemap->truncated;
    builder->sitemap->broken = !cut && !r.parser->wellFormed;
    alm_status status = builder->status;
    /* libxml2 2.9.14 makes a document for entity declarations, even where nobody hears them, and leaves it there */
    xmlFreeDoc(r.parser->myDoc);
    xmlFreeParserCtxt(r.parser);
    release_bufs(&r);
    if (status < 0) return status;
    if (!r.known) return alm_fail(err, ALM_E_PARSE, "XML is no sitemap and no feed");
    return ALM_OK;
}
