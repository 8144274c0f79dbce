/* cmd/domain.c: `casella domain list|show|add|renewed|unregistered|registered`: domains of the customers' own, and
 * their mailboxes. */
#include "shop/domain.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option BRAND_OPTIONS[] = {{"brand", N_("MARCHIO"), N_("di quale marchio")}, {0}};
static const struct cmd_option ADD_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio")},
    {"until", N_("DATA"), N_("la sua scadenza (2027-01-10)")},
    {0},
};
static const struct cmd_option RENEWED_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio")},
    {"until", N_("DATA"), N_("la nuova scadenza (2028-01-10)")},
    {0},
};

struct one {
    struct cmd *cmd;
    const struct brand *brand;
    const char *name;
    struct day until;
    bool gone;
    struct domain domain;
    struct mailbox *mailboxes;
    size_t count;
    int64_t changed;
};

static enum outcome find_brand(struct one *one)
{
    const char *id = cmd_value(one->cmd, "brand");

    if (!id)
        return cmd_usage(one->cmd, cmd_text(one->cmd, N_("manca --%s")), "brand");
    one->brand = brand_by_id(&one->cmd->brands, id);
    if (!one->brand)
        return problem_set(&one->cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    one->name = text_lower(one->cmd->mem, one->cmd->arguments[0]);
    return DONE;
}

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    enum outcome o = domain_by_name(tx, one->cmd->mem, one->brand->id, one->name, &one->domain);

    if (o == REFUSED)
        return problem_set(&one->cmd->why, PROBLEM_NOT_FOUND, "domain", "%s", "");
    TRY(o);
    return domain_mailboxes(tx, one->cmd->mem, one->brand->id, one->name, &one->mailboxes, &one->count);
}

static json_t *describe(const struct domain *d)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:I}", "brand", d->brand, "domain", d->name, "expires_on",
                     describe_day(d->expires_on), "unregistered_on", describe_day(d->unregistered_on), "mailboxes",
                     (json_int_t)d->mailboxes);
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    json_t *out, *addresses = json_array();

    TRY(find_brand(&one));
    TRY(db_read(cmd->db, "domain.show", load, &one));
    for (size_t i = 0; i < one.count; i++)
        json_array_append_new(addresses, json_string(one.mailboxes[i].address));
    if (cmd->json) {
        out = describe(&one.domain);
        json_object_set_new(out, "addresses", addresses);
        cmd_print_json(out);
        return DONE;
    }
    printf("%s  %s\n", one.domain.name, cmd_day(cmd->mem, one.domain.expires_on));
    for (size_t i = 0; i < one.count; i++)
        printf("  %s  %s\n", one.mailboxes[i].address, one.mailboxes[i].status);
    json_decref(addresses);
    return DONE;
}

struct page {
    void *mem;
    const char *brand, *name;
    struct domain *all;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return domains_after(tx, p->mem, p->brand, p->name, PAGE, &p->all, &p->count);
}

static enum outcome list(struct cmd *cmd)
{
    const char *only = cmd_value(cmd, "brand");
    struct page p = {.mem = cmd->mem, .brand = "", .name = ""};
    struct cmd_list l;

    cmd_list_begin(&l, cmd);
    do {
        TRY(db_read(cmd->db, "domain.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            const struct domain *d = &p.all[i];

            p.brand = d->brand;
            p.name = d->name;
            if (only && strcmp(only, d->brand) != 0)
                continue;
            if (cmd->json)
                cmd_list_json(&l, describe(d));
            else
                printf("%s  %s  %s  %lld\n", d->brand, d->name, cmd_day(cmd->mem, d->expires_on),
                       (long long)d->mailboxes);
        }
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

static enum outcome renew(struct db_tx *tx, void *arg)
{
    struct one *one = arg;

    return domain_renewed(tx, one->cmd->mem, one->brand, one->name, one->until, cmd_actor(one->cmd), &one->changed,
                          &one->cmd->why);
}

static enum outcome mark(struct db_tx *tx, void *arg)
{
    struct one *one = arg;

    return domain_unregistered(tx, one->cmd->mem, one->brand, one->name, one->gone, cmd_actor(one->cmd), &one->changed,
                               &one->cmd->why);
}

static enum outcome tell(struct one *one)
{
    struct cmd *cmd = one->cmd;

    TRY(db_read(cmd->db, "domain.show", load, one));
    if (cmd->json) {
        json_t *out = describe(&one->domain);

        json_object_set_new(out, "changed", json_integer((json_int_t)one->changed));
        cmd_print_json(out);
    } else {
        printf(cmd_text(cmd, N_("%s: caselle interessate %lld, scadenza %s\n")), one->name, (long long)one->changed,
               cmd_day(cmd->mem, one->domain.expires_on));
    }
    return DONE;
}

static enum outcome renewed(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    const char *until = cmd_value(cmd, "until");

    TRY(find_brand(&one));
    if (!until)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "until");
    if (day_parse(until, strlen(until), &one.until) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("non è una data: %s")), until);
    TRY(db_transaction(cmd->db, "domain.renewed", renew, &one));
    return tell(&one);
}

static enum outcome insert(struct db_tx *tx, void *arg)
{
    struct one *one = arg;

    return domain_add(tx, one->cmd->mem, one->brand, one->name, one->until, cmd_actor(one->cmd), &one->cmd->why);
}

static enum outcome add(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    const char *until = cmd_value(cmd, "until");

    TRY(find_brand(&one));
    if (!until)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "until");
    if (day_parse(until, strlen(until), &one.until) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("non è una data: %s")), until);
    TRY(db_transaction(cmd->db, "domain.add", insert, &one));
    return tell(&one);
}

static enum outcome set_gone(struct cmd *cmd, bool gone)
{
    struct one one = {.cmd = cmd, .gone = gone};

    TRY(find_brand(&one));
    TRY(db_transaction(cmd->db, "domain.registered", mark, &one));
    return tell(&one);
}

static enum outcome unregistered(struct cmd *cmd)
{
    return set_gone(cmd, true);
}

static enum outcome registered(struct cmd *cmd)
{
    return set_gone(cmd, false);
}

const struct cmd_command CMD_DOMAIN[] = {
    {"list", "", 0, 0, N_("i domini e le loro scadenze"), BRAND_OPTIONS, NEEDS_SHOP, list, NULL},
    {"show", N_("DOMINIO"), 1, 1, N_("un dominio e le sue caselle"), BRAND_OPTIONS, NEEDS_SHOP, show, NULL},
    {"add", N_("DOMINIO"), 1, 1, N_("un dominio di un cliente, prima delle sue caselle"), ADD_OPTIONS, NEEDS_SHOP, add,
     NULL},
    {"renewed", N_("DOMINIO"), 1, 1, N_("rinnovato altrove: tutte le sue caselle prendono la nuova scadenza"),
     RENEWED_OPTIONS, NEEDS_SHOP, renewed, NULL},
    {"unregistered", N_("DOMINIO"), 1, 1, N_("non è più registrato: sospende le sue caselle"), BRAND_OPTIONS,
     NEEDS_SHOP, unregistered, NULL},
    {"registered", N_("DOMINIO"), 1, 1, N_("è di nuovo registrato: le riattiva"), BRAND_OPTIONS, NEEDS_SHOP, registered,
     NULL},
    {0},
};
