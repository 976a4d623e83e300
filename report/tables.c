#include "report/tables.h"

#include "base/json.h"

enum { MAX_COLUMNS = 32, BUFFER_MAX = 64 << 20, PIECE = 1 << 16 };

/* A table of the page. `columns` names the columns of the query; a name that begins with '#' is a number. */
typedef struct table {
    const char *name;
    const char *columns[MAX_COLUMNS];
    const char *sql;
} table;

static const table tables[] = {
    {"versions",
     {"#id", "#page", "url", "title", "published", "source", "site", "fetched_at", "state", "gone"},
     "SELECT v.version_id, v.page_id, coalesce(v.canonical_url, p.url), v.title, v.published, v.source, v.site,"
     " CAST(v.fetched_ms AS TEXT), v.state, CAST(v.gone AS TEXT)"
     " FROM versions v JOIN pages p ON p.page_id = v.page_id ORDER BY v.version_id"},
    {"donations",
     {"#id",        "uid",    "#version", "state",          "#replaces",        "#superseded_in", "donor",
      "donor_type", "person", "role",     "association",    "association_role", "cash",           "currency",
      "qualifier",  "goods",  "value",    "value_currency", "recipients",       "channels",       "date",
      "status",     "total",  "evidence", "#confidence"},
     "SELECT donation_id, uid, version_id, state, replaces, superseded_in, donor, donor_type, donor_person,"
     " donor_role, association, association_role, cash_amount, cash_currency, cash_qualifier, goods, value_amount,"
     " value_currency, recipients, channels, donation_date, status, CAST(total AS TEXT), evidence, confidence"
     " FROM donations WHERE state <> 'duplicate' ORDER BY donation_id"},
    {"spans",
     {"#donation", "field", "#start", "#end"},
     "SELECT s.owner_id, s.field, s.\"start\", s.\"end\" FROM spans s"
     " JOIN donations d ON d.donation_id = s.owner_id WHERE d.state <> 'duplicate'"
     " ORDER BY s.owner_id, s.\"start\", s.\"end\", s.field"},
    {"gifts",
     {"uid", "gift", "speaks", "why"},
     "SELECT m.uid, m.gift_uid, CASE WHEN g.uid = m.uid THEN 1 END, CASE WHEN m.score > 0 THEN CAST(m.why AS TEXT) END "
     "FROM gift_members m"
     " JOIN gifts g ON g.gift_uid = m.gift_uid ORDER BY m.uid"},
    {"doubts", {"uid", "other"}, "SELECT uid, other_uid FROM gift_doubts ORDER BY uid, other_uid"},
    {"parties",
     {"#donation", "part", "entity"},
     "SELECT t.donation_id, t.part, m.entity_uid FROM parties t"
     " JOIN organisations o ON o.organisation_id = t.organisation_id"
     " JOIN versions v ON v.version_id = o.version_id"
     " JOIN entity_members m ON m.page_id = v.page_id AND m.name = o.name"
     " WHERE t.part <> 'channel' ORDER BY t.donation_id, t.part, t.position"},
    {"entities",
     {"uid", "name", "type", "place"},
     "SELECT entity_uid, name, type, place FROM entities ORDER BY entity_uid"},
};

typedef struct writer {
    alm_snapshot *snapshot;
    alm_report_write write;
    void *context;
    alm_buf buf;
    alm_err *err;
} writer;

/* Send what has gathered, '<' escaped: no text of a page can end the script element or open another. */
static alm_status flush(writer *w) {
    if (w->buf.status != ALM_OK) return alm_fail(w->err, w->buf.status, "no memory for a piece of the report");
    alm_str text = alm_buf_str(&w->buf);
    size_t from = 0;
    alm_status status = ALM_OK;
    while (status == ALM_OK && from < text.len) {
        const char *bad = memchr(text.ptr + from, '<', text.len - from);
        size_t to = bad ? (size_t)(bad - text.ptr) : text.len;
        status = w->write(w->context, alm_str_slice(text, from, to), w->err);
        if (status == ALM_OK && bad) status = w->write(w->context, ALM_STR("\\u003c"), w->err);
        from = to + 1;
    }
    alm_buf_reset(&w->buf);
    return status;
}

static alm_status write_row(writer *w, const table *t, const alm_str *values, size_t count) {
    alm_json json;
    alm_json_init(&json, &w->buf, false);
    alm_json_array(&json);
    for (size_t i = 0; i < count; i++)
        if (t->columns[i][0] == '#')
            alm_json_raw(&json, values[i]);
        else
            alm_json_text(&json, values[i]);
    alm_json_array_end(&json);
    return w->buf.len < PIECE ? w->buf.status : flush(w);
}

static alm_status write_rows(writer *w, const table *t, size_t count) {
    alm_str values[MAX_COLUMNS];
    alm_status status = alm_snapshot_query(w->snapshot, t->sql, NULL, 0, w->err);
    for (bool first = true; status == ALM_OK; first = false) {
        status = alm_snapshot_next(w->snapshot, values, count, w->err);
        if (status != ALM_OK) break;
        if (!first) alm_buf_add_c(&w->buf, ",\n");
        status = write_row(w, t, values, count);
    }
    return status == ALM_END ? ALM_OK : status;
}

static alm_status write_table(writer *w, const table *t) {
    size_t count = 0;
    alm_buf_printf(&w->buf, ",\n\"%s\":{\"columns\":[", t->name);
    for (; count < MAX_COLUMNS && t->columns[count]; count++)
        alm_buf_printf(&w->buf, "%s\"%s\"", count ? "," : "", t->columns[count] + (t->columns[count][0] == '#'));
    alm_buf_add_c(&w->buf, "],\"rows\":[\n");
    alm_status status = write_rows(w, t, count);
    alm_buf_add_c(&w->buf, "]}");
    return status;
}

/* One row, one column; {0} where there is none. */
static alm_status ask(writer *w, const char *sql, alm_str *out) {
    alm_status status = alm_snapshot_query(w->snapshot, sql, NULL, 0, w->err);
    if (status == ALM_OK) status = alm_snapshot_next(w->snapshot, out, 1, w->err);
    if (status == ALM_END) *out = (alm_str){0};
    return status == ALM_END ? ALM_OK : status;
}

static alm_status write_about(writer *w, const alm_report_options *options) {
    alm_json json;
    alm_str value;
    alm_json_init(&json, &w->buf, false);
    alm_json_object(&json);
    alm_json_member(&json, "title", options->title);
    alm_status status = ask(w, "SELECT max(changed_ms) FROM donations", &value);
    alm_json_key(&json, "changed_ms");
    alm_json_raw(&json, value);
    if (status == ALM_OK) status = ask(w, "SELECT CASE WHEN count(*) > 0 THEN 1 END FROM gifts", &value);
    alm_json_key(&json, "resolved");
    alm_json_bool(&json, value.ptr != NULL);
    alm_json_object_end(&json);
    return status;
}

alm_status alm_report_write_tables(alm_snapshot *snapshot, const alm_report_options *options, alm_report_write write,
                                   void *context, alm_err *err) {
    writer w = {.snapshot = snapshot, .write = write, .context = context, .err = err};
    alm_buf_init(&w.buf, BUFFER_MAX);
    alm_buf_add_c(&w.buf, "{\"about\":");
    alm_status status = write_about(&w, options);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == ALM_OK; i++)
        status = write_table(&w, &tables[i]);
    alm_buf_add_c(&w.buf, "}\n");
    if (status == ALM_OK) status = flush(&w);
    alm_buf_release(&w.buf);
    return status;
}
