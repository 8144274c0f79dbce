/* web/portal_profile.c: GET and POST /profilo: who one is, the saved cards and the password of an account, the
 * language. */

#include "base/i18n.h"
#include "web/instrument_row.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>

struct profile_form {
    const char *current, *password, *again;
};

static const struct form_field PROFILE[] = {
    FORM_TEXT(struct profile_form, current, "current", .secret = true),
    FORM_TEXT(struct profile_form, password, "password", .secret = true),
    FORM_TEXT(struct profile_form, again, "password_again", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

struct profile {
    struct mailbox mailbox;         /* of who came in with it */
    struct instrument *instruments; /* of an account */
    size_t count;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct profile *profile = arg;

    (void)why;
    profile->count = 0;
    if (p->visitor.who.mailbox_id)
        return mailbox_by_id(tx, p->mem, p->visitor.who.mailbox_id, &profile->mailbox);
    return instruments_of(tx, p->mem, p->visitor.who.account_id, &profile->instruments, &profile->count);
}

static void show(struct page *p, int status, const struct profile *profile, const struct problems *faults)
{
    const struct mailbox *mailbox = &profile->mailbox;
    json_t *instruments = json_array();

    for (size_t i = 0; i < profile->count; i++)
        if (strcmp(profile->instruments[i].brand, p->brand->id) == 0)
            json_array_append_new(instruments, instrument_row(&profile->instruments[i]));
    page_set(p, "has_instruments", json_boolean(json_array_size(instruments) > 0));
    page_set(p, "instruments", instruments);
    if (p->visitor.who.account_id) {
        page_set(p, "account", json_pack("{s:s, s:s}", "name", p->visitor.label, "email", p->visitor.email));
    } else {
        page_set(p, "account", json_false());
        page_set(p, "mailbox_address", json_string(mailbox->address));
        page_set(p, "contact_email", json_string(mailbox->holder.email));
    }
    page_fields(p, PROFILE, NULL, faults);
    page_show(p, status, "profile", N_("Profilo"));
}

void portal_profile(struct http_request *req)
{
    struct profile profile;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &profile, &p))
        return;
    if (form_value(&req->query, "fatto"))
        page_set(&p, "flash", json_string(page_text(&p, N_("Password cambiata."))));
    if (form_value(&req->query, "eliminato"))
        page_set(&p, "flash", json_string(page_text(&p, N_("Eliminato: non verrà più usato."))));
    show(&p, 200, &profile, NULL);
}

void portal_profile_sent(struct http_request *req)
{
    struct profile_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile profile;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &profile, &p))
        return;
    if (!p.visitor.who.account_id) {
        page_problem(&p, &(struct problem){.code = PROBLEM_FORBIDDEN});
        return;
    }
    o = page_form(&p, PROFILE, &form, &faults);
    if (o == DONE && strcmp(form.password, form.again) != 0)
        o = problems_add(&faults, PROBLEM_PASSWORD_MISMATCH, "password_again", "%s", "");
    if (o == DONE) {
        o = password_change(p.shop, p.mem, p.visitor.who, form.current, form.password, &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == DONE)
        page_go(&p, "/profilo?fatto=1");
    else if (o == REFUSED)
        show(&p, 422, &profile, &faults);
    else
        page_failed(&p, o, &why);
}
