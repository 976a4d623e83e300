/*
 * Gifts told as forms: "donor: X", "amount: Y", "date: Z", on lines of their own or side by side. A label is what could
 * head a column of a donor table; where one comes again, the next form begins.
 */
#include "base/utf8.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/table_priv.h"

enum { MAX_LABEL = 10, MAX_NOTE = 6, MAX_FIELDS = 12 };

typedef struct field {
    alm_table_column column;
    uint32_t label;       /* its first token */
    uint32_t first, last; /* what it says */
} field;

typedef struct form {
    field fields[MAX_FIELDS];
    size_t count;
} form;

/* The label whose colon stands at @p colon: its first token; a short one that heads no column is a note. */
static uint32_t label_before(const alm_table_reader *r, uint32_t first, uint32_t colon, alm_table_column *column) {
    const alm_token *tokens = r->folded->tokens;
    uint32_t at = colon;
    while (at > first && colon - at < MAX_LABEL && tokens[at - 1].class_id != ALM_CLASS_MONEY &&
           (tokens[at - 1].class_id != ALM_CLASS_TEXT || alm_is_han(tokens[at - 1].cp)))
        at--;
    size_t length = alm_walk_length(r->folded, at, colon);
    if (at == colon || length > MAX_LABEL) return UINT32_MAX;
    alm_str text = alm_str_slice(r->folded->text, tokens[at].start, tokens[colon - 1].end);
    *column = (alm_table_column){.kind = alm_table_words_column(r->words, text, &column->unit)};
    if (alm_table_words_is_head(r->words, text)) return at;
    column->kind = ALM_COLUMN_NOTE;
    return length <= MAX_NOTE ? at : UINT32_MAX;
}

static bool ends_value(const alm_token *token) {
    return token->cp == ' ' || token->cp == ALM_CP_COMMA || token->cp == ALM_CP_SEMICOLON || token->cp == ALM_CP_STOP;
}

/* The fields of the line [first, last); 0 where something else than a label begins it. */
static size_t read_line(const alm_table_reader *r, uint32_t first, uint32_t last, field *out) {
    size_t count = 0;
    for (uint32_t i = first; i < last; i++) {
        if (r->folded->tokens[i].cp != ALM_CP_COLON) continue;
        field next = {.first = i + 1, .last = last};
        next.label = label_before(r, count ? out[count - 1].first : first, i, &next.column);
        if (count == 0 && next.label != first) return 0;
        if (next.label == UINT32_MAX) continue;
        if (count) {
            uint32_t end = next.label;
            while (end > out[count - 1].first && ends_value(&r->folded->tokens[end - 1])) end--;
            if (end == next.label && end > out[count - 1].first) continue; /* no mark parts it from the value before */
            out[count - 1].last = end;
        }
        if (count == MAX_FIELDS) return count;
        out[count++] = next;
    }
    return count;
}

static const field *field_of(const form *f, alm_column kind) {
    for (size_t i = 0; i < f->count; i++)
        if (f->fields[i].column.kind == kind) return &f->fields[i];
    return NULL;
}

static alm_table_cell cell_of(const alm_table_reader *r, const field *f) {
    alm_table_cell c = {.first = f->first, .last = f->last};
    while (c.last > c.first && ends_value(&r->folded->tokens[c.last - 1])) c.last--;
    while (c.first < c.last && r->folded->tokens[c.first].cp == ' ') c.first++;
    if (c.first < c.last)
        c.text = alm_str_slice(r->folded->text, r->folded->tokens[c.first].start, r->folded->tokens[c.last - 1].end);
    return c;
}

/* Who gives: the field of donors, else a person's, else a body's. */
static const field *donor_of(const form *f) {
    static const alm_column kinds[] = {ALM_COLUMN_DONOR, ALM_COLUMN_PERSON, ALM_COLUMN_ORGANISATION};
    const field *found = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !found; i++) found = field_of(f, kinds[i]);
    return found;
}

/* The firm of a person who gives, from a field of its own. */
static void read_firm(const alm_table_reader *r, const form *f, alm_gift *gift) {
    const field *firm = field_of(f, ALM_COLUMN_ORGANISATION);
    if (!firm || gift->donor_count != 1 || gift->donors[0].organisation) return;
    uint32_t at = alm_table_find(r, cell_of(r, firm), ALM_CLASS_PARTY);
    if (at != UINT32_MAX)
        gift->donors[0].organisation = alm_actor_of(r->relation, &r->folded->tokens[at])->organisation;
}

static alm_status read_field(alm_table_reader *r, alm_gift *gift, const field *f) {
    alm_table_cell c = cell_of(r, f);
    switch (f->column.kind) {
    case ALM_COLUMN_AMOUNT:
    case ALM_COLUMN_VALUE: return alm_table_read_amount(r, gift, c, &f->column);
    case ALM_COLUMN_GOODS: return alm_table_read_goods(r, gift, c);
    case ALM_COLUMN_QUANTITY: return alm_table_read_quantity(r, gift, c, (alm_str){0});
    case ALM_COLUMN_RECIPIENT: return alm_table_read_receivers(r, gift, c);
    case ALM_COLUMN_ROLE: return alm_table_read_roles(r, gift, c);
    case ALM_COLUMN_DATE: {
        uint32_t date = alm_table_find(r, c, ALM_CLASS_DATE);
        if (date != UINT32_MAX) gift->date = r->folded->tokens[date].mention;
        return ALM_OK;
    }
    default: return ALM_OK;
    }
}

static bool is_givers(const alm_table_reader *r, const field *f) {
    const alm_token *tokens = r->folded->tokens;
    return alm_table_words_heads_givers(
        r->words, alm_str_slice(r->folded->text, tokens[f->label].start, tokens[f->first - 1].start));
}

static bool tells_what(const form *f) {
    return field_of(f, ALM_COLUMN_AMOUNT) || field_of(f, ALM_COLUMN_VALUE) || field_of(f, ALM_COLUMN_GOODS);
}

/* Take the form's tokens from whom reads sentences, and put its gift out. */
static alm_status put_form(alm_table_reader *r, const form *f) {
    const field *donor = donor_of(f);
    if (!donor || !tells_what(f) || (field_of(f, ALM_COLUMN_FOREIGN) && !is_givers(r, donor))) return ALM_OK;
    alm_gift gift = {.rule = ALM_STR("gift/form"), .confidence = 0.9};
    alm_table_cell c = cell_of(r, donor);
    alm_status status =
        alm_table_words_is_empty(r->words, c.text) ? ALM_OK : alm_cell_donors(r->relation, &gift, c.first, c.last);
    if (status == ALM_OK && donor->column.kind != ALM_COLUMN_ORGANISATION) read_firm(r, f, &gift);
    for (size_t i = 0; status == ALM_OK && i < f->count; i++) status = read_field(r, &gift, &f->fields[i]);
    if (status != ALM_OK || !gift.what_count) return status;
    uint32_t first = f->fields[0].label, last = f->fields[f->count - 1].last;
    gift.start = gift.trigger_start = gift.trigger_end = r->folded->tokens[first].start;
    gift.end = r->folded->tokens[last - 1].end;
    memset(r->relation->in_table + first, 1, (last - first) * sizeof *r->relation->in_table);
    return gift.donor_count ? alm_gift_add(r->relation, &gift) : ALM_OK;
}

/* A label that the form has had: it begins the next one. */
static bool is_next(const form *f, alm_column kind) { return kind != ALM_COLUMN_NOTE && field_of(f, kind); }

alm_status alm_forms_read(alm_relation *relation) {
    if (!relation->tells_of_giving) return ALM_OK;
    alm_folded *folded = relation->folded;
    alm_table_reader *r = alm_table_reader_new(relation);
    if (!r) return ALM_E_NOMEM;
    form f = {.count = 0};
    alm_status status = ALM_OK;
    for (uint32_t i = 0, end; status == ALM_OK && i < folded->count; i = end + 1) {
        end = i;
        while (end < folded->count && folded->tokens[end].cp != '\n') end++;
        field fields[MAX_FIELDS];
        size_t count = end > i && !relation->in_table[i] ? read_line(r, i, end, fields) : 0;
        for (size_t k = 0; status == ALM_OK && k < (count ? count : 1); k++) {
            bool next = count == 0 || f.count == MAX_FIELDS || is_next(&f, fields[k].column.kind);
            if (next && f.count) {
                status = put_form(r, &f);
                f.count = 0;
            }
            if (count) f.fields[f.count++] = fields[k];
        }
    }
    return status == ALM_OK && f.count ? put_form(r, &f) : status;
}
