/* web/step_voucher.c: «Modulo Versamento» (R107-R110): who pays, whom, how much and by what; «Annulla» leaves nothing,
 * «Conferma» makes the order, and only then there is a code. */

#include "base/i18n.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "shop/present.h"
#include "web/step_funds.h"
#include "web/walk_order.h"
#include <string.h>
#include <talloc.h>

struct voucher_form {
    bool terms;
    int64_t total_cents, version;
};
static const struct form_field FIELDS[] = {
    FORM_FLAG(struct voucher_form, terms, "terms"),
    FORM_IGNORE("terms_version"),
    FORM_INT(struct voucher_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_INT(struct voucher_form, version, "version", .min = 0, .max = INT64_MAX),
    FORM_END,
};

static bool holds(struct walk *w)
{
    (void)w;
    return false; /* what it leads to is an order, and no wizard any more */
}

static json_t *or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

/* R108 */
static json_t *customer_data(struct walk *w, bool *consumer)
{
    struct billing billing = walk_billing(w);
    struct problems unused = {0};

    (void)!billing_check(w->page.mem, &billing, &unused);
    *consumer = holder_is_consumer((enum holder_kind)billing.kind);
    return json_pack("{s:s, s:o, s:o, s:s}", "name", billing.name, "vat_number", or_false(billing.vat_number),
                     "tax_code", or_false(billing.tax_code), "email", billing.email);
}

/* R109: the beneficiary in the old form and as an IBAN. */
static json_t *transfer_data(const struct page *p)
{
    const struct seller *s = &p->brand->seller;
    struct iban_parts parts;
    bool italian = iban_split(s->iban, &parts);

    return json_pack("{s:s, s:s, s:s, s:o}", "payee", s->payee, "bank", s->bank, "iban", iban_grouped(p->mem, s->iban),
                     "old",
                     italian ? json_pack("{s:s, s:s, s:s, s:s, s:s}", "account", parts.account, "abi", parts.abi, "cab",
                                         parts.cab, "cin", parts.cin, "international", parts.international)
                             : json_false());
}

static void show_payee(struct page *p, enum payment_method method)
{
    const struct brand_payment *how = &p->brand->payment;
    bool proved = method == METHOD_BANK_TRANSFER || method == METHOD_POSTAL_SLIP; /* a cheque proves itself */

    page_set(p, "transfer", method == METHOD_BANK_TRANSFER ? transfer_data(p) : json_false());
    page_set(p, "slip",
             method == METHOD_POSTAL_SLIP
                 ? json_pack("{s:s, s:s}", "account", how->slip.account, "holder", how->slip.holder)
                 : json_false());
    page_set(p, "cheque",
             method == METHOD_CHEQUE
                 ? json_pack("{s:s, s:s}", "payee", how->cheque_payee, "address", how->cheque_address)
                 : json_false());
    page_set(p, "card", method == METHOD_CARD ? json_pack("{s:o}", "host", or_false(how->card_host)) : json_false());
    page_set(p, "proof",
             proved ? json_pack("{s:o, s:o}", "fax", or_false(how->proof_fax), "email", or_false(how->proof_email))
                    : json_false());
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    enum payment_method method = METHOD_BANK_TRANSFER;
    bool consumer;

    (void)!payment_method_of(means_chosen(w), &method);
    page_fields(p, FIELDS, NULL, faults);
    show_lines_table(w);
    page_set(p, "customer", customer_data(w, &consumer));
    page_set(p, "consumer", json_boolean(consumer));
    page_set(p, "prepaid",
             method == METHOD_WALLET ? json_pack("{s:o}", "balance", present_money(w->offer.balance)) : json_false());
    page_set(p, "means",
             json_string(page_text(p, method == METHOD_WALLET ? N_("Prelievo dal conto prepagato")
                                                              : payment_method_label(method))));
    show_payee(p, method);
    page_put_terms(p, form_value(&p->req->form, "terms") != NULL);
    page_set(p, "total_cents", json_integer(w->cart.total.gross.cents));
    page_set(p, "version", json_integer(w->kept.version));
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct voucher_form form = {0};

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (!form.terms)
        return problems_add(faults, PROBLEM_TERMS, "terms", "%s", "");
    return walk_order(w,
                      &(struct walk_order){.method = means_chosen(w),
                                           .remember = means_remembered(w),
                                           .terms_version = page_terms_shown(&w->page),
                                           .accepted_at = w->page.now,
                                           .version = form.version,
                                           .expected = money(form.total_cents)},
                      faults);
}

const struct wizard_step STEP_PAGE_VOUCHER = {
    .name = "voucher", .title = N_("Modulo Versamento"), .holds = holds, .show = show, .take = take};
