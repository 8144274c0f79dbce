#include "base/i18n.h"
#include "net/http_parts.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

static struct exchange *exchange_of(const struct http_request *req)
{
    return (struct exchange *)(uintptr_t)req;
}

/* ---- What handlers ask ---- */

const char *http_parameter(const struct http_request *req, const char *name)
{
    const struct http_match *match = &exchange_of(req)->match;

    for (size_t i = 0; match->route && i < match->count; i++)
        if (strcmp(match->names[i], name) == 0)
            return match->values[i];
    return NULL;
}

const char *http_header(const struct http_request *req, const char *name)
{
    return MHD_lookup_connection_value(exchange_of(req)->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(const struct http_request *req, const char *name)
{
    const char *at = http_header(req, "Cookie");
    size_t length = strlen(name);

    while (at && *at) {
        at += strspn(at, " \t;");
        if (strncmp(at, name, length) == 0 && at[length] == '=') {
            const char *value = at + length + 1;
            size_t size = strcspn(value, "; \t");

            if (size >= 2 && value[0] == '"' && value[size - 1] == '"')
                value++, size -= 2;
            return text_is_plain(value, size) ? talloc_strndup(req->mem, value, size) : NULL;
        }
        at += strcspn(at, ";");
    }
    return NULL;
}

const struct problem *http_refusal(const struct http_request *req)
{
    const struct exchange *x = exchange_of(req);

    return x->refused ? &x->refusal : NULL;
}

/* ---- Header lines ---- */

bool header_has_type(const char *value, const char *type)
{
    size_t length = strlen(type);

    return value && strncasecmp(value, type, length) == 0 && strchr(" \t;", value[length]);
}

bool accepts_gzip(const struct http_request *req)
{
    const char *at = http_header(req, "Accept-Encoding");

    while (at && *at) {
        size_t length;

        at += strspn(at, " \t,");
        length = strcspn(at, ",");
        if (strncasecmp(at, "gzip", 4) == 0 && strchr(" \t,;", at[4])) {
            const char *q = memmem(at, length, "q=", 2);

            /* q=0, q=0.0, q=0.000: refused */
            return !q || q[2] != '0' ||
                   (q[3] == '.' && q[4 + strspn(q + 4, "0")] >= '1' && q[4 + strspn(q + 4, "0")] <= '9');
        }
        at += length;
    }
    return false;
}

struct header_count {
    size_t lines, hosts, lengths;
    bool too_long, chunked;
};

static enum MHD_Result count_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct header_count *count = arg;

    (void)kind;
    count->lines++;
    count->hosts += strcasecmp(name, "Host") == 0;
    count->lengths += strcasecmp(name, "Content-Length") == 0;
    count->chunked |= strcasecmp(name, "Transfer-Encoding") == 0;
    count->too_long |= strlen(name) + (value ? strlen(value) : 0) > HTTP_HEADER_BYTES;
    return MHD_YES;
}

static enum outcome set_host(struct exchange *x)
{
    const char *value = http_header(&x->req, "Host");
    size_t length;
    char *host;

    if (!value || !*value)
        return DONE;
    length = *value == '[' ? strcspn(value, "]") + 1 : strcspn(value, ":");
    if (length > strlen(value) || length > 253)
        return exchange_refuse(x, PROBLEM_BAD_REQUEST, "Host");
    host = talloc_strndup(x->req.mem, value, length);
    for (char *p = host; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
        if (!strchr(*host == '[' ? "[]0123456789abcdef:." : "abcdefghijklmnopqrstuvwxyz0123456789-._", *p))
            return exchange_refuse(x, PROBLEM_BAD_REQUEST, "Host");
    }
    if (length && host[length - 1] == '.')
        host[length - 1] = '\0';
    x->req.host = host;
    return DONE;
}

static const char *peer(struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";

    if (info && info->client_addr && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof text);
    else if (info && info->client_addr && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text,
                  sizeof text);
    return talloc_strdup(x->req.mem, strncmp(text, "::ffff:", 7) == 0 && strchr(text, '.') ? text + 7 : text);
}

/* Only the last address is our proxy's word; those before it are whatever the client liked to write. */
static void believe_proxy(struct exchange *x)
{
    const char *list = http_header(&x->req, "X-Forwarded-For");
    const char *protocol = http_header(&x->req, "X-Forwarded-Proto");
    unsigned char address[sizeof(struct in6_addr)];

    if (list) {
        const char *last = strrchr(list, ',');
        char *text = text_trim(x->req.mem, last ? last + 1 : list);

        if (inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1)
            x->req.client = text;
    }
    x->req.secure = protocol && strcasecmp(protocol, "https") == 0;
}

enum outcome request_headers(struct exchange *x, const char *method)
{
    static const char *const METHODS[] = {[HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_DELETE] = "DELETE"};
    struct header_count count = {0};
    size_t known = 0;

    snprintf(x->method, sizeof x->method, "%s", text_is_plain(method, strlen(method)) ? method : "?");
    while (known < count_of(METHODS) && strcmp(METHODS[known], strcmp(method, "HEAD") == 0 ? "GET" : method) != 0)
        known++;
    x->req.method = known < count_of(METHODS) ? (enum http_method)known : HTTP_HEAD;
    x->req.client = peer(x);
    if (x->server->options.trust_proxy)
        believe_proxy(x);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_header, &count);
    if (count.lines > HTTP_HEADERS || count.too_long)
        return exchange_refuse(x, PROBLEM_BAD_REQUEST, "troppe intestazioni");
    /* Two framings of one body are how requests get smuggled past a proxy. */
    if (count.hosts > 1 || count.lengths > 1 || (count.lengths && count.chunked))
        return exchange_refuse(x, PROBLEM_BAD_REQUEST, N_("intestazioni in contrasto"));
    return set_host(x);
}

/* ---- The path ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* An encoded slash could not be told from a real one afterwards, so it is refused and the path decoded as a whole. */
static bool decode_path(char *path)
{
    char *to = path;

    for (const char *from = path; *from; from++, to++) {
        *to = *from;
        if (*from != '%')
            continue;
        int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);
        *to = (char)(high * 16 + low);
        if (low < 0 || *to == '\0' || *to == '/')
            return false;
        from += 2;
    }
    *to = '\0';
    return text_is_plain(path, (size_t)(to - path));
}

static bool climbs(const char *path)
{
    for (const char *at = path; at; at = strchr(at + 1, '/'))
        if (at[1] == '.' && (at[2] == '/' || !at[2] || (at[2] == '.' && (at[3] == '/' || !at[3]))))
            return true;
    return false;
}

enum outcome request_path(struct exchange *x)
{
    char *path = talloc_strndup(x->req.mem, x->target, strcspn(x->target, "?#"));

    if (*path != '/' || !decode_path(path) || climbs(path)) {
        talloc_free(path);
        return exchange_refuse(x, PROBLEM_BAD_REQUEST, "indirizzo");
    }
    x->req.path = path;
    return DONE;
}

/* ---- Query and form ---- */

enum outcome request_forms(struct exchange *x)
{
    struct http_request *req = &x->req;
    const char *query = strchr(req->target, '?');
    const char *type = http_header(req, "Content-Type");

    if (query && form_decode(req->mem, query + 1, strcspn(query + 1, "#"), &req->query, &x->refusal) != DONE)
        return x->refused = true, REFUSED;
    if (!x->body || !req->body_length)
        return DONE;
    if (header_has_type(type, "application/x-www-form-urlencoded") &&
        form_decode(req->mem, req->body, req->body_length, &req->form, &x->refusal) != DONE)
        return x->refused = true, REFUSED;
    if (header_has_type(type, "multipart/form-data") &&
        multipart_decode(req->mem, req->body, req->body_length, type, &req->form, &req->uploads, &req->upload_count,
                         &x->refusal) != DONE)
        return x->refused = true, REFUSED;
    return DONE;
}

static int release_json(json_t **held)
{
    return json_decref(*held), 0;
}

enum outcome http_json(struct http_request *req, json_t **object, struct problem *why)
{
    json_error_t error;
    json_t **held;

    if (!header_has_type(http_header(req, "Content-Type"), "application/json"))
        return problem_set(why, PROBLEM_BAD_REQUEST, "", "Content-Type: application/json");
    *object = json_loadb(req->body, req->body_length, JSON_REJECT_DUPLICATES, &error);
    if (!*object)
        return problem_set(why, PROBLEM_BAD_REQUEST, "", "JSON, %d:%d", error.line, error.column);
    held = talloc(req->mem, json_t *);
    *held = *object;
    talloc_set_destructor(held, release_json);
    if (!json_is_object(*object))
        return problem_set(why, PROBLEM_BAD_REQUEST, "", N_("JSON: serve un oggetto"));
    return DONE;
}
