#include "shop/convention.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "shop/describe.h"
#include <string.h>

bool convention_delegate(const struct brand_convention *convention, const char *email)
{
    for (const char **delegate = convention->delegates; *delegate; delegate++)
        if (text_same(*delegate, email))
            return true;
    return false;
}

const struct brand_convention *convention_of_delegate(const struct brand *brand, const char *email, const char *id)
{
    for (size_t i = 0; i < brand->convention_count; i++) {
        const struct brand_convention *c = &brand->conventions[i];

        if ((!id || !id[0] || strcmp(c->id, id) == 0) && convention_delegate(c, email))
            return c;
    }
    return NULL;
}

void convention_due(const struct brand *brand, struct day today, struct day *from, struct day *until)
{
    int opens = brand->renewal.opens_months_before;

    *from = day_add_months(today, -brand->renewal.closes_after.months - 1, 0);
    *from = day_plus(*from, -brand->renewal.closes_after.days);
    while (day_before(*from, today) && renewal_window_check(*from, today, &brand->renewal, NULL) != DONE)
        *from = day_plus(*from, 1);
    if (opens == ANY_TIME) {
        *until = DAY_NEVER;
        return;
    }
    *until = day_plus(day_add_months(today, opens, 0), 4); /* the last days of a month fall together (D2) */
    while (day_before(today, *until) && renewal_window_check(*until, today, &brand->renewal, NULL) != DONE)
        *until = day_plus(*until, -1);
}

enum outcome convention_load(struct db_tx *tx, const struct brand *brand, const struct brand_convention *convention,
                             struct convention_facts *facts)
{
    struct member_list all = {.brand = brand->id, .convention = convention->id, .search = "", .until = DAY_NEVER};
    struct member_list due = all;

    *facts = (struct convention_facts){.brand = brand, .convention = convention, .today = db_today(tx)};
    convention_due(brand, facts->today, &due.from, &due.until);
    TRY(members_count(tx, &all, &facts->mailboxes));
    TRY(members_count(tx, &due, &facts->expiring));
    TRY(members_ordered(tx, &due, &facts->ordered));
    return convention->body_pays && convention_price_on(convention, facts->today)
               ? bulk_count_expiring(tx, brand->id, convention->id, due.from, due.until, &facts->orderable)
               : DONE;
}

/* ---- For programs ---- */

json_t *describe_convention(const struct convention_facts *f)
{
    const struct brand_convention *c = f->convention;
    const struct convention_price *price = convention_price_on(c, f->today);
    json_t *delegates = json_array();

    for (const char **delegate = c->delegates; *delegate; delegate++)
        json_array_append_new(delegates, json_string(*delegate));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s*, s:s, s:i, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:I, s:I}", "id", c->id, "brand",
        f->brand->id, "professional_body", c->body, "text", c->text, "note", c->note, "plan", c->plan->id, "years",
        c->years, "payer", c->body_pays ? "body" : "member", "extras_payer", c->body_pays_extras ? "body" : "member",
        "from", describe_day(c->from), "until", describe_day(c->until), "in_force", price != NULL, "net_cents",
        price ? json_integer(price->term.cents) : json_null(), "extra_gb_year_cents",
        price && price->extra_gb_year.cents ? json_integer(price->extra_gb_year.cents) : json_null(), "delegates",
        delegates, "mailboxes", (json_int_t)f->mailboxes, "expiring", (json_int_t)f->expiring);
}

json_t *describe_member(const struct brand *brand, const struct member_row *r, struct day today)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:b}", "mailbox", r->address,
                     "holder", r->holder, "tax_code", r->tax_code, "name", r->name, "surname", r->surname,
                     "enrolment_no", r->enrolment_no, "plan", r->plan, "status", r->status, "phase",
                     phase_name(term_phase(r->expires_on, today, &brand->renewal)), "expires_on",
                     describe_day(r->expires_on), "renew_until", describe_day(r->renew_until), "ordered",
                     r->open_order_id != 0, "auto_renew", r->auto_renew);
}

json_t *describe_roster(void *mem, const char *language, const struct roster *r)
{
    json_t *faults = json_array();

    for (size_t i = 0; i < r->faults.count; i++) {
        const struct roster_fault *f = &r->faults.item[i];
        json_t *fault = describe_problem(mem, language, &f->problem);

        json_object_set_new(fault, "line", json_integer(f->line));
        json_object_set_new(fault, "mailbox", f->address[0] ? json_string(f->address) : json_null());
        json_array_append_new(faults, fault);
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o}", "rows", (json_int_t)r->rows, "good",
                     (json_int_t)r->good, "bad", (json_int_t)r->faults.rows, "joiners", (json_int_t)r->joiners,
                     "transfers", (json_int_t)r->transfers, "updates", (json_int_t)r->updates, "leavers",
                     (json_int_t)r->leavers, "unchanged", (json_int_t)r->unchanged, "applied", r->applied, "faults",
                     faults);
}

json_t *describe_bulk_faults(void *mem, const char *language, const struct bulk_quote *q)
{
    json_t *faults = json_array();

    for (size_t i = 0; i < q->fault_count; i++) {
        json_t *fault = describe_problem(mem, language, &q->faults[i].why);

        json_object_set_new(fault, "mailbox", json_string(q->faults[i].address));
        json_array_append_new(faults, fault);
    }
    return faults;
}

/* ---- For a spreadsheet ---- */

struct reporting {
    const struct brand *brand;
    struct day today;
    struct text_buffer *out;
};

static enum outcome report_one(struct db_tx *tx, void *row, void *arg)
{
    static const char *const PHASE[] = {[PHASE_ACTIVE] = "attiva",
                                        [PHASE_EXPIRING] = "in scadenza",
                                        [PHASE_EXPIRED] = "scaduta",
                                        [PHASE_CEASED] = "cessata"};
    const struct reporting *w = arg;
    const struct member_row *r = row;
    bool live = strcmp(r->status, mailbox_status_name(MAILBOX_LIVE)) == 0;
    char expires[DAY_TEXT];
    const char *cells[] = {r->address,
                           r->name,
                           r->surname,
                           r->enrolment_no,
                           r->tax_code,
                           r->holder,
                           day_iso(r->expires_on, expires),
                           live ? PHASE[term_phase(r->expires_on, w->today, &w->brand->renewal)] : "sospesa",
                           r->open_order_id ? "sì" : "no"};

    (void)tx;
    for (size_t i = 0; i < count_of(cells); i++)
        csv_put(w->out, cells[i], i + 1 == count_of(cells));
    return DONE;
}

enum outcome convention_report(struct db_tx *tx, void *mem, const struct brand *brand,
                               const struct brand_convention *convention, struct day from, struct day until,
                               struct text_buffer *out)
{
    struct member_list list = {
        .brand = brand->id, .convention = convention->id, .owner = "", .search = "", .from = from, .until = until};
    struct reporting w = {brand, db_today(tx), out};
    struct member_row row;

    text_put(out, "pec;nome;cognome;numero_iscrizione;codice_fiscale;intestatario;scadenza;stato;rinnovo_ordinato\n");
    return members_each(tx, mem, &list, &row, report_one, &w);
}
