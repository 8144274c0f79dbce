/* web/office_invoice_act.c: what the desk does about an invoice: POST /office/fatture/{id}/storno, a credit note of the
 * whole, of chosen lines or of an amount; /invio, sent to SdI again, mended. */

#include "base/i18n.h"
#include "web/billing_form.h"
#include "web/office_invoice.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum credit_what { CREDIT_WHOLE, CREDIT_LINES, CREDIT_AMOUNT };

static const struct form_choice WHAT[] = {
    {"whole", CREDIT_WHOLE}, {"lines", CREDIT_LINES}, {"amount", CREDIT_AMOUNT}, {NULL, 0}};
static const char *const DESTINATIONS[] = {"source", "wallet", "transfer"};
static const struct form_choice TO[] = {{"source", 0}, {"wallet", 1}, {"transfer", 2}, {NULL, 0}};

const struct form_field OFFICE_CREDIT_FIELDS[] = {
    FORM_ENUM(struct credit_form, what, "what", WHAT),
    FORM_MONEY(struct credit_form, amount, "amount", .optional = true),
    FORM_TEXT(struct credit_form, reason, "reason", .max = 120),
    FORM_ENUM(struct credit_form, destination, "destination", TO),
    FORM_TEXT(struct credit_form, iban, "iban", .max = 42, .optional = true),
    FORM_TEXT(struct credit_form, payee, "payee", .max = 70, .optional = true),
    FORM_FLAG(struct credit_form, take_back, "take_back"),
    FORM_END,
};
const struct form_field OFFICE_AGAIN_FIELDS[] = {
    BILLING_FIELDS(struct again_form),
    FORM_FLAG(struct again_form, late, "late"),
    FORM_END,
};

static void go(struct office *o, int64_t id, const char *done)
{
    office_go(o, talloc_asprintf(o->page.mem, "/office/fatture/%" PRId64 "?fatto=%s", id, done));
}

/* ---- Credit notes ---- */

static char *box_name(void *mem, const struct order_line *line)
{
    return talloc_asprintf(mem, "line-%" PRId64, line->line);
}

/* Those of every invoice, and a box for each line of this one. */
static struct form_field *credit_fields(void *mem, const struct invoice_page *i)
{
    size_t fixed = 0;
    struct form_field *fields;

    while (OFFICE_CREDIT_FIELDS[fixed].type != FORM_END_)
        fixed++;
    fields = talloc_array(mem, struct form_field, (unsigned)(fixed + i->line_count + 1));
    memcpy(fields, OFFICE_CREDIT_FIELDS, fixed * sizeof *fields);
    for (size_t k = 0; k < i->line_count; k++)
        fields[fixed++] = (struct form_field)FORM_IGNORE(box_name(mem, &i->lines[k]));
    fields[fixed] = (struct form_field)FORM_END;
    return fields;
}

/* The boxes that are ticked. */
static size_t chosen(struct page *p, const struct invoice_page *i, int64_t **lines)
{
    size_t count = 0;

    *lines = talloc_array(p->mem, int64_t, (unsigned)i->line_count + 1);
    for (size_t k = 0; k < i->line_count; k++)
        if (form_value(&p->req->form, box_name(p->mem, &i->lines[k])))
            (*lines)[count++] = i->lines[k].line;
    return count;
}

struct crediting {
    struct office *o;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static enum outcome do_credit(struct db_tx *tx, void *arg)
{
    struct crediting *c = arg;

    return refund_order(tx, c->o->page.mem, c->o->page.shop->brands, &c->request, &c->refund, &c->why);
}

static void ask_for(struct office *o, const struct invoice_page *i, const struct credit_form *f,
                    struct refund_request *r, struct problems *faults)
{
    int64_t *lines;
    size_t count = f->what == CREDIT_LINES ? chosen(&o->page, i, &lines) : 0;

    *r = (struct refund_request){.code = i->facts.order.code,
                                 .amount = f->what == CREDIT_WHOLE ? i->left : f->amount,
                                 .lines = count ? lines : NULL,
                                 .line_count = count,
                                 .destination = DESTINATIONS[f->destination],
                                 .iban = f->iban,
                                 .payee = f->payee,
                                 .reason = f->reason,
                                 .take_back = f->take_back && f->what == CREDIT_WHOLE,
                                 .actor = o->actor};
    if (f->take_back && f->what != CREDIT_WHOLE)
        problems_put(faults, &(struct problem){.code = PROBLEM_NOT_A_CHOICE, .field = "take_back"});
    else if (f->what == CREDIT_LINES && !count)
        problems_put(faults, &(struct problem){.code = PROBLEM_REQUIRED, .field = "what"});
    else if (f->what == CREDIT_AMOUNT && !f->amount.cents)
        problems_put(faults, &(struct problem){.code = PROBLEM_REQUIRED, .field = "amount"});
}

void office_credit_sent(struct http_request *req)
{
    struct invoice_page page = {.id = office_id(req, "id")};
    struct credit_form form = {.iban = "", .payee = "", .reason = ""};
    struct problems faults = {0};
    struct crediting c = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, office_invoice_load, &page, &o))
        return;
    c.o = &o;
    if (page_form(&o.page, credit_fields(o.page.mem, &page), &form, &faults) == DONE)
        ask_for(&o, &page, &form, &c.request, &faults);
    if (!faults.count && (outcome = db_transaction(o.page.shop->db, "office.credit", do_credit, &c)) == REFUSED) {
        if (strcmp(c.why.field, "lines") == 0)
            snprintf(c.why.field, sizeof c.why.field, "what");
        problems_put(&faults, &c.why);
    }
    if (faults.count)
        office_invoice_show(&o, &page, c.why.code ? problem_status(c.why.code) : 422, INVOICE_FORM_CREDIT, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &c.why);
    else
        go(&o, page.id, "storno");
}

/* ---- Sent again ---- */

struct sending {
    struct office *o;
    struct sdi_again again;
    struct problem why;
};

static enum outcome do_again(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return sdi_send_again(tx, s->o->page.mem, &s->again, &s->why);
}

void office_again_sent(struct http_request *req)
{
    struct invoice_page page = {.id = office_id(req, "id")};
    struct again_form form = {.kind = -1};
    struct problems faults = {0};
    struct sending s = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, office_invoice_load, &page, &o))
        return;
    s = (struct sending){.o = &o, .again = {.invoice_id = page.id, .actor = o.actor}};
    if (page_form(&o.page, OFFICE_AGAIN_FIELDS, &form, &faults) == DONE) {
        form.billing.kind = form.kind;
        s.again.billing = &form.billing;
        s.again.late = form.late;
        (void)!billing_check(o.page.mem, &form.billing, &faults);
    }
    if (!faults.count && (outcome = db_transaction(o.page.shop->db, "office.again", do_again, &s)) == REFUSED)
        problems_put(&faults, &s.why);
    if (faults.count)
        office_invoice_show(&o, &page, s.why.code ? problem_status(s.why.code) : 422, INVOICE_FORM_AGAIN, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &s.why);
    else
        go(&o, page.id, "invio");
}
