/* web/step_funds.c: from the prepaid account, or by a payment of its own (R97, R98). */

#include "web/step_funds.h"
#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/present.h"
#include <string.h>

struct funds_form {
    const char *funds;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct funds_form, funds, "funds", .max = 20, .optional = true),
    FORM_END,
};

#define WALLET    "wallet"
#define DEDICATED "dedicated"

static const char *kept(const struct walk *w)
{
    const char *funds = json_string_value(json_object_get(walk_kept(w, "funds"), "from"));

    return funds ? funds : "";
}

bool funds_are_prepaid(const struct walk *w)
{
    return strcmp(kept(w), WALLET) == 0;
}

static enum outcome load(struct db_tx *tx, struct walk *w, struct problem *why)
{
    (void)why;
    return pay_offer_load(tx, &w->page, w->cart.total.gross, &w->offer);
}

static bool is_short(const struct walk *w)
{
    return w->offer.balance.cents < w->cart.total.gross.cents;
}

static bool holds(struct walk *w)
{
    return strcmp(kept(w), DEDICATED) == 0 || (funds_are_prepaid(w) && w->offer.wallet && !is_short(w));
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    const char *typed = form_value(&p->req->form, "funds"), *chosen = typed ? typed : kept(w);

    page_fields(p, FIELDS, NULL, faults);
    page_set(p, "wallet",
             w->offer.wallet ? json_pack("{s:o, s:b, s:b}", "balance", present_money(w->offer.balance), "short",
                                         is_short(w), "checked", !is_short(w) && strcmp(chosen, WALLET) == 0)
                             : json_false());
    page_set(p, "dedicated_checked", json_boolean(!w->offer.wallet || strcmp(chosen, DEDICATED) == 0));
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct funds_form form = {0};
    char text[MONEY_TEXT];
    bool prepaid;

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    prepaid = text_same(form.funds, WALLET);
    if ((!prepaid || !w->offer.wallet) && !text_same(form.funds, DEDICATED))
        return problems_add(faults, PROBLEM_NOT_A_CHOICE, "funds", "%s", "");
    if (prepaid && is_short(w))
        return problems_add(faults, PROBLEM_WALLET_SHORT, "funds", "%s €", money_italian(w->offer.balance, text));
    walk_keep(w, "funds", json_pack("{s:s}", "from", form.funds));
    return DONE;
}

const struct wizard_step STEP_PAGE_FUNDS = {.name = "funds",
                                            .title = N_("Modalità di pagamento"),
                                            .button = N_("Avanti"),
                                            .load = load,
                                            .holds = holds,
                                            .show = show,
                                            .take = take};
