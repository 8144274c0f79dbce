#include "sandbox/parts.h"
#include <string.h>
#include <talloc.h>

static const char *const PHASES[] = {[PHASE_OPEN] = "open",           [PHASE_CHALLENGE] = "open",
                                     [PHASE_WAITING] = "waiting",     [PHASE_AUTHORISED] = "authorised",
                                     [PHASE_CAPTURED] = "captured",   [PHASE_FAILED] = "failed",
                                     [PHASE_CANCELLED] = "cancelled", [PHASE_EXPIRED] = "expired",
                                     [PHASE_DISPUTED] = "disputed"};

/* ---- Payments ---- */

static int drop_json(struct payment *p)
{
    json_decref(p->data);
    json_decref(p->asked);
    json_decref(p->events);
    return 0;
}

static void forget_oldest(struct sandbox *s)
{
    talloc_free(s->payments[0]);
    s->payment_count--;
    memmove(s->payments, s->payments + 1, s->payment_count * sizeof *s->payments);
}

struct payment *sandbox_payment_new(struct sandbox *s, const char *id, const char *key, int64_t amount,
                                    const char *currency, json_t *data)
{
    struct payment *p = talloc_zero(s, struct payment);

    if (!s->payments)
        s->payments = talloc_array(s, struct payment *, SANDBOX_PAYMENTS);
    if (s->payment_count == SANDBOX_PAYMENTS)
        forget_oldest(s);
    s->payments[s->payment_count++] = p;
    snprintf(p->id, sizeof p->id, "%s", id);
    p->key = talloc_strdup(p, key);
    p->currency = talloc_strdup(p, currency);
    p->amount = amount;
    p->created = clock_now();
    p->data = data;
    p->events = json_array();
    talloc_set_destructor(p, drop_json);
    return p;
}

struct payment *sandbox_payment_by_id(struct sandbox *s, const char *id)
{
    for (size_t i = s->payment_count; id && *id && i-- > 0;)
        if (strcmp(s->payments[i]->id, id) == 0 || strcmp(s->payments[i]->other, id) == 0)
            return s->payments[i];
    return NULL;
}

size_t sandbox_payment_by_key(struct sandbox *s, const char *key, struct payment **last)
{
    size_t count = 0;

    for (size_t i = 0; *key && i < s->payment_count; i++)
        if (strcmp(s->payments[i]->key, key) == 0)
            *last = s->payments[i], count++;
    return count;
}

bool sandbox_payment_key_was_paid(struct sandbox *s, const char *key)
{
    for (size_t i = 0; *key && i < s->payment_count; i++)
        if (strcmp(s->payments[i]->key, key) == 0 && (s->payments[i]->captured || s->payments[i]->authorised))
            return true;
    return false;
}

void sandbox_payment_capture(struct payment *p, int64_t cents)
{
    p->captured += cents;
    p->captures++;
    p->phase = PHASE_CAPTURED;
}

/* ---- Saved cards and accounts ---- */

struct token *sandbox_token_new(struct sandbox *s, const char *prefix, size_t length, const struct payment *from)
{
    struct token *t = talloc_zero(s, struct token);

    if (!s->tokens)
        s->tokens = talloc_array(s, struct token *, SANDBOX_TOKENS);
    if (s->token_count == SANDBOX_TOKENS) {
        talloc_free(s->tokens[0]);
        memmove(s->tokens, s->tokens + 1, --s->token_count * sizeof *s->tokens);
    }
    s->tokens[s->token_count++] = t;
    sandbox_id(t->id, prefix, length, NULL);
    snprintf(t->first, sizeof t->first, "%s", from->id);
    t->card = from->card;
    return t;
}

struct token *sandbox_token_by_id(struct sandbox *s, const char *id)
{
    for (size_t i = 0; i < s->token_count; i++)
        if (strcmp(s->tokens[i]->id, id) == 0)
            return s->tokens[i]->deleted ? NULL : s->tokens[i];
    return NULL;
}

enum fate sandbox_token_fate(const struct sandbox *s, const struct token *token)
{
    static const enum fate FORCED[] = {[TOKENS_OK] = FATE_OK,
                                       [TOKENS_NEED_ACTION] = FATE_CHALLENGE,
                                       [TOKENS_NO_FUNDS] = FATE_NO_FUNDS,
                                       [TOKENS_EXPIRED] = FATE_EXPIRED};

    if (s->behaviour.tokens != TOKENS_AS_SAVED)
        return FORCED[s->behaviour.tokens];
    if (token->card.year && sandbox_card_has_expired(&token->card))
        return FATE_EXPIRED;
    return token->card.fate == FATE_LATER_CHALLENGE  ? FATE_CHALLENGE
           : token->card.fate == FATE_LATER_NO_FUNDS ? FATE_NO_FUNDS
                                                     : FATE_OK;
}

/* ---- The list ---- */

void ledger_show(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    json_t *payments = json_array(), *tokens = json_array(), *all;
    int64_t captured = 0, refunded = 0;

    sandbox_lock(s);
    for (size_t i = 0; i < s->payment_count; i++) {
        const struct payment *p = s->payments[i];

        captured += p->captured;
        refunded += p->refunded;
        json_array_append_new(payments,
                              json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:i, s:s}", "id", p->id, "key", p->key, "state",
                                        PHASES[p->phase], "amount_cents", (json_int_t)p->amount, "captured_cents",
                                        (json_int_t)p->captured, "refunded_cents", (json_int_t)p->refunded, "captures",
                                        p->captures, "currency", p->currency));
    }
    for (size_t i = 0; i < s->token_count; i++)
        json_array_append_new(tokens, json_pack("{s:s, s:s}", "id", s->tokens[i]->id, "state",
                                                s->tokens[i]->deleted ? "deleted" : "good"));
    all = json_pack("{s:o, s:I, s:I, s:o, s:o}", "payments", payments, "captured_cents", (json_int_t)captured,
                    "refunded_cents", (json_int_t)refunded, "tokens", tokens, "notifications", notify_counts(s));
    sandbox_unlock(s);
    http_reply_json(req, 200, all);
}
