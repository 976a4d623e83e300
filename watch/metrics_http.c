/* GET /metrics on loopback, by libmicrohttpd. */
#include "watch/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "base/alloc.h"

enum { MAX_CONNECTIONS = 16, TIMEOUT_S = 10 };

struct alm_metrics_server {
    struct MHD_Daemon *daemon;
    const alm_buf *text;
    int fd;
};

static enum MHD_Result answer_with(struct MHD_Connection *connection, unsigned status, alm_str text, const char *type) {
    /* libmicrohttpd copies the bytes: MHD_RESPMEM_MUST_COPY */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(text.len, (void *)(uintptr_t)text.ptr, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **state) {
    const alm_metrics_server *server = context;
    (void)version, (void)upload, (void)state;
    if (*upload_len) {
        *upload_len = 0;
        return MHD_YES;
    }
    bool is_read = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    if (!is_read) return answer_with(connection, MHD_HTTP_METHOD_NOT_ALLOWED, ALM_STR("GET only\n"), "text/plain");
    if (strcmp(url, "/metrics") == 0)
        return answer_with(connection, MHD_HTTP_OK, alm_buf_str(server->text), "text/plain; version=0.0.4");
    if (strcmp(url, "/healthz") == 0) return answer_with(connection, MHD_HTTP_OK, ALM_STR("ok\n"), "text/plain");
    return answer_with(connection, MHD_HTTP_NOT_FOUND, ALM_STR("/metrics, /healthz\n"), "text/plain");
}

alm_status alm_metrics_server_new(alm_metrics_server **out, int port, const alm_buf *text, alm_err *err) {
    alm_metrics_server *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->text = text;
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, s, MHD_OPTION_SOCK_ADDR, &here,
                                 MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                                 (unsigned)TIMEOUT_S, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        int why = errno;
        alm_metrics_server_free(s);
        return alm_fail_system(err, ALM_E_IO, why, "127.0.0.1:%d: %s", port, why ? strerror(why) : "cannot listen");
    }
    s->fd = info->epoll_fd;
    *out = s;
    return ALM_OK;
}

void alm_metrics_server_free(alm_metrics_server *s) {
    if (!s) return;
    if (s->daemon) MHD_stop_daemon(s->daemon);
    alm_free(s);
}

int alm_metrics_server_fd(const alm_metrics_server *s) { return s->fd; }

void alm_metrics_server_run(alm_metrics_server *s, int *wait_ms) {
    MHD_UNSIGNED_LONG_LONG wait;
    if (MHD_run(s->daemon) == MHD_YES && MHD_get_timeout(s->daemon, &wait) == MHD_YES &&
        wait < (MHD_UNSIGNED_LONG_LONG)*wait_ms)
        *wait_ms = (int)wait;
}
