#include "cmd/demo_shop.h"
#include "cmd/people.h"
#include "link/statement.h"
#include "sandbox/camt_write.h"
#include "shop/import_statement.h"
#include "shop/login.h"
#include "shop/place_order.h"
#include "store/access.h"
#include "store/operator.h"
#include <string.h>
#include <talloc.h>

#define SEED             20261122
#define LARGE_ACCOUNT    520 /* of the mailboxes belong to one account */
#define DEMO_MEMBERS     4   /* of each convention */
#define PAID_DAYS_AGO    38
#define ORDERED_DAYS_AGO 40

struct filling {
    struct cmd *cmd;
    const struct demo_shop *shop;
    const struct brand *brand;
    struct people people;
    char *hash; /* of the one password */
    struct actor actor;
    struct day today; /* when the demonstration begins */
    struct placed_order paid;
    int64_t account_id;
    bool begun, complete;
    void *mem; /* of one try of a transaction */
};

/* The mailboxes of the account that shows every state. Days count from today. */
static const struct {
    const char *local, *holder;
    int expires_in, plan;
    bool auto_renew, own_password;
} NAMED[] = {
    {"studio.verdi", "Studio Verdi S.r.l.", 23, 0, false, true},
    {"officine.bianchi", "Officine Bianchi S.r.l.", 400, 1, false, false},
    {"farmacia.provetti", "Farmacia Provetti S.r.l.", -12, 0, false, false},
    {"panificio.esempi", "Panificio Esempi S.r.l.", -130, 0, false, false},
    {"vivai.fittizi", "Vivai Fittizi S.r.l.", 130, 0, true, false},
};
#define ORDERED_LOCAL  "libreria.campioni" /* an order waits for its payment */
#define RENEWED_LOCAL  "cantina.modelli"   /* has been renewed and paid, with an invoice */
#define FURTHEST_LOCAL "notaio.ipotesi"    /* as far ahead as renewing can bring it */

void demo_shop_names(struct cmd *cmd, struct demo_shop *shop)
{
    const struct brand *brand = brand_by_id(&cmd->brands, "legalmail");

    shop->brand = brand ? brand : &cmd->brands.all[0];
    shop->account = talloc_strdup(cmd->mem, "demo@casella.example");
    shop->large_account = talloc_strdup(cmd->mem, "grande.studio@casella.example");
    shop->operator= talloc_strdup(cmd->mem, "ufficio@casella.example");
    shop->mailbox = talloc_asprintf(cmd->mem, "%s@%s", NAMED[0].local, shop->brand->domain);
}

/* ---- Mailboxes ---- */

struct wish {
    const char *local;
    struct billing holder;
    struct day ends_on;
    size_t plan;
    int64_t account_id;
    bool auto_renew, own_password;
    const struct brand_convention *convention; /* NULL: none */
};

static enum outcome put_mailbox(struct db_tx *tx, struct filling *f, const struct wish *w, struct mailbox *m)
{
    size_t plans = f->brand->plan_count;
    struct billing holder = w->holder;
    struct problems faults = {0};
    int years = 1 + (int)people_random(&f->people, 3);

    if (billing_check(f->mem, &holder, &faults) != DONE) {
        f->cmd->why = faults.item[0];
        return REFUSED;
    }
    *m = (struct mailbox){.brand = (char *)f->brand->id,
                          .address = talloc_asprintf(f->mem, "%s@%s", w->local, f->brand->domain),
                          .user_id = talloc_asprintf(f->mem, "U%06d", f->people.made),
                          .account_id = w->account_id,
                          .plan = (char *)f->brand->plans[w->plan < plans ? w->plan : plans - 1].id,
                          .password_hash = w->own_password ? f->hash : (char *)"",
                          .status = (char *)mailbox_status_name(MAILBOX_LIVE),
                          .activated_on = day_plus(day_add_months(w->ends_on, -12 * years, 0), 1),
                          .first_expires_on = w->ends_on,
                          .term = {w->ends_on, day_split(w->ends_on).day},
                          .allowed = term_allows(w->ends_on, &f->brand->renewal),
                          .auto_renew = w->auto_renew,
                          .convention = (char *)(w->convention ? w->convention->id : ""),
                          .domain = (char *)"",
                          .holder = holder,
                          .holder_kind = (char *)holder_kind_name((enum holder_kind)holder.kind)};
    if (w->convention)
        m->plan = (char *)w->convention->plan->id;
    m->quota_mb = brand_quota_mb(f->brand, m->plan, 0);
    m->used_mb = people_random(&f->people, (unsigned)m->quota_mb);
    m->used_on = f->today;
    return mailbox_insert(tx, m);
}

static enum outcome put_account(struct db_tx *tx, struct filling *f, const char *email, const char *name, int64_t *id)
{
    struct account account = {.brand = (char *)f->brand->id,
                              .email = (char *)email,
                              .name = (char *)name,
                              .password_hash = f->hash,
                              .language = (char *)"it"};

    TRY(account_insert(tx, &account));
    *id = account.id;
    return DONE;
}

static enum outcome put_named(struct db_tx *tx, struct filling *f, const char *local, const char *holder,
                              int expires_in, struct mailbox *m)
{
    struct wish w = {.local = local,
                     .holder = people_named(f->mem, &f->people, HOLDER_COMPANY, holder),
                     .ends_on = day_plus(f->today, expires_in),
                     .account_id = f->account_id,
                     .own_password = true};

    return put_mailbox(tx, f, &w, m);
}

static enum outcome order_renewal(struct db_tx *tx, struct filling *f, const struct mailbox *m, int years,
                                  struct placed_order *placed)
{
    const struct renewal_policy *sold = &f->brand->renewal;
    int on_sale = years < sold->min_years ? sold->min_years : years > sold->max_years ? sold->max_years : years;
    struct wanted_line line = {m->address, {.years = on_sale, .extra_gb = m->extra_gb}};
    struct order_request request = {.brand = f->brand,
                                    .actor = f->actor,
                                    .who = {.account_id = f->account_id},
                                    .lines = &line,
                                    .line_count = 1,
                                    .payment_method = "bank_transfer",
                                    .terms_accepted = true,
                                    .terms_version = brand_terms_on(&f->brand->terms, db_today(tx))->version,
                                    .language = "it",
                                    .expected = money(-1)};

    return place_order(tx, f->cmd->mem, &request, placed, &f->cmd->why);
}

/* Whose orders are paid at the demonstration's bank; a brand without transfers begins without any. */
static bool takes_transfers(const struct brand *brand)
{
    for (const char **method = brand->payment_methods; *method; method++)
        if (strcmp(*method, "bank_transfer") == 0)
            return true;
    return false;
}

/* ---- First: an order of last month, paid through the bank ---- */

static enum outcome fill_past(struct db_tx *tx, void *arg)
{
    struct filling *f = arg;
    struct mailbox m;

    f->people = people(SEED + 1);
    f->people.made = DEMO_MAILBOXES + 1000; /* numbers of its own */
    TRY(put_account(tx, f, f->shop->account, "Anna Provetti", &f->account_id));
    TRY(put_named(tx, f, RENEWED_LOCAL, "Cantina Modelli S.r.l.", -30, &m));
    return takes_transfers(f->brand) ? order_renewal(tx, f, &m, 1, &f->paid) : DONE;
}

static enum outcome import_xml(struct filling *f, const char *xml)
{
    struct import_result result;
    FILE *file = tmpfile();
    enum outcome o = BROKEN;

    if (file && fputs(xml, file) >= 0 && fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0)
        o = import_statement(
            f->mem,
            &(struct statement_import){
                .shop = &f->cmd->shop, .reader = statement_read, .file = fileno(file), .actor = f->actor},
            &result, &f->cmd->why);
    if (file)
        fclose(file);
    return o == DONE && result.matched != 1 ? BROKEN : o;
}

static enum outcome pay_past(struct filling *f)
{
    struct day day = day_plus(f->today, -PAID_DAYS_AGO);
    struct camt_movement movement = {.amount = f->paid.order.total.due,
                                     .status = ENTRY_BOOKED,
                                     .debtor = "Cantina Modelli S.r.l.",
                                     .remittance =
                                         talloc_asprintf(f->mem, "Rinnovo PEC causale %s", f->paid.order.code)};
    struct camt_statement statement = {.id = "DEMO-1",
                                       .iban = f->brand->seller.iban,
                                       .currency = "EUR",
                                       .sequence = 1,
                                       .created = rome_at(day, 18, 0, 0),
                                       .day = day,
                                       .opening = money(1000000),
                                       .movements = &movement,
                                       .movement_count = 1};
    char *xml;

    TRY(camt_write(f->mem, &statement, &xml, &f->cmd->why));
    return import_xml(f, xml);
}

/* ---- Then: today ---- */

static enum outcome fill_crowd(struct db_tx *tx, struct filling *f, int64_t large_account)
{
    struct mailbox m;

    for (int i = 0; i < DEMO_MAILBOXES; i++) {
        struct person person = people_next(f->mem, &f->people);
        struct wish w = {.local = person.local,
                         .holder = person.billing,
                         .ends_on = day_plus(f->today, (int)people_random(&f->people, 820) - 110),
                         .plan = people_random(&f->people, 10) < 7 ? 0 : 1 + people_random(&f->people, 2),
                         .account_id = i < LARGE_ACCOUNT ? large_account : 0,
                         .auto_renew = people_random(&f->people, 20) == 0};

        w.auto_renew &= day_before(day_plus(f->today, 100),
                                   w.ends_on); /* nothing to charge came along: its owner is told so in time */
        TRY(put_mailbox(tx, f, &w, &m));
    }
    return DONE;
}

/* Members of each convention, the first with a password of its own, and the Ordine's delegates. */
static enum outcome fill_conventions(struct db_tx *tx, struct filling *f, int64_t customer)
{
    struct mailbox m;
    int64_t id;

    for (size_t i = 0; i < f->brand->convention_count; i++) {
        const struct brand_convention *c = &f->brand->conventions[i];

        for (int n = 0; n < DEMO_MEMBERS; n++) {
            struct person person = people_next(f->mem, &f->people);
            struct wish w = {.local = n ? person.local : talloc_asprintf(f->mem, "iscritto.%s", c->id),
                             .holder = person.billing,
                             .ends_on = day_plus(f->today, 10 + 25 * n),
                             .account_id = n ? 0 : customer,
                             .own_password = n == 0,
                             .convention = c};

            TRY(put_mailbox(tx, f, &w, &m));
        }
        for (const char **delegate = c->delegates; *delegate; delegate++)
            TRY(put_account(tx, f, *delegate, c->body, &id));
    }
    return DONE;
}

/* Of another brand: the same customer, a few mailboxes, to try its ways of paying. */
static enum outcome fill_other(struct db_tx *tx, struct filling *f, const struct brand *brand)
{
    static const struct {
        const char *local, *holder;
        int expires_in;
        size_t plan;
    } OTHERS[] = {{"studio.campione", "Studio Campione S.r.l.", 20, 0},
                  {"ferramenta.prova", "Ferramenta Prova S.r.l.", 45, 0},
                  {"agenzia.modello", "Agenzia Modello S.r.l.", 70, 1}};
    const struct brand *first = f->brand;
    enum outcome o = DONE;
    struct mailbox m;

    f->brand = brand;
    o = put_account(tx, f, f->shop->account, "Anna Provetti", &f->account_id);
    for (size_t i = 0; i < count_of(OTHERS) && o == DONE; i++) {
        struct wish w = {.local = OTHERS[i].local,
                         .holder = people_named(f->mem, &f->people, HOLDER_COMPANY, OTHERS[i].holder),
                         .ends_on = day_plus(f->today, OTHERS[i].expires_in),
                         .plan = OTHERS[i].plan,
                         .account_id = f->account_id,
                         .own_password = i == 0};

        o = put_mailbox(tx, f, &w, &m);
    }
    if (o == DONE)
        o = fill_conventions(tx, f, f->account_id);
    f->brand = first;
    return o;
}

static enum outcome fill_present(struct db_tx *tx, void *arg)
{
    struct filling *f = arg;
    struct placed_order open;
    struct mailbox m;
    int64_t large;

    talloc_free_children(f->mem);
    f->people = people(SEED);
    TRY(put_account(tx, f, f->shop->large_account, "Grande Studio", &large));
    TRY(operator_insert(tx, &(struct operator){.brand = (char *)"",
                                               .email = f->shop->operator,
                                               .name =(char *) "Olga Prove",
                                               .role = (char *)"owner",
                                               .password_hash = f->hash}));
    for (size_t i = 0; i < count_of(NAMED); i++) {
        struct wish w = {.local = NAMED[i].local,
                         .holder = people_named(f->mem, &f->people, HOLDER_COMPANY, NAMED[i].holder),
                         .ends_on = day_plus(f->today, NAMED[i].expires_in),
                         .plan = (size_t)NAMED[i].plan,
                         .account_id = f->account_id,
                         .auto_renew = NAMED[i].auto_renew,
                         .own_password = NAMED[i].own_password};

        TRY(put_mailbox(tx, f, &w, &m));
    }
    TRY(put_named(tx, f, FURTHEST_LOCAL, "Notaio Ipotesi S.r.l.",
                  day_add_months(f->today, 12 * f->brand->renewal.horizon_years, 0).n - f->today.n, &m));
    TRY(put_named(tx, f, ORDERED_LOCAL, "Libreria Campioni S.r.l.", 20, &m));
    if (takes_transfers(f->brand))
        TRY(order_renewal(tx, f, &m, 2, &open));
    TRY(fill_crowd(tx, f, large));
    for (size_t i = 0; i < f->cmd->brands.count; i++)
        if (&f->cmd->brands.all[i] != f->brand)
            TRY(fill_other(tx, f, &f->cmd->brands.all[i]));
    return DONE;
}

/* ---- All of it ---- */

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct filling *f = arg;
    struct account account;
    enum outcome o = account_by_email(tx, f->mem, f->brand->id, f->shop->account, &account);

    f->begun = o == DONE;
    if (o != DONE && o != REFUSED)
        return o;
    o = account_by_email(tx, f->mem, f->brand->id, f->shop->large_account, &account);
    f->complete = o == DONE;
    return o == REFUSED ? DONE : o;
}

struct clock_at {
    struct filling *filling;
    struct instant to;
};

static enum outcome set_clock(struct db_tx *tx, void *arg)
{
    struct clock_at *at = arg;

    return db_set_clock(tx, at->to, &at->filling->cmd->why);
}

static enum outcome move_clock(struct filling *f, struct instant to)
{
    return db_transaction(f->cmd->db, "demo.clock", set_clock, &(struct clock_at){f, to});
}

enum outcome demo_shop_fill(struct cmd *cmd, const struct demo_shop *shop, bool *filled)
{
    struct filling f = {.cmd = cmd,
                        .shop = shop,
                        .brand = shop->brand,
                        .actor = {.door = "portal", .name = "system"},
                        .mem = talloc_new(cmd->mem)};
    struct instant now;

    *filled = false;
    TRY(db_read(cmd->db, "demo.look", look, &f));
    if (f.complete)
        return DONE;
    if (f.begun)
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("la dimostrazione era rimasta a metà; rifarla con: casella demo --fresh")));
    TRY(cmd_now(cmd, &now));
    f.today = rome_day(now);
    TRY(password_hash(cmd->mem, DEMO_PASSWORD, &f.hash));
    TRY(move_clock(&f, instant_plus(now, -DAYS(ORDERED_DAYS_AGO))));
    TRY(db_transaction(cmd->db, "demo.past", fill_past, &f));
    TRY(move_clock(&f, instant_plus(now, -DAYS(PAID_DAYS_AGO))));
    if (f.paid.order.id)
        TRY(pay_past(&f));
    TRY(move_clock(&f, now));
    TRY(db_transaction(cmd->db, "demo.present", fill_present, &f));
    talloc_free(f.mem);
    *filled = true;
    return DONE;
}
