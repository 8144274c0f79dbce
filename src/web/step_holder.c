/* web/step_holder.c: Dati intestatario (R157, R158): how the holder is reached and invoiced, to be confirmed or
 * changed. Name, tax code and VAT number are who the holder is: another one is a change of holder (M25), not an edit.
 */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/billing_form.h"
#include "web/wizard_billing.h"
#include "web/wizard_lines.h"
#include <string.h>

struct holder_form {
    int kind;
    struct billing billing;
};
static const struct form_field FIELDS[] = {BILLING_FIELDS(struct holder_form), FORM_END};

static const struct billing *held(const struct walk *w)
{
    return &w->cart.items[0].mailbox.holder;
}

/* The holder as known, with the contact data that were typed here before. */
static struct billing known(const struct walk *w)
{
    struct billing billing = *held(w), kept;

    if (!walk_kept_billing(w, "holder", &kept) || !text_same(kept.tax_code, billing.tax_code))
        return billing;
    kept.kind = billing.kind;
    kept.name = billing.name;
    kept.vat_number = billing.vat_number;
    return kept;
}

static bool holds(struct walk *w)
{
    struct billing billing;
    struct problems faults = {0};

    if (!w->cart.count || !walk_kept_billing(w, "holder", &billing) || !text_same(billing.tax_code, held(w)->tax_code))
        return false;
    return billing_check(w->page.mem, &billing, &faults) == DONE;
}

/* Mailboxes of other holders go along as they are. */
static json_t *others(struct walk *w)
{
    json_t *list = json_array();
    struct wizard_line line;

    for (size_t i = 1; wizard_line_at(w, i, &line); i++)
        if (!text_same(line.item->mailbox.holder.tax_code, held(w)->tax_code))
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", line.item->mailbox.holder.name, "address",
                                                  line.item->mailbox.address));
    return list;
}

/* Only who has the mailbox gives it away; whoever found it by its user-id does not. */
static bool may_pass(const struct walk *w)
{
    const struct mailbox *m = &w->cart.items[0].mailbox;

    return w->page.brand->holder_change.on && principal_sees(w->page.visitor.who, m) && !m->convention[0] &&
           !m->domain[0];
}

static void show(struct walk *w, const struct problems *faults)
{
    struct billing billing = known(w);
    struct page *p = &w->page;
    const struct mailbox *first = &w->cart.items[0].mailbox;
    bool open = faults || form_value(&p->req->query, "modifica"), consumer;

    billing_form(p, &billing, -1, open, FIELDS, faults);
    consumer = holder_is_consumer((enum holder_kind)held(w)->kind);
    page_set(p, "who",
             json_pack("{s:s, s:s, s:s, s:o}", "name", held(w)->name, "kind_label",
                       page_text(p, holder_kind_label((enum holder_kind)held(w)->kind)), "tax_code", held(w)->tax_code,
                       "vat_number", held(w)->vat_number[0] ? json_string(held(w)->vat_number) : json_false()));
    page_set(p, "holder_change", may_pass(w) ? json_string(present_path(p->mem, first->address)) : json_false());
    page_set(p, "business", json_boolean(!consumer));
    page_set(p, "others", others(w));
}

/* Who the holder is was not asked; whoever sends it all the same must send what is known. */
static void check_fixed(const struct walk *w, const struct billing *typed, int kind, struct problems *faults)
{
    const struct billing *h = held(w);
    const struct {
        const char *field, *typed, *held;
    } fixed[] = {{"name", typed->name, h->name},
                 {"tax_code", typed->tax_code, h->tax_code},
                 {"vat_number", typed->vat_number, h->vat_number}};

    for (size_t i = 0; i < count_of(fixed); i++)
        if (fixed[i].typed && strcmp(fixed[i].typed, fixed[i].held) != 0)
            (void)!problems_add(faults, PROBLEM_HOLDER_FIXED, fixed[i].field, "%s", "");
    if (kind >= 0 && kind != h->kind)
        (void)!problems_add(faults, PROBLEM_HOLDER_FIXED, "kind", "%s", "");
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct holder_form form = {.kind = -1};
    struct billing billing = known(w), *typed = &form.billing;
    bool sent = form_value(&w->page.req->form, "email") != NULL;

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    check_fixed(w, typed, form.kind, faults);
    if (sent) {
        billing.email = typed->email;
        billing.street = typed->street;
        billing.postcode = typed->postcode;
        billing.city = typed->city;
        billing.province = typed->province;
        billing.country = typed->country;
        billing.sdi_code = typed->sdi_code;
        billing.sdi_pec = typed->sdi_pec;
    }
    (void)!billing_check(w->page.mem, &billing, faults);
    if (faults->count)
        return REFUSED;
    walk_keep(w, "holder", billing_values(&billing));
    return DONE;
}

const struct wizard_step STEP_PAGE_HOLDER = {
    .name = "holder", .title = N_("Dati intestatario"), .holds = holds, .show = show, .take = take};
