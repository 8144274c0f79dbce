/* web/portal_login.c: GET and POST /accedi (R10-R12), POST /esci. */

#include "base/i18n.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

struct login_form {
    const char *as, *login, *password, *next;
};

static const struct form_field LOGIN[] = {
    FORM_TEXT(struct login_form, as, "as", .optional = true),
    FORM_TEXT(struct login_form, login, "login", .max = 254),
    FORM_TEXT(struct login_form, password, "password", .secret = true),
    FORM_TEXT(struct login_form, next, "next", .max = 1000, .optional = true),
    FORM_END,
};

static json_t *way(const char *login_id, const char *password_id, const char *value, const char *login_error,
                   const char *password_error)
{
    json_t *data = json_pack("{s:{s:s, s:s}, s:{s:s, s:s}}", "login", "name", login_id, "value", value, "password",
                             "name", password_id, "value", "");

    if (login_error)
        json_object_set_new(json_object_get(data, "login"), "error", json_string(login_error));
    if (password_error)
        json_object_set_new(json_object_get(data, "password"), "error", json_string(password_error));
    return data;
}

/* Buying a mailbox is for accounts; what is under /caselle either way may be meant for. */
static bool wants_account(const struct page *p, const char *next)
{
    return p->brand->purchase.on && page_safe_next(p, next) && !strstr(next, "/caselle");
}

/* A name without '@' was typed where a mailbox's address is wanted: told by its shape, whoever may have it (R85). */
static void name_the_field(const struct login_form *form, struct problem *why)
{
    if (why->code == PROBLEM_LOGIN && form->login && !strchr(form->login, '@') &&
        !(form->as && strcmp(form->as, "account") == 0))
        why->code = PROBLEM_LOGIN_NOT_MAILBOX;
}

/* Both ways post the same fields; on the page their ids differ. */
static void show(struct page *p, int status, const struct login_form *form, const struct problems *faults)
{
    bool account = form->as && strcmp(form->as, "account") == 0;
    const char *texts[2] = {NULL, NULL}; /* of login and password */
    json_t *list = json_array(), *mailbox, *shop;

    for (size_t i = 0; faults && i < faults->count; i++) {
        bool password = strcmp(faults->item[i].field, "password") == 0;
        const char *text = problem_text(p->mem, p->language, &faults->item[i]);
        const char *id = password ? (account ? "shop_password" : "password") : (account ? "shop_login" : "login");

        texts[password] = text;
        json_array_append_new(list, json_pack("{s:s, s:s}", "field", id, "text", text));
    }
    mailbox = way("login", "password", account || !form->login ? "" : form->login, account ? NULL : texts[0],
                  account ? NULL : texts[1]);
    shop = way("shop_login", "shop_password", account && form->login ? form->login : "", account ? texts[0] : NULL,
               account ? texts[1] : NULL);
    json_object_set_new(shop, "open", json_boolean(account || wants_account(p, form->next)));
    page_set(p, "mailbox", mailbox);
    page_set(p, "account", shop);
    page_set(p, "next", json_string(form->next ? form->next : ""));
    page_set(p, "next_query", json_string(page_next_query(p, page_safe_next(p, form->next))));
    if (json_array_size(list))
        page_set(p, "errors", json_pack("{s:o}", "list", list));
    else
        json_decref(list);
    page_show(p, status, "login", N_("Accesso all'Area Clienti"));
}

void portal_login(struct http_request *req)
{
    struct login_form form = {.as = form_value(&req->query, "as"), .next = form_value(&req->query, "next")};
    const char *done = form_value(&req->query, "fatto");
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    form.next = page_safe_next(&p, form.next);
    if (p.signed_in) {
        http_redirect(req, form.next ? form.next : talloc_asprintf(p.mem, "%s/caselle", p.base));
        return;
    }
    page_set(&p, "password_changed", json_boolean(done && strcmp(done, "password") == 0));
    page_set(&p, "email_changed", json_boolean(done && strcmp(done, "email") == 0));
    show(&p, 200, &form, NULL);
}

void portal_login_sent(struct http_request *req)
{
    struct login_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    char token[TOKEN_TEXT];
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (page_form(&p, LOGIN, &form, &faults) != DONE) {
        show(&p, 422, &form, &faults);
        return;
    }
    o = login(
        p.shop, p.mem,
        &(struct login_attempt){.brand = p.brand, .name = form.login, .password = form.password, .client = req->client},
        token, &why);
    if (o == REFUSED) {
        name_the_field(&form, &why);
        problems_put(&faults, &why);
        show(&p, problem_status(why.code), &form, &faults);
        return;
    }
    if (o != DONE) {
        page_failed(&p, o, &why);
        return;
    }
    if (p.signed_in && logout(p.shop, p.cookie) != DONE) { /* a session is never carried over into another */
        page_failed(&p, BUSY, NULL);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, token, page_cookie_path(&p), -1);
    http_redirect(req, page_safe_next(&p, form.next) ? form.next : talloc_asprintf(p.mem, "%s/caselle", p.base));
}

void portal_logout(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (p.signed_in && logout(p.shop, p.cookie) != DONE) {
        page_failed(&p, BUSY, NULL);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, "", page_cookie_path(&p), 0);
    page_go(&p, "/");
}
