#include "store/postgres_wave.h"

#include <libpq-fe.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/database_postgres.h"

enum { MAX_WAVE = 512, MAX_ROWS = 1 << 30 };

const char alm_wave_session_sql[] =
    "CREATE TEMP TABLE set_pages (page_id BIGINT, first_seen_ms BIGINT, last_seen_ms BIGINT) ON COMMIT DELETE ROWS;"
    "CREATE TEMP TABLE set_versions (version_id BIGINT, state TEXT, seq BIGINT, changed_ms BIGINT)"
    " ON COMMIT DELETE ROWS;"
    "CREATE TEMP TABLE set_donations (donation_id BIGINT, state TEXT, superseded_in BIGINT, seq BIGINT,"
    " changed_ms BIGINT) ON COMMIT DELETE ROWS;";

/* ---- rows in the text format of COPY ---- */

static void add_text(alm_buf *out, alm_str text) {
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        char escape = byte == '\\' ? '\\' : byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : '\0';
        if (!escape) continue;
        alm_buf_add(out, alm_str_slice(text, start, i));
        alm_buf_add_byte(out, '\\');
        alm_buf_add_byte(out, escape);
        start = i + 1;
    }
    alm_buf_add(out, alm_str_slice(text, start, text.len));
}

static alm_status put_row(void *context, alm_table table, const alm_cell *cells, alm_err *err) {
    alm_buf *out = &((alm_wave *)context)->rows[table];
    for (size_t i = 0; i < alm_table_forms[table].column_count; i++) {
        if (i > 0) alm_buf_add_byte(out, '\t');
        switch (cells[i].kind) {
        case ALM_CELL_NULL: alm_buf_add(out, ALM_STR("\\N")); break;
        case ALM_CELL_INT: alm_buf_printf(out, "%lld", (long long)cells[i].number); break;
        case ALM_CELL_TEXT: add_text(out, cells[i].text); break;
        }
    }
    alm_buf_add_byte(out, '\n');
    return out->status == ALM_OK ? ALM_OK
                                 : alm_fail(err, out->status, "rows of a wave: %s", alm_status_name(out->status));
}

/* ---- questions about other pages, for a telling that is alone ---- */

static alm_status ask_about(alm_wave *w, int64_t *out, const char *sql, alm_str uid, int64_t page_id, alm_err *err) {
    char uid_text[64], page_text[24];
    const char *parameters[] = {uid_text, page_text};
    PGresult *result;
    *out = 0;
    if (!w->alone) return ALM_OK; /* else it would be */
    snprintf(uid_text, sizeof uid_text, "%.*s", ALM_FMT(uid));
    snprintf(page_text, sizeof page_text, "%lld", (long long)page_id);
    alm_status status = alm_postgres_ask(&result, w->connection, sql, parameters, 2, err);
    if (status != ALM_OK) return status;
    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)) *out = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return ALM_OK;
}

static alm_status is_current_elsewhere(void *context, bool *out, alm_str uid, int64_t page_id, alm_err *err) {
    int64_t found;
    alm_status status = ask_about(context, &found,
                                  "SELECT donation_id FROM donations WHERE uid = $1 AND state = 'current'"
                                  " AND page_id <> $2::bigint",
                                  uid, page_id, err);
    *out = found != 0;
    return status;
}

static alm_status find_duplicate(void *context, int64_t *out, alm_str uid, int64_t page_id, alm_err *err) {
    return ask_about(context, out,
                     "SELECT min(donation_id) FROM donations WHERE uid = $1 AND state = 'duplicate'"
                     " AND page_id <> $2::bigint",
                     uid, page_id, err);
}

/* ---- what goes together ---- */

/* A URL, uid or page id with the telling that has it. */
typedef struct key {
    alm_str text;
    int64_t id;
    size_t telling;
} key;

typedef struct keys {
    key *items;
    size_t count, cap;
} keys;

/* A wave being made: what it knows of the pages, by telling. */
typedef struct making {
    alm_wave *wave;
    alm_telling *const *tellings;
    size_t count;
    alm_known_page *pages;
    bool *troubled; /* a uid of it is told by another page too */
    keys urls, uids, ids;
    alm_buf list; /* an array as a parameter */
    alm_err *err;
} making;

static alm_status no_memory(making *m) { return alm_fail(m->err, ALM_E_NOMEM, "out of memory"); }

static alm_status add_key(making *m, keys *to, key k) {
    void *items = to->items;
    if (alm_grow(&items, &to->cap, to->count, sizeof *to->items, SIZE_MAX / sizeof *to->items) != ALM_OK)
        return no_memory(m);
    to->items = items;
    to->items[to->count++] = k;
    return ALM_OK;
}

static int compare_texts(const void *a, const void *b) {
    const key *x = a, *y = b;
    int order = alm_str_compare(x->text, y->text);
    return order ? order : (x->telling > y->telling) - (x->telling < y->telling);
}

static int compare_ids(const void *a, const void *b) {
    const key *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void sort_keys(keys *k, int (*compare)(const void *, const void *)) {
    if (k->count) qsort(k->items, k->count, sizeof *k->items, compare);
}

/* The place of the first key with @p text, or of the next larger. */
static size_t find_text(const keys *k, alm_str text) {
    size_t low = 0, high = k->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (alm_str_compare(k->items[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Cut the wave before the second telling that has a key. */
static void cut_at_repeats(making *m, keys *k) {
    sort_keys(k, compare_texts);
    for (size_t i = 1; i < k->count; i++) {
        const key *a = &k->items[i - 1], *b = &k->items[i];
        if (a->telling != b->telling && b->telling < m->count && alm_str_is(a->text, b->text)) m->count = b->telling;
    }
}

static alm_status choose(making *m, size_t count) {
    alm_status status = ALM_OK;
    m->count = count < MAX_WAVE ? count : MAX_WAVE;
    for (size_t i = 0; i < m->count && status == ALM_OK; i++) {
        const alm_telling *t = m->tellings[i];
        status = add_key(m, &m->urls, (key){t->url, 0, i});
        for (size_t d = 0; d < t->donation_count && status == ALM_OK; d++)
            status = add_key(m, &m->uids, (key){t->donations[d].uid, 0, i});
    }
    cut_at_repeats(m, &m->urls);
    cut_at_repeats(m, &m->uids);
    return status;
}

/* ---- what the server knows ---- */

static void start_list(making *m) {
    alm_buf_reset(&m->list);
    alm_buf_add_byte(&m->list, '{');
}

static void add_to_list(making *m, alm_str text) {
    alm_buf_add_c(&m->list, m->list.len > 1 ? ",\"" : "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') alm_buf_add_byte(&m->list, '\\');
        alm_buf_add_byte(&m->list, text.ptr[i]);
    }
    alm_buf_add_byte(&m->list, '"');
}

static alm_status ask(making *m, PGresult **out, const char *sql) {
    alm_buf_add_byte(&m->list, '}');
    if (m->list.status != ALM_OK) return no_memory(m);
    const char *parameter = m->list.ptr;
    return alm_postgres_ask(out, m->wave->connection, sql, &parameter, 1, m->err);
}

static int64_t number(const PGresult *r, int row, int column) { return strtoll(PQgetvalue(r, row, column), NULL, 10); }

static alm_str text(alm_arena *arena, const PGresult *r, int row, int column) {
    if (PQgetisnull(r, row, column)) return (alm_str){NULL, 0};
    return alm_arena_copy(arena, (alm_str){PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)});
}

static alm_status load_pages(making *m) {
    PGresult *r;
    start_list(m);
    for (size_t i = 0; i < m->count; i++) add_to_list(m, m->tellings[i]->url);
    alm_status status = ask(m, &r,
                            "SELECT url, page_id, first_seen_ms, last_seen_ms FROM pages"
                            " WHERE md5(url) = ANY (SELECT md5(u) FROM unnest($1::text[]) u)");
    if (status != ALM_OK) return status;
    for (int row = 0; row < PQntuples(r) && status == ALM_OK; row++) {
        alm_str url = {PQgetvalue(r, row, 0), (size_t)PQgetlength(r, row, 0)};
        size_t at = find_text(&m->urls, url);
        if (at == m->urls.count || !alm_str_is(m->urls.items[at].text, url)) continue;
        size_t i = m->urls.items[at].telling;
        m->pages[i] = (alm_known_page){
            .page_id = number(r, row, 1), .first_seen_ms = number(r, row, 2), .last_seen_ms = number(r, row, 3)};
        status = add_key(m, &m->ids, (key){{NULL, 0}, m->pages[i].page_id, i});
    }
    PQclear(r);
    sort_keys(&m->ids, compare_ids);
    return status;
}

static size_t telling_of(const making *m, int64_t page_id) {
    key wanted = {.id = page_id};
    const key *found = bsearch(&wanted, m->ids.items, m->ids.count, sizeof wanted, compare_ids);
    return found->telling; /* asked for by these ids */
}

static void list_ids(making *m) {
    char id[24];
    start_list(m);
    for (size_t i = 0; i < m->ids.count; i++) {
        snprintf(id, sizeof id, "%lld", (long long)m->ids.items[i].id);
        add_to_list(m, alm_str_of(id));
    }
}

/* Rows of one page follow each other: room for them at once. */
static int rows_of_page(const PGresult *r, int row) {
    int end = row + 1;
    while (end < PQntuples(r) && number(r, end, 0) == number(r, row, 0)) end++;
    return end;
}

static alm_status load_versions(making *m) {
    PGresult *r;
    list_ids(m);
    alm_status status =
        ask(m, &r,
            "SELECT page_id, version_id, fetched_ms, digest FROM versions WHERE page_id = ANY($1::bigint[])"
            " ORDER BY page_id, fetched_ms, version_id");
    if (status != ALM_OK) return status;
    for (int row = 0, end; row < PQntuples(r); row = end) {
        size_t i = telling_of(m, number(r, row, 0));
        alm_arena *arena = &m->tellings[i]->arena;
        end = rows_of_page(r, row);
        alm_known_version *versions = alm_arena_calloc(arena, (size_t)(end - row), sizeof *versions);
        for (int k = row; versions && k < end; k++)
            versions[k - row] = (alm_known_version){number(r, k, 1), number(r, k, 2), text(arena, r, k, 3)};
        m->pages[i].versions = versions;
        m->pages[i].version_count = (size_t)(end - row);
        if (arena->failed) status = no_memory(m);
    }
    PQclear(r);
    return status;
}

static alm_status load_donations(making *m) {
    PGresult *r;
    list_ids(m);
    alm_status status = ask(m, &r,
                            "SELECT page_id, donation_id, uid, digest, donor, cash_amount, goods, recipients,"
                            " state = 'duplicate' FROM donations WHERE page_id = ANY($1::bigint[])"
                            " AND state IN ('current', 'duplicate') ORDER BY page_id, donation_id");
    if (status != ALM_OK) return status;
    for (int row = 0, end; row < PQntuples(r) && status == ALM_OK; row = end) {
        size_t i = telling_of(m, number(r, row, 0));
        alm_arena *arena = &m->tellings[i]->arena;
        end = rows_of_page(r, row);
        alm_known_donation *donations = alm_arena_calloc(arena, (size_t)(end - row), sizeof *donations);
        for (int k = row; donations && k < end && status == ALM_OK; k++) {
            donations[k - row] = (alm_known_donation){.donation_id = number(r, k, 1),
                                                      .uid = text(arena, r, k, 2),
                                                      .digest = text(arena, r, k, 3),
                                                      .donor = text(arena, r, k, 4),
                                                      .cash_amount = text(arena, r, k, 5),
                                                      .goods = text(arena, r, k, 6),
                                                      .recipients = text(arena, r, k, 7),
                                                      .duplicate = PQgetvalue(r, k, 8)[0] == 't'};
            status = add_key(m, &m->uids, (key){donations[k - row].uid, 0, i});
        }
        m->pages[i].donations = donations;
        m->pages[i].donation_count = (size_t)(end - row);
        if (arena->failed) status = no_memory(m);
    }
    PQclear(r);
    return status;
}

/* A uid, told or known, that another page tells: its telling is troubled. The wave ends before the first of those, or
 * is that one alone. */
static alm_status find_trouble(making *m) {
    PGresult *r;
    sort_keys(&m->uids, compare_texts);
    start_list(m);
    for (size_t i = 0; i < m->uids.count; i++)
        if (m->uids.items[i].telling < m->count) add_to_list(m, m->uids.items[i].text);
    alm_status status = ask(m, &r,
                            "SELECT uid, page_id FROM donations WHERE state IN ('current', 'duplicate')"
                            " AND uid = ANY($1::text[])");
    if (status != ALM_OK) return status;
    for (int row = 0; row < PQntuples(r); row++) {
        alm_str uid = {PQgetvalue(r, row, 0), (size_t)PQgetlength(r, row, 0)};
        for (size_t at = find_text(&m->uids, uid); at < m->uids.count && alm_str_is(m->uids.items[at].text, uid);
             at++) {
            size_t i = m->uids.items[at].telling;
            if (i < m->count && m->pages[i].page_id != number(r, row, 1)) m->troubled[i] = true;
        }
    }
    PQclear(r);
    for (size_t i = 0; i < m->count; i++)
        if (m->troubled[i]) m->count = i ? i : 1;
    m->wave->alone = m->troubled[0];
    return ALM_OK;
}

/* ---- writing ---- */

static alm_status copy_rows(alm_wave *w, alm_table table, const char *prefix, alm_err *err) {
    char sql[1024];
    alm_buf *rows = &w->rows[table];
    if (rows->len == 0) return ALM_OK;
    snprintf(sql, sizeof sql, "COPY %s%s (%s) FROM STDIN", prefix, alm_table_forms[table].name,
             alm_table_forms[table].columns);
    PGresult *result = PQexec(w->connection, sql);
    bool well = PQresultStatus(result) == PGRES_COPY_IN;
    if (well) {
        PQclear(result);
        well = PQputCopyData(w->connection, rows->ptr, (int)rows->len) == 1 && PQputCopyEnd(w->connection, NULL) == 1;
        result = PQgetResult(w->connection);
        well = well && PQresultStatus(result) == PGRES_COMMAND_OK;
    }
    alm_status status = well ? ALM_OK : alm_postgres_fail(w->connection, result, err, alm_table_forms[table].name);
    PQclear(result);
    while ((result = PQgetResult(w->connection))) PQclear(result);
    return status;
}

static alm_status change(alm_wave *w, alm_table table, const char *sql, alm_err *err) {
    if (w->rows[table].len == 0) return ALM_OK;
    return alm_postgres_run(w->connection, sql, err);
}

/* What is superseded goes before what becomes current: a uid is current once at every moment. */
static alm_status write_rows(alm_wave *w, alm_err *err) {
    alm_status status = ALM_OK;
    for (int t = ALM_TABLE_PAGES; t < ALM_TABLE_DONATIONS && status == ALM_OK; t++)
        status = copy_rows(w, (alm_table)t, "", err);
    for (int t = ALM_SET_PAGE; t < ALM_TABLE_COUNT && status == ALM_OK; t++)
        status = copy_rows(w, (alm_table)t, "set_", err);
    if (status == ALM_OK)
        status = change(w, ALM_SET_PAGE,
                        "UPDATE pages t SET first_seen_ms = s.first_seen_ms, last_seen_ms = s.last_seen_ms"
                        " FROM set_pages s WHERE t.page_id = s.page_id; DELETE FROM set_pages",
                        err);
    if (status == ALM_OK)
        status = change(w, ALM_SET_VERSION,
                        "UPDATE versions t SET state = s.state, seq = s.seq, changed_ms = s.changed_ms"
                        " FROM set_versions s WHERE t.version_id = s.version_id; DELETE FROM set_versions",
                        err);
    for (int current = 0; current < 2 && status == ALM_OK; current++)
        status =
            change(w, ALM_SET_DONATION,
                   current ? "UPDATE donations t SET state = s.state, superseded_in = s.superseded_in, seq = s.seq,"
                             " changed_ms = s.changed_ms FROM set_donations s WHERE t.donation_id = s.donation_id"
                             " AND s.state = 'current'; DELETE FROM set_donations"
                           : "UPDATE donations t SET state = s.state, superseded_in = s.superseded_in, seq = s.seq,"
                             " changed_ms = s.changed_ms FROM set_donations s WHERE t.donation_id = s.donation_id"
                             " AND s.state <> 'current'",
                   err);
    for (int t = ALM_TABLE_DONATIONS; t < ALM_SET_PAGE && status == ALM_OK; t++)
        status = copy_rows(w, (alm_table)t, "", err);
    return status;
}

static alm_status settle_all(making *m) {
    alm_status status = ALM_OK;
    for (int i = 0; i < ALM_TABLE_COUNT; i++) alm_buf_reset(&m->wave->rows[i]);
    for (size_t i = 0; i < m->count && status == ALM_OK; i++)
        status = alm_settle(&m->wave->settler, &m->pages[i], m->tellings[i], m->err);
    return status == ALM_OK ? write_rows(m->wave, m->err) : status;
}

alm_status alm_wave_settle(alm_wave *wave, alm_telling *const *tellings, size_t count, size_t *done, alm_err *err) {
    making m = {.wave = wave, .tellings = tellings, .err = err};
    wave->alone = false;
    alm_buf_init(&m.list, MAX_ROWS);
    alm_status status = choose(&m, count);
    m.pages = alm_calloc(m.count + 1, sizeof *m.pages);
    m.troubled = alm_calloc(m.count + 1, sizeof *m.troubled);
    if (!m.pages || !m.troubled) status = no_memory(&m);
    if (status == ALM_OK) status = load_pages(&m);
    if (status == ALM_OK && m.ids.count > 0) status = load_versions(&m);
    if (status == ALM_OK && m.ids.count > 0) status = load_donations(&m);
    if (status == ALM_OK) status = find_trouble(&m);
    if (status == ALM_OK) status = settle_all(&m);
    if (status == ALM_OK) *done = m.count;
    alm_buf_release(&m.list);
    alm_free(m.urls.items);
    alm_free(m.uids.items);
    alm_free(m.ids.items);
    alm_free(m.pages);
    alm_free(m.troubled);
    return status;
}

void alm_wave_init(alm_wave *wave, alm_sink_stats *stats) {
    *wave = (alm_wave){.connection = NULL};
    wave->settler = (alm_settler){.context = wave,
                                  .put = put_row,
                                  .is_current_elsewhere = is_current_elsewhere,
                                  .find_duplicate = find_duplicate,
                                  .stats = stats};
    for (int i = 0; i < ALM_TABLE_COUNT; i++) alm_buf_init(&wave->rows[i], MAX_ROWS);
}

void alm_wave_release(alm_wave *wave) {
    for (int i = 0; i < ALM_TABLE_COUNT; i++) alm_buf_release(&wave->rows[i]);
}
