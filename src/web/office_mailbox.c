/* web/office_mailbox.c: GET /office/caselle/{address}: all about a mailbox; POST …/sospendi, …/riattiva, …/cessa,
 * …/blocca, …/blocchi/{id}, …/vincolo, …/recapito: what the desk does to it (shop/govern.h). */

#include "web/office_mailbox.h"
#include "base/i18n.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    return mailbox_view_load(tx, o, arg, why);
}

void office_mailbox(struct http_request *req)
{
    struct mailbox_view v;
    struct office o;

    if (office_open(req, load, &v, &o))
        mailbox_view_show(&o, &v, 200, NULL);
}

/* ---- Acts ---- */

struct act_form {
    const char *reason, *note, *hold_note, *contact_note, *cease_why, *legal_why, *email;
    struct day until_on;
    bool stops_deletion, stops_renewal, legal;
};

const struct form_field MAILBOX_FORMS[] = {
    FORM_TEXT(struct act_form, reason, "reason", .max = 20, .optional = true),
    FORM_TEXT(struct act_form, note, "note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct act_form, hold_note, "hold_note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct act_form, contact_note, "contact_note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct act_form, cease_why, "cease_why", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct act_form, legal_why, "legal_why", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct act_form, email, "email", .max = 254, .optional = true),
    FORM_DAY(struct act_form, until_on, "until_on", .optional = true),
    FORM_FLAG(struct act_form, stops_deletion, "stops_deletion"),
    FORM_FLAG(struct act_form, stops_renewal, "stops_renewal"),
    FORM_FLAG(struct act_form, legal, "legal"),
    FORM_END,
};

struct act {
    struct office *o;
    struct act_form form;
    struct governing g;
    const char *done;  /* the word of the flash */
    const char *words; /* the field of this act's own reason; NULL: "note" */
    struct problem why;
    enum outcome (*run)(struct db_tx *tx, struct act *a);
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct act *a = arg;
    struct mailbox found;

    TRY(mailbox_view_find(tx, a->o, &found, &a->why));
    a->g = (struct governing){.shop = a->o->page.shop, .mailbox = found, .actor = a->o->actor};
    return a->run(tx, a);
}

/* Each form of the page has a field of its own for the reason: what the use case calls "note" or "reason". */
static void say(struct act *a, const char *typed, const char *field)
{
    a->g.note = typed ? typed : "";
    a->words = field;
}

static struct problem at_field(const struct act *a)
{
    struct problem why = a->why;

    if (a->words && (strcmp(why.field, "note") == 0 || strcmp(why.field, "reason") == 0))
        snprintf(why.field, sizeof why.field, "%s", a->words);
    return why;
}

static void act(struct http_request *req, enum outcome (*how)(struct db_tx *tx, struct act *a))
{
    struct problems faults = {0};
    struct mailbox_view v;
    struct office o;
    struct act a = {.o = &o, .run = how};
    enum outcome outcome;

    if (!office_open(req, load, &v, &o))
        return;
    if (page_form(&o.page, MAILBOX_FORMS, &a.form, &faults) != DONE) {
        mailbox_view_show(&o, &v, 422, &faults);
        return;
    }
    outcome = db_transaction(o.page.shop->db, "mailbox.govern", run, &a);
    if (outcome == DONE) {
        office_go(
            &o, talloc_asprintf(o.page.mem, "%s?fatto=%s", office_mailbox_path(o.page.mem, v.mailbox.address), a.done));
    } else if (outcome == REFUSED && a.why.code) {
        a.why = at_field(&a);
        problems_put(&faults, &a.why);
        mailbox_view_show(&o, &v, problem_status(a.why.code), &faults);
    } else {
        office_failed(&o, outcome, &a.why);
    }
}

static enum outcome do_suspend(struct db_tx *tx, struct act *a)
{
    enum suspend_reason reason;

    a->done = "sospesa";
    a->g.note = a->form.note ? a->form.note : "";
    if (!a->form.reason || suspend_reason_of(a->form.reason, &reason) != DONE)
        return problem_set(&a->why, PROBLEM_REQUIRED, "reason", "%s", "");
    return suspend(tx, a->o->page.mem, &a->g, reason, &a->why);
}

static enum outcome do_resume(struct db_tx *tx, struct act *a)
{
    a->done = "riattivata";
    a->g.note = a->form.note ? a->form.note : "";
    return resume(tx, a->o->page.mem, &a->g, &a->why);
}

static enum outcome do_cease(struct db_tx *tx, struct act *a)
{
    bool waits;

    say(a, a->form.cease_why, "cease_why");
    TRY(cease(tx, a->o->page.mem, &a->g, &waits, &a->why));
    a->done = waits ? "attende" : "cessata";
    return DONE;
}

static enum outcome do_hold(struct db_tx *tx, struct act *a)
{
    struct mailbox_hold hold = {
        .stops_deletion = a->form.stops_deletion, .stops_renewal = a->form.stops_renewal, .until_on = a->form.until_on};

    a->done = a->form.legal ? "vincolo" : "blocco";
    say(a, a->form.hold_note, "hold_note");
    return a->form.legal ? legal_hold_put(tx, a->o->page.mem, &a->g, &a->why)
                         : hold_set(tx, a->o->page.mem, &a->g, &hold, &a->why);
}

static enum outcome do_lift(struct db_tx *tx, struct act *a)
{
    a->done = "tolto";
    return hold_lift(tx, a->o->page.mem, &a->g, office_id(a->o->page.req, "id"), &a->why);
}

static enum outcome do_legal(struct db_tx *tx, struct act *a)
{
    bool waits;

    say(a, a->form.legal_why, "legal_why");
    TRY(legal_hold_end(tx, a->o->page.mem, &a->g, &waits, &a->why));
    a->done = waits ? "attende" : "libera";
    return DONE;
}

static enum outcome do_contact(struct db_tx *tx, struct act *a)
{
    a->done = "recapito";
    say(a, a->form.contact_note, "contact_note");
    return contact_set(tx, a->o->page.mem, &a->g, a->form.email, &a->why);
}

void office_mailbox_suspend(struct http_request *req)
{
    act(req, do_suspend);
}

void office_mailbox_resume(struct http_request *req)
{
    act(req, do_resume);
}

void office_mailbox_cease(struct http_request *req)
{
    act(req, do_cease);
}

void office_mailbox_hold(struct http_request *req)
{
    act(req, do_hold);
}

void office_mailbox_lift(struct http_request *req)
{
    act(req, do_lift);
}

void office_mailbox_legal(struct http_request *req)
{
    act(req, do_legal);
}

void office_mailbox_contact(struct http_request *req)
{
    act(req, do_contact);
}
