/* The bank: transfers arrive, a statement a day and account is read, sometimes twice; the desk sends back what belongs
 * to nobody. */
#include "link/statement.h"
#include "sandbox/camt_write.h"
#include "shop/held.h"
#include "shop/import_statement.h"
#include "shop/refund.h"
#include "sim/sim.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

void bank_sends(struct world *w, int customer, const char *text, int64_t cents, struct day on)
{
    struct on_the_way *t;

    w->transfers = talloc_realloc(w, w->transfers, struct on_the_way, (unsigned)w->transfer_count + 1);
    t = &w->transfers[w->transfer_count++];
    *t = (struct on_the_way){
        .brand = w->customers[customer].brand, .cents = cents, .arrives_on = on, .customer = customer};
    snprintf(t->text, sizeof t->text, "%s", text);
}

struct reading {
    const char *xml;
    struct import_result result;
    struct problem why;
};

static enum outcome read_statement(struct world *w, void *arg)
{
    struct reading *r = arg;
    struct statement_import in = {.shop = &w->f->shop, .reader = statement_read, .actor = {"cli", "system"}};
    size_t length = strlen(r->xml);
    enum outcome o;

    in.file = memfd_create("statement", 0);
    if (in.file < 0 || write(in.file, r->xml, length) != (ssize_t)length || lseek(in.file, 0, SEEK_SET) != 0)
        SIM_TROUBLE(w, "no room for a statement");
    r->why = (struct problem){0};
    o = import_statement(w->scratch, &in, &r->result, &r->why);
    close(in.file);
    return o;
}

static struct books *books_of(struct world *w, const struct brand *brand)
{
    struct books *b = w->books;

    while (b->brand && b->brand != brand)
        b++;
    if (!b->brand)
        *b = (struct books){.brand = brand, .balance = money(1000000)};
    return b;
}

static void book(struct world *w, const struct brand *brand, const struct camt_movement *movements, size_t count)
{
    struct books *b = books_of(w, brand);
    char id[32];
    struct camt_statement statement = {.id = id,
                                       .iban = brand->seller.iban,
                                       .currency = "EUR",
                                       .sequence = ++b->sequence,
                                       .created = rome_at(w->today, 14, 0, 0),
                                       .day = w->today,
                                       .opening = b->balance,
                                       .movements = movements,
                                       .movement_count = count};
    struct reading r = {0};
    char *xml;

    snprintf(id, sizeof id, "%s-%d", brand->id, b->sequence);
    if (camt_write(w->scratch, &statement, &xml, &r.why) != DONE ||
        camt_closing(&statement, &b->balance, &r.why) != DONE)
        SIM_TROUBLE(w, "statement: %s", r.why.detail);
    r.xml = xml;
    if (sim_try(w, read_statement, &r) != DONE)
        SIM_TROUBLE(w, "a sound statement was refused: %s %s", problem_slug(r.why.code), r.why.detail);
    if (chance_of(&w->chance, 50) && sim_try(w, read_statement, &r) != DONE) /* again: nothing new */
        SIM_TROUBLE(w, "the same statement was refused: %s", r.why.detail);
    w->seen.statements++;
}

void bank_day(struct world *w)
{
    for (size_t b = 0; b < w->f->brands.count; b++) {
        const struct brand *brand = &w->f->brands.all[b];
        struct camt_movement *movements =
            talloc_zero_array(w->scratch, struct camt_movement, (unsigned)w->transfer_count + 1);
        size_t count = 0, left = 0;

        for (size_t i = 0; i < w->transfer_count; i++) {
            struct on_the_way *t = &w->transfers[i];

            if (t->brand != brand || day_before(w->today, t->arrives_on)) {
                w->transfers[left++] = *t;
                continue;
            }
            movements[count++] = (struct camt_movement){.amount = money(t->cents),
                                                        .status = ENTRY_BOOKED,
                                                        .booked_on = w->today,
                                                        .value_on = w->today,
                                                        .debtor = w->customers[t->customer].name,
                                                        .debtor_iban = "IT60X0542811101000000123456",
                                                        .remittance = talloc_strdup(w->scratch, t->text)};
            w->transferred += t->cents;
        }
        w->transfer_count = left;
        if (count)
            book(w, brand, movements, count);
    }
}

/* ---- The desk ---- */

struct returning {
    const struct held_item *item;
    struct refund refund;
    struct problem why;
    void *mem;
    const struct brands *brands;
};

static enum outcome give_back_held(struct db_tx *tx, void *arg)
{
    struct returning *r = arg;
    bool bank = r->item->kind == HELD_BANK;

    r->why = (struct problem){0};
    return refund_held(tx, r->mem, r->brands, r->item->kind, r->item->id, bank ? "transfer" : "source",
                       bank ? "IT60X0542811101000000123456" : "", bank ? "Cliente" : "",
                       &(struct actor){"cli", "os:desk"}, &r->refund, &r->why);
}

static enum outcome try_give_back(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.return", give_back_held, arg);
}

struct listing {
    struct world *w;
    struct held_item *items;
    size_t count;
};

static enum outcome list(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return held_list(tx, l->w->scratch, &l->w->f->brands, "", "", 1000, &l->items, &l->count);
}

static enum outcome made(struct db_tx *tx, void *arg)
{
    struct returning *r = arg;

    r->why = (struct problem){0};
    return refund_sent(tx, r->mem, r->refund.id, &(struct actor){"cli", "os:desk"}, &r->why);
}

static enum outcome try_made(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.sent", made, arg);
}

/* A crash after the commit hides that it was done: then it is refused the second time, and the money counts once. */
void desk_day(struct world *w)
{
    struct listing l = {.w = w};

    if (db_read(w->f->db, "sim.held", list, &l) != DONE)
        SIM_TROUBLE(w, "held money cannot be listed");
    for (size_t i = 0; i < l.count; i++) {
        struct returning r = {.item = &l.items[i], .mem = w->scratch, .brands = &w->f->brands};

        if (l.items[i].leaving || (l.items[i].kind == HELD_CHEQUE))
            continue;
        w->seen.held++;
        (void)!sim_try(w, try_give_back, &r);
    }
    for (;;) {
        struct returning r = {.mem = w->scratch, .brands = &w->f->brands};
        int64_t cents;

        r.refund.id = number(w->f, "SELECT coalesce(min(id), 0) FROM refund WHERE destination = 'transfer' AND state "
                                   "= 'waiting'");
        if (!r.refund.id)
            return;
        cents = number(w->f,
                       talloc_asprintf(w->scratch, "SELECT amount_cents FROM refund WHERE id = %" PRId64, r.refund.id));
        if (sim_try(w, try_made, &r) == BROKEN)
            SIM_TROUBLE(w, "a refund cannot be recorded");
        w->sent_back += cents;
    }
}

/* Every cent that left a customer's pocket is on one of our accounts, or went back. */
void books_close(struct world *w)
{
    int64_t bank = number(w->f, "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry WHERE "
                                "account LIKE 'bank:%' OR account LIKE 'outgoing:%'");
    int64_t gateways = number(w->f, "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry WHERE "
                                    "account LIKE 'gateway:%'");
    const struct provider *providers[] = {&w->card, &w->paypal, &w->stripe};
    int64_t kept = 0;

    for (size_t i = 0; i < count_of(providers); i++)
        for (int n = 0; n < providers[i]->count; n++) {
            const struct provider_payment *p = &providers[i]->all[n];

            if (p->captures > 1)
                SIM_TROUBLE(w, "%s was charged %d times", p->key, p->captures);
            kept += p->taken.cents - p->returned.cents;
            if (p->taken.cents && p->returned.cents < p->taken.cents &&
                number(w->f, talloc_asprintf(w->scratch,
                                             "SELECT count(*) FROM payment WHERE key = '%s' AND captured_cents > 0",
                                             p->key)) != 1)
                SIM_TROUBLE(
                    w, "%s was taken by %s, and we know it as %s", p->key, providers[i]->name,
                    words(w->f, talloc_asprintf(w->scratch,
                                                "SELECT state || ' ' || error || ' of an order ' || (SELECT state FROM "
                                                "shop_order o WHERE o.id = order_id) FROM payment WHERE key = '%s'",
                                                p->key)));
        }
    if (bank != w->transferred - w->sent_back)
        SIM_TROUBLE(w, "banks have %" PRId64 " in, %" PRId64 " out; our books say %" PRId64, w->transferred,
                    w->sent_back, bank);
    if (gateways != kept)
        SIM_TROUBLE(w, "providers kept %" PRId64 " for us; our books say %" PRId64, kept, gateways);
}
