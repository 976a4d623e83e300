/**
 * The fixed words of the output.
 */
#ifndef ALM_EXTRACT_OUTPUT_NAMES_H
#define ALM_EXTRACT_OUTPUT_NAMES_H

#include "base/base.h"

/** Room for alm_confidence_text. */
typedef struct alm_confidence {
    char text[8];
} alm_confidence;

/** "0.00" to "1.00", whatever the locale; borrows from @p room. */
alm_str alm_confidence_text(alm_confidence *room, double confidence);

#endif
