/* web/api_purchase.c: POST /api/v1/name-checks, and what POST /api/v1/orders does of kind "purchase". */

#include "web/api_purchase.h"
#include "shop/describe.h"
#include "shop/place_parts.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Buying ---- */

/* The form's fields where the API has them. */
static void put_at_its_place(struct call *c, const struct problem *p)
{
    char field[64];
    int name;

    if (sscanf(p->field, "name_%d", &name) == 1)
        snprintf(field, sizeof field, "lines[0].names[%d]", name - 1);
    else if (strcmp(p->field, "names") == 0 || strcmp(p->field, "plan") == 0 || strcmp(p->field, "years") == 0)
        snprintf(field, sizeof field, "lines[0].%s", p->field);
    else if (!p->field[0] || strcmp(p->field, "kind") == 0 || strcmp(p->field, "payment_method") == 0 ||
             strcmp(p->field, "total_cents") == 0 || strcmp(p->field, "request") == 0)
        snprintf(field, sizeof field, "%s", p->field);
    else if (strcmp(p->field, "terms") == 0 || strcmp(p->field, "autorenew") == 0)
        snprintf(field, sizeof field, "consents.%s", p->field);
    else
        snprintf(field, sizeof field, "holder.%s", p->field);
    (void)!problems_add(&c->faults, p->code, field, "%s", p->detail);
}

static enum outcome refused(struct call *c, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code != PROBLEM_NONE) /* a constraint's has no words, and ends the transaction */
        put_at_its_place(c, why);
    return o;
}

/* All that is wrong with the order and its form, at once. */
static enum outcome check_all(struct call *c, const struct order_request *request, const struct validated *v)
{
    struct problem why;

    if (place_check_method(request, &why) != DONE)
        put_at_its_place(c, &why);
    if (place_check_terms(request, &why) != DONE)
        put_at_its_place(c, &why);
    for (size_t i = 0; i < v->faults.count && i < count_of(v->faults.item); i++)
        put_at_its_place(c, &v->faults.item[i]);
    return c->faults.count ? REFUSED : DONE;
}

enum outcome api_purchase(struct db_tx *tx, struct call *c, const struct order_form *form,
                          const struct order_request *request, struct placed_order *placed, struct request *bought)
{
    int64_t account_id = request->who.account_id;
    struct purchase_request purchase = {.order = *request, .start_now = form->start_now};
    struct problem why = {0};
    struct validated v;

    if (!request->brand->purchase.on)
        return api_refuse(c, PROBLEM_KIND, "kind", "%s", "");
    *bought = form->purchase;
    TRY(refused(c, draft_save(tx, c->mem, request->brand, account_id, bought, &why), &why));
    purchase.request_id = bought->id;
    TRY(refused(
        c, names_validate(tx, c->mem, request->brand, account_id, purchase.request_id, &c->actor, bought, &v, &why),
        &why));
    TRY(check_all(c, request, &v));
    TRY(refused(c, place_purchase(tx, c->mem, &purchase, placed, &why), &why));
    return request_by_id(tx, c->mem, purchase.request_id, bought);
}

/* ---- Looking at names ---- */

struct check_form {
    const char *brand;
    const char *names[NAME_LOOKS];
    size_t count;
};

static const struct form_field CHECK[] = {
    FORM_TEXT(struct check_form, brand, "brand", .max = 40, .optional = true),
    FORM_IGNORE("names"),
    FORM_END,
};

static void read_names(struct call *c, const json_t *names, struct check_form *form)
{
    form->count = json_array_size(names);
    if (!json_is_array(names) || form->count == 0)
        (void)api_refuse(c, PROBLEM_REQUIRED, "names", "%s", "");
    else if (form->count > NAME_LOOKS)
        (void)api_refuse(c, PROBLEM_OUT_OF_RANGE, "names", "1-%d", NAME_LOOKS);
    for (size_t i = 0; i < form->count && form->count <= NAME_LOOKS; i++) {
        char field[32];

        snprintf(field, sizeof field, "names[%zu]", i);
        form->names[i] = json_string_value(json_array_get(names, i));
        if (!form->names[i])
            (void)api_refuse(c, PROBLEM_NOT_TEXT, field, "%s", "");
        else if (strlen(form->names[i]) > 254)
            (void)api_refuse(c, PROBLEM_TOO_LONG, field, "%d", NAME_MOST);
    }
}

static enum outcome look(struct db_tx *tx, struct call *c, void *arg)
{
    const struct check_form *form = arg;
    struct name_answer answers[NAME_LOOKS];
    const struct brand *brand;
    json_t *list;

    TRY(api_find_brand(c, form->brand, &brand));
    if (!brand->purchase.on)
        return api_refuse(c, PROBLEM_KIND, "brand", "%s", "");
    TRY(names_look(tx, c->mem, brand, form->names, form->count, answers));
    list = json_array();
    for (size_t i = 0; i < form->count; i++)
        json_array_append_new(list, describe_name(c->mem, c->language, &answers[i]));
    c->body = json_pack("{s:s, s:s, s:o}", "brand", brand->id, "domain", brand->domain, "names", list);
    return DONE;
}

void api_name_checks(struct http_request *req)
{
    struct check_form form = {.brand = ""};
    struct problem why;
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    if (http_json(req, &object, &why) != DONE) {
        (void)api_refuse(&c, why.code, why.field, "%s", why.detail);
    } else {
        (void)!form_check_json(c.mem, CHECK, object, &form, &c.faults);
        read_names(&c, json_object_get(object, "names"), &form);
    }
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, look, &form))
        api_send(&c);
}
