/*
 * Names of people. Chinese names have no mark of their own, so each candidate is scored by its form (surname,
 * characters usual in given names) and by what stands on both sides; only what scores high enough is a name. A name
 * that was found once is then found again elsewhere in the document with less help from its neighbours.
 */
#include "base/utf8.h"
#include "extract/mention/mention.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum {
    ACCEPT = 70,
    ACCEPT_FIRST = 92, /* names this sure are taken before any other, so that no half of one is */
    ACCEPT_AGAIN = 76, /* names this sure are looked for in the whole document */
    ACCEPT_TWICE = 54, /* candidates this likely are names where they stand twice, before different words */
    BETTER = 12,       /* by how much a candidate that overlaps must be likelier to win against the one before it */
    MAX_LEAD = 2,      /* characters before the first part that the lexicon knows */
    MAX_KNOWN = 512
};

/* A candidate that alone is not sure enough. */
typedef struct doubtful {
    alm_str name;
    uint32_t after; /* what the next token is */
    uint16_t next;  /* in its bucket, + 1; 0 = none */
} doubtful;

typedef struct finder {
    alm_folded *folded;
    alm_str known[MAX_KNOWN];              /* names found for certain */
    uint16_t next[MAX_KNOWN], bucket[256]; /* see index_known; + 1, 0 = none */
    size_t known_count;
    doubtful doubtful[MAX_KNOWN];
    uint16_t doubtful_bucket[256];
    size_t doubtful_count;
    uint32_t *open; /* bytes where a name may begin that is not sure, in order */
    size_t open_count;
} finder;

const alm_sense *alm_person_consult(const alm_folded *folded, uint32_t first, uint32_t last, uint16_t class_id) {
    alm_str text = alm_str_slice(folded->text, folded->tokens[first].start, folded->tokens[last - 1].end);
    return alm_lexicon_sense_of(folded->pack->consulted, alm_lexicon_find(folded->pack->consulted, text), class_id);
}

/* A token that may be part of a given name: a character, or a short word that is no mention. */
static bool may_be_given(const alm_folded *folded, uint32_t i, uint32_t *length) {
    if (i >= folded->count) return false;
    const alm_token *token = &folded->tokens[i];
    if (alm_is_plain_han(token)) {
        *length = 1;
        return true;
    }
    if ((token->mention && token->class_id != ALM_CLASS_NUMBER) || token->class_id == ALM_CLASS_TEXT ||
        token->class_id == ALM_CLASS_OF)
        return false;
    alm_str text = alm_token_text(folded, token);
    size_t at = 0, count = 0;
    while (at < text.len)
        if (!alm_is_han(alm_utf8_next(text, &at)) || ++count > 2) return false;
    *length = (uint32_t)count;
    return true;
}

/* What a word costs that would be taken for part of a given name. */
static int word_cost(const alm_folded *folded, const alm_token *token) {
    bool single = token->end - token->start <= 3;
    switch (token->class_id) {
    case ALM_CLASS_TEXT: return 0;
    case ALM_CLASS_PLAIN: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_PLAIN, 0), "name") ? 0 : 14;
    case ALM_CLASS_VERB: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_VERB, 0), "name") ? 6 : 25;
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_ADVERB: return single ? 12 : 25;
    case ALM_CLASS_NOUN: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_NOUN, 0), "name") ? 2 : 12;
    case ALM_CLASS_PERSONAL: return 12;
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_TITLE:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_WITH:
    case ALM_CLASS_TO:
    case ALM_CLASS_IS:
    case ALM_CLASS_SPEND:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ROLE_PREFIX: return 12;
    default: return single ? 12 : 40;
    }
}

static bool given_char(const alm_folded *folded, alm_str text, size_t index) {
    size_t at = 0, start = 0;
    for (size_t i = 0; i <= index && at < text.len; i++) start = at, alm_utf8_next(text, &at);
    uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_str_slice(text, start, at));
    return alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_GIVEN) != NULL;
}

static bool is_grammar(uint16_t class_id) {
    return class_id == ALM_CLASS_WITH || class_id == ALM_CLASS_TO || class_id == ALM_CLASS_FUNCTION ||
           class_id == ALM_CLASS_BA || class_id == ALM_CLASS_BY || class_id == ALM_CLASS_VIA ||
           class_id == ALM_CLASS_OF;
}

/* Punctuation or the end of the text at token @p i: no word of grammar stands before that. */
static bool stands_before_mark(const alm_folded *folded, uint32_t i) {
    if (i >= folded->count) return true;
    const alm_token *token = &folded->tokens[i];
    if (token->class_id == ALM_CLASS_TITLE || token->class_id == ALM_CLASS_MONEY || token->class_id == ALM_CLASS_NUMBER)
        return true;
    return token->class_id == ALM_CLASS_TEXT && !alm_is_han(token->cp) && !alm_is_latin(token->cp) &&
           !alm_is_digit(token->cp) && token->cp != ALM_CP_QUOTE_OPEN && token->cp != ALM_CP_TITLE_OPEN;
}

/* What the form alone says: 0 where the tokens cannot be surname and given name. */
static int score_form(const alm_folded *folded, uint32_t first, uint32_t surname_end, uint32_t last) {
    const alm_sense *surname = alm_person_consult(folded, first, surname_end, ALM_CLASS_SURNAME);
    if (!surname) return 0;
    int score = 40;
    if (alm_str_is_c(surname->attrs[0], "rare")) score -= 20;
    if (alm_walk_length(folded, first, surname_end) == 2) score += 25;
    if (folded->tokens[first].class_id == ALM_CLASS_WITH) score -= 20; /* "and", "by": surnames, too */
    if (folded->tokens[first].class_id == ALM_CLASS_BY) score -= 40;
    alm_str given = alm_str_slice(folded->text, folded->tokens[surname_end].start, folded->tokens[last - 1].end);
    size_t length = alm_utf8_count(given);
    for (size_t i = 0; i < length; i++) score += given_char(folded, given, i) ? 8 : -8;
    bool behind_role = first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_ROLE;
    for (uint32_t i = surname_end; i < last; i++) {
        uint16_t class_id = folded->tokens[i].class_id;
        if (i + 1 == last && is_grammar(class_id) && stands_before_mark(folded, last)) continue;
        score -= word_cost(folded, &folded->tokens[i]) / (behind_role ? 2 : 1);
    }
    if (length == 2) score += 10;
    if (length == 3) score -= 6;
    const alm_sense *stop = alm_person_consult(folded, last - 1, last, ALM_CLASS_NAME_STOP);
    if (stop && !stands_before_mark(folded, last)) score -= alm_str_is_c(stop->attrs[0], "strong") ? 45 : 25;
    return score;
}

int alm_person_score_left(const alm_folded *folded, uint32_t first) {
    if (first == 0) return 15;
    const alm_token *before = &folded->tokens[first - 1];
    switch (before->class_id) {
    case ALM_CLASS_ROLE: return 45;
    case ALM_CLASS_MEMBER: return 35;
    case ALM_CLASS_PERSON: return 10;
    case ALM_CLASS_BY:
    case ALM_CLASS_BEHALF:
    case ALM_CLASS_WITH:
    case ALM_CLASS_JOIN:
    case ALM_CLASS_TO:
    case ALM_CLASS_VIA:
    case ALM_CLASS_RECEIVE: return 12;
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_LIST_MARK: return 40;
    case ALM_CLASS_IS: return 15;
    case ALM_CLASS_TEXT: break;
    default: return 8;
    }
    switch (before->cp) {
    case '\n':
    case '\t':
    case ALM_CP_STOP:
    case ALM_CP_SEMICOLON:
    case ALM_CP_COLON:
    case ALM_CP_COMMA: return 15;
    case ALM_CP_LIST_COMMA: return first > 1 && folded->tokens[first - 2].class_id == ALM_CLASS_PERSON ? 30 : 15;
    case ALM_CP_BRACKET_OPEN: return 12;
    case ' ': return 15;
    case ALM_CP_EM_DASH: return 20;
    default: break;
    }
    if (!alm_is_han(before->cp)) return 0;
    return -25;
}

int alm_person_score_right(const alm_folded *folded, uint32_t last) {
    if (last >= folded->count) return 12;
    const alm_token *after = &folded->tokens[last];
    if (is_grammar(after->class_id) && stands_before_mark(folded, last + 1)) return -15; /* the name goes on */
    switch (after->class_id) {
    case ALM_CLASS_ROLE:
    case ALM_CLASS_TITLE: return 30;
    case ALM_CLASS_SAY:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SEND:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_BA:
    case ALM_CLASS_BEHALF:
    case ALM_CLASS_MONEY:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_QUANTITY: return 22;
    case ALM_CLASS_TO:
    case ALM_CLASS_WITH:
    case ALM_CLASS_EACH:
    case ALM_CLASS_ETC:
    case ALM_CLASS_VERB:
    case ALM_CLASS_VISIT:
    case ALM_CLASS_DIRECTION:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_FUTURE:
    case ALM_CLASS_IS:
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_GROUP: return 16;
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_NEGATION: return 12;
    case ALM_CLASS_ORG_PART: /* a firm's name begins like a person's */
    case ALM_CLASS_ORG_SUFFIX: return -12;
    case ALM_CLASS_TEXT: break;
    default: return 6;
    }
    switch (after->cp) {
    case '\n':
    case '\t':
    case ' ':
    case ALM_CP_LIST_COMMA:
    case ALM_CP_BRACKET_OPEN: return 14;
    case ALM_CP_STOP:
    case ALM_CP_SEMICOLON:
    case ALM_CP_COLON:
    case ALM_CP_BRACKET_CLOSE:
    case ALM_CP_COMMA: return 12;
    default: break;
    }
    if (!alm_is_han(after->cp)) return 4;
    return alm_person_consult(folded, last, last + 1, ALM_CLASS_NAME_STOP) ? 8 : -15;
}

static bool is_usual_surname(const alm_folded *folded, uint32_t i) {
    const alm_sense *surname = alm_person_consult(folded, i, i + 1, ALM_CLASS_SURNAME);
    return surname && !alm_str_is_c(surname->attrs[0], "rare");
}

/* The best reading of the tokens from @p first as surname and given name. */
static alm_candidate best_chinese(const alm_folded *folded, uint32_t first) {
    alm_candidate best = {.first = first, .last = first, .rule = "person/surname"};
    if (!alm_is_plain_han(&folded->tokens[first]) && alm_walk_length(folded, first, first + 1) > 2) return best;
    for (uint32_t surname_len = 1; surname_len <= 2; surname_len++) {
        uint32_t surname_end = first + surname_len, characters = 0;
        if (surname_end > folded->count) break;
        if (surname_len == 2 &&
            (alm_walk_length(folded, first, surname_end) != 2 || !may_be_given(folded, first, &characters) ||
             !may_be_given(folded, first + 1, &characters)))
            break;
        if (!alm_person_consult(folded, first, surname_end, ALM_CLASS_SURNAME)) continue;
        uint32_t length = 0, given = 0;
        bool sounds = true;
        bool doubled = surname_len == 1 && surname_end < folded->count && is_usual_surname(folded, surname_end);
        for (uint32_t last = surname_end; given < 3 && may_be_given(folded, last, &length); last++) {
            given += length;
            sounds = sounds && alm_person_consult(folded, last, last + 1, ALM_CLASS_TRANSCRIPTION);
            if (given > (doubled || sounds ? 3 : 2)) break; /* a married woman's two surnames, a Muslim name */
            int score = score_form(folded, first, surname_end, last + 1) + alm_person_score_left(folded, first) +
                        alm_person_score_right(folded, last + 1);
            if (score > best.score) best.last = last + 1, best.score = score;
        }
    }
    return best;
}

/* After a role, a run of plain characters up to a boundary: a name without a Chinese surname. */
static alm_candidate after_role(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {.first = first, .last = first, .rule = "person/after-role"};
    if (first == 0 || folded->tokens[first - 1].class_id != ALM_CLASS_ROLE) return found;
    uint32_t last = first;
    while (last < folded->count && alm_is_plain_han(&folded->tokens[last]) && last - first < 6) last++;
    size_t length = last - first;
    if (length < 3 || length > 5 || alm_person_score_right(folded, last) < 12) return found;
    if (alm_person_consult(folded, last - 1, last, ALM_CLASS_NAME_STOP)) return found;
    return (alm_candidate){first, last, 72, found.rule};
}

/* Two or three characters before a religious or courtesy title that goes with names (not surnames alone). */
static alm_candidate before_title(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {.first = first, .last = first, .rule = "person/title"};
    uint32_t last = first;
    while (last < folded->count && alm_is_plain_han(&folded->tokens[last]) && last - first < 4) last++;
    if (last - first < 2 || last >= folded->count || folded->tokens[last].class_id != ALM_CLASS_TITLE) return found;
    if (!alm_str_is_c(alm_token_attr(folded, &folded->tokens[last], ALM_CLASS_TITLE, 0), "name")) return found;
    if (alm_person_score_left(folded, first) < 8) return found;
    return (alm_candidate){first, last, 75, found.rule};
}

/* "surname SPACE name", drawn out to the width of three, behind a post or a mark and before one. */
static alm_candidate spaced(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/spaced"};
    uint32_t length = 0, last = first + 3;
    if (last > folded->count || folded->tokens[first + 1].cp != ' ' || !is_usual_surname(folded, first)) return found;
    if (!may_be_given(folded, first + 2, &length) || length > 2) return found;
    if (alm_person_score_left(folded, first) < 15 || alm_person_score_right(folded, last) < 12) return found;
    return (alm_candidate){first, last, 78, found.rule};
}

static alm_candidate better(alm_candidate a, alm_candidate b) { return b.score > a.score ? b : a; }

/* A part of a foreign name, or characters of transcription right before one. */
static bool starts_parts(const alm_folded *folded, uint32_t i) {
    uint32_t lead = 0;
    while (lead <= MAX_LEAD && i + lead < folded->count && folded->tokens[i + lead].class_id != ALM_CLASS_NAME_PART)
        lead++;
    if (lead > MAX_LEAD || i + lead >= folded->count) return false;
    for (uint32_t k = 0; k < lead; k++)
        if (!alm_person_consult(folded, i + k, i + k + 1, ALM_CLASS_TRANSCRIPTION)) return false;
    return true;
}

static alm_candidate best_at(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id == ALM_CLASS_TEXT && token->cp >= 'A' && token->cp <= 'Z') return alm_foreign_latin(folded, i);
    if (token->class_id == ALM_CLASS_ORG || token->class_id == ALM_CLASS_ROLE) return (alm_candidate){0};
    alm_candidate best = best_chinese(folded, i);
    if (starts_parts(folded, i)) best = better(best, alm_foreign_parts(folded, i));
    if (alm_is_plain_han(token)) {
        best = better(best, after_role(folded, i));
        best = better(best, before_title(folded, i));
        best = better(best, spaced(folded, i));
    }
    return best;
}

/* The same, unless a likelier one starts inside it. */
static alm_candidate unrivalled_at(const alm_folded *folded, uint32_t i) {
    alm_candidate best = best_at(folded, i);
    for (uint32_t j = i + 1; best.score >= ACCEPT_TWICE && j < best.last; j++)
        if (best_at(folded, j).score >= best.score + BETTER) best.score = 0;
    return best;
}

static alm_status fold_person(finder *f, alm_candidate c) {
    alm_folded *folded = f->folded;
    uint32_t start = folded->tokens[c.first].start, end = folded->tokens[c.last - 1].end;
    alm_str name = alm_str_slice(folded->text, start, end);
    alm_mention person = {.class_id = ALM_CLASS_PERSON,
                          .start = start,
                          .end = end,
                          .name = name,
                          .strength = (uint8_t)(c.score > 99 ? 99 : c.score),
                          .rule = alm_str_of(c.rule)};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &person, &mention);
    if (status == ALM_OK) status = alm_fold(folded, c.first, c.last, mention);
    if (status == ALM_OK && c.score >= ACCEPT_AGAIN && name.len > 5 && f->known_count < MAX_KNOWN)
        f->known[f->known_count++] = name;
    return status;
}

static alm_status find_dotted(finder *f) {
    alm_folded *folded = f->folded;
    for (uint32_t i = 1; i + 1 < folded->count; i++) {
        if (!alm_foreign_is_dot(folded, i)) continue;
        alm_candidate c = alm_foreign_dotted(folded, i);
        if (c.score < ACCEPT) continue;
        alm_status status = fold_person(f, c);
        if (status != ALM_OK) return status;
        i = c.last - 1;
    }
    return alm_fold_close(folded);
}

/* The tokens from @p first that spell @p name exactly; 0 where they do not. */
static uint32_t spells(const alm_folded *folded, uint32_t first, alm_str name) {
    size_t used = 0;
    for (uint32_t i = first; i < folded->count && used < name.len; i++) {
        if (folded->tokens[i].mention && folded->tokens[i].class_id != ALM_CLASS_NUMBER) return 0;
        alm_str text = alm_token_text(folded, &folded->tokens[i]);
        if (used + text.len > name.len || memcmp(name.ptr + used, text.ptr, text.len) != 0) return 0;
        used += text.len;
        if (used == name.len) return i + 1;
    }
    return 0;
}

/*
 * Known names by the first byte that tells Chinese characters well apart: a text is walked once, and a place is held
 * against the few names that may begin there.
 */
static uint8_t bucket_of(alm_str text) { return (uint8_t)(text.ptr[0] * 31 + text.ptr[1] * 7 + text.ptr[2]); }

/* A name that is doubtful each time is sure where it stands before different words. */
static void note_doubtful(finder *f, alm_candidate c) {
    const alm_folded *folded = f->folded;
    alm_str name = alm_str_slice(folded->text, folded->tokens[c.first].start, folded->tokens[c.last - 1].end);
    uint32_t after = c.last < folded->count ? folded->tokens[c.last].cp : 0;
    if (name.len < 6 || f->doubtful_count == MAX_KNOWN) return;
    uint8_t bucket = bucket_of(name);
    for (uint16_t k = f->doubtful_bucket[bucket]; k; k = f->doubtful[k - 1].next) {
        if (!alm_str_is(f->doubtful[k - 1].name, name)) continue;
        if (f->doubtful[k - 1].after != after && f->known_count < MAX_KNOWN) f->known[f->known_count++] = name;
        return;
    }
    f->doubtful[f->doubtful_count] = (doubtful){name, after, f->doubtful_bucket[bucket]};
    f->doubtful_bucket[bucket] = (uint16_t)++f->doubtful_count;
}

static alm_status accept_or_note(finder *f, uint32_t *i, int accept) {
    alm_candidate c = unrivalled_at(f->folded, *i);
    if (c.score >= accept) {
        *i = c.last - 1;
        return fold_person(f, c);
    }
    if (c.score < ACCEPT_TWICE) return ALM_OK;
    if (accept == ACCEPT)
        note_doubtful(f, c);
    else
        f->open[f->open_count++] = f->folded->tokens[c.first].start;
    return ALM_OK;
}

/* The sure ones; where others may begin is remembered. */
static alm_status find_sure(finder *f) {
    alm_folded *folded = f->folded;
    f->open = alm_arena_calloc(folded->arena, folded->count + 1, sizeof *f->open);
    if (!f->open) return ALM_E_NOMEM;
    alm_status status = ALM_OK;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) status = accept_or_note(f, &i, ACCEPT_FIRST);
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

/* The others: a neighbour that is a name by now makes none likely that was not nearly so before. */
static alm_status find_rest(finder *f) {
    alm_folded *folded = f->folded;
    alm_status status = ALM_OK;
    size_t next = 0;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        while (next < f->open_count && f->open[next] < folded->tokens[i].start) next++;
        if (next == f->open_count) break;
        if (f->open[next] == folded->tokens[i].start) status = accept_or_note(f, &i, ACCEPT);
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

static void index_known(finder *f, size_t from) {
    memset(f->bucket, 0, sizeof f->bucket);
    for (size_t k = from; k < f->known_count; k++) {
        uint8_t bucket = bucket_of(f->known[k]);
        f->next[k] = f->bucket[bucket];
        f->bucket[bucket] = (uint16_t)(k + 1);
    }
}

/* The longest known name that begins at byte @p at, or {0}. */
static alm_str known_at(const finder *f, alm_str text, size_t at) {
    alm_str best = {0};
    if (text.len - at < 4) return best;
    for (uint16_t k = f->bucket[bucket_of(alm_str_slice(text, at, text.len))]; k; k = f->next[k - 1])
        if (f->known[k - 1].len > best.len && alm_str_starts(alm_str_slice(text, at, text.len), f->known[k - 1]))
            best = f->known[k - 1];
    return best;
}

static void explode(const alm_folded *folded, const alm_token *token, alm_token *tokens, size_t *kept) {
    for (size_t at = token->start; at < token->end;) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(folded->text, &at);
        tokens[(*kept)++] = (alm_token){.start = (uint32_t)start, .end = (uint32_t)at, .cp = cp};
    }
}

/* Words that a known name cuts across are taken apart: the name is there, the words were not. */
static alm_status free_known(finder *f) {
    alm_folded *folded = f->folded;
    size_t room = folded->count;
    for (size_t i = 0; i < folded->count; i++) room += (folded->tokens[i].end - folded->tokens[i].start) / 3;
    alm_token *tokens = alm_arena_alloc(folded->arena, room * sizeof *tokens);
    if (!tokens) return ALM_E_NOMEM;
    size_t kept = 0, until = 0; /* where the last known name ends */
    for (size_t i = 0; i < folded->count; i++) {
        alm_token token = folded->tokens[i];
        bool cut = token.start < until;
        if (token.mention && token.class_id != ALM_CLASS_NUMBER) {
            tokens[kept++] = token;
            continue;
        }
        for (size_t at = token.start; at < token.end; at += alm_utf8_len((unsigned char)folded->text.ptr[at])) {
            alm_str name = known_at(f, folded->text, at);
            if (name.len == 0 || at + name.len <= until) continue;
            until = at + name.len;
            cut = cut || at > token.start || until < token.end || token.end - token.start > 3;
        }
        if (cut && !token.mention && token.sense)
            explode(folded, &token, tokens, &kept);
        else
            tokens[kept++] = token;
    }
    folded->tokens = tokens;
    folded->count = folded->cap = kept;
    folded->code_points = NULL;
    return alm_fold_close(folded);
}

/* Find the known names from number @p from on wherever the text spells them. */
static alm_status find_again(finder *f, size_t from) {
    alm_folded *folded = f->folded;
    index_known(f, from);
    alm_status status = free_known(f);
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        if (folded->tokens[i].mention || folded->tokens[i].end - folded->tokens[i].start < 3) continue;
        alm_str name = known_at(f, folded->text, folded->tokens[i].start);
        uint32_t last = name.len ? spells(folded, i, name) : 0;
        if (!last) continue;
        status = fold_person(f, (alm_candidate){i, last, 85, "person/again"});
        i = last - 1;
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

alm_status alm_foreign_people_find(alm_folded *folded, alm_err *err) {
    finder *f = alm_arena_calloc(folded->arena, 1, sizeof *f);
    if (!f) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    f->folded = folded;
    alm_status status = find_dotted(f);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold foreign names: %s", alm_status_name(status));
}

/* A word that is a usual given name, before what a donor is followed by: "vice president Sunshine 20,000 yuan". */
static bool may_be_whole_name(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    bool usual = token->class_id == ALM_CLASS_ORG_PART || token->class_id == ALM_CLASS_PLACE ||
                 alm_str_is_c(alm_token_attr(folded, token, token->class_id, 0), "name");
    if (!usual) return false;
    switch (folded->tokens[i + 1].class_id) {
    case ALM_CLASS_MONEY:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SAY:
    case ALM_CLASS_TITLE: return true;
    default: return stands_before_mark(folded, i + 1);
    }
}

/* "…: X gave", "…, X 500": a word and one character more where the giver stands. */
static bool stands_as_giver(const alm_folded *folded, uint32_t i) {
    if (i + 2 >= folded->count || !alm_is_plain_han(&folded->tokens[i + 1])) return false;
    uint32_t before = i ? folded->tokens[i - 1].cp : '\n';
    uint16_t behind = folded->tokens[i + 2].class_id;
    if (behind != ALM_CLASS_GIVE && behind != ALM_CLASS_MONEY && behind != ALM_CLASS_EACH) return false;
    return before == '\n' || before == ALM_CP_COMMA || before == ALM_CP_LIST_COMMA || before == ALM_CP_COLON ||
           before == ALM_CP_SEMICOLON || before == ALM_CP_STOP ||
           (i && folded->tokens[i - 1].class_id == ALM_CLASS_SUBJECT_NOUN);
}

/*
 * Behind a role, or where a giver stands, an ordinary two-character word that begins with a surname and runs on may be
 * half a name: it is taken apart, so that the candidates see its characters.
 */
static bool hides_a_name(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (!token->sense || i + 1 >= folded->count) return false;
    if (!(i && folded->tokens[i - 1].class_id == ALM_CLASS_ROLE) && !stands_as_giver(folded, i)) return false;

    switch (token->class_id) {
    case ALM_CLASS_PLACE:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_VERB:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_ORG_PART: break;
    default: return false;
    }
    if (alm_walk_length(folded, i, i + 1) != 2) return false;
    if (!alm_is_plain_han(&folded->tokens[i + 1]) && !may_be_whole_name(folded, i)) return false;
    alm_str text = alm_token_text(folded, token);
    alm_str first = alm_str_slice(text, 0, alm_utf8_len((unsigned char)text.ptr[0]));
    return alm_lexicon_sense_of(folded->pack->consulted, alm_lexicon_find(folded->pack->consulted, first),
                                ALM_CLASS_SURNAME);
}

static alm_status take_apart(alm_folded *folded) {
    size_t hidden = 0;
    for (uint32_t i = 0; i < folded->count; i++) hidden += hides_a_name(folded, i);
    if (hidden == 0) return ALM_OK;
    alm_token *tokens = alm_arena_alloc(folded->arena, (folded->count + hidden) * sizeof *tokens);
    if (!tokens) return ALM_E_NOMEM;
    size_t kept = 0;
    for (uint32_t i = 0; i < folded->count; i++) {
        alm_token token = folded->tokens[i];
        if (!hides_a_name(folded, i)) {
            tokens[kept++] = token;
            continue;
        }
        for (size_t at = token.start; at < token.end;) {
            size_t start = at;
            uint32_t cp = alm_utf8_next(folded->text, &at);
            tokens[kept++] = (alm_token){.start = (uint32_t)start, .end = (uint32_t)at, .cp = cp};
        }
    }
    folded->tokens = tokens;
    folded->count = folded->cap = kept;
    folded->code_points = NULL;
    return alm_fold_close(folded);
}

alm_status alm_people_find(alm_folded *folded, alm_err *err) {
    finder *f = alm_arena_calloc(folded->arena, 1, sizeof *f);
    if (!f) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    f->folded = folded;
    alm_status status = take_apart(folded);
    if (status == ALM_OK) status = find_sure(f);
    size_t sure = f->known_count;
    if (status == ALM_OK && sure) status = find_again(f, 0);
    if (status == ALM_OK) status = find_rest(f);
    if (status == ALM_OK && f->known_count > sure) status = find_again(f, sure);
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_NAME_PART) alm_walk_release(folded, i);
    return status == ALM_OK ? ALM_OK
                            : alm_fail(err, status, "cannot fold names of people: %s", alm_status_name(status));
}
