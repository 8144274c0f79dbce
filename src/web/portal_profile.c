/* web/portal_profile.c: GET and POST /profilo: who one is, the password of an account, the language. */

#include "base/i18n.h"
#include "web/page.h"
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

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    (void)why;
    if (p->visitor.who.mailbox_id)
        return mailbox_by_id(tx, p->mem, p->visitor.who.mailbox_id, arg);
    return DONE;
}

static void show(struct page *p, int status, const struct mailbox *mailbox, const struct problems *faults)
{
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
    struct mailbox mailbox;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &mailbox, &p))
        return;
    if (form_value(&req->query, "fatto"))
        page_set(&p, "flash", json_string(page_text(&p, N_("Password cambiata."))));
    show(&p, 200, &mailbox, NULL);
}

void portal_profile_sent(struct http_request *req)
{
    struct profile_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct mailbox mailbox;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &mailbox, &p))
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
        show(&p, 422, &mailbox, &faults);
    else
        page_failed(&p, o, &why);
}
