#include "extract/page/weigh.h"

enum {
    PROSE_CHARS = 12, /* a line with a stop and so many characters is prose */
    STOP_WEIGHT = 6,  /* a full stop or comma speaks for prose as much as so many characters */
    LINK_WEIGHT = 14, /* a link of its own line speaks against it */
    BOILERPLATE_WEIGHT = 30,
    OTHER_WEIGHT = 2,
    OTHER_RUN_WEIGHT = 20, /* the first line of a run of others */
    SHARE_OF_PAGE = 45     /* per cent of the text: a part that holds more cannot be beside the article */
};

bool alm_line_is_link(const alm_line *line) {
    if (line->link_chars * 2 <= line->chars || (line->flags & ALM_LINE_AMOUNT)) return false;
    return line->stops < 2 || line->chars < ALM_LONG_CHARS || line->link_chars * 10 > line->chars * 9;
}

bool alm_line_is_prose(const alm_line *line) {
    uint32_t own = line->chars - line->link_chars;
    return !alm_line_is_link(line) && ((line->stops && own >= PROSE_CHARS) || own >= ALM_LONG_CHARS);
}

static int32_t weigh(const alm_line *line) {
    uint32_t own = line->chars - line->link_chars;
    if (line->flags & ALM_LINE_OTHER) return -OTHER_WEIGHT; /* known for what it is: it will not be taken for text */
    if (line->flags & ALM_LINE_BOILERPLATE) return -BOILERPLATE_WEIGHT;
    if (alm_line_is_link(line)) return -LINK_WEIGHT - (int32_t)(line->link_chars < 40 ? line->link_chars / 2 : 20);
    if (alm_line_is_prose(line)) return (int32_t)(own + STOP_WEIGHT * line->stops);
    return (int32_t)(own < 16 ? own / 2 : 8);
}

void alm_weigh(alm_weigher *w) {
    alm_reading *r = w->r;
    memset(w->sum, 0, r->dom.count * sizeof *w->sum);
    memset(w->prose, 0, r->dom.count * sizeof *w->prose);
    memset(w->rest, 0, r->dom.count * sizeof *w->rest);
    for (uint32_t i = 0; i < r->line_count; i++) {
        alm_line *line = &r->lines[i];
        line->weight = weigh(line);
        bool other = (line->flags & ALM_LINE_OTHER) != 0, was_other = i > 0 && (r->lines[i - 1].flags & ALM_LINE_OTHER);
        if (other && !was_other) line->weight -= OTHER_RUN_WEIGHT;
        if (i < r->title_line && r->title_line != ALM_NO_LINE && line->weight > 0) line->weight = 0;
        w->sum[line->block] += line->weight;
        bool above = i < r->title_line && r->title_line != ALM_NO_LINE;
        if (above || line->flags & ALM_LINE_OTHER || alm_line_is_link(line)) continue;
        if (alm_line_is_prose(line))
            w->prose[line->block] += line->chars;
        else
            w->rest[line->block] += (line->chars + 1) / 2;
    }
    for (uint32_t i = r->dom.count; i-- > 1;) {
        uint32_t parent = r->dom.nodes[i].parent;
        w->sum[parent] += w->sum[i];
        w->prose[parent] += w->prose[i];
        w->rest[parent] += w->rest[i];
        r->dom.work++;
    }
    w->all_text = (uint64_t)w->prose[r->dom.body] + w->rest[r->dom.body];
}

bool alm_is_beside(const alm_weigher *w, uint32_t node) {
    const alm_reading *r = w->r;
    uint32_t title = r->title_line == ALM_NO_LINE ? 0 : r->lines[r->title_line].first;
    if (title > node && title < r->dom.nodes[node].end) return false;
    return ((uint64_t)w->prose[node] + w->rest[node]) * 100 <= w->all_text * SHARE_OF_PAGE;
}
