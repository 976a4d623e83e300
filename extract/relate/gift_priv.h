/**
 * What the files that read gifts in running text share: the sentence, the events in it, and the case of a name. Inside
 * this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_GIFT_PRIV_H
#define ALM_EXTRACT_RELATE_GIFT_PRIV_H

#include "extract/mention/walk.h"
#include "extract/relate/relation.h"

enum { ALM_GIFT_MAX_EVENTS = 48 };

typedef enum alm_name_case {
    ALM_CASE_SUBJECT,
    ALM_CASE_RECIPIENT,
    ALM_CASE_CHANNEL,
    ALM_CASE_AGENT,
    ALM_CASE_SOURCE,
    ALM_CASE_BEHALF,
    ALM_CASE_JOINED,
    ALM_CASE_OBJECT
} alm_name_case;

typedef struct alm_gift_event {
    uint32_t first, last;   /* tokens of the verb */
    uint32_t before, after; /* its zone: [before, first) and [last, after) */
    uint32_t received;      /* the verb of receiving that tells of it; 0 */
    size_t own_receivers;   /* how many its own clause names before the verb; those behind them are carried here */
    size_t carried_receivers;
    bool implied; /* no word beside the verb says who receives */
    bool handed;  /* a verb of giving behind it says what the money or thing was taken out for */
    bool carried; /* the giver is whom the sentences before were about */
    bool apiece;  /**< "those who gave 1,000 are A and B": each of them did */
    alm_gift gift;
    uint32_t what_at[ALM_MAX_WHATS]; /* tokens of gift.whats */
} alm_gift_event;

/* A line that heads a list, with the receivers that it names, if any. */
typedef struct alm_gift_head {
    uint32_t start;
    uint32_t *recipients;
    size_t count;
} alm_gift_head;

typedef struct alm_gift_reader {
    alm_relation *relation;
    alm_folded *folded;
    const alm_token *tokens;
    uint32_t first, last;     /* the sentence */
    uint32_t sentence_before; /* where the one before it in its block begins; first where there is none */
    bool *used;               /* by token: a what that an event has taken */
    alm_gift_event *events;
    size_t event_count;
    alm_actor topic[ALM_MAX_DONORS]; /* who was spoken of last in this block, as a subject */
    size_t topic_count;
    alm_actor person;   /* the person spoken of last, in this block or one before; {0} */
    alm_actor author;   /* of the page, where the text names them; {0} */
    alm_actor speaker;  /* who says "I" in this block; {0} */
    size_t first_gift;  /* of running text, among those of the relation */
    size_t block_gifts; /* the first gift of this block, among those of the relation */
    alm_gift frame;     /* whose receivers are those of all gifts, as the page's lead tells */
    alm_gift_head *heads;
    size_t head_count, head_cap;
    size_t sentences;    /* read so far, up to the end of the lead */
    bool block_has_gift; /* the block or the title speaks of giving: bare pairs of name and amount count */
} alm_gift_reader;

static inline bool alm_gift_is_trigger(uint16_t c) {
    return c == ALM_CLASS_GIVE || c == ALM_CLASS_SEND || c == ALM_CLASS_RAISE;
}
static inline bool alm_gift_ends_sentence(uint32_t cp) {
    return cp == '\n' || cp == ALM_CP_STOP || cp == ALM_CP_EXCLAMATION || cp == ALM_CP_QUESTION;
}
static inline bool alm_gift_ends_clause(uint32_t cp) {
    return cp == ALM_CP_COMMA || cp == ALM_CP_SEMICOLON || cp == ALM_CP_COLON || alm_gift_ends_sentence(cp);
}
static inline bool alm_gift_is_what(uint16_t c) { return c == ALM_CLASS_MONEY || c == ALM_CLASS_GOODS; }

static inline uint32_t alm_gift_clause_start(const alm_gift_reader *r, uint32_t i) {
    while (i > r->first && !alm_gift_ends_clause(r->tokens[i - 1].cp)) i--;
    return i;
}
static inline uint32_t alm_gift_clause_end(const alm_gift_reader *r, uint32_t i) {
    while (i < r->last && !alm_gift_ends_clause(r->tokens[i].cp)) i++;
    return i;
}
static inline bool alm_gift_has_class(const alm_gift_reader *r, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].class_id == class_id) return true;
    return false;
}

static inline bool alm_gift_has_attr(const alm_gift_reader *r, const alm_token *word, const char *attr) {
    for (size_t i = 0; i < ALM_LEXICON_MAX_ATTRS; i++)
        if (alm_str_is_c(alm_token_attr(r->folded, word, word->class_id, i), attr)) return true;
    return false;
}
/* A quantity of things, no hours or people. */
static inline bool alm_gift_counts_things(const alm_gift_reader *r, uint32_t i) {
    return r->tokens[i].class_id == ALM_CLASS_QUANTITY &&
           alm_mention_of(r->folded, &r->tokens[i])->value->measure == ALM_MEASURE_GOODS;
}
static inline bool alm_gift_counts_people(const alm_gift_reader *r, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_QUANTITY) return false;
    alm_measure measure = alm_mention_of(r->folded, &r->tokens[i])->value->measure;
    return measure == ALM_MEASURE_PEOPLE || measure == ALM_MEASURE_PLACE;
}
/* The kind of the organisation that acts or that somebody acts for. */
static inline uint32_t alm_gift_type_of(const alm_gift_reader *r, const alm_actor *actor) {
    return actor->organisation ? r->folded->mentions[actor->organisation - 1].detail : (uint32_t)ALM_ORGANISATION_OTHER;
}
/* Offices spend what is the public's. */
static inline bool alm_gift_is_public(const alm_gift_reader *r, const alm_actor *actor) {
    uint32_t type = alm_gift_type_of(r, actor);
    return !actor->person && (type == ALM_ORGANISATION_GOVERNMENT || type == ALM_ORGANISATION_PARTY);
}
/* "send to", "hand over to": a verb whose object is the receiver. */
static inline bool alm_gift_is_directed(const alm_gift_reader *r, const alm_token *verb) {
    return alm_gift_has_attr(r, verb, "to");
}

/* Whom a gift to this name goes to: the body, where a person stands for one. */
static inline uint32_t alm_gift_principal(const alm_actor *actor) {
    return actor->organisation ? actor->organisation : actor->seat ? actor->seat : actor->person;
}

/** What a governor reaches over: other names of a list, plain characters, places. */
bool alm_gift_is_transparent(const alm_token *token);
/** "paired with village X": the party at @p i is whom the subject helps. */
bool alm_gift_is_paired(const alm_gift_reader *r, uint32_t i);
/** "X said": what follows the name at token @p i is X's report, not X's deed. */
bool alm_gift_speaks(const alm_gift_reader *r, uint32_t i);
/** "among them 300 boxes of X's milk": the name at token @p i says whose make a thing is. */
bool alm_gift_is_brand(const alm_gift_reader *r, uint32_t i);
/** The case of the name at token @p i, by the word that governs it in its clause. */
alm_name_case alm_gift_case_of(const alm_gift_reader *r, uint32_t i);
/** A word of @p class_id stands before @p i within @p reach tokens, no other what or name between. */
bool alm_gift_governed_by(const alm_gift_reader *r, uint32_t i, uint16_t class_id, uint32_t reach);

/** "bought 30 computers for the school": a verb that gives by what it does and for whom. */
bool alm_gift_is_deed(const alm_gift_reader *r, uint32_t i);
/** Take the amount or thing at @p i into the event, as cash, worth or goods; @p from is where its list begins. */
void alm_gift_add_what(alm_gift_reader *r, alm_gift_event *e, uint32_t from, uint32_t i);
/**
 * "gave the hospital a batch of supplies": where an event with a giver tells no thing and no amount, what its clause
 * calls the gift as a whole. After the donors and receivers.
 */
ALM_MUST_USE alm_status alm_gift_read_supplies(alm_gift_reader *r, alm_gift_event *e);
/**
 * "…, from X, of 200,000": a clause that tells no more than the sum belongs to the one that ends at @p end; where it
 * ends, or @p end.
 */
uint32_t alm_gift_over_sum(const alm_gift_reader *r, uint32_t end);
/** Where the event's reach to the right ends. */
uint32_t alm_gift_reach(const alm_gift_reader *r, const alm_gift_event *e);
/** What was given in event @p k of the sentence. */
void alm_gift_read_whats(alm_gift_reader *r, size_t k);

/** What rules event @p e out: planned, asked for, declined, or no more than what an occasion is called. */
bool alm_gift_is_ruled_out(const alm_gift_reader *r, const alm_gift_event *e);
/** "Of these, 60 million go to …": a sentence on the parts of what was given before, with no giver of its own. */
bool alm_gift_tells_parts(const alm_gift_reader *r, const alm_gift_event *e);
/** "put five million into new machines": the verb behind the money is of business, and nobody is named who got it. */
bool alm_gift_invests(const alm_gift_reader *r, const alm_gift_event *e);
/** "bought insurance for each of its staff": what an employer does for its own people. */
bool alm_gift_is_for_staff(const alm_gift_reader *r, const alm_gift_event *e);
/** The party at @p i is all bodies of a kind ("the associations of the whole province", "chambers of all levels"). */
bool alm_gift_names_nobody(const alm_gift_reader *r, uint32_t i);

/** The body at @p i only says where somebody behind it, before @p last, is from. */
bool alm_gift_is_modifier(const alm_gift_reader *r, uint32_t i, uint32_t last);
/** The place at @p i is where the giver, whom no finder knows, is from. */
bool alm_gift_is_home(const alm_gift_reader *r, uint32_t i, uint32_t last);
/** "the federation's president firm Yaoju": a member that no finder knows, not the body at @p i. */
bool alm_gift_is_unknown_member(const alm_gift_reader *r, uint32_t i, uint32_t last);
/** The subject in [begin, end) is somebody or some people without a name. */
bool alm_gift_is_nameless(const alm_gift_reader *r, uint32_t begin, uint32_t end);
/** The clause of the event's verb, from @p begin, has a subject that no finder knows. */
bool alm_gift_has_stranger(const alm_gift_reader *r, const alm_gift_event *e, uint32_t begin);
/** The clause [begin, end) begins with a body that no finder knows. */
bool alm_gift_is_unknown_body(const alm_gift_reader *r, uint32_t begin, uint32_t end);
/** "all members", "the staff": the people of a body that was named before. */
bool alm_gift_is_whole_body(const alm_gift_reader *r, uint32_t begin, uint32_t end);
/** "the charity took what good people gave and sent it on": nobody who is named gave it. */
bool alm_gift_is_of_others(const alm_gift_reader *r, const alm_gift_event *e);
/** "called up its members, each of whom gave 500": the one who called them did not give that. */
bool alm_gift_is_of_mustered(const alm_gift_reader *r, const alm_gift_event *e);
/** "the least came from …", and no name behind it. */
bool alm_gift_is_unknown_copula(const alm_gift_reader *r, uint32_t begin, uint32_t end);
/** Who is named in [begin, end) received. */
bool alm_gift_has_received(const alm_gift_reader *r, uint32_t begin, uint32_t end);

/** At the head of the page, and of each of its blocks. */
void alm_gift_begin_page(alm_gift_reader *r);
void alm_gift_begin_block(alm_gift_reader *r);
/** Whom the pronoun at @p i means: up to ALM_MAX_DONORS of them into @p out, their number is returned. */
size_t alm_gift_whom(const alm_gift_reader *r, uint32_t i, alm_actor *out);
/** Keep whom the sentence spoke of, for the sentences behind it. */
void alm_gift_remember_topic(alm_gift_reader *r);

/** Once all events of the sentence are read: sums and their parts are not given twice. */
void alm_gift_settle_sums(alm_gift_reader *r);

/** Add a mention to a list of at most ALM_MAX_PARTIES, once. */
void alm_gift_party_add(uint32_t *list, size_t *count, uint32_t mention);
/** Who gives: by the verb's own clause, then the clauses before it, then whom the block spoke of last. */
void alm_gift_read_donors(alm_gift_reader *r, alm_gift_event *e);
/** To whom, through whom, and a giver who is named behind. */
ALM_MUST_USE alm_status alm_gift_read_others(alm_gift_reader *r, size_t k);

/** "the street's poor resident X": the person behind @p i who is told by where they live, or @p i. */
uint32_t alm_gift_person_behind(const alm_gift_reader *r, uint32_t i, uint32_t last);
/**
 * "… the home's | elders", "… the street's | 30 families": where the words end that name people or things of the body
 * before @p i, which leaves the body the receiver; @p i where other words stand there.
 */
uint32_t alm_gift_behind_people(const alm_gift_reader *r, uint32_t i, uint32_t last);
/** The party at @p i only says whose the subject before @p last is; people of a body stand for the body. */
bool alm_gift_is_attribute(const alm_gift_reader *r, uint32_t i, uint32_t last);
/** A token that may stand in the name of a receiver that no finder knows. */
bool alm_gift_may_be_receiver(const alm_token *token);
/**
 * The list of receivers that begins at @p i, behind what governs them. @p implied: another verb names them, so known
 * names are taken, too, and bare words for bodies are not.
 */
ALM_MUST_USE alm_status alm_gift_read_list(alm_gift_reader *r, alm_gift_event *e, uint32_t i, uint32_t last,
                                           bool implied);
/** Whom a way, a use or a deed names at @p i, as alm_gift_read_list for another verb; else a body told in ordinary
 * words. */
ALM_MUST_USE alm_status alm_gift_read_goal(alm_gift_reader *r, alm_gift_event *e, uint32_t i, uint32_t last);
/** "… 200,000, of which hospital X 120,000 and school Y 80,000": they receive; before alm_gift_read_whats. */
ALM_MUST_USE alm_status alm_gift_read_shares(alm_gift_reader *r, size_t k);
/** "The cars that were given …": event @p e only speaks of the gift told last, whose value it may add. */
bool alm_gift_is_described(const alm_gift_reader *r, const alm_gift_event *e);
/** "These goods are worth 10,000": the value of the things told last. After the sentence's own gifts. */
ALM_MUST_USE alm_status alm_gift_read_value(alm_gift_reader *r);
/** Note the sentence where it is the head of a list. */
ALM_MUST_USE alm_status alm_gift_read_head(alm_gift_reader *r);
/** Give the receivers of heads to the gifts of their lists that have none. */
ALM_MUST_USE alm_status alm_gift_spread_heads(alm_gift_reader *r);
/** Who may be in need, and gifts are handed over at: a school, a hospital, a home, a village. */
bool alm_gift_may_need(const alm_gift_reader *r, uint32_t i);
/** A body of those that gifts go to, rather than one that gives. */
bool alm_gift_is_institution(const alm_gift_reader *r, uint32_t i);
/** No firm is among the receivers: one that the lead gives to is one of many, one in a later sentence keeps the
 * account. */
bool alm_gift_holds_no_firm(const alm_gift_reader *r, const alm_gift *gift);
/** Receivers to a gift that has none. */
ALM_MUST_USE alm_status alm_gift_give_receivers(const alm_gift_reader *r, alm_told_gift *told, const uint32_t *list,
                                                size_t count);
/** Note the receiver that a sentence of the lead names. */
ALM_MUST_USE alm_status alm_gift_read_lead(alm_gift_reader *r);
/** Give it to the gifts that have none, where the page names no other. */
ALM_MUST_USE alm_status alm_gift_spread_lead(alm_gift_reader *r);
/** "These were sent to …": the receivers of @p e, which gives nothing, are those of the block's gifts before it. */
ALM_MUST_USE alm_status alm_gift_join_told(alm_gift_reader *r, const alm_gift_event *e);

/** "the mayor received it": for the town, which the page names elsewhere if anywhere. */
bool alm_gift_receives_in_office(const alm_gift_reader *r, uint32_t i);
/** Who received what the verb of receiving at @p i tells: its subject, in its clause or one before. */
ALM_MUST_USE alm_status alm_gift_read_recipient_subject(alm_gift_reader *r, alm_gift_event *e, uint32_t i);

/** "went to the school and …", "to help the village …": the nearest such verb before the event, in what its subject
 * does. */
ALM_MUST_USE alm_status alm_gift_read_visited(alm_gift_reader *r, alm_gift_event *e);
/** "… for building a road in the village X", "…, to support X": a word of purpose behind what was given. */
ALM_MUST_USE alm_status alm_gift_read_purpose(alm_gift_reader *r, alm_gift_event *e, uint32_t limit);
/** "The school had no books, and X sent 300": a clause before the event's tells who was in need. */
ALM_MUST_USE alm_status alm_gift_read_needy(alm_gift_reader *r, alm_gift_event *e);

/** "All of this went through the charity": the channel of the block's gifts, in a sentence without a gift. */
ALM_MUST_USE alm_status alm_gift_read_told_channel(alm_gift_reader *r);

/** "The money will be used for village X": the receiver of the block's gifts that have none, in a sentence without one.
 */
ALM_MUST_USE alm_status alm_gift_read_told_use(alm_gift_reader *r);

/** To whom event @p k gives, by what stands up to @p limit; after donors and whats. */
ALM_MUST_USE alm_status alm_gift_read_receivers(alm_gift_reader *r, size_t k, uint32_t limit);

/** Put the event's gift out: one, or one for each donor. */
ALM_MUST_USE alm_status alm_gift_put(alm_gift_reader *r, alm_gift_event *e);

/** Gifts by deeds that no verb of giving tells. */
ALM_MUST_USE alm_status alm_gift_read_acts(alm_gift_reader *r);

/** Gifts told by where they come from. */
ALM_MUST_USE alm_status alm_gift_read_sources(alm_gift_reader *r);

/** Name and amount side by side, without a verb. */
ALM_MUST_USE alm_status alm_gift_read_pairs(alm_gift_reader *r);

#endif
