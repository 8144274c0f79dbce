/* web/step_lookup.c: «Dati Rinnovo» (R84-R88): which mailbox, by its user-id and address. Who came from his own
 * mailbox's page has answered it already. */

#include "base/i18n.h"
#include "shop/lookup.h"
#include "web/wizard.h"
#include <string.h>
#include <talloc.h>

struct lookup_form {
    const char *user_id, *address;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct lookup_form, user_id, "user_id", .max = 40),
    FORM_TEXT(struct lookup_form, address, "address", .max = 254),
    FORM_END,
};

static bool holds(struct walk *w)
{
    return w->cart.count == 1;
}

/* What to do about a mailbox that was found and cannot be renewed. */
static const char *advice_of(const struct problems *faults)
{
    switch (faults && faults->count ? faults->item[0].code : PROBLEM_NONE) {
    case PROBLEM_TOO_EARLY:
        return "too_early";
    case PROBLEM_TOO_LATE:
        return "too_late";
    default:
        return "other";
    }
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;

    page_fields(p, FIELDS, walk_kept(w, "lookup"), faults);
    page_set(p, advice_of(faults), json_true());
    page_set(p, "excluded", page_excluded(p));
}

/* The choices for a mailbox that was found before stay. */
static void keep(struct walk *w, const struct lookup_form *form, const struct mailbox *found)
{
    struct cart_line *line = talloc_zero(w->page.mem, struct cart_line);

    for (size_t i = 0; i < w->lines.count; i++)
        if (w->lines.all[i].mailbox_id == found->id)
            *line = w->lines.all[i];
    if (!line->mailbox_id)
        *line = (struct cart_line){.mailbox_id = found->id, .plan = (char *)""};
    w->lines = (struct wizard_lines){line, 1};
    walk_keep_lines(w);
    walk_keep(w, "lookup", json_pack("{s:s, s:s}", "user_id", form->user_id, "address", form->address));
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct page *p = &w->page;
    struct lookup_form form = {0};
    struct problem why = {0};
    struct mailbox found;
    enum outcome o;

    if (page_form(p, FIELDS, &form, faults) != DONE)
        return REFUSED;
    o = lookup_mailbox(p->shop, p->mem,
                       &(struct lookup){.brand = p->brand,
                                        .who = p->visitor.who,
                                        .client = p->req->client,
                                        .user_id = form.user_id,
                                        .address = form.address,
                                        .actor = p->actor},
                       &found, &why);
    if (o == DONE) {
        keep(w, &form, &found);
    } else if (o == REFUSED && why.code == PROBLEM_OPEN_ORDER) { /* his own: there it can be paid or cancelled (D10) */
        w->answered = true;
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s", why.detail));
    } else if (o == REFUSED) {
        problems_put(faults, &why);
        return REFUSED;
    } else {
        w->answered = true;
        page_failed(p, o, &why);
    }
    return DONE;
}

const struct wizard_step STEP_PAGE_LOOKUP = {
    .name = "lookup", .title = N_("Dati Rinnovo"), .button = N_("Avanti"), .holds = holds, .show = show, .take = take};
