/* net/client_url.c: where a request may go. */
#include "base/log.h"
#include "base/text.h"
#include "net/client_parts.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static bool is_loopback(const char *host)
{
    struct in_addr v4;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(host, "[::1]") == 0 || strcmp(host, "localhost") == 0;
}

static char *part(void *mem, CURLU *url, CURLUPart which, unsigned flags)
{
    char *text = NULL, *copy = NULL;

    if (curl_url_get(url, which, &text, flags) == CURLUE_OK)
        copy = talloc_strdup(mem, text);
    curl_free(text);
    return copy;
}

enum outcome target_read(void *mem, const char *url, struct target *target)
{
    struct client_url *parts = &target->parts;
    const char *host, *port;

    if (!(target->url = curl_url()))
        return log_broken("client.memory");
    if (strlen(url) > 4000 || curl_url_set(target->url, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK)
        return REFUSED;
    parts->scheme = part(mem, target->url, CURLUPART_SCHEME, 0);
    host = part(mem, target->url, CURLUPART_HOST, 0);
    port = part(mem, target->url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    parts->path = part(mem, target->url, CURLUPART_PATH, 0);
    if (!parts->scheme || !host || !port || !parts->path)
        return REFUSED;
    parts->host = text_lower(mem, host);
    parts->port = atoi(port);
    return DONE;
}

enum outcome client_url_read(void *mem, const char *url, struct client_url *parts)
{
    struct target target = {0};
    enum outcome outcome = target_read(mem, url, &target);

    curl_url_cleanup(target.url);
    *parts = target.parts;
    return outcome;
}

bool client_url_allowed(const struct client_url *parts)
{
    return strcmp(parts->scheme, "https") == 0 || (strcmp(parts->scheme, "http") == 0 && is_loopback(parts->host));
}
