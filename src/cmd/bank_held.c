/* cmd/bank_held.c: `casella bank held [show|assign|split|credit|foreign|undo …]`: money that is held, and where it
 * belongs. */
#include "cmd/bank_held.h"
#include "net/form.h"
#include "shop/describe.h"
#include "shop/held.h"
#include "shop/held_hint.h"
#include <string.h>
#include <talloc.h>

#define HELD_PAGE 500

/* ---- The list ---- */

struct held_page {
    struct cmd *cmd;
    void *mem;
    char after[HELD_TEXT];
    struct held_item *items;
    size_t count;
};

static enum outcome load_held(struct db_tx *tx, void *arg)
{
    struct held_page *p = arg;

    return held_list(tx, p->mem, &p->cmd->brands, "", p->after, HELD_PAGE, &p->items, &p->count);
}

static void print_held(struct cmd *cmd, const struct held_item *h)
{
    enum held_reason reason;
    char amount[MONEY_TEXT], name[HELD_TEXT];

    printf("%-12s  %s  %12s %s  %s%s%s  %s%s%s%s\n", held_name(h, name), cmd_day(cmd->mem, h->received_on),
           money_italian(h->amount, amount), h->currency[0] ? h->currency : "?",
           held_reason_of(h->reason, &reason) == DONE ? cmd_text(cmd, held_reason_label(reason)) : h->reason,
           h->order[0] ? ", " : "", h->order, h->from, h->from[0] ? ": " : "", h->text,
           h->leaving ? cmd_text(cmd, N_(" (rimborso in corso)")) : "");
}

static enum outcome list_held(struct cmd *cmd)
{
    struct held_page p = {.cmd = cmd};
    struct cmd_list list;

    cmd_list_begin(&list, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "bank.held", load_held, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(&list, describe_held(&p.items[i]));
            else
                print_held(cmd, &p.items[i]);
            held_name(&p.items[i], p.after);
        }
        talloc_free(p.mem);
    } while (p.count == HELD_PAGE);
    cmd_list_end(&list);
    return DONE;
}

/* ---- One of them ---- */

const struct cmd_option HELD_OPTIONS[] = {
    {"note", N_("TESTO"), N_("perché: resta scritto con la decisione")},
    {"amount", N_("IMPORTO"), N_("con credit: quanto; senza, tutto ciò che resta")},
    {"rest-to", N_("E-MAIL"),
     N_("con split: ciò che resta va al conto prepagato del cliente; senza, resta in sospeso")},
    {0},
};

struct deciding {
    struct cmd *cmd;
    int64_t id; /* of the entry, or of the part */
    const char *note, *rest_to;
    struct money amount;
    struct held_share shares[HELD_SHARES];
    size_t count;
    struct bank_entry entry;
    struct held_part *parts;
    size_t part_count;
    struct held_hints *hints; /* NULL: not asked for */
};

static const struct form_field FIELDS[] = {
    FORM_TEXT(struct deciding, note, "note", .max = 500, .optional = true),
    FORM_TEXT(struct deciding, rest_to, "rest-to", .max = 200, .optional = true),
    FORM_MONEY(struct deciding, amount, "amount", .optional = true),
    FORM_END,
};

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;
    struct cmd *cmd = d->cmd;
    struct problems faults = {0};
    enum outcome o = held_decide(tx, cmd->mem, &cmd->brands,
                                 &(struct held_decision){.entry_id = d->id,
                                                         .shares = d->shares,
                                                         .count = d->count,
                                                         .placed = money(-1),
                                                         .note = d->note,
                                                         .actor = *cmd_actor(cmd)},
                                 &d->entry, &faults);

    cmd->why = faults.count ? faults.item[0] : (struct problem){0};
    TRY(o);
    return held_parts_of(tx, cmd->mem, d->entry.id, &d->parts, &d->part_count);
}

static enum outcome undo(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;
    struct cmd *cmd = d->cmd;

    cmd->why = (struct problem){0};
    TRY(held_undo(tx, cmd->mem, &cmd->brands, d->id, "", d->note, cmd_actor(cmd), &d->entry, &cmd->why));
    return held_parts_of(tx, cmd->mem, d->entry.id, &d->parts, &d->part_count);
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;
    struct cmd *cmd = d->cmd;
    enum outcome o = bank_entry_by_id(tx, cmd->mem, d->id, &d->entry);

    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(held_hints(tx, cmd->mem, &cmd->brands, &d->entry, d->hints));
    return held_parts_of(tx, cmd->mem, d->id, &d->parts, &d->part_count);
}

static void print_hints(struct cmd *cmd, const struct held_hints *hints)
{
    for (size_t i = 0; i < hints->count; i++) {
        const struct held_hint *h = &hints->item[i];

        printf("  ? %s  %s  %s", h->order.code, cmd_money(cmd->mem, h->due),
               cmd_text(cmd, order_state_label(h->order.state)));
        for (int r = 0; r < HINT_REASONS; r++)
            if (h->reasons & 1u << r)
                printf("; %s", cmd_text(cmd, hint_reason_label((enum hint_reason)r)));
        putchar('\n');
    }
    if (hints->twin.id)
        printf(cmd_text(cmd, N_("  ? sembra pagato due volte: bank-%lld\n")), (long long)hints->twin.id);
}

static enum outcome tell(struct cmd *cmd, const struct deciding *d)
{
    const struct bank_entry *e = &d->entry;
    int64_t left = strcmp(e->state, "held") == 0 ? e->amount.cents - e->placed.cents : 0;

    if (cmd->json) {
        json_t *out = describe_held_entry(e, d->parts, d->part_count);

        if (d->hints)
            json_object_set_new(out, "suggestions", describe_held_hints(d->hints));
        cmd_print_json(out);
        return DONE;
    }
    printf(cmd_text(cmd, N_("bank-%lld  %s, in sospeso %s\n")), (long long)e->id, cmd_money(cmd->mem, e->amount),
           cmd_money(cmd->mem, money(left)));
    for (size_t i = 0; i < d->part_count; i++) {
        const struct held_part *p = &d->parts[i];

        printf("%6lld  %s  %s  %s%s  %s%s\n", (long long)p->id, cmd_money(cmd->mem, p->amount), p->way, p->order_code,
               p->account_email, p->note, p->undone_at.us ? cmd_text(cmd, N_("  (annullato)")) : "");
    }
    if (d->hints)
        print_hints(cmd, d->hints);
    return DONE;
}

/* "RLM95055=10,98" */
static enum outcome read_share(struct cmd *cmd, const char *typed, struct held_share *share)
{
    const char *equals = strchr(typed, '=');
    char amount[40], *comma;

    *share = (struct held_share){.way = HELD_TO_ORDER};
    if (!equals || strlen(equals + 1) >= sizeof amount)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è ORDINE=IMPORTO")), typed);
    strcpy(amount, equals + 1);
    comma = strchr(amount, ',');
    if (comma)
        *comma = '.';
    share->order = talloc_strndup(cmd->mem, typed, (size_t)(equals - typed));
    if (money_parse(amount, strlen(amount), &share->amount) != DONE || share->amount.cents == 0)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è ORDINE=IMPORTO")), typed);
    return DONE;
}

static enum outcome read_split(struct cmd *cmd, struct deciding *d)
{
    for (size_t i = 2; i < cmd->argument_count; i++) {
        if (d->count == HELD_SHARES)
            return cmd_usage(cmd, "%s", cmd_text(cmd, N_("troppe parti")));
        TRY(read_share(cmd, cmd->arguments[i], &d->shares[d->count++]));
    }
    if (d->rest_to && d->count < HELD_SHARES)
        d->shares[d->count++] = (struct held_share){.way = HELD_TO_WALLET, .account = d->rest_to};
    return d->count ? DONE : cmd_usage(cmd, "%s", cmd_text(cmd, N_("indicare le parti: ORDINE=IMPORTO …")));
}

static enum outcome read_what(struct cmd *cmd, const char *word, struct deciding *d)
{
    const char *third = cmd->argument_count > 2 ? cmd->arguments[2] : NULL;
    size_t arguments = cmd->argument_count;

    if (strcmp(word, "split") == 0)
        return read_split(cmd, d);
    d->count = 1;
    if (strcmp(word, "assign") == 0 && arguments == 3)
        d->shares[0] = (struct held_share){.way = HELD_TO_ORDER, .order = third};
    else if (strcmp(word, "credit") == 0 && arguments == 3)
        d->shares[0] = (struct held_share){.way = HELD_TO_WALLET, .account = third, .amount = d->amount};
    else if (strcmp(word, "foreign") == 0 && arguments == 2)
        d->shares[0] = (struct held_share){.way = HELD_TO_NOBODY, .amount = d->amount};
    else
        return cmd_usage(cmd, cmd_text(cmd, N_("non si capisce «%s»")), word);
    return DONE;
}

static enum outcome read_entry(struct cmd *cmd, const char *typed, int64_t *id)
{
    enum held_kind kind;

    if (held_read_name(typed, &kind, id) != DONE || kind != HELD_BANK || *id == 0)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un accredito, ad esempio bank-17")), typed);
    return DONE;
}

enum outcome cmd_bank_held(struct cmd *cmd)
{
    struct deciding d = {.cmd = cmd, .note = ""};
    const char *word = cmd->argument_count ? cmd->arguments[0] : NULL;

    if (!word)
        return list_held(cmd);
    if (cmd->argument_count < 2)
        return cmd_usage(cmd, cmd_text(cmd, N_("non si capisce «%s»")), word);
    TRY(cmd_fields(cmd, FIELDS, &d));
    if (strcmp(word, "undo") == 0) {
        TRY(cmd_id(cmd, cmd->arguments[1], &d.id));
        TRY(db_transaction(cmd->db, "held.undo", undo, &d));
        return tell(cmd, &d);
    }
    TRY(read_entry(cmd, cmd->arguments[1], &d.id));
    if (strcmp(word, "show") == 0) {
        d.hints = talloc(cmd->mem, struct held_hints);
        TRY(db_read(cmd->db, "held.look", look, &d));
        return tell(cmd, &d);
    }
    TRY(read_what(cmd, word, &d));
    TRY(db_transaction(cmd->db, "held.decide", decide, &d));
    return tell(cmd, &d);
}
