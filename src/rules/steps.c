#include "rules/steps.h"
#include "base/i18n.h"
#include "base/text.h"
#include <string.h>

#define ALL_BUT(things) (~(unsigned)(things) & (STEP_ORDER - 1))

static const struct step STEPS[] = {
    {"choose", NULL, N_("Durata"), STEP_TYPE | STEP_TERM, 0, 0, true},
    {"cart", NULL, N_("Carrello"), STEP_SEEN, STEP_TERM, 0, true},
    {"checkout", NULL, N_("Dati e pagamento"), STEP_BILLING | STEP_METHOD | STEP_TERMS | STEP_ORDER, STEP_TERM,
     STEP_SEEN, true},
    {"lookup", "casella", N_("Casella"), STEP_MAILBOX, 0, 0, false},
    {"years", "anni", N_("Anni"), STEP_TERM, STEP_MAILBOX, STEP_TYPE, false},
    {"funds", "modo", N_("Pagamento"), STEP_FUNDS, STEP_MAILBOX | STEP_TERM, 0, false},
    {"means", "mezzo", N_("Mezzo"), STEP_METHOD, STEP_MAILBOX | STEP_FUNDS, 0, false},
    {"voucher", "modulo", N_("Modulo"), STEP_TERMS | STEP_SEEN | STEP_ORDER,
     STEP_MAILBOX | STEP_TERM | STEP_FUNDS | STEP_METHOD, ALL_BUT(STEP_SEEN | STEP_TERMS), false},
    {"type", "tipo", N_("Tipo"), STEP_TYPE, STEP_MAILBOX, 0, false},
    {"holder", "intestatario", N_("Intestatario"), STEP_HOLDER | STEP_BILLING, STEP_MAILBOX, 0, false},
    {"billing", "fatturazione", N_("Fatturazione"), STEP_BILLING, STEP_MAILBOX, 0, false},
    {"payment", "pagamento", N_("Pagamento"), STEP_METHOD, STEP_MAILBOX, 0, false},
    {"term", "durata", N_("Durata"), STEP_TERM, STEP_MAILBOX, STEP_TYPE, false},
    {"contract", "condizioni", N_("Condizioni"), STEP_TERMS, STEP_MAILBOX, 0, false},
    {"summary", "riepilogo", N_("Riepilogo"), STEP_SEEN, STEP_MAILBOX | STEP_TERM, ALL_BUT(STEP_SEEN | STEP_TERMS),
     false},
    {"confirm", "conferma", N_("Controllo"), STEP_ORDER, STEP_MAILBOX | STEP_TERM | STEP_METHOD | STEP_TERMS,
     ALL_BUT(0), false},
    {"confirmed", NULL, N_("Conferma"), STEP_END, STEP_ORDER, 0, false},
};

#define EVERY_ORDER (STEP_TERM | STEP_METHOD | STEP_TERMS | STEP_ORDER)

/* What an order cannot do without, and the step that is proposed for it. */
static const struct {
    unsigned thing;
    const char *cart, *wizard;
} MUST[] = {
    {STEP_TERM, "choose", "term"},
    {STEP_METHOD, "checkout", "payment"},
    {STEP_TERMS, "checkout", "contract"},
    {STEP_ORDER, "checkout", "confirm"},
};

const struct step *step_at(size_t index)
{
    return index < count_of(STEPS) ? &STEPS[index] : NULL;
}

const struct step *step_by_name(const char *name)
{
    for (size_t i = 0; i < count_of(STEPS); i++)
        if (strcmp(STEPS[i].name, name) == 0)
            return &STEPS[i];
    return NULL;
}

const struct step *step_by_path(const char *path)
{
    for (size_t i = 0; i < count_of(STEPS); i++)
        if (STEPS[i].path && strcmp(STEPS[i].path, path) == 0)
            return &STEPS[i];
    return NULL;
}

bool steps_by_cart(const char *const *names)
{
    for (; *names; names++)
        if (step_by_name(*names)->cart)
            return true;
    return false;
}

/* ---- What is wrong with a list ---- */

struct looking {
    const char *const *names;
    size_t count;
    unsigned given; /* by nobody but the list: before the first step */
    struct step_fault *faults;
    size_t found, most;
};

static void tell(struct looking *l, enum step_wrong wrong, int at, const char *other)
{
    for (size_t i = 0; i < l->found; i++) /* one step may be missing for more than one reason */
        if (l->faults[i].wrong == wrong && l->faults[i].at == at && strcmp(l->faults[i].other, other) == 0)
            return;
    if (l->found < l->most)
        l->faults[l->found++] = (struct step_fault){wrong, at, at < 0 ? "" : l->names[at], other};
}

/* The first step from `from` on, before `to`, that gives any of this; NULL: none. */
static const struct step *giver(const struct looking *l, size_t from, size_t to, unsigned things)
{
    for (size_t i = from; i < to; i++) {
        const struct step *s = step_by_name(l->names[i]);

        if (s->gives & things)
            return s;
    }
    return NULL;
}

static const char *who_gives(unsigned thing, bool by_cart)
{
    for (size_t i = 0; i < count_of(STEPS); i++)
        if (STEPS[i].cart == by_cart && (STEPS[i].gives & thing))
            return STEPS[i].name;
    return "";
}

static void look_at(struct looking *l, size_t at, bool by_cart)
{
    const struct step *s = step_by_name(l->names[at]), *other;

    if (s->cart != by_cart && !(s->gives & STEP_END))
        tell(l, STEP_MIXED, (int)at, "");
    if ((other = giver(l, 0, at, s->gives)))
        tell(l, STEP_TWICE, (int)at, other->name);
    if (!(s->gives & STEP_END) && (other = giver(l, 0, at, STEP_ORDER)))
        tell(l, STEP_LATE, (int)at, other->name);
    if ((s->gives & STEP_END) && at + 1 < l->count)
        tell(l, STEP_ENDS, (int)at, s->name);
    for (unsigned thing = 1; thing <= STEP_END; thing <<= 1)
        if (((s->needs | s->after) & thing) && !(l->given & thing) && !giver(l, 0, at, thing) &&
            (other = giver(l, at + 1, l->count, thing)))
            tell(l, STEP_EARLY, (int)at, other->name);
        else if ((s->needs & thing & ~(unsigned)EVERY_ORDER) && !(l->given & thing) && !giver(l, 0, at, thing))
            tell(l, STEP_LACKS, (int)at, who_gives(thing, by_cart));
}

size_t steps_faults(const char *const *names, bool fixed_term, struct step_fault *faults, size_t most)
{
    struct looking l = {.names = names, .faults = faults, .most = most, .given = fixed_term ? STEP_TERM : 0};
    bool by_cart = steps_by_cart(names);

    while (names[l.count])
        l.count++;
    if (!giver(&l, 0, l.count, STEP_MAILBOX)) /* one comes in with it */
        l.given |= STEP_MAILBOX;
    for (size_t i = 0; i < l.count; i++)
        look_at(&l, i, by_cart);
    for (size_t i = 0; i < count_of(MUST); i++)
        if (!(l.given & MUST[i].thing) && !giver(&l, 0, l.count, MUST[i].thing))
            tell(&l, STEP_MISSING, -1, by_cart ? MUST[i].cart : MUST[i].wizard);
    return l.found;
}

/* ---- Where one is ---- */

enum outcome step_may_open(const char *const *names, const bool *done, const char *wanted, const char **missing)
{
    *missing = NULL;
    for (size_t i = 0; names[i] && strcmp(names[i], wanted) != 0; i++)
        if (!done[i]) {
            *missing = names[i];
            return REFUSED;
        }
    return DONE;
}
