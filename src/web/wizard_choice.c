/* web/wizard_choice.c: the sum beside a step follows what is chosen there, before it is sent: the page asked for with
 * its fields in the query has the sum of that choice (assets/site.js takes it over). Nothing is kept of it. */

#include "web/wizard_lines.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* "years_2" of the second mailbox; a step of one asks for "years". */
static const char *asked(const struct walk *w, const char *name, size_t index)
{
    const struct form *query = &w->page.req->query;
    const char *value = form_value(query, talloc_asprintf(w->page.mem, "%s_%zu", name, index + 1));

    return value || index ? value : form_value(query, name);
}

static bool asked_number(const struct walk *w, const char *name, size_t index, int64_t most, int64_t *number)
{
    const char *value = asked(w, name, index);
    char *end;
    long long n;

    if (!value || !value[0] || strlen(value) > 6)
        return false;
    n = strtoll(value, &end, 10);
    if (*end || n < 0 || n > most)
        return false;
    *number = n;
    return true;
}

/* The plan and the space go together: where the one is not chosen yet, the other is as held. */
static bool choose(struct walk *w, size_t index, struct wizard_line *line)
{
    struct cart_line *chosen = line->chosen;
    const char *plan = asked(w, "plan", index);
    bool years = asked_number(w, "years", index, QUOTE_OPTIONS, &chosen->years);

    if (plan) {
        chosen->plan = (char *)plan;
        chosen->extra_gb = line->item->mailbox.extra_gb;
        chosen->extra_archive_gb = EXTRA_GB_AS_HELD;
        (void)!asked_number(w, "extra_gb", index, 10000, &chosen->extra_gb);
        if (asked_number(w, "extra_archive_gb", index, 10000, &chosen->extra_archive_gb) &&
            chosen->extra_archive_gb == line->item->mailbox.extra_archive_gb)
            chosen->extra_archive_gb = EXTRA_GB_AS_HELD;
    }
    return years || plan;
}

enum outcome walk_choose(struct db_tx *tx, struct walk *w)
{
    struct page *p = &w->page;
    struct wizard_line line;
    bool any = false;

    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        any |= choose(w, i, &line);
    if (!any)
        return DONE;
    TRY(wizard_price(tx, p->mem, p->brand, p->visitor.who, p->language, &w->lines, &w->cart));
    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        w->unpriced |= asked(w, "plan", i) && !line.chosen->plan[0];
    return DONE;
}
