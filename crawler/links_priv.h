/**
 * What the files of the link reader share: references as they are found, before they are resolved.
 */
#ifndef ALM_CRAWLER_LINKS_PRIV_H
#define ALM_CRAWLER_LINKS_PRIV_H

#include "crawler/html.h"
#include "crawler/links.h"

typedef struct alm_link_ref {
    alm_link_kind kind;
    bool nofollow;
    bool of_head;   /**< of an HTTP field: resolved against the page's URL, whatever <base> says */
    alm_str target; /**< decoded, not resolved */
    alm_str text;
    uint32_t delay_ms;
} alm_link_ref;

/** References in document order, in the arena; status is sticky. */
typedef struct alm_link_refs {
    alm_arena *arena;
    alm_link_ref *items;
    size_t count, cap;
    size_t max;
    bool truncated;
    alm_status status;
} alm_link_refs;

void alm_link_refs_add(alm_link_refs *refs, const alm_link_ref *ref);

/** What @p rel with @p type says of a <link> or a Link field; false where it is none of a page's links. */
bool alm_links_kind_of_rel(alm_link_kind *kind, alm_str rel, alm_str type);
/** Is one of "nofollow", "sponsored", "ugc" in @p rel? */
bool alm_links_rel_is_nofollow(alm_str rel);

/** Read the Link (RFC 8288) and Refresh fields of a response's @p head. */
void alm_links_read_head(alm_link_refs *refs, alm_str head);

/** The next literal page of a script-made list may be this many pages on; more are not made up. */
enum { ALM_PAGING_MAX = 2000 };

/**
 * Find references in a script: redirects as @p kind, TRS paging as ALM_LINK_PAGING.
 */
void alm_links_scan_script(alm_link_refs *refs, alm_str script, alm_link_kind kind);

/**
 * Read a hanweb datastore: its links, the next group of records, and, where it stands in a page (@p embedded: in
 * <script type="text/xml">), all further groups by its count of records. The answer for a group is a datastore too.
 */
void alm_links_read_datastore(alm_link_refs *refs, alm_str xml, bool embedded);

/**
 * Make the pages that are missing between list.html, list_2.html and list_9.html, where the page itself is one of them
 * or stands in their folder. @p links are what was found, resolved; new ones are added to @p refs.
 */
void alm_links_fill_siblings(alm_link_refs *refs, const alm_url *page, const alm_link *links, size_t count);

#endif
