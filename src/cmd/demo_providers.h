/* cmd/demo_providers.h: the payment providers of the demonstration: for each that a brand names, a sandbox on loopback that speaks
 * its protocol, and the link set up with it as with the real one. */
#pragma once

#include "cmd/cmd.h"

struct demo_providers;

/* Before the shop is served: starts them and sets shop.gateways, which the brands' files then no longer decide. Needs the simulated
 * database to be open. */
enum outcome demo_providers_start(struct cmd *cmd, struct demo_providers **providers) must_check;
/* Once the shop's own address is known: where they notify. */
void demo_providers_notify(struct demo_providers *providers, const struct shop *shop);
void demo_providers_stop(struct demo_providers *providers);

/* For the terminal: "Banca Sella (visura)", "http://127.0.0.1:40001"; false past the last. */
struct demo_provider_line {
    const char *brand, *provider, *origin;
};
bool demo_provider_at(const struct demo_providers *providers, size_t i, struct demo_provider_line *line);
