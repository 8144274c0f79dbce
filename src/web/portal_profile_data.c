/* web/portal_profile_data.c: GET and POST /profilo/dati: the registration profile, changed (R39). */

#include "base/i18n.h"
#include "shop/profile.h"
#include "web/billing_form.h"
#include "web/portal.h"

struct data_form {
    int kind;
    struct billing billing;
    const char *user_name, *phone;
};

static const struct form_field DATA[] = {
    KIND_FIELDS(struct data_form),
    FORM_TEXT(struct data_form, user_name, "user_name", .max = 254, .optional = true),
    FORM_TEXT(struct data_form, phone, "phone", .max = 40, .optional = true),
    INVOICE_FIELDS(struct data_form),
    FORM_END,
};

struct known {
    struct account account;
    struct account_profile profile;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct known *k = arg;
    enum outcome o;

    if (!p->visitor.who.account_id)
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    TRY(account_by_id(tx, p->mem, p->visitor.who.account_id, &k->account));
    k->profile = (struct account_profile){.billing = {.name = k->account.name, .email = k->account.email}};
    o = account_profile_of(tx, p->mem, p->visitor.who.account_id, &k->profile);
    return o == REFUSED ? DONE : o;
}

static json_t *known_values(const struct known *k)
{
    json_t *values = billing_values(&k->profile.billing);

    json_object_set_new(values, "user_name", json_string(k->account.user_name));
    json_object_set_new(values, "phone", json_string(k->profile.phone ? k->profile.phone : ""));
    return values;
}

static void show(struct page *p, int status, const struct known *k, const struct data_form *typed,
                 const struct problems *faults)
{
    json_t *values = known_values(k);

    page_fields(p, DATA, values, faults);
    json_decref(values);
    billing_kinds(p, typed ? typed->kind : k->profile.billing.kind);
    page_set(p, "billing_open", json_boolean(billing_begun(typed ? &typed->billing : &k->profile.billing)));
    page_show(p, status, "profile_data", N_("I miei dati"));
}

void portal_profile_data(struct http_request *req)
{
    struct known k;
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &k, &p))
        show(&p, 200, &k, NULL, NULL);
}

void portal_profile_data_sent(struct http_request *req)
{
    struct data_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile profile;
    struct known k;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &k, &p))
        return;
    o = page_form(&p, DATA, &form, &faults);
    form.billing.kind = form.kind;
    form.billing.email = k.account.email;
    profile = (struct profile){.user_name = form.user_name,
                               .phone = form.phone,
                               .may_lack_user_name = !k.account.user_name[0],
                               .billing = form.billing};
    if (profile_check(p.mem, &profile, &faults) != DONE)
        o = REFUSED;
    problems_sort(&faults, DATA);
    if (o == DONE) {
        o = profile_change(p.shop, p.mem, p.visitor.who, &profile, &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == DONE)
        page_go(&p, "/profilo?salvato=1");
    else if (o == REFUSED)
        show(&p, why.code ? problem_status(why.code) : 422, &k, &form, &faults);
    else
        page_failed(&p, o, &why);
}
