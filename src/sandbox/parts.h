/* sandbox/parts.h: what the files of the sandboxes share; nobody else includes it.
 *
 * A call of the API:   call.c (faults, who calls, idempotency) → axerve.c, paypal_*.c, stripe_*.c → ledger.c
 * A payer's page:      axerve_page.c, paypal_page.c, stripe_page.c → card.c, page.c → ledger.c
 * What the shop hears: notify.c, by a thread of its own
 *
 * All state lies under `lock`; handlers hold it while they look at or change anything, never while they wait. */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/template.h"
#include "net/client.h"
#include "net/http.h"
#include "sandbox/sandbox.h"
#include <jansson.h>
#include <pthread.h>

enum {
    SANDBOX_PAYMENTS = 20000, /* beyond it the oldest is forgotten; so with the others */
    SANDBOX_TOKENS = 5000,
    SANDBOX_REPLIES = 5000,
    SANDBOX_NOTICES = 2000,
    SANDBOX_RULES = 16,
    SANDBOX_ID = 80,
};

/* ---- Cards and saved instruments (card.c) ---- */

enum fate {
    FATE_OK,
    FATE_REFUSED,
    FATE_NO_FUNDS,
    FATE_CHALLENGE, /* the payer must show who they are */
    FATE_EXPIRED,
    FATE_SLOW,
    FATE_SILENT,          /* the bank never answers */
    FATE_LATER_CHALLENGE, /* pays now; charged without the payer it needs them */
    FATE_LATER_NO_FUNDS,
    FATE_REVIEW, /* PayPal: taken, but held for review */
};

struct card {
    enum fate fate;
    const char *brand; /* "visa"; static */
    char masked[20];   /* "424242******4242" */
    char last4[5];
    int month, year;
};

/* Reads number, expiry, cvv and name of a form. The msgid of what is wrong, or NULL. Only test cards are taken. */
const char *sandbox_card_read(const struct form *form, struct card *card);
bool sandbox_card_has_expired(const struct card *card);
/* What a page with a card's fields needs: action, number (when ?card= chose one), expiry, cards. */
void sandbox_card_show(json_t *data, const struct http_request *req, const char *action, const char *language);
#define CARD_OTP "123456"

struct token {
    char id[SANDBOX_ID], customer[SANDBOX_ID], first[SANDBOX_ID]; /* first: the payment it came from */
    struct card card;
    bool deleted;
};

/* ---- Payments (ledger.c) ---- */

enum phase {
    PHASE_OPEN,
    PHASE_CHALLENGE,
    PHASE_WAITING,
    PHASE_AUTHORISED,
    PHASE_CAPTURED,
    PHASE_FAILED,
    PHASE_CANCELLED,
    PHASE_EXPIRED,
    PHASE_DISPUTED,
};

struct payment {
    char id[SANDBOX_ID];    /* paymentID, order's id, cs_… or pi_… */
    char other[SANDBOX_ID]; /* paymentToken; capture's id; the session's pi_… */
    const char *key;        /* the shop's */
    const char *currency;   /* "EUR" */
    int64_t amount, authorised, captured, refunded; /* cents */
    int captures;
    enum phase phase;
    struct card card;
    struct instant created;
    json_t *data;   /* what the shop asked for, or the provider's resource; of the payment */
    json_t *asked;  /* PayPal, Stripe: what the shop asked for, where `data` is the resource; NULL: nothing to add */
    json_t *events; /* Axerve's; refunds of the others */
    const char *error;
    int reads; /* by paymentToken */
};

struct payment *sandbox_payment_new(struct sandbox *s, const char *id, const char *key, int64_t amount, const char *currency, json_t *data);
struct payment *sandbox_payment_by_id(struct sandbox *s, const char *id);       /* or by `other`; NULL: none */
size_t sandbox_payment_by_key(struct sandbox *s, const char *key, struct payment **last); /* how many */
bool sandbox_payment_key_was_paid(struct sandbox *s, const char *key);
void sandbox_payment_capture(struct payment *p, int64_t cents);
struct token *sandbox_token_new(struct sandbox *s, const char *prefix, size_t length, const struct payment *from);
struct token *sandbox_token_by_id(struct sandbox *s, const char *id); /* NULL: none, or deleted */
enum fate sandbox_token_fate(const struct sandbox *s, const struct token *token);
void ledger_show(struct http_request *req);

/* ---- Behaviour (behaviour.c) ---- */

enum fail_how { FAIL_NOT, FAIL_HANG_UP, FAIL_STATUS, FAIL_GARBAGE, FAIL_SLOW };

struct fail {
    char path[100], method[8];
    int times, skip, status, ms;
    bool after;
    enum fail_how how;
};

struct behaviour {
    int64_t delay_ms, repeat;
    bool drop, hold, reverse, before_return;
    enum { FORGE_NO, FORGE_SIGNATURE, FORGE_UNKNOWN } forge;
    struct fail fail[SANDBOX_RULES];
    size_t fails;
    bool random;
    int64_t seed, per_mille;
    enum { TOKENS_AS_SAVED, TOKENS_OK, TOKENS_NEED_ACTION, TOKENS_NO_FUNDS, TOKENS_EXPIRED } tokens;
    bool manual_settlement, long_words;
    int64_t slow_card_ms, token_seconds;
};

void behaviour_reset(struct behaviour *b);
void behaviour_post(struct http_request *req);
/* What befalls the next call; counts it. */
struct fail behaviour_next(struct sandbox *s, const struct http_request *req);

/* ---- Calls of the API (call.c) ---- */

struct call {
    struct sandbox *sandbox;
    struct http_request *req;
    json_t *body; /* Axerve, PayPal: an object; lives as long as the request */
    int status;
    json_t *answer; /* NULL with a status: none */
    bool keep;      /* the answer is the answer to this idempotency key from now on */
};

typedef void call_handler(struct call *call);

struct endpoint {
    call_handler *handle;
    bool open;     /* asks for no credentials here */
    bool form;     /* its body is a form, read already */
};

void call_run(struct http_request *req); /* the http_handler of every endpoint; route->data is its struct endpoint */
void call_answer(struct call *call, int status, json_t *answer);

/* ---- A provider ---- */

struct provider {
    const char *name, *base; /* "axerve", "/api/v1/" */
    const struct http_route *routes;
    bool (*admit)(struct call *call);              /* false: it has answered */
    bool (*read)(struct call *call);               /* the body; false: it has answered */
    void (*broken)(struct call *call, int status); /* an error of its own, in its form */
    const char *key_header;                        /* NULL: none */
    bool key_by_path;                              /* a key holds for one path only */
    int replay_status;                             /* of a repeated 201; 0: as it was */
    void (*key_reused)(struct call *call);         /* the same key, another body */
    void (*complete)(struct sandbox *s, struct payment *p); /* of a waiting one */
    void (*expire)(struct sandbox *s, struct payment *p);
    void (*dispute)(struct sandbox *s, struct payment *p);
    /* Signs `body`: header lines, NULL-terminated, owned by `mem`. NULL: notifies by GET, unsigned. */
    const char *const *(*sign)(struct sandbox *s, void *mem, const char *body, bool wrongly);
};

extern const struct provider AXERVE, PAYPAL, STRIPE;

/* ---- Notifications (notify.c) ---- */

enum outcome notify_start(struct sandbox *s, struct problem *why);
void notify_stop(struct sandbox *s);
/* Under the lock. Takes over `event`; NULL: a GET. `id` is the payment's as it stands in url or event, for forging. */
void notify_add(struct sandbox *s, const char *url, json_t *event, const char *id);
/* Without the lock: until none is under way, held ones apart. False: it took longer. */
bool notify_wait(struct sandbox *s, int64_t most_ms);
json_t *notify_counts(struct sandbox *s);
void notify_before_return(struct sandbox *s); /* without the lock; waits when the behaviour says so */

/* ---- Pages (page.c) ---- */

enum { PAGE_LANGUAGES = 2 };
enum outcome pages_load(struct sandbox *s, struct problem *why);
/* Takes over `data`; adds what all pages have. `name` as in views/part/sandbox. */
void hosted_page_show(struct http_request *req, int status, const char *name, const char *language, json_t *data);
void hosted_page_gone(struct http_request *req, int status, const char *language, const char *title, const char *text); /* msgids */
void hosted_page_otherwise(struct http_request *req);
const char *hosted_page_sum(void *mem, int64_t cents, const char *currency, const char *language); /* "30,50 €" */
char *sandbox_url_with(void *mem, const char *url, const char *const *pairs); /* name, value …: appended to its query */
bool sandbox_url_is_absolute(const char *url);

/* ---- The whole ---- */

struct reply { /* to an idempotency key */
    char *key, *text;
    int status;
    unsigned char body[32]; /* its hash */
};

struct signer; /* paypal_sign.c */
struct notifier; /* notify.c */

struct sandbox {
    const struct provider *provider;
    struct sandbox_options options; /* its texts are the sandbox's */
    struct http_server *server;
    const char *url;
    struct template *page[8][PAGE_LANGUAGES];
    struct http_file *files;
    struct signer *signer;
    struct notifier *notifier;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    bool stopping;
    struct behaviour behaviour;
    uint64_t calls; /* counted for the random faults */
    struct payment **payments;
    size_t payment_count;
    struct token **tokens;
    size_t token_count;
    struct reply *replies; /* a ring */
    size_t reply_count;
    struct { char text[SANDBOX_ID]; int64_t until_us; } access[64]; /* PayPal's, a ring */
    size_t access_count;
    json_t *event_list; /* Stripe's */
};

struct sandbox *sandbox_of(const struct http_request *req);
void sandbox_lock(struct sandbox *s);
void sandbox_unlock(struct sandbox *s);
void sandbox_pause(struct sandbox *s, int64_t ms); /* without the lock; ends early when it stops */

/* `length` characters of `alphabet` (NULL: letters and digits) behind `prefix`. */
#define DIGITS "0123456789"
#define CAPITALS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
char *sandbox_id(char out[SANDBOX_ID], const char *prefix, size_t length, const char *alphabet);
const char *sandbox_text(const json_t *object, const char *name); /* "" where it is no string */
