/**
 * The report as Prometheus reads it (text format 0.0.4), in a file for node_exporter's textfile collector, and over
 * HTTP on loopback.
 */
#ifndef ALM_WATCH_METRICS_H
#define ALM_WATCH_METRICS_H

#include "base/buf.h"
#include "watch/report.h"

/** What the daemon knows and the store does not. */
typedef struct alm_watch_health {
    bool reload_failed; /**< the last reading of the configuration did */
    int64_t reloaded_s; /**< when it last was read well */
    size_t running;
} alm_watch_health;

/** Append to @p out; @p health may be NULL. Check out->status. */
void alm_metrics_write(alm_buf *out, const alm_watch_report *report, const alm_watch_health *health);

/** Answers GET /metrics and GET /healthz on 127.0.0.1, in the caller's thread. */
typedef struct alm_metrics_server alm_metrics_server;

/** @p text is borrowed, and what it holds at the time is what is answered. ALM_OK, ALM_E_IO, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_metrics_server_new(alm_metrics_server **out, int port, const alm_buf *text, alm_err *err);
void alm_metrics_server_free(alm_metrics_server *server);
/** The descriptor that becomes readable when there is something to do. */
int alm_metrics_server_fd(const alm_metrics_server *server);
/** Do it. *wait_ms is lowered to when it must be called again at the latest. */
void alm_metrics_server_run(alm_metrics_server *server, int *wait_ms);

#endif
