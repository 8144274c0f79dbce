/* web/office_operators.c: GET /office/operatori: who works at the desk; GET and POST /office/operatori/nuovo: somebody
 * more, who chooses the password through a link that is shown once. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 50

json_t *office_roles(const struct page *p, const char *chosen)
{
    static const char *const ROLES[] = {"support", "cashier", "reviewer", "catalogue", "auditor", "owner"};
    json_t *list = json_array();

    for (size_t i = 0; i < count_of(ROLES); i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b}", "value", ROLES[i], "label", office_role_label(p, ROLES[i]),
                                        "selected", strcmp(ROLES[i], chosen) == 0));
    return list;
}

/* Brands that this operator may give to another; one who has a brand gives that alone. */
json_t *office_brands(const struct office *o, const char *chosen)
{
    const struct brands *brands = o->page.shop->brands;
    json_t *list = json_array();

    if (!o->operator.brand[0])
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", "", "label",
                                              page_text(&o->page, N_("tutti i marchi")), "selected", !chosen[0]));
    for (size_t i = 0; i < brands->count; i++)
        if (operator_sees(&o->operator, brands->all[i].id))
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:b}", "value", brands->all[i].id, "label", brands->all[i].name,
                                            "selected", strcmp(brands->all[i].id, chosen) == 0));
    return list;
}

/* ---- The list ---- */

struct list {
    int64_t after;
    struct operator* all;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    TRY(operators_of(tx, o->page.mem, o->operator.brand, l->after, PAGE_SIZE + 1, &l->all, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    return DONE;
}

void office_operators(struct http_request *req)
{
    struct list l = {.after = office_number(form_value(&req->query, "dopo"))};
    struct office o;
    struct page *p = &o.page;
    json_t *rows;

    if (!office_open(req, load_list, &l, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++) {
        const struct operator* one = & l.all[i];
        const struct brand *brand = brand_by_id(p->shop->brands, one->brand);

        json_array_append_new(
            rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:o}", "id", (json_int_t)one->id, "email",
                            one->email, "name", one->name, "role", office_role_label(p, one->role), "brand",
                            brand           ? brand->name
                            : one->brand[0] ? one->brand
                                            : page_text(p, N_("tutti i marchi")),
                            "disabled", one->disabled_at.us != 0, "waits", !one->password_hash[0], "self",
                            one->id == o.operator.id, "since", present_instant(one->created_at)));
    }
    page_set(p, "rows", rows);
    page_set(p, "first_url", l.after ? json_string("/office/operatori") : json_false());
    page_set(p, "more_url",
             l.more ? json_sprintf("/office/operatori?dopo=%" PRId64, l.all[l.count - 1].id) : json_false());
    office_show(&o, 200, "operators", N_("Operatori"));
}

/* ---- Somebody more ---- */

struct new_form {
    const char *email, *name, *role, *brand;
};

static const struct form_field NEW[] = {
    FORM_TEXT(struct new_form, email, "email", .max = 254),
    FORM_TEXT(struct new_form, name, "name", .max = 80),
    FORM_TEXT(struct new_form, role, "role", .max = 20),
    FORM_TEXT(struct new_form, brand, "brand", .max = 40, .optional = true),
    FORM_END,
};

static void show_new(struct office *o, int status, const struct new_form *form, const struct problems *faults)
{
    struct page *p = &o->page;

    page_fields(p, NEW, NULL, faults);
    page_set(p, "roles", office_roles(p, form->role ? form->role : "support"));
    page_set(p, "brands", office_brands(o, form->brand ? form->brand : ""));
    office_show(o, status, "operator_new", N_("Nuovo operatore"));
}

void office_operator_new(struct http_request *req)
{
    struct office o;

    if (office_open(req, NULL, NULL, &o))
        show_new(&o, 200, &(struct new_form){0}, NULL);
}

void office_show_link(struct office *o, const char *email, const char *link, int64_t id)
{
    struct page *p = &o->page;

    page_set(p, "email", json_string(email));
    page_set(p, "link", json_string(link));
    page_set(p, "back", json_sprintf("/office/operatori/%" PRId64, id));
    http_set_header(p->req, "Cache-Control", "no-store");
    office_show(o, 200, "operator_link", N_("Collegamento per la password"));
}

void office_operator_new_sent(struct http_request *req)
{
    struct new_form form = {.brand = ""};
    struct problems faults = {0};
    struct problem why = {0};
    enum outcome outcome = REFUSED;
    struct office o;
    char *link = NULL;
    int64_t id = 0;

    if (!office_open(req, NULL, NULL, &o))
        return;
    if (page_form(&o.page, NEW, &form, &faults) == DONE && !operator_sees(&o.operator, form.brand))
        problems_put(&faults, &(struct problem){.code = PROBLEM_BRAND, .field = "brand"});
    if (!faults.count) {
        struct new_operator wanted = {
            .brand = form.brand, .email = form.email, .name = form.name, .role = form.role, .actor = o.actor};

        outcome = operator_add(o.page.shop, o.page.mem, &wanted, &id, &link, &why);
        if (outcome == REFUSED)
            problems_put(&faults, &why);
    }
    if (faults.count)
        show_new(&o, 422, &form, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        office_show_link(&o, form.email, link, id);
}
