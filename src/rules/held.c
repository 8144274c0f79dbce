#include "rules/held.h"
#include <stdio.h>

static char *field(size_t i, char text[40])
{
    snprintf(text, 40, "amount_%zu", i + 1);
    return text;
}

enum outcome held_divide(struct money left, struct money *shares, size_t count, struct money *rest,
                         struct problems *faults)
{
    struct money sum = {0};
    size_t open = count;
    char name[40], text[MONEY_TEXT];

    for (size_t i = 0; i < count; i++) {
        if (shares[i].cents < 0 || (shares[i].cents == 0 && open < count))
            (void)!problems_add(faults, PROBLEM_REQUIRED, field(i, name), "%s", "");
        else if (shares[i].cents == 0)
            open = i;
        else if (money_add(sum, shares[i], &sum) != DONE)
            return problems_add(faults, PROBLEM_HELD_SUM, "", "%s", money_euro(left, text));
    }
    if (faults->count)
        return REFUSED;
    if (sum.cents > left.cents || (open < count && sum.cents == left.cents))
        return problems_add(faults, PROBLEM_HELD_SUM, "", "%s", money_euro(left, text));
    if (open < count) {
        shares[open].cents = left.cents - sum.cents;
        sum = left;
    }
    rest->cents = left.cents - sum.cents;
    return DONE;
}
