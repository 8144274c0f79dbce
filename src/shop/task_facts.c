/* shop/task_facts.c: what is known of a charge that failed, an address that takes no mail, an effect that was given up
 * on. */

#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/present.h"
#include "shop/task.h"
#include "store/account.h"
#include "store/bounce.h"
#include "store/event.h"
#include "store/mailbox.h"
#include "store/mandate.h"
#include "store/order.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct telling {
    struct db_tx *tx;
    void *mem;
    const char *language;
    json_t *facts;
};

/* Nothing is told of what is empty; takes the value over. `link` NULL: none. */
static void tell(struct telling *t, const char *label, json_t *value, const char *link)
{
    if (json_is_false(value) || (json_is_string(value) && !json_string_length(value)))
        json_decref(value);
    else
        json_array_append_new(t->facts, json_pack("{s:s, s:o, s:o}", "label", i18n(t->language, label), "value", value,
                                                  "link", link ? json_string(link) : json_false()));
}

static char *below(const struct telling *t, const char *path, const char *name)
{
    return name[0] ? talloc_asprintf(t->mem, "%s%s", path, present_path(t->mem, name)) : NULL;
}

/* Whose mailbox it is, and by what else he may be reached. */
static enum outcome tell_holder(struct telling *t, int64_t mailbox_id)
{
    struct mailbox box;
    struct account account;

    if (!mailbox_id)
        return DONE;
    TRY(mailbox_by_id(t->tx, t->mem, mailbox_id, &box));
    tell(t, N_("Casella"), json_string(box.address), below(t, "/office/caselle/", box.address));
    tell(t, N_("Titolare"), json_string(box.holder.name), NULL);
    tell(t, N_("E-mail di riferimento"), json_string(box.holder.email), NULL);
    tell(t, N_("Scadenza"), present_day(box.term.ends_on), NULL);
    if (!box.account_id)
        return DONE;
    TRY(account_by_id(t->tx, t->mem, box.account_id, &account));
    tell(t, N_("E-mail dell'account"), json_string(account.email), NULL);
    return DONE;
}

static enum outcome tell_contact(struct telling *t, int64_t id)
{
    struct bounce b;

    TRY(bounce_by_id(t->tx, t->mem, id, &b));
    tell(t, N_("Recapito"), json_string(b.address), NULL);
    tell(t, N_("Che cosa risponde"), json_string(b.said), NULL);
    tell(t, N_("Codice"), json_string(b.status), NULL);
    tell(t, N_("Messaggi tornati"), json_sprintf("%lld", (long long)b.times), NULL);
    tell(t, N_("Ultimo"), present_instant(b.last_at), NULL);
    return tell_holder(t, b.mailbox_id);
}

static enum outcome tell_effect(struct telling *t, int64_t id)
{
    struct outbox_row row;
    struct order order;

    TRY(outbox_by_id(t->tx, t->mem, id, &row));
    tell(t, N_("Che cosa"), json_string(row.kind), NULL);
    tell(t, N_("Messaggio"), json_string(row.template), NULL);
    tell(t, N_("Destinatario"), json_string(row.recipient), NULL);
    tell(t, N_("Ultimo errore"), json_string(i18n_filled(t->mem, t->language, row.last_error)), NULL);
    tell(t, N_("Tentativi"), json_sprintf("%lld", (long long)row.attempts), NULL);
    tell(t, N_("Deciso il"), present_instant(row.created_at), NULL);
    if (!row.order_id)
        return DONE;
    TRY(order_by_id(t->tx, t->mem, row.order_id, &order));
    tell(t, N_("Ordine"), json_string(order.code), below(t, "/office/ordini/", order.code));
    return DONE;
}

static enum outcome tell_charge(struct telling *t, int64_t id)
{
    struct mandate m;
    struct charge *charges;
    struct order order;
    size_t count;

    TRY(mandate_by_id(t->tx, t->mem, id, &m));
    TRY(tell_holder(t, m.mailbox_id));
    if (m.charge_order_id) {
        TRY(order_by_id(t->tx, t->mem, m.charge_order_id, &order));
        tell(t, N_("Ordine da pagare"), json_string(order.code), below(t, "/office/ordini/", order.code));
        tell(t, N_("Importo"), present_money(order.total.due), NULL);
    }
    TRY(charges_of(t->tx, t->mem, m.mailbox_id, m.expires_on, &charges, &count));
    for (size_t i = 0; i < count; i++) {
        char on[DAY_TEXT];
        const char *why = charges[i].error && charges[i].error[0] ? payment_refusal_words(charges[i].error) : "";

        tell(t, N_("Tentativo"),
             json_sprintf("%s%s%s", day_italian(charges[i].on_day, on), why && why[0] ? ": " : "",
                          why && why[0] ? i18n(t->language, why) : ""),
             NULL);
    }
    return DONE;
}

enum outcome task_facts(struct db_tx *tx, void *mem, const char *language, const struct task *task, json_t **facts)
{
    struct telling t = {tx, mem, language, json_array()};
    int64_t id = strtoll(task->item, NULL, 10);
    enum outcome o = strcmp(task->queue, "contacts") == 0  ? tell_contact(&t, id)
                     : strcmp(task->queue, "effects") == 0 ? tell_effect(&t, id)
                                                           : tell_charge(&t, id);

    if (o != DONE)
        json_decref(t.facts);
    *facts = o == DONE ? t.facts : NULL;
    return o;
}
