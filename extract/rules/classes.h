/**
 * The word and mention classes that the code itself asks for, by their names in the pack. A pack may declare more:
 * rules see those, the code does not.
 */
#ifndef ALM_EXTRACT_RULES_CLASSES_H
#define ALM_EXTRACT_RULES_CLASSES_H

/* Spans that the code makes. */
#define ALM_MENTION_CLASSES(X)                                                                                         \
    X(MONEY) X(QUANTITY) X(DATE) X(NUMBER) X(ORG) X(PERSON) X(ROLE) X(MEMBER) X(GOODS) X(PARTY)

/* Words of the lexicon, by what they do in a name or a sentence. docs/rules.md says what belongs in each. */
/* clang-format off */
#define ALM_WORD_CLASSES(X) \
    X(PLACE) X(ORG_SUFFIX) X(ORG_PART) X(ROLE_HEAD) X(ROLE_PREFIX) X(SURNAME) X(GIVEN) X(NAME_STOP) X(NAME_WORD) X(TITLE) \
    X(GOODS_NOUN) X(VERB) X(ADVERB) X(NOUN) X(FUNCTION) X(PLAIN) X(GIVE) X(SEND) X(RAISE) X(RECEIVE) X(BUY) \
    X(SPEND) X(GIFT_NOUN) X(TO) X(VIA) X(BY) X(BEHALF) X(WITH) X(JOIN) X(BA) X(EACH) X(SPLIT) \
    X(TOTAL) X(WORTH) X(OF) X(FUTURE) X(PLEDGE) X(APPEAL) X(NEGATION) X(NOT_GIFT) X(COST) X(PRONOUN) X(SELF_ORG) \
    X(LOCAL) X(GROUP) X(ETC) X(MANY) X(ANONYMOUS) X(SUBJECT_NOUN) X(DIRECTION) X(RECIPIENT_NOUN) X(PUBLISH) \
    X(DISTRIBUTE) X(LIST_MARK) X(FROM) X(IS) X(SAY) X(POST_AT) X(SHARED_POST) X(TRANSCRIPTION) X(COMPLEMENT) \
    X(VISIT) X(OWN) X(NAME_PART) X(BRANCH) X(PART) X(PERSONAL) X(TRADE)
/* clang-format on */

enum alm_class {
    ALM_CLASS_TEXT = 0, /**< a character that is in no word */
#define ALM_CLASS_ENUM(name) ALM_CLASS_##name,
    ALM_MENTION_CLASSES(ALM_CLASS_ENUM) ALM_WORD_CLASSES(ALM_CLASS_ENUM)
#undef ALM_CLASS_ENUM
        ALM_CLASS_KNOWN, /**< how many the code knows; those that a pack adds follow */
    ALM_CLASS_MAX = 512
};

/** A class's code point in the folded text: one in the Private Use Area. */
#define ALM_FOLD_BASE 0xE000u

#endif
