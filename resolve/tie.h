/**
 * Are two claims of one gift? A sum of points, each with its reason, of nothing but the two claims and their pages:
 * so that the answer does not change when other pages come.
 */
#ifndef ALM_RESOLVE_TIE_H
#define ALM_RESOLVE_TIE_H

#include "base/buf.h"
#include "resolve/claim.h"

/** What is compared. */
typedef enum alm_clue {
    ALM_CLUE_DONOR,
    ALM_CLUE_AMOUNT,
    ALM_CLUE_DATE,
    ALM_CLUE_RECIPIENT,
    ALM_CLUE_PLACE,
    ALM_CLUE_WORDING, /**< of the evidence */
    ALM_CLUE_OTHERS,  /**< further gifts that both pages tell */
    ALM_CLUE_COUNT
} alm_clue;

/** "donor", "amount", … */
const char *alm_clue_name(alm_clue clue);

typedef enum alm_verdict { ALM_APART, ALM_DOUBTFUL, ALM_TIED } alm_verdict;

/** "apart", "doubtful", "tied". */
const char *alm_verdict_name(alm_verdict verdict);

/** Points are tenths. */
enum { ALM_POINTS_TIED = 70, ALM_POINTS_DOUBTFUL = 50, ALM_POINTS_VETO = -200 };

typedef struct alm_tie {
    uint32_t a, b; /**< claims */
    alm_verdict verdict;
    int points;                      /**< the sum, or ALM_POINTS_VETO */
    bool contradicts;                /**< cannot be one gift, whatever third claims say */
    int clues[ALM_CLUE_COUNT];       /**< points of each */
    const char *why[ALM_CLUE_COUNT]; /**< what was found, in a word or two */
} alm_tie;

/** Compare all but ALM_CLUE_OTHERS, which needs the pages' other ties. */
void alm_tie_compare(alm_tie *tie, const alm_claims *told, uint32_t a, uint32_t b);

/** The two would be one gift but for their dates, and tell so for further gifts of the same two pages. */
bool alm_tie_is_parallel(const alm_tie *tie);

/** Add what @p others further gifts told by both pages say, sum up, give the verdict. */
void alm_tie_judge(alm_tie *tie, uint32_t others);

/** Append "tied 10.5: donor short form 2.5, …". */
void alm_tie_explain(alm_buf *out, const alm_tie *tie);

#endif
