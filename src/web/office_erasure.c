/* web/office_erasure.c: GET /office/clienti/{id}/cancellazione and /office/caselle/{address}/cancellazione: what of a
 * person's data may go, what stays, until when and by which law; POST: that it be erased, which a second person decides
 * (shop/erasure.h). */

#include "base/i18n.h"
#include "shop/erasure.h"
#include "web/office_mailbox.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct erasure_form {
    const char *reason;
};

static const struct form_field ERASE[] = {
    FORM_TEXT(struct erasure_form, reason, "reason", .max = GOVERN_TEXT_MOST, .lines = true),
    FORM_END,
};

struct erasure_view {
    struct erasure_look look;
    const char *here, *back;
    bool waits;
};

static enum outcome seek(struct db_tx *tx, struct office *o, struct erasure_view *v, struct problem *why)
{
    void *mem = o->page.mem;
    const char *address = http_parameter(o->page.req, "address");

    if (address) {
        struct mailbox mailbox;

        TRY(mailbox_view_find(tx, o, &mailbox, why));
        v->back = office_mailbox_path(mem, mailbox.address);
        TRY(erasure_seek_holder(tx, o->page.shop, mem, mailbox.holder_id, mailbox.brand, &v->look, why));
    } else {
        int64_t id = office_id(o->page.req, "id");

        v->back = office_account_path(mem, id);
        TRY(erasure_seek_account(tx, o->page.shop, mem, id, &v->look, why));
    }
    v->here = talloc_asprintf(mem, "%s/cancellazione", v->back);
    return operator_sees(&o->operator, v->look.subject.brand) ? DONE
                                                              : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    return seek(tx, o, arg, why);
}

/* ---- The page ---- */

static char *stays(const struct page *p, const struct erasure_line *l)
{
    char last[DAY_TEXT];

    if (l->open)
        return talloc_asprintf(p->mem, page_text(p, N_("si tiene: %lld, finché serve")),
                               (long long)(l->open + l->later));
    if (!l->later)
        return talloc_strdup(p->mem, "");
    if (!l->last.n)
        return talloc_asprintf(p->mem, page_text(p, N_("si tiene: %lld, per sempre")), (long long)l->later);
    return talloc_asprintf(p->mem,
                           day_same(l->first, l->last) ? page_text(p, N_("si tiene: %lld, fino al %s"))
                                                       : page_text(p, N_("si tiene: %lld, l'ultimo fino al %s")),
                           (long long)l->later, day_italian(l->last, last));
}

static void show(struct office *o, const struct erasure_view *v, int status, const struct problems *faults)
{
    static const struct office_done WORDS[] = {
        {"attende", N_("Richiesta registrata: attende una seconda persona.")},
        {"fatto", N_("Dati cancellati. Il resto se ne va da sé quando scade il suo termine.")},
        {NULL, NULL},
    };
    struct page *p = &o->page;
    json_t *lines = json_array(), *obstacles = json_array();
    bool may = v->look.obstacle_count == 0 && erasure_is_anything(&v->look);

    for (size_t i = 0; i < v->look.line_count; i++) {
        const struct erasure_line *l = &v->look.lines[i];

        json_array_append_new(lines, json_pack("{s:s, s:s, s:o, s:s, s:s}", "label", page_text(p, l->kind->label),
                                               "deed", l->kind->erase ? page_text(p, l->kind->deed) : "", "now",
                                               json_sprintf("%.0" PRId64, l->now), "stays", stays(p, l), "basis",
                                               page_text(p, retention_basis(l->kind->class))));
    }
    for (size_t i = 0; i < v->look.obstacle_count; i++)
        json_array_append_new(obstacles,
                              json_string(erasure_obstacle_words(p->mem, p->language, &v->look.obstacles[i])));
    page_fields(p, ERASE, NULL, faults);
    page_set(p, "name", json_string(v->look.name));
    page_set(p, "here", json_string(v->here));
    page_set(p, "back", json_string(v->back));
    page_set(p, "lines", lines);
    page_set(p, "obstacles", obstacles);
    page_set(p, "stopped", json_boolean(v->look.obstacle_count > 0));
    page_set(p, "may", json_boolean(may));
    office_flash(o, WORDS);
    office_show(o, status, "erasure", N_("Cancella i dati"));
}

void office_erasure(struct http_request *req)
{
    struct erasure_view v;
    struct office o;

    if (office_open(req, load, &v, &o))
        show(&o, &v, 200, NULL);
}

/* ---- Asking ---- */

struct asking {
    struct office *o;
    struct erasure_view *v;
    struct erasure_form form;
    bool waits;
    struct problem why;
};

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    a->why = (struct problem){0};
    TRY(seek(tx, a->o, a->v, &a->why));
    return erasure_ask(tx, a->o->page.shop, a->o->page.mem, &a->v->look, a->form.reason, &a->o->actor, &a->waits,
                       &a->why);
}

void office_erasure_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct erasure_view v;
    struct office o;
    struct asking a = {.o = &o, .v = &v};
    enum outcome outcome;

    if (!office_open(req, load, &v, &o))
        return;
    if (page_form(&o.page, ERASE, &a.form, &faults) != DONE) {
        show(&o, &v, 422, &faults);
        return;
    }
    outcome = db_transaction_rows(o.page.shop->db, "office.erase", ask, &a);
    if (outcome == DONE) {
        office_go(&o, talloc_asprintf(o.page.mem, "%s?fatto=%s", v.here, a.waits ? "attende" : "fatto"));
    } else if (outcome == REFUSED && a.why.code) {
        problems_put(&faults, &a.why);
        show(&o, &v, problem_status(a.why.code), &faults);
    } else {
        office_failed(&o, outcome, &a.why);
    }
}
