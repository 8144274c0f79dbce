/* web/page_form.c: forms of a page: what was sent, its faults, and both shown again. */

#include "web/field_name.h"
#include "web/page.h"
#include <string.h>
#include <talloc.h>

enum outcome page_form(struct page *p, const struct form_field *fields, void *out, struct problems *faults)
{
    return form_check(p->mem, fields, &p->req->form, out, faults);
}

void problems_put(struct problems *all, const struct problem *one)
{
    if (all->count < count_of(all->item))
        all->item[all->count] = *one;
    all->count++;
}

static size_t place_of(const struct form_field *fields, const struct problem *fault)
{
    for (size_t i = 0; fields[i].type != FORM_END_; i++)
        if (strcmp(fields[i].name, fault->field) == 0)
            return i + 1;
    return 0;
}

void problems_sort(struct problems *all, const struct form_field *fields)
{
    size_t count = all->count < count_of(all->item) ? all->count : count_of(all->item);

    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && place_of(fields, &all->item[k]) < place_of(fields, &all->item[k - 1]); k--) {
            struct problem other = all->item[k];

            all->item[k] = all->item[k - 1];
            all->item[k - 1] = other;
        }
}

static size_t listed(const struct problems *faults)
{
    return !faults ? 0 : faults->count < count_of(faults->item) ? faults->count : count_of(faults->item);
}

static json_t *field_data(struct page *p, const struct form_field *field, const json_t *values,
                          const struct problems *faults)
{
    const char *typed = form_value(&p->req->form, field->name);
    const json_t *known = json_object_get(values, field->name);
    json_t *data = json_pack("{s:s, s:s}", "name", field->name, "value", "");

    if (!field->secret && typed && text_is_utf8(typed, strlen(typed)))
        json_object_set_new(data, "value", json_string(typed));
    else if (!field->secret && known)
        json_object_set(data, "value", (json_t *)known);
    for (size_t i = 0; i < listed(faults); i++)
        if (strcmp(faults->item[i].field, field->name) == 0 && !json_object_get(data, "error"))
            json_object_set_new(data, "error", json_string(problem_text(p->mem, p->language, &faults->item[i])));
    return data;
}

void page_fields(struct page *p, const struct form_field *fields, const json_t *values, const struct problems *faults)
{
    json_t *f = json_object_get(p->data, "f"), *list;

    if (!f)
        page_set(p, "f", f = json_object());
    for (const struct form_field *field = fields; field->type != FORM_END_; field++)
        json_object_set_new(f, field->name, field_data(p, field, values, faults));
    if (!listed(faults))
        return;
    list = json_array();
    for (size_t i = 0; i < listed(faults); i++) {
        json_t *row = json_pack("{s:s}", "text", field_fault(p->mem, p->language, &faults->item[i]));

        if (json_object_get(f, faults->item[i].field))
            json_object_set_new(row, "field", json_string(faults->item[i].field));
        json_array_append_new(list, row);
    }
    page_set(p, "errors", json_pack("{s:o}", "list", list));
}
