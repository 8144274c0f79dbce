#include "shop/resend.h"
#include "base/i18n.h"
#include "store/account.h"
#include "store/order.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *template, *label;
} MAILS[] = {
    {"order_received", N_("Conferma d'ordine con i dati di pagamento")},
    {"order_settled", N_("Pagamento registrato, con la fattura")},
    {"order_cancelled", N_("Ordine annullato o decaduto")},
    {"order_refunded", N_("Rimborso con nota di credito")},
    {"holder_notice", N_("Rinnovo, al titolare")},
    {"topup_settled", N_("Ricarica registrata")},
    {"documents_received", N_("Documenti ricevuti")},
    {"documents_rejected", N_("Documenti respinti")},
    {"documents_reminder", N_("Sollecito dei documenti")},
    {"proof_received", N_("Contabile ricevuta")},
    {"proof_accepted", N_("Contabile accettata")},
    {"proof_rejected", N_("Contabile respinta")},
    {"money_returned", N_("Denaro restituito")},
    {"cheque_received", N_("Assegno ricevuto")},
    {"cheque_bounced", N_("Assegno insoluto")},
    {"withdrawal_received", N_("Ricevuta del recesso")},
    {"request_refused", N_("Richiesta chiusa")},
};

const char *mail_label(const char *template)
{
    for (size_t i = 0; i < count_of(MAILS); i++)
        if (strcmp(MAILS[i].template, template) == 0)
            return MAILS[i].label;
    return template;
}

bool mail_may_be_resent(const struct mail_row *mail)
{
    bool known = false;

    for (size_t i = 0; i < count_of(MAILS); i++)
        known |= strcmp(MAILS[i].template, mail->template) == 0;
    return known && mail->order_id && (strcmp(mail->state, "done") == 0 || strcmp(mail->state, "dead") == 0);
}

/* Where the holder, or the account that ordered, is written to now; "" where it is not known. */
static enum outcome contact_now(struct db_tx *tx, void *mem, const struct order *order, const char **email)
{
    struct account account;
    struct mailbox mailbox;

    *email = "";
    if (order->mailbox_id) {
        TRY(mailbox_by_id(tx, mem, order->mailbox_id, &mailbox));
        *email = mailbox.holder.email;
    } else if (order->account_id) {
        TRY(account_by_id(tx, mem, order->account_id, &account));
        *email = account.email;
    }
    return DONE;
}

enum outcome mail_resend(struct db_tx *tx, void *mem, const struct mail_row *mail, bool to_contact,
                         const struct actor *actor, struct problem *why)
{
    const char *to = mail->recipient;
    struct order order;
    json_t *data, *words;
    enum outcome o;

    if (!mail_may_be_resent(mail))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(order_by_id(tx, mem, mail->order_id, &order));
    if (to_contact)
        TRY(contact_now(tx, mem, &order, &to));
    if (!to[0])
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    data = json_loads(mail->data, 0, NULL);
    o = outbox_add(tx, mail->brand, "mail", mail->template, to, mail->language, mail->order_id, data);
    json_decref(data);
    TRY(o);
    words = json_pack("{s:s, s:s}", "title", mail_label(mail->template), "to", to);
    o = event_record_said(tx, mail->brand, actor, "mail.again", mail->order_id, order.mailbox_id, 0, words);
    json_decref(words);
    return o;
}
