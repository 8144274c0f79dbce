#include "shop/erasure.h"
#include "base/i18n.h"
#include "base/text.h"
#include "store/account.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Doing it ---- */

static int identity_months(const struct shop *shop, const char *brand)
{
    const struct brand *b = brand[0] ? brand_by_id(shop->brands, brand) : NULL;

    return b && b->purchase.on ? b->purchase.keep_documents_months : RETENTION_IDENTITY_MONTHS;
}

struct doing {
    struct shop *shop;
    void *mem;
    const struct erasure_subject *subject;
    int64_t erasure_id, now, later, files;
};

/* What is on its way out is over by tomorrow; what has not ended otherwise is in the way, and nothing of it is
 * promised. */
static enum outcome put_items(struct db_tx *tx, struct doing *d, const struct erasure_kind *kind)
{
    struct day today = db_today(tx);
    struct erasure_row *rows;
    size_t count;

    TRY(erasure_find(tx, d->mem, kind, d->subject, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct day over = retention_over(kind->class, rows[i].from, identity_months(d->shop, d->subject->brand));

        if (over.n == DAY_NEVER.n && kind->class == RETAIN_NOTHING)
            over = day_plus(today, 1);
        if (over.n == DAY_NEVER.n)
            continue;
        *(day_before(today, over) ? &d->later : &d->now) += 1;
        d->files += kind->files && !day_before(today, over);
        TRY(erasure_item_put(tx, d->erasure_id, kind, rows[i].id, day_later(over, today)));
    }
    return DONE;
}

static enum outcome erase(struct db_tx *tx, struct doing *d)
{
    for (size_t i = 0; i < ERASURE_KIND_COUNT; i++)
        if (ERASURE_KINDS[i].erase)
            TRY(put_items(tx, d, &ERASURE_KINDS[i]));
    for (size_t i = 0; i < ERASURE_KIND_COUNT; i++) {
        int64_t done;

        if (ERASURE_KINDS[i].erase && !ERASURE_KINDS[i].files)
            TRY(erasure_do(tx, d->mem, &ERASURE_KINDS[i], &done));
    }
    return d->files ? outbox_add(tx, d->subject->brand, "erasure", "", "", "it", 0, NULL) : DONE;
}

static enum outcome refuse_obstacles(const struct erasure_look *look, struct problem *why)
{
    return look->obstacle_count ? problem_set(why, PROBLEM_ERASURE, "", "%s", look->obstacles[0].what) : DONE;
}

static enum outcome seek_ref(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                             struct erasure_look *look, struct problem *why);

static enum outcome act(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data, const struct actor *actor,
                        const char *reason, struct problem *why)
{
    struct erasure_look look;
    struct doing d = {.shop = shop, .mem = mem, .subject = &look.subject};
    json_t *said;
    enum outcome o;

    TRY(seek_ref(tx, shop, mem, data, &look, why));
    TRY(refuse_obstacles(&look, why));
    TRY(erasure_insert(tx, look.subject.brand, reason, actor->name, &d.erasure_id));
    TRY(erase(tx, &d));
    said = json_pack("{s:I, s:s, s:I, s:I}", "erasure", (json_int_t)d.erasure_id, "person", look.ref, "now",
                     (json_int_t)d.now, "later", (json_int_t)d.later);
    o = event_record(tx, look.subject.brand, actor, "person.erased", 0, 0, said);
    json_decref(said);
    return o;
}

const struct approval_kind APPROVE_ERASURE = {"erasure", N_("Cancellazione dei dati di una persona"), OFFICE_GOVERN,
                                              OFFICE_GOVERN, act};

/* ---- What there is ---- */

static enum outcome look_at(struct db_tx *tx, void *mem, int months, const struct erasure_kind *kind,
                            const struct erasure_subject *subject, struct erasure_line *line)
{
    struct day today = db_today(tx);
    struct erasure_row *rows;
    size_t count;

    *line = (struct erasure_line){.kind = kind};
    TRY(erasure_find(tx, mem, kind, subject, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct day over = retention_over(kind->class, rows[i].from, months), kept = day_plus(over, -1);

        if (over.n == DAY_NEVER.n && rows[i].from.n == RETENTION_NOT_BEGUN.n) {
            line->open++;
        } else if (over.n == DAY_NEVER.n) {
            line->later++;
        } else if (!day_before(today, over)) {
            line->now++;
        } else {
            line->later++;
            line->first = line->first.n ? day_earlier(line->first, kept) : kept;
            line->last = day_later(line->last, kept);
        }
    }
    return DONE;
}

static enum outcome look_for(struct db_tx *tx, struct shop *shop, void *mem, struct erasure_look *look,
                             struct problem *why)
{
    int months = identity_months(shop, look->subject.brand);

    look->line_count = 0;
    for (size_t i = 0; i < ERASURE_KIND_COUNT; i++) {
        struct erasure_line *line = &look->lines[look->line_count];

        TRY(look_at(tx, mem, months, &ERASURE_KINDS[i], &look->subject, line));
        look->line_count += line->now || line->later || line->open;
    }
    if (look->line_count == 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return erasure_obstacles(tx, mem, &look->subject, &look->obstacles, &look->obstacle_count);
}

/* ---- Who it is ---- */

enum outcome erasure_seek_account(struct db_tx *tx, struct shop *shop, void *mem, int64_t account_id,
                                  struct erasure_look *look, struct problem *why)
{
    struct account_profile profile;
    struct account account;
    enum outcome o = account_by_id(tx, mem, account_id, &account);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    o = account_profile_of(tx, mem, account_id, &profile);
    if (o != DONE && o != REFUSED)
        return o;
    *look = (struct erasure_look){.ref = talloc_asprintf(mem, "account:%" PRId64, account_id), .name = account.name};
    look->subject = (struct erasure_subject){.brand = account.brand, .account_id = account_id, .tax_code = ""};
    if (o == DONE)
        look->subject.tax_code = profile.billing.tax_code[0] ? profile.billing.tax_code : profile.billing.vat_number;
    return look_for(tx, shop, mem, look, why);
}

enum outcome erasure_seek_holder(struct db_tx *tx, struct shop *shop, void *mem, int64_t holder_id, const char *brand,
                                 struct erasure_look *look, struct problem *why)
{
    struct erasure_holder h;
    enum outcome o = erasure_holder_by_id(tx, mem, holder_id, &h);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    *look = (struct erasure_look){.ref = talloc_asprintf(mem, "holder:%" PRId64, holder_id), .name = h.name};
    look->subject = (struct erasure_subject){.brand = brand, .tax_code = h.tax_code};
    return look_for(tx, shop, mem, look, why);
}

static enum outcome seek_ref(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                             struct erasure_look *look, struct problem *why)
{
    int64_t account = json_integer_value(json_object_get(data, "account"));
    const char *brand = json_string_value(json_object_get(data, "brand"));

    if (account)
        return erasure_seek_account(tx, shop, mem, account, look, why);
    return erasure_seek_holder(tx, shop, mem, json_integer_value(json_object_get(data, "holder")),
                               talloc_strdup(mem, brand), look, why);
}

enum outcome erasure_seek(struct db_tx *tx, struct shop *shop, void *mem, const char *typed, const char *brand,
                          struct erasure_look *look, struct problem *why)
{
    struct erasure_found found;
    enum outcome o = erasure_who(tx, mem, typed, brand, &found);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "person", "%s", "");
    TRY(o);
    return found.account_id ? erasure_seek_account(tx, shop, mem, found.account_id, look, why)
                            : erasure_seek_holder(tx, shop, mem, found.holder_id, brand, look, why);
}

/* ---- Asking ---- */

bool erasure_is_anything(const struct erasure_look *look)
{
    for (size_t i = 0; i < look->line_count; i++)
        if (look->lines[i].kind->erase && (look->lines[i].now || look->lines[i].later))
            return true;
    return false;
}

/* Neither the title nor the data name the person: they stay when the person is gone. */
enum outcome erasure_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct erasure_look *look,
                         const char *reason, const struct actor *actor, bool *waits, struct problem *why)
{
    int64_t number = strtoll(strchr(look->ref, ':') + 1, NULL, 10), id;
    bool account = look->subject.account_id != 0;
    json_t *data =
        json_pack("{s:I, s:s}", account ? "account" : "holder", (json_int_t)number, "brand", look->subject.brand);
    const struct approval_ask ask = {
        .kind = &APPROVE_ERASURE,
        .brand = look->subject.brand,
        .subject = look->ref,
        .title = talloc_asprintf(mem,
                                 account ? N_("Cancellazione dei dati dell'utenza n. %lld")
                                         : N_("Cancellazione dei dati del titolare n. %lld"),
                                 (long long)number),
        .link = account ? talloc_asprintf(mem, "/office/clienti/%" PRId64 "/cancellazione", number) : NULL,
        .reason = reason,
        .data = data,
        .actor = *actor,
    };
    enum outcome o = refuse_obstacles(look, why);

    if (o == DONE && !erasure_is_anything(look))
        o = problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (o == DONE && (!reason || text_is_blank(reason)))
        o = problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    if (o == DONE)
        o = approval_ask(tx, shop, mem, &ask, &id, waits, why);
    json_decref(data);
    return o;
}
