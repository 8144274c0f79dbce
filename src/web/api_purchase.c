/* web/api_purchase.c: POST /api/v1/name-checks, and what POST /api/v1/orders does of kind "purchase". */

#include "web/api_purchase.h"
#include "shop/describe.h"
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

enum outcome api_purchase(struct db_tx *tx, struct call *c, const struct order_form *form,
                          const struct order_request *request, struct placed_order *placed, struct request *bought)
{
    struct purchase_request purchase = {.order = *request, .start_now = form->start_now};
    struct problems faults = {0};
    enum outcome o;

    if (!request->brand->purchase.on)
        return api_refuse(c, PROBLEM_KIND, "kind", "%s", "");
    *bought = form->purchase;
    o = purchase_at_once(tx, c->mem, &purchase, bought, placed, &faults);
    for (size_t i = 0; o == REFUSED && i < faults.count && i < count_of(faults.item); i++)
        put_at_its_place(c, &faults.item[i]);
    return o;
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
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    object = api_body(&c, NULL, NULL);
    if (object) {
        (void)!form_check_json(c.mem, CHECK, object, &form, &c.faults);
        read_names(&c, json_object_get(object, "names"), &form);
    }
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, look, &form))
        api_send(&c);
}
