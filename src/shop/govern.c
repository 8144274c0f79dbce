#include "shop/govern.h"
#include "base/i18n.h"
#include "base/naming.h"
#include "base/text.h"
#include "shop/activate.h"
#include "shop/event_story.h"
#include "store/ending.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const struct naming REASONS[SUSPEND_REASONS] = {
    [SUSPEND_FRAUD] = {"fraud", N_("uso fraudolento")},
    [SUSPEND_COURT] = {"court", N_("ordine dell'autorità")},
    [SUSPEND_IDENTITY] = {"identity", N_("identità da verificare")},
    [SUSPEND_PAYMENT] = {"payment", N_("pagamento mai arrivato")},
    [SUSPEND_OTHER] = {"other", N_("altro")},
};
NAMING(suspend_reason, REASONS);

static bool is(const struct mailbox *m, enum mailbox_status status)
{
    return strcmp(m->status, mailbox_status_name(status)) == 0;
}

static enum outcome wrong_state(const struct governing *g, struct problem *why)
{
    (void)g;
    return problem_set(why, PROBLEM_MAILBOX_STATE, "mailbox", "%s", "");
}

static enum outcome need_words(const char *text, const char *field, size_t most, struct problem *why)
{
    if (text_is_blank(text))
        return problem_set(why, PROBLEM_REQUIRED, field, "%s", "");
    if (text_characters(text) > most)
        return problem_set(why, PROBLEM_TOO_LONG, field, "%zu", most);
    return DONE;
}

/* ---- Events and mails ---- */

static enum outcome record(struct db_tx *tx, const struct governing *g, const char *kind, json_t *data)
{
    enum outcome o = event_record(tx, g->mailbox.brand, &g->actor, kind, 0, g->mailbox.id, data);

    json_decref(data);
    return o;
}

static enum outcome tell(struct db_tx *tx, const struct governing *g, const char *template, const char *reason)
{
    const struct mailbox *m = &g->mailbox;
    char day[DAY_TEXT];
    json_t *data;
    enum outcome o;

    if (!m->holder.email[0])
        return DONE;
    data = json_pack("{s:s, s:s, s:s, s:s}", "name", m->holder.name, "mailbox", m->address, "reason", reason,
                     "expires_on", day_italian(m->term.ends_on, day));
    o = outbox_add(tx, m->brand, "mail", template, m->holder.email, "it", 0, data);
    json_decref(data);
    return o;
}

static enum outcome tell_host(struct db_tx *tx, const struct governing *g)
{
    const struct brand *brand = brand_by_id(g->shop->brands, g->mailbox.brand);

    return brand ? mailhost_changed(tx, brand, g->mailbox.id) : BROKEN;
}

/* ---- Suspending ---- */

/* What the holder reads: nothing of what the desk suspects. */
static const char *reason_told(enum suspend_reason reason)
{
    static const char *const TOLD[SUSPEND_REASONS] = {
        [SUSPEND_FRAUD] = N_("sono in corso verifiche sul suo uso"),
        [SUSPEND_COURT] = N_("lo ha disposto l'autorità"),
        [SUSPEND_IDENTITY] = N_("va verificata l'identità del titolare"),
        [SUSPEND_PAYMENT] = N_("il pagamento del servizio non è arrivato"),
        [SUSPEND_OTHER] = N_("sono in corso verifiche amministrative"),
    };

    return TOLD[reason];
}

enum outcome suspend(struct db_tx *tx, void *mem, const struct governing *g, enum suspend_reason reason,
                     struct problem *why)
{
    const char *note = g->note ? g->note : "";
    bool changed;

    (void)mem;
    if (reason == SUSPEND_OTHER || note[0])
        TRY(need_words(note, "note", GOVERN_TEXT_MOST, why));
    TRY(mailbox_suspend(tx, g->mailbox.id, suspend_reason_name(reason), note, g->actor.name, &changed));
    if (!changed)
        return wrong_state(g, why);
    TRY(tell_host(tx, g));
    TRY(tell(tx, g, "mailbox_suspended", reason_told(reason)));
    return record(tx, g, "mailbox.suspended",
                  json_pack("{s:s, s:s}", "reason", suspend_reason_name(reason), "note", note));
}

enum outcome resume(struct db_tx *tx, void *mem, const struct governing *g, struct problem *why)
{
    const char *note = g->note ? g->note : "";
    bool changed;

    (void)mem;
    if (note[0])
        TRY(need_words(note, "note", GOVERN_TEXT_MOST, why));
    TRY(mailbox_resume(tx, g->mailbox.id, &changed));
    if (!changed)
        return wrong_state(g, why);
    TRY(tell_host(tx, g));
    TRY(tell(tx, g, "mailbox_resumed", ""));
    return record(tx, g, "mailbox.resumed", json_pack("{s:s}", "note", note));
}

/* ---- Ceasing ---- */

static enum outcome may_cease(const struct mailbox *m, struct problem *why)
{
    if (!is(m, MAILBOX_LIVE) && !is(m, MAILBOX_SUSPENDED))
        return problem_set(why, PROBLEM_MAILBOX_STATE, "mailbox", "%s", "");
    if (m->open_order_id)
        return problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", "");
    return DONE;
}

/* The mailbox that an approval is about, as it is now. */
static enum outcome approved(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                             const struct actor *actor, const char *reason, struct governing *g, struct problem *why)
{
    enum outcome o = mailbox_by_id(tx, mem, json_integer_value(json_object_get(data, "mailbox")), &g->mailbox);

    g->shop = shop;
    g->actor = *actor;
    g->note = reason;
    return o == REFUSED ? problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "") : o;
}

static enum outcome cease_now(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                              const struct actor *actor, const char *reason, struct problem *why)
{
    const struct brand *brand;
    struct termination given;
    struct governing g;
    enum outcome o;
    bool changed;

    TRY(approved(tx, shop, mem, data, actor, reason, &g, why));
    TRY(may_cease(&g.mailbox, why));
    brand = brand_by_id(shop->brands, g.mailbox.brand);
    o = termination_get(tx, mem, g.mailbox.id, &given);
    if (o == REFUSED)
        o = termination_insert(tx, g.mailbox.id, db_today(tx), actor->name);
    TRY(o);
    TRY(mailbox_cease(tx, g.mailbox.id, &changed));
    if (!changed || !brand)
        return changed ? BROKEN : BUSY;
    TRY(tell_host(tx, &g));
    TRY(record(tx, &g, "mailbox.ceased", json_pack("{s:s}", "reason", reason)));
    return termination_tell(tx, g.mailbox.brand, g.mailbox.id, "ceased_notice", brand->notices.to_holder,
                            brand->notices.to_account);
}

const struct approval_kind APPROVE_CEASE = {"cease", N_("Cessazione di una casella"), OFFICE_GOVERN, OFFICE_GOVERN,
                                            cease_now};

static enum outcome ask_second(struct db_tx *tx, void *mem, const struct governing *g, const struct approval_kind *kind,
                               bool *waits, struct problem *why)
{
    json_t *data = json_pack("{s:I, s:s}", "mailbox", (json_int_t)g->mailbox.id, "address", g->mailbox.address);
    const struct approval_ask ask = {
        .kind = kind,
        .brand = g->mailbox.brand,
        .subject = talloc_asprintf(mem, "mailbox:%" PRId64, g->mailbox.id),
        .title = talloc_asprintf(mem, "%s: %s", i18n("it", kind->label), g->mailbox.address),
        .link = talloc_asprintf(mem, "/office/caselle/%s", g->mailbox.address),
        .reason = g->note,
        .mailbox_id = g->mailbox.id,
        .data = data,
        .actor = g->actor,
    };
    int64_t id;
    enum outcome o = approval_ask(tx, g->shop, mem, &ask, &id, waits, why);

    json_decref(data);
    return o;
}

enum outcome cease(struct db_tx *tx, void *mem, const struct governing *g, bool *waits, struct problem *why)
{
    TRY(need_words(g->note, "reason", GOVERN_TEXT_MOST, why));
    TRY(may_cease(&g->mailbox, why));
    return ask_second(tx, mem, g, &APPROVE_CEASE, waits, why);
}

/* ---- Holding ---- */

enum outcome hold_set(struct db_tx *tx, void *mem, const struct governing *g, struct mailbox_hold *hold,
                      struct problem *why)
{
    struct day today = db_today(tx);
    char day[DAY_TEXT];

    (void)mem;
    if (!hold->stops_deletion && !hold->stops_renewal)
        return problem_set(why, PROBLEM_REQUIRED, "stops", "%s", "");
    if (day_before(hold->until_on, today) || day_before(day_add_months(today, 12, 0), hold->until_on))
        return problem_set(why, PROBLEM_DAY_RANGE, "until_on", "%s", "");
    TRY(need_words(g->note, "note", GOVERN_TEXT_MOST, why));
    if (is(&g->mailbox, MAILBOX_DELETED))
        return wrong_state(g, why);
    hold->mailbox_id = g->mailbox.id;
    hold->reason = (char *)g->note;
    hold->set_by = (char *)g->actor.name;
    TRY(mailbox_hold_insert(tx, hold));
    return record(tx, g, "hold.set",
                  json_pack("{s:s, s:s, s:b, s:b}", "reason", g->note, "until_on", day_iso(hold->until_on, day),
                            "deletion", hold->stops_deletion, "renewal", hold->stops_renewal));
}

enum outcome hold_lift(struct db_tx *tx, void *mem, const struct governing *g, int64_t hold_id, struct problem *why)
{
    struct mailbox_hold hold;
    enum outcome o = mailbox_hold_by_id(tx, mem, hold_id, &hold);
    bool lifted;

    if (o == REFUSED || (o == DONE && hold.mailbox_id != g->mailbox.id))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(mailbox_hold_lift(tx, hold_id, g->actor.name, &lifted));
    return lifted ? record(tx, g, "hold.lifted", json_pack("{s:s}", "reason", hold.reason)) : DONE;
}

enum outcome legal_hold_put(struct db_tx *tx, void *mem, const struct governing *g, struct problem *why)
{
    (void)mem;
    TRY(need_words(g->note, "note", GOVERN_TEXT_MOST, why));
    if (is(&g->mailbox, MAILBOX_DELETED))
        return wrong_state(g, why);
    TRY(legal_hold_set(tx, g->mailbox.id, g->note, g->actor.name));
    return record(tx, g, "mailbox.held", json_pack("{s:s}", "reason", g->note));
}

static enum outcome end_legal_hold(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                                   const struct actor *actor, const char *reason, struct problem *why)
{
    struct governing g;
    bool lifted;

    TRY(approved(tx, shop, mem, data, actor, reason, &g, why));
    TRY(legal_hold_lift(tx, g.mailbox.id, &lifted));
    if (!lifted)
        return problem_set(why, PROBLEM_NOT_FOUND, "mailbox", "%s", "");
    return record(tx, &g, "mailbox.hold_lifted", json_pack("{s:s}", "reason", reason));
}

const struct approval_kind APPROVE_HOLD_LIFTED = {"hold_lifted", N_("Fine di un vincolo di conservazione"),
                                                  OFFICE_GOVERN, OFFICE_GOVERN, end_legal_hold};

enum outcome legal_hold_end(struct db_tx *tx, void *mem, const struct governing *g, bool *waits, struct problem *why)
{
    struct legal_hold hold;
    enum outcome o = legal_hold_get(tx, mem, g->mailbox.id, &hold);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "mailbox", "%s", "");
    TRY(o);
    TRY(need_words(g->note, "reason", GOVERN_TEXT_MOST, why));
    return ask_second(tx, mem, g, &APPROVE_HOLD_LIFTED, waits, why);
}
