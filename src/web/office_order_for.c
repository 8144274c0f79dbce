#include "web/office_order_for.h"

#include <talloc.h>

void order_for_put(struct page *p, const struct brand *brand, const struct order_for *form)
{
    char token[TOKEN_TEXT];

    token_make(token);
    page_set(p, "methods", office_methods(p, brand, form->method));
    page_set(p, "form_token", json_string(form->form_token ? form->form_token : token));
    page_set(p, "terms_version", json_string(brand_terms_on(&brand->terms, p->today)->version));
}

void order_for_put_mailbox(struct page *p, const struct mailbox *mailbox)
{
    page_set(p, "mailbox",
             json_pack("{s:s, s:s, s:s, s:s}", "address", mailbox->address, "path",
                       office_mailbox_path(p->mem, mailbox->address), "holder", mailbox->holder.name, "email",
                       mailbox->holder.email));
}

enum outcome order_for_request(const struct office *o, const struct brand *brand, const struct order_for *form,
                               struct order_request *request, struct problem *why)
{
    *request = (struct order_request){.brand = brand,
                                      .actor = o->actor,
                                      .shop = o->page.shop,
                                      .payment_method = form->method ? form->method : "",
                                      .terms_accepted = form->terms,
                                      .terms_version = page_terms_shown(&o->page),
                                      .language = "it",
                                      .form_token = form->form_token,
                                      .expected = {form->total_cents}};
    return office_method_check(request->payment_method, why);
}

bool order_for_ended(struct office *o, enum outcome outcome, const struct placed_order *placed, struct order_for *form,
                     const struct problems *faults)
{
    if (outcome == DONE) {
        office_go(
            o, talloc_asprintf(o->page.mem, "%s?fatto=confermato", office_order_path(o->page.mem, placed->order.code)));
        return false;
    }
    if (outcome != REFUSED || !faults->count) {
        office_failed(o, outcome, NULL);
        return false;
    }
    form->form_token = NULL;
    return true;
}
