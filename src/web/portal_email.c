/* web/portal_email.c: GET and POST /profilo/email, /profilo/email/{token}: a new e-mail for the account, proved by a
 * link (R39). */

#include "base/i18n.h"
#include "shop/profile.h"
#include "web/page.h"
#include "web/portal.h"

struct email_form {
    const char *email, *current;
};

static const struct form_field EMAIL[] = {
    FORM_TEXT(struct email_form, email, "email", .max = 254),
    FORM_TEXT(struct email_form, current, "current", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static bool open_page(struct http_request *req, struct page *p)
{
    if (!page_open(req, PAGE_SIGNED_IN, NULL, NULL, p))
        return false;
    if (!p->visitor.who.account_id)
        page_problem(p, &(struct problem){.code = PROBLEM_FORBIDDEN});
    return p->visitor.who.account_id != 0;
}

static void show(struct page *p, int status, const struct problems *faults)
{
    page_set(p, "present", json_string(p->visitor.email));
    page_fields(p, EMAIL, NULL, faults);
    page_show(p, status, "email", N_("Cambiare l'e-mail"));
}

void portal_email(struct http_request *req)
{
    struct page p;

    if (open_page(req, &p))
        show(&p, 200, NULL);
}

void portal_email_sent(struct http_request *req)
{
    struct email_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    enum outcome o;
    struct page p;

    if (!open_page(req, &p))
        return;
    o = page_form(&p, EMAIL, &form, &faults);
    if (o == DONE) {
        o = email_change_begin(p.shop, p.mem,
                               &(struct email_change){.brand = p.brand,
                                                      .who = p.visitor.who,
                                                      .email = form.email,
                                                      .password = form.current,
                                                      .client = req->client},
                               &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == DONE) {
        page_set(&p, "email", json_string(form.email));
        page_set(&p, "present", json_string(p.visitor.email));
        page_set(&p, "hours", json_integer(EMAIL_LINK_LIFE / HOURS(1)));
        page_show(&p, 200, "email_sent", N_("Controllare la posta"));
    } else if (o == REFUSED) {
        show(&p, why.code == PROBLEM_THROTTLED ? 429 : 422, &faults);
    } else {
        page_failed(&p, o, &why);
    }
}

static void show_outcome(struct page *p, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code == PROBLEM_LINK_SPENT)
        page_link_spent(p, "of_email");
    else
        page_failed(p, o, why);
}

void portal_email_link(struct http_request *req)
{
    struct problem why = {0};
    struct page p;
    char *email;
    enum outcome o;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    o = email_link_check(p.shop, p.mem, p.brand, http_parameter(req, "token"), &email, &why);
    if (o != DONE) {
        show_outcome(&p, o, &why);
        return;
    }
    page_set(&p, "email", json_string(email));
    page_set(&p, "token", json_string(http_parameter(req, "token")));
    page_show(&p, 200, "email_confirm", N_("Confermare la nuova e-mail"));
}

/* Whoever has the link reads the new e-mail; the password was asked for when the change was. */
void portal_email_confirm(struct http_request *req)
{
    struct problem why = {0};
    struct page p;
    enum outcome o;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    o = email_change_confirm(p.shop, p.mem, p.brand, http_parameter(req, "token"), &why);
    if (o != DONE)
        show_outcome(&p, o, &why);
    else
        page_go(&p, p.signed_in ? "/profilo?email=1" : "/accedi?as=account&fatto=email");
}
