/* web/portal_door.c: GET and POST /entra/{token}, the link in a notice (R151); GET /webmail, the hand-off (R146). */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/door.h"
#include "web/page.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static void go_to(struct page *p, const char *address, const char *to)
{
    page_go(p, talloc_asprintf(p->mem, "/caselle/%s%s", address, strcmp(to, "casella") == 0 ? "" : "/rinnovo"));
}

/* A session is never carried over into another. False: it could not be ended, and that has been said. */
static bool begin_session(struct page *p, const char *token)
{
    if (p->signed_in && logout(p->shop, p->cookie) != DONE) {
        page_failed(p, BUSY, NULL);
        return false;
    }
    http_set_cookie(p->req, SESSION_COOKIE, token, page_cookie_path(p), -1);
    return true;
}

/* ---- The link in a notice ---- */

struct password_form {
    const char *password;
};

static const struct form_field PASSWORD[] = {
    FORM_TEXT(struct password_form, password, "password", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static enum outcome look(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    return door_look(tx, p->mem, p->brand, http_parameter(p->req, "token"), arg, why);
}

struct door {
    struct mailbox mailbox;
    struct problem why;
    bool spent;
};

/* A link that opens no more is a page of its own. */
static enum outcome look_or_tell(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct door *door = arg;
    enum outcome o = look(tx, p, &door->mailbox, why);

    door->spent = o == REFUSED;
    return o == REFUSED ? DONE : o;
}

static bool open_door(struct http_request *req, struct page *p, struct door *door)
{
    if (!page_open(req, PAGE_ANYBODY, look_or_tell, door, p))
        return false;
    if (door->spent)
        page_link_spent(p, "of_notice");
    return !door->spent;
}

static void show(struct page *p, int status, const struct door *door, const struct problems *faults)
{
    char text[DAY_TEXT];

    page_set(p, "address", json_string(door->mailbox.address));
    page_set(p, "expires_on", json_string(day_italian(door->mailbox.term.ends_on, text)));
    page_set(p, "expired", json_boolean(day_before(door->mailbox.term.ends_on, p->today)));
    page_set(p, "token", json_string(http_parameter(p->req, "token")));
    page_fields(p, PASSWORD, NULL, faults);
    page_show(p, status, "door", N_("Rinnovo della casella"));
}

void portal_door(struct http_request *req)
{
    struct door door = {0};
    struct page p;

    if (!open_door(req, &p, &door))
        return;
    if (p.signed_in && principal_sees(p.visitor.who, &door.mailbox))
        go_to(&p, door.mailbox.address, "rinnovo"); /* nothing is spent by looking */
    else
        show(&p, 200, &door, NULL);
}

void portal_door_sent(struct http_request *req)
{
    struct password_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct door door = {0};
    char token[TOKEN_TEXT];
    enum outcome o;
    struct page p;

    if (!open_door(req, &p, &door))
        return;
    if (page_form(&p, PASSWORD, &form, &faults) != DONE) {
        show(&p, 422, &door, &faults);
        return;
    }
    o = door_enter(p.shop, p.mem, p.brand, http_parameter(req, "token"), form.password, req->client, token,
                   &door.mailbox, &why);
    if (o == REFUSED && why.code == PROBLEM_LINK_SPENT) {
        page_link_spent(&p, "of_notice");
    } else if (o == REFUSED) {
        if (why.code == PROBLEM_LOGIN)
            why.code = PROBLEM_PASSWORD_WRONG; /* the name is ours, so it is no part of the fault */
        snprintf(why.field, sizeof why.field, "password");
        problems_put(&faults, &why);
        show(&p, problem_status(why.code), &door, &faults);
    } else if (o != DONE) {
        page_failed(&p, o, &why);
    } else if (begin_session(&p, token)) {
        go_to(&p, door.mailbox.address, "rinnovo");
    }
}

/* ---- The webmail's hand-off ---- */

static const struct form_field PASS[] = {
    FORM_TEXT(struct webmail_pass, address, "address", .max = 254),
    FORM_TEXT(struct webmail_pass, to, "to", .max = 10),
    FORM_INT(struct webmail_pass, at, "at", .min = 0, .max = INT32_MAX * INT64_C(4)),
    FORM_TEXT(struct webmail_pass, nonce, "nonce", .max = 64),
    FORM_TEXT(struct webmail_pass, signature, "signature", .max = 64),
    FORM_END,
};

void portal_webmail(struct http_request *req)
{
    struct webmail_pass pass = {0};
    struct problems faults = {0};
    char token[TOKEN_TEXT];
    struct problem why = {0};
    enum outcome o = REFUSED;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (form_check(p.mem, PASS, &req->query, &pass, &faults) == DONE)
        o = webmail_enter(p.shop, p.mem, p.brand, &pass, token, &why);
    else
        (void)problem_set(&why, PROBLEM_WEBMAIL_PASS, "", "%s", "");
    if (o == REFUSED)
        page_problem(&p, &why);
    else if (o != DONE)
        page_failed(&p, o, &why);
    else if (begin_session(&p, token))
        go_to(&p, text_lower(p.mem, pass.address), pass.to);
}
