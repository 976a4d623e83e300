#include "extract/relate/relate.h"

#include "extract/mention/mention.h"
#include "extract/relate/record.h"
#include "extract/relate/relation.h"
#include "extract/relate/unit_note.h"

typedef alm_status (*finder)(alm_folded *folded, alm_err *err);

static alm_status mention(alm_folded *folded, alm_str published, const alm_explain *explain, alm_err *err) {
    static const struct {
        const char *name;
        finder find;
    } finders[] = {{"roles", alm_roles_find},
                   {"foreign people", alm_foreign_people_find},
                   {"organisations", alm_organisations_find},
                   {"givers", alm_givers_find},
                   {"people", alm_people_find},
                   {"goods", alm_goods_find}};
    alm_status status = alm_tokens_make(folded, published, err);
    if (status == ALM_OK) alm_explain_folded(explain, "words and values", folded);
    for (size_t i = 0; status == ALM_OK && i < sizeof finders / sizeof finders[0]; i++) {
        size_t before = folded->mention_count;
        status = finders[i].find(folded, err);
        if (status != ALM_OK || folded->mention_count == before) continue;
        alm_explain_folded(explain, finders[i].name, folded);
        alm_explain_mentions(explain, folded, before);
    }
    return status;
}

/* What does not fit in memory is left out of the explanation. */
static void add(alm_buf *line, const char *before, alm_str text) {
    alm_status status = alm_buf_add(line, alm_str_of(before));
    if (status == ALM_OK) status = alm_buf_add(line, text);
    (void)status;
}

static void add_names(alm_buf *line, const alm_relation *relation, const char *label, const uint32_t *mentions,
                      size_t count) {
    for (size_t i = 0; i < count; i++)
        add(line, i == 0 ? label : ", ", relation->folded->mentions[mentions[i] - 1].name);
}

static void add_donors(alm_buf *line, const alm_relation *relation, const alm_told_gift *gift) {
    for (size_t i = 0; i < gift->donor_count; i++) {
        const uint32_t names[] = {gift->donors[i].person, gift->donors[i].organisation};
        size_t first = names[0] == 0, last = names[1] == 0 ? 1 : 2;
        if (first < last) add_names(line, relation, i ? "; " : "", names + first, last - first);
    }
}

static void add_whats(alm_buf *line, const alm_relation *relation, const alm_told_gift *gift) {
    static const char *const kinds[] = {"cash ", "worth ", "goods "};
    for (size_t i = 0; i < gift->what_count; i++) {
        const alm_mention *what = &relation->folded->mentions[gift->whats[i].mention - 1];
        add(line, i ? ", " : " gave ", alm_str_of(kinds[gift->whats[i].kind]));
        add(line, "", alm_str_slice(relation->folded->text, what->start, what->end));
    }
}

/* Gifts as they were read, before those told twice are joined. */
static void explain_gifts(const alm_relation *relation) {
    if (!relation->explain->write) return;
    alm_explain_line(relation->explain, "== gifts");
    for (size_t i = 0; i < relation->gift_count; i++) {
        const alm_told_gift *gift = &relation->gifts[i];
        alm_buf line;
        alm_buf_init(&line, 1 << 20);
        add_donors(&line, relation, gift);
        add_whats(&line, relation, gift);
        add_names(&line, relation, " to ", gift->recipients, gift->recipient_count);
        add_names(&line, relation, " through ", gift->channels, gift->channel_count);
        alm_explain_line(relation->explain, "   %.*s: %s%.*s, confidence %.2f", ALM_FMT(gift->rule),
                         gift->what_count ? "" : "dropped, nothing given: ", ALM_FMT(alm_buf_str(&line)),
                         gift->confidence);
        alm_buf_release(&line);
    }
}

alm_status alm_mention_and_relate(alm_session *session, alm_document *document, alm_err *err) {
    alm_folded folded = {.arena = &session->arena,
                         .pack = session->extractor->pack,
                         .text = session->shadow.text,
                         .traditional = session->shadow.traditional};
    alm_explain explain = {session->explain, session->explain_context, session->explain_json, &session->shadow};
    alm_relation relation = {
        .session = session, .document = document, .folded = &folded, .matcher = session->matcher, .explain = &explain};
    alm_status status = mention(&folded, document->page.published, &explain, err);
    if (status == ALM_OK) status = alm_rule_mentions_find(&relation);
    if (status == ALM_OK) status = alm_records_find(&relation);
    if (status == ALM_OK) status = alm_parties_find(&relation);
    if (status == ALM_OK) alm_explain_folded(&explain, "parties", &folded);
    if (status == ALM_OK) status = alm_unit_notes_find(&relation);
    if (status == ALM_OK) relation.tells_of_giving = alm_relation_tells_of_giving(&relation);
    if (status == ALM_OK) status = alm_tables_read(&relation);
    if (status == ALM_OK) status = alm_forms_read(&relation);
    if (status == ALM_OK) status = alm_lists_read(&relation);
    if (status == ALM_OK) status = alm_gifts_find(&relation);
    if (status == ALM_OK) explain_gifts(&relation);
    if (status == ALM_OK) status = alm_relation_settle(&relation);
    if (status != ALM_OK) alm_fail(err, status, "cannot relate: %s", alm_status_name(status));
    return status;
}
