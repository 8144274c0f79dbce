#include "shop/day.h"
#include "base/i18n.h"
#include "base/log.h"
#include "shop/day_sweep.h"
#include <string.h>
#include <talloc.h>

/* Orders first: what lapses frees its mailbox and needs no reminder. */
const struct day_task DAY_TASKS[] = {
    {"orders_lapsed", N_("ordini decaduti"), day_orders, true},
    {"spaces_ended", N_("spazi aggiuntivi non pagati"), day_spaces, false},
    {"notices", N_("avvisi"), day_notices, false},
    {"charges_announced", N_("addebiti annunciati"), day_announcements, false},
    {"prices_told", N_("prezzi nuovi annunciati"), day_prices, true},
    {"charges", N_("addebiti di rinnovi automatici"), day_charges, false},
    {"domains_dropped", N_("caselle di domini non più registrati"), day_domains, false},
    {"changes_asked", N_("cambi di tipo ricontrollati"), day_changes, false},
    {"ceased", N_("caselle cessate"), day_cease, false},
    {"deleted", N_("caselle cancellate"), day_delete, false},
    {"proofs_alerted", N_("contabili senza accredito"), day_proofs, true},
    {"requests_refused", N_("richieste rifiutate per silenzio"), day_requests_silent, true},
    {"requests_reminded", N_("solleciti di documenti"), day_requests_remind, true},
    {"holder_changes_expired", N_("cambi di intestatario decaduti"), day_holder_changes, false},
    {"activations_begun", N_("attivazioni il cui giorno è venuto"), day_activations, true},
    {"drafts_dropped", N_("bozze e nomi liberati"), day_drafts, true},
    {"documents_purged", N_("documenti cancellati"), day_documents, true},
    {"data_erased", N_("dati di persone cancellati"), day_erasures, true},
    {"log_references_removed", N_("riferimenti ai log cancellati"), day_log_references, false},
    {"approvals_expired", N_("richieste di una seconda persona scadute"), day_approvals, true},
    {"documents_tallied", N_("documenti sommati per i rapporti"), day_tally, true},
    {"invoices_sent", N_("fatture rimesse in coda per lo SdI"), day_invoices, true},
    {"events_verified", N_("posti del registro verificati"), day_chain, true},
    {"sessions_swept", N_("sessioni e registri scaduti"), day_sessions, true},
};
const size_t DAY_TASK_COUNT = count_of(DAY_TASKS);

int64_t day_did(const struct day_summary *summary, const char *task)
{
    for (size_t i = 0; i < DAY_TASK_COUNT; i++)
        if (strcmp(DAY_TASKS[i].name, task) == 0)
            return summary->done[i];
    return 0;
}

void day_progress(struct day_turn *turn, int64_t done)
{
    if (turn->progress)
        turn->progress(turn->progress_arg, turn->task, done);
}

struct now {
    struct day today;
    bool quiet;
};

static enum outcome read_now(struct db_tx *tx, void *arg)
{
    struct now *n = arg;
    int hour, minute, second;

    rome_time(db_now(tx), &hour, &minute, &second);
    *n = (struct now){.today = db_today(tx), .quiet = hour == 2};
    return DONE;
}

enum outcome day_now(struct shop *shop, struct day *today, bool *quiet)
{
    struct now n;

    TRY(db_read(shop->db, "day.now", read_now, &n));
    *today = n.today;
    *quiet = n.quiet;
    return DONE;
}

enum outcome day_run(struct shop *shop, void *mem, struct day_turn *turn, bool hourly, struct day_summary *summary)
{
    enum outcome all = DONE;

    *summary = (struct day_summary){0};
    turn->shop = shop;
    TRY(day_now(shop, &turn->today, &summary->put_off));
    summary->day = turn->today;
    if (summary->put_off)
        return DONE;
    for (size_t i = 0; i < DAY_TASK_COUNT; i++) {
        const struct day_task *task = &DAY_TASKS[i];
        enum outcome o;

        if (hourly && !task->hourly)
            continue;
        turn->task = task->name;
        turn->mem = talloc_new(mem);
        day_progress(turn, 0);
        o = task->run(turn, &summary->done[i]);
        talloc_free(turn->mem);
        if (o != DONE)
            log_warning("day.task", LOG_TEXT("task", task->name), LOG_INT("outcome", o));
        if (o == BUSY)
            return o;
        all = all == DONE ? o : all;
    }
    return all;
}
