#include "shop/roster.h"
#include "base/text.h"
#include "rules/taxid.h"
#include "store/event.h"
#include "store/order.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MAILBOXES_OF_ONE 20

/* One row, with what it is about and what it comes to. */
struct item {
    const struct roster_row *row;
    struct mailbox mailbox;
    struct member known; /* id 0: the Ordine has not told of it */
    enum effect { JOINS, MOVES_HERE, CHANGES, LEAVES, STAYS } effect;
};

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brand *brand;
    const struct brand_convention *convention;
    const struct actor *actor;
    struct roster *roster;
};

static enum outcome refuse(struct problem *why, enum problem_code code, const char *field)
{
    return problem_set(why, code, field, "%s", "");
}

static bool same_person(void *mem, const char *a, const char *b)
{
    return strcmp(tax_code_base(mem, a), tax_code_base(mem, b)) == 0;
}

/* The mailbox that a row names: by address, or one who leaves by tax code alone. */
static enum outcome find_mailbox(struct work *w, struct item *item, struct problem *why)
{
    const struct roster_row *r = item->row;
    struct mailbox *all;
    size_t count;
    enum outcome o;

    if (!*r->address) {
        TRY(convention_mailboxes_of(w->tx, w->mem, w->brand->id, w->convention->id, r->tax_code, MAILBOXES_OF_ONE, &all,
                                    &count));
        if (count != 1) /* of several, the address must say which */
            return refuse(why, count ? PROBLEM_REQUIRED : PROBLEM_MEMBER_UNKNOWN, count ? "pec" : "codice_fiscale");
        item->mailbox = all[0];
        return DONE;
    }
    o = mailbox_by_address(w->tx, w->mem, r->address, &item->mailbox);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || strcmp(item->mailbox.brand, w->brand->id) != 0 ||
        (r->state != ROSTER_DELETE && strcmp(item->mailbox.status, mailbox_status_name(MAILBOX_DELETED)) == 0))
        return refuse(why, PROBLEM_MAILBOX_UNKNOWN, "pec");
    if (*r->tax_code && !same_person(w->mem, r->tax_code, item->mailbox.holder.tax_code))
        return refuse(why, PROBLEM_MEMBER_HOLDER, "codice_fiscale");
    return DONE;
}

static bool says_the_same(const struct roster_row *r, const struct member *m)
{
    return strcmp(r->name, m->name) == 0 && strcmp(r->surname, m->surname) == 0 &&
           strcmp(r->enrolment_no, m->enrolment_no) == 0 && (!r->joined_on.n || r->joined_on.n == m->joined_on.n);
}

/* While an Ordine's order waits for money, its mailboxes stay with it: it would pay for somebody who has gone, and who
 * has gone could not renew. */
static enum outcome check_free(struct work *w, const struct item *item, struct problem *why)
{
    struct order open;

    if (item->mailbox.auto_renew &&
        (item->effect == JOINS || item->effect == MOVES_HERE)) /* its card would be charged */
        return refuse(why, PROBLEM_AUTO_RENEWAL_ON, "pec");
    if (!item->mailbox.open_order_id || (item->effect != LEAVES && item->effect != MOVES_HERE))
        return DONE;
    TRY(order_by_id(w->tx, w->mem, item->mailbox.open_order_id, &open));
    if (!order_is_bulk(&open))
        return DONE;
    return item->effect == LEAVES
               ? problem_set(why, PROBLEM_OPEN_ORDER, "pec", "%s", open.code)
               : problem_set(why, PROBLEM_OPEN_ORDER_ELSEWHERE, "pec", "%s", w->brand->support_email);
}

static enum outcome judge(struct work *w, struct item *item, struct problem *why)
{
    const char *ours = w->convention->id;
    const char *its;
    enum outcome o;

    TRY(find_mailbox(w, item, why));
    o = member_of_mailbox(w->tx, w->mem, item->mailbox.id, &item->known);
    if (o != DONE && o != REFUSED)
        return o;
    its = item->mailbox.convention;
    if (item->row->state != ROSTER_NEW && strcmp(its, ours) != 0)
        return refuse(why, PROBLEM_MEMBER_UNKNOWN, *item->row->address ? "pec" : "codice_fiscale");
    if (item->row->state == ROSTER_DELETE)
        item->effect = LEAVES;
    else if (strcmp(its, ours) != 0)
        item->effect = *its ? MOVES_HERE : JOINS;
    else
        item->effect = item->known.id && says_the_same(item->row, &item->known) ? STAYS : CHANGES;
    return check_free(w, item, why);
}

static void count_effect(struct roster *r, enum effect effect)
{
    r->good++;
    r->joiners += effect == JOINS;
    r->transfers += effect == MOVES_HERE;
    r->updates += effect == CHANGES;
    r->leavers += effect == LEAVES;
    r->unchanged += effect == STAYS;
}

static enum outcome judge_all(struct work *w, struct item *items, const struct roster_row *rows, size_t count)
{
    struct roster_faults *f = &w->roster->faults;

    for (size_t i = 0; i < count; i++) {
        struct problem why = {0};
        enum outcome o;

        items[i] = (struct item){.row = &rows[i]};
        o = judge(w, &items[i], &why);
        if (o == DONE) {
            count_effect(w->roster, items[i].effect);
            continue;
        }
        if (o != REFUSED)
            return o;
        f->rows++;
        if (f->count < ROSTER_FAULTS_LISTED)
            f->item[f->count++] = (struct roster_fault){rows[i].line, rows[i].address, why};
    }
    return DONE;
}

/* ---- Doing it ---- */

static enum outcome note(struct work *w, const struct item *item, const char *to)
{
    json_t *data = json_pack("{s:s, s:s}", "convention", to, "was", item->mailbox.convention);
    enum outcome o = event_record(w->tx, w->brand->id, w->actor, "mailbox.convention", 0, item->mailbox.id, data);

    json_decref(data);
    return o;
}

static enum outcome leave(struct work *w, const struct item *item)
{
    struct day on = item->row->left_on.n ? item->row->left_on : db_today(w->tx);

    TRY(member_leave(w->tx, item->mailbox.id, on));
    TRY(mailbox_set_convention(w->tx, item->mailbox.id, ""));
    return note(w, item, "");
}

static enum outcome keep(struct work *w, const struct item *item)
{
    const struct roster_row *r = item->row;
    struct day today = db_today(w->tx);
    bool here = strcmp(item->mailbox.convention, w->convention->id) == 0;
    struct member m = {.id = item->known.id,
                       .brand = (char *)w->brand->id,
                       .convention = (char *)w->convention->id,
                       .tax_code = (char *)item->mailbox.holder.tax_code,
                       .name = r->name,
                       .surname = r->surname,
                       .enrolment_no = r->enrolment_no,
                       .mailbox_id = item->mailbox.id,
                       .joined_on = r->joined_on.n           ? r->joined_on
                                    : here && item->known.id ? item->known.joined_on
                                                             : today};

    if (here && m.id)
        return member_update(w->tx, &m);
    if (m.id)
        TRY(member_leave(w->tx, m.mailbox_id, today));
    TRY(member_insert(w->tx, &m));
    if (here)
        return DONE;
    TRY(mailbox_set_convention(w->tx, m.mailbox_id, w->convention->id));
    return note(w, item, w->convention->id);
}

static enum outcome apply_all(struct work *w, const struct item *items, size_t count)
{
    struct roster *r = w->roster;
    json_t *data;
    enum outcome o;

    for (size_t i = 0; i < count; i++)
        if (items[i].effect == LEAVES)
            TRY(leave(w, &items[i]));
        else if (items[i].effect != STAYS)
            TRY(keep(w, &items[i]));
    data = json_pack("{s:s, s:I, s:I, s:I, s:I}", "convention", w->convention->id, "joiners", (json_int_t)r->joiners,
                     "transfers", (json_int_t)r->transfers, "leavers", (json_int_t)r->leavers, "updates",
                     (json_int_t)r->updates);
    o = event_record(w->tx, w->brand->id, w->actor, "convention.roster", 0, 0, data);
    json_decref(data);
    r->applied = o == DONE;
    return o;
}

static int by_line(const void *a, const void *b)
{
    return ((const struct roster_fault *)a)->line - ((const struct roster_fault *)b)->line;
}

enum outcome roster_take(struct db_tx *tx, void *mem, const struct brand *brand,
                         const struct brand_convention *convention, const void *bytes, size_t length, bool apply,
                         const struct actor *actor, struct roster *roster, struct problem *why)
{
    struct work w = {tx, mem, brand, convention, actor, roster};
    struct roster_row *rows;
    struct item *items;
    size_t count;

    memset(roster, 0, sizeof *roster);
    TRY(roster_read(mem, bytes, length, &rows, &count, &roster->faults, why));
    items = talloc_zero_array(mem, struct item, (unsigned)count + 1);
    TRY(judge_all(&w, items, rows, count));
    roster->rows = roster->good + roster->faults.rows;
    qsort(roster->faults.item, roster->faults.count, sizeof *roster->faults.item, by_line);
    if (!apply)
        return DONE;
    if (roster->faults.rows)
        return problem_set(why, PROBLEM_ROSTER_FAULTS, "file", "%s", "");
    return apply_all(&w, items, count);
}
