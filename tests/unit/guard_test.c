#include "crawler/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/un.h>

#include <cmocka.h>

static alm_address_class classify(const char *text) {
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) return alm_guard_classify((const struct sockaddr *)&ipv4);
    assert_int_equal(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
    return alm_guard_classify((const struct sockaddr *)&ipv6);
}

/* First and last of each range, and their neighbours outside. */
static void classifies_addresses(void **state) {
    static const struct {
        const char *address;
        alm_address_class class;
    } rows[] = {
        {"0.0.0.0", ALM_ADDRESS_UNSPECIFIED},
        {"0.255.255.255", ALM_ADDRESS_UNSPECIFIED},
        {"1.0.0.0", ALM_ADDRESS_PUBLIC},
        {"9.255.255.255", ALM_ADDRESS_PUBLIC},
        {"10.0.0.0", ALM_ADDRESS_PRIVATE},
        {"10.255.255.255", ALM_ADDRESS_PRIVATE},
        {"11.0.0.0", ALM_ADDRESS_PUBLIC},
        {"100.63.255.255", ALM_ADDRESS_PUBLIC},
        {"100.64.0.0", ALM_ADDRESS_SHARED},
        {"100.127.255.255", ALM_ADDRESS_SHARED},
        {"100.128.0.0", ALM_ADDRESS_PUBLIC},
        {"127.0.0.1", ALM_ADDRESS_LOOPBACK},
        {"127.255.255.255", ALM_ADDRESS_LOOPBACK},
        {"128.0.0.0", ALM_ADDRESS_PUBLIC},
        {"169.254.169.254", ALM_ADDRESS_LINK_LOCAL},
        {"169.255.0.0", ALM_ADDRESS_PUBLIC},
        {"172.15.255.255", ALM_ADDRESS_PUBLIC},
        {"172.16.0.0", ALM_ADDRESS_PRIVATE},
        {"172.31.255.255", ALM_ADDRESS_PRIVATE},
        {"172.32.0.0", ALM_ADDRESS_PUBLIC},
        {"192.0.0.1", ALM_ADDRESS_RESERVED},
        {"192.0.1.1", ALM_ADDRESS_PUBLIC},
        {"192.0.2.1", ALM_ADDRESS_RESERVED},
        {"192.88.99.1", ALM_ADDRESS_RESERVED},
        {"192.168.0.0", ALM_ADDRESS_PRIVATE},
        {"192.168.255.255", ALM_ADDRESS_PRIVATE},
        {"192.169.0.0", ALM_ADDRESS_PUBLIC},
        {"198.18.0.0", ALM_ADDRESS_RESERVED},
        {"198.19.255.255", ALM_ADDRESS_RESERVED},
        {"198.20.0.0", ALM_ADDRESS_PUBLIC},
        {"198.51.100.7", ALM_ADDRESS_RESERVED},
        {"203.0.113.7", ALM_ADDRESS_RESERVED},
        {"223.255.255.255", ALM_ADDRESS_PUBLIC},
        {"224.0.0.1", ALM_ADDRESS_MULTICAST},
        {"239.255.255.255", ALM_ADDRESS_MULTICAST},
        {"240.0.0.1", ALM_ADDRESS_RESERVED},
        {"255.255.255.255", ALM_ADDRESS_MULTICAST},
        {"::", ALM_ADDRESS_UNSPECIFIED},
        {"::1", ALM_ADDRESS_LOOPBACK},
        {"::2", ALM_ADDRESS_UNSPECIFIED},
        {"::127.0.0.1", ALM_ADDRESS_LOOPBACK},
        {"::ffff:127.0.0.1", ALM_ADDRESS_LOOPBACK},
        {"::ffff:10.1.2.3", ALM_ADDRESS_PRIVATE},
        {"::ffff:8.8.8.8", ALM_ADDRESS_PUBLIC},
        {"64:ff9b::192.168.1.1", ALM_ADDRESS_PRIVATE},
        {"64:ff9b::8.8.8.8", ALM_ADDRESS_PUBLIC},
        {"64:ff9b:1::1", ALM_ADDRESS_PRIVATE},
        {"100::1", ALM_ADDRESS_RESERVED},
        {"2001::1", ALM_ADDRESS_RESERVED},
        {"2001:1ff:ffff::1", ALM_ADDRESS_RESERVED},
        {"2001:200::1", ALM_ADDRESS_PUBLIC},
        {"2001:db8::1", ALM_ADDRESS_RESERVED},
        {"2002:7f00:1::1", ALM_ADDRESS_LOOPBACK},
        {"2002:808:808::1", ALM_ADDRESS_PUBLIC},
        {"2400:3200::1", ALM_ADDRESS_PUBLIC},
        {"3fff::1", ALM_ADDRESS_RESERVED},
        {"3fff:1000::1", ALM_ADDRESS_PUBLIC},
        {"4000::1", ALM_ADDRESS_RESERVED},
        {"fbff::1", ALM_ADDRESS_RESERVED},
        {"fc00::1", ALM_ADDRESS_PRIVATE},
        {"fdff::1", ALM_ADDRESS_PRIVATE},
        {"fe80::1", ALM_ADDRESS_LINK_LOCAL},
        {"febf::1", ALM_ADDRESS_LINK_LOCAL},
        {"fec0::1", ALM_ADDRESS_PRIVATE},
        {"ff02::1", ALM_ADDRESS_MULTICAST},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        alm_address_class class = classify(rows[i].address);
        if (class != rows[i].class)
            fail_msg("%s is %s, expected %s", rows[i].address, alm_address_class_name(class),
                     alm_address_class_name(rows[i].class));
    }
}

static void knows_no_other_family(void **state) {
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    (void)state;
    assert_int_equal(alm_guard_classify((const struct sockaddr *)&local), ALM_ADDRESS_UNKNOWN);
}

static void knows_hosts_that_are_addresses(void **state) {
    static const struct {
        const char *host;
        alm_address_class class;
    } rows[] = {{"127.0.0.1", ALM_ADDRESS_LOOPBACK},     {"[::1]", ALM_ADDRESS_LOOPBACK},
                {"[::ffff:a00:1]", ALM_ADDRESS_PRIVATE}, {"10.0.0.1.", ALM_ADDRESS_PRIVATE},
                {"localhost", ALM_ADDRESS_LOOPBACK},     {"a.localhost.", ALM_ADDRESS_LOOPBACK},
                {"8.8.8.8", ALM_ADDRESS_PUBLIC},         {"10.example.org", ALM_ADDRESS_PUBLIC},
                {"[nonsense]", ALM_ADDRESS_UNKNOWN},     {"", ALM_ADDRESS_PUBLIC}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(alm_guard_classify_host(alm_str_of(rows[i].host)), rows[i].class);
}

static void allows_by_class(void **state) {
    (void)state;
    for (int class = ALM_ADDRESS_PUBLIC; class <= ALM_ADDRESS_UNKNOWN; class ++) {
        assert_int_equal(alm_guard_allows((alm_address_class) class, false), class == ALM_ADDRESS_PUBLIC);
        assert_int_equal(alm_guard_allows((alm_address_class) class, true), class <= ALM_ADDRESS_SHARED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classifies_addresses),
        cmocka_unit_test(knows_no_other_family),
        cmocka_unit_test(knows_hosts_that_are_addresses),
        cmocka_unit_test(allows_by_class),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
