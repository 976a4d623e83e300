#include "crawler/transfer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crawler/content_coding.h"

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void global_init(void) { global_result = curl_global_init(CURL_GLOBAL_DEFAULT); }

alm_status alm_curl_global(alm_err *err) {
    pthread_once(&global_once, global_init);
    if (global_result == CURLE_OK) return ALM_OK;
    return alm_fail(err, ALM_E_INTERNAL, "libcurl does not start: %s", curl_easy_strerror(global_result));
}

static void address_text(const struct sockaddr *address, char *out, size_t size) {
    union {
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } copy;
    out[0] = '\0';
    if (address->sa_family == AF_INET) {
        memcpy(&copy.ipv4, address, sizeof copy.ipv4);
        inet_ntop(AF_INET, &copy.ipv4.sin_addr, out, (socklen_t)size);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&copy.ipv6, address, sizeof copy.ipv6);
        inet_ntop(AF_INET6, &copy.ipv6.sin6_addr, out, (socklen_t)size);
    }
}

/* Every connection of ours comes through here, with the address that it is about to go to. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    alm_transfer *transfer = context;
    if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
    alm_address_class class = alm_guard_classify(&address->addr);
    if (!transfer->options->proxy && !alm_guard_allows(class, transfer->options->allow_private)) {
        transfer->refused = true;
        transfer->refused_class = class;
        address_text(&address->addr, transfer->refused_address, sizeof transfer->refused_address);
        errno = EACCES;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    alm_transfer *transfer = context;
    size_t len = size * count;
    alm_body_budget *budget = transfer->budget;
    if (budget && budget->held >= budget->max && budget->exempt != transfer) {
        if (budget->exempt) {
            transfer->paused = true;
            return CURL_WRITEFUNC_PAUSE;
        }
        budget->exempt = transfer;
    }
    if (budget) {
        budget->held += len;
        transfer->held += len;
    }
    return alm_buf_add(&transfer->response->body, (alm_str){bytes, len}) == ALM_OK ? len : 0;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
    alm_transfer *transfer = context;
    alm_str line = {bytes, size * count};
    if (line.len > ALM_FETCH_MAX_HEADERS - transfer->header_bytes) {
        transfer->headers_full = true;
        return 0;
    }
    transfer->header_bytes += line.len;
    /* a status line begins the block of the next response: after a redirect, after 100 Continue */
    if (alm_str_starts(line, ALM_STR("HTTP/"))) {
        alm_buf_reset(&transfer->response->headers);
        alm_buf_reset(&transfer->response->body);
        transfer->head_ended = false;
    }
    transfer->head_ended |= alm_str_trim(line).len == 0;
    return alm_buf_add(&transfer->response->headers, line) == ALM_OK ? line.len : 0;
}

static alm_status add_all(struct curl_slist **list, const char *const *items) {
    for (; items && *items; items++) {
        struct curl_slist *longer = curl_slist_append(*list, *items);
        if (!longer) return ALM_E_NOMEM;
        *list = longer;
    }
    return ALM_OK;
}

/* libcurl's setopt is variadic: long and pointer options each need their own call shape, and one failure counts. */
static alm_status set_options(alm_transfer *transfer) {
    const alm_fetch_options *o = transfer->options;
    CURL *easy = transfer->easy;
    CURLcode bad = CURLE_OK;
#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (bad == CURLE_OK) bad = curl_easy_setopt(easy, option, value);                                              \
    } while (0)
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_ACCEPT_ENCODING, alm_accept_encoding());
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L); /* see content_coding.h */
    SET(CURLOPT_FOLLOWLOCATION, o->no_redirects ? 0L : 1L);
    SET(CURLOPT_MAXREDIRS, (long)(o->max_redirects ? o->max_redirects : ALM_FETCH_MAX_REDIRECTS));
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(o->connect_ms ? o->connect_ms : ALM_FETCH_CONNECT_MS));
    SET(CURLOPT_TIMEOUT_MS, (long)(o->total_ms ? o->total_ms : ALM_FETCH_TOTAL_MS));
    SET(CURLOPT_USERAGENT, o->user_agent ? o->user_agent : alm_user_agent());
    SET(CURLOPT_PROXY, o->proxy ? o->proxy : "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (o->ca_file) SET(CURLOPT_CAINFO, o->ca_file);
    if (o->old_tls) SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
    if (o->old_tls) SET(CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0");
    SET(CURLOPT_CONNECT_TO, transfer->connect_to);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_ERRORBUFFER, transfer->curl_message);
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_RESOLVE, transfer->resolve);
    SET(CURLOPT_PRIVATE, transfer);
#undef SET
    return bad == CURLE_OK ? ALM_OK : bad == CURLE_OUT_OF_MEMORY ? ALM_E_NOMEM : ALM_E_INVALID;
}

alm_status alm_transfer_init(alm_transfer *transfer, const alm_fetch_options *options, alm_err *err) {
    *transfer = (alm_transfer){.options = options};
    alm_status status = alm_curl_global(err);
    if (status != ALM_OK) return status;
    status = ALM_E_NOMEM;
    transfer->easy = curl_easy_init();
    char target[300];
    const char *const targets[] = {options->connect_to ? target : NULL, NULL};
    snprintf(target, sizeof target, "::%s", options->connect_to ? options->connect_to : "");
    if (transfer->easy && add_all(&transfer->connect_to, targets) == ALM_OK &&
        add_all(&transfer->headers, options->headers) == ALM_OK &&
        add_all(&transfer->resolve, options->resolve) == ALM_OK)
        status = set_options(transfer);
    if (status == ALM_OK) return ALM_OK;
    alm_transfer_release(transfer);
    return alm_fail(err, status, status == ALM_E_NOMEM ? "out of memory" : "libcurl refuses a fetch option");
}

void alm_transfer_release(alm_transfer *transfer) {
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->resolve);
    curl_slist_free_all(transfer->connect_to);
    *transfer = (alm_transfer){0};
}

static bool is_http(alm_str url) {
    return (url.len > 7 && alm_str_is_nocase(alm_str_slice(url, 0, 7), ALM_STR("http://"))) ||
           (url.len > 8 && alm_str_is_nocase(alm_str_slice(url, 0, 8), ALM_STR("https://")));
}

alm_status alm_transfer_start(alm_transfer *transfer, const char *url, alm_response *response, alm_err *err) {
    alm_response_reset(response);
    transfer->response = response;
    transfer->header_bytes = 0;
    transfer->headers_full = transfer->refused = transfer->head_ended = false;
    transfer->curl_message[0] = '\0';
    if (!is_http(alm_str_of(url))) return alm_fail(err, ALM_E_INVALID, "not an http or https URL with a host");
    if (strlen(url) > ALM_FETCH_MAX_URL)
        return alm_fail(err, ALM_E_LIMIT, "the URL is longer than %d bytes", (int)ALM_FETCH_MAX_URL);
    /* a length told beforehand that is too much: nobody need send it */
    bool all = !transfer->options->keeps_beginning && !transfer->keeps_beginning;
    if (curl_easy_setopt(transfer->easy, CURLOPT_MAXFILESIZE_LARGE, all ? (curl_off_t)response->body.max : 0) !=
            CURLE_OK ||
        curl_easy_setopt(transfer->easy, CURLOPT_URL, url) != CURLE_OK)
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return ALM_OK;
}

static void take_facts(alm_transfer *transfer) {
    alm_response *response = transfer->response;
    long number = 0;
    curl_off_t microseconds = 0;
    char *text = NULL;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &number) == CURLE_OK) response->status = (int)number;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_COUNT, &number) == CURLE_OK)
        response->redirect_count = (int)number;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &microseconds) == CURLE_OK)
        response->elapsed_ms = microseconds / 1000;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK && text)
        alm_buf_add_c(&response->url, text);
    text = NULL;
    if (transfer->options->no_redirects &&
        curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text)
        alm_buf_add_c(&response->location, text);
    text = NULL;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &text) == CURLE_OK && text)
        snprintf(response->address, sizeof response->address, "%s", text);
}

static alm_status too_large(const alm_response *response, alm_err *err) {
    return alm_fail(err, ALM_E_LIMIT, "larger than %zu MiB, the limit for one page", response->body.max >> 20);
}

/* A write callback of ours stopped the transfer, or it ended with a buffer that refused more. */
static alm_status check_buffers(const alm_transfer *transfer, alm_err *err) {
    const alm_response *r = transfer->response;
    if (transfer->headers_full || r->headers.status == ALM_E_LIMIT)
        return alm_fail(err, ALM_E_LIMIT, "the response headers are larger than %d KiB",
                        (int)(ALM_FETCH_MAX_HEADERS >> 10));
    if (r->body.status == ALM_E_LIMIT) return too_large(r, err);
    if (r->url.status == ALM_E_LIMIT || r->location.status == ALM_E_LIMIT)
        return alm_fail(err, ALM_E_LIMIT, "a redirect leads to a URL longer than %d bytes", (int)ALM_FETCH_MAX_URL);
    if (r->body.status != ALM_OK || r->headers.status != ALM_OK || r->url.status != ALM_OK ||
        r->location.status != ALM_OK)
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return ALM_OK;
}

alm_status alm_transfer_finish(alm_transfer *transfer, CURLcode result, alm_err *err) {
    take_facts(transfer);
    alm_status status = check_buffers(transfer, err);
    if (status != ALM_OK) return status;
    if (result == CURLE_OK && transfer->head_ended) return ALM_OK;
    if (result == CURLE_OK) /* libcurl 7.88 takes a connection that is closed in the head for an empty page */
        return alm_fail(err, ALM_E_NETWORK, "the page was cut short in its headers");
    const char *why = transfer->curl_message[0] ? transfer->curl_message : curl_easy_strerror(result);
    const char *redirected = transfer->response->redirect_count ? " (after a redirect)" : "";
    int code = (int)result;
    if (transfer->refused)
        return alm_fail_system(err, ALM_E_REFUSED, code, "refused to connect to the %s address %s%s",
                               alm_address_class_name(transfer->refused_class), transfer->refused_address, redirected);
    switch (result) {
    case CURLE_OUT_OF_MEMORY: return alm_fail(err, ALM_E_NOMEM, "out of memory");
    case CURLE_FILESIZE_EXCEEDED: return too_large(transfer->response, err);
    case CURLE_URL_MALFORMAT: return alm_fail_system(err, ALM_E_INVALID, code, "not a URL: %s%s", why, redirected);
    case CURLE_UNSUPPORTED_PROTOCOL:
        return alm_fail_system(err, ALM_E_REFUSED, code, "only http and https are fetched%s: %s", redirected, why);
    case CURLE_TOO_MANY_REDIRECTS:
        return alm_fail_system(err, ALM_E_LIMIT, code, "more than %d redirects", transfer->response->redirect_count);
    case CURLE_OPERATION_TIMEDOUT: return alm_fail_system(err, ALM_E_NETWORK, code, "out of time: %s", why);
    case CURLE_PEER_FAILED_VERIFICATION:
        return alm_fail_system(err, ALM_E_NETWORK, code, "the server's TLS certificate is not trusted: %s", why);
    case CURLE_COULDNT_CONNECT: {
        long number = 0;
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number);
        return alm_fail_system(err, ALM_E_NETWORK, code, "%s%s%s", why, number ? ": " : "",
                               number ? strerror((int)number) : "");
    }
    case CURLE_PARTIAL_FILE: return alm_fail_system(err, ALM_E_NETWORK, code, "the page was cut short: %s", why);
    default: return alm_fail_system(err, ALM_E_NETWORK, code, "%s", why);
    }
}

struct alm_fetcher {
    alm_transfer transfer;
};

alm_status alm_fetcher_new(alm_fetcher **out, const alm_fetch_options *options, alm_err *err) {
    alm_fetcher *fetcher = alm_calloc(1, sizeof *fetcher);
    if (!fetcher) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = alm_transfer_init(&fetcher->transfer, options, err);
    /* cookies in memory: some sites redirect to the same page until theirs comes back */
    if (status == ALM_OK && curl_easy_setopt(fetcher->transfer.easy, CURLOPT_COOKIEFILE, "") != CURLE_OK) {
        alm_transfer_release(&fetcher->transfer);
        status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    if (status == ALM_OK)
        *out = fetcher;
    else
        alm_free(fetcher);
    return status;
}

void alm_fetcher_free(alm_fetcher *fetcher) {
    if (!fetcher) return;
    alm_transfer_release(&fetcher->transfer);
    alm_free(fetcher);
}

/* Behind a proxy no address is seen: what the URL itself tells is all that can be judged. */
static alm_status guard_host(const alm_transfer *transfer, const char *url, alm_err *err) {
    if (!transfer->options->proxy) return ALM_OK;
    char *host = NULL;
    CURLU *parsed = curl_url();
    if (!parsed) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    bool is_url = curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                  curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    alm_address_class class = is_url ? alm_guard_classify_host(alm_str_of(host)) : ALM_ADDRESS_PUBLIC;
    alm_status status =
        !alm_guard_allows(class, transfer->options->allow_private)
            ? alm_fail_system(err, ALM_E_REFUSED, EACCES, "refused to have a proxy connect to the %s address %s",
                              alm_address_class_name(class), host)
            : ALM_OK;
    curl_free(host);
    curl_url_cleanup(parsed);
    return status;
}

alm_status alm_fetch(alm_fetcher *fetcher, const char *url, alm_response *response, alm_err *err) {
    alm_status status = alm_transfer_start(&fetcher->transfer, url, response, err);
    if (status == ALM_OK) status = guard_host(&fetcher->transfer, url, err);
    if (status != ALM_OK) return status;
    status = alm_transfer_finish(&fetcher->transfer, curl_easy_perform(fetcher->transfer.easy), err);
    return status == ALM_OK ? alm_response_decode(response, err) : status;
}
