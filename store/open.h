/**
 * Open what `--store` names for writing, whichever database it is.
 */
#ifndef ALM_STORE_OPEN_H
#define ALM_STORE_OPEN_H

#include "store/locate.h"
#include "store/sink.h"

/** @return ALM_OK, ALM_E_UNSUPPORTED (schema of a later version), ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_sink_open(alm_sink **out, const alm_store_location *location, alm_err *err);

#endif
