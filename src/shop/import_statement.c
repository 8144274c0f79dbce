#include "shop/import_statement.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/import_twin.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define AHEAD 8   /* questions told to the database in one round trip */
#define BATCH 100 /* payments a transaction: one fsync for a hundred */

/* How often each payment has been met in this file: two that look the same are two only by their place. */
struct tally {
    struct tally_slot {
        uint64_t key;
        uint32_t count;
    } * slots;
    size_t room, used; /* room is a power of two */
};

struct batch_item {
    struct statement_payment payment;
    char fingerprint[65];
    struct settled_entry settled;
    const char *order_code; /* of what is only looked at */
    int64_t twin;           /* the entry that it is, told of in another format; 0: none */
};

struct import {
    void *mem;
    const struct statement_import *in;
    struct import_result *result;
    struct problem *why;
    struct bank_statement *statements; /* as the first reading found them */
    size_t statement_count, current;
    int64_t tried_id; /* the current statement's row in the transaction that runs */
    struct tally tally;
    struct tally claimed; /* orders that payments of this file would pay, where it is only looked at */
    struct twins twins;   /* of what is booked so far; they grow with every batch */
    void *batch_mem;      /* of the texts of one batch */
    struct batch_item items[BATCH];
    size_t item_count;
};

static bool is_money(const struct statement_payment *p)
{
    return p->credit && !p->reversal && p->status == ENTRY_BOOKED;
}

/* ---- First reading: is all of it sound? ---- */

/* The IBAN of ours that a statement is about; NULL: of no brand that counts here. */
static const char *our_account(const struct statement_import *in, const struct statement_head *head)
{
    const char *account = head->account[0] ? head->account : in->account ? in->account : "";
    const struct brands *brands = in->shop->brands;
    bool any = !in->brand || !in->brand[0];
    const char *iban = NULL;

    for (size_t i = 0; i < brands->count && !iban; i++)
        if (any || strcmp(brands->all[i].id, in->brand) == 0)
            iban = brand_account(&brands->all[i], account);
    return iban;
}

static enum outcome check_begin(void *arg, const struct statement_head *head)
{
    struct import *im = arg;
    const char *account = our_account(im->in, head);
    struct bank_statement *s;

    if (!head->account[0] && !(im->in->account && im->in->account[0]))
        return problem_set(im->why, PROBLEM_STATEMENT_WHOSE, "account", "%s", "");
    if (!account)
        return problem_set(im->why, PROBLEM_STATEMENT_ACCOUNT, head->account[0] ? "file" : "account", "%.40s",
                           head->account[0] ? head->account : im->in->account);
    im->statements =
        talloc_realloc(im->mem, im->statements, struct bank_statement, (unsigned)(im->statement_count + 1));
    s = &im->statements[im->statement_count++];
    *s = (struct bank_statement){.account = talloc_strdup(im->mem, account),
                                 .name = talloc_strdup(im->mem, head->id),
                                 .format = talloc_strdup(im->mem, head->format),
                                 .opening = talloc_strdup(im->mem, head->opening),
                                 .closing = talloc_strdup(im->mem, head->closing)};
    return DONE;
}

static enum outcome check_payment(void *arg, const struct statement_payment *p)
{
    struct import *im = arg;

    if (is_money(p))
        im->statements[im->statement_count - 1].entries++;
    else
        im->result->ignored++;
    return DONE;
}

static enum outcome check_end(void *arg, const struct statement_head *head)
{
    struct import *im = arg;
    struct bank_statement *s = &im->statements[im->statement_count - 1];

    if (!head->booked_fits)
        return problem_set(im->why, PROBLEM_STATEMENT_FORMAT, "file", "%s",
                           N_("la somma dei movimenti non è in centesimi"));
    s->booked = head->booked;
    s->closing = talloc_strdup(im->mem, head->closing); /* some formats say it at the end */
    s->balanced = head->check != BALANCE_WRONG;
    im->result->unbalanced += !s->balanced;
    return DONE;
}

/* ---- Second reading: book it ---- */

static uint32_t tally_next(void *mem, struct tally *t, uint64_t key)
{
    size_t at;

    if (t->used * 2 >= t->room) {
        struct tally larger = {.room = t->room ? t->room * 2 : 1024, .used = t->used};

        larger.slots = talloc_zero_array(mem, struct tally_slot, (unsigned)larger.room);
        for (size_t i = 0; i < t->room; i++)
            if (t->slots[i].count) {
                for (at = t->slots[i].key & (larger.room - 1); larger.slots[at].count;)
                    at = (at + 1) & (larger.room - 1);
                larger.slots[at] = t->slots[i];
            }
        talloc_free(t->slots);
        *t = larger;
    }
    for (at = key & (t->room - 1); t->slots[at].count && t->slots[at].key != key;)
        at = (at + 1) & (t->room - 1);
    t->used += t->slots[at].count == 0;
    t->slots[at].key = key;
    return t->slots[at].count++;
}

/* The bank's own reference of an entry is enough with account, date and amount (PAYMENTS §6.1); without one, all that
 * tells two payments apart. */
static void fingerprint(struct import *im, const char *account, const struct statement_payment *p, char hex[65])
{
    bool referenced = p->bank_reference[0] != 0;
    unsigned char digest[crypto_hash_sha256_BYTES];
    char tail[24];
    char *text = talloc_asprintf(im->mem, "%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s", account, p->booked_on.n, p->amount_text,
                                 p->currency, p->bank_reference, referenced ? "" : p->debtor_iban,
                                 referenced ? "" : p->end_to_end_id, referenced ? "" : p->remittance);
    crypto_hash_sha256_state state;
    uint64_t key;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_hash_sha256_state counted = state;
    crypto_hash_sha256_final(&state, digest);
    memcpy(&key, digest, sizeof key);
    snprintf(tail, sizeof tail, "\n%u", tally_next(im->mem, &im->tally, key));
    crypto_hash_sha256_update(&counted, (const unsigned char *)tail, strlen(tail));
    crypto_hash_sha256_final(&counted, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    talloc_free(text);
}

/* What is booked already, told of in another format. */
static enum outcome find_twins(struct db_tx *tx, void *mem, struct import *im)
{
    const struct bank_statement *s = &im->statements[im->current];
    struct twin_item found[BATCH];
    bool others;

    TRY(bank_has_other_formats(tx, s->account, s->format, &others));
    for (size_t i = 0; i < im->item_count; i++)
        found[i] = (struct twin_item){.payment = &im->items[i].payment, .fingerprint = im->items[i].fingerprint};
    if (others)
        TRY(twins_find(tx, mem, s->account, s->format, found, im->item_count, &im->twins));
    for (size_t i = 0; i < im->item_count; i++)
        im->items[i].twin = found[i].id;
    return DONE;
}

static enum outcome book_one(struct db_tx *tx, void *scratch, struct import *im, struct batch_item *item)
{
    if (item->twin) {
        item->settled = (struct settled_entry){.how = SETTLED_DUPLICATE};
        return DONE;
    }
    return settle_payment(tx, scratch, im->in->shop->brands,
                          &(struct settlement){.statement_id = im->tried_id,
                                               .account = im->statements[im->current].account,
                                               .payment = &item->payment,
                                               .fingerprint = item->fingerprint,
                                               .actor = im->in->actor},
                          &item->settled);
}

static enum outcome book_batch(struct db_tx *tx, void *arg)
{
    struct import *im = arg;
    struct bank_statement *s = &im->statements[im->current];
    void *scratch = talloc_new(im->batch_mem);
    enum outcome o = DONE;

    im->tried_id = s->id;
    if (!im->tried_id) {
        struct bank_statement fresh = *s;

        TRY(bank_statement_insert(tx, &fresh));
        im->tried_id = fresh.id;
    }
    TRY(find_twins(tx, scratch, im));
    talloc_free_children(scratch);
    for (size_t i = 0; i < im->item_count && o == DONE; i++) {
        o = book_one(tx, scratch, im, &im->items[i]);
        talloc_free_children(scratch);
    }
    return o;
}

/* What would become of each, if the file were booked now. */
static enum outcome look_batch(struct db_tx *tx, void *arg)
{
    struct import *im = arg;
    void *scratch = talloc_new(im->batch_mem);

    TRY(find_twins(tx, scratch, im));
    for (size_t i = 0; i < im->item_count; i++) {
        struct batch_item *item = &im->items[i];

        for (size_t k = i; i % AHEAD == 0 && k < i + AHEAD && k < im->item_count; k++)
            bank_entry_known_ahead(tx, im->items[k].fingerprint);
        item->settled = (struct settled_entry){.how = SETTLED_DUPLICATE};
        item->order_code = "";
        if (!item->twin)
            TRY(settle_look(tx, im->batch_mem, im->in->shop->brands,
                            &(struct settlement){.account = im->statements[im->current].account,
                                                 .payment = &item->payment,
                                                 .fingerprint = item->fingerprint},
                            &item->settled, &item->order_code));
    }
    return DONE;
}

/* The second payment for one order finds it paid. */
static enum outcome tell_batch(struct import *im)
{
    for (size_t i = 0; i < im->item_count; i++) {
        struct batch_item *item = &im->items[i];
        struct settled_entry *s = &item->settled;

        if (s->how == SETTLED_MATCHED && tally_next(im->mem, &im->claimed, (uint64_t)s->order_id) > 0)
            *s = (struct settled_entry){.how = SETTLED_HELD, .reason = HELD_REUSED, .order_id = s->order_id};
        TRY(im->in->look(im->in->look_arg, &item->payment, s, item->order_code));
    }
    return DONE;
}

static void keep_twins(struct import *im)
{
    for (size_t i = 0; i < im->item_count; i++)
        if (im->items[i].twin)
            twins_add(im->mem, &im->twins, im->items[i].twin);
}

static void count_item(struct import *im, const struct batch_item *item)
{
    struct import_result *r = im->result;

    r->entries++;
    r->matched += item->settled.how == SETTLED_MATCHED;
    r->duplicates += item->settled.how == SETTLED_DUPLICATE;
    if (item->settled.how != SETTLED_HELD)
        return;
    r->held++;
    if (r->held_listed == IMPORT_HELD_LISTED)
        return;
    r->held_list = talloc_realloc(im->mem, r->held_list, struct held_payment, (unsigned)(r->held_listed + 1));
    r->held_list[r->held_listed++] =
        (struct held_payment){.amount = item->payment.amount,
                              .currency = talloc_strdup(im->mem, item->payment.currency),
                              .remittance = talloc_strdup(im->mem, item->payment.remittance),
                              .reason = item->settled.reason};
}

static enum outcome flush(struct import *im)
{
    if (im->item_count == 0 && im->statements[im->current].id)
        return DONE;
    if (im->in->look) {
        TRY(db_read(im->in->shop->db, "bank.look", look_batch, im));
        TRY(tell_batch(im));
    } else {
        TRY(db_transaction(im->in->shop->db, "bank.import", book_batch, im));
        im->statements[im->current].id = im->tried_id;
    }
    keep_twins(im);
    for (size_t i = 0; i < im->item_count; i++)
        count_item(im, &im->items[i]);
    im->item_count = 0;
    talloc_free_children(im->batch_mem);
    if (im->in->progress) {
        int64_t all = 0;

        for (size_t i = 0; i < im->statement_count; i++)
            all += im->statements[i].entries;
        im->in->progress(im->in->progress_arg, im->result->entries, all);
    }
    return DONE;
}

static enum outcome book_begin(void *arg, const struct statement_head *head)
{
    struct import *im = arg;

    const char *account = our_account(im->in, head);

    if (im->current == im->statement_count || !account || strcmp(im->statements[im->current].account, account) != 0)
        return problem_set(im->why, PROBLEM_STATEMENT_FORMAT, "file", "%s", N_("è cambiato durante la lettura"));
    return DONE;
}

static enum outcome book_payment(void *arg, const struct statement_payment *p)
{
    struct import *im = arg;
    struct batch_item *item = &im->items[im->item_count];
    void *mem = im->batch_mem;
    const char **pieces;

    if (!is_money(p))
        return DONE;
    item->payment = *p;
    item->payment.amount_text = talloc_strdup(mem, p->amount_text);
    item->payment.currency = talloc_strdup(mem, p->currency);
    item->payment.debtor = talloc_strdup(mem, p->debtor);
    item->payment.debtor_iban = talloc_strdup(mem, p->debtor_iban);
    item->payment.end_to_end_id = talloc_strdup(mem, p->end_to_end_id);
    item->payment.bank_reference = talloc_strdup(mem, p->bank_reference);
    item->payment.remittance = talloc_strdup(mem, p->remittance);
    pieces = talloc_array(mem, const char *, (unsigned)p->piece_count + 1);
    for (size_t i = 0; i < p->piece_count; i++)
        pieces[i] = talloc_strdup(pieces, p->pieces[i]);
    item->payment.pieces = pieces;
    fingerprint(im, im->statements[im->current].account, p, item->fingerprint);
    return ++im->item_count == BATCH ? flush(im) : DONE;
}

static enum outcome book_end(void *arg, const struct statement_head *head)
{
    struct import *im = arg;

    (void)head;
    TRY(flush(im));
    im->current++;
    return DONE;
}

enum outcome import_statement(void *mem, const struct statement_import *in, struct import_result *result,
                              struct problem *why)
{
    struct import *im = talloc_zero(mem, struct import);

    *result = (struct import_result){0};
    *im = (struct import){.mem = mem, .in = in, .result = result, .why = why, .batch_mem = talloc_new(im)};
    TRY(in->reader(in->file, &(struct statement_sink){check_begin, check_payment, check_end, im}, why));
    result->statements = (int64_t)im->statement_count;
    if (lseek(in->file, 0, SEEK_SET) != 0)
        return problem_set(why, PROBLEM_STATEMENT_FORMAT, "file", "%s", N_("non rileggibile"));
    return in->reader(in->file, &(struct statement_sink){book_begin, book_payment, book_end, im}, why);
}
