#include "shop/task.h"
#include "base/i18n.h"
#include "shop/brand.h"
#include "store/event.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

const struct task_queue TASK_QUEUES[] = {
    {"proofs", N_("Contabili"), N_("Verificare le contabili dei bonifici"), OFFICE_MONEY, "/office/denaro/contabili/",
     "/office/denaro/contabili", false},
    {"documents", N_("Documenti"), N_("Verificare contratti e documenti d'identità"), OFFICE_REVIEW,
     "/office/documenti/", "/office/documenti", false},
    {"holders", N_("Cambi di intestatario"), N_("Verificare il documento di chi prende una casella"), OFFICE_REVIEW,
     "/office/volture/", "/office/volture", false},
    {"held", N_("Denaro fermo"), N_("Dire di chi è il denaro senza un ordine"), OFFICE_MONEY, "/office/denaro/fermi/",
     "/office/denaro/fermi", false},
    {"charges", N_("Addebiti falliti"), N_("Avvisare chi perde la casella perché la carta è stata rifiutata"),
     OFFICE_SERVE, NULL, NULL, false},
    {"contacts", N_("Recapiti"), N_("Trovare un altro recapito dove la posta torna indietro"), OFFICE_ASK, NULL,
     "/office/recapiti", false},
    {"approvals", N_("Seconda persona"), N_("Decidere ciò che un collega ha chiesto"), OFFICE_RIGHTS,
     "/office/approvazioni/", "/office/approvazioni", false},
    {"effects", N_("Invii falliti"), N_("Ritentare o chiudere ciò che non è riuscito"), OFFICE_SERVE, NULL, NULL, true},
};
const size_t TASK_QUEUE_COUNT = count_of(TASK_QUEUES);

const struct task_queue *task_queue_of(const char *name)
{
    for (size_t i = 0; name && i < TASK_QUEUE_COUNT; i++)
        if (strcmp(TASK_QUEUES[i].name, name) == 0)
            return &TASK_QUEUES[i];
    return NULL;
}

char *task_page(void *mem, const struct task_queue *queue, const char *item)
{
    return queue->page ? talloc_asprintf(mem, "%s%s", queue->page, item)
                       : talloc_asprintf(mem, "/office/oggi/%s/%s", queue->name, item);
}

struct task_scope task_scope_of(void *mem, const struct brands *brands, const struct operator* operator)
{
    char *accounts = talloc_strdup(mem, "|");
    const struct brand *brand = operator->brand[0] ? brand_by_id(brands, operator->brand) : NULL;

    if (brand)
        accounts = talloc_asprintf_append(accounts, "%s|", brand->seller.iban);
    if (brand && brand->payment.slip.iban)
        accounts = talloc_asprintf_append(accounts, "%s|", brand->payment.slip.iban);
    return (struct task_scope){operator->brand, accounts};
}

static enum outcome may(const struct operator* operator, const struct task_queue * queue, struct problem *why)
{
    return operator_may(operator, queue->right) ? DONE : problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
}

enum outcome task_take(struct db_tx *tx, void *mem, const struct brands *brands, const struct operator* operator,
                       const struct task_queue * queue, struct task *task, struct problem *why)
{
    struct task_scope scope = task_scope_of(mem, brands, operator);
    bool taken;

    *why = (struct problem){0};
    TRY(may(operator, queue, why));
    TRY(task_first_free(tx, mem, &scope, queue->name, operator->id, task));
    TRY(task_hold(tx, task, operator->id, instant_plus(db_now(tx), TASK_HELD), false, "", &taken));
    return taken ? DONE : BUSY; /* somebody was quicker: once more */
}

static enum outcome note(struct db_tx *tx, const struct task *task, const char *kind, const char *words,
                         const struct actor *actor)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "queue", task->queue, "item", task->item, "subject", task->subject,
                             "note", words);
    enum outcome o = event_record(tx, task->brand, actor, kind, 0, 0, data);

    json_decref(data);
    return o;
}

enum outcome task_put_off(struct db_tx *tx, void *mem, const struct brands *brands, const struct operator* operator,
                          const struct actor * actor, const struct task_queue *queue, const char *item, int64_t days,
                          const char *words, struct problem *why)
{
    struct task_scope scope = task_scope_of(mem, brands, operator);
    struct task task;
    enum outcome o;
    bool taken;

    *why = (struct problem){0};
    TRY(may(operator, queue, why));
    o = task_find(tx, mem, &scope, queue->name, item, &task);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    if (days < 1 || days > 30)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "days", "1–30");
    if (!words || !words[0])
        return problem_set(why, PROBLEM_REQUIRED, "note", "%s", "");
    TRY(task_hold(tx, &task, operator->id, instant_plus(db_now(tx), DAYS(days)), true, words, &taken));
    return taken ? note(tx, &task, "task.put_off", words, actor)
                 : problem_set(why, PROBLEM_TASK_TAKEN, "", "%s", task.taker);
}

/* ---- What was given up on ---- */

enum outcome effect_again(struct db_tx *tx, const struct task *task, const struct actor *actor, struct problem *why)
{
    bool found;

    TRY(outbox_again(tx, strtoll(task->item, NULL, 10), clock_now(), &found));
    return found ? note(tx, task, "effect.again", "", actor) : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

enum outcome effect_close(struct db_tx *tx, const struct task *task, const char *words, const struct actor *actor,
                          struct problem *why)
{
    bool found;

    if (!words || !words[0])
        return problem_set(why, PROBLEM_REQUIRED, "note", "%s", "");
    TRY(outbox_close(tx, strtoll(task->item, NULL, 10), clock_now(), &found));
    return found ? note(tx, task, "effect.closed", words, actor) : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}
