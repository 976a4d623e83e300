#include "cli/table.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

enum { DONOR, WHAT, AMOUNT, TO, EVIDENCE, COLUMN_COUNT, GAP = 2 };
_Static_assert((int)COLUMN_COUNT == (int)ALM_TABLE_COLUMNS, "a head for each cell");

static const char *const heads[COLUMN_COUNT] = {"DONOR", "WHAT", "AMOUNT", "TO", "EVIDENCE"};

size_t alm_table_width(int fd) {
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
    if (width == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) width = size.ws_col;
    if (width == 0) return ALM_TABLE_WIDTH;
    return width < ALM_TABLE_MIN_WIDTH   ? ALM_TABLE_MIN_WIDTH
           : width > ALM_TABLE_MAX_WIDTH ? ALM_TABLE_MAX_WIDTH
                                         : width;
}

/* Text of a foreign page must not steer the terminal: control characters (C0, DEL, C1) and marks that turn the writing
 * direction become spaces. */
static bool is_unsafe(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
           cp == 0x200E || cp == 0x200F || cp == 0x2028 || cp == 0x2029;
}

static size_t columns_at(alm_str text, size_t start, size_t end) {
    return alm_utf8_columns(alm_str_slice(text, start, end));
}

/* Append @p text in at most @p width columns, "…" where it is cut; returns the columns used. */
static size_t put_cut(alm_buf *out, alm_str text, size_t width) {
    size_t used = 0, at = 0;
    bool fits = alm_utf8_columns(text) <= width;
    size_t room = fits ? width : width - 1;
    while (at < text.len) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(text, &at);
        bool unsafe = is_unsafe(cp);
        size_t columns = unsafe ? 1 : columns_at(text, start, at);
        if (used + columns > room) break;
        alm_buf_add(out, unsafe ? ALM_STR(" ") : alm_str_slice(text, start, at));
        used += columns;
    }
    if (at < text.len || (at == text.len && !fits && used < width)) {
        alm_buf_add(out, ALM_STR("\xE2\x80\xA6"));
        used++;
    }
    return used;
}

static void put_spaces(alm_buf *out, size_t count) {
    while (count-- > 0) alm_buf_add_byte(out, ' ');
}

/* One line of the table; no spaces at its end. */
static void put_line(alm_buf *out, const alm_str cells[COLUMN_COUNT], const size_t widths[COLUMN_COUNT]) {
    size_t owed = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (cells[i].len > 0) {
            put_spaces(out, owed);
            owed = 0;
            owed += widths[i] - put_cut(out, cells[i], widths[i]) + GAP;
        } else {
            owed += widths[i] + GAP;
        }
    }
    alm_buf_add_byte(out, '\n');
}

/* Share @p room among columns: whoever needs less than a fair share gets what it needs, the others share the rest. */
static void share_widths(size_t widths[COLUMN_COUNT], const size_t wanted[COLUMN_COUNT], size_t room) {
    bool settled[COLUMN_COUNT] = {false};
    size_t left = COLUMN_COUNT;
    for (bool changed = true; changed && left > 0;) {
        changed = false;
        size_t fair = room / left;
        for (int i = 0; i < COLUMN_COUNT; i++) {
            if (settled[i] || wanted[i] > fair) continue;
            widths[i] = wanted[i];
            room -= wanted[i];
            left--;
            settled[i] = changed = true;
        }
    }
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (settled[i]) continue;
        widths[i] = room / left; /* the last one takes what division leaves over */
        room -= widths[i];
        left--;
    }
}

static alm_str in_arena(alm_arena *arena, const alm_buf *buf) {
    return buf->status == ALM_OK ? alm_arena_copy(arena, buf->ptr ? alm_buf_str(buf) : ALM_STR(""))
                                 : (alm_str){NULL, 0};
}

/* "100000.00" as "100,000": marks between thousands, no empty cents. */
static void put_money(alm_buf *out, alm_str money, alm_str currency) {
    size_t point = alm_str_find(money, ALM_STR("."), 0);
    if (point == SIZE_MAX) point = money.len;
    for (size_t i = 0; i < point; i++) {
        if (i > 0 && (point - i) % 3 == 0) alm_buf_add_byte(out, ',');
        alm_buf_add_byte(out, money.ptr[i]);
    }
    alm_str cents = alm_str_slice(money, point, money.len);
    if (!alm_str_is_c(cents, ".00")) alm_buf_add(out, cents);
    alm_buf_add_byte(out, ' ');
    alm_buf_add(out, currency);
}

static const char *mark_before(alm_str qualifier) {
    return alm_str_is_c(qualifier, "about") || alm_str_is_c(qualifier, "range") ? "~"
           : alm_str_is_c(qualifier, "nearly")                                  ? "<"
           : alm_str_is_c(qualifier, "more_than")                               ? ">"
                                                                                : "";
}

static alm_str amount_cell(alm_arena *arena, const alm_str *f, alm_str cash) {
    alm_buf text;
    alm_buf_init(&text, 512);
    if (f[ALM_FIELD_CASH_AMOUNT].len) {
        alm_buf_add_c(&text, mark_before(f[ALM_FIELD_CASH_QUALIFIER]));
        put_money(&text, f[ALM_FIELD_CASH_AMOUNT], f[ALM_FIELD_CASH_CURRENCY]);
    } else {
        alm_buf_add(&text, cash);
    }
    if (f[ALM_FIELD_VALUE_AMOUNT].len) {
        alm_buf_add_c(&text, text.len ? ", worth " : "worth ");
        put_money(&text, f[ALM_FIELD_VALUE_AMOUNT], f[ALM_FIELD_VALUE_CURRENCY]);
    }
    alm_str cell = in_arena(arena, &text);
    alm_buf_release(&text);
    return cell;
}

static alm_str what_cell(alm_arena *arena, const alm_str *f, alm_str cash) {
    bool has_cash = f[ALM_FIELD_CASH_AMOUNT].len || cash.len;
    alm_buf text;
    alm_buf_init(&text, arena->max);
    if (has_cash) alm_buf_add_c(&text, "cash");
    if (has_cash && f[ALM_FIELD_GOODS].len) alm_buf_add_c(&text, "; ");
    alm_buf_add(&text, f[ALM_FIELD_GOODS]);
    if (!alm_str_is_c(f[ALM_FIELD_STATUS], "given")) alm_buf_printf(&text, " (%.*s)", ALM_FMT(f[ALM_FIELD_STATUS]));
    if (alm_str_is_c(f[ALM_FIELD_TOTAL], "true")) alm_buf_add_c(&text, " (total)");
    alm_str cell = in_arena(arena, &text);
    alm_buf_release(&text);
    return cell;
}

static alm_str donor_cell(alm_arena *arena, const alm_str *f) {
    alm_str organisation = f[ALM_FIELD_DONOR_ORG], person = f[ALM_FIELD_DONOR_PERSON];
    if (!organisation.len || !person.len) return organisation.len ? organisation : person;
    alm_buf text;
    alm_buf_init(&text, arena->max);
    alm_buf_add(&text, person);
    alm_buf_add_c(&text, ", ");
    alm_buf_add(&text, organisation);
    alm_str cell = in_arena(arena, &text);
    alm_buf_release(&text);
    return cell;
}

alm_status alm_table_row_fill(alm_table_row *out, alm_arena *arena, const alm_str *fields, alm_str cash) {
    alm_table_row row = {.cells = {[DONOR] = donor_cell(arena, fields),
                                   [WHAT] = what_cell(arena, fields, cash),
                                   [AMOUNT] = amount_cell(arena, fields, cash),
                                   [TO] = fields[ALM_FIELD_RECIPIENTS],
                                   [EVIDENCE] = fields[ALM_FIELD_EVIDENCE]}};
    if (!row.cells[WHAT].ptr || !row.cells[AMOUNT].ptr) return ALM_E_NOMEM;
    *out = row;
    return ALM_OK;
}

alm_status alm_table_put(alm_buf *out, const alm_table_row *rows, size_t count, size_t width) {
    size_t wanted[COLUMN_COUNT], widths[COLUMN_COUNT];
    alm_str head[COLUMN_COUNT];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        head[i] = alm_str_of(heads[i]);
        wanted[i] = head[i].len;
    }
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < COLUMN_COUNT; k++) {
            size_t columns = alm_utf8_columns(rows[i].cells[k]);
            if (columns > wanted[k]) wanted[k] = columns;
        }
    }
    share_widths(widths, wanted, width - GAP * (COLUMN_COUNT - 1));
    put_line(out, head, widths);
    for (size_t i = 0; i < count; i++) put_line(out, rows[i].cells, widths);
    return out->status;
}

static void put_title(alm_buf *out, const alm_document *document, const char *name, size_t width) {
    const alm_str parts[] = {document->page.title, document->page.published, document->page.source, alm_str_of(name)};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len == 0 || (used > 0 && used + 2 * GAP >= width)) continue;
        if (used > 0) put_spaces(out, GAP);
        used += used > 0 ? GAP : 0;
        used += put_cut(out, parts[i], width - used);
    }
    alm_buf_add_byte(out, '\n');
}

static alm_status put_rows(alm_buf *out, alm_arena *arena, const alm_document *document, size_t width) {
    alm_table_row *rows = alm_arena_calloc(arena, document->donation_count, sizeof *rows);
    alm_rows from;
    if (!rows || alm_rows_init(&from, arena, document) != ALM_OK) return ALM_E_NOMEM;
    for (size_t i = 0; i < document->donation_count; i++) {
        const alm_donation *donation = &document->donations[i];
        alm_row row;
        alm_status status = alm_row_fill(&row, &from, i);
        alm_str cash = donation->cash_count > 0 ? donation->cash[0].text : (alm_str){0};
        if (status == ALM_OK) status = alm_table_row_fill(&rows[i], arena, row.fields, cash);
        if (status != ALM_OK) return status;
    }
    return alm_table_put(out, rows, document->donation_count, width);
}

alm_status alm_table_write(alm_buf *out, alm_arena *arena, const alm_document *document, const char *name,
                           size_t width) {
    put_title(out, document, name, width);
    if (document->donation_count == 0) return alm_buf_add(out, ALM_STR("no donation found\n"));
    return put_rows(out, arena, document, width);
}
