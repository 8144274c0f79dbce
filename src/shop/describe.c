#include "shop/describe.h"
#include <inttypes.h>
#include <string.h>

json_t *describe_day(struct day day)
{
    char text[DAY_TEXT];

    return day.n == 0 || day.n >= DAY_NEVER.n ? json_null() : json_string(day_iso(day, text));
}

json_t *describe_instant(struct instant i)
{
    char text[INSTANT_TEXT];

    return i.us == 0 ? json_null() : json_string(instant_rfc3339(i, text));
}

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}
static json_t *id_or_null(int64_t id)
{
    return id ? json_integer(id) : json_null();
}

json_t *describe_problem(void *mem, const char *language, const struct problem *why)
{
    return json_pack("{s:s, s:o, s:s}", "code", problem_slug(why->code), "field", text_or_null(why->field), "detail",
                     problem_text(mem, language, why));
}

static void put_total(json_t *out, const struct total *total)
{
    json_object_set_new(out, "net_cents", json_integer(total->net.cents));
    json_object_set_new(out, "vat_cents", json_integer(total->vat.cents));
    json_object_set_new(out, "gross_cents", json_integer(total->gross.cents));
    json_object_set_new(out, "vat_rate_bp", json_integer(total->vat_rate_bp));
}

/* Of what is ordered or invoiced, to somebody. */
static void put_due(json_t *out, const struct total *total)
{
    put_total(out, total);
    json_object_set_new(out, "due_cents", json_integer(total->due.cents));
    json_object_set_new(out, "split_payment", json_boolean(total_is_split(total)));
}

static json_t *describe_billing(const struct billing *b, const char *email_name)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind",
                     holder_kind_name((enum holder_kind)b->kind), "name", b->name, "tax_code", b->tax_code,
                     "vat_number", b->vat_number, "street", b->street, "postcode", b->postcode, "city", b->city,
                     "province", b->province, "country", b->country, "sdi_code", b->sdi_code, "sdi_pec", b->sdi_pec,
                     email_name, b->email);
}

/* ---- Mailboxes ---- */

json_t *describe_mailbox(const struct brand *brand, const struct mailbox *m, struct day today, const char *open_order)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, m->plan);
    struct renewal_policy policy = brand_renewal(brand, m->domain[0]);
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "address", m->address, "brand", m->brand,
                  "status", m->status, "phase", phase_name(term_phase(m->term.ends_on, today, &policy)), "expires_on",
                  describe_day(m->term.ends_on), "send_until", describe_day(m->allowed.send_until), "receive_until",
                  describe_day(m->allowed.receive_until), "read_until", describe_day(m->allowed.read_until),
                  "renew_until", describe_day(m->allowed.renew_until), "plan", m->plan, "plan_name",
                  plan ? json_string(plan->name) : json_null());
    json_t *rest =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "user_id", m->user_id, "extra_gb",
                  (json_int_t)m->extra_gb, "extra_archive_gb", (json_int_t)m->extra_archive_gb, "used_mb",
                  (json_int_t)m->used_mb, "used_archive_mb", (json_int_t)m->used_archive_mb, "used_on",
                  describe_day(m->used_on), "activated_on", describe_day(m->activated_on), "auto_renew", m->auto_renew,
                  "open_order", text_or_null(open_order), "convention", text_or_null(m->convention), "domain",
                  text_or_null(m->domain), "holder", describe_billing(&m->holder, "contact_email"));

    json_object_update(out, rest);
    json_decref(rest);
    return out;
}

static json_t *describe_option(const struct quote *quote)
{
    json_t *out = json_pack("{s:I}", "years", (json_int_t)quote->choice.years);

    put_total(out, &quote->total);
    json_object_set_new(out, "new_expires_on", describe_day(quote->renewed.ends_on));
    return out;
}

/* The window may be open and yet no term be possible: the reason is that of the longest, which can bring an expired
 * mailbox furthest, unless it only goes too far. */
static enum outcome why_nothing(const struct brand *brand, const struct mailbox *mailbox, struct day today,
                                struct problem *why)
{
    struct renewal_years sold = renewal_years(brand, mailbox, today);
    struct renewal_choice choice = {.years = sold.most, .extra_gb = mailbox->extra_gb};
    struct quote quote;
    enum outcome o = quote_renewal(brand, mailbox, &choice, today, &quote, why);

    if (o == REFUSED && why->code == PROBLEM_HORIZON) {
        choice.years = sold.least;
        o = quote_renewal(brand, mailbox, &choice, today, &quote, why);
    }
    return o;
}

json_t *describe_renewal(void *mem, const char *language, const struct brand *brand, const struct mailbox *mailbox,
                         struct day today, const char *open_order)
{
    struct renewal_policy policy = brand_renewal(brand, mailbox->domain[0]);
    struct renewal_window window = renewal_window(mailbox->term.ends_on, &policy);
    struct quote options[QUOTE_OPTIONS];
    json_t *list = json_array();
    struct problem why = {0};
    size_t count = 0;
    bool eligible = renewal_eligible(brand, mailbox, today, &why) == DONE;

    if (why.code == PROBLEM_OPEN_ORDER)
        (void)problem_set(&why, PROBLEM_OPEN_ORDER, "mailbox", "%s", open_order ? open_order : "");
    if (eligible) {
        count = quote_options(brand, mailbox, NULL, mailbox->extra_gb, today, options);
        if (count == 0)
            eligible = why_nothing(brand, mailbox, today, &why) == DONE;
    }
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_option(&options[i]));
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "address", mailbox->address, "eligible", eligible,
                     "reason", eligible ? json_null() : json_string(problem_slug(why.code)), "detail",
                     eligible ? json_null() : json_string(problem_text(mem, language, &why)), "order",
                     text_or_null(open_order), "opens_on", describe_day(window.opens_on), "closes_on",
                     describe_day(window.closes_on), "expires_on", describe_day(mailbox->term.ends_on), "options",
                     list);
}

/* ---- Orders and invoices ---- */

static json_t *describe_line(const struct order_line *l)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "line",
                     (json_int_t)l->line, "kind", l->kind, "mailbox", l->address, "description", l->description,
                     "quantity", (json_int_t)l->quantity, "unit_cents", (json_int_t)l->unit.cents, "net_cents",
                     (json_int_t)l->net.cents, "plan", l->plan, "extra_gb", (json_int_t)l->extra_gb, "extra_archive_gb",
                     (json_int_t)l->extra_archive_gb, "years", (json_int_t)l->years, "from", describe_day(l->from),
                     "to", describe_day(l->to), "expires_on", describe_day(l->old_expires_on), "new_expires_on",
                     describe_day(l->new_expires_on));
}

/* Where the money goes is told for as long as it may be paid; what has become of it, always. */
static json_t *payment_of(const struct order_facts *f)
{
    const struct seller *s = &f->brand->seller;
    bool due = order_is_open(f->order.state);
    json_t *held = json_null();

    if (f->held)
        held = json_pack("{s:I, s:o, s:s}", "amount_cents", (json_int_t)f->held->amount.cents, "received_on",
                         describe_day(f->held->booked_on), "reason", f->held->held_reason);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:n, s:n, s:n, s:b, s:o, s:[]}", "method",
                     f->order.payment_method, "reference", f->order.code, "iban", s->iban, "payee", s->payee, "bank",
                     text_or_null(s->bank), "bic", text_or_null(s->bic), "due_cents",
                     (json_int_t)(due ? f->order.total.due.cents : 0), "due_on",
                     due ? describe_day(order_pay_by(f)) : json_null(), "paid_on", describe_day(f->order.settled_on),
                     "held", held, "state", "error", "redirect_url", "provisional", f->order.provisional, "settled_by",
                     text_or_null(f->order.settled_by), "attempts");
}

json_t *describe_invoice(void *mem, const struct invoice *i, const char *order_code)
{
    json_t *out = json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "id", (json_int_t)i->id, "number", invoice_number_text(mem, i),
        "kind", invoice_is_credit_note(i) ? INVOICE_CREDIT_NOTE : INVOICE_ORDINARY, "corrects",
        id_or_null(i->corrects_id), "reason", text_or_null(i->reason), "brand", i->brand, "order",
        text_or_null(order_code), "issued_on", describe_day(i->issued_on), "paid_on", describe_day(i->paid_on));

    put_due(out, &i->total);
    json_object_set_new(out, "pdf", json_sprintf("/api/v1/invoices/%" PRId64 ".pdf", i->id));
    json_object_set_new(out, "xml", json_sprintf("/api/v1/invoices/%" PRId64 ".xml", i->id));
    return out;
}

json_t *describe_name(void *mem, const char *language, const struct name_answer *a)
{
    bool available = a->fault.code == PROBLEM_NONE;

    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:o}", "typed", a->typed, "name", text_or_null(a->name), "address",
                     text_or_null(a->address), "available", available, "code",
                     available ? json_null() : json_string(problem_slug(a->fault.code)), "detail",
                     available ? json_null() : json_string(problem_text(mem, language, &a->fault)));
}

json_t *describe_request(const struct brand *brand, const struct request *r)
{
    json_t *names = json_array(), *out;

    for (int i = 0; i < NAMES; i++)
        json_array_append_new(names, json_string(r->name[i]));
    out = json_pack("{s:s, s:o, s:o, s:s, s:I, s:o, s:s, s:s, s:s, s:b}", "state", request_state_name(r->state),
                    "address", r->held_name[0] ? json_sprintf("%s@%s", r->held_name, brand->domain) : json_null(),
                    "names", names, "plan", r->plan, "years", (json_int_t)r->years, "holder",
                    describe_billing(&r->holder, "email"), "phone", r->phone, "signer_name", r->signer_name,
                    "signer_tax_code", r->signer_tax_code, "start_now", r->start_now);
    json_object_set_new(out, "begins_on", r->state == REQUEST_WAITING ? describe_day(r->begins_on) : json_null());
    json_object_set_new(out, "error", text_or_null(r->error));
    json_object_set_new(out, "created_at", describe_instant(r->created_at));
    json_object_set_new(out, "paid_at", describe_instant(r->paid_at));
    return out;
}

json_t *describe_order(void *mem, const struct order_facts *f)
{
    const struct order *o = &f->order;
    json_t *lines = json_array(), *out, *rest;

    for (size_t i = 0; i < f->line_count; i++)
        json_array_append_new(lines, describe_line(&f->lines[i]));
    out = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "code", o->code, "brand", o->brand, "kind", o->kind,
                    "status", order_state_name(o->state), "confirmed_at", describe_instant(o->confirmed_at),
                    "lapses_on", describe_day(o->lapses_on), "lines", lines);
    put_due(out, &o->total);
    json_object_set_new(out, "vat_nature", text_or_null(o->vat_nature));
    rest = json_pack("{s:o, s:o, s:o, s:[], s:i, s:o, s:[], s:[], s:o, s:o}", "billing",
                     describe_billing(&o->billing, "email"), "payment", payment_of(f), "request",
                     f->request ? describe_request(f->brand, f->request) : json_null(), "documents", "proofs", 0,
                     "invoice", f->invoice.id ? describe_invoice(mem, &f->invoice, o->code) : json_null(),
                     "credit_notes", "refunds", "settled_at", describe_instant(o->settled_at), "cancelled_at",
                     describe_instant(o->cancelled_at));
    json_object_update(out, rest);
    json_decref(rest);
    return out;
}

/* ---- What happened, and money ---- */

json_t *describe_event(const struct event *e)
{
    json_t *data = json_loads(e->data, 0, NULL);

    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)e->id, "at",
                     describe_instant(e->at), "brand", e->brand, "door", e->door, "actor", e->actor, "kind", e->kind,
                     "order_id", id_or_null(e->order_id), "mailbox_id", id_or_null(e->mailbox_id), "data",
                     data ? data : json_null());
}

json_t *describe_bounce(const struct bounce *b)
{
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:s, s:o, s:I, s:s, s:o}", "id", (json_int_t)b->id, "brand",
                     b->brand, "address", b->address, "since", describe_instant(b->since), "last_at",
                     describe_instant(b->last_at), "times", (json_int_t)b->times, "status", b->status, "said",
                     text_or_null(b->said), "mail", (json_int_t)b->outbox_id, "template", b->template, "mailbox",
                     text_or_null(b->mailbox));
}

json_t *describe_import_result(const struct import_result *r)
{
    json_t *held = json_array();

    for (size_t i = 0; i < r->held_listed; i++)
        json_array_append_new(held, json_pack("{s:I, s:s, s:s, s:s}", "amount_cents",
                                              (json_int_t)r->held_list[i].amount.cents, "currency",
                                              r->held_list[i].currency, "remittance", r->held_list[i].remittance,
                                              "reason", held_reason_name(r->held_list[i].reason)));
    return json_pack("{s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I}", "statements", (json_int_t)r->statements, "entries",
                     (json_int_t)r->entries, "matched", (json_int_t)r->matched, "held", held, "held_count",
                     (json_int_t)r->held, "duplicates", (json_int_t)r->duplicates, "ignored", (json_int_t)r->ignored,
                     "unbalanced", (json_int_t)r->unbalanced);
}
