#include "shop/held_mail.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/held_act.h"
#include "shop/present.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const char *what_is_wrong(const char *reason)
{
    enum held_reason r = HELD_NOT;

    (void)!held_reason_of(reason, &r);
    switch (r) {
    case HELD_REUSED:
        return N_(
            "La causale che ha usato, {code}, è quella di un ordine già pagato in passato: ogni rinnovo ha una causale "
            "nuova, e con una vecchia il pagamento non rinnova nulla.");
    case HELD_CANCELLED:
        return N_(
            "La causale che ha usato, {code}, è di un ordine annullato o scaduto, che non può più essere pagato.");
    case HELD_AMOUNT_SHORT:
        return N_("L'importo è inferiore al totale dell'ordine {code}, che per questo non è concluso.");
    case HELD_AMOUNT_OVER:
        return N_("L'importo è superiore al totale dell'ordine {code}, che per questo non è concluso.");
    default:
        return N_("Non è stato possibile abbinare il pagamento all'ordine {code}.");
    }
}

static char *with(void *mem, const char *text, const char *name, const char *value)
{
    char *at = strstr(text, name);

    return at ? talloc_asprintf(mem, "%.*s%s%s", (int)(at - text), text, value, at + strlen(name))
              : talloc_strdup(mem, text);
}

static char *draft(void *mem, const struct bank_entry *e, const struct order *o)
{
    const char *language = o->language;
    char amount[MONEY_TEXT], day[DAY_TEXT];
    char *came = with(mem, i18n(language, N_("è arrivato un bonifico di {amount} del {day}.")), "{amount}",
                      money_euro(money(e->amount.cents - e->placed.cents), amount));

    came = with(mem, came, "{day}", day_italian(e->booked_on, day));
    return talloc_asprintf(
        mem, "%s %s\n\n%s", came, with(mem, i18n(language, what_is_wrong(e->held_reason)), "{code}", o->code),
        i18n(language, N_("Il denaro è al sicuro. Ci dica come usarlo: per un nuovo ordine, che può fare nel portale e "
                          "indicarci con il suo codice, oppure restituito sul conto da cui è partito.")));
}

enum outcome held_mail_draft(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *entry,
                             struct held_mail *mail)
{
    (void)brands;
    *mail = (struct held_mail){0};
    if (!entry->order_id || strcmp(entry->currency, "EUR") != 0)
        return REFUSED;
    TRY(order_by_id(tx, mem, entry->order_id, &mail->order));
    if (!mail->order.billing.email[0])
        return REFUSED;
    mail->text = draft(mem, entry, &mail->order);
    return held_written(tx, entry->order_id, &mail->times);
}

/* Paragraphs, for the mail in HTML. */
static json_t *paragraphs(void *mem, const char *text)
{
    json_t *list = json_array();

    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\r\n");

        if (length)
            json_array_append_new(list, json_string(talloc_strndup(mem, at, length)));
        at += length;
        at += strspn(at, "\r\n");
    }
    return list;
}

/* To whoever the order is invoiced to, and noted, so that the desk sees how often that was done. */
static enum outcome post(struct db_tx *tx, void *mem, const struct order *order, int64_t entry_id, const char *text,
                         const struct actor *actor)
{
    json_t *data = json_pack("{s:{s:o}}", "told", "paragraphs", paragraphs(mem, text));
    enum outcome o =
        outbox_add(tx, order->brand, "mail", "held_question", order->billing.email, order->language, order->id, data);

    json_decref(data);
    TRY(o);
    data = json_pack("{s:I, s:s}", "bank_entry", (json_int_t)entry_id, "text", text);
    o = event_record(tx, order->brand, actor, "held.written", order->id, 0, data);
    json_decref(data);
    return o;
}

enum outcome held_mail_send(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand,
                            int64_t entry_id, const char *text, const struct actor *actor, struct problem *why)
{
    const struct brand *its;
    struct bank_entry entry;
    struct held_mail mail;
    enum outcome o = bank_entry_by_id(tx, mem, entry_id, &entry);

    if (o == DONE) {
        its = held_brand(brands, &entry);
        o = its && (!brand[0] || strcmp(brand, its->id) == 0) ? held_mail_draft(tx, mem, brands, &entry, &mail)
                                                              : REFUSED;
    }
    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    if (text_is_blank(text))
        return problem_set(why, PROBLEM_REQUIRED, "text", "%s", "");
    return post(tx, mem, &mail.order, entry.id, text, actor);
}

enum outcome held_mail_at_once(struct db_tx *tx, void *mem, const struct order *order, const struct bank_entry *entry,
                               const struct actor *actor)
{
    enum held_reason reason = HELD_NOT;

    (void)!held_reason_of(entry->held_reason, &reason);
    if (reason != HELD_REUSED && reason != HELD_CANCELLED && reason != HELD_AMOUNT_SHORT && reason != HELD_AMOUNT_OVER)
        return DONE;
    if (!order->billing.email[0] || order->provisional)
        return DONE;
    return post(tx, mem, order, entry->id, draft(mem, entry, order), actor);
}
