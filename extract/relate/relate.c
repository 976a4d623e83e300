#include "extract/relate/relate.h"

#include "extract/mention/mention.h"
#include "extract/relate/relation.h"

static alm_status mention(alm_folded *folded, alm_str published, alm_err *err) {
    alm_status status = alm_tokens_make(folded, published, err);
    if (status == ALM_OK) status = alm_roles_find(folded, err);
    if (status == ALM_OK) status = alm_organisations_find(folded, err);
    if (status == ALM_OK) status = alm_people_find(folded, err);
    if (status == ALM_OK) status = alm_goods_find(folded, err);
    return status;
}

alm_status alm_mention_and_relate(alm_session *session, alm_document *document, alm_err *err) {
    alm_folded folded = {.arena = &session->arena, .pack = session->extractor->pack, .text = session->shadow.text};
    alm_relation relation = {.session = session, .document = document, .folded = &folded, .matcher = session->matcher};
    alm_status status = mention(&folded, document->page.published, err);
    if (status == ALM_OK) status = alm_parties_find(&relation);
    if (status == ALM_OK) status = alm_gifts_find(&relation);
    if (status == ALM_OK) status = alm_relation_settle(&relation);
    if (status != ALM_OK) alm_fail(err, status, "cannot relate: %s", alm_status_name(status));
    return status;
}
