#include <stdio.h>

#include "crawler/content_coding.h"
#include "crawler/fetch.h"
#include "crawler/http_message.h"

enum { MAX_CODINGS = 3 };

const char *alm_user_agent(void) {
    return ALM_CONTACT_URL[0] ? "almoner/" ALM_VERSION " (+" ALM_CONTACT_URL ")" : "almoner/" ALM_VERSION;
}

bool alm_user_agent_has_contact(void) { return ALM_CONTACT_URL[0] != '\0'; }

void alm_response_init(alm_response *response, size_t max_body) {
    *response = (alm_response){0};
    alm_buf_init(&response->body, max_body ? max_body : ALM_FETCH_MAX_BODY);
    alm_buf_init(&response->encoded, max_body ? max_body : ALM_FETCH_MAX_BODY);
    alm_buf_init(&response->headers, ALM_FETCH_MAX_HEADERS);
    alm_buf_init(&response->url, ALM_FETCH_MAX_URL);
    alm_buf_init(&response->location, ALM_FETCH_MAX_URL);
}

void alm_response_release(alm_response *response) {
    alm_buf_release(&response->body);
    alm_buf_release(&response->encoded);
    alm_buf_release(&response->headers);
    alm_buf_release(&response->url);
    alm_buf_release(&response->location);
}

void alm_response_reset(alm_response *response) {
    alm_buf_reset(&response->body);
    alm_buf_reset(&response->encoded);
    alm_buf_reset(&response->headers);
    alm_buf_reset(&response->url);
    alm_buf_reset(&response->location);
    response->status = 0;
    response->redirect_count = 0;
    response->elapsed_ms = 0;
    response->address[0] = '\0';
}

/* The line at *at without its line end; moves *at behind it. */
static alm_str next_line(alm_str text, size_t *at) {
    size_t end = alm_str_find(text, ALM_STR("\n"), *at);
    alm_str line = alm_str_slice(text, *at, end == SIZE_MAX ? text.len : end);
    *at = end == SIZE_MAX ? text.len : end + 1;
    return line;
}

alm_str alm_response_header(const alm_response *response, const char *name) {
    return alm_http_field(alm_buf_str(&response->headers), alm_str_of(name));
}

bool alm_response_next_header(const alm_response *response, const char *name, size_t *at, alm_str *value) {
    return alm_http_next_field(alm_buf_str(&response->headers), alm_str_of(name), at, value);
}

/* One parameter that starts at *at ("; charset=\"gbk\""): its name and unquoted value. */
static alm_str next_parameter(alm_str s, size_t *at, alm_str *name) {
    size_t start = *at, end = start;
    bool quoted = false;
    while (end < s.len && (quoted || s.ptr[end] != ';')) quoted ^= s.ptr[end++] == '"';
    *at = end + 1;
    alm_str whole = alm_str_slice(s, start, end);
    size_t equals = alm_str_find(whole, ALM_STR("="), 0);
    if (equals == SIZE_MAX) {
        *name = (alm_str){NULL, 0};
        return *name;
    }
    *name = alm_str_trim(alm_str_slice(whole, 0, equals));
    alm_str value = alm_str_trim(alm_str_slice(whole, equals + 1, whole.len));
    if (value.len > 0 && value.ptr[0] == '"') value = alm_str_slice(value, 1, value.len);
    if (value.len > 0 && value.ptr[value.len - 1] == '"') value.len--;
    return value;
}

void alm_content_type_split(alm_str content_type, alm_str *type, alm_str *charset) {
    *type = *charset = (alm_str){NULL, 0};
    if (!content_type.ptr) return;
    size_t at = alm_str_find(content_type, ALM_STR(";"), 0);
    if (at == SIZE_MAX) at = content_type.len;
    *type = alm_str_trim(alm_str_slice(content_type, 0, at));
    for (at++; at < content_type.len;) {
        alm_str name, value = next_parameter(content_type, &at, &name);
        if (alm_str_is_nocase(name, ALM_STR("charset")) && !charset->ptr) *charset = value;
    }
}

/* Undo one coding. What came first is kept in `encoded`. */
static alm_status undo_coding(alm_response *response, alm_str coding, alm_err *err) {
    alm_buf plain;
    alm_buf_init(&plain, response->body.max);
    alm_status status = alm_content_decode(&plain, coding, alm_buf_str(&response->body), err);
    if (status != ALM_OK) {
        alm_buf_release(&plain);
        return status;
    }
    if (response->encoded.len == 0) {
        alm_buf_release(&response->encoded);
        response->encoded = response->body;
    } else {
        alm_buf_release(&response->body);
    }
    response->body = plain;
    return ALM_OK;
}

alm_status alm_response_decode(alm_response *response, alm_err *err) {
    alm_str codings = alm_response_header(response, "Content-Encoding");
    if (response->body.len == 0) return ALM_OK;
    for (int layers = 0; codings.len > 0;) { /* the last named was applied last */
        size_t start = codings.len;
        while (start > 0 && codings.ptr[start - 1] != ',') start--;
        alm_str coding = alm_str_trim(alm_str_slice(codings, start, codings.len));
        codings = alm_str_slice(codings, 0, start > 0 ? start - 1 : 0);
        if (coding.len == 0 || alm_str_is_nocase(coding, ALM_STR("identity"))) continue;
        if (layers++ == MAX_CODINGS)
            return alm_fail(err, ALM_E_LIMIT, "compressed more than %d times", (int)MAX_CODINGS);
        alm_status status = undo_coding(response, coding, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

alm_status alm_response_require_page(const alm_response *response, alm_err *err) {
    if (response->status < 200 || response->status > 299) {
        alm_str headers = alm_buf_str(&response->headers);
        size_t at = 0;
        alm_str line = alm_str_trim(next_line(headers, &at));
        size_t space = alm_str_find(line, ALM_STR(" "), 0); /* "HTTP/1.1 404 Not Found", in HTTP/2 without words */
        alm_str words = space == SIZE_MAX ? (alm_str){NULL, 0} : alm_str_trim(alm_str_slice(line, space, line.len));
        if (words.len > 80) words.len = 80;
        if (words.len == 0)
            return alm_fail_system(err, ALM_E_HTTP, response->status, "the server answered HTTP %d", response->status);
        return alm_fail_system(err, ALM_E_HTTP, response->status, "the server answered HTTP %.*s", ALM_FMT(words));
    }
    if (response->status == 204 || response->status == 205)
        return alm_fail_system(err, ALM_E_UNSUPPORTED, response->status, "the server answered HTTP %d, without a page",
                               response->status);
    return ALM_OK;
}
