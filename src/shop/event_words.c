#include "shop/event_words.h"
#include "base/i18n.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define LINE_MOST 240

const struct event_group EVENT_GROUPS[] = {
    {"document.seen", N_("Sguardi ai documenti")},
    {"order.", N_("Ordini")},
    {"payment.", N_("Pagamenti")},
    {"refund.", N_("Rimborsi")},
    {"mailbox.", N_("Caselle")},
    {"submission.", N_("Esiti dei documenti")},
    {"document", N_("Documenti")},
    {"proof.", N_("Contabili")},
    {"contact.", N_("Recapiti")},
    {"approval.", N_("Seconde persone")},
    {"operator.", N_("Operatori")},
    {"session", N_("Accessi")},
    {"account.", N_("Account")},
    {"autorenew.", N_("Rinnovi automatici")},
    {"catalogue.", N_("Catalogo")},
    {"text.", N_("Testi")},
    {"webhook.", N_("Webhook")},
    {"log.", N_("Questo registro")},
    {NULL, NULL},
};

static const struct {
    const char *kind, *words;
} WORDS[] = {
    {"account.added", N_("Account creato")},
    {"account.registered", N_("Account registrato")},
    {"activation.again", N_("Attivazione richiesta di nuovo")},
    {"activation.asked", N_("Attivazione chiesta al gestore")},
    {"activation.failed", N_("Attivazione non riuscita")},
    {"activation.name_taken", N_("Nome già preso presso il gestore")},
    {"activation.put_off", N_("Attivazione rinviata")},
    {"approval.asked", N_("Chiesta una seconda persona")},
    {"approval.expired", N_("Richiesta di seconda persona scaduta")},
    {"approval.given", N_("Approvato da una seconda persona")},
    {"approval.refused", N_("Respinto da una seconda persona")},
    {"approval.withdrawn", N_("Richiesta di seconda persona ritirata")},
    {"autorenew.consent", N_("Consenso al rinnovo automatico")},
    {"autorenew.state", N_("Rinnovo automatico cambiato")},
    {"bank.given_back", N_("Bonifico restituito")},
    {"catalogue.dated", N_("Prezzo o vendita da una data")},
    {"catalogue.withdrawn", N_("Variazione di catalogo ritirata")},
    {"chain.broken", N_("Catena del registro interrotta")},
    {"cheque.bounced", N_("Assegno insoluto")},
    {"cheque.cleared", N_("Assegno incassato")},
    {"cheque.deposited", N_("Assegno versato")},
    {"cheque.received", N_("Assegno ricevuto")},
    {"contact.bounced", N_("Posta tornata indietro")},
    {"contact.changed", N_("Recapito cambiato")},
    {"contact.cleared", N_("Recapito di nuovo valido")},
    {"contact.delayed", N_("Posta in ritardo")},
    {"convention.roster", N_("Elenco di una convenzione")},
    {"document.added", N_("Documento aggiunto")},
    {"document.purged", N_("Documento cancellato")},
    {"document.seen", N_("Documento guardato")},
    {"document.taken_back", N_("Documento tolto")},
    {"documents.reminded", N_("Documenti sollecitati")},
    {"documents.sent", N_("Documenti inviati")},
    {"domain.registered", N_("Dominio di nuovo registrato")},
    {"domain.renewed", N_("Dominio rinnovato")},
    {"domain.unregistered", N_("Dominio non più registrato")},
    {"effect.again", N_("Effetto ritentato")},
    {"effect.closed", N_("Effetto chiuso")},
    {"email.changed", N_("E-mail cambiata")},
    {"hold.lifted", N_("Blocco tolto")},
    {"hold.set", N_("Blocco posto dall'ufficio")},
    {"holder.changed", N_("Titolare cambiato")},
    {"holder.contact_changed", N_("Recapito del titolare cambiato")},
    {"log.asked", N_("Riferimenti dei log consultati")},
    {"log.exported", N_("Registro esportato")},
    {"log.referenced", N_("Riferimento a un log registrato")},
    {"mail.again", N_("Messaggio inviato di nuovo")},
    {"mailbox.activated", N_("Casella attivata")},
    {"mailbox.archive_removed", N_("Archivio tolto")},
    {"mailbox.associated", N_("Casella associata a un account")},
    {"mailbox.ceased", N_("Casella cessata")},
    {"mailbox.change_held", N_("Modifica sospesa: lo spazio in uso è troppo")},
    {"mailbox.convention", N_("Convenzione della casella cambiata")},
    {"mailbox.deleted", N_("Contenuto cancellato")},
    {"mailbox.domain_renewed", N_("Rinnovata con il dominio")},
    {"mailbox.expired", N_("Casella scaduta")},
    {"mailbox.read_only", N_("La casella scaduta non riceve più")},
    {"mailbox.found", N_("Casella trovata per il rinnovo")},
    {"mailbox.held", N_("Casella bloccata")},
    {"mailbox.hold_lifted", N_("Blocco della casella tolto")},
    {"mailbox.reduced", N_("Spazio ridotto")},
    {"mailbox.renewed", N_("Casella rinnovata")},
    {"mailbox.restored", N_("Casella riattivata")},
    {"mailbox.resumed", N_("Sospensione tolta")},
    {"mailbox.space_added", N_("Spazio aggiunto")},
    {"mailbox.space_kept", N_("Spazio aggiuntivo pagato per il nuovo periodo")},
    {"mailbox.space_ended", N_("Spazio aggiuntivo non pagato: tolto")},
    {"mailbox.suspended", N_("Casella sospesa")},
    {"mailbox.term_taken_back", N_("Periodo della casella ritirato")},
    {"mailbox.termination", N_("Disdetta")},
    {"mailbox.termination_undone", N_("Disdetta annullata")},
    {"member.left", N_("Uscito dall'Ordine")},
    {"name.hold", N_("Nome riservato")},
    {"names.give", N_("Nuovi nomi proposti")},
    {"note.added", N_("Nota dell'ufficio")},
    {"note.pinned", N_("Nota messa in evidenza")},
    {"note.unpinned", N_("Nota tolta dall'evidenza")},
    {"notice.sent", N_("Avviso inviato")},
    {"operator.added", N_("Operatore aggiunto")},
    {"operator.changed", N_("Ruolo o marchio di un operatore")},
    {"operator.disabled", N_("Operatore disabilitato")},
    {"operator.factor_reset", N_("Secondo fattore azzerato")},
    {"operator.factor_set", N_("Secondo fattore preparato")},
    {"operator.link", N_("Nuovo collegamento per la password")},
    {"operator.password", N_("Password di un operatore cambiata")},
    {"operator.recovery_made", N_("Nuovi codici di recupero")},
    {"order.cancelled", N_("Ordine annullato")},
    {"order.confirmed", N_("Ordine confermato")},
    {"order.credited", N_("Nota di credito emessa")},
    {"order.fulfilled", N_("Ordine evaso")},
    {"order.invoice", N_("Fattura emessa")},
    {"order.lapsed", N_("Ordine decaduto")},
    {"order.method", N_("Modo di pagare cambiato")},
    {"order.refunded", N_("Ordine rimborsato")},
    {"order.settled", N_("Ordine saldato")},
    {"order.withdrawn", N_("Recesso da un ordine")},
    {"password.changed", N_("Password cambiata")},
    {"payment.begun", N_("Pagamento iniziato")},
    {"payment.charged_back", N_("Addebito contestato")},
    {"payment.closed", N_("Pagamento chiuso")},
    {"payment.failed", N_("Pagamento non riuscito")},
    {"payment.given_back", N_("Pagamento restituito")},
    {"payment.held", N_("Pagamento in sospeso")},
    {"payment.refunded_elsewhere", N_("Rimborsato presso il circuito di pagamento")},
    {"payment.reinstated", N_("Contestazione chiusa a nostro favore")},
    {"person.erased", N_("Dati personali cancellati")},
    {"person.exported", N_("Dati personali esportati")},
    {"person.term_over", N_("Dati cancellati a fine conservazione")},
    {"profile.changed", N_("Dati personali cambiati")},
    {"proof.accepted", N_("Contabile accettata")},
    {"proof.credited", N_("Contabile accreditata")},
    {"proof.never_credited", N_("Contabile mai accreditata")},
    {"proof.received", N_("Contabile ricevuta")},
    {"proof.rejected", N_("Contabile respinta")},
    {"refund.state", N_("Rimborso")},
    {"refund.returned", N_("Bonifico di rimborso tornato dalla banca")},
    {"request.dropped", N_("Richiesta di attivazione eliminata")},
    {"request.refused", N_("Richiesta di attivazione rifiutata")},
    {"request.reserved", N_("Nomi riservati")},
    {"request.stuck", N_("Attivazione ferma")},
    {"session.closed", N_("Sessione chiusa")},
    {"session.opened", N_("Accesso")},
    {"sessions.closed", N_("Sessioni chiuse")},
    {"submission.approved", N_("Documenti approvati")},
    {"submission.rejected", N_("Documenti respinti")},
    {"task.put_off", N_("Lavoro rimandato")},
    {"terms.accepted", N_("Condizioni accettate")},
    {"text.drafted", N_("Bozza di un testo")},
    {"text.dropped", N_("Bozza di un testo eliminata")},
    {"text.published", N_("Testo pubblicato")},
    {"text.withdrawn", N_("Testo ritirato")},
    {"webhook.added", N_("Webhook aggiunto")},
    {"webhook.disabled", N_("Webhook disattivato")},
};

const char *event_words(const char *kind)
{
    for (size_t i = 0; i < count_of(WORDS); i++)
        if (strcmp(WORDS[i].kind, kind) == 0)
            return WORDS[i].words;
    return kind;
}

/* At a character's end. */
static void shorten(char *text)
{
    size_t characters = 0, i = 0;

    for (; text[i]; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80 && ++characters > LINE_MOST)
            break;
    text[i] = '\0';
}

char *event_facts(void *mem, const struct event *event)
{
    json_t *data = json_loads(event->data, 0, NULL), *value;
    struct text_buffer out = text_buffer(mem);
    const char *name;

    json_object_foreach(data, name, value)
    {
        char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        const char *shown = text ? text : json_string_value(value);

        if (shown[0])
            text_put_format(&out, "%s%s %s", out.length ? " · " : "", name, shown);
        free(text);
    }
    json_decref(data);
    shorten(out.bytes);
    return out.bytes;
}
