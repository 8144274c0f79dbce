/* shop/mailhost.c: the mail host is told of mailboxes that exist. */

#include "base/log.h"
#include "shop/activate.h"
#include "shop/mailhost_parts.h"
#include "store/plan_change.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define MB_OF_GB(gb) ((int64_t)(gb)*1024)

/* What has ceased does nothing any more, whatever its term says. */
static struct day until(const struct mailbox *m, struct day day)
{
    return strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) == 0 ? day : (struct day){1};
}

void mailhost_box_of(const struct brand_plan *plan, const struct mailbox *m, const char *key, struct mailhost_box *box)
{
    *box = (struct mailhost_box){.key = key,
                                 .address = m->address,
                                 .user_id = m->user_id,
                                 .password_hash = m->password_hash,
                                 .quota_mb = m->quota_mb,
                                 .archive_mb = plan->archive_gb ? MB_OF_GB(plan->archive_gb + m->extra_archive_gb) : 0,
                                 .holder_name = m->holder.name,
                                 .tax_code = m->holder.tax_code,
                                 .send_until = until(m, m->allowed.send_until),
                                 .receive_until = until(m, m->allowed.receive_until),
                                 .read_until = until(m, m->allowed.read_until)};
}

enum outcome mailhost_changed(struct db_tx *tx, const struct brand *brand, int64_t mailbox_id)
{
    json_t *data;
    enum outcome o;

    /* "sql" reads our own tables: there is nobody to tell. */
    if (!brand->purchase.mailhost || strcmp(brand->purchase.mailhost, "sql") == 0)
        return DONE;
    data = json_pack("{s:I}", "mailbox", (json_int_t)mailbox_id);
    o = outbox_add(tx, brand->id, "mailhost", "", "", "it", 0, data);
    json_decref(data);
    return o;
}

struct pushing {
    void *mem;
    int64_t mailbox_id;
    struct mailbox mailbox;
    struct request request;  /* id 0: it was not bought here */
    int64_t kept_archive_mb; /* while a change to less has not taken effect; -1: there is none */
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct pushing *p = arg;
    enum outcome o;

    TRY(mailbox_by_id(tx, p->mem, p->mailbox_id, &p->mailbox));
    TRY(plan_change_kept_archive(tx, p->mailbox_id, &p->kept_archive_mb));
    p->request = (struct request){0};
    o = request_by_mailbox(tx, p->mem, p->mailbox_id, &p->request);
    return o == REFUSED ? DONE : o;
}

enum outcome mailhost_push(struct shop *shop, void *mem, int64_t mailbox_id, struct problem *why)
{
    struct pushing p = {.mem = mem, .mailbox_id = mailbox_id};
    const struct brand_plan *plan;
    const struct mailhost *host;
    const struct brand *brand;
    struct mailhost_box box;
    char *key;

    TRY(db_read(shop->db, "mailhost.load", load, &p));
    brand = brand_by_id(shop->brands, p.mailbox.brand);
    plan = brand ? brand_plan_by_id(brand, p.mailbox.plan) : NULL;
    if (!plan)
        return log_broken("mailhost.plan", LOG_TEXT("mailbox", p.mailbox.address));
    host = mailhost_of(shop->mailhosts, brand->id);
    if (!host)
        return BUSY;
    key = p.request.id ? talloc_asprintf(mem, "request:%" PRId64, p.request.id)
                       : talloc_asprintf(mem, "mailbox:%" PRId64, mailbox_id);
    mailhost_box_of(plan, &p.mailbox, key, &box);
    if (p.kept_archive_mb >= 0)
        box.archive_mb = p.kept_archive_mb;
    if (host->remove && strcmp(p.mailbox.status, mailbox_status_name(MAILBOX_DELETED)) == 0)
        return host->remove(host->arg, mem, &box, why);
    return host->change(host->arg, mem, &box, why);
}

static enum outcome keep_used(struct db_tx *tx, void *arg)
{
    struct mailbox *m = arg;

    m->used_on = db_today(tx);
    return mailbox_set_used(tx, m->id, m->used_mb, m->used_archive_mb);
}

enum outcome mailbox_measure(const struct shop *shop, void *mem, struct mailbox *mailbox, struct mailhost_usage *usage,
                             struct problem *why)
{
    const struct mailhost *host = mailhost_of(shop->mailhosts, mailbox->brand);

    *usage = (struct mailhost_usage){.known = false};
    if (!host)
        return DONE;
    TRY(host->usage(host->arg, mem, mailbox->address, usage, why));
    if (!usage->known)
        return DONE;
    mailbox->used_mb = usage->used_mb;
    mailbox->used_archive_mb = usage->archive_mb;
    return db_transaction(shop->db, "mailhost.used", keep_used, mailbox);
}

enum outcome mailbox_is_hosted(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                               bool *hosted)
{
    struct request request;
    enum outcome o;

    *hosted = false;
    if (!brand->purchase.on)
        return DONE;
    o = request_by_mailbox(tx, mem, mailbox->id, &request);
    *hosted = o == DONE;
    return o == REFUSED ? DONE : o;
}
