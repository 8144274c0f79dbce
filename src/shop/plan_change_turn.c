/* The mail host is asked what is in use; the room is cut, and the archive removed, if it fits. */
#include "shop/activate.h"
#include "shop/plan_change.h"
#include <string.h>
#include <talloc.h>

/* ---- What is in use ---- */

/* BUSY: there is a host, and it says nothing. One that does not know leaves what was last known. */
static enum outcome ask(const struct shop *shop, void *mem, struct mailbox *m)
{
    const struct brand *brand = brand_by_id(shop->brands, m->brand);
    struct mailhost_usage usage;
    struct problem why;
    enum outcome o;

    if (brand && brand->purchase.mailhost && !mailhost_of(shop->mailhosts, m->brand))
        return BUSY;
    o = mailbox_measure(shop, mem, m, &usage, &why);
    return o == REFUSED ? BUSY : o;
}

enum outcome space_ask(const struct shop *shop, void *mem, struct mailbox *mailbox)
{
    (void)!ask(shop, mem, mailbox);
    return DONE;
}

struct finding {
    void *mem;
    const char *address;
    struct mailbox mailbox;
};

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct finding *f = arg;

    return mailbox_by_address(tx, f->mem, f->address, &f->mailbox);
}

static bool may_shrink(const struct shop *shop, const struct mailbox *m, const struct renewal_choice *choice)
{
    const struct brand *brand = brand_by_id(shop->brands, m->brand);

    return brand && brand->change_type == CHANGE_UP_AND_DOWN &&
           ((choice->plan && choice->plan[0] && strcmp(choice->plan, m->plan) != 0) ||
            (choice->extra_gb >= 0 && choice->extra_gb < m->extra_gb) ||
            (choice->archive_chosen && choice->extra_archive_gb < m->extra_archive_gb));
}

bool spaces_chosen(const struct wanted_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct renewal_choice *choice = &lines[i].choice;

        if ((choice->plan && choice->plan[0]) || choice->extra_gb >= 0 || choice->archive_chosen)
            return true;
    }
    return false;
}

enum outcome spaces_ask(const struct shop *shop, void *mem, const struct wanted_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct finding f = {.mem = mem, .address = lines[i].address};
        enum outcome o;

        if (!spaces_chosen(&lines[i], 1))
            continue;
        o = db_read(shop->db, "mailbox.find", find, &f);
        if (o == REFUSED) /* place_order says so */
            continue;
        TRY(o);
        if (may_shrink(shop, &f.mailbox, &lines[i].choice))
            TRY(space_ask(shop, mem, &f.mailbox));
    }
    return DONE;
}

/* ---- The change ---- */

struct turning {
    struct shop *shop;
    void *mem;
    int64_t id;
    struct plan_change_row row;
    struct mailbox mailbox;
    const struct brand *brand;
    struct order order;
};

static bool is(const struct plan_change_row *row, enum plan_change_state state)
{
    return strcmp(row->state, plan_change_state_name(state)) == 0;
}

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct turning *t = arg;

    TRY(plan_change_by_id(tx, t->mem, t->id, &t->row));
    TRY(order_by_id(tx, t->mem, t->row.order_id, &t->order));
    return mailbox_by_id(tx, t->mem, t->row.mailbox_id, &t->mailbox);
}

static enum outcome tell_holder(struct db_tx *tx, const struct turning *t, const char *template)
{
    const struct mailbox *m = &t->mailbox;
    const struct brand_plan *plan = brand_plan_by_id(t->brand, t->row.new_plan);
    char used[SPACE_TEXT], archive[SPACE_TEXT];
    enum outcome o;
    json_t *data;

    if (!m->holder.email[0])
        return DONE;
    data = json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "name", m->holder.name, "mailbox", m->address, "plan",
                     plan ? plan->name : t->row.new_plan, "archive_gone",
                     t->row.archive_mb == 0 && t->row.kept_archive_mb > 0, "mailbox_full",
                     t->row.used_mb > t->row.quota_mb ? json_string(space_text(t->row.used_mb, t->row.quota_mb, used))
                                                      : json_false(),
                     "archive_full",
                     t->row.archive_mb && t->row.used_archive_mb > t->row.archive_mb
                         ? json_string(space_text(t->row.used_archive_mb, t->row.archive_mb, archive))
                         : json_false());
    o = outbox_add(tx, t->brand->id, "mail", template, m->holder.email, t->order.language, 0, data);
    json_decref(data);
    return o;
}

static enum outcome note(struct db_tx *tx, const struct turning *t, const char *kind)
{
    const struct plan_change_row *r = &t->row;
    json_t *data = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "plan", r->new_plan, "quota_mb", (json_int_t)r->quota_mb,
                             "archive_mb", (json_int_t)r->archive_mb, "archive_was_mb", (json_int_t)r->kept_archive_mb,
                             "used_mb", (json_int_t)r->used_mb, "used_archive_mb", (json_int_t)r->used_archive_mb);
    enum outcome o =
        event_record(tx, t->brand->id, &(struct actor){"job", "system"}, kind, r->order_id, r->mailbox_id, data);

    json_decref(data);
    return o;
}

/* By what the row says now: a renewal may have come between. */
static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct turning *t = arg;
    struct plan_change_row *r = &t->row;
    bool first, changed, fits;

    TRY(load(tx, t));
    if (!is(r, CHANGE_WAITING) && !is(r, CHANGE_HELD))
        return DONE;
    first = is(r, CHANGE_WAITING);
    r->used_mb = t->mailbox.used_mb;
    r->used_archive_mb = t->mailbox.used_archive_mb;
    r->asked_on = db_today(tx);
    fits = t->mailbox.used_on.n && r->used_mb <= r->quota_mb && (!r->archive_mb || r->used_archive_mb <= r->archive_mb);
    TRY(plan_change_move(tx, r, fits ? CHANGE_DONE : CHANGE_HELD, &changed));
    if (!changed)
        return BUSY;
    if (!fits) {
        TRY(note(tx, t, "mailbox.change_held"));
        return first ? tell_holder(tx, t, "change_held") : DONE;
    }
    TRY(mailbox_set_quota(tx, r->mailbox_id, r->quota_mb));
    TRY(mailhost_changed(tx, t->brand, r->mailbox_id));
    TRY(note(tx, t, r->archive_mb || !r->kept_archive_mb ? "mailbox.reduced" : "mailbox.archive_removed"));
    return tell_holder(tx, t, "change_done");
}

enum outcome plan_change_turn(struct shop *shop, void *mem, int64_t id, struct problem *why)
{
    struct turning t = {.shop = shop, .mem = mem, .id = id};

    (void)why;
    TRY(db_read(shop->db, "plan_change.load", load, &t));
    if (!is(&t.row, CHANGE_WAITING) && !is(&t.row, CHANGE_HELD))
        return DONE;
    t.brand = brand_by_id(shop->brands, t.mailbox.brand);
    if (!t.brand)
        return BROKEN;
    TRY(ask(shop, mem, &t.mailbox));
    return db_transaction(shop->db, "plan_change.decide", decide, &t);
}
