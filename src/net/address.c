#include "net/address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uint32_t network;
    int bits;
} OURS[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
    {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
};

static bool v4_public(uint32_t address)
{
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        if ((address ^ OURS[i].network) >> (32 - OURS[i].bits) == 0)
            return false;
    return true;
}

static uint32_t four(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Only 2000::/3 is given out at all. */
static bool v6_public(const unsigned char *b)
{
    static const unsigned char MAPPED[12] = {[10] = 0xFF, [11] = 0xFF};
    static const unsigned char NAT64[12] = {0x00, 0x64, 0xFF, 0x9B};

    if (memcmp(b, MAPPED, 12) == 0 || memcmp(b, NAT64, 12) == 0)
        return v4_public(four(b + 12));
    if (b[0] >> 5 != 1)
        return false;
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 */
        return v4_public(four(b + 2));
    if (b[0] == 0x20 && b[1] == 0x01 && (b[2] >> 1 == 0 || (b[2] == 0x0D && b[3] == 0xB8)))
        return false; /* protocol assignments, Teredo among them; documentation */
    return true;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return v4_public(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return v6_public(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}

bool host_may_be_public(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    char bare[64];
    size_t length = strlen(host);

    if (strcmp(host, "localhost") == 0 || (length > 10 && strcmp(host + length - 10, ".localhost") == 0))
        return false;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return v4_public(ntohl(v4.s_addr));
    if (host[0] != '[')
        return true;
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(host + 1, "]%"), host + 1);
    return inet_pton(AF_INET6, bare, &v6) == 1 && v6_public(v6.s6_addr);
}
