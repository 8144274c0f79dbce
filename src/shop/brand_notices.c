/* The part `notices` of brand.yaml: who is told when that a term ends, and when what is left of a mailbox goes (DOMAIN
 * §3.9). Without it the plan of the platform holds, as far as it fits the brand's grace. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

#define KEPT_AT_LEAST 15 /* days between the end of the service and the deletion of what is in the mailbox */
#define LAW_DAYS      30 /* art. 65-bis: who renews automatically is warned no later than this (L17) */

#define WORDS(key, member)                                                                                             \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct notices_file, member,             \
                               member##_count, &WORD, 1, 40)

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 20)};
static const cyaml_schema_field_t SPAN[] = {
    CYAML_FIELD_INT("months", CYAML_FLAG_OPTIONAL, struct span, months),
    CYAML_FIELD_INT("days", CYAML_FLAG_OPTIONAL, struct span, days),
    CYAML_FIELD_END,
};
const struct cyaml_schema_field BRAND_NOTICES[] = {
    WORDS("plan", plan),
    WORDS("to", to),
    CYAML_FIELD_STRING_PTR("registry_warning", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct notices_file,
                           registry_warning, 1, 20),
    CYAML_FIELD_MAPPING_PTR("delete_after", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct notices_file, delete_after,
                            SPAN),
    CYAML_FIELD_END,
};

static const char *const DEFAULT_PLAN[] = {"-3m", "-60", "-30", "-15",      "-7",     "-1",
                                           "0",   "+1",  "+15", "grace-15", "grace-1"};

/* At least so many days, whatever the months. */
static int shortest(struct span span)
{
    return span.months * 28 + span.days;
}

/* ---- The plan ---- */

static void add_step(struct brand_notices *n, const struct notice_step *step)
{
    n->steps = talloc_realloc(NULL, n->steps, struct notice_step, n->count + 1);
    n->steps[n->count++] = *step;
}

static void insert_step(struct brand_notices *n, size_t at, const struct notice_step *step)
{
    add_step(n, step);
    memmove(&n->steps[at + 1], &n->steps[at], (n->count - 1 - at) * sizeof n->steps[0]);
    n->steps[at] = *step;
}

/* Whether a step of the platform's plan fits: after the end only while there is a grace, and before the end of that
 * only after what comes after the end of the term. */
static bool fits(const struct notice_step *step, const struct renewal_policy *renewal)
{
    int grace = shortest(renewal->closes_after);

    if (step->kind == NOTICE_EXPIRED)
        return step->span.days == 1 || step->span.days < grace;
    return step->kind != NOTICE_GRACE || grace - step->span.days > 15;
}

static void read_plan(const struct notices_file *file, const struct renewal_policy *renewal, struct brand_notices *n,
                      struct brand_faults *f)
{
    unsigned count = file->plan ? file->plan_count : count_of(DEFAULT_PLAN);

    for (unsigned i = 0; i < count; i++) {
        const char *word = file->plan ? file->plan[i] : DEFAULT_PLAN[i];
        struct notice_step step;

        if (notice_step_read(word, &step, NULL) != DONE)
            brand_fault(f, talloc_asprintf(f->mem, "notices.plan[%u]", i),
                        N_("«%s» non è un passo: -3m, -60, 0, +1, grace-15"), word);
        else if (file->plan || fits(&step, renewal))
            add_step(n, &step);
    }
}

/* That a term is over is recorded on the day after, whether or not the plan has a mail for it. */
static void add_expired(struct brand_notices *n)
{
    static const struct notice_step UNTOLD = {.event = "+1", .kind = NOTICE_EXPIRED, .span = {.days = 1}};
    size_t at = 0;

    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->steps[i].event, "+1") == 0)
            return;
    while (at < n->count && n->steps[at].kind == NOTICE_EXPIRY)
        at++;
    insert_step(n, at, &UNTOLD);
}

/* M17: at the change of mode, wherever it falls among the others. */
static void add_mode(const struct renewal_policy *renewal, struct brand_notices *n)
{
    static const struct notice_step MODE = {.event = NOTICE_MODE_EVENT, .kind = NOTICE_MODE, .mailed = true};
    struct day some = day_of(2027, 1, 1);
    size_t at = 0;

    if (!day_before(term_allows(some, renewal).receive_until, renewal_window(some, renewal).closes_on) ||
        renewal->expired_mode != EXPIRED_RECEIVE_ONLY)
        return;
    while (at < n->count && day_before(notice_day(&n->steps[at], some, renewal), notice_day(&MODE, some, renewal)))
        at++;
    insert_step(n, at, &MODE);
}

/* Where the term renews itself the first step announces the charge, and the last one that the law still allows (A2). */
static void mark_charges(struct brand_notices *n)
{
    struct notice_step *last = NULL;

    for (size_t i = 0; i < n->count; i++)
        if (n->steps[i].kind == NOTICE_EXPIRY && shortest(n->steps[i].span) >= LAW_DAYS)
            last = &n->steps[i];
    if (last)
        n->steps[0].charge = last->charge = true;
}

/* ---- What can be wrong with it ---- */

/* Each step after the one before, for any end of a term: months and leap years move them. */
static bool in_order(const struct notice_step *a, const struct notice_step *b, const struct renewal_policy *renewal)
{
    struct day first = day_of(2027, 1, 1);

    for (int i = 0; i < 4 * 366; i++)
        if (!day_before(notice_day(a, day_plus(first, i), renewal), notice_day(b, day_plus(first, i), renewal)))
            return false;
    return true;
}

static void check_order(const struct brand_notices *n, const struct renewal_policy *renewal, struct brand_faults *f)
{
    for (size_t i = 1; i < n->count; i++)
        if (in_order(&n->steps[i - 1], &n->steps[i], renewal))
            continue;
        else if (n->steps[i - 1].kind == NOTICE_MODE || n->steps[i].kind == NOTICE_MODE)
            brand_fault(f, "notices.plan",
                        N_("«%s» non può cadere nel giorno in cui la casella smette di ricevere, che ha il suo avviso "
                           "(receives_for)"),
                        n->steps[n->steps[i].kind == NOTICE_MODE ? i - 1 : i].event);
        else
            brand_fault(f, "notices.plan", N_("«%s» deve venire dopo «%s», per ogni scadenza"), n->steps[i].event,
                        n->steps[i - 1].event);
}

static void check_plan(const struct brand_notices *n, const struct renewal_policy *renewal, struct brand_faults *f)
{
    int grace = shortest(renewal->closes_after);
    bool before = false, after = false;

    for (size_t i = 0; i < n->count; i++) {
        const struct notice_step *s = &n->steps[i];

        before = before || (s->kind == NOTICE_EXPIRY && s->mailed);
        after = after || (s->kind != NOTICE_EXPIRY && s->mailed);
        if (s->kind == NOTICE_EXPIRED && shortest(s->span) > grace && strcmp(s->event, "+1") != 0)
            brand_fault(f, "notices.plan", N_("«%s» cade dopo la fine del periodo per rinnovare (closes_after)"),
                        s->event);
        if (s->kind == NOTICE_GRACE && shortest(s->span) >= grace)
            brand_fault(f, "notices.plan", N_("«%s» cade prima della scadenza: closes_after è troppo breve"), s->event);
    }
    if (!before)
        brand_fault(f, "notices.plan", N_("serve almeno un avviso prima della scadenza o nel suo giorno"));
    if (!after)
        brand_fault(f, "notices.plan", N_("serve almeno un avviso dopo la scadenza, ad esempio +1"));
}

/* ---- The rest ---- */

static void read_readers(const struct notices_file *file, struct brand_notices *n, struct brand_faults *f)
{
    n->to_holder = n->to_account = file->to == NULL;
    for (unsigned i = 0; file->to && i < file->to_count; i++) {
        if (strcmp(file->to[i], "holder") == 0)
            n->to_holder = true;
        else if (strcmp(file->to[i], "account") == 0)
            n->to_account = true;
        else
            brand_fault(f, talloc_asprintf(f->mem, "notices.to[%u]", i), N_("«%s» non è tra i valori previsti: %s"),
                        file->to[i], "holder, account");
    }
}

static void read_warning(const char *word, struct brand_notices *n, struct brand_faults *f)
{
    n->registry_warning = REGISTRY_ALL; /* private persons have to hear of it too: L12 */
    if (!word || strcmp(word, "all") == 0)
        return;
    if (strcmp(word, "business") == 0)
        n->registry_warning = REGISTRY_BUSINESS;
    else if (strcmp(word, "none") == 0)
        n->registry_warning = REGISTRY_NONE;
    else
        brand_fault(f, "notices.registry_warning", N_("«%s» non è tra i valori previsti: %s"), word,
                    "business, all, none");
}

void brand_notices_read(void *mem, const struct notices_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_notices *n = &brand->notices;
    const struct renewal_policy *renewal = &brand->renewal;
    size_t before = f->count;

    read_plan(file, renewal, n, f);
    add_expired(n);
    add_mode(renewal, n);
    mark_charges(n);
    talloc_steal(mem, n->steps);
    read_readers(file, n, f);
    read_warning(file->registry_warning, n, f);
    /* Where the service stops with no grace, what is in the mailbox is still kept for a while. */
    n->delete_after = file->delete_after                     ? *file->delete_after
                      : shortest(renewal->closes_after) == 0 ? (struct span){.days = 90}
                                                             : (struct span){0};
    if (n->delete_after.months < 0 || n->delete_after.months > 120 || n->delete_after.days < 0 ||
        n->delete_after.days > 3650)
        brand_fault(f, "notices.delete_after", N_("tra 0 e 120 mesi, e tra 0 e 3650 giorni"));
    else if (shortest(renewal->closes_after) + shortest(n->delete_after) < KEPT_AT_LEAST)
        brand_fault(
            f, "notices.delete_after",
            N_("tra la scadenza e la cancellazione devono passare almeno %d giorni (closes_after e delete_after "
               "insieme)"),
            KEPT_AT_LEAST);
    if (f->count > before)
        return;
    check_order(n, renewal, f);
    if (f->count == before)
        check_plan(n, renewal, f);
}
