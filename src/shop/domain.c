#include "shop/domain.h"
#include "rules/email.h"
#include "shop/activate.h"
#include "store/ending.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

static enum outcome find(struct db_tx *tx, void *mem, const struct brand *brand, const char *name,
                         struct domain *domain, struct problem *why)
{
    enum outcome o = domain_by_name(tx, mem, brand->id, name, domain);

    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "domain", "%s", "") : o;
}

static enum outcome tell_host(struct db_tx *tx, const struct brand *brand, const struct mailbox *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(mailhost_changed(tx, brand, all[i].id));
    return DONE;
}

static enum outcome move(struct db_tx *tx, void *mem, const struct brand *brand, const struct domain *domain,
                         struct day ends_on, const struct actor *actor, int64_t *moved)
{
    struct renewal_policy policy = brand_renewal(brand, true);
    struct allowed allowed = term_allows(ends_on, &policy);
    struct mailbox *all;
    size_t count;

    TRY(domain_move(tx, domain, ends_on, &allowed, actor, moved));
    TRY(domain_mailboxes(tx, mem, domain->brand, domain->name, &all, &count));
    return tell_host(tx, brand, all, count);
}

enum outcome domain_add(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, struct day ends_on,
                        const struct actor *actor, struct problem *why)
{
    char *address = talloc_asprintf(mem, "postmaster@%s", name);
    struct domain known;
    bool fresh;
    json_t *data;
    enum outcome o;
    char day[DAY_TEXT];

    if (!brand->domains.on)
        return problem_set(why, PROBLEM_KIND, "brand", "%s", "");
    if (!email_valid(address) || strcmp(name, brand->domain) == 0)
        return problem_set(why, PROBLEM_DOMAIN_NAME, "domain", "%s", "");
    if (day_before(ends_on, db_today(tx)))
        return problem_set(why, PROBLEM_DAY_RANGE, "expires_on", "%s", "");
    TRY(domain_insert(tx, brand->id, name, ends_on, &fresh));
    if (!fresh) {
        TRY(domain_by_name(tx, mem, brand->id, name, &known));
        return problem_set(why, PROBLEM_DOMAIN_KNOWN, "domain", "%s", day_italian(known.expires_on, day));
    }
    data = json_pack("{s:s, s:s}", "domain", name, "expires_on", day_iso(ends_on, day));
    o = event_record(tx, brand->id, actor, "domain.added", 0, 0, data);
    json_decref(data);
    return o;
}

enum outcome domain_renewed(struct db_tx *tx, void *mem, const struct brand *brand, const char *name,
                            struct day ends_on, const struct actor *actor, int64_t *moved, struct problem *why)
{
    struct domain domain;
    struct mailbox *all;
    struct order open;
    size_t count;

    TRY(find(tx, mem, brand, name, &domain, why));
    if (!day_before(domain.expires_on, ends_on))
        return problem_set(why, PROBLEM_DAY_RANGE, "date", "%s", "");
    TRY(domain_mailboxes(tx, mem, brand->id, name, &all, &count));
    for (size_t i = 0; i < count; i++)
        if (all[i].open_order_id) {
            TRY(order_by_id(tx, mem, all[i].open_order_id, &open));
            return problem_set(why, PROBLEM_OPEN_ORDER, "domain", "%s", open.code);
        }
    return move(tx, mem, brand, &domain, ends_on, actor, moved);
}

enum outcome domain_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                            struct day ends_on, const struct actor *actor)
{
    struct domain domain;
    int64_t moved;
    enum outcome o = domain_by_name(tx, mem, brand->id, mailbox->domain, &domain);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    return day_before(domain.expires_on, ends_on) ? move(tx, mem, brand, &domain, ends_on, actor, &moved) : DONE;
}

enum outcome domain_unregistered(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, bool gone,
                                 const struct actor *actor, int64_t *changed, struct problem *why)
{
    const struct ending_rule told = {
        .brand = brand->id, .to_holder = brand->notices.to_holder, .to_account = brand->notices.to_account};
    struct domain domain;
    struct mailbox *all;
    size_t count;

    TRY(find(tx, mem, brand, name, &domain, why));
    if ((domain.unregistered_on.n != 0) == gone) { /* as it is */
        *changed = 0;
        return DONE;
    }
    TRY(domain_tell(tx, &told, domain.name, !gone));
    TRY(domain_suspend(tx, &domain, gone ? db_today(tx) : (struct day){0}, actor, changed));
    TRY(domain_mailboxes(tx, mem, brand->id, name, &all, &count));
    return tell_host(tx, brand, all, count);
}
