#include "shop/inipec.h"
#include "base/csv.h"
#include "store/inipec.h"
#include <string.h>

struct reporting {
    struct day since, today;
    struct text_buffer *out;
    int64_t lines;
};

/* The day from which nothing is delivered to it any more; DAY 0: it still is. */
static struct day stopped_on(const struct inipec_row *r, struct day today)
{
    bool over = day_before(r->receive_until, today);
    bool live = strcmp(r->status, mailbox_status_name(MAILBOX_LIVE)) == 0 ||
                strcmp(r->status, mailbox_status_name(MAILBOX_SUSPENDED)) == 0;

    if (live)
        return over ? day_plus(r->receive_until, 1) : (struct day){0};
    return r->ceased_on.n ? day_earlier(r->ceased_on, day_plus(r->receive_until, 1)) : day_plus(r->receive_until, 1);
}

/* *on is the day of it. One that came and went since is only told to have gone. */
static enum inipec_state state_of(const struct inipec_row *r, struct day since, struct day today, struct day *on)
{
    *on = stopped_on(r, today);
    if (on->n)
        return day_before(*on, since) ? INIPEC_NOTHING : INIPEC_CEASED;
    *on = r->activated_on;
    if (!day_before(*on, since))
        return INIPEC_NEW;
    *on = day_later(day_later(r->renamed_on, r->passed_on), r->revived_on);
    return on->n ? INIPEC_UPDATED : INIPEC_NOTHING;
}

/* Whom no Ordine named has his name, or the firm's, in one piece. */
static enum outcome report_one(struct db_tx *tx, void *row, void *arg)
{
    struct reporting *w = arg;
    const struct inipec_row *r = row;
    struct day on;
    enum inipec_state state = state_of(r, w->since, w->today, &on);
    const char state_text[2] = {(char)('0' + state)};
    char day[DAY_TEXT];
    const char *cells[] = {r->address,      r->surname[0] || r->name[0] ? r->name : r->holder,
                           r->surname,      r->enrolment_no,
                           r->tax_code,     state_text,
                           day_iso(on, day)};

    (void)tx;
    if (state == INIPEC_NOTHING)
        return DONE;
    w->lines++;
    for (size_t i = 0; i < count_of(cells); i++)
        csv_put(w->out, cells[i], i + 1 == count_of(cells));
    return DONE;
}

enum outcome inipec_report(struct db_tx *tx, void *mem, const struct brand *brand, struct day since,
                           struct text_buffer *out, int64_t *lines, struct problem *why)
{
    struct reporting w = {since, db_today(tx), out, 0};
    struct inipec_row row;

    if (day_before(w.today, since))
        return problem_set(why, PROBLEM_DAY_RANGE, "since", "%s", "");
    text_put(out, "pec;nome;cognome;numero_iscrizione;codice_fiscale;stato;data\n");
    TRY(inipec_each(tx, mem, brand->id, since, &row, report_one, &w));
    *lines = w.lines;
    return DONE;
}
