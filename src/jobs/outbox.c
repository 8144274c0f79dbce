#include "base/log.h"
#include "jobs/parts.h"
#include "shop/activate.h"
#include "shop/contract.h"
#include "shop/erasure.h"
#include "shop/notice.h"
#include "shop/paper.h"
#include "shop/plan_change.h"
#include "shop/refund.h"
#include "shop/sdi.h"
#include "shop/webhook.h"
#include "shop/wording.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define LEASED_AT_ONCE 20
#define LEASE          MINUTES(2)
#define BEGIN_WITHIN   MINUTES(1) /* of the lease's beginning, so that a slow server does not outlast it */
#define ATTEMPTS       12
#define FIRST_WAIT     MINUTES(1)
#define LONGEST_WAIT   HOURS(6)

struct batch {
    const struct jobs_options *options;
    struct jobs_round *round;
    void *mem, *round_mem;
    struct day today;   /* of the business */
    struct instant now; /* the round's: a row put back for later is not due in it again */
    int64_t leased_us;  /* by clock_monotonic_us */
    char lease[33];
    bool waiting;
    struct outbox_row *rows;
    size_t count;
    char **silent; /* addresses of webhooks that gave no answer in this round */
    unsigned silent_count;
};

/* One row's end. */
struct verdict {
    struct batch *batch;
    const struct outbox_row *row;
    enum outcome how;
    const char *error;
    bool dead, ours;
    int64_t notice;   /* that the row is the mail of; 0: none */
    const char *told; /* what became of that; NULL: nothing yet */
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return outbox_waiting(tx, b->now, &b->waiting);
}

static enum outcome lease(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;
    struct instant until = instant_plus(b->options->at.us ? b->options->at : clock_now(), LEASE);

    b->leased_us = clock_monotonic_us();
    b->today = db_today(tx);
    TRY(wordings_refresh(tx, b->options->shop->brands)); /* what was published at once counts for this batch */
    return outbox_lease(tx, b->mem, b->lease, b->now, until, LEASED_AT_ONCE, &b->rows, &b->count);
}

static enum outcome release(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return outbox_release(tx, b->lease, b->now);
}

/* ---- One row ---- */

static enum outcome send_mail(struct batch *b, void *mem, const struct outbox_row *row, struct problem *why)
{
    struct mail mail;

    TRY(letter_write(mem, b->options, row, b->today, &mail, why));
    return b->options->mailer->send(b->options->mailer->arg, &mail, why);
}

/* The row's data name the invoice, the refund, or the request. */
static int64_t number_in(const struct outbox_row *row, const char *name)
{
    json_t *data = json_loads(row->data, 0, NULL);
    int64_t number = json_integer_value(json_object_get(data, name));

    json_decref(data);
    return number;
}

/* Made, and sent where there is a way. */
static enum outcome make_invoice_file(struct batch *b, void *mem, const struct outbox_row *row, struct problem *why)
{
    struct invoice_file file;

    TRY(invoice_file_get(b->options->shop, mem, number_in(row, "invoice"), &file));
    return sdi_send(b->options->shop, mem, number_in(row, "invoice"), why);
}

static enum outcome make_contract(struct batch *b, void *mem, const struct outbox_row *row, struct problem *why)
{
    void *bytes;
    size_t length;
    enum outcome o = contract_get(b->options->shop, mem, number_in(row, "request"), &bytes, &length, why);

    return o == REFUSED && why->code == PROBLEM_FILES ? BUSY : o; /* until somebody says where files are kept */
}

/* A customer's server that keeps us waiting keeps everybody's mail waiting: it is asked once a round. */
static enum outcome tell_webhook(struct batch *b, void *mem, const struct outbox_row *row, struct problem *why)
{
    bool was_silent = false, silent;
    enum outcome o;

    for (unsigned i = 0; i < b->silent_count; i++)
        was_silent |= strcmp(b->silent[i], row->recipient) == 0;
    silent = was_silent;
    o = webhook_deliver(b->options->shop, mem, number_in(row, "delivery"), row->attempts >= ATTEMPTS, &silent, why);
    if (silent && !was_silent) {
        b->silent = talloc_realloc(b->round_mem, b->silent, char *, b->silent_count + 1);
        b->silent[b->silent_count++] = talloc_strdup(b->silent, row->recipient);
    }
    return o;
}

static enum outcome do_row(struct batch *b, void *mem, const struct outbox_row *row, struct problem *why)
{
    *why = (struct problem){0};
    if (strcmp(row->kind, "mail") == 0)
        return send_mail(b, mem, row, why);
    if (strcmp(row->kind, "invoice_file") == 0 || strcmp(row->kind, "sdi") == 0)
        return make_invoice_file(b, mem, row, why);
    if (strcmp(row->kind, "contract") == 0)
        return make_contract(b, mem, row, why);
    if (strcmp(row->kind, "refund") == 0)
        return refund_do(b->options->shop, mem, number_in(row, "refund"), why);
    if (strcmp(row->kind, "activate") == 0)
        return activate(b->options->shop, mem, number_in(row, "request"), why);
    if (strcmp(row->kind, "mailhost") == 0)
        return mailhost_push(b->options->shop, mem, number_in(row, "mailbox"), why);
    if (strcmp(row->kind, "webhook") == 0)
        return tell_webhook(b, mem, row, why);
    if (strcmp(row->kind, "plan_change") == 0)
        return plan_change_turn(b->options->shop, mem, number_in(row, "change"), why);
    if (strcmp(row->kind, "erasure") == 0)
        return erasures_run(b->options->shop, mem, &(int64_t){0});
    return problem_set(why, PROBLEM_NOT_A_CHOICE, "kind", "%s", "");
}

static int64_t wait_after(int64_t attempts)
{
    int64_t wait = attempts > 10 ? LONGEST_WAIT : FIRST_WAIT << (attempts > 0 ? attempts - 1 : 0);

    wait = wait > LONGEST_WAIT ? LONGEST_WAIT : wait;
    return wait - wait / 5 + (int64_t)randombytes_uniform((uint32_t)(wait / 1000000 * 2 / 5)) * 1000000;
}

static enum outcome record_notice(struct db_tx *tx, const struct verdict *v)
{
    void *mem = talloc_new(v->batch->mem);
    enum outcome o = notice_told(tx, mem, v->batch->options->shop->brands, v->notice, v->row, v->told);

    talloc_free(mem);
    return o;
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct verdict *v = arg;
    struct batch *b = v->batch;

    if (v->notice && v->told)
        TRY(record_notice(tx, v));
    if (v->how == DONE)
        return outbox_done(tx, v->row->id, b->lease, b->now, &v->ours);
    if (v->dead)
        return outbox_dead(tx, v->row->id, b->lease, b->now, v->error, &v->ours);
    return outbox_later(tx, v->row->id, b->lease, instant_plus(b->now, wait_after(v->row->attempts)), v->error,
                        &v->ours);
}

/* Money whose way back is not known to have ended is asked about until it is; and a mailbox that was paid for, or
 * renewed, until its host has heard of it, and an invoice until SdI's channel has taken it, even where our own settings
 * are what keeps it from that. */
static bool waits_for_ever(const struct outbox_row *row, enum outcome how)
{
    return strcmp(row->kind, "refund") == 0
               ? how == BUSY
               : strcmp(row->kind, "activate") == 0 || strcmp(row->kind, "mailhost") == 0 ||
                     strcmp(row->kind, "plan_change") == 0 || strcmp(row->kind, "sdi") == 0 ||
                     strcmp(row->kind, "invoice_file") == 0 || strcmp(row->kind, "erasure") == 0;
}

static enum outcome finish_row(struct batch *b, const struct outbox_row *row)
{
    void *mem = talloc_new(b->mem);
    struct problem why;
    struct verdict v = {.batch = b, .row = row, .how = do_row(b, mem, row, &why), .error = ""};
    enum outcome o;

    if (strcmp(row->kind, "mail") == 0)
        v.notice = number_in(row, "notice");
    v.told = v.how == DONE ? "sent" : NULL;
    if (v.how == REFUSED && why.code == PROBLEM_NOTICE_OVERTAKEN) { /* nothing to tell any more */
        v.how = DONE;
        v.told = "void";
    }
    if (v.how != DONE) {
        if (why.code == PROBLEM_NONE)
            why.code = v.how == REFUSED ? PROBLEM_NOT_FOUND : v.how == BUSY ? PROBLEM_BUSY : PROBLEM_BROKEN;
        v.error = problem_text(mem, "it", &why);
        v.dead = v.how == REFUSED || (row->attempts >= ATTEMPTS && !waits_for_ever(row, v.how));
        v.told = v.dead ? "failed" : NULL;
        log_warning(v.dead ? "outbox.dead" : "outbox.later", LOG_INT("id", row->id), LOG_TEXT("kind", row->kind),
                    LOG_TEXT("template", row->template), LOG_INT("attempts", row->attempts), LOG_TEXT("why", v.error));
    }
    o = db_transaction(b->options->shop->db, "outbox.record", record, &v);
    if (o == DONE && !v.ours) /* it took longer than its lease; whoever has it now says how it ends */
        log_warning("outbox.lease_lost", LOG_INT("id", row->id));
    b->round->done += o == DONE && v.how == DONE;
    b->round->dead += o == DONE && v.dead;
    b->round->later += o == DONE && v.how != DONE && !v.dead;
    talloc_free(mem);
    return o;
}

/* ---- All of them ---- */

static enum outcome do_batch(struct batch *b, const atomic_bool *stop)
{
    unsigned char random[16];
    size_t i;

    randombytes_buf(random, sizeof random);
    sodium_bin2hex(b->lease, sizeof b->lease, random, sizeof random);
    TRY(db_transaction(b->options->shop->db, "outbox.lease", lease, b));
    for (i = 0; i < b->count; i++) {
        if ((stop && *stop) || (i > 0 && clock_monotonic_us() - b->leased_us > BEGIN_WITHIN))
            return db_transaction(b->options->shop->db, "outbox.release", release, b);
        TRY(finish_row(b, &b->rows[i]));
    }
    return DONE;
}

enum outcome outbox_empty(void *mem, const struct jobs_options *options, const atomic_bool *stop,
                          struct jobs_round *round)
{
    struct batch b = {
        .options = options, .round = round, .round_mem = mem, .now = options->at.us ? options->at : clock_now()};
    enum outcome o;

    do {
        TRY(db_read(options->shop->db, "outbox.look", look, &b));
        if (!b.waiting)
            return DONE;
        b.mem = talloc_new(mem);
        o = do_batch(&b, stop);
        talloc_free(b.mem);
    } while (o == DONE && b.count > 0 && !(stop && *stop));
    return o;
}
