#include "rules/cheque.h"
#include "base/i18n.h"
#include "base/naming.h"
#include "base/text.h"
#include "rules/code.h"

#define CLEARING_WORKDAYS 4

static const struct naming KINDS[CHEQUE_KINDS] = {
    [CHEQUE_BANK] = {"bank", N_("Assegno bancario")},
    [CHEQUE_CASHIER] = {"cashier", N_("Assegno circolare")},
};
NAMING(cheque_kind, KINDS);

static const struct naming STATES[CHEQUE_STATES] = {
    [CHEQUE_RECEIVED] = {"received", N_("ricevuto")},
    [CHEQUE_DEPOSITED] = {"deposited", N_("versato")},
    [CHEQUE_CLEARED] = {"cleared", N_("incassato")},
    [CHEQUE_BOUNCED] = {"bounced", N_("insoluto")},
};
NAMING(cheque_state, STATES);

enum outcome cheque_transition(enum cheque_state from, enum cheque_event event, enum cheque_state *to,
                               struct problem *why)
{
    enum { NO = CHEQUE_STATES };
    /* clang-format off */
    static const unsigned char TABLE[CHEQUE_STATES][CHEQUE_EVENTS] = {
        /*                    deposit           clear           bounce */
        [CHEQUE_RECEIVED]  = {CHEQUE_DEPOSITED, NO,             CHEQUE_BOUNCED},
        [CHEQUE_DEPOSITED] = {CHEQUE_DEPOSITED, CHEQUE_CLEARED, CHEQUE_BOUNCED},
        [CHEQUE_CLEARED]   = {CHEQUE_CLEARED,   CHEQUE_CLEARED, CHEQUE_BOUNCED},
        [CHEQUE_BOUNCED]   = {NO,               NO,             CHEQUE_BOUNCED},
    };
    /* clang-format on */
    unsigned char cell = TABLE[from][event];

    if (cell == NO)
        return problem_set(why, PROBLEM_CHEQUE_STATE, "", "%s", cheque_state_label(from));
    *to = (enum cheque_state)cell;
    return DONE;
}

struct day cheque_clears_on(enum cheque_kind kind, struct day deposited_on, struct patron patron)
{
    return kind == CHEQUE_CASHIER ? deposited_on : workday_add(deposited_on, CLEARING_WORKDAYS, patron);
}

enum outcome cheque_may_clear(enum cheque_kind kind, struct day deposited_on, struct patron patron, struct day today,
                              struct problem *why)
{
    struct day from = cheque_clears_on(kind, deposited_on, patron);
    char text[DAY_TEXT];

    if (day_before(today, from))
        return problem_set(why, PROBLEM_CHEQUE_CLEARING, "", "%s", day_italian(from, text));
    return DONE;
}

/* The next byte of a name that tells it from others: blanks and ASCII punctuation do not. */
static unsigned char next_telling(const char **at)
{
    unsigned char byte = (unsigned char)**at;

    while (byte != '\0' && byte < 0x80 && !code_is_digit((char)byte) && ((byte | 0x20) < 'a' || (byte | 0x20) > 'z'))
        byte = (unsigned char)*++*at;
    if (byte != '\0')
        ++*at;
    return byte >= 'a' && byte <= 'z' ? (unsigned char)(byte - 'a' + 'A') : byte;
}

static bool same_name(const char *a, const char *b)
{
    unsigned char left, right;

    do {
        left = next_telling(&a);
        right = next_telling(&b);
    } while (left == right && left != '\0');
    return left == right;
}

static void check_digits(const char *text, size_t exactly, enum problem_code code, const char *field,
                         struct problems *faults)
{
    if (text_is_blank(text))
        problems_add(faults, PROBLEM_REQUIRED, field, "");
    else if (!code_is_digits(text, exactly))
        problems_add(faults, code, field, "");
}

enum outcome cheque_check(const struct cheque_facts *facts, const char *seller, struct problems *faults)
{
    size_t before = faults->count;

    check_digits(facts->number, 10, PROBLEM_CHEQUE_NUMBER, "number", faults);
    check_digits(facts->abi, 5, PROBLEM_CHEQUE_BANK, "abi", faults);
    check_digits(facts->cab, 5, PROBLEM_CHEQUE_BANK, "cab", faults);
    if (text_is_blank(facts->drawer))
        problems_add(faults, PROBLEM_REQUIRED, "drawer", "");
    if (facts->payee == NULL || !same_name(facts->payee, seller))
        problems_add(faults, PROBLEM_CHEQUE_PAYEE, "payee", "%s", seller);
    if (facts->amount.cents <= 0 || facts->amount.cents > MONEY_LIMIT)
        problems_add(faults, PROBLEM_MONEY_FORMAT, "amount", "");
    if (!facts->non_transferable)
        problems_add(faults, PROBLEM_CHEQUE_TRANSFERABLE, "non_transferable", "");
    if (!facts->is_signed)
        problems_add(faults, PROBLEM_CHEQUE_UNSIGNED, "is_signed", "");
    return faults->count == before ? DONE : REFUSED;
}

const char *cheque_warning_label(enum cheque_warning warning)
{
    static const char *const LABELS[CHEQUE_WARNINGS] = {
        [CHEQUE_OTHER_AMOUNT] = N_("L'importo non è quello dell'ordine: l'incasso resterà da assegnare."),
        [CHEQUE_POSTDATED] = N_("L'assegno porta una data futura."),
        [CHEQUE_LATE_IN_TOWN] =
            N_("Sono passati gli 8 giorni per presentarlo, se è pagabile nel comune in cui è stato emesso."),
        [CHEQUE_LATE] = N_("È passato il termine per presentarlo: il pagamento può essere revocato."),
    };

    return LABELS[warning];
}

unsigned cheque_warnings(const struct cheque_facts *facts, struct money due, struct day today)
{
    int age = today.n - facts->dated_on.n;
    unsigned warnings = 0;

    if (facts->amount.cents != due.cents)
        warnings |= 1u << CHEQUE_OTHER_AMOUNT;
    if (age < 0)
        warnings |= 1u << CHEQUE_POSTDATED;
    if (age > (facts->kind == CHEQUE_CASHIER ? 30 : 15))
        warnings |= 1u << CHEQUE_LATE;
    else if (facts->kind == CHEQUE_BANK && age > 8)
        warnings |= 1u << CHEQUE_LATE_IN_TOWN;
    return warnings;
}
