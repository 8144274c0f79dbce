#include "web/wizard_lines.h"
#include "shop/present.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

bool wizard_line_at(struct walk *w, size_t index, struct wizard_line *line)
{
    if (index >= w->cart.count)
        return false;
    *line = (struct wizard_line){.item = &w->cart.items[index], .chosen = w->lines.all};
    while (line->chosen->mailbox_id != line->item->mailbox.id)
        line->chosen++;
    return true;
}

json_t *wizard_line_data(const struct walk *w, const struct wizard_line *line)
{
    const struct mailbox *m = &line->item->mailbox;
    const struct brand_plan *plan = brand_plan_by_id(w->page.brand, m->plan);
    int gone = elapsed_days(m, w->page.today);

    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:b, s:s, s:I}", "address", m->address, "path",
                     present_path(w->page.mem, m->address), "plan", plan ? plan->name : m->plan, "mailbox_gb",
                     (json_int_t)((plan ? plan->mailbox_gb : 0) + m->extra_gb), "archive_gb",
                     plan && plan->archive_gb ? json_integer(plan->archive_gb) : json_false(), "expires_on",
                     present_day(m->term.ends_on), "expired_days", gone ? json_integer(gone) : json_false(), "one_day",
                     gone == 1, "holder", m->holder.name, "id", (json_int_t)m->id);
}

static char *name_of(void *mem, const char *name, size_t index)
{
    return talloc_asprintf(mem, "%s_%zu", name, index + 1);
}

const struct form_field *wizard_line_fields(const struct walk *w, const struct form_field *of_one, size_t size)
{
    size_t each = 0, count = 0;
    struct form_field *all;

    while (of_one[each].type != FORM_END_)
        each++;
    all = talloc_zero_array(w->page.mem, struct form_field, (unsigned)(each * w->cart.count + 1));
    for (size_t i = 0; i < w->cart.count; i++)
        for (size_t k = 0; k < each; k++) {
            all[count] = of_one[k];
            all[count].name = name_of(w->page.mem, of_one[k].name, i);
            all[count++].offset += i * size;
        }
    all[count] = (struct form_field)FORM_END;
    return all;
}

json_t *wizard_line_field(const struct walk *w, const char *name, size_t index)
{
    return json_object_get(json_object_get(w->page.data, "f"), name_of(w->page.mem, name, index));
}

void wizard_line_fault(struct problems *faults, const struct problem *why, const char *name, size_t index)
{
    struct problem one = *why;

    snprintf(one.field, sizeof one.field, "%.32s_%zu", name, index + 1);
    problems_put(faults, &one);
}
