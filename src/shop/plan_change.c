#include "shop/plan_change.h"
#include "base/i18n.h"
#include "shop/activate.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define MB_OF_GB(gb) ((int64_t)(gb)*1024)

/* ---- The consent ---- */

static const char WORD[] = N_("CANCELLA");

const char *plan_consent_word(const char *language)
{
    return i18n(language, WORD);
}

char *plan_consent_text(void *mem, const char *language, const struct mailbox *mailbox, const struct quote *quote)
{
    return talloc_asprintf(
        mem,
        i18n(language, N_("Con il passaggio a %s la casella %s perde l'archivio: tutti i messaggi che contiene vengono "
                          "eliminati per sempre quando il cambio ha effetto. Chi vuole conservarli li scarica prima.")),
        quote->plan->name, mailbox->address);
}

static bool is_word(const char *typed, const char *word)
{
    size_t length = strlen(word);

    typed += typed ? strspn(typed, " ") : 0;
    return typed && strncasecmp(typed, word, length) == 0 && typed[length + strspn(typed + length, " ")] == '\0';
}

enum outcome plan_consent_check(const char *language, const struct quote *quote, struct problem *why)
{
    const char *word = plan_consent_word(language);

    if (!quote->verdict.deletes_archive || is_word(quote->choice.consent, word) ||
        is_word(quote->choice.consent, plan_consent_word("it")))
        return DONE;
    return problem_set(why, PROBLEM_ARCHIVE_CONSENT, "consent", "%s", word);
}

/* ---- The order ---- */

enum outcome plan_change_ordered(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor,
                                 const struct mailbox *m, const struct quote *q)
{
    const char *typed = q->verdict.deletes_archive ? q->choice.consent : "";
    struct plan_change_row row = {
        .order_id = order->id,
        .mailbox_id = m->id,
        .old_plan = m->plan,
        .new_plan = (char *)q->plan->id,
        .quota_mb = q->verdict.room_mb,
        .archive_mb = q->verdict.archive_room_mb,
        .kept_archive_mb = q->verdict.held_archive_mb,
        .consent = (char *)typed,
        .consent_text = q->verdict.deletes_archive ? plan_consent_text(mem, order->language, m, q) : (char *)"",
        .consent_by = talloc_asprintf(mem, "%s %s", actor->door, actor->name)};

    return q->verdict.shrinks ? plan_change_insert(tx, &row) : DONE;
}

static enum outcome ask_host(struct db_tx *tx, const struct brand *brand, const struct plan_change_row *row)
{
    json_t *data = json_pack("{s:I}", "change", (json_int_t)row->id);
    enum outcome o = outbox_add(tx, brand->id, "plan_change", "", "", "it", row->order_id, data);

    json_decref(data);
    return o;
}

/* The room that there is already is kept until the host has been asked; 0 is no limit. */
static int64_t roomier(int64_t now_mb, int64_t then_mb)
{
    return now_mb == 0 || now_mb > then_mb ? now_mb : then_mb;
}

static enum outcome move(struct db_tx *tx, const struct plan_change_row *row, enum plan_change_state to)
{
    bool changed;

    TRY(plan_change_move(tx, row, to, &changed));
    return changed ? DONE : BUSY;
}

/* A renewal that cuts nothing by itself, while an earlier one still waits to. */
static enum outcome adjust_open(struct db_tx *tx, const struct brand *brand, const struct mailbox *m,
                                const struct order_line *line, struct plan_change_row *open, int64_t *quota_mb)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, line->plan);
    int64_t room = *quota_mb;

    open->archive_mb = plan && plan->archive_gb ? MB_OF_GB(plan->archive_gb + line->extra_archive_gb) : 0;
    open->quota_mb = room;
    if (m->quota_mb && room >= m->quota_mb && open->archive_mb >= open->kept_archive_mb)
        return move(tx, open, CHANGE_DROPPED);
    *quota_mb = roomier(m->quota_mb, room);
    TRY(move(tx, open, CHANGE_WAITING));
    return ask_host(tx, brand, open);
}

enum outcome plan_change_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct order_line *line,
                                 int64_t order_id, const struct mailbox *m, int64_t *quota_mb)
{
    enum outcome found, found_open;
    struct plan_change_row row, open;

    *quota_mb = brand_quota_mb(brand, line->plan, line->extra_gb);
    found = plan_change_of_line(tx, mem, order_id, m->id, &row);
    found_open = plan_change_open(tx, mem, m->id, &open);
    if ((found != DONE && found != REFUSED) || (found_open != DONE && found_open != REFUSED))
        return found != DONE && found != REFUSED ? found : found_open;
    if (found == REFUSED)
        return found_open == DONE ? adjust_open(tx, brand, m, line, &open, quota_mb) : DONE;
    if (found_open == DONE) {
        row.kept_archive_mb = roomier(open.kept_archive_mb, row.kept_archive_mb);
        TRY(move(tx, &open, CHANGE_DROPPED));
    }
    *quota_mb = roomier(m->quota_mb, row.quota_mb);
    TRY(move(tx, &row, CHANGE_WAITING));
    return ask_host(tx, brand, &row);
}

enum outcome plan_change_taken_back(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id)
{
    struct plan_change_row row;
    enum outcome o = plan_change_of_line(tx, mem, order_id, mailbox_id, &row);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    return strcmp(row.state, plan_change_state_name(CHANGE_DONE)) == 0 ? DONE : move(tx, &row, CHANGE_DROPPED);
}

enum outcome plan_change_less_space(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                    const struct actor *actor, const struct mailbox *m, const struct space *then,
                                    int64_t *quota_mb)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, m->plan);
    int64_t archive_gb = plan ? plan->archive_gb : 0;
    struct plan_change_row row = {
        .order_id = order->id,
        .mailbox_id = m->id,
        .old_plan = m->plan,
        .new_plan = m->plan,
        .quota_mb = brand_quota_mb(brand, m->plan, then->extra_gb),
        .archive_mb = archive_gb ? MB_OF_GB(archive_gb + then->extra_archive_gb) : 0,
        .kept_archive_mb = archive_gb ? MB_OF_GB(archive_gb + m->extra_archive_gb) : 0,
        .consent = (char *)"",
        .consent_text = (char *)"",
        .consent_by = talloc_asprintf(mem, "%s %s", actor->door, actor->name),
    };
    struct order_line line = {.plan = m->plan, .extra_gb = then->extra_gb, .extra_archive_gb = then->extra_archive_gb};

    TRY(plan_change_insert(tx, &row));
    return plan_change_settled(tx, mem, brand, &line, order->id, m, quota_mb);
}
