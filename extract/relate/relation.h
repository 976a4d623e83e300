/**
 * What relate's parts hand to each other: posts, parties and gifts as mentions, before the document is settled. Inside
 * this folder only.
 *
 * A mention is named by its index + 1 in folded->mentions; 0 is none.
 */
#ifndef ALM_EXTRACT_RELATE_RELATION_H
#define ALM_EXTRACT_RELATE_RELATION_H

#include "extract/document.h"
#include "extract/rules/explain.h"
#include "extract/rules/fold.h"
#include "extract/rules/rule.h"
#include "extract/session.h"

/** A post without an organisation beside it; settle looks for one. */
#define ALM_UNSAID_ORGANISATION UINT32_MAX

enum { ALM_MAX_DONORS = 160, ALM_MAX_WHATS = 64, ALM_MAX_PARTIES = 32 };

/** A role that somebody holds somewhere. */
typedef struct alm_post {
    uint32_t member, organisation, role;
    uint32_t start, end; /**< bytes of the shadow */
    bool carried;        /**< the organisation is that of the post before, said once for both */
    uint32_t settled;    /**< the organisation's entity + 1, once settled; 0 = nobody knows where */
    alm_str rule;
} alm_post;

/** Who acts in a sentence: a person, an organisation, or a person and the organisation that the person stands for. */
typedef struct alm_actor {
    uint32_t person, organisation;
    uint32_t seat; /**< where the person holds office, which is not who gives, but who receives through the person */
} alm_actor;

typedef enum alm_what_kind { ALM_WHAT_CASH, ALM_WHAT_WORTH, ALM_WHAT_GOODS } alm_what_kind;

typedef struct alm_what {
    alm_what_kind kind;
    uint32_t mention;  /**< MONEY or GOODS */
    uint32_t quantity; /**< a QUANTITY mention that several goods share, each its own; 0 */
} alm_what;

/** One giving statement, while it is read. */
typedef struct alm_gift {
    alm_actor donors[ALM_MAX_DONORS];
    size_t donor_count;
    alm_what whats[ALM_MAX_WHATS];
    size_t what_count;
    uint32_t recipients[ALM_MAX_PARTIES];
    size_t recipient_count;
    uint32_t channels[ALM_MAX_PARTIES];
    size_t channel_count;
    uint32_t date;
    uint32_t trigger_start, trigger_end; /**< the verb; equal where there is none */
    uint32_t start, end;                 /**< evidence: the sentence, list line or table row */
    alm_donation_status status;
    bool total;
    alm_str rule;
    double confidence;
} alm_gift;

/** A giving statement that was read: as alm_gift, with arrays of their length. */
typedef struct alm_told_gift {
    alm_actor *donors;
    alm_what *whats;
    uint32_t *recipients, *channels;
    uint32_t donor_count, what_count, recipient_count, channel_count;
    uint32_t date;
    uint32_t trigger_start, trigger_end;
    uint32_t start, end;
    alm_donation_status status;
    bool total;
    alm_str rule;
    double confidence;
} alm_told_gift;

/** A value of a record, as the rule found it: a mention, or bare text. */
typedef struct alm_found_value {
    alm_str field;
    uint32_t mention;    /**< 0: text alone */
    uint32_t start, end; /**< bytes of the shadow */
} alm_found_value;

/** A record of the pack's own. */
typedef struct alm_found_record {
    const alm_rule *rule;
    uint32_t start, end; /**< evidence */
    alm_found_value *values;
    size_t value_count, value_cap;
} alm_found_record;

typedef struct alm_relation {
    alm_session *session;
    alm_document *document;
    alm_folded *folded;
    alm_matcher *matcher;
    const alm_explain *explain;
    alm_post *posts;
    size_t post_count, post_cap;
    alm_actor *actors; /**< by alm_mention.detail of a PARTY */
    size_t actor_count, actor_cap;
    alm_told_gift *gifts;
    size_t gift_count, gift_cap;
    alm_found_record *records;
    size_t record_count, record_cap;
    struct alm_unit_note *unit_notes; /**< in text order; see unit_note.h */
    size_t unit_note_count, unit_note_cap;
    bool tells_of_giving; /**< the title or the text speaks of gifts: bare pairs and verbs of moving count */
    bool *in_table;       /**< by token: it stands in a cell or list item, where alm_gifts_find does not look */
} alm_relation;

ALM_MUST_USE alm_status alm_post_add(alm_relation *relation, const alm_post *post);
/** Keep what was read; the caller's stays its own. */
ALM_MUST_USE alm_status alm_gift_add(alm_relation *relation, const alm_gift *gift);

/** Read posts and fold parties: the rules of phase `affiliations`, then every name that is left. */
ALM_MUST_USE alm_status alm_parties_find(alm_relation *relation);

/** Read the gifts of the page's tables. Precondition of alm_gifts_find. */
ALM_MUST_USE alm_status alm_tables_read(alm_relation *relation);

/** Read gifts told as forms of labels and values; takes their lines from the readers behind it. After alm_tables_read.
 */
ALM_MUST_USE alm_status alm_forms_read(alm_relation *relation);

/** Read the gifts of lists in text; takes their lines from alm_gifts_find. After alm_tables_read. */
ALM_MUST_USE alm_status alm_lists_read(alm_relation *relation);

/** The title or the text speaks of gifts. */
bool alm_relation_tells_of_giving(const alm_relation *relation);

/** Read the gifts of running text. */
ALM_MUST_USE alm_status alm_gifts_find(alm_relation *relation);

/** Entities, aliases, gifts told twice; fills the document. */
ALM_MUST_USE alm_status alm_relation_settle(alm_relation *relation);

/** The organisation of @p actor is a place that acts, such as a town: its name ends in the name of a place. */
bool alm_party_is_place(const alm_relation *relation, const alm_actor *actor);

/**
 * "the town's residents Li", "Bangkok Mr Mo":
 the organisation at token @p i tells where the person behind it comes from, and does not
 * act itself.
 */
bool alm_party_is_origin(const alm_relation *relation, uint32_t i, uint32_t last);
/** "manager X's wife Y": token @p i names one that only tells whose kin the next one is. */
bool alm_party_is_kin(const alm_relation *relation, uint32_t i, uint32_t last);

/** The actor behind a PARTY token, or NULL. */

static inline const alm_actor *alm_actor_of(const alm_relation *relation, const alm_token *token) {
    if (token->class_id != ALM_CLASS_PARTY) return NULL;
    return &relation->actors[relation->folded->mentions[token->mention - 1].detail];
}

#endif
