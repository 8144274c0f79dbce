#include "base/i18n.h"
#include "rules/autorenew.h"
#include "shop/extra_space.h"
#include "shop/quote.h"
#include "web/office_mailbox.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static bool is(const struct mailbox *m, enum mailbox_status status)
{
    return strcmp(m->status, mailbox_status_name(status)) == 0;
}

static char *day_text(const struct page *p, struct day day)
{
    char text[DAY_TEXT];

    return talloc_strdup(p->mem, day_italian(day, text));
}

static char *gigabytes(const struct page *p, int64_t mb)
{
    return talloc_asprintf(p->mem, "%" PRId64 ",%" PRId64 " GB", mb / 1024, mb % 1024 * 10 / 1024);
}

/* ---- The mailbox ---- */

/* What an expired one still does today (P7, M17); "": it is not expired. */
static const char *does_now(const struct page *p, const struct mailbox *m)
{
    if (!is(m, MAILBOX_LIVE) || !day_before(m->term.ends_on, p->today))
        return "";
    if (!day_before(m->allowed.receive_until, p->today))
        return page_text(p, N_("riceve e si legge, non invia"));
    return day_before(m->allowed.read_until, p->today) ? page_text(p, N_("non funziona"))
                                                       : page_text(p, N_("si legge soltanto"));
}

static json_t *service(const struct page *p, const struct mailbox_view *v)
{
    const struct mailbox *m = &v->mailbox;
    const struct brand_plan *plan = brand_plan_by_id(v->brand, m->plan);
    json_t *facts = json_array();

    fact_put(facts, page_text(p, N_("Marchio")), v->brand->name);
    fact_put(facts, page_text(p, N_("User-id")), m->user_id);
    fact_put(facts, page_text(p, N_("Tipo")), plan ? plan->name : m->plan);
    if (m->extra_gb || m->extra_archive_gb)
        fact_put(facts, page_text(p, N_("Spazio aggiunto")),
                 talloc_asprintf(p->mem, page_text(p, N_("%d GB, archivio %d GB")), (int)m->extra_gb,
                                 (int)m->extra_archive_gb));
    if (m->quota_mb)
        fact_put(
            facts, page_text(p, N_("In uso")),
            talloc_asprintf(p->mem, page_text(p, N_("%s di %s")), gigabytes(p, m->used_mb), gigabytes(p, m->quota_mb)));
    fact_day(facts, page_text(p, N_("Attivata il")), m->activated_on);
    fact_day(facts, page_text(p, N_("Scadenza")), m->term.ends_on);
    fact_put(facts, page_text(p, N_("Ora")), does_now(p, m));
    fact_day(facts, page_text(p, N_("Invia fino al")), m->allowed.send_until);
    fact_day(facts, page_text(p, N_("Riceve fino al")), m->allowed.receive_until);
    fact_day(facts, page_text(p, N_("Si legge fino al")), m->allowed.read_until);
    fact_day(facts, page_text(p, N_("Si rinnova fino al")), m->allowed.renew_until);
    if (v->termination.mailbox_id)
        fact_day(facts, page_text(p, N_("Disdetta: funziona fino al")), v->termination.stops_on);
    return facts;
}

static json_t *holder(const struct page *p, const struct mailbox_view *v)
{
    const struct billing *h = &v->mailbox.holder;
    json_t *facts = json_array(), *contact;

    fact_link(facts, page_text(p, N_("Nome")), h->name,
              talloc_asprintf(p->mem, "/office/clienti?cerca=%s", present_path(p->mem, h->tax_code)));
    fact_put(facts, page_text(p, N_("Codice fiscale")), h->tax_code);
    fact_put(facts, page_text(p, N_("Partita IVA")), h->vat_number);
    fact_put(facts, page_text(p, N_("Indirizzo")),
             h->street[0]
                 ? talloc_asprintf(p->mem, "%s, %s %s %s %s", h->street, h->postcode, h->city, h->province, h->country)
                 : "");
    contact = fact_put(facts, page_text(p, N_("E-mail di riferimento")), h->email);
    if (contact && v->mailbox.contact_bounced)
        json_object_set_new(contact, "note", json_string(page_text(p, N_("la posta torna indietro"))));
    fact_put(facts, page_text(p, N_("Codice SdI")), h->sdi_code);
    fact_put(facts, page_text(p, N_("PEC per le fatture")), h->sdi_pec);
    if (v->account.id)
        fact_link(facts, page_text(p, N_("Utenza")),
                  talloc_asprintf(p->mem, "%s, %s", v->account.name, v->account.email),
                  office_account_path(p->mem, v->account.id));
    if (v->request.id)
        fact_link(facts, page_text(p, N_("Documenti")),
                  talloc_asprintf(p->mem, page_text(p, N_("richiesta n. %d")), (int)v->request.id),
                  talloc_asprintf(p->mem, "/office/documenti/%" PRId64, v->request.id));
    return facts;
}

static json_t *ties(const struct page *p, const struct mailbox_view *v)
{
    const struct mailbox *m = &v->mailbox;
    const struct brand_convention *c = m->convention[0] ? brand_convention_by_id(v->brand, m->convention) : NULL;
    json_t *facts = json_array();

    fact_put(facts, page_text(p, N_("Convenzione")), c ? c->body : m->convention);
    fact_put(facts, page_text(p, N_("Dominio")), m->domain);
    if (v->domain.id)
        fact_day(facts, page_text(p, N_("Scadenza del dominio")), v->domain.expires_on);
    if (v->mandate.id) {
        fact_put(facts, page_text(p, N_("Rinnovo automatico")), page_text(p, mandate_state_label(v->mandate.state)));
        if (!v->mandate.ended_at.us) {
            fact_put(facts, page_text(p, N_("Per anni")), talloc_asprintf(p->mem, "%" PRId64, v->mandate.years));
            fact_day(facts, page_text(p, N_("Prossimo preavviso")), v->mandate.warn_on);
            fact_day(facts, page_text(p, N_("Prossimo addebito")), v->mandate.charge_on);
        }
    }
    if (v->change.id)
        fact_put(facts, page_text(p, N_("Modifica in corso")),
                 talloc_asprintf(p->mem, page_text(p, N_("da %s a %s: %s")), v->change.old_plan, v->change.new_plan,
                                 strcmp(v->change.state, plan_change_state_name(CHANGE_HELD)) == 0
                                     ? page_text(p, N_("ferma, lo spazio in uso è troppo"))
                                     : page_text(p, N_("in attesa del gestore"))));
    return facts;
}

/* ---- What holds it ---- */

static json_t *hold_row(const struct page *p, const struct mailbox_view *v, size_t i)
{
    const struct mailbox_hold *h = &v->holds[i];
    bool over = h->lifted_at.us || day_before(h->until_on, p->today);
    const char *stops = h->stops_deletion && h->stops_renewal ? N_("ferma rinnovo e cancellazione")
                        : h->stops_renewal                    ? N_("ferma il rinnovo")
                                                              : N_("ferma la cancellazione");

    return json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:b, s:b}", "id", (json_int_t)h->id, "stops", page_text(p, stops),
                     "reason", h->reason, "who", v->holders[i], "set_at", present_instant(h->set_at), "until",
                     day_text(p, h->until_on), "over", over, "lifted", h->lifted_at.us != 0);
}

static void put_holds(struct page *p, const struct mailbox_view *v)
{
    json_t *holds = json_array();
    enum suspend_reason reason;

    for (size_t i = 0; i < v->hold_count; i++)
        json_array_append_new(holds, hold_row(p, v, i));
    page_set(p, "holds", holds);
    page_set(p, "any_holds", json_boolean(v->hold_count > 0));
    page_set(p, "legal",
             v->legal.reason ? json_pack("{s:s, s:s, s:o}", "reason", v->legal.reason, "who", v->legal_by, "set_at",
                                         present_instant(v->legal.set_at))
                             : json_false());
    page_set(p, "suspended",
             v->suspension.reason && suspend_reason_of(v->suspension.reason, &reason) == DONE
                 ? json_pack("{s:s, s:s, s:s, s:o}", "reason", page_text(p, suspend_reason_label(reason)), "note",
                             v->suspension.note, "who", v->suspended_by, "set_at",
                             present_instant(v->suspension.set_at))
                 : json_false());
}

/* ---- What may be done ---- */

static void put_acts(struct office *o, const struct mailbox_view *v)
{
    struct page *p = &o->page;
    const struct mailbox *m = &v->mailbox;
    bool govern = operator_may(&o->operator, OFFICE_GOVERN), serve = operator_may(&o->operator, OFFICE_SERVE);
    bool live = is(m, MAILBOX_LIVE), suspended = is(m, MAILBOX_SUSPENDED), there = !is(m, MAILBOX_DELETED);
    const char *chosen = form_value(&p->req->form, "reason");
    json_t *reasons = json_array();
    struct problem why = {0}, no_space;

    for (int i = 0; i < SUSPEND_REASONS; i++) {
        const char *name = suspend_reason_name((enum suspend_reason)i);

        json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "value", name, "label",
                                                 page_text(p, suspend_reason_label((enum suspend_reason)i)), "selected",
                                                 chosen && strcmp(chosen, name) == 0));
    }
    page_set(p, "reasons", reasons);
    page_set(p, "may",
             json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "renew",
                       serve && renewal_eligible(v->brand, m, p->today, &why) == DONE, "space",
                       serve && space_eligible(v->brand, m, p->today, &no_space) == DONE, "contact", serve && there,
                       "suspend", govern && live, "resume", govern && suspended, "cease", govern && (live || suspended),
                       "hold", govern && there, "govern", govern, "log", operator_may(&o->operator, OFFICE_LOG)));
    page_set(p, "not_renewable",
             serve && why.code ? json_string(problem_text(p->mem, p->language, &why)) : json_false());
}

static const struct office_done DONE_WORDS[] = {
    {"sospesa", N_("Casella sospesa: il titolare è stato avvisato.")},
    {"riattivata", N_("Sospensione tolta: il titolare è stato avvisato.")},
    {"cessata", N_("Casella cessata: il titolare è stato avvisato.")},
    {"attende", N_("Richiesta registrata: attende una seconda persona, in Approvazioni.")},
    {"blocco", N_("Blocco registrato.")},
    {"tolto", N_("Blocco tolto.")},
    {"vincolo", N_("Vincolo di conservazione registrato.")},
    {"libera", N_("Vincolo di conservazione tolto.")},
    {"recapito", N_("E-mail di riferimento cambiata: il vecchio e il nuovo recapito sono stati avvisati.")},
    {"nota", N_("Nota registrata.")},
    {NULL, NULL},
};

void mailbox_view_show(struct office *o, const struct mailbox_view *v, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const struct mailbox *m = &v->mailbox;
    json_t *parts = json_array(), *orders = json_array();
    const char *path = office_mailbox_path(p->mem, m->address);

    facts_section(parts, "service", page_text(p, N_("Casella")), service(p, v));
    facts_section(parts, "holder", page_text(p, N_("Titolare e recapiti")), holder(p, v));
    facts_section(parts, "ties", page_text(p, N_("Convenzione, dominio, rinnovo automatico")), ties(p, v));
    for (size_t i = 0; i < v->order_count; i++)
        json_array_append_new(orders, office_order_row(p, &v->orders[i]));
    page_fields(p, MAILBOX_FORMS, NULL, faults);
    page_set(p, "parts", parts);
    page_set(p, "orders", orders);
    page_set(p, "any_orders", json_boolean(v->order_count > 0));
    page_set(p, "mailbox",
             json_pack("{s:s, s:s, s:s, s:b, s:b}", "address", m->address, "path", path, "state",
                       office_mailbox_state(p, m->status, m->term.ends_on), "over",
                       !is(m, MAILBOX_LIVE) || day_before(m->term.ends_on, p->today), "deleted",
                       is(m, MAILBOX_DELETED)));
    put_holds(p, v);
    put_acts(o, v);
    desk_view_put(o, &v->desk, path);
    if (!faults)
        office_flash(o, DONE_WORDS);
    office_show(o, status, "mailbox", talloc_strdup(p->mem, m->address));
}
