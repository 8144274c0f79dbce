/* web/portal_register.c: GET and POST /registrati, POST /registrati/ancora, GET and POST /registrati/conferma/{token}
 * (R39). */

#include "base/i18n.h"
#include "shop/register.h"
#include "web/billing_form.h"
#include "web/portal.h"
#include <string.h>

struct register_form {
    int kind;
    struct billing billing; /* its e-mail is the account's */
    const char *user_name, *phone, *password, *again, *next;
    bool privacy;
};

/* In the order of the page. */
static const struct form_field REGISTER[] = {
    KIND_FIELDS(struct register_form),
    FORM_TEXT(struct register_form, phone, "phone", .max = 40, .optional = true),
    FORM_TEXT(struct register_form, billing.email, "email", .max = 254, .optional = true),
    FORM_TEXT(struct register_form, user_name, "user_name", .max = 254, .optional = true),
    FORM_TEXT(struct register_form, password, "password", .secret = true),
    FORM_TEXT(struct register_form, again, "password_again", .secret = true),
    INVOICE_FIELDS(struct register_form),
    FORM_FLAG(struct register_form, privacy, "privacy"),
    FORM_TEXT(struct register_form, next, "next", .max = 1000, .optional = true),
    FORM_END,
};

static void show(struct page *p, int status, const struct register_form *form, const struct problems *faults)
{
    const char *next = page_safe_next(p, form->next);

    json_t *values = json_pack("{s:s}", "country", "IT");

    page_fields(p, REGISTER, values, faults);
    json_decref(values);
    billing_kinds(p, form->kind);
    page_set(p, "billing_open", json_boolean(billing_begun(&form->billing)));
    page_set(p, "has_privacy", json_boolean(p->brand->privacy.version != NULL));
    page_set(p, "privacy_checked", json_boolean(form->privacy));
    page_set(p, "next", json_string(next ? next : ""));
    page_set(p, "next_query", json_string(page_next_query(p, next)));
    page_show(p, status, "register", N_("Registrazione"));
}

/* Who is signed in has what one registers for. */
static bool open_page(struct http_request *req, struct page *p)
{
    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, p))
        return false;
    if (p->signed_in && p->visitor.who.account_id)
        page_go(p, "/profilo");
    return !p->signed_in || !p->visitor.who.account_id;
}

void portal_register(struct http_request *req)
{
    struct register_form form = {.next = form_value(&req->query, "next")};
    struct page p;

    if (open_page(req, &p))
        show(&p, 200, &form, NULL);
}

static void show_sent(struct page *p, int status, const char *email, const struct problems *faults)
{
    if (faults)
        page_fields(p, (const struct form_field[]){FORM_END}, NULL, faults);
    page_set(p, "email", json_string(email));
    page_set(p, "hours", json_integer(REGISTRATION_LIFE / HOURS(1)));
    page_show(p, status, "register_sent", N_("Controllare la posta"));
}

/* All that is wrong, at once. */
static enum outcome check(struct page *p, struct register_form *form, struct profile *profile, struct problems *faults)
{
    struct problem why;
    enum outcome o = page_form(p, REGISTER, form, faults);

    form->billing.kind = form->kind;
    *profile = (struct profile){.user_name = form->user_name, .phone = form->phone, .billing = form->billing};
    (void)!profile_check(p->mem, profile, faults);
    if (form->password && password_acceptable(form->password, &why) != DONE)
        problems_put(faults, &why);
    else if (form->password && form->again && strcmp(form->password, form->again) != 0)
        (void)!problems_add(faults, PROBLEM_PASSWORD_MISMATCH, "password_again", "%s", "");
    if (p->brand->privacy.version && !form->privacy)
        (void)!problems_add(faults, PROBLEM_PRIVACY, "privacy", "%s", "");
    problems_sort(faults, REGISTER);
    return o == DONE && !faults->count ? DONE : REFUSED;
}

void portal_register_sent(struct http_request *req)
{
    struct register_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile profile;
    enum outcome o;
    struct page p;

    if (!open_page(req, &p))
        return;
    if (check(&p, &form, &profile, &faults) != DONE) {
        show(&p, 422, &form, &faults);
        return;
    }
    o = registration_begin(p.shop, p.mem,
                           &(struct new_registration){.brand = p.brand,
                                                      .profile = profile,
                                                      .password = form.password,
                                                      .language = p.language,
                                                      .next = page_safe_next(&p, form.next),
                                                      .cookie = p.cookie,
                                                      .client = req->client},
                           &why);
    if (o == DONE) {
        show_sent(&p, 200, profile.billing.email, NULL);
    } else if (o == REFUSED) {
        problems_put(&faults, &why);
        show(&p, problem_status(why.code), &form, &faults);
    } else {
        page_failed(&p, o, &why);
    }
}

/* ---- Once more ---- */

struct again_form {
    const char *email;
};
static const struct form_field AGAIN[] = {FORM_TEXT(struct again_form, email, "email", .max = 254), FORM_END};

void portal_register_again(struct http_request *req)
{
    struct again_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    enum outcome o;
    struct page p;

    if (!open_page(req, &p))
        return;
    if (page_form(&p, AGAIN, &form, &faults) != DONE) {
        page_go(&p, "/registrati");
        return;
    }
    o = registration_again(p.shop, p.mem, p.brand, form.email, req->client, &why);
    if (o == DONE) {
        page_set(&p, "flash", json_string(page_text(&p, N_("Inviata di nuovo."))));
        show_sent(&p, 200, form.email, NULL);
    } else if (o == REFUSED) {
        problems_put(&faults, &why);
        show_sent(&p, problem_status(why.code), form.email, &faults);
    } else {
        page_failed(&p, o, &why);
    }
}

/* ---- The link in the mail: it is only looked at by GET, which programs that read mails do too ---- */

struct confirm_form {
    const char *user_name, *password;
};
static const struct form_field CONFIRM[] = {
    FORM_TEXT(struct confirm_form, user_name, "user_name", .max = 254, .optional = true),
    FORM_TEXT(struct confirm_form, password, "password", .secret = true, .optional = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static void show_outcome(struct page *p, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code == PROBLEM_LINK_SPENT)
        page_link_spent(p, "of_registration");
    else
        page_failed(p, o, why);
}

static void show_link(struct page *p, int status, const struct problems *faults)
{
    struct waiting_registration w;
    struct problem why = {0};
    enum outcome o = registration_look(p->shop, p->mem, p->brand, http_parameter(p->req, "token"), p->cookie, &w, &why);

    if (o != DONE) {
        show_outcome(p, o, &why);
        return;
    }
    page_set(p, "token", json_string(http_parameter(p->req, "token")));
    page_set(p, "waiting",
             json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", w.name, "user_name", w.user_name, "email", w.email,
                       "name_taken", w.name_taken, "needs_password", w.needs_password));
    page_fields(p, CONFIRM, NULL, faults);
    page_show(p, status, "register_confirm", N_("Confermare la registrazione"));
}

void portal_register_link(struct http_request *req)
{
    struct page p;

    if (page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        show_link(&p, 200, NULL);
}

static void come_in(struct page *p, const char *session, const char *next)
{
    const char *safe = page_safe_next(p, next);

    if (p->signed_in && logout(p->shop, p->cookie) != DONE) { /* a session is never carried over into another */
        page_failed(p, BUSY, NULL);
        return;
    }
    http_set_cookie(p->req, SESSION_COOKIE, session, page_cookie_path(p), -1);
    if (safe)
        http_redirect(p->req, safe);
    else
        page_go(p, "/profilo?benvenuto=1");
}

void portal_register_confirm(struct http_request *req)
{
    struct confirm_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    char session[TOKEN_TEXT];
    const char *next;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (page_form(&p, CONFIRM, &form, &faults) != DONE) {
        show_link(&p, 422, &faults);
        return;
    }
    o = registration_confirm(p.shop, p.mem,
                             &(struct confirmation){.brand = p.brand,
                                                    .token = http_parameter(req, "token"),
                                                    .cookie = p.cookie,
                                                    .user_name = form.user_name,
                                                    .password = form.password},
                             session, &next, &why);
    if (o == DONE) {
        come_in(&p, session, next);
    } else if (o == REFUSED && why.code != PROBLEM_LINK_SPENT) {
        problems_put(&faults, &why);
        show_link(&p, problem_status(why.code), &faults);
    } else {
        show_outcome(&p, o, &why);
    }
}
