/* shop/operator_change.c: operators get another role or brand, or are let in no more. Whoever takes away an owner needs
 * a second person, so that nobody can throw out the others alone. */
#include "base/i18n.h"
#include "shop/approval.h"
#include "store/operator_factor.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define OWNER "owner"

static enum outcome note(struct db_tx *tx, const struct operator* o, const struct actor *actor, const char *kind,
                         json_t *data)
{
    enum outcome outcome;

    json_object_set_new(data, "operator", json_integer(o->id));
    json_object_set_new(data, "email", json_string(o->email));
    outcome = event_record(tx, o->brand, actor, kind, 0, 0, data);
    json_decref(data);
    return outcome;
}

static enum outcome disable(struct db_tx *tx, const struct operator* o, const struct actor *actor)
{
    bool changed;

    TRY(operator_disabled(tx, o->id, &changed));
    if (!changed)
        return DONE;
    TRY(operator_links_spend(tx, o->id));
    TRY(operator_entries_delete_of(tx, o->id));
    TRY(operator_sessions_delete_of(tx, o->id));
    return note(tx, o, actor, "operator.disabled", json_object());
}

static enum outcome give_role(struct db_tx *tx, const struct operator* o, const char *role, const char *brand,
                              const struct actor *actor)
{
    if (strcmp(o->role, role) == 0 && strcmp(o->brand, brand) == 0)
        return DONE;
    TRY(operator_set_role(tx, o->id, role, brand));
    return note(tx, o, actor, "operator.changed",
                json_pack("{s:s, s:s, s:s, s:s}", "role", role, "brand", brand, "role_before", o->role, "brand_before",
                          o->brand));
}

/* Whether nobody would be left to whom the desk belongs. */
static enum outcome keep_an_owner(struct db_tx *tx, const struct operator* o, struct problem *why)
{
    int64_t others;

    if (strcmp(o->role, OWNER) != 0 || o->brand[0])
        return DONE;
    TRY(operator_other_owners(tx, o->id, &others));
    return others > 0 ? DONE : problem_set(why, PROBLEM_LAST_OWNER, "", "%s", "");
}

static enum outcome find(struct db_tx *tx, void *mem, int64_t id, struct operator* o, struct problem *why)
{
    enum outcome outcome = operator_by_id(tx, mem, id, o);

    if (outcome == REFUSED || (outcome == DONE && o->disabled_at.us))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return outcome;
}

/* ---- An owner goes ---- */

static enum outcome owner_out(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data,
                              const struct actor *actor, const char *reason, struct problem *why)
{
    const char *role = json_string_value(json_object_get(data, "role"));
    const char *brand = json_string_value(json_object_get(data, "brand"));
    struct operator o;

    (void)shop;
    (void)reason;
    TRY(find(tx, mem, json_integer_value(json_object_get(data, "operator")), &o, why));
    TRY(keep_an_owner(tx, &o, why));
    return role && brand ? give_role(tx, &o, role, brand, actor) : disable(tx, &o, actor);
}

const struct approval_kind APPROVE_OWNER_OUT = {"owner_out", N_("Un responsabile in meno"), OFFICE_OPERATORS,
                                                OFFICE_OPERATORS, owner_out};

static enum outcome ask(struct db_tx *tx, struct shop *shop, void *mem, const struct operator* o,
                        const struct operator_change *change, bool *waits, struct problem *why)
{
    json_t *data = json_pack("{s:I, s:s, s:s}", "operator", (json_int_t)o->id, "email", o->email, "name", o->name);
    int64_t id;
    enum outcome outcome;

    if (!change->disable) {
        json_object_set_new(data, "role", json_string(change->role));
        json_object_set_new(data, "brand", json_string(change->brand));
    }
    outcome = approval_ask(
        tx, shop, mem,
        &(struct approval_ask){.kind = &APPROVE_OWNER_OUT,
                               .brand = o->brand,
                               .subject = talloc_asprintf(mem, "operator:%" PRId64, o->id),
                               .title = talloc_asprintf(
                                   mem, change->disable ? N_("Disabilitare %s") : N_("Cambiare ruolo a %s"), o->email),
                               .link = talloc_asprintf(mem, "/office/operatori/%" PRId64, o->id),
                               .reason = change->reason,
                               .data = data,
                               .actor = change->actor},
        &id, waits, why);
    json_decref(data);
    return outcome;
}

/* ---- Any operator ---- */

static enum outcome check(const struct shop *shop, const struct operator_change *wanted, struct problem *why)
{
    if (wanted->role && !operator_role_known(wanted->role))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "role", "%s", "");
    if (wanted->brand && wanted->brand[0] && !brand_by_id(shop->brands, wanted->brand))
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    return DONE;
}

enum outcome operator_change_in(struct db_tx *tx, struct shop *shop, void *mem, const struct operator_change *wanted,
                                bool *waits, struct problem *why)
{
    struct operator_change c = *wanted;
    struct operator o;

    *waits = false;
    TRY(check(shop, wanted, why));
    TRY(find(tx, mem, c.id, &o, why));
    c.role = c.role ? c.role : o.role;
    c.brand = c.brand ? c.brand : o.brand;
    if (strcmp(o.role, OWNER) == 0 && (c.disable || strcmp(c.role, OWNER) != 0 || strcmp(c.brand, o.brand) != 0)) {
        TRY(keep_an_owner(tx, &o, why));
        return ask(tx, shop, mem, &o, &c, waits, why);
    }
    return c.disable ? disable(tx, &o, &c.actor) : give_role(tx, &o, c.role, c.brand, &c.actor);
}

struct work {
    struct shop *shop;
    void *mem;
    const struct operator_change *change;
    bool *waits;
    struct problem *why;
};

static enum outcome change(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    return operator_change_in(tx, w->shop, w->mem, w->change, w->waits, w->why);
}

enum outcome operator_change(struct shop *shop, void *mem, const struct operator_change *wanted, bool *waits,
                             struct problem *why)
{
    struct work w = {.shop = shop, .mem = mem, .change = wanted, .waits = waits, .why = why};

    return db_transaction(shop->db, "operator.change", change, &w);
}
