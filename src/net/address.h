/* net/address.h: which addresses are of the open internet. What others have us call (webhooks) may be nothing of our own network: no
 * loopback, private, link-local, shared, reserved, documentation or multicast address, nor one that stands for such (RFC 6890). */
#pragma once

#include <stdbool.h>

struct sockaddr;
bool address_is_public(const struct sockaddr *address);
/* The same of a host as it stands in an address ("192.0.2.1", "[::1]"); true for a name, of which nothing is known yet, but "localhost". */
bool host_may_be_public(const char *host);
