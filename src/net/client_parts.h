/* net/client_parts.h: what the files of the HTTP client share. */
#pragma once

#include "net/client.h"
#include <curl/curl.h>

/* A URL taken apart once: what is checked is what libcurl then uses. */
struct target {
    CURLU *url; /* to be cleaned up, whatever the outcome */
    struct client_url parts;
};

/* REFUSED: no URL, or one with a user's name in it. */
enum outcome target_read(void *mem, const char *url, struct target *target) must_check;
