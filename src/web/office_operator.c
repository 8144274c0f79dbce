/* web/office_operator.c: GET and POST /office/operatori/{id}: one operator: role and brand, sessions; below it the
 * forms that disable, give a new link, reset the second factor, and close sessions. */

#include "base/i18n.h"
#include "shop/approval.h"
#include "shop/present.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define SESSIONS_SHOWN 50

struct one {
    int64_t id;
    struct operator operator;
    struct operator_session *sessions;
    size_t count;
    int64_t left;
};

/* Somebody of another brand reads like nobody. */
static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;
    enum outcome found = operator_by_id(tx, o->page.mem, one->id, &one->operator);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, one->operator.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    TRY(operator_recovery_count(tx, &one->operator, & one->left));
    return operator_sessions_of(tx, o->page.mem, one->id, instant_plus(o->page.now, -OFFICE_IDLE), SESSIONS_SHOWN,
                                &one->sessions, &one->count);
}

struct change_form {
    const char *role, *brand, *reason;
};

static const struct form_field CHANGE[] = {
    FORM_TEXT(struct change_form, role, "role", .max = 20),
    FORM_TEXT(struct change_form, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct change_form, reason, "reason", .max = APPROVAL_REASON_MOST, .optional = true),
    FORM_END,
};
static const struct form_field DISABLE[] = {
    FORM_TEXT(struct change_form, reason, "why", .max = APPROVAL_REASON_MOST, .optional = true),
    FORM_END,
};

static const struct {
    const char *word, *text;
} SAID[] = {
    {"ruolo", N_("Ruolo e marchio registrati.")},
    {"attesa", N_("La richiesta attende una seconda persona.")},
    {"fuori", N_("L'operatore non può più entrare.")},
    {"fattore", N_("Al prossimo accesso si prepara di nuovo il secondo fattore.")},
    {"sessione", N_("Sessione chiusa.")},
    {"sessioni", N_("Tutte le sessioni sono chiuse.")},
};

static void show(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const struct operator* op = & one->operator;
    const struct brand *brand = brand_by_id(p->shop->brands, op->brand);
    const char *done = form_value(&p->req->query, "fatto");

    page_fields(p, CHANGE, NULL, faults);
    page_fields(p, DISABLE, NULL, faults);
    page_set(p, "operator",
             json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "id", (json_int_t)op->id, "email", op->email, "name",
                       op->name, "role", office_role_label(p, op->role), "brand",
                       brand ? brand->name : page_text(p, N_("tutti i marchi")), "disabled", op->disabled_at.us != 0,
                       "waits", !op->password_hash[0], "since", present_instant(op->created_at)));
    page_set(p, "owner", json_boolean(strcmp(op->role, "owner") == 0));
    page_set(p, "self", json_boolean(op->id == o->operator.id));
    page_set(p, "left", json_integer(one->left));
    page_set(p, "roles", office_roles(p, op->role));
    page_set(p, "brands", office_brands(o, op->brand));
    page_set(p, "any_session", json_boolean(one->count > 0));
    page_set(p, "sessions", office_sessions(o, one->sessions, one->count));
    page_set(p, "close_path", json_sprintf("/office/operatori/%" PRId64 "/sessioni", op->id));
    for (size_t i = 0; i < count_of(SAID) && done; i++)
        if (strcmp(done, SAID[i].word) == 0)
            page_set(p, "flash", json_string(page_text(p, SAID[i].text)));
    office_show(o, status, "operator", N_("Operatore"));
}

static void go(struct office *o, int64_t id, const char *done)
{
    office_go(o, talloc_asprintf(o->page.mem, "/office/operatori/%" PRId64 "?fatto=%s", id, done));
}

void office_operator(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct office o;

    if (office_open(req, load, &one, &o))
        show(&o, &one, 200, NULL);
}

static void change(struct office *o, struct one *one, struct operator_change *wanted, struct problems *faults)
{
    struct problem why = {0};
    enum outcome outcome = REFUSED;
    bool waits = false;

    wanted->id = one->id;
    wanted->actor = o->actor;
    if (!faults->count) {
        outcome = operator_change(o->page.shop, o->page.mem, wanted, &waits, &why);
        if (outcome == REFUSED && wanted->disable && strcmp(why.field, "reason") == 0)
            snprintf(why.field, sizeof why.field, "why");
        if (outcome == REFUSED)
            problems_put(faults, &why);
    }
    if (faults->count)
        show(o, one, why.code ? problem_status(why.code) : 422, faults);
    else if (outcome != DONE)
        office_failed(o, outcome, &why);
    else
        go(o, one->id, waits ? "attesa" : wanted->disable ? "fuori" : "ruolo");
}

void office_operator_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct change_form form = {.brand = "", .reason = ""};
    struct problems faults = {0};
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    if (page_form(&o.page, CHANGE, &form, &faults) == DONE && !operator_sees(&o.operator, form.brand))
        problems_put(&faults, &(struct problem){.code = PROBLEM_BRAND, .field = "brand"});
    change(&o, &one, &(struct operator_change){.role = form.role, .brand = form.brand, .reason = form.reason}, &faults);
}

void office_operator_disable_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct change_form form = {.reason = ""};
    struct problems faults = {0};
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    if (page_form(&o.page, DISABLE, &form, &faults) != DONE)
        faults.count = faults.count ? faults.count : 1;
    change(&o, &one, &(struct operator_change){.disable = true, .reason = form.reason}, &faults);
}

void office_operator_link_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct problem why = {0};
    enum outcome outcome;
    struct office o;
    char *link;

    if (!office_open(req, load, &one, &o))
        return;
    outcome = operator_link(o.page.shop, o.page.mem, one.operator.email, &o.actor, &link, &why);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        office_show_link(&o, one.operator.email, link, one.id);
}

void office_operator_factor_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct problem why = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    outcome = operator_totp_reset(o.page.shop, o.page.mem, one.operator.email, &o.actor, &why);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        go(&o, one.id, "fattore");
}

void office_operator_sessions_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    int64_t session = http_parameter(req, "session") ? office_id(req, "session") : 0;
    struct problem why = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    outcome = session ? operator_session_end(o.page.shop, &one.operator, session, &o.actor, &why)
                      : operator_sessions_end(o.page.shop, &one.operator, 0, &o.actor);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        go(&o, one.id, session ? "sessione" : "sessioni");
}
