/* web/office_held_act.c: what the desk does about money that is held: POST /office/denaro/fermi/{item}, one decision
 * (held_act.h, held_refund.h); …/annulla/{part}, a part is held again; …/scrivi, a mail to who paid. */

#include "shop/held_refund.h"
#include "web/office_held.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- The forms: one table, since their names differ ---- */

struct forms {
    const char *way, *token, *order[HELD_ROWS], *rest_account, *account, *iban, *payee, *destination, *note, *text;
    struct money amount[HELD_ROWS], amount_wallet, amount_transfer;
    int64_t placed;
};

#define NOTE(name) FORM_TEXT(struct forms, note, name, .max = 500, .lines = true, .optional = true)
#define ROW(n)                                                                                                         \
    FORM_TEXT(struct forms, order[n - 1], "order_" #n, .max = 40, .optional = true),                                   \
        FORM_MONEY(struct forms, amount[n - 1], "amount_" #n, .optional = true)

const struct form_field OFFICE_HELD_FIELDS[] = {
    FORM_TEXT(struct forms, order[0], "order", .max = 40, .optional = true),
    NOTE("note_order"),
    ROW(1),
    ROW(2),
    ROW(3),
    ROW(4),
    FORM_TEXT(struct forms, rest_account, "rest_account", .max = 200, .optional = true),
    NOTE("note_split"),
    FORM_TEXT(struct forms, account, "account", .max = 200, .optional = true),
    FORM_MONEY(struct forms, amount_wallet, "amount_wallet", .optional = true),
    NOTE("note_wallet"),
    FORM_TEXT(struct forms, destination, "destination", .max = 20, .optional = true),
    FORM_TEXT(struct forms, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct forms, payee, "payee", .max = 100, .optional = true),
    FORM_MONEY(struct forms, amount_transfer, "amount_transfer", .optional = true),
    NOTE("note_transfer"),
    NOTE("note_foreign"),
    NOTE("note_undo"),
    FORM_TEXT(struct forms, text, "text", .max = HELD_MAIL_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct forms, way, "way", .max = 20, .optional = true),
    FORM_TEXT(struct forms, token, "token", .max = 80, .optional = true),
    FORM_INT(struct forms, placed, "placed", .min = 0, .max = MONEY_LIMIT, .optional = true),
    FORM_END,
};

/* A fault of held_decide, at the field of the form that was sent: "account_1" of what goes to a prepaid account is
 * "account". */
static void to_field(const char *way, struct problem *f)
{
    char name[sizeof f->field];

    snprintf(name, sizeof name, "%s", f->field);
    if (strcmp(name, "note") == 0)
        snprintf(f->field, sizeof f->field, "note_%.20s", way);
    else if (strcmp(way, "split") == 0 && strncmp(name, "account_", 8) == 0)
        strcpy(f->field, "rest_account");
    else if (strcmp(way, "split") != 0 && strncmp(name, "amount_", 7) == 0)
        snprintf(f->field, sizeof f->field, strcmp(way, "order") == 0 ? "order" : "amount_%.20s", way);
    else if (strcmp(way, "split") != 0 && strchr(name, '_'))
        *strchr(f->field, '_') = 0;
}

/* ---- Deciding ---- */

struct doing {
    struct office *o;
    struct held_page *one, after;
    struct forms forms;
    struct held_share shares[HELD_SHARES];
    size_t count;
    int64_t part, waits;
    struct problems faults;
    struct problem why;
};

static enum outcome read_again(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct problem why;

    return office_held_load(tx, d->o, &d->after, &why);
}

static void answer(struct doing *d, enum outcome outcome, const char *way)
{
    struct office *o = d->o;
    const char *item = http_parameter(o->page.req, "item");

    if (outcome == DONE && d->one->kind != HELD_BANK && !d->waits) { /* it is held no longer */
        office_go(o, "/office/denaro/fermi?da=altri");
        return;
    }
    if (outcome == DONE) {
        office_go(o,
                  talloc_asprintf(o->page.mem, "/office/denaro/fermi/%s?fatto=%s", item, d->waits ? "attende" : way));
        return;
    }
    if (outcome != REFUSED || (!d->faults.count && d->why.code == PROBLEM_NONE) ||
        db_read(o->page.shop->db, "office.held", read_again, d) != DONE) {
        office_failed(o, outcome, &d->why);
        return;
    }
    if (d->why.code != PROBLEM_NONE)
        problems_put(&d->faults, &d->why);
    for (size_t i = 0; i < d->faults.count && i < count_of(d->faults.item); i++)
        to_field(way, &d->faults.item[i]);
    office_held_show(o, &d->after, problem_status(d->faults.item[0].code), way, &d->faults);
}

static enum outcome give_back(struct db_tx *tx, struct doing *d)
{
    const struct forms *f = &d->forms;

    return held_refund(
        tx, d->o->page.shop, d->o->page.mem, d->o->operator.brand,
        &(struct held_refund){.kind = d->one->kind,
                              .id = d->one->id,
                              .amount = f->amount_transfer,
                              .destination = f->destination && f->destination[0] ? f->destination : "transfer",
                              .iban = f->iban,
                              .payee = f->payee,
                              .note = f->note ? f->note : "",
                              .token = f->token,
                              .placed = money(f->placed),
                              .actor = d->o->actor},
        &d->waits, &d->faults);
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct bank_entry entry;

    d->faults = (struct problems){0};
    d->waits = 0;
    if (strcmp(d->forms.way, "transfer") == 0)
        return give_back(tx, d);
    return held_decide(tx, d->o->page.mem, d->o->page.shop->brands,
                       &(struct held_decision){.entry_id = d->one->id,
                                               .shares = d->shares,
                                               .count = d->count,
                                               .placed = money(d->forms.placed),
                                               .note = d->forms.note ? d->forms.note : "",
                                               .token = d->forms.token,
                                               .brand = d->o->operator.brand,
                                               .actor = d->o->actor},
                       &entry, &d->faults);
}

static void read_split(struct doing *d)
{
    const struct forms *f = &d->forms;

    for (int i = 0; i < HELD_ROWS; i++)
        if ((f->order[i] && f->order[i][0]) || f->amount[i].cents)
            d->shares[d->count++] =
                (struct held_share){.way = HELD_TO_ORDER, .order = f->order[i], .amount = f->amount[i]};
    if (f->rest_account && f->rest_account[0])
        d->shares[d->count++] = (struct held_share){.way = HELD_TO_WALLET, .account = f->rest_account};
}

/* False for a way that there is not, or that this money cannot go. */
static bool read_way(struct doing *d)
{
    const struct forms *f = &d->forms;
    const char *way = f->way ? f->way : "";

    if (strcmp(way, "transfer") == 0)
        return true;
    if (d->one->kind != HELD_BANK)
        return false;
    if (strcmp(way, "split") == 0) {
        read_split(d);
        return true;
    }
    d->count = 1;
    if (strcmp(way, "order") == 0)
        d->shares[0] = (struct held_share){.way = HELD_TO_ORDER, .order = f->order[0]};
    else if (strcmp(way, "wallet") == 0)
        d->shares[0] = (struct held_share){.way = HELD_TO_WALLET, .account = f->account, .amount = f->amount_wallet};
    else if (strcmp(way, "foreign") == 0)
        d->shares[0] = (struct held_share){.way = HELD_TO_NOBODY};
    else
        return false;
    return true;
}

void office_held_sent(struct http_request *req)
{
    struct held_page one = {0};
    struct office o;
    struct doing d = {.o = &o, .one = &one};
    enum outcome outcome = REFUSED;

    if (!office_open(req, office_held_load, &one, &o))
        return;
    if (page_form(&o.page, OFFICE_HELD_FIELDS, &d.forms, &d.faults) == DONE) {
        if (read_way(&d))
            outcome = db_transaction(o.page.shop->db, "held.decide", decide, &d);
        else
            (void)!problem_set(&d.why, PROBLEM_NOT_A_CHOICE, "", "%s", "");
    }
    answer(&d, outcome, d.forms.way ? d.forms.way : "");
}

/* ---- Undoing ---- */

static enum outcome undo(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct bank_entry entry;

    d->why = (struct problem){0};
    return held_undo(tx, d->o->page.mem, d->o->page.shop->brands, d->part, d->o->operator.brand,
                     d->forms.note ? d->forms.note : "", &d->o->actor, &entry, &d->why);
}

void office_held_undo(struct http_request *req)
{
    struct held_page one = {0};
    struct office o;
    struct doing d = {.o = &o, .one = &one, .part = office_id(req, "part")};
    enum outcome outcome = REFUSED;

    if (!office_open(req, office_held_load, &one, &o))
        return;
    if (page_form(&o.page, OFFICE_HELD_FIELDS, &d.forms, &d.faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "held.undo", undo, &d);
    if (outcome == DONE)
        answer(&d, outcome, "annulla");
    else
        answer(&d, outcome, "undo");
}

/* ---- Writing to who paid ---- */

static enum outcome write_mail(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return held_mail_send(tx, d->o->page.mem, d->o->page.shop->brands, d->o->operator.brand, d->one->id, d->forms.text,
                          &d->o->actor, &d->why);
}

void office_held_write(struct http_request *req)
{
    struct held_page one = {0};
    struct office o;
    struct doing d = {.o = &o, .one = &one};
    enum outcome outcome = REFUSED;

    if (!office_open(req, office_held_load, &one, &o))
        return;
    if (one.kind == HELD_BANK && page_form(&o.page, OFFICE_HELD_FIELDS, &d.forms, &d.faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "held.write", write_mail, &d);
    answer(&d, outcome, outcome == DONE ? "scrivi" : "mail");
}
