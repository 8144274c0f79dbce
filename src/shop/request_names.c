/* The form checked as a whole, and Valida: the first of the three names that is free is held (R46-R49, M2, M3). */
#include "base/text.h"
#include "rules/profile.h"
#include "rules/taxid.h"
#include "shop/request_parts.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- The form ---- */

static const char *trimmed(void *mem, const char *typed)
{
    const char *text = typed ? typed : "";

    return text_is_plain(text, strlen(text)) ? text_trim(mem, text) : text;
}

static void check_phone(void *mem, struct request *r, struct problems *all)
{
    r->phone = (char *)trimmed(mem, r->phone);
    if (!r->phone[0])
        (void)!problems_add(all, PROBLEM_REQUIRED, "phone", "%s", "");
    else if (!phone_valid(r->phone))
        (void)!problems_add(all, PROBLEM_PHONE, "phone", "%s", "");
}

static void check_signer_code(void *mem, struct request *r, struct problems *all)
{
    struct problem why;

    r->signer_tax_code = taxid_clean(mem, r->signer_tax_code);
    if (!r->signer_tax_code[0]) {
        if (!r->holder.country[0] || strcmp(r->holder.country, "IT") == 0) /* who signs abroad may have none */
            (void)!problems_add(all, PROBLEM_REQUIRED, "signer_tax_code", "%s", "");
    } else if (strlen(r->signer_tax_code) != 16) { /* a person's */
        (void)!problems_add(all, PROBLEM_TAX_CODE_FORMAT, "signer_tax_code", "%s", "");
    } else if (tax_code_check(r->signer_tax_code, "signer_tax_code", &why) != DONE) {
        (void)!problems_add(all, why.code, why.field, "%s", why.detail);
    }
}

static void check_signer(void *mem, struct request *r, struct problems *all)
{
    if (r->holder.kind != HOLDER_COMPANY && r->holder.kind != HOLDER_PUBLIC_BODY) {
        r->signer_name = r->signer_tax_code = (char *)"";
        return;
    }
    r->signer_name = (char *)trimmed(mem, r->signer_name);
    if (!r->signer_name[0])
        (void)!problems_add(all, PROBLEM_REQUIRED, "signer_name", "%s", "");
    else if (!text_is_plain(r->signer_name, strlen(r->signer_name)))
        (void)!problems_add(all, PROBLEM_NOT_TEXT, "signer_name", "%s", "");
    else if (text_characters(r->signer_name) > 80)
        (void)!problems_add(all, PROBLEM_TOO_LONG, "signer_name", "%d", 80);
    check_signer_code(mem, r, all);
}

enum outcome request_check_holder(void *mem, struct request *request, struct problems *all)
{
    size_t before = all->count;

    (void)!billing_check(mem, &request->holder, all);
    request->holder_kind = (char *)holder_kind_name((enum holder_kind)request->holder.kind);
    check_phone(mem, request, all);
    check_signer(mem, request, all);
    return all->count == before ? DONE : REFUSED;
}

enum outcome request_check(void *mem, const struct brand *brand, struct day today, struct request *request,
                           struct problems *all)
{
    size_t before = all->count;
    struct purchase_quote quote;
    struct problem why;

    if (purchase_quote(brand, request->plan, request->years, today, &quote, &why) != DONE)
        (void)!problems_add(all, why.code, why.field, "%s", why.detail);
    (void)!request_check_holder(mem, request, all);
    return all->count == before ? DONE : REFUSED;
}

/* ---- The names ---- */

static char *address_of(void *mem, const struct brand *brand, const char *name)
{
    return talloc_asprintf(mem, "%s@%s", name, brand->domain);
}

static bool has_fault(const struct problems *all, const char *field)
{
    for (size_t i = 0; i < all->count && i < count_of(all->item); i++)
        if (strcmp(all->item[i].field, field) == 0)
            return true;
    return false;
}

/* Whose name it would be counts for one that was deleted (L5), so it is only looked at with a good tax code. *free is
 * the first that may be had, NAMES where none. */
static enum outcome look(struct db_tx *tx, void *mem, const struct brand *brand, const struct request *r,
                         char names[NAMES][NAME_TEXT], struct validated *v, int *free)
{
    *free = NAMES;
    if (has_fault(&v->faults, "tax_code"))
        return DONE;
    v->looked = true;
    for (int i = 0; i < NAMES; i++) {
        TRY(name_look(tx, address_of(mem, brand, names[i]), r->holder.tax_code, r->id, &v->verdict[i]));
        if (v->verdict[i] == NAME_FREE && *free == NAMES)
            *free = i;
    }
    for (int i = 0; i < NAMES && *free == NAMES; i++) {
        char field[16];

        snprintf(field, sizeof field, "name_%d", i + 1);
        (void)!problems_add(&v->faults, PROBLEM_NAME_TAKEN, field, "%s", "");
    }
    return DONE;
}

static enum outcome note_held(struct db_tx *tx, const struct request *r, const struct actor *actor,
                              const struct validated *v)
{
    json_t *data = json_pack("{s:I, s:s}", "request", (json_int_t)r->id, "address", v->address);
    enum outcome o = event_record(tx, r->brand, actor, "request.reserved", 0, 0, data);

    json_decref(data);
    return o;
}

static enum outcome hold(struct db_tx *tx, void *mem, const struct brand *brand, const struct actor *actor,
                         struct request *r, const char *name, struct validated *v)
{
    bool held;

    v->address = address_of(mem, brand, name);
    v->held_until = instant_plus(db_now(tx), MINUTES(brand->purchase.hold_minutes));
    TRY(name_hold(tx, v->address, r->id, v->held_until, &held));
    if (!held)
        return BUSY; /* somebody else's, since it was looked at */
    r->held_name = talloc_strdup(mem, name);
    TRY(request_keep(tx, r, REQUEST_EVENT_HOLD, NULL));
    return note_held(tx, r, actor, v);
}

enum outcome names_validate(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id,
                            int64_t request_id, const struct actor *actor, struct request *request, struct validated *v,
                            struct problem *why)
{
    char names[NAMES][NAME_TEXT];
    struct request checked;
    int free = NAMES;

    *v = (struct validated){0};
    TRY(request_load_draft(tx, mem, brand, account_id, request_id, request, why));
    checked = *request;
    (void)!request_check(mem, brand, db_today(tx), &checked, &v->faults);
    if (names_check((const char *const *)request->name, names, &v->faults) == DONE)
        TRY(look(tx, mem, brand, &checked, names, v, &free));
    if (v->faults.count == 0) {
        for (int i = 0; i < NAMES; i++)
            checked.name[i] = talloc_strdup(mem, names[i]);
        *request = checked;
        return hold(tx, mem, brand, actor, request, names[free], v);
    }
    return v->looked && free == NAMES && request->state == REQUEST_RESERVED ? request_lose_name(tx, request) : DONE;
}

/* ---- A look without a request ---- */

enum outcome names_look(struct db_tx *tx, void *mem, const struct brand *brand, const char *const *names, size_t count,
                        struct name_answer *answers)
{
    for (size_t i = 0; i < count; i++) {
        struct name_answer *a = &answers[i];
        enum name_verdict verdict;
        char name[NAME_TEXT];

        *a = (struct name_answer){.typed = talloc_strdup(mem, names[i])};
        if (name_check(names[i], "", name, &a->fault) != DONE)
            continue;
        a->name = talloc_strdup(mem, name);
        a->address = address_of(mem, brand, name);
        TRY(name_look(tx, a->address, "", 0, &verdict));
        if (verdict != NAME_FREE)
            (void)problem_set(&a->fault, PROBLEM_NAME_TAKEN, "", "%s", "");
    }
    return DONE;
}
