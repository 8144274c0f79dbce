/* web/office_login.c: GET /office, GET and POST /office/accedi, POST /office/esci, GET and POST
 * /office/password/{token}. */

#include "base/i18n.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

void office_home(struct http_request *req)
{
    struct office o;

    if (office_open(req, NULL, NULL, &o))
        office_go(&o, "/office/oggi");
}

struct login_form {
    const char *login, *password, *next;
};

static const struct form_field LOGIN[] = {
    FORM_TEXT(struct login_form, login, "login", .max = 254),
    FORM_TEXT(struct login_form, password, "password", .secret = true),
    FORM_TEXT(struct login_form, next, "next", .max = 1000, .optional = true),
    FORM_END,
};

const char *office_safe_next(const char *next)
{
    return next && strncmp(next, "/office/", 8) == 0 && !strchr(next, '\\') ? next : NULL;
}

static void show_login(struct office *o, int status, const char *next, const struct problems *faults)
{
    page_fields(&o->page, LOGIN, NULL, faults);
    page_set(&o->page, "next", json_string(next ? next : ""));
    office_show(o, status, "login", N_("Accesso degli operatori"));
}

void office_login(struct http_request *req)
{
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    if (o.signed_in)
        office_go(&o, "/office/");
    else
        show_login(&o, 200, office_safe_next(form_value(&req->query, "next")), NULL);
}

void office_login_sent(struct http_request *req)
{
    struct login_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    char entry[TOKEN_TEXT];
    enum outcome outcome;
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    if (page_form(&o.page, LOGIN, &form, &faults) != DONE) {
        show_login(&o, 422, office_safe_next(form.next), &faults);
        return;
    }
    outcome = operator_login(o.page.shop, o.page.mem, form.login, form.password, req->client, entry, &why);
    if (outcome == REFUSED) {
        problems_put(&faults, &why);
        show_login(&o, problem_status(why.code), office_safe_next(form.next), &faults);
        return;
    }
    if (outcome != DONE) {
        office_failed(&o, outcome, &why);
        return;
    }
    http_set_cookie(req, OFFICE_ENTRY, entry, OFFICE_PATH, -1);
    office_go(&o, office_with_next(req->mem, "/office/codice", office_safe_next(form.next)));
}

void office_logout(struct http_request *req)
{
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    if (o.signed_in && operator_logout(o.page.shop, o.page.cookie) != DONE) {
        office_failed(&o, BUSY, NULL);
        return;
    }
    http_set_cookie(req, OFFICE_COOKIE, "", OFFICE_PATH, 0);
    office_go(&o, "/office/accedi");
}

/* ---- A password is chosen ---- */

struct password_form {
    const char *password, *again;
};

static const struct form_field PASSWORD[] = {
    FORM_TEXT(struct password_form, password, "password", .secret = true),
    FORM_TEXT(struct password_form, again, "password_again", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static void show_password(struct office *o, int status, const char *email, const struct problems *faults)
{
    page_set(&o->page, "label", json_string(email));
    page_set(&o->page, "token", json_string(http_parameter(o->page.req, "token")));
    page_fields(&o->page, PASSWORD, NULL, faults);
    office_show(o, status, "password", N_("Scegliere la password"));
}

static bool open_password(struct http_request *req, struct office *o, char **email)
{
    struct problem why = {0};
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, o))
        return false;
    outcome = operator_link_check(o->page.shop, o->page.mem, http_parameter(req, "token"), email, &why);
    if (outcome != DONE)
        office_failed(o, outcome, &why);
    return outcome == DONE;
}

void office_password(struct http_request *req)
{
    struct office o;
    char *email;

    if (open_password(req, &o, &email))
        show_password(&o, 200, email, NULL);
}

void office_password_sent(struct http_request *req)
{
    struct password_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct office o;
    enum outcome outcome;
    char *email;

    if (!open_password(req, &o, &email))
        return;
    if (page_form(&o.page, PASSWORD, &form, &faults) == DONE && strcmp(form.password, form.again) != 0)
        problems_put(&faults, &(struct problem){.code = PROBLEM_PASSWORD_MISMATCH, .field = "password_again"});
    if (faults.count) {
        show_password(&o, 422, email, &faults);
        return;
    }
    outcome = operator_password(o.page.shop, o.page.mem, http_parameter(req, "token"), form.password, &why);
    if (outcome == REFUSED && why.field[0]) {
        problems_put(&faults, &why);
        show_password(&o, 422, email, &faults);
    } else if (outcome != DONE) {
        office_failed(&o, outcome, &why);
    } else {
        office_go(&o, "/office/accedi");
    }
}
