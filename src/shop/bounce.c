#include "shop/bounce.h"
#include "base/text.h"
#include "store/order.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

/* ---- Whose mail it was ---- */

char *outbox_message_id(void *mem, const struct brand *brand, int64_t outbox_id)
{
    const char *domain = strchr(brand->mail_from, '@');

    return talloc_asprintf(mem, "outbox-%" PRId64 "%s", outbox_id, domain ? domain : "@localhost");
}

static int64_t outbox_of_message(const char *message_id)
{
    static const char BEGINS[] = "outbox-";
    const char *digits = message_id + sizeof BEGINS - 1;
    size_t length;

    if (!text_starts(message_id, BEGINS))
        return 0;
    length = strspn(digits, "0123456789");
    return length > 0 && length <= 18 && digits[length] == '@' ? strtoll(digits, NULL, 10) : 0;
}

static bool is_ours(void *mem, const struct brands *brands, const struct outbox_row *row, const struct returned *r)
{
    const struct brand *brand = brand_by_id(brands, row->brand);

    return brand && strcmp(row->kind, "mail") == 0 &&
           (strcmp(row->state, "done") == 0 || strcmp(row->state, "leased") == 0) &&
           strcasecmp(outbox_message_id(mem, brand, row->id), r->message_id) == 0 &&
           (strcasecmp(row->recipient, r->address) == 0 || strcasecmp(row->recipient, r->original) == 0) &&
           clock_now().us - row->created_at.us < BOUNCE_WITHIN;
}

/* ---- What it means ---- */

struct taking {
    struct db_tx *tx;
    void *mem;
    const struct returned *returned;
    const struct actor *actor;
    struct outbox_row row;
    struct bounce known; /* id 0: the address was not marked */
    int64_t mailbox_id;  /* 0: not known */
};

static enum outcome record(const struct taking *t, const char *kind)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:I}", "address", t->row.recipient, "status", t->returned->status, "said",
                             t->returned->said, "mail", (json_int_t)t->row.id);
    enum outcome o = event_record_said(t->tx, t->row.brand, t->actor, kind, t->row.order_id, t->mailbox_id, 0, data);

    json_decref(data);
    return o;
}

static enum outcome mark(struct taking *t, enum bounce_fate *fate)
{
    bool first;

    if (t->known.id && t->known.outbox_id == t->row.id)
        return DONE;
    *fate = BOUNCE_MARKED;
    TRY(bounce_put(t->tx,
                   &(struct bounce){.brand = t->row.brand,
                                    .address = t->row.recipient,
                                    .status = (char *)(uintptr_t)t->returned->status,
                                    .said = (char *)(uintptr_t)t->returned->said,
                                    .outbox_id = t->row.id,
                                    .mailbox_id = t->mailbox_id},
                   &first));
    return record(t, "contact.bounced");
}

/* A mail from before those that came back says nothing. */
static enum outcome unmark(struct taking *t, enum bounce_fate *fate)
{
    if (!t->known.id || t->known.outbox_id >= t->row.id)
        return DONE;
    *fate = BOUNCE_CLEARED;
    return bounce_clear(t->tx, &t->known, t->actor);
}

static enum outcome look_up(struct taking *t)
{
    enum outcome o = bounce_of(t->tx, t->mem, t->row.brand, t->row.recipient, &t->known);
    struct order order;

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED)
        t->known.id = 0;
    if (!t->row.order_id)
        return bounce_mailbox_of_mail(t->tx, t->row.id, &t->mailbox_id);
    TRY(order_by_id(t->tx, t->mem, t->row.order_id, &order));
    t->mailbox_id = order.mailbox_id;
    return DONE;
}

enum outcome bounce_take(struct db_tx *tx, void *mem, const struct brands *brands, const struct returned *r,
                         const struct actor *actor, enum bounce_fate *fate)
{
    struct taking t = {.tx = tx, .mem = mem, .returned = r, .actor = actor};
    int64_t id = outbox_of_message(r->message_id);
    enum outcome o = id ? outbox_by_id(tx, mem, id, &t.row) : REFUSED;

    *fate = BOUNCE_STRANGE;
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    if (!is_ours(mem, brands, &t.row, r))
        return DONE;
    *fate = BOUNCE_NOTED;
    TRY(look_up(&t));
    if (r->how == RETURNED_DELIVERED)
        return unmark(&t, fate);
    if (r->how == RETURNED_FAILED)
        return mark(&t, fate);
    return record(&t, "contact.delayed");
}

enum outcome bounce_clear(struct db_tx *tx, const struct bounce *b, const struct actor *actor)
{
    json_t *data;
    enum outcome o;
    bool dropped;

    TRY(bounce_drop(tx, b->brand, b->address, &dropped));
    if (!dropped)
        return REFUSED;
    data = json_pack("{s:s}", "address", b->address);
    o = event_record_said(tx, b->brand, actor, "contact.cleared", 0, b->mailbox_id, 0, data);
    json_decref(data);
    return o;
}
