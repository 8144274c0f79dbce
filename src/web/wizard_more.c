/* web/wizard_more.c: POST /rinnovo/{id}/caselle (R150): mailboxes come into the order and leave it. */

#include "shop/present.h"
#include "web/wizard.h"
#include <string.h>
#include <talloc.h>

static bool is_first_step(const struct walk *w)
{
    const char *path = http_parameter(w->page.req, "step"), *first = step_by_name(w->page.brand->steps[0])->path;

    return path && first && strcmp(path, first) == 0;
}

static bool is_taken(const struct walk *w, int64_t mailbox_id)
{
    for (size_t i = 0; i < w->lines.count; i++)
        if (w->lines.all[i].mailbox_id == mailbox_id)
            return true;
    return false;
}

enum outcome walk_load_others(struct db_tx *tx, struct walk *w)
{
    const struct page *p = &w->page;
    struct mailbox *all;
    size_t count;

    if (!p->brand->several_mailboxes || !p->visitor.who.account_id || !is_first_step(w))
        return DONE;
    TRY(mailboxes_seen_by(tx, p->mem, p->visitor.who,
                          &(struct mailbox_page){.search = "", .after_day = {INT32_MIN}, .limit = ORDER_MAILBOXES},
                          &all, &count));
    w->others = talloc_zero_array(p->mem, struct mailbox, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        if (!is_taken(w, all[i].id) && renewal_eligible(p->brand, &all[i], p->today, NULL) == DONE)
            w->others[w->other_count++] = all[i];
    return DONE;
}

json_t *walk_more(const struct walk *w)
{
    json_t *taken = json_array(), *others = json_array();

    for (size_t i = 0; w->others && w->cart.count > 1 && i < w->cart.count; i++)
        json_array_append_new(taken, json_pack("{s:I, s:s}", "id", (json_int_t)w->cart.items[i].mailbox.id, "address",
                                               w->cart.items[i].mailbox.address));
    for (size_t i = 0; i < w->other_count && w->cart.count < ORDER_MAILBOXES; i++)
        json_array_append_new(others, json_pack("{s:s, s:o}", "address", w->others[i].address, "expires_on",
                                                present_day(w->others[i].term.ends_on)));
    if (!json_array_size(taken) && !json_array_size(others)) {
        json_decref(taken);
        json_decref(others);
        return json_false();
    }
    return json_pack("{s:o, s:b, s:o, s:b, s:o}", "action",
                     json_sprintf("%s/rinnovo/%s/caselle%s", w->page.base, w->kept.id,
                                  strchr(walk_path(w, NULL), '?') ? strchr(walk_path(w, NULL), '?') : ""),
                     "has_taken", json_array_size(taken) > 0, "taken", taken, "has_others", json_array_size(others) > 0,
                     "others", others);
}

struct more_form {
    const char *add;
    int64_t remove;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct more_form, add, "add", .max = 254, .optional = true),
    FORM_INT(struct more_form, remove, "remove", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_END,
};

struct adding {
    struct walk *w;
    const char *address;
    struct mailbox mailbox;
    struct problem why;
};

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct page *p = &a->w->page;
    enum outcome o = mailbox_by_address(tx, p->mem, text_lower(p->mem, a->address), &a->mailbox);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &a->mailbox)))
        return problem_set(&a->why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    return renewal_possible(tx, p->mem, p->brand, &a->mailbox, p->today, &a->why);
}

/* What it is and for how long is asked of it like of the others. */
static bool add(struct walk *w, const char *address)
{
    struct adding a = {.w = w, .address = address};
    struct page *p = &w->page;
    enum outcome o;

    if (!p->brand->several_mailboxes || w->lines.count >= ORDER_MAILBOXES)
        o = problem_set(&a.why, PROBLEM_OUT_OF_RANGE, "lines", "1-%d",
                        p->brand->several_mailboxes ? ORDER_MAILBOXES : 1);
    else
        o = db_read(p->shop->db, "wizard.more", find, &a);
    if (o != DONE) {
        page_failed(p, o, &a.why);
        return false;
    }
    if (!is_taken(w, a.mailbox.id)) {
        w->lines.all = talloc_realloc(p->mem, w->lines.all, struct cart_line, (unsigned)w->lines.count + 1);
        w->lines.all[w->lines.count++] = (struct cart_line){.mailbox_id = a.mailbox.id, .plan = (char *)""};
    }
    return true;
}

static void take_out(struct walk *w, int64_t mailbox_id)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->lines.count; i++)
        if (w->lines.all[i].mailbox_id != mailbox_id)
            w->lines.all[kept++] = w->lines.all[i];
    if (kept) /* the last one stays: without it there is no order */
        w->lines.count = kept;
}

void portal_wizard_more(struct http_request *req)
{
    struct walk *w = talloc_zero(req->mem, struct walk);
    struct more_form form = {0};
    struct problems faults = {0};

    w->mending = true;
    if (!walk_open(req, w))
        return;
    if (page_form(&w->page, FIELDS, &form, &faults) != DONE) {
        page_problem(&w->page, &faults.item[0]);
        return;
    }
    if (form.add && !add(w, form.add))
        return;
    if (form.remove)
        take_out(w, form.remove);
    walk_keep_lines(w);
    if (!walk_write(w))
        return;
    w->kept.version++;
    page_go(&w->page, walk_path(w, w->page.brand->steps[0]));
}
