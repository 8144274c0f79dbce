/* link/webhook.h: the sender of webhooks (shop/ports.h), over HTTP. */
#pragma once

#include "shop/ports.h"

/* `inside`: may also go to addresses of our own network, and over http on loopback: the demonstration, or where the settings say so. */
enum outcome webhooks_open(void *mem, bool inside, struct webhook_sender *sender, struct problem *why) must_check;
