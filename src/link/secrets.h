/* link/secrets.h: what brands' files never hold: keys of providers and of webmails. A secret is the content of the file BRAND.NAME in
 * the folder of secrets (last line end dropped), or else the environment variable CASELLA_BRAND_NAME, in capitals, '_' for '.' and
 * '-'. */
#pragma once

#include "shop/brand.h"
#include "shop/ports.h"

#define SECRET_MOST 4096

/* `name` as "axerve.api_key"; `folder` NULL: the environment alone. *secret, owned by `mem`, NULL where there is none. REFUSED when a
 * file cannot be read, is empty, or holds more than a line. */
enum outcome secret_find(void *mem, const char *folder, const char *brand, const char *name, const char **secret,
                         struct problem *why) must_check;

/* webmail.key of each brand that has one. REFUSED also for one that is too short. */
enum outcome webmails_open(void *mem, const struct brands *brands, const char *folder, struct webmails *webmails,
                           struct problem *why) must_check;
