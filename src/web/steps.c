/* web/steps.c: the stepper on top of the pages that lead to an order. */

#include "rules/steps.h"
#include "base/i18n.h"
#include "web/page.h"
#include <string.h>

json_t *page_step(const struct page *p, const char *label, bool done, bool here, const char *link)
{
    return json_pack("{s:s, s:b, s:b, s:o}", "label", i18n(p->language, label), "done", done, "here", here, "link",
                     link ? json_sprintf("%s%s", p->base, link) : json_false());
}

/* Where the pages of the cart are; a choice is of one mailbox, and has no single address. */
static const char *address_of(const char *step)
{
    return strcmp(step, "cart") == 0 ? "/carrello" : strcmp(step, "checkout") == 0 ? "/cassa" : NULL;
}

void page_steps(struct page *p, const char *here)
{
    json_t *steps = json_array();
    bool done = true, over = strcmp(here, "confirmed") == 0;

    for (const char **step = p->brand->steps; *step; step++) {
        bool current = strcmp(*step, here) == 0;

        done &= !current;
        json_array_append_new(
            steps, page_step(p, step_by_name(*step)->label, done, current, done && !over ? address_of(*step) : NULL));
    }
    page_set(p, "steps", steps);
}
