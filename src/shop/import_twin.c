#include "shop/import_twin.h"
#include "rules/credit.h"
#include <string.h>
#include <talloc.h>

/* Where `id` is, or belongs. */
static size_t place_of(const struct twins *t, int64_t id)
{
    size_t low = 0, high = t->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (t->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has(const struct twins *t, int64_t id)
{
    size_t at = place_of(t, id);

    return at < t->count && t->ids[at] == id;
}

void twins_add(void *mem, struct twins *t, int64_t id)
{
    size_t at = place_of(t, id);

    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 128;
        t->ids = talloc_realloc(mem, t->ids, int64_t, (unsigned)t->room);
    }
    memmove(t->ids + at + 1, t->ids + at, (t->count - at) * sizeof *t->ids);
    t->ids[at] = id;
    t->count++;
}

struct search {
    const char *format;
    const struct twins *taken;
    struct twins now;            /* what this search has found */
    struct bank_entry **entries; /* of each item: what it may be */
    size_t *counts;
};

static enum credit_likeness likeness(const struct search *s, const struct bank_entry *e,
                                     const struct statement_payment *p)
{
    if (strcmp(e->currency, p->currency) != 0 || strcmp(credit_family(e->format), credit_family(s->format)) == 0)
        return CREDIT_OTHER;
    return credit_likeness(&(struct credit_facts){e->bank_reference, e->end_to_end_id, e->debtor_iban, e->remittance},
                           &(struct credit_facts){p->bank_reference, p->end_to_end_id, p->debtor_iban, p->remittance});
}

/* What is booked under its own fingerprint is that entry, and leaves the others to others. */
static enum outcome load(struct db_tx *tx, void *mem, const char *account, struct search *s, struct twin_item *item,
                         size_t i)
{
    const struct statement_payment *p = item->payment;

    item->id = 0;
    TRY(bank_entries_like(tx, mem, account, p->booked_on, p->amount, &s->entries[i], &s->counts[i]));
    if (s->counts[i] == 0)
        return DONE;
    TRY(bank_entry_known(tx, item->fingerprint, &item->id));
    if (item->id)
        twins_add(mem, &s->now, item->id);
    return DONE;
}

static void find_like(void *mem, struct search *s, struct twin_item *item, size_t i, enum credit_likeness wanted)
{
    for (size_t k = 0; k < s->counts[i] && !item->id; k++) {
        const struct bank_entry *e = &s->entries[i][k];

        if (likeness(s, e, item->payment) != wanted || has(s->taken, e->id) || has(&s->now, e->id))
            continue;
        item->id = e->id;
        twins_add(mem, &s->now, e->id);
    }
}

enum outcome twins_find(struct db_tx *tx, void *mem, const char *account, const char *format, struct twin_item *items,
                        size_t count, const struct twins *taken)
{
    struct search s = {.format = format,
                       .taken = taken,
                       .entries = talloc_array(mem, struct bank_entry *, (unsigned)count),
                       .counts = talloc_zero_array(mem, size_t, (unsigned)count)};

    for (size_t i = 0; i < count; i++)
        TRY(load(tx, mem, account, &s, &items[i], i));
    for (int like = CREDIT_SAME_REFERENCE; like > CREDIT_OTHER; like--)
        for (size_t i = 0; i < count; i++)
            find_like(mem, &s, &items[i], i, (enum credit_likeness)like);
    return DONE;
}
