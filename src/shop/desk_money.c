#include "shop/desk_money.h"

struct money_scope money_scope_of(const struct brands *brands, const char *brand)
{
    const struct brand *b = brand[0] ? brand_by_id(brands, brand) : NULL;
    struct money_scope s = {.brand = b ? b->id : "", .accounts = {"", ""}};

    if (b) {
        s.accounts[0] = b->seller.iban;
        s.accounts[1] = b->payment.slip.iban ? b->payment.slip.iban : b->seller.iban;
    }
    return s;
}
