#include "web/autorenew_form.h"
#include <string.h>

bool autorenew_offered_new(const struct page *p)
{
    enum payment_method method;

    if (!p->visitor.who.account_id || !p->brand->autorenew.on)
        return false;
    for (const char **name = p->brand->autorenew.methods; *name; name++)
        if (payment_method_of(*name, &method) == DONE && autorenew_by(p->shop, p->brand, method))
            return true;
    return false;
}

bool autorenew_offered(const struct page *p, const struct mailbox *mailbox)
{
    return autorenew_possible(p->brand, mailbox, NULL) == DONE && autorenew_offered_new(p);
}

void autorenew_form(struct page *p, bool offered, bool checked)
{
    json_t *shown = offered ? page_terms(p, brand_terms_on(&p->brand->autorenew.text, p->today)) : json_false();

    if (offered) {
        json_object_set_new(shown, "charge_days", json_integer(p->brand->autorenew.policy.charge_days_before));
        json_object_set_new(shown, "checked", json_boolean(checked));
    }
    page_set(p, "autorenew", shown);
}

enum outcome autorenew_form_check(const struct page *p, bool offered, const struct autorenew_typed *typed,
                                  const char *method_name, const char **version, struct problems *faults)
{
    const struct brand_terms *text = brand_terms_on(&p->brand->autorenew.text, p->today);
    enum payment_method method;

    *version = NULL;
    if (!typed->wanted)
        return DONE;
    if (!offered)
        return problems_add(faults, PROBLEM_MANDATE_NOT_HERE, "autorenew", "%s", "");
    if (!method_name || payment_method_of(method_name, &method) != DONE || !autorenew_by(p->shop, p->brand, method))
        return problems_add(faults, PROBLEM_MANDATE_METHOD, "autorenew", "%s", "");
    if (!typed->version || strcmp(typed->version, text->version) != 0)
        return problems_add(faults, PROBLEM_MANDATE_CONSENT, "autorenew", "%s", "");
    *version = text->version;
    return DONE;
}
