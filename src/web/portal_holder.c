/* web/portal_holder.c: GET and POST /caselle/{address}/intestatario (M25): who has a mailbox asks that it pass to
 * another, sees how far that is, and takes it back; POST …/annulla, …/ancora. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/holder_form.h"
#include "web/portal.h"
#include <talloc.h>

static const struct form_field ASK[] = {
    HOLDER_FIELDS,
    FORM_FLAG(struct holder_form, agreed, "agreed"),
    FORM_TEXT(struct holder_form, current, "current", .secret = true, .optional = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

struct holder_page {
    struct holder_change_look look;
    struct problem not_possible; /* code NONE: it may be asked for */
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct holder_page *hp = arg;
    const struct mailbox *m = &hp->look.mailbox;
    enum outcome o;

    *hp = (struct holder_page){0};
    TRY(holder_change_look(tx, p->mem, p->shop->brands, http_parameter(p->req, "address"), &hp->look, why));
    if (!principal_sees(p->visitor.who, m))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    /* What another holder asked for before is not this one's to see. */
    if (hp->look.change.id && hp->look.change.from_holder_id != m->holder_id)
        hp->look.change = (struct holder_change){0};
    o = holder_change_possible(tx, p->mem, p->brand, m, &hp->not_possible);
    return o == REFUSED ? DONE : o;
}

struct request holder_form_person(const struct holder_form *form)
{
    struct request person = {.holder = form->billing,
                             .phone = (char *)form->phone,
                             .signer_name = (char *)form->signer_name,
                             .signer_tax_code = (char *)form->signer_tax_code};

    person.holder.kind = form->kind;
    return person;
}

json_t *holder_form_values(const struct holder_change *c)
{
    json_t *values = billing_values(&c->holder);

    json_object_set_new(values, "phone", json_string(c->phone ? c->phone : ""));
    json_object_set_new(values, "signer_name", json_string(c->signer_name ? c->signer_name : ""));
    json_object_set_new(values, "signer_tax_code", json_string(c->signer_tax_code ? c->signer_tax_code : ""));
    return values;
}

static const char *done_text(const struct page *p)
{
    return form_value(&p->req->query, "chiesto")     ? page_text(p, N_("Richiesta inviata al nuovo intestatario."))
           : form_value(&p->req->query, "ancora")    ? page_text(p, N_("Collegamento inviato di nuovo."))
           : form_value(&p->req->query, "annullato") ? page_text(p, N_("Richiesta annullata: non cambia nulla."))
                                                     : NULL;
}

static void show(struct page *p, const struct holder_page *hp, int status, const struct holder_form *typed,
                 const struct problems *faults)
{
    const struct holder_change *c = &hp->look.change;
    const struct mailbox *m = &hp->look.mailbox;
    bool open = c->id && holder_change_is_open(c->state), may = hp->not_possible.code == PROBLEM_NONE;
    const char *done = done_text(p);
    json_t *values = billing_values(&(struct billing){.country = "IT"});

    page_set(p, "address", json_string(m->address));
    page_set(p, "path", json_string(present_path(p->mem, m->address)));
    page_set(p, "holder", json_string(m->holder.name));
    page_set(p, "flash", done && !faults ? json_string(done) : json_false());
    page_set(p, "change", c->id ? present_holder_change(p->mem, p->language, c) : json_false());
    page_set(p, "open", json_boolean(open));
    page_set(p, "waits", json_boolean(open && c->state == HOLDER_CHANGE_ASKED));
    page_set(p, "may", json_boolean(may));
    page_set(p, "refusal",
             may || open ? json_false() : json_string(problem_text(p->mem, p->language, &hp->not_possible)));
    page_set(p, "answer_days", json_integer(p->brand->holder_change.answer_days));
    page_set(p, "account", json_string(p->visitor.who.account_id ? p->visitor.email : m->address));
    page_set(p, "agreed", json_boolean(typed && typed->agreed));
    page_fields(p, ASK, values, faults);
    json_decref(values);
    billing_kinds(p, typed ? typed->kind : HOLDER_PERSON);
    page_show(p, status, "holder", N_("Cambio di intestatario"));
}

void portal_holder(struct http_request *req)
{
    struct holder_page hp;
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &hp, &p))
        show(&p, &hp, 200, NULL, NULL);
}

static void go_back(struct page *p, const struct holder_page *hp, const char *word)
{
    page_go(p, talloc_asprintf(p->mem, "/caselle/%s/intestatario?%s=1", present_path(p->mem, hp->look.mailbox.address),
                               word));
}

void portal_holder_sent(struct http_request *req)
{
    struct holder_form form = {.kind = HOLDER_PERSON};
    struct holder_change change;
    struct problems faults = {0}, more = {0};
    struct holder_page hp;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &hp, &p))
        return;
    o = page_form(&p, ASK, &form, &faults);
    if (o == DONE) {
        o = holder_change_ask(p.shop, p.mem,
                              &(struct holder_change_request){.brand = p.brand,
                                                              .actor = p.actor,
                                                              .who = p.visitor.who,
                                                              .mailbox = hp.look.mailbox.address,
                                                              .person = holder_form_person(&form),
                                                              .password = form.current,
                                                              .agreed = form.agreed,
                                                              .language = p.language,
                                                              .client = req->client},
                              &change, &more);
        for (size_t i = 0; i < more.count && i < count_of(more.item); i++)
            problems_put(&faults, &more.item[i]);
        problems_sort(&faults, ASK);
    }
    if (o == DONE)
        go_back(&p, &hp, "chiesto");
    else if (o == REFUSED && faults.count)
        show(&p, &hp, problem_status(faults.item[0].code), &form, &faults);
    else
        page_failed(&p, o, NULL);
}

/* ---- While it is open ---- */

struct stopping {
    struct page *p;
    struct holder_page hp;
    struct problem why;
};

static enum outcome stop(struct db_tx *tx, void *arg)
{
    struct stopping *s = arg;

    s->why = (struct problem){0};
    TRY(load(tx, s->p, &s->hp, &s->why));
    return holder_change_stop(tx, s->p->mem, s->hp.look.change.id, false, &s->p->actor, &s->why);
}

void portal_holder_stopped(struct http_request *req)
{
    struct holder_page hp;
    struct stopping s = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &hp, &p))
        return;
    s.p = &p;
    o = db_transaction(p.shop->db, "holder_change.stop", stop, &s);
    if (o == DONE)
        go_back(&p, &hp, "annullato");
    else
        page_failed(&p, o, &s.why);
}

void portal_holder_again(struct http_request *req)
{
    struct holder_page hp;
    struct problem why = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &hp, &p))
        return;
    o = holder_change_again(p.shop, p.mem, hp.look.change.id, &p.actor, &why);
    if (o == DONE)
        go_back(&p, &hp, "ancora");
    else
        page_failed(&p, o, &why);
}
