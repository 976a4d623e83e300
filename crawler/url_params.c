#include "crawler/url_priv.h"

/* Parameters that identify no page. A name ends in '*' where any rest will do. */

typedef enum noise {
    NOISE,          /* always */
    NOISE_IF_TOKEN, /* where the value looks like a session key; else the name may well select a page */
    NOISE_IF_TIME   /* where the value is a time in milliseconds or a fraction: made against caches */
} noise;

typedef struct param {
    const char *name; /* lower case */
    noise when;
} param;

static const param params[] = {
    /* sessions: Java Servlet 7.1.3, PHP session.name, ASP, ColdFusion cfid/cftoken, osCommerce, Zen Cart */
    {"jsessionid", NOISE},
    {"phpsessid", NOISE},
    {"aspsessionid*", NOISE},
    {"asp.net_sessionid", NOISE},
    {"cftoken", NOISE},
    {"oscsid", NOISE},
    {"zenid", NOISE},
    {"sessionid", NOISE_IF_TOKEN},
    {"session_id", NOISE_IF_TOKEN},
    {"sessid", NOISE_IF_TOKEN},
    {"cfid", NOISE_IF_TOKEN},
    {"sid", NOISE_IF_TOKEN},
    /* Google: Analytics campaign parameters, Ads auto-tagging */
    {"utm_*", NOISE},
    {"gclid", NOISE},
    {"gclsrc", NOISE},
    {"dclid", NOISE},
    {"gbraid", NOISE},
    {"wbraid", NOISE},
    {"_ga", NOISE},
    {"_gl", NOISE},
    /* click ids of Meta, Microsoft Advertising, Yandex, X; Mailchimp, HubSpot, Matomo campaigns */
    {"fbclid", NOISE},
    {"msclkid", NOISE},
    {"yclid", NOISE},
    {"twclid", NOISE},
    {"igshid", NOISE},
    {"_openstat", NOISE},
    {"mc_cid", NOISE},
    {"mc_eid", NOISE},
    {"_hsenc", NOISE},
    {"_hsmi", NOISE},
    {"mtm_*", NOISE},
    {"pk_campaign", NOISE},
    {"pk_kwd", NOISE},
    /* Baidu: Tongji hm_*, search ads; Alibaba scm; Weixin and Weibo sharing */
    {"hmsr", NOISE},
    {"hmpl", NOISE},
    {"hmcu", NOISE},
    {"hmkw", NOISE},
    {"hmci", NOISE},
    {"bd_vid", NOISE},
    {"bdmskeyword", NOISE},
    {"spm", NOISE},
    {"scm", NOISE_IF_TOKEN},
    {"nsukey", NOISE},
    {"isappinstalled", NOISE},
    {"wechat_redirect", NOISE},
    {"share_token", NOISE},
    {"sharer_shareid", NOISE},
    {"sharer_sharetime", NOISE},
    {"weibo_id", NOISE},
    /* jQuery's ajax option cache: false, and hand-made kin */
    {"_", NOISE_IF_TIME},
    {"_t", NOISE_IF_TIME},
    {"timestamp", NOISE_IF_TIME},
    {"rnd", NOISE_IF_TIME},
    {"rand", NOISE_IF_TIME},
    {"random", NOISE_IF_TIME},
    {"nocache", NOISE_IF_TIME},
};

/** Does @p name match @p pattern, without case, '*' at its end standing for any rest? */
static bool matches(alm_str name, alm_str pattern) {
    if (pattern.len && pattern.ptr[pattern.len - 1] == '*') {
        pattern.len--;
        return name.len >= pattern.len && alm_str_is_nocase(alm_str_slice(name, 0, pattern.len), pattern);
    }
    return alm_str_is_nocase(name, pattern);
}

static bool is_listed(alm_str name, const alm_str *patterns, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (matches(name, patterns[i])) return true;
    return false;
}

/** Letters and digits of a length that no number or word of a site has. */
static bool looks_like_token(alm_str value) {
    bool digits = false;
    if (value.len < 16) return false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!alm_url_is_alpha(c) && !alm_url_is_digit(c) && !strchr("-_.,!", c)) return false;
        digits = digits || alm_url_is_digit(c);
    }
    return digits;
}

/** "1589212345678" or "0.8231232131". */
static bool looks_like_time(alm_str value) {
    bool fraction = value.len > 2 && value.ptr[0] == '0' && value.ptr[1] == '.';
    for (size_t i = fraction ? 2 : 0; i < value.len; i++)
        if (!alm_url_is_digit(value.ptr[i])) return false;
    return fraction ? value.len >= 8 : value.len == 13;
}

static bool is_built_in(alm_str name, alm_str value) {
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        if (params[i].name[0] != alm_url_lower(name.ptr[0]) || !matches(name, alm_str_of(params[i].name))) continue;
        switch (params[i].when) {
        case NOISE: return true;
        case NOISE_IF_TOKEN: return looks_like_token(value);
        case NOISE_IF_TIME: return looks_like_time(value);
        }
    }
    return false;
}

bool alm_url_param_is_noise(alm_str name, alm_str value, const alm_url_canon_options *options) {
    if (name.len == 0) return true;
    if (options && is_listed(name, options->keep_params, options->keep_params_count)) return false;
    if (options && is_listed(name, options->drop_params, options->drop_params_count)) return true;
    if (options && options->without_built_in) return false;
    return is_built_in(name, value);
}
