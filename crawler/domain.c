#include "crawler/domain.h"

#include <libpsl.h>

#include "base/utf8.h"

/* The one file that knows libpsl. Its built-in list is static data and is never freed. */

bool alm_domain_is_address(alm_str host) {
    if (host.len && host.ptr[0] == '[') return true;
    size_t dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == '.')
            dots++;
        else if (host.ptr[i] < '0' || host.ptr[i] > '9')
            return false;
    }
    return dots == 3;
}

alm_str alm_domain_of(alm_str host) {
    char name[256];
    while (host.len > 1 && host.ptr[host.len - 1] == '.') host.len--;
    if (host.len == 0 || host.len >= sizeof name || alm_domain_is_address(host)) return host;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    const psl_ctx_t *list = psl_builtin();
    const char *domain = list ? psl_registrable_domain(list, name) : NULL;
    return domain ? alm_str_slice(host, (size_t)(domain - name), host.len) : host;
}

bool alm_domain_is_same(alm_str a, alm_str b) { return alm_str_is(alm_domain_of(a), alm_domain_of(b)); }
