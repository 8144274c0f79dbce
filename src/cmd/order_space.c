/* cmd/order_space.c: `casella order space ADDRESS`: more room for the rest of a term that runs, as the portal and the
 * API sell it. */
#include "base/text.h"
#include "cmd/order.h"
#include "net/form.h"
#include "shop/extra_space.h"
#include "store/account.h"
#include <string.h>

#define MOST_GB 500

const struct cmd_option ORDER_SPACE_OPTIONS[] = {
    {"gb", N_("NUMERO"), N_("quanti GB aggiungere alla casella")},
    {"archive-gb", N_("NUMERO"), N_("quanti GB aggiungere all'archivio")},
    {"method", N_("METODO"), N_("bank_transfer (predefinito) o un altro metodo di pagamento del marchio")},
    {"dry-run", NULL, N_("solo il prezzo")},
    {0},
};

struct adding {
    struct cmd *cmd;
    int64_t gb, archive_gb;
    const char *method;
    bool dry_run;
    struct mailbox mailbox;
    const struct brand *brand;
    struct space wanted;
    struct space_quote quote;
    struct placed_order placed;
};

static const struct form_field FIELDS[] = {
    FORM_INT(struct adding, gb, "gb", .min = 0, .max = MOST_GB, .optional = true),
    FORM_INT(struct adding, archive_gb, "archive-gb", .min = 0, .max = MOST_GB, .optional = true),
    FORM_TEXT(struct adding, method, "method", .max = 20, .optional = true),
    FORM_END,
};

static enum outcome find(struct db_tx *tx, struct adding *a)
{
    struct cmd *cmd = a->cmd;
    enum outcome o = mailbox_by_address(tx, cmd->mem, text_lower(cmd->mem, cmd->arguments[0]), &a->mailbox);

    cmd->why = (struct problem){0};
    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    a->brand = brand_by_id(&cmd->brands, a->mailbox.brand);
    if (!a->brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    a->wanted = (struct space){a->mailbox.extra_gb + a->gb, a->mailbox.extra_archive_gb + a->archive_gb};
    return DONE;
}

static enum outcome quote(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct cmd *cmd = a->cmd;

    TRY(find(tx, a));
    TRY(space_possible(tx, cmd->mem, a->brand, &a->mailbox, db_today(tx), &cmd->why));
    return quote_space(a->brand, &a->mailbox, &a->wanted, db_today(tx), &a->quote, &cmd->why);
}

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct cmd *cmd = a->cmd;
    struct wanted_line line = {.address = "", .choice = {.archive_chosen = true}};
    struct order_request request = {.actor = *cmd_actor(cmd),
                                    .shop = &cmd->shop,
                                    .lines = &line,
                                    .line_count = 1,
                                    .payment_method = a->method ? a->method : "bank_transfer",
                                    .terms_accepted = true,
                                    .language = "it",
                                    .expected = money(-1)};

    TRY(find(tx, a));
    line.address = a->mailbox.address;
    line.choice.extra_gb = a->wanted.extra_gb;
    line.choice.extra_archive_gb = a->wanted.extra_archive_gb;
    request.brand = a->brand;
    request.terms_version = a->brand->terms.version;
    request.who.account_id = a->mailbox.account_id; /* who sees the mailbox sees the order; 0: our own people */
    return place_space(tx, cmd->mem, &request, &a->placed, &cmd->why);
}

static void print_quote(const struct adding *a)
{
    struct cmd *cmd = a->cmd;
    const struct total *t = &a->quote.total;

    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "mailbox", a->mailbox.address, "extra_gb",
                                 (json_int_t)a->wanted.extra_gb, "extra_archive_gb",
                                 (json_int_t)a->wanted.extra_archive_gb, "months", (json_int_t)a->quote.price.months,
                                 "net_cents", (json_int_t)t->net.cents, "vat_cents", (json_int_t)t->vat.cents,
                                 "gross_cents", (json_int_t)t->gross.cents));
    else
        printf(cmd_text(cmd, N_("%d GB in più, mesi fino alla scadenza %d: %s + IVA %s = %s\n")),
               (int)a->quote.added_gb, (int)a->quote.price.months, cmd_money(cmd->mem, t->net),
               cmd_money(cmd->mem, t->vat), cmd_money(cmd->mem, t->gross));
}

enum outcome cmd_order_space(struct cmd *cmd)
{
    struct adding a = {.cmd = cmd, .dry_run = cmd_flag(cmd, "dry-run")};

    TRY(cmd_fields(cmd, FIELDS, &a));
    if (!a.gb && !a.archive_gb)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "gb");
    if (a.dry_run) {
        TRY(db_read(cmd->db, "order.space.quote", quote, &a));
        print_quote(&a);
        return DONE;
    }
    TRY(db_transaction(cmd->db, "order.space", place, &a));
    return order_show(cmd, a.placed.order.code);
}
