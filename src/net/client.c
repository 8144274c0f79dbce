#include "net/client.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "net/address.h"
#include "net/client_parts.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

enum {
    IDLE_MOST = 16,         /* handles kept with their connections; more are made when more threads ask at once */
    CONNECTION_SECONDS = 30 /* an idle connection older than this is not trusted with a request */
};

struct client {
    struct client_options options;
    pthread_mutex_t lock;
    CURL *idle[IDLE_MOST];
    int idle_count;
};

static enum outcome no_answer(struct problem *why, enum outcome outcome, const char *text)
{
    (void)!problem_set(why, PROBLEM_REMOTE, "", "%.150s", text);
    return outcome;
}

/* ---- A conversation ---- */

struct conversation {
    const char *body;
    size_t length, given; /* of the request's body */
    struct text_buffer answer;
    size_t most;
    bool too_long;
};

static size_t give(char *buffer, size_t size, size_t count, void *arg)
{
    struct conversation *c = arg;
    size_t left = c->length - c->given, n = size * count < left ? size * count : left;

    memcpy(buffer, c->body + c->given, n);
    c->given += n;
    return n;
}

/* libcurl asks to start over when a kept connection died under the request. What was already sent may have been heard,
 * and is not said twice. */
static int rewind_body(void *arg, curl_off_t offset, int origin)
{
    struct conversation *c = arg;

    return origin == SEEK_SET && offset == 0 && c->given == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct conversation *c = arg;
    size_t length = size * count;

    if (length > c->most - c->answer.length) {
        c->too_long = true;
        return 0;
    }
    text_put_bytes(&c->answer, bytes, length);
    return length;
}

static bool is_one_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static bool add_header(struct curl_slist **list, const char *header)
{
    struct curl_slist *longer = is_one_line(header) ? curl_slist_append(*list, header) : NULL;

    if (longer)
        *list = longer;
    return longer != NULL;
}

static enum outcome headers_make(void *mem, const struct client_request *request, struct curl_slist **list)
{
    bool good = add_header(list, "Accept: application/json") && add_header(list, "Expect:");

    if (request->body)
        good = good &&
               add_header(list, talloc_asprintf(mem, "Content-Type: %s",
                                                request->content_type ? request->content_type : "application/json"));
    for (const char *const *header = request->headers; good && header && *header; header++)
        good = add_header(list, *header);
    if (good)
        return DONE;
    return log_broken("client.header"); /* never the header itself */
}

/* Asked with the very address that is about to be connected to, so that a name cannot mean one thing now and another
 * then. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)arg;
    (void)purpose;
    if (!address_is_public(&address->addr)) {
        log_warning("client.private", LOG_INT("family", address->family));
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_options(CURL *curl, const struct client_options *options)
{
    curl_easy_reset(curl); /* connections stay */
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (options->public_only)
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (options->ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)CONNECTION_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "casella/" CASELLA_VERSION);
}

static void set_request(CURL *curl, const struct client_request *request, const struct target *target,
                        struct curl_slist *headers, struct conversation *c)
{
    curl_easy_setopt(curl, CURLOPT_CURLU, target->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->length);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(curl, CURLOPT_READDATA, c);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, c);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static enum outcome judge(CURL *curl, void *mem, CURLcode code, struct conversation *c, struct client_answer *answer,
                          struct problem *why)
{
    long status = 0, asked = 0;
    char *type = NULL;

    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &asked);
    answer->sent = asked > 0;
    if (code == CURLE_WRITE_ERROR && c->too_long)
        return no_answer(why, REFUSED, "answer too long");
    if (code != CURLE_OK)
        return no_answer(why, BUSY, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 599)
        return no_answer(why, BUSY, "no HTTP status");
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    answer->content_type = talloc_strdup(mem, type ? type : "");
    answer->body = c->answer.bytes;
    answer->length = c->answer.length;
    return DONE;
}

static void note(const struct client_request *request, const struct target *target, const struct client_answer *answer,
                 enum outcome outcome, CURLcode code, int64_t started)
{
    int64_t ms = (clock_monotonic_us() - started) / 1000;

    if (outcome == DONE)
        log_info("client.call", LOG_TEXT("method", request->method), LOG_TEXT("host", target->parts.host),
                 LOG_TEXT("path", target->parts.path), LOG_INT("status", answer->status), LOG_INT("ms", ms));
    else
        log_warning("client.call", LOG_TEXT("method", request->method), LOG_TEXT("host", target->parts.host),
                    LOG_TEXT("path", target->parts.path), LOG_TEXT("why", curl_easy_strerror(code)),
                    LOG_INT("sent", answer->sent), LOG_INT("ms", ms));
}

/* ---- Handles ---- */

static CURL *handle_take(struct client *client)
{
    CURL *curl = NULL;

    pthread_mutex_lock(&client->lock);
    if (client->idle_count > 0)
        curl = client->idle[--client->idle_count]; /* the one used last: its connection is the likeliest to be alive */
    pthread_mutex_unlock(&client->lock);
    return curl ? curl : curl_easy_init();
}

static void handle_return(struct client *client, CURL *curl)
{
    curl_easy_reset(curl); /* forgets the headers and what they point to */
    pthread_mutex_lock(&client->lock);
    if (client->idle_count < IDLE_MOST) {
        client->idle[client->idle_count++] = curl;
        curl = NULL;
    }
    pthread_mutex_unlock(&client->lock);
    if (curl)
        curl_easy_cleanup(curl);
}

static enum outcome converse(struct client *client, void *mem, const struct client_request *request,
                             const struct target *target, struct client_answer *answer, struct problem *why)
{
    struct conversation c = {request->body,    request->body ? request->length : 0, 0,
                             text_buffer(mem), client->options.body_most,           false};
    int64_t started = clock_monotonic_us();
    struct curl_slist *headers = NULL;
    enum outcome outcome = headers_make(mem, request, &headers);
    CURL *curl = outcome == DONE ? handle_take(client) : NULL;

    if (outcome == DONE && !curl)
        outcome = log_broken("client.memory");
    if (outcome == DONE) {
        CURLcode code;

        set_options(curl, &client->options);
        set_request(curl, request, target, headers, &c);
        code = curl_easy_perform(curl);
        outcome = judge(curl, mem, code, &c, answer, why);
        note(request, target, answer, outcome, code, started);
        handle_return(client, curl);
    }
    curl_slist_free_all(headers);
    return outcome;
}

enum outcome client_call(struct client *client, void *mem, const struct client_request *request,
                         struct client_answer *answer, struct problem *why)
{
    struct target target = {0};
    enum outcome outcome = target_read(mem, request->url, &target);

    *answer = (struct client_answer){.body = talloc_strdup(mem, ""), .content_type = talloc_strdup(mem, "")};
    if (outcome == REFUSED || (outcome == DONE && !client_url_allowed(&target.parts)))
        outcome = no_answer(why, REFUSED, "URL");
    if (outcome == DONE)
        outcome = converse(client, mem, request, &target, answer, why);
    curl_url_cleanup(target.url);
    return outcome;
}

/* ---- Opening ---- */

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int release(struct client *client)
{
    while (client->idle_count > 0)
        curl_easy_cleanup(client->idle[--client->idle_count]);
    pthread_mutex_destroy(&client->lock);
    return 0;
}

enum outcome client_open(void *mem, const struct client_options *options, struct client **made, struct problem *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct client *client;

    pthread_once(&once, start_curl);
    if (sodium_init() < 0)
        return log_broken("client.sodium");
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return problem_set(why, PROBLEM_CONFIG, "", "%.150s", options->ca_file);
    client = talloc_zero(mem, struct client);
    client->options = *options;
    client->options.ca_file = talloc_strdup(client, options->ca_file);
    if (client->options.timeout_ms <= 0)
        client->options.timeout_ms = 20000;
    if (client->options.connect_ms <= 0)
        client->options.connect_ms = 5000;
    if (client->options.body_most == 0)
        client->options.body_most = (size_t)1024 * 1024;
    pthread_mutex_init(&client->lock, NULL);
    talloc_set_destructor(client, release);
    *made = client;
    return DONE;
}

/* ---- Words of a request ---- */

static void put_escaped(struct text_buffer *out, const char *text)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++)
        if (strchr(PLAIN, *text))
            text_put_bytes(out, text, 1);
        else
            text_put_format(out, "%%%02X", (unsigned char)*text);
}

char *client_form(void *mem, const char *const *pairs)
{
    struct text_buffer out = text_buffer(mem);

    for (size_t i = 0; pairs[i]; i += 2) {
        text_put(&out, i > 0 ? "&" : "");
        put_escaped(&out, pairs[i]);
        text_put(&out, "=");
        put_escaped(&out, pairs[i + 1]);
    }
    return out.bytes;
}

char *client_basic(void *mem, const char *user, const char *password)
{
    char *both = talloc_asprintf(mem, "%s:%s", user, password), *header;
    size_t length = strlen(both), room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = talloc_array(mem, char, (unsigned)room);

    sodium_bin2base64(encoded, room, (const unsigned char *)both, length, sodium_base64_VARIANT_ORIGINAL);
    header = talloc_asprintf(mem, "Authorization: Basic %s", encoded);
    sodium_memzero(both, length);
    sodium_memzero(encoded, room);
    talloc_free(both);
    talloc_free(encoded);
    return header;
}
