#include "web/billing_form.h"
#include "base/text.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include <string.h>
#include <talloc.h>

const struct form_choice BILLING_KINDS[] = {
    {"person", HOLDER_PERSON},   {"freelance", HOLDER_FREELANCE},     {"sole_trader", HOLDER_SOLE_TRADER},
    {"company", HOLDER_COMPANY}, {"public_body", HOLDER_PUBLIC_BODY}, {NULL, 0},
};

enum outcome billing_known(struct db_tx *tx, struct page *p, const struct billing *fallback, struct billing *known)
{
    struct account_profile profile;
    struct order *orders;
    size_t count;
    enum outcome o;

    *known = *fallback;
    if (!p->visitor.who.account_id)
        return DONE;
    TRY(orders_seen_by(tx, p->mem, p->visitor.who, 0, 1, &orders, &count));
    if (count && orders[0].account_id == p->visitor.who.account_id)
        *known = orders[0].billing;
    if (text_is_blank(known->name)) {
        o = account_profile_of(tx, p->mem, p->visitor.who.account_id, &profile);
        if (o == DONE)
            *known = profile.billing;
        else if (o != REFUSED)
            return o;
    }
    if (!known->email || !known->email[0])
        known->email = p->visitor.email;
    return DONE;
}

json_t *billing_values(const struct billing *b)
{
    return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "kind",
                     holder_kind_name((enum holder_kind)b->kind), "name", b->name, "tax_code", b->tax_code,
                     "vat_number", b->vat_number, "street", b->street, "postcode", b->postcode, "city", b->city,
                     "province", b->province, "country", b->country && b->country[0] ? b->country : "IT", "sdi_code",
                     b->sdi_code, "sdi_pec", b->sdi_pec, "email", b->email);
}

void billing_kinds(struct page *p, int kind)
{
    const char *selected = holder_kind_name((enum holder_kind)kind);
    json_t *list = json_array();

    for (int k = 0; k < HOLDER_KINDS; k++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:b}", "value", holder_kind_name((enum holder_kind)k), "label",
                                        page_text(p, holder_kind_label((enum holder_kind)k)), "selected",
                                        strcmp(holder_kind_name((enum holder_kind)k), selected) == 0, "first", k == 0));
    page_set(p, "kinds", list);
}

/* What there is not is false, so that the page does not look for it further out. */
static void show_known(struct page *p, const struct billing *known, json_t *values)
{
    static const char *const MAYBE[] = {"tax_code", "vat_number", "sdi_code", "sdi_pec", "province"};

    json_object_set_new(values, "kind_label",
                        json_string(page_text(p, holder_kind_label((enum holder_kind)known->kind))));
    for (size_t i = 0; i < count_of(MAYBE); i++)
        if (!json_string_length(json_object_get(values, MAYBE[i])))
            json_object_set_new(values, MAYBE[i], json_false());
    page_set(p, "billing", values);
}

void billing_form(struct page *p, const struct billing *known, int kind, bool open, const struct form_field *fields,
                  const struct problems *faults)
{
    struct problems unused = {0};
    struct billing checked = *known;
    bool whole = billing_check(p->mem, &checked, &unused) == DONE;
    json_t *values = billing_values(&checked);

    page_fields(p, fields, values, faults);
    billing_kinds(p, kind >= 0 ? kind : checked.kind);
    page_set(p, "consumer", json_boolean(holder_is_consumer((enum holder_kind)checked.kind)));
    if (whole && !open) {
        show_known(p, &checked, values);
    } else {
        json_decref(values);
        page_set(p, "billing", json_false());
    }
}

bool billing_sent(const struct page *p)
{
    return form_value(&p->req->form, "kind") != NULL;
}

void billing_owed(const struct page *p, json_t *lines, const struct billing *customer, const struct total *total)
{
    struct sale sale = sale_to(&p->brand->invoicing.sale, customer, p->today);
    struct total taxed;

    if (sale_total(total->net, &sale, p->today, &taxed, NULL) == DONE)
        json_object_set_new(lines, "owed", present_owed(&taxed, sale.law));
}
