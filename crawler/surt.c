#include "crawler/surt.h"

alm_status alm_surt_add(alm_buf *out, alm_str url) {
    size_t start = alm_str_find(url, ALM_STR("://"), 0);
    start = start == SIZE_MAX ? 0 : start + 3;
    size_t path = alm_str_find(url, ALM_STR("/"), start);
    if (path == SIZE_MAX) path = url.len;
    alm_str authority = alm_str_slice(url, start, path);
    size_t port = authority.len;
    while (port > 0 && authority.ptr[port - 1] >= '0' && authority.ptr[port - 1] <= '9') port--;
    bool has_port = port > 0 && port < authority.len && authority.ptr[port - 1] == ':';
    alm_str host = has_port ? alm_str_slice(authority, 0, port - 1) : authority;
    bool is_address =
        host.len && (host.ptr[0] == '[' || (host.ptr[host.len - 1] >= '0' && host.ptr[host.len - 1] <= '9'));
    if (is_address) {
        alm_buf_add(out, host);
    } else {
        for (size_t end = host.len; end > 0;) {
            size_t dot = end;
            while (dot > 0 && host.ptr[dot - 1] != '.') dot--;
            alm_buf_add(out, alm_str_slice(host, dot, end));
            if (dot == 0) break;
            alm_buf_add_byte(out, ',');
            end = dot - 1;
        }
    }
    if (has_port) {
        alm_buf_add_byte(out, ':');
        alm_buf_add(out, alm_str_slice(authority, port, authority.len));
    }
    alm_buf_add_byte(out, ')');
    return alm_buf_add(out, path < url.len ? alm_str_slice(url, path, url.len) : ALM_STR("/"));
}
