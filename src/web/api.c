#include "web/api.h"
#include "base/log.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>
#include <unistd.h>

enum { KEY_CHARACTERS = 200, TRIES = 5 };

/* ---- Opening ---- */

/* What looks like none of our keys is turned away here, without troubling the database. */
static const char *bearer_of(const struct http_request *req)
{
    static const char SCHEME[] = "Bearer ", PREFIX[] = "casella_";
    const char *header = http_header(req, "Authorization"), *key;

    if (!header || strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
        return NULL;
    for (key = header + strlen(SCHEME); *key == ' ';)
        key++;
    if (strncmp(key, PREFIX, strlen(PREFIX)) != 0)
        return NULL;
    return strlen(key + strlen(PREFIX)) == TOKEN_TEXT - 1 &&
                   strspn(key + strlen(PREFIX), "0123456789abcdef") == TOKEN_TEXT - 1
               ? key
               : NULL;
}

bool api_open(struct http_request *req, enum key_right right, struct call *c)
{
    struct web *web = req->app;

    *c = (struct call){.req = req,
                       .mem = req->mem,
                       .web = web,
                       .shop = web->shop,
                       .language = api_language(req),
                       .bearer = bearer_of(req),
                       .right = right,
                       .status = 200};
    if (c->bearer)
        return true;
    (void)api_refuse(c, PROBLEM_UNAUTHENTICATED, "", "%s", "");
    api_fail(c, REFUSED);
    return false;
}

static void check_idempotency(struct call *c)
{
    const char *key = http_header(c->req, "Idempotency-Key");
    size_t length = key ? strlen(key) : 0;

    if (length == 0) {
        (void)api_refuse(c, PROBLEM_IDEMPOTENCY_MISSING, "", "%s", "");
        return;
    }
    for (size_t i = 0; i < length; i++)
        if (length > KEY_CHARACTERS || key[i] < '!' || key[i] > '~') {
            (void)api_refuse(c, PROBLEM_BAD_REQUEST, "", "Idempotency-Key, 1-%d ASCII", KEY_CHARACTERS);
            return;
        }
    c->idempotency = key;
}

static bool hash_file(crypto_hash_sha256_state *state, int file)
{
    unsigned char piece[65536];
    off_t at = 0;
    ssize_t got;

    while ((got = pread(file, piece, sizeof piece, at)) > 0) {
        crypto_hash_sha256_update(state, piece, (unsigned long long)got);
        at += got;
    }
    return got == 0;
}

static bool hash_request(struct call *c)
{
    static const char METHOD[] = "POST\n";
    const struct http_request *req = c->req;
    const char *query = strchr(req->target, '?');
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)METHOD, strlen(METHOD));
    crypto_hash_sha256_update(&state, (const unsigned char *)req->path, strlen(req->path));
    if (query)
        crypto_hash_sha256_update(&state, (const unsigned char *)query, strlen(query));
    crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
    if (req->body_file < 0)
        crypto_hash_sha256_update(&state, (const unsigned char *)req->body, req->body_length);
    else if (!hash_file(&state, req->body_file))
        return false;
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(c->request, sizeof c->request, digest, sizeof digest);
    return true;
}

bool api_open_post(struct http_request *req, enum key_right right, struct call *c)
{
    if (!api_open(req, right, c))
        return false;
    check_idempotency(c);
    if (hash_request(c))
        return true;
    api_fail(c, log_broken("api.body", LOG_TEXT("why", "the body cannot be read")));
    return false;
}

json_t *api_body(struct call *c, const struct form_field *fields, void *form)
{
    struct problem why;
    json_t *object;

    if (http_json(c->req, &object, &why) != DONE) {
        (void)api_refuse(c, why.code, why.field, "%s", why.detail);
        return NULL;
    }
    return !fields || form_check_json(c->mem, fields, object, form, &c->faults) == DONE ? object : NULL;
}

void api_check_empty(struct call *c)
{
    static const struct form_field NOTHING[] = {FORM_END};

    if (c->req->body_length)
        (void)api_body(c, NOTHING, NULL);
}

/* ---- In the transaction ---- */

enum outcome api_refuse(struct call *c, enum problem_code code, const char *field, const char *format, ...)
{
    char detail[sizeof c->faults.item->detail];
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    return problems_add(&c->faults, code, field, "%s", detail);
}

bool api_sees(const struct call *c, const char *brand)
{
    return c->key.brand[0] == 0 || strcmp(c->key.brand, brand) == 0;
}

static enum outcome admit(struct db_tx *tx, struct call *c)
{
    const enum office_right *right = c->req->route->data;
    struct operator desk;
    enum outcome o = key_find(tx, c->mem, c->bearer, c->idempotency, &c->key, &c->given);

    if (o == REFUSED)
        return api_refuse(c, PROBLEM_UNAUTHENTICATED, "", "%s", "");
    TRY(o);
    desk = api_desk(c);
    if (!key_may(&c->key, c->right) || (right && !operator_may(&desk, *right)))
        return api_refuse(c, PROBLEM_FORBIDDEN, "", "%s", "");
    c->actor = (struct actor){.door = "api", .name = talloc_asprintf(c->mem, "key:%" PRId64, c->key.id)};
    return DONE;
}

/* DONE with c->answer where the key has been used for this very request, and without where it is new. */
static enum outcome find_answer(struct call *c)
{
    if (!c->given.request[0])
        return DONE;
    if (strcmp(c->given.request, c->request) != 0)
        return api_refuse(c, PROBLEM_IDEMPOTENCY_REUSED, "", "%s", "");
    if (c->given.status == 0) {
        c->begun = c->given.answer;
        c->resumed = true;
        return DONE;
    }
    c->status = (int)c->given.status;
    c->answer = c->given.answer;
    c->replayed = true;
    return DONE;
}

static enum outcome write_answer(struct call *c)
{
    char *text = c->body ? json_dumps(c->body, JSON_COMPACT) : NULL;

    json_decref(c->body);
    c->body = NULL;
    if (!text)
        return log_broken("api.answer", LOG_TEXT("path", c->req->path));
    c->answer = talloc_strdup(c->mem, text);
    free(text);
    return DONE;
}

struct run {
    struct call *c;
    api_work *work;
    void *arg;
};

static void start_anew(struct call *c)
{
    json_decref(c->body);
    c->body = NULL;
    c->answer = c->begun = NULL;
    c->replayed = c->resumed = false;
    c->status = 200;
    c->faults.count = 0;
}

static enum outcome run_read(struct db_tx *tx, void *arg)
{
    struct run *run = arg;
    struct call *c = run->c;

    start_anew(c);
    TRY(admit(tx, c));
    return run->work ? run->work(tx, c, run->arg) : find_answer(c);
}

static enum outcome run_write(struct db_tx *tx, void *arg)
{
    struct run *run = arg;
    struct call *c = run->c;

    start_anew(c);
    if (c->ahead)
        c->ahead(tx, run->arg);
    TRY(admit(tx, c));
    TRY(find_answer(c));
    if (c->answer)
        return DONE;
    TRY(run->work(tx, c, run->arg));
    TRY(write_answer(c));
    return answer_keep(tx, c->key.id, c->idempotency,
                       &(struct given_answer){.request = c->request, .status = c->status, .answer = c->answer});
}

static enum outcome run_begin(struct db_tx *tx, void *arg)
{
    struct run *run = arg;
    struct call *c = run->c;

    start_anew(c);
    if (c->ahead)
        c->ahead(tx, run->arg);
    TRY(admit(tx, c));
    TRY(find_answer(c));
    if (c->answer || c->begun)
        return DONE;
    TRY(run->work(tx, c, run->arg));
    TRY(write_answer(c));
    c->begun = c->answer;
    c->answer = NULL;
    return answer_keep(tx, c->key.id, c->idempotency,
                       &(struct given_answer){.request = c->request, .answer = c->begun});
}

static enum outcome run_finish(struct db_tx *tx, void *arg)
{
    struct run *run = arg;
    struct call *c = run->c;
    bool finished;

    start_anew(c);
    TRY(admit(tx, c));
    TRY(find_answer(c));
    if (c->answer)
        return DONE;
    TRY(run->work(tx, c, run->arg));
    TRY(write_answer(c));
    TRY(answer_finish(tx, c->key.id, c->idempotency, &(struct given_answer){.status = c->status, .answer = c->answer},
                      &finished));
    return finished ? DONE : BUSY;
}

static enum outcome run_give_up(struct db_tx *tx, void *arg)
{
    struct call *c = arg;

    return answer_give_up(tx, c->key.id, c->idempotency);
}

bool api_read(struct call *c, api_work *work, void *arg)
{
    struct run run = {c, work, arg};
    enum outcome o = db_read(c->shop->db, c->req->route->pattern, run_read, &run);

    if (o == DONE && c->body)
        o = write_answer(c);
    if (o == DONE)
        return true;
    api_fail(c, o);
    return false;
}

bool api_is_new(struct call *c)
{
    if (c->faults.count) {
        api_send_faults(c);
        return false;
    }
    if (!api_read(c, NULL, NULL))
        return false;
    if (c->answer)
        api_send(c);
    return !c->answer;
}

/* REFUSED without a fault is a constraint's: somebody else has just used this key. The next try finds the answer. */
static bool write_once(struct call *c, db_work *steps, struct run *run)
{
    enum outcome o = REFUSED;

    for (int i = 0; i < TRIES && o == REFUSED && c->faults.count == 0; i++)
        o = c->alone ? db_transaction(c->shop->db, c->req->route->pattern, steps, run)
                     : db_transaction_rows(c->shop->db, c->req->route->pattern, steps, run);
    if (o == DONE)
        return true;
    api_fail(c, o == REFUSED && c->faults.count == 0 ? BUSY : o);
    return false;
}

bool api_write(struct call *c, api_work *work, void *arg)
{
    return write_once(c, run_write, &(struct run){c, work, arg});
}

bool api_begin(struct call *c, api_work *work, void *arg)
{
    return write_once(c, run_begin, &(struct run){c, work, arg});
}

bool api_finish(struct call *c, api_work *work, void *arg)
{
    return write_once(c, run_finish, &(struct run){c, work, arg});
}

void api_give_up(struct call *c)
{
    struct problems faults = c->faults;
    enum outcome o = db_transaction(c->shop->db, c->req->route->pattern, run_give_up, c);

    c->faults = faults;
    api_fail(c, o == DONE ? REFUSED : o);
}

/* ---- Answering ---- */

void api_send(struct call *c)
{
    if (c->replayed)
        http_set_header(c->req, "Idempotent-Replayed", "true");
    http_reply(c->req, c->status, "application/json", c->answer, strlen(c->answer));
}

void api_fail(struct call *c, enum outcome outcome)
{
    json_decref(c->body);
    c->body = NULL;
    if (outcome == REFUSED && c->faults.count == 0)
        outcome = log_broken("api.refused", LOG_TEXT("path", c->req->path), LOG_TEXT("why", "no reason was given"));
    if (outcome != REFUSED) {
        http_reply_problem(c->req, &(struct problem){.code = outcome == BUSY ? PROBLEM_BUSY : PROBLEM_BROKEN},
                           c->language);
        return;
    }
    if (c->faults.item[0].code == PROBLEM_UNAUTHENTICATED)
        http_set_header(c->req, "WWW-Authenticate",
                        c->bearer ? "Bearer realm=\"casella\", error=\"invalid_token\"" : "Bearer realm=\"casella\"");
    http_reply_problems(c->req, &c->faults, c->language);
}

static enum outcome admitted(struct db_tx *tx, struct call *c, void *arg)
{
    (void)tx, (void)c, (void)arg;
    return DONE;
}

void api_send_faults(struct call *c)
{
    struct problems faults = c->faults;

    if (!api_read(c, admitted, NULL))
        return;
    c->faults = faults;
    api_fail(c, REFUSED);
}
