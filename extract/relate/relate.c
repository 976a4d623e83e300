#include "extract/relate/relate.h"

#include "extract/mention/mention.h"
#include "extract/relate/relation.h"

typedef alm_status (*finder)(alm_folded *folded, alm_err *err);

static alm_status mention(alm_folded *folded, alm_str published, const alm_explain *explain, alm_err *err) {
    static const struct {
        const char *name;
        finder find;
    } finders[] = {{"roles", alm_roles_find},
                   {"foreign people", alm_foreign_people_find},
                   {"organisations", alm_organisations_find},
                   {"people", alm_people_find},
                   {"goods", alm_goods_find}};
    alm_status status = alm_tokens_make(folded, published, err);
    if (status == ALM_OK) alm_explain_folded(explain, "words and values", folded);
    for (size_t i = 0; status == ALM_OK && i < sizeof finders / sizeof finders[0]; i++) {
        status = finders[i].find(folded, err);
        if (status == ALM_OK) alm_explain_folded(explain, finders[i].name, folded);
    }
    return status;
}

alm_status alm_mention_and_relate(alm_session *session, alm_document *document, alm_err *err) {
    alm_folded folded = {.arena = &session->arena, .pack = session->extractor->pack, .text = session->shadow.text};
    alm_explain explain = {session->explain, session->explain_context};
    alm_relation relation = {
        .session = session, .document = document, .folded = &folded, .matcher = session->matcher, .explain = &explain};
    alm_status status = mention(&folded, document->page.published, &explain, err);
    if (status == ALM_OK) status = alm_parties_find(&relation);
    if (status == ALM_OK) alm_explain_folded(&explain, "parties", &folded);
    if (status == ALM_OK) status = alm_tables_read(&relation);
    if (status == ALM_OK) status = alm_lists_read(&relation);
    if (status == ALM_OK) status = alm_gifts_find(&relation);
    if (status == ALM_OK) status = alm_relation_settle(&relation);
    if (status != ALM_OK) alm_fail(err, status, "cannot relate: %s", alm_status_name(status));
    return status;
}
