#include "web/wizard.h"
#include "base/i18n.h"
#include "rules/steps.h"
#include "shop/present.h"
#include "web/billing_form.h"
#include "web/wizard_lines.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct wizard_step *step_named(const char *name)
{
    for (const struct wizard_step *const *s = WIZARD_STEPS; *s; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}

/* ---- Addresses ---- */

char *walk_path(const struct walk *w, const char *step)
{
    const char *path = step ? step_by_name(step)->path : NULL;
    const char *from = w->from && !w->kept.version
                           ? talloc_asprintf(w->page.mem, "?casella=%s", present_path(w->page.mem, w->from))
                           : "";

    if (!path)
        return talloc_asprintf(w->page.mem, "/rinnovo/%s%s", w->kept.id, from);
    return talloc_asprintf(w->page.mem, "/rinnovo/%s/%s%s", w->kept.id, path, from);
}

void walk_begin(struct page *p, const char *address)
{
    char token[TOKEN_TEXT];

    token_make(token);
    token[WIZARD_ID] = '\0';
    if (address && (step_by_name(p->brand->steps[0])->gives & STEP_MAILBOX)) { /* that is answered */
        page_go(p, talloc_asprintf(p->mem, "/rinnovo/%s?casella=%s", token, present_path(p->mem, address)));
        return;
    }
    page_go(p, talloc_asprintf(p->mem, "/rinnovo/%s/%s%s%s", token, step_by_name(p->brand->steps[0])->path,
                               address ? "?casella=" : "", address ? present_path(p->mem, address) : ""));
}

/* ---- What is kept ---- */

void walk_keep(struct walk *w, const char *name, json_t *answer)
{
    json_object_set_new(w->changes, name, answer ? answer : json_null());
}

void walk_keep_lines(struct walk *w)
{
    walk_keep(w, "lines", wizard_lines_write(&w->lines));
}

const json_t *walk_kept(const struct walk *w, const char *name)
{
    return json_object_get(w->answers, name);
}

bool walk_asks(const struct walk *w, unsigned things)
{
    for (const char **step = w->page.brand->steps; *step; step++)
        if (step_by_name(*step)->gives & things)
            return true;
    return false;
}

/* ---- Opening ---- */

/* A new one begins with the mailbox that one came in for, and with what was typed for it before. */
static enum outcome load_new(struct db_tx *tx, struct walk *w, struct problem *why)
{
    struct page *p = &w->page;
    const char *address = form_value(&p->req->query, "casella");
    struct mailbox mailbox;
    json_t *before;
    enum outcome o;

    if (!address)
        return DONE;
    o = mailbox_by_address(tx, p->mem, text_lower(p->mem, address), &mailbox);
    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    w->from = mailbox.address;
    TRY(wizard_before(tx, p->mem, p->brand, p->owner, mailbox.id, &before));
    if (before)
        json_object_update(w->answers, page_owns(p->mem, before));
    if (json_array_size(walk_kept(w, "lines")) == 0)
        json_object_set_new(w->answers, "lines", json_pack("[{s:I}]", "mailbox", (json_int_t)mailbox.id));
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct walk *w = arg;
    const char *id = http_parameter(p->req, "id");

    TRY(wizard_load(tx, p->mem, p->brand, p->owner, id ? id : "", &w->kept, &w->code, why));
    if (w->code)
        return DONE;
    w->answers = page_owns(p->mem, json_loads(w->kept.answers, 0, NULL));
    if (!w->answers)
        w->answers = page_owns(p->mem, json_object());
    w->changes = page_owns(p->mem, json_object());
    if (!w->kept.version)
        TRY(load_new(tx, w, why));
    w->lines = wizard_lines_read(p->mem, w->answers);
    TRY(wizard_price(tx, p->mem, p->brand, p->visitor.who, p->language, &w->lines, &w->cart));
    if (p->req->method == HTTP_GET || w->mending) /* a form beside the step brings what is chosen there */
        TRY(walk_choose(tx, w));
    TRY(walk_load_others(tx, w));
    for (const char **name = p->brand->steps; *name; name++) {
        const struct wizard_step *step = step_named(*name);

        if (step && step->load)
            TRY(step->load(tx, w, why));
    }
    return DONE;
}

static void see_what_is_done(struct walk *w)
{
    const char **names = w->page.brand->steps;

    for (size_t i = 0; names[i]; i++) {
        const struct wizard_step *step = step_named(names[i]);

        w->done[i] = step && (step->holds ? step->holds(w) : walk_kept(w, step->name) != NULL);
    }
}

static void show_stopped(struct walk *w)
{
    struct page *p = &w->page;
    json_t *list = json_array(), *refused = json_array();

    for (size_t i = 0; i < w->cart.count; i++) {
        const struct cart_item *item = &w->cart.items[i];

        if (!item->refused)
            continue;
        json_array_append_new(list, json_pack("{s:o}", "text",
                                              json_sprintf("%s: %s", item->mailbox.address,
                                                           problem_text(p->mem, p->language, &item->why))));
        json_array_append_new(
            refused, json_pack("{s:I, s:s}", "id", (json_int_t)item->mailbox.id, "address", item->mailbox.address));
    }
    page_set(p, "errors", json_pack("{s:o}", "list", list));
    page_set(p, "refused", refused);
    page_set(p, "action", json_sprintf("%s/rinnovo/%s/caselle", p->base, w->kept.id));
    page_show(p, problem_status(PROBLEM_NOT_RENEWABLE), "step_stopped", N_("Casella non rinnovabile"));
}

bool wizard_may_change(const struct brand *brand, const struct problem *why)
{
    bool asks = false;

    for (const char **step = brand->steps; *step; step++)
        asks |= step_by_name(*step)->path && (step_by_name(*step)->gives & STEP_TYPE);
    return asks && why->code == PROBLEM_AUTO_RENEWAL_ON && brand->change_type != CHANGE_NONE;
}

/* A mailbox that cannot be renewed at all, whatever is chosen. False where there is none. */
static bool stopped(struct walk *w)
{
    const struct cart_item *item = w->cart.items;

    while (item < w->cart.items + w->cart.count && (!item->refused || wizard_may_change(w->page.brand, &item->why)))
        item++;
    if (item == w->cart.items + w->cart.count)
        return false;
    if (w->cart.count > 1)
        show_stopped(w);
    else if (item->why.code == PROBLEM_OPEN_ORDER && item->why.detail[0])
        page_go(&w->page, talloc_asprintf(w->page.mem, "/ordini/%s", item->why.detail));
    else
        page_problem(&w->page, &item->why);
    return true;
}

bool walk_open(struct http_request *req, struct walk *w)
{
    struct page *p = &w->page;

    if (!page_open(req, PAGE_SIGNED_IN, load, w, p))
        return false;
    if (w->code) {
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s", w->code));
        return false;
    }
    if (steps_by_cart(p->brand->steps)) {
        page_problem(p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return false;
    }
    if (!w->mending && stopped(w))
        return false;
    if (!w->cart.count && !walk_asks(w, STEP_MAILBOX)) { /* begun from nowhere, or long ago */
        page_go(p, "/caselle");
        return false;
    }
    see_what_is_done(w);
    return true;
}

/* ---- Showing ---- */

static json_t *stepper(struct walk *w)
{
    json_t *steps = json_array();
    bool open = true;

    for (size_t i = 0; w->page.brand->steps[i]; i++) {
        const struct step *step = step_by_name(w->page.brand->steps[i]);
        bool here = strcmp(step->name, w->here->name) == 0;

        json_array_append_new(steps, page_step(&w->page, step->label, w->done[i] && open && !here, here,
                                               open && !here && step->path ? walk_path(w, step->name) : NULL));
        open &= w->done[i];
    }
    return steps;
}

static const char *step_before(const struct walk *w)
{
    const char *before = NULL;

    for (const char **name = w->page.brand->steps; *name && strcmp(*name, w->here->name) != 0; name++)
        before = *name;
    return before;
}

static json_t *cart_data(const struct walk *w)
{
    json_t *cart = present_lines(w->page.mem, w->cart.lines, w->cart.line_count, &w->cart.total);
    struct billing billing = walk_billing(w);

    if (billing.name) /* as of a step that asks for it, or once it was answered */
        billing_owed(&w->page, cart, &billing, &w->cart.total);
    return cart;
}

/* Some term in the sum is the shortest for want of another. */
static bool term_is_open(const struct walk *w)
{
    bool open = false;

    for (size_t i = 0; i < w->lines.count; i++)
        open |= !w->lines.all[i].years;
    return open && walk_asks(w, STEP_TERM);
}

static void show(struct walk *w, int status, const struct problems *faults)
{
    struct page *p = &w->page;
    const char *before = step_before(w), *button = w->here->button, *path = walk_path(w, w->here->name);
    char view[64];

    page_set(p, "steps", stepper(w));
    page_set(p, "way",
             json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b}", "more", walk_more(w), "action",
                       json_sprintf("%s%s", p->base, path), "edit",
                       json_sprintf("%s%s%cmodifica=1", p->base, path, strchr(path, '?') ? '&' : '?'), "back",
                       before ? json_sprintf("%s%s", p->base, walk_path(w, before)) : json_false(), "leave",
                       json_sprintf("%s/rinnovo/%s/annulla", p->base, w->kept.id), "button",
                       page_text(p, button ? button : N_("Prosegui")), "term_open", term_is_open(w), "unpriced",
                       w->unpriced));
    page_set(p, "cart", w->cart.line_count ? cart_data(w) : json_false());
    w->here->show(w, faults);
    snprintf(view, sizeof view, "step_%s", w->here->name);
    page_show(p, status, view, w->here->title);
}

/* T38: one came, or sent a form, ahead of a step that is not done. */
static void show_missing(struct walk *w, const char *missing)
{
    const struct problem why = {.code = PROBLEM_STEP_MISSING};
    struct page *p = &w->page;
    const struct wizard_step *step = step_named(missing);

    page_set(p, "steps", stepper(w));
    page_set(p, "missing",
             json_pack("{s:s, s:s, s:o}", "label", page_text(p, step_by_name(missing)->label), "title",
                       page_text(p, step->title), "link", json_sprintf("%s%s", p->base, walk_path(w, missing))));
    page_show(p, problem_status(why.code), "step_missing", N_("Manca un passaggio"));
}

/* The step that the address names, when it is its turn. False when the answer has been given. */
static bool find_step(struct walk *w)
{
    struct page *p = &w->page;
    const char *path = http_parameter(p->req, "step"), *missing;
    const struct step *step = path ? step_by_path(path) : NULL;
    const char **name = p->brand->steps;

    while (step && *name && strcmp(*name, step->name) != 0)
        name++;
    w->here = step && *name ? step_named(*name) : NULL;
    if (!w->here) {
        page_problem(p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return false;
    }
    if (step_may_open(p->brand->steps, w->done, w->here->name, &missing) == DONE)
        return true;
    show_missing(w, missing);
    return false;
}

/* The first step that is not done. */
static void go_where_one_is(struct walk *w)
{
    const char **names = w->page.brand->steps;
    size_t i = 0;

    while (w->done[i] && names[i + 1] && step_by_name(names[i + 1])->path)
        i++;
    page_go(&w->page, walk_path(w, names[i]));
}

void portal_wizard(struct http_request *req)
{
    struct walk *w = talloc_zero(req->mem, struct walk);

    if (walk_open(req, w))
        go_where_one_is(w);
}

void portal_wizard_step(struct http_request *req)
{
    struct walk *w = talloc_zero(req->mem, struct walk);

    if (walk_open(req, w) && find_step(w))
        show(w, 200, NULL);
}

/* ---- Taking ---- */

struct keeping {
    struct walk *w;
    struct problem why;
};

static enum outcome keep(struct db_tx *tx, void *arg)
{
    struct keeping *k = arg;

    return wizard_answer(tx, k->w->page.mem, &k->w->kept, k->w->changes, &k->why);
}

/* Who began without a mailbox named in the address, or with one, has its line kept with the first answer. */
bool walk_write(struct walk *w)
{
    struct keeping k = {.w = w};
    const char *name;
    json_t *value;
    enum outcome o;

    if (!w->kept.version) /* what it began with is kept with the first answer */
        json_object_foreach(w->answers, name, value) if (!json_object_get(w->changes, name))
            json_object_set(w->changes, name, value);
    o = db_transaction(w->page.shop->db, "wizard.answer", keep, &k);
    if (o != DONE)
        page_failed(&w->page, o, &k.why);
    return o == DONE;
}

void portal_wizard_sent(struct http_request *req)
{
    struct walk *w = talloc_zero(req->mem, struct walk);
    struct problems faults = {0};

    if (!walk_open(req, w) || !find_step(w))
        return;
    if (w->here->take(w, &faults) != DONE) {
        if (!w->answered)
            show(w, faults.count ? problem_status(faults.item[0].code) : 422, &faults);
        return;
    }
    if (!w->answered && walk_write(w)) {
        w->kept.version++;
        page_go(&w->page, walk_path(w, NULL));
    }
}

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct walk *w = arg;

    return wizard_drop(tx, w->kept.id);
}

/* Annulla: nothing is left of it (R110). */
void portal_wizard_leave(struct http_request *req)
{
    struct walk *w = talloc_zero(req->mem, struct walk);
    enum outcome o;

    if (!page_open(req, PAGE_SIGNED_IN, load, w, &w->page))
        return;
    o = w->code ? DONE : db_transaction(w->page.shop->db, "wizard.drop", drop, w);
    if (o != DONE)
        page_failed(&w->page, o, NULL);
    else
        page_go(&w->page, w->code ? talloc_asprintf(w->page.mem, "/ordini/%s", w->code) : "/caselle");
}
