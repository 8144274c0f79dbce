#include "web/checkout_form.h"
#include <stdio.h>
#include <string.h>

void checkout_form_put(struct page *p, const struct checkout_known *known, const struct checkout_form *typed,
                       const struct form_field *fields, const struct problems *faults)
{
    bool open = typed ? billing_sent(p) : form_value(&p->req->query, "modifica") != NULL;
    char token[TOKEN_TEXT];

    token_make(token);
    page_set(p, "form_token", json_string(typed && typed->form_token ? typed->form_token : token));
    if (known->billing)
        billing_form(p, known->billing, typed ? typed->kind : -1, open, fields, faults);
    else
        page_fields(p, fields, NULL, faults);
    pay_form(p, known->offer, typed ? typed->method : NULL, typed && typed->remember);
    autorenew_form(p, known->may_renew_itself, typed && typed->autorenew.wanted);
    page_put_terms(p, typed && typed->terms);
}

enum outcome checkout_form_read(struct page *p, const struct checkout_known *known, struct checkout_form *form,
                                const struct form_field *fields, struct problems *faults)
{
    enum outcome o;
    enum payment_method method;

    form->kind = -1;
    o = page_form(p, fields, form, faults);
    if (billing_sent(p))
        form->billing.kind = form->kind;
    else if (known->billing)
        form->billing = *known->billing;
    if (!known->offer)
        return o;
    (void)!pay_form_check(p, known->offer, form->method, &method, faults);
    (void)!autorenew_form_check(p, known->may_renew_itself, &form->autorenew, form->method, &form->autorenew_version,
                                faults);
    if (!form->terms)
        (void)!problems_add(faults, PROBLEM_TERMS, "terms", "%s", "");
    if (o == DONE && known->billing)
        (void)!billing_check(p->mem, &form->billing, faults);
    return faults->count ? REFUSED : DONE;
}

struct order_request checkout_request(const struct page *p, const struct checkout_form *form)
{
    return (struct order_request){.brand = p->brand,
                                  .actor = p->actor,
                                  .who = p->visitor.who,
                                  .shop = p->shop,
                                  .payment_method = form->method,
                                  .billing = form->billing,
                                  .terms_accepted = form->terms,
                                  .terms_version = page_terms_shown(p),
                                  .autorenew_version = form->autorenew_version,
                                  .language = p->language,
                                  .form_token = form->form_token,
                                  .expected = money(form->total_cents)};
}

void checkout_refused(const struct problem *why, struct problems *faults)
{
    struct problem here = *why;

    if (why->code == PROBLEM_NONE) /* a constraint's, which says nothing */
        return;
    if (strcmp(here.field, "payment_method") == 0)
        snprintf(here.field, sizeof here.field, "method");
    problems_put(faults, &here);
}
