/* What the files that read sources.yaml share. */
#ifndef ALM_CRAWLER_SOURCES_PRIV_H
#define ALM_CRAWLER_SOURCES_PRIV_H

#include "base/yaml.h"
#include "crawler/sources.h"

typedef struct sources_reader {
    alm_sources *all;
    alm_arena *arena;
    alm_source *source;
    alm_err *err;
} sources_reader;

/* "500ms", "30s", "15m", "6h", "90d"; a bare number is seconds. */
alm_status sources_read_duration(sources_reader *r, int64_t *out_ms, const alm_yaml_node *node);

/* The keys of schedules. */
alm_status sources_read_schedule(sources_reader *r, const alm_yaml_node *node);
alm_status sources_read_timezone(sources_reader *r, const alm_yaml_node *node);
alm_status sources_read_jitter(sources_reader *r, const alm_yaml_node *node);
alm_status sources_read_blackout(sources_reader *r, const alm_yaml_node *node);
alm_status sources_read_max_time(sources_reader *r, const alm_yaml_node *node);
/* What can be told only when all keys of a source are read: the time zone that nobody named, hours that never end. */
alm_status sources_settle_schedule(sources_reader *r, const alm_yaml_node *node);
void sources_free_zones(alm_sources *sources);

#endif
