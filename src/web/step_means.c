/* web/step_means.c: the table of what is paid, and the means of a payment of its own (R100-R103), in the order that the
 * brand lists. */

#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/pay.h"
#include "shop/present.h"
#include "web/step_funds.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct means_form {
    const char *method;
    bool remember;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct means_form, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct means_form, remember, "remember"),
    FORM_END,
};

const char *means_chosen(const struct walk *w)
{
    return json_string_value(json_object_get(walk_kept(w, "means"), "method"));
}

bool means_remembered(const struct walk *w)
{
    return json_is_true(json_object_get(walk_kept(w, "means"), "remember"));
}

static bool is_offered(const struct walk *w, const char *name)
{
    enum payment_method method;

    for (const char *const *means = w->page.brand->lookup.means; means && *means; means++)
        if (text_same(*means, name))
            return payment_method_of(name, &method) == DONE && method_offered(w->page.shop, w->page.brand, method);
    return false;
}

static bool holds(struct walk *w)
{
    const char *chosen = means_chosen(w), *wallet = payment_method_name(METHOD_WALLET);

    return funds_are_prepaid(w) ? text_same(chosen, wallet) : chosen && is_offered(w, chosen);
}

/* "21,00": the rate with two decimals, as R100 prints it. */
static json_t *rate(int basis_points)
{
    return json_sprintf("%d,%02d", basis_points / 100, basis_points % 100);
}

/* VAT is on the sum of the lines (D11): a line's own share is shown only where there is one line. */
void show_lines_table(struct walk *w)
{
    const struct cart *cart = &w->cart;
    json_t *rows = json_array();

    for (size_t i = 0; i < cart->line_count; i++) {
        const struct order_line *l = &cart->lines[i];

        json_array_append_new(rows, json_pack("{s:s, s:i, s:o, s:o, s:o}", "what", l->description, "quantity", 1, "net",
                                              present_money(l->net), "rate", rate(cart->total.vat_rate_bp), "gross",
                                              cart->line_count == 1 ? present_money(cart->total.gross) : json_false()));
    }
    page_set(&w->page, "table",
             json_pack("{s:o, s:o, s:o, s:o}", "rows", rows, "net", present_money(cart->total.net), "vat",
                       present_money(cart->total.vat), "gross", present_money(cart->total.gross)));
}

/* When the money is expected, and whose page takes a card (R104). */
static char *delay_of(const struct page *p, enum payment_method method)
{
    const char *host = p->brand->payment.card_host, *delay = page_text(p, payment_method_delay(method));

    if (method == METHOD_CARD && host)
        return talloc_asprintf(p->mem, page_text(p, N_("Alla pagina protetta di %s. %s")), host, delay);
    return talloc_strdup(p->mem, delay);
}

static json_t *means_data(struct walk *w)
{
    const char *typed = form_value(&w->page.req->form, "method"), *chosen = typed ? typed : means_chosen(w);
    json_t *list = json_array();

    for (const char *const *name = w->page.brand->lookup.means; name && *name; name++) {
        enum payment_method method;

        if (is_offered(w, *name) && payment_method_of(*name, &method) == DONE)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:b}", "value", *name, "label",
                                                  page_text(&w->page, payment_method_label(method)), "delay",
                                                  delay_of(&w->page, method), "checked", text_same(chosen, *name),
                                                  "first", json_array_size(list) == 0));
    }
    return list;
}

static void show(struct walk *w, const struct problems *faults)
{
    page_fields(&w->page, FIELDS, NULL, faults);
    show_lines_table(w);
    page_set(&w->page, "prepaid",
             funds_are_prepaid(w) ? json_pack("{s:o}", "balance", present_money(w->offer.balance)) : json_false());
    page_set(&w->page, "remember",
             !funds_are_prepaid(w) && w->offer.remember && is_offered(w, payment_method_name(METHOD_CARD))
                 ? json_pack("{s:b}", "checked", means_remembered(w))
                 : json_false());
    page_set(&w->page, "means", funds_are_prepaid(w) ? json_false() : means_data(w));
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct means_form form = {0};

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (funds_are_prepaid(w))
        form.method = payment_method_name(METHOD_WALLET);
    else if (!form.method || !is_offered(w, form.method))
        return problems_add(faults, PROBLEM_PAYMENT_METHOD, "method", "%s", "");
    walk_keep(w, "means",
              json_pack("{s:s, s:b}", "method", form.method, "remember", form.remember && w->offer.remember));
    return DONE;
}

const struct wizard_step STEP_PAGE_MEANS = {.name = "means",
                                            .title = N_("Mezzo di pagamento"),
                                            .button = N_("Avanti"),
                                            .holds = holds,
                                            .show = show,
                                            .take = take};
