#include "shop/wizard.h"
#include "base/text.h"
#include "store/bounce.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Keeping ---- */

enum outcome wizard_load(struct db_tx *tx, void *mem, const struct brand *brand, const char *owner, const char *id,
                         struct wizard *w, char **code, struct problem *why)
{
    enum outcome o;
    struct order order;

    *code = NULL;
    if (strlen(id) != WIZARD_ID || strspn(id, "0123456789abcdef") != WIZARD_ID)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    o = wizard_by_id(tx, mem, id, w);
    if (o == REFUSED) {
        *w = (struct wizard){
            .id = talloc_strdup(mem, id), .brand = (char *)brand->id, .owner = (char *)owner, .answers = (char *)"{}"};
        return DONE;
    }
    TRY(o);
    if (strcmp(w->owner, owner) != 0 || strcmp(w->brand, brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (w->order_id) {
        TRY(order_by_id(tx, mem, w->order_id, &order));
        *code = order.code;
    }
    return DONE;
}

static json_t *parse(const char *answers)
{
    json_t *object = json_loads(answers, 0, NULL);

    return object ? object : json_object();
}

/* The others may be ordered by now, or are in an order of their own. What was typed to lose an archive is typed anew.
 */
static void keep_only(json_t *lines, int64_t mailbox_id)
{
    for (size_t i = json_array_size(lines); i-- > 0;) {
        json_t *line = json_array_get(lines, i);

        json_object_del(line, "consent");
        if (json_integer_value(json_object_get(line, "mailbox")) != mailbox_id)
            json_array_remove(lines, i);
    }
}

enum outcome wizard_before(struct db_tx *tx, void *mem, const struct brand *brand, const char *owner,
                           int64_t mailbox_id, json_t **answers)
{
    static const char *const NOT_AGAIN[] = {"contract", "summary"};
    struct wizard before;
    enum outcome o = wizard_latest(tx, mem, brand->id, owner, mailbox_id, &before);

    *answers = NULL;
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    *answers = parse(before.answers);
    for (size_t i = 0; i < count_of(NOT_AGAIN); i++)
        json_object_del(*answers, NOT_AGAIN[i]);
    json_object_del(json_object_get(*answers, "payment"), "autorenew");
    keep_only(json_object_get(*answers, "lines"), mailbox_id);
    return DONE;
}

static json_t *merged(const char *answers, const json_t *changes)
{
    json_t *all = parse(answers), *value;
    const char *name;

    json_object_foreach((json_t *)changes, name, value)
    {
        if (json_is_null(value))
            json_object_del(all, name);
        else
            json_object_set(all, name, value);
    }
    return all;
}

enum outcome wizard_answer(struct db_tx *tx, void *mem, const struct wizard *wizard, const json_t *changes,
                           struct problem *why)
{
    struct wizard now;
    enum outcome o = wizard_by_id(tx, mem, wizard->id, &now);
    struct wizard_lines lines;
    json_t *all;
    char *text;

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED)
        now = *wizard;
    if (now.order_id || strcmp(now.owner, wizard->owner) != 0)
        return problem_set(why, PROBLEM_FORM_EXPIRED, "", "%s", "");
    all = merged(now.answers, changes);
    lines = wizard_lines_read(mem, all);
    text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(all);
    if (now.version && strcmp(text, now.answers) == 0) { /* sent twice, or looked over again */
        free(text);
        return DONE;
    }
    now.answers = talloc_strdup(mem, text);
    free(text);
    now.mailbox_id = lines.count ? lines.all[0].mailbox_id : 0;
    return wizard_keep(tx, &now);
}

/* ---- The mailboxes ---- */

struct wizard_lines wizard_lines_read(void *mem, const json_t *answers)
{
    const json_t *list = json_object_get(answers, "lines");
    struct wizard_lines lines = {.all = talloc_zero_array(mem, struct cart_line, (unsigned)json_array_size(list) + 1)};

    for (size_t i = 0; i < json_array_size(list) && i < ORDER_MAILBOXES; i++) {
        struct cart_line *line = &lines.all[lines.count++];
        const json_t *row = json_array_get(list, i);
        const char *plan = json_string_value(json_object_get(row, "plan"));
        const char *consent = json_string_value(json_object_get(row, "consent"));

        *line = (struct cart_line){.mailbox_id = json_integer_value(json_object_get(row, "mailbox")),
                                   .years = json_integer_value(json_object_get(row, "years")),
                                   .extra_gb = json_integer_value(json_object_get(row, "extra_gb")),
                                   .extra_archive_gb = json_integer_value(json_object_get(row, "extra_archive_gb")),
                                   .plan = talloc_strdup(lines.all, plan ? plan : ""),
                                   .consent = talloc_strdup(lines.all, consent ? consent : "")};
    }
    return lines;
}

json_t *wizard_lines_write(const struct wizard_lines *lines)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lines->count; i++)
        json_array_append_new(
            list, json_pack("{s:I, s:I, s:I, s:I, s:s, s:s}", "mailbox", (json_int_t)lines->all[i].mailbox_id, "years",
                            (json_int_t)lines->all[i].years, "extra_gb", (json_int_t)lines->all[i].extra_gb,
                            "extra_archive_gb", (json_int_t)lines->all[i].extra_archive_gb, "plan", lines->all[i].plan,
                            "consent", lines->all[i].consent ? lines->all[i].consent : ""));
    return list;
}

static enum outcome price(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                          const char *language, const struct wizard_lines *lines, struct cart *cart)
{
    struct cart_line *chosen = talloc_zero_array(mem, struct cart_line, (unsigned)lines->count + 1);

    for (size_t i = 0; i < lines->count; i++) {
        chosen[i] = lines->all[i];
        if (!chosen[i].plan[0])
            chosen[i].extra_gb = chosen[i].extra_archive_gb = EXTRA_GB_AS_HELD;
    }
    return cart_price(tx, mem, brand, who, language, chosen, lines->count, cart);
}

/* Whether something was taken out. A mailbox that is out of sight is out of the cart, too. */
static bool take_out(struct wizard_lines *lines, const struct cart *cart)
{
    bool changed = false;

    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_item *item = &cart->items[i];
        struct cart_line *line = lines->all;

        while (line < lines->all + lines->count && line->mailbox_id != item->mailbox.id)
            line++;
        if (!item->refused || line == lines->all + lines->count)
            continue;
        if (strcmp(item->why.field, "years") == 0 && line->years) {
            line->years = 0;
            changed = true;
        } else if ((strcmp(item->why.field, "plan") == 0 || strcmp(item->why.field, "extra_gb") == 0 ||
                    strcmp(item->why.field, "extra_archive_gb") == 0) &&
                   line->plan[0]) {
            line->plan = (char *)"";
            changed = true;
        }
    }
    return changed;
}

enum outcome wizard_price(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                          const char *language, struct wizard_lines *lines, struct cart *cart)
{
    TRY(price(tx, mem, brand, who, language, lines, cart));
    for (int tries = 0; tries < 2 && take_out(lines, cart); tries++) /* years, then what depends on the plan */
        TRY(price(tx, mem, brand, who, language, lines, cart));
    return DONE;
}

/* ---- Ordering ---- */

static enum outcome record_consent(struct db_tx *tx, const struct order_request *request, const struct order *order,
                                   struct instant accepted_at)
{
    char at[INSTANT_TEXT];
    json_t *data = json_pack("{s:s, s:s, s:s}", "version", order->terms_version, "sha256", order->terms_sha256,
                             "accepted_at", instant_rfc3339(accepted_at, at));
    enum outcome o =
        event_record(tx, order->brand, &request->actor, "terms.accepted", order->id, order->mailbox_id, data);

    json_decref(data);
    return o;
}

static bool same_contact(const struct billing *a, const struct billing *b)
{
    return text_same(a->email, b->email) && text_same(a->street, b->street) && text_same(a->postcode, b->postcode) &&
           text_same(a->city, b->city) && text_same(a->province, b->province) && text_same(a->country, b->country) &&
           text_same(a->sdi_code, b->sdi_code) && text_same(a->sdi_pec, b->sdi_pec);
}

/* R157: how the holder is reached. Who it is does not change here. */
static enum outcome write_holder(struct db_tx *tx, void *mem, const struct order_request *request,
                                 const struct billing *contact, const struct order *order)
{
    for (size_t i = 0; i < request->line_count; i++) {
        struct mailbox m;
        bool dropped;

        TRY(mailbox_by_address(tx, mem, request->lines[i].address, &m));
        if (!text_same(m.holder.tax_code, contact->tax_code) || same_contact(&m.holder, contact))
            continue;
        TRY(holder_set_contact(tx, &m, contact));
        if (m.contact_bounced && !text_same(m.holder.email, contact->email))
            TRY(bounce_drop(tx, m.brand, m.holder.email, &dropped));
        TRY(event_record(tx, m.brand, &request->actor, "holder.contact_changed", order->id, m.id, NULL));
    }
    return DONE;
}

static enum outcome associate(struct db_tx *tx, void *mem, const struct order_request *request, const char *email,
                              const struct order *order)
{
    struct account account;
    enum outcome o = account_by_email(tx, mem, request->brand->id, text_lower(mem, email), &account);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    for (size_t i = 0; i < request->line_count; i++) {
        struct mailbox m;

        TRY(mailbox_by_address(tx, mem, request->lines[i].address, &m));
        if (m.account_id)
            continue;
        TRY(mailbox_set_account(tx, m.id, account.id));
        TRY(event_record(tx, m.brand, &request->actor, "mailbox.associated", order->id, m.id, NULL));
    }
    return DONE;
}

enum outcome wizard_place(struct db_tx *tx, void *mem, const struct wizard *wizard,
                          const struct wizard_consent *consent, struct order_request *request,
                          struct placed_order *placed, struct problem *why)
{
    struct wizard now;
    enum outcome o = wizard_by_id(tx, mem, wizard->id, &now);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_FORM_EXPIRED, "", "%s", "");
    TRY(o);
    if (!now.order_id && now.version != consent->version)
        return problem_set(why, PROBLEM_WIZARD_CHANGED, "", "%s", "");
    request->form_token = wizard->id;
    TRY(place_order(tx, mem, request, placed, why));
    if (placed->found)
        return DONE;
    if (consent->accepted_at.us)
        TRY(record_consent(tx, request, &placed->order, consent->accepted_at));
    if (consent->holder)
        TRY(write_holder(tx, mem, request, consent->holder, &placed->order));
    if (consent->account)
        TRY(associate(tx, mem, request, consent->account, &placed->order));
    return wizard_ordered(tx, wizard->id, placed->order.id);
}
