/* Which addresses are of the open internet (RFC 6890), and which hosts may be. */
#include "net/address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *address;
    bool is_public;
} CASES[] = {
    {"8.8.8.8", true},
    {"93.184.216.34", true},
    {"0.0.0.0", false},
    {"10.1.2.3", false},
    {"100.64.0.1", false},
    {"100.128.0.1", true},
    {"127.0.0.1", false},
    {"127.255.255.254", false},
    {"169.254.169.254", false},
    {"172.15.255.255", true},
    {"172.16.0.1", false},
    {"172.31.255.255", false},
    {"172.32.0.1", true},
    {"192.0.2.7", false},
    {"192.168.1.1", false},
    {"198.18.0.1", false},
    {"198.20.0.1", true},
    {"198.51.100.1", false},
    {"203.0.113.9", false},
    {"224.0.0.1", false},
    {"255.255.255.255", false},
    {"2606:2800:220::1", true},
    {"::1", false},
    {"::", false},
    {"::ffff:10.0.0.1", false},
    {"::ffff:8.8.8.8", true},
    {"64:ff9b::7f00:1", false},
    {"fe80::1", false},
    {"fd00::1", false},
    {"ff02::1", false},
    {"2001:db8::1", false},
    {"2001::1", false},
    {"2002:7f00:1::", false},
    {"2002:808:808::", true},
    {"100::1", false},
};

static void only_the_open_internet_is_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        bool six = strchr(CASES[i].address, ':'), is_public;
        char host[80];

        assert_int_equal(
            inet_pton(six ? AF_INET6 : AF_INET, CASES[i].address, six ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr),
            1);
        is_public = address_is_public(six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4);
        snprintf(host, sizeof host, six ? "[%s]" : "%s", CASES[i].address);
        if (is_public != CASES[i].is_public || host_may_be_public(host) != is_public)
            fail_msg("%s", CASES[i].address);
    }
    assert_true(host_may_be_public("programma.example"));
    assert_false(host_may_be_public("localhost"));
    assert_false(host_may_be_public("altro.localhost"));
    assert_false(host_may_be_public("[non un indirizzo]"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_open_internet_is_public)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
