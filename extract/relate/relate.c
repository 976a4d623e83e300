#include "extract/relate/relate.h"

alm_status alm_mention_and_relate(alm_session *session, alm_document *document, alm_err *err) {
    (void)session, (void)document, (void)err;
    return ALM_OK;
}
