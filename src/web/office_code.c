/* web/office_code.c: GET and POST /office/codice: between the password and the session stands a code; at the first
 * login the app that makes it is set up, and ten recovery codes are shown, once. */

#include "base/i18n.h"
#include "paper/epc.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

struct code_form {
    const char *code, *next;
};

static const struct form_field CODE[] = {
    FORM_TEXT(struct code_form, code, "code", .max = 40),
    FORM_TEXT(struct code_form, next, "next", .max = 1000, .optional = true),
    FORM_END,
};

/* False when the answer has been given: nobody has said a password, or too long ago. */
static bool open_half(struct http_request *req, struct office *o, struct operator_entry *entry)
{
    const char *token = http_cookie(req, OFFICE_ENTRY);
    struct problem why = {0};
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, o))
        return false;
    outcome = operator_entry_look(o->page.shop, o->page.mem, token ? token : "", entry, &why);
    if (outcome == REFUSED && why.code == PROBLEM_NOT_FOUND) {
        office_go(o, office_with_next(req->mem, "/office/accedi", office_safe_next(form_value(&req->query, "next"))));
        return false;
    }
    if (outcome != DONE)
        office_failed(o, outcome, &why);
    return outcome == DONE;
}

static json_t *setting_up(struct office *o, const struct operator_entry *entry)
{
    struct page *p = &o->page;
    struct text_buffer spaced = text_buffer(p->mem);
    struct problem why;
    struct qr qr;

    for (size_t i = 0; entry->typed[i]; i++) {
        if (i > 0 && i % 4 == 0)
            text_put(&spaced, " ");
        text_put_bytes(&spaced, entry->typed + i, 1);
    }
    return json_pack("{s:s, s:s, s:o}", "typed", spaced.bytes, "address", entry->address, "qr",
                     qr_encode(p->mem, entry->address, strlen(entry->address), &qr, &why) == DONE
                         ? json_string(qr_svg(p->mem, &qr, page_text(p, N_("Codice QR per l'app"))))
                         : json_false());
}

static void show(struct office *o, int status, const struct operator_entry *entry, const char *next,
                 const struct problems *faults)
{
    struct page *p = &o->page;

    page_fields(p, CODE, NULL, faults);
    json_object_set_new(json_object_get(json_object_get(p->data, "f"), "code"), "value", json_string(""));
    page_set(p, "label", json_string(entry->operator.email));
    page_set(p, "next", json_string(next ? next : ""));
    page_set(p, "setup", entry->enrols ? setting_up(o, entry) : json_false());
    page_set(p, "demo_code",
             p->web->demo_mail ? json_string(entry->code ? entry->code : page_text(p, N_("tra mezzo minuto")))
                               : json_false());
    http_set_header(p->req, "Cache-Control", "no-store");
    office_show(o, status, "code", entry->enrols ? N_("Secondo fattore") : N_("Codice di accesso"));
}

void office_code(struct http_request *req)
{
    struct operator_entry entry;
    struct office o;

    if (open_half(req, &o, &entry))
        show(&o, 200, &entry, office_safe_next(form_value(&req->query, "next")), NULL);
}

void office_put_recovery(struct office *o, char (*codes)[RECOVERY_TEXT])
{
    json_t *list = json_array();

    for (int i = 0; i < RECOVERY_CODES; i++)
        json_array_append_new(list, json_string(codes[i]));
    page_set(&o->page, "codes", list);
    http_set_header(o->page.req, "Cache-Control", "no-store");
}

static void go_in(struct office *o, const char *token, char (*recovery)[RECOVERY_TEXT], const char *next)
{
    struct http_request *req = o->page.req;

    http_set_cookie(req, OFFICE_ENTRY, "", OFFICE_PATH, 0);
    http_set_cookie(req, OFFICE_COOKIE, token, OFFICE_PATH, -1);
    next = office_safe_next(next) ? next : "/office/";
    if (!recovery) {
        office_go(o, next);
        return;
    }
    office_put_recovery(o, recovery);
    page_set(&o->page, "next", json_string(next));
    office_show(o, 200, "recovery", N_("Codici di recupero"));
}

void office_code_sent(struct http_request *req)
{
    const char *entry_token = http_cookie(req, OFFICE_ENTRY), *agent = http_header(req, "User-Agent");
    char token[TOKEN_TEXT], (*recovery)[RECOVERY_TEXT];
    struct operator_entry entry;
    struct code_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    enum outcome outcome;
    struct office o;

    if (!open_half(req, &o, &entry))
        return;
    if (page_form(&o.page, CODE, &form, &faults) != DONE) {
        show(&o, 422, &entry, office_safe_next(form.next), &faults);
        return;
    }
    agent = agent && text_is_plain(agent, strlen(agent)) ? talloc_strndup(req->mem, agent, 200) : "";
    outcome = operator_enter(
        o.page.shop, o.page.mem,
        &(struct operator_arrival){.entry = entry_token, .code = form.code, .client = req->client, .agent = agent},
        token, &recovery, &why);
    if (outcome == DONE && o.signed_in)
        outcome = operator_logout(o.page.shop, o.page.cookie); /* a session is never carried over into another */
    if (outcome == REFUSED && why.field[0]) {
        problems_put(&faults, &why);
        show(&o, problem_status(why.code), &entry, office_safe_next(form.next), &faults);
    } else if (outcome != DONE) {
        office_failed(&o, outcome, &why);
    } else {
        go_in(&o, token, recovery, form.next);
    }
}
