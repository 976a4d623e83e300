#include "crawler/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

const char *alm_address_class_name(alm_address_class class) {
    switch (class) {
    case ALM_ADDRESS_PUBLIC: return "public";
    case ALM_ADDRESS_LOOPBACK: return "loopback";
    case ALM_ADDRESS_PRIVATE: return "private";
    case ALM_ADDRESS_LINK_LOCAL: return "link-local";
    case ALM_ADDRESS_SHARED: return "shared";
    case ALM_ADDRESS_UNSPECIFIED: return "unspecified";
    case ALM_ADDRESS_MULTICAST: return "multicast";
    case ALM_ADDRESS_RESERVED: return "reserved";
    case ALM_ADDRESS_UNKNOWN: break;
    }
    return "unknown";
}

bool alm_guard_allows(alm_address_class class, bool allow_private) {
    switch (class) {
    case ALM_ADDRESS_PUBLIC: return true;
    case ALM_ADDRESS_LOOPBACK:
    case ALM_ADDRESS_PRIVATE:
    case ALM_ADDRESS_LINK_LOCAL:
    case ALM_ADDRESS_SHARED: return allow_private;
    case ALM_ADDRESS_UNSPECIFIED:
    case ALM_ADDRESS_MULTICAST:
    case ALM_ADDRESS_RESERVED:
    case ALM_ADDRESS_UNKNOWN: break;
    }
    return false;
}

/* IANA IPv4 special-purpose address registry, all that is not globally reachable; first match wins */
static const struct {
    uint32_t net;
    uint8_t bits;
    alm_address_class class;
} ipv4_ranges[] = {
    {0x00000000, 8, ALM_ADDRESS_UNSPECIFIED}, /* 0.0.0.0/8 this network */
    {0x0A000000, 8, ALM_ADDRESS_PRIVATE},     /* 10.0.0.0/8 */
    {0x64400000, 10, ALM_ADDRESS_SHARED},     /* 100.64.0.0/10 */
    {0x7F000000, 8, ALM_ADDRESS_LOOPBACK},    /* 127.0.0.0/8 */
    {0xA9FE0000, 16, ALM_ADDRESS_LINK_LOCAL}, /* 169.254.0.0/16 */
    {0xAC100000, 12, ALM_ADDRESS_PRIVATE},    /* 172.16.0.0/12 */
    {0xC0000000, 24, ALM_ADDRESS_RESERVED},   /* 192.0.0.0/24 protocol assignments */
    {0xC0000200, 24, ALM_ADDRESS_RESERVED},   /* 192.0.2.0/24 documentation */
    {0xC0586300, 24, ALM_ADDRESS_RESERVED},   /* 192.88.99.0/24 6to4 relay anycast, deprecated */
    {0xC0A80000, 16, ALM_ADDRESS_PRIVATE},    /* 192.168.0.0/16 */
    {0xC6120000, 15, ALM_ADDRESS_RESERVED},   /* 198.18.0.0/15 benchmarking */
    {0xC6336400, 24, ALM_ADDRESS_RESERVED},   /* 198.51.100.0/24 documentation */
    {0xCB007100, 24, ALM_ADDRESS_RESERVED},   /* 203.0.113.0/24 documentation */
    {0xE0000000, 4, ALM_ADDRESS_MULTICAST},   /* 224.0.0.0/4 */
    {0xFFFFFFFF, 32, ALM_ADDRESS_MULTICAST},  /* 255.255.255.255 limited broadcast */
    {0xF0000000, 4, ALM_ADDRESS_RESERVED},    /* 240.0.0.0/4 future use */
};

static alm_address_class classify_ipv4(uint32_t address) {
    for (size_t i = 0; i < sizeof ipv4_ranges / sizeof ipv4_ranges[0]; i++)
        if ((address ^ ipv4_ranges[i].net) >> (32 - ipv4_ranges[i].bits) == 0) return ipv4_ranges[i].class;
    return ALM_ADDRESS_PUBLIC;
}

/* IANA IPv6 special-purpose address registry */
static const struct {
    uint8_t net[16];
    uint8_t bits;
    alm_address_class class;
} ipv6_ranges[] = {
    {{[15] = 1}, 128, ALM_ADDRESS_LOOPBACK},                      /* ::1 */
    {{0}, 128, ALM_ADDRESS_UNSPECIFIED},                          /* :: */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 1}, 48, ALM_ADDRESS_PRIVATE}, /* 64:ff9b:1::/48 local NAT64 (RFC 8215) */
    {{0x01}, 64, ALM_ADDRESS_RESERVED},                           /* 100::/64 discard */
    {{0x20, 0x01}, 23, ALM_ADDRESS_RESERVED},                     /* 2001::/23 protocol assignments, with Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, ALM_ADDRESS_RESERVED},         /* 2001:db8::/32 documentation */
    {{0x3f, 0xff}, 20, ALM_ADDRESS_RESERVED},                     /* 3fff::/20 documentation (RFC 9637) */
    {{0x5f, 0x00}, 16, ALM_ADDRESS_RESERVED},                     /* 5f00::/16 segment routing (RFC 9602) */
    {{0xfc}, 7, ALM_ADDRESS_PRIVATE},                             /* fc00::/7 unique local */
    {{0xfe, 0x80}, 10, ALM_ADDRESS_LINK_LOCAL},                   /* fe80::/10 */
    {{0xfe, 0xc0}, 10, ALM_ADDRESS_PRIVATE},                      /* fec0::/10 site-local, deprecated (RFC 3879) */
    {{0xff}, 8, ALM_ADDRESS_MULTICAST},                           /* ff00::/8 */
};

static bool has_prefix(const uint8_t *address, const uint8_t *net, unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(address, net, whole) != 0) return false;
    return rest == 0 || (address[whole] ^ net[whole]) >> (8 - rest) == 0;
}

static uint32_t ipv4_at(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static alm_address_class classify_ipv6(const uint8_t *address) {
    static const uint8_t zero[16], mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0x00, 0x64, 0xff, 0x9b},
                                   six_to_four[2] = {0x20, 0x02};
    for (size_t i = 0; i < sizeof ipv6_ranges / sizeof ipv6_ranges[0]; i++)
        if (has_prefix(address, ipv6_ranges[i].net, ipv6_ranges[i].bits)) return ipv6_ranges[i].class;
    if (has_prefix(address, mapped, 96) || has_prefix(address, nat64, 96) || has_prefix(address, zero, 96))
        return classify_ipv4(ipv4_at(address + 12));
    if (has_prefix(address, six_to_four, 16)) return classify_ipv4(ipv4_at(address + 2));
    /* global unicast is 2000::/3 alone; the rest is not assigned */
    return address[0] >> 5 == 1 ? ALM_ADDRESS_PUBLIC : ALM_ADDRESS_RESERVED;
}

alm_address_class alm_guard_classify_host(alm_str host) {
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];
    while (host.len && host.ptr[host.len - 1] == '.') host.len--;
    if (alm_str_is_nocase(host, ALM_STR("localhost")) || alm_str_ends(host, ALM_STR(".localhost")))
        return ALM_ADDRESS_LOOPBACK;
    bool bracketed = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (bracketed) host = alm_str_slice(host, 1, host.len - 1);
    if (host.len >= sizeof text) return ALM_ADDRESS_PUBLIC;
    snprintf(text, sizeof text, "%.*s", ALM_FMT(host));
    if (bracketed) return inet_pton(AF_INET6, text, address) == 1 ? classify_ipv6(address) : ALM_ADDRESS_UNKNOWN;
    return inet_pton(AF_INET, text, address) == 1 ? classify_ipv4(ipv4_at(address)) : ALM_ADDRESS_PUBLIC;
}

alm_address_class alm_guard_classify(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof ipv4);
        return classify_ipv4(ntohl(ipv4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof ipv6);
        return classify_ipv6(ipv6.sin6_addr.s6_addr);
    }
    return ALM_ADDRESS_UNKNOWN;
}
