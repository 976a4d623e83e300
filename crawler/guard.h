/**
 * The address guard: which network addresses a crawler may talk to.
 *
 * A page names the next host to visit, so without a guard a page could send us to the router, the cloud's metadata
 * service or our own database. The check is on the address of the socket that is about to be opened, after DNS and
 * after every redirect: a name proves nothing.
 */
#ifndef ALM_CRAWLER_GUARD_H
#define ALM_CRAWLER_GUARD_H

#include "base/base.h"

struct sockaddr;

/** By the IANA special-purpose registries (RFC 6890 and its updates). */
typedef enum alm_address_class {
    ALM_ADDRESS_PUBLIC,
    ALM_ADDRESS_LOOPBACK,    /**< 127.0.0.0/8, ::1 */
    ALM_ADDRESS_PRIVATE,     /**< RFC 1918, unique local fc00::/7, site-local fec0::/10 */
    ALM_ADDRESS_LINK_LOCAL,  /**< 169.254.0.0/16 (cloud metadata lives here), fe80::/10 */
    ALM_ADDRESS_SHARED,      /**< carrier-grade NAT, 100.64.0.0/10 (RFC 6598) */
    ALM_ADDRESS_UNSPECIFIED, /**< 0.0.0.0/8, ::  (Linux connects these to itself) */
    ALM_ADDRESS_MULTICAST,   /**< 224.0.0.0/4, ff00::/8, 255.255.255.255 */
    ALM_ADDRESS_RESERVED,    /**< documentation, benchmarking, protocol assignments, future use */
    ALM_ADDRESS_UNKNOWN      /**< another family than IPv4 and IPv6 */
} alm_address_class;

/** "public", "loopback", "private", …; never NULL. Static storage. */
const char *alm_address_class_name(alm_address_class class);

/**
 * The class of @p address. An IPv6 address that wraps an IPv4 one (mapped ::ffff:0:0/96, compatible ::/96, NAT64
 * 64:ff9b::/96, 6to4 2002::/16) has the class of what it wraps.
 */
alm_address_class alm_guard_classify(const struct sockaddr *address);

/**
 * The class of a URL's @p host where it is an address ("127.0.0.1", "[::1]") or a name of this machine ("localhost",
 * "x.localhost"); else public: what a name stands for, DNS tells. For proxies, behind which no address is seen.
 */
alm_address_class alm_guard_classify_host(alm_str host);

/**
 * May a connection to an address of @p class be opened? Public: yes. Loopback, private, link-local, shared: where
 * @p allow_private. All others: never.
 */
bool alm_guard_allows(alm_address_class class, bool allow_private);

#endif
