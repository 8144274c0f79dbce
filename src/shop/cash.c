#include "shop/cash.h"
#include "base/i18n.h"
#include "rules/iban.h"
#include "shop/describe.h"
#include <string.h>
#include <talloc.h>

static const struct kind {
    const char *prefix, *label;
    bool till;
} KINDS[] = {
    {"bank:", N_("Conto, bonifici e bollettini"), true},
    {"gateway:", N_("Carte e PayPal"), true},
    {"cheques:", N_("Assegni incassati"), true},
    {"outgoing:", N_("Bonifici di rimborso fatti"), true},
    {"wallet", N_("Conti prepagati"), false},
    {"held", N_("Denaro fermo"), false},
    {"refunds", N_("Rimborsi decisi"), false},
    {"provisional", N_("Atteso dopo una contabile"), false},
    {"chargebacks", N_("Contestazioni"), false},
    {"foreign", N_("Non nostro"), false},
    {"orders", N_("Ordini"), false},
    {"revenue", N_("Ricavi"), false},
    {"vat", N_("IVA"), false},
};

static const struct kind *kind_of(const struct cash_row *row)
{
    for (size_t i = 0; i < count_of(KINDS); i++)
        if (strncmp(row->account, KINDS[i].prefix, strlen(KINDS[i].prefix)) == 0)
            return &KINDS[i];
    return NULL;
}

bool cash_is_till(const struct cash_row *row)
{
    const struct kind *k = kind_of(row);

    return k && k->till;
}

int64_t cash_difference(const struct cash_row *r)
{
    return (r->came.cents - r->went.cents) - (r->recorded_came.cents - r->recorded_went.cents);
}

char *cash_label(void *mem, const char *language, const struct cash_row *row)
{
    const struct kind *k = kind_of(row);
    const char *rest = strchr(row->account, ':');
    char *iban, *label;

    if (!k)
        return talloc_strdup(mem, row->account);
    if (!rest)
        return talloc_strdup(mem, i18n(language, k->label));
    iban = strcmp(k->prefix, "bank:") == 0 ? iban_grouped(mem, rest + 1) : NULL;
    label = talloc_asprintf(mem, "%s, %s", i18n(language, k->label), iban ? iban : rest + 1);
    talloc_free(iban);
    return label;
}

/* In the order of KINDS. */
static void sort(struct cash *c)
{
    for (size_t i = 1; i < c->count; i++)
        for (size_t k = i; k > 0 && kind_of(&c->rows[k]) < kind_of(&c->rows[k - 1]); k--) {
            struct cash_row other = c->rows[k];

            c->rows[k] = c->rows[k - 1];
            c->rows[k - 1] = other;
        }
}

enum outcome cash_load(struct db_tx *tx, void *mem, const struct money_scope *scope, struct day from, struct day to,
                       struct cash *c, struct problem *why)
{
    struct instant begin = rome_midnight(from), end = rome_midnight(day_plus(to, 1));

    if (to.n < from.n || to.n - from.n >= CASH_DAYS_MOST)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "to", "1-%d", CASH_DAYS_MOST);
    *c = (struct cash){.from = from, .to = to, .agrees = true};
    TRY(cash_rows(tx, mem, scope, begin, end, &c->rows, &c->count));
    TRY(cash_missing(tx, scope, begin, end, &c->missing));
    sort(c);
    for (size_t i = 0; i < c->count; i++) {
        c->agrees &= cash_difference(&c->rows[i]) == 0;
        if (!cash_is_till(&c->rows[i]))
            continue;
        c->came.cents += c->rows[i].came.cents;
        c->went.cents += c->rows[i].went.cents;
    }
    c->agrees &= c->missing.cents == 0;
    return DONE;
}

json_t *describe_cash(const struct cash *c, const char *language)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < c->count; i++) {
        const struct cash_row *r = &c->rows[i];
        char *label = cash_label(NULL, language, r);

        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I}", "account", r->account, "label", label, "till",
                            cash_is_till(r), "came_cents", (json_int_t)r->came.cents, "went_cents",
                            (json_int_t)r->went.cents, "recorded_came_cents", (json_int_t)r->recorded_came.cents,
                            "recorded_went_cents", (json_int_t)r->recorded_went.cents, "count", (json_int_t)r->count));
        talloc_free(label);
    }
    return json_pack("{s:o, s:o, s:b, s:I, s:I, s:I, s:o}", "from", describe_day(c->from), "to", describe_day(c->to),
                     "agrees", c->agrees, "came_cents", (json_int_t)c->came.cents, "went_cents",
                     (json_int_t)c->went.cents, "missing_cents", (json_int_t)c->missing.cents, "rows", rows);
}

void cash_csv(const struct cash *c, const char *language, struct text_buffer *out)
{
    char text[MONEY_TEXT];

    text_put_format(out, "%s;%s;%s;%s;%s;%s;%s\r\n", i18n(language, N_("Conto")), i18n(language, N_("Voce")),
                    i18n(language, N_("Entrate")), i18n(language, N_("Uscite")), i18n(language, N_("Saldo")),
                    i18n(language, N_("Differenza con i pagamenti")), i18n(language, N_("Movimenti")));
    for (size_t i = 0; i < c->count; i++) {
        const struct cash_row *r = &c->rows[i];
        char *label = cash_label(NULL, language, r);

        text_put_format(out, "%s;\"%s\";%s", r->account, label, money_italian(r->came, text));
        text_put_format(out, ";%s", money_italian(r->went, text));
        text_put_format(out, ";%s", money_italian(money(r->came.cents - r->went.cents), text));
        text_put_format(out, ";%s;%lld\r\n", money_italian(money(cash_difference(r)), text), (long long)r->count);
        talloc_free(label);
    }
}
