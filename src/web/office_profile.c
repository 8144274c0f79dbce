/* web/office_profile.c: GET /office/profilo: one's own sessions, recovery codes and password, and the forms that end or
 * renew them. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define SESSIONS_SHOWN 50

struct profile {
    struct operator_session *sessions;
    size_t count;
    int64_t left;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct profile *pr = arg;

    (void)why;
    TRY(operator_recovery_count(tx, &o->operator, & pr->left));
    return operator_sessions_of(tx, o->page.mem, o->operator.id, instant_plus(o->page.now, -OFFICE_IDLE),
                                SESSIONS_SHOWN, &pr->sessions, &pr->count);
}

json_t *office_sessions(const struct office *o, const struct operator_session *sessions, size_t count)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows,
                              json_pack("{s:I, s:s, s:s, s:o, s:o, s:b}", "id", (json_int_t)sessions[i].id, "device",
                                        agent_short(o->page.mem, sessions[i].agent), "client", sessions[i].client,
                                        "since", present_instant(sessions[i].session_at), "seen",
                                        present_instant(sessions[i].seen_at), "here", sessions[i].id == o->session));
    return rows;
}

struct change_form {
    const char *current, *password, *again;
};

static const struct form_field CHANGE[] = {
    FORM_TEXT(struct change_form, current, "old", .secret = true),
    FORM_TEXT(struct change_form, password, "password", .secret = true),
    FORM_TEXT(struct change_form, again, "password_again", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

struct recovery_form {
    const char *password;
};

static const struct form_field RECOVERY[] = {
    FORM_TEXT(struct recovery_form, password, "recovery_password", .secret = true),
    FORM_END,
};

static void show(struct office *o, const struct profile *pr, int status, const struct problems *faults)
{
    static const struct {
        const char *word, *text;
    } DONE_WORDS[] = {{"sessione", N_("Sessione chiusa.")},
                      {"sessioni", N_("Tutte le altre sessioni sono chiuse.")},
                      {"password", N_("Password cambiata: le altre sessioni sono chiuse.")}};
    struct page *p = &o->page;
    const char *done = form_value(&p->req->query, "fatto");

    page_fields(p, CHANGE, NULL, faults);
    page_fields(p, RECOVERY, NULL, faults);
    page_set(p, "sessions", office_sessions(o, pr->sessions, pr->count));
    page_set(p, "close_path", json_string("/office/profilo/sessioni"));
    page_set(p, "others", json_boolean(pr->count > 1));
    page_set(p, "left", json_integer(pr->left));
    page_set(p, "few", json_boolean(pr->left < 3));
    page_set(p, "label", json_string(o->operator.email));
    for (size_t i = 0; i < count_of(DONE_WORDS) && done; i++)
        if (strcmp(done, DONE_WORDS[i].word) == 0)
            page_set(p, "flash", json_string(page_text(p, DONE_WORDS[i].text)));
    office_show(o, status, "profile", N_("Il mio accesso"));
}

void office_profile(struct http_request *req)
{
    struct profile pr = {0};
    struct office o;

    if (office_open(req, load, &pr, &o))
        show(&o, &pr, 200, NULL);
}

void office_session_sent(struct http_request *req)
{
    struct problem why = {0};
    struct office o;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    outcome = operator_session_end(o.page.shop, &o.operator, office_id(req, "id"), &o.actor, &why);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        office_go(&o, "/office/profilo?fatto=sessione");
}

void office_sessions_sent(struct http_request *req)
{
    struct office o;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    outcome = operator_sessions_end(o.page.shop, &o.operator, o.session, &o.actor);
    if (outcome != DONE)
        office_failed(&o, outcome, NULL);
    else
        office_go(&o, "/office/profilo?fatto=sessioni");
}

void office_recovery_sent(struct http_request *req)
{
    char(*codes)[RECOVERY_TEXT];
    struct recovery_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile pr = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &pr, &o))
        return;
    if (page_form(&o.page, RECOVERY, &form, &faults) != DONE) {
        show(&o, &pr, 422, &faults);
        return;
    }
    outcome = operator_recovery(o.page.shop, o.page.mem, &o.operator, form.password, req->client, &codes, &why);
    if (outcome == REFUSED) {
        snprintf(why.field, sizeof why.field, "recovery_password");
        problems_put(&faults, &why);
        show(&o, &pr, problem_status(why.code), &faults);
    } else if (outcome != DONE) {
        office_failed(&o, outcome, &why);
    } else {
        office_put_recovery(&o, codes);
        page_set(&o.page, "next", json_string("/office/profilo"));
        office_show(&o, 200, "recovery", N_("Codici di recupero"));
    }
}

void office_own_password_sent(struct http_request *req)
{
    struct change_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile pr = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, load, &pr, &o))
        return;
    if (page_form(&o.page, CHANGE, &form, &faults) == DONE && strcmp(form.password, form.again) != 0)
        problems_put(&faults, &(struct problem){.code = PROBLEM_PASSWORD_MISMATCH, .field = "password_again"});
    if (!faults.count) {
        outcome = operator_password_change(o.page.shop, o.page.mem, &o.operator, o.session, form.current, form.password,
                                           req->client, &why);
        if (outcome == REFUSED)
            problems_put(&faults, &why);
    }
    if (faults.count)
        show(&o, &pr, why.code ? problem_status(why.code) : 422, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        office_go(&o, "/office/profilo?fatto=password");
}
