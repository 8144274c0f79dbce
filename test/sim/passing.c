/* Mailboxes that pass to other holders, and renewals that are taken back. */
#include "shop/documents.h"
#include "shop/holder_change.h"
#include "shop/withdraw.h"
#include "sim/sim.h"
#include "store/proof.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct actor DESK = {"office", "operator:1"};

/* A partita IVA of an office in Rome, with its check digit. */
static char *vat_number_of(void *mem, int n)
{
    char text[16];
    int sum = 0;

    snprintf(text, sizeof text, "%07d058", n % 10000000);
    for (int i = 0; i < 10; i++) {
        int digit = (text[i] - '0') * (i % 2 ? 2 : 1);

        sum += digit > 9 ? digit - 9 : digit;
    }
    return talloc_asprintf(mem, "%s%d", text, (10 - sum % 10) % 10);
}

static const char *text_of(struct world *w, const char *what, int64_t id)
{
    return words(w->f, talloc_asprintf(w->scratch, "SELECT %s FROM holder_change WHERE id = %" PRId64, what, id));
}

static bool lives(struct world *w, const struct customer *c)
{
    return number(w->f,
                  talloc_asprintf(w->scratch, "SELECT count(*) FROM mailbox WHERE address = '%s' AND status = 'live'",
                                  c->address)) > 0;
}

/* ---- Asking ---- */

struct passing {
    struct world *w;
    struct customer *c;
    struct request person;
    struct holder_change change;
    struct holder_change_decision decision;
    struct submission submission;
    bool by_new;
    struct problems faults;
    struct problem why;
};

static enum outcome ask(struct world *w, void *arg)
{
    struct passing *p = arg;

    p->faults = (struct problems){0};
    return holder_change_ask(&w->f->shop, w->scratch,
                             &(struct holder_change_request){.brand = p->c->brand,
                                                             .actor = DESK,
                                                             .mailbox = p->c->address,
                                                             .person = p->person,
                                                             .agreed = true,
                                                             .language = "it",
                                                             .client = p->c->name},
                             &p->change, &p->faults);
}

static enum outcome add_heir(struct db_tx *tx, void *arg)
{
    struct passing *p = arg;
    struct account account = {.brand = (char *)p->c->brand->id,
                              .email = (char *)p->person.holder.email,
                              .name = (char *)p->person.holder.name,
                              .password_hash = (char *)"",
                              .language = (char *)"it"};

    TRY(account_insert(tx, &account));
    p->c->heir = account.id;
    return DONE;
}

static void ask_for_it(struct world *w, struct customer *c)
{
    struct passing p = {.w = w, .c = c};

    w->heirs++;
    p.person.holder = somebody(talloc_asprintf(w->scratch, "erede%d@posta.example", w->heirs));
    p.person.holder.kind = HOLDER_COMPANY;
    p.person.holder.name = talloc_asprintf(w->scratch, "Eredi %d S.r.l.", w->heirs);
    p.person.holder.tax_code = p.person.holder.vat_number = vat_number_of(w->scratch, 200000 + w->heirs);
    p.person.phone = (char *)"+39 06 5550 0200";
    p.person.signer_name = (char *)"Maria Verdi";
    p.person.signer_tax_code = (char *)"VRDMRA80A41H501U";
    if (sim_try(w, ask, &p) != DONE &&
        !(p.faults.count && p.faults.item[0].code == PROBLEM_HOLDER_CHANGE_OPEN)) { /* it died after it was done */
        enum problem_code code = p.faults.count ? p.faults.item[0].code : PROBLEM_BROKEN;

        if (code != PROBLEM_OPEN_ORDER && code != PROBLEM_HOLDER_CHANGE_NOT_HERE)
            SIM_TROUBLE(w, "%s cannot change its holder: %s %s", c->address, p.faults.item[0].field,
                        problem_slug(code));
        return;
    }
    if (db_transaction(w->f->db, "sim.heir", add_heir, &p) != DONE)
        SIM_TROUBLE(w, "no heir");
    c->change = number(w->f, talloc_asprintf(w->scratch,
                                             "SELECT c.id FROM holder_change c JOIN mailbox m ON m.id = c.mailbox_id "
                                             "WHERE m.address = '%s' AND c.ended_at IS NULL",
                                             c->address));
    c->change_on = day_plus(w->today, 1 + chance_below(&w->chance, 20));
}

/* ---- Answering ---- */

static enum outcome again(struct world *w, void *arg)
{
    struct passing *p = arg;

    return holder_change_again(&w->f->shop, w->scratch, p->c->change, &DESK, &p->why);
}

static enum outcome accept(struct world *w, void *arg)
{
    struct passing *p = arg;
    char session[TOKEN_TEXT];
    char *data = words(w->f, "SELECT data FROM outbox WHERE template = 'holder_invited' ORDER BY id DESC LIMIT 1"),
         *at = strstr(data, "/intestatario/");
    struct holder_change_answer answer = {.brand = p->c->brand,
                                          .who = {.account_id = p->c->heir},
                                          .person = p->person,
                                          .terms_version = p->c->brand->terms.version,
                                          .language = "it"};

    if (!at)
        SIM_TROUBLE(w, "%s: no link in %s", p->c->address, data);
    answer.token = talloc_strndup(w->scratch, at + strlen("/intestatario/"), TOKEN_TEXT - 1);
    p->why = (struct problem){0};
    return holder_change_accept(&w->f->shop, w->scratch, &answer, session, &p->change, &p->faults, &p->why);
}

static enum outcome stop(struct db_tx *tx, void *arg)
{
    struct passing *p = arg;

    p->why = (struct problem){0};
    return holder_change_stop(tx, p->w->scratch, p->c->change, p->by_new, &DESK, &p->why);
}

static enum outcome try_stop(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.stop", stop, arg);
}

static void answer_it(struct world *w, struct customer *c)
{
    struct passing p = {.w = w, .c = c, .by_new = chance_of(&w->chance, 500)};

    if (chance_of(&w->chance, 120)) { /* nobody answers: it runs out */
        c->change_on = day_plus(w->today, 60);
        return;
    }
    if (chance_of(&w->chance, 160)) {
        (void)!sim_try(w, try_stop, &p);
        return;
    }
    p.person.holder = somebody("");
    p.person.phone = (char *)"+39 06 5550 0200";
    p.person.signer_name = (char *)"Maria Verdi";
    p.person.signer_tax_code = (char *)"VRDMRA80A41H501U";
    if (sim_try(w, again, &p) != DONE)
        SIM_TROUBLE(w, "%s: no new link: %s", c->address, problem_slug(p.why.code));
    if (sim_try(w, accept, &p) != DONE && strcmp(text_of(w, "state", c->change), "accepted") != 0)
        SIM_TROUBLE(w, "%s was not accepted: %s %s", c->address, problem_slug(p.why.code),
                    p.faults.count ? p.faults.item[0].field : "");
}

/* ---- The desk ---- */

static enum outcome send(struct db_tx *tx, void *arg)
{
    struct passing *p = arg;
    struct stored_file file = {.sha256 = (char *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                               .content_type = (char *)"application/pdf",
                               .length = 3};
    struct document document = {.change_id = p->c->change,
                                .slot = (char *)SLOT_IDENTITY,
                                .file_sha256 =
                                    (char *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                .file_name = (char *)"carta.pdf"};

    TRY(stored_file_keep(tx, &file));
    TRY(holder_change_by_id(tx, p->w->scratch, p->c->change, &p->change));
    if (p->change.state == HOLDER_CHANGE_ACCEPTED)
        TRY(document_insert(tx, &document));
    return holder_change_send(tx, p->w->scratch, &p->w->f->brands, p->c->change, &DESK, &p->submission, &p->faults);
}

static enum outcome try_send(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.send", send, arg);
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct passing *p = arg;

    p->why = (struct problem){0};
    return holder_change_decide(tx, p->w->scratch, &p->w->f->shop, &p->decision, &p->change, &p->why);
}

static enum outcome try_decide(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.decide", decide, arg);
}

/* Another customer has the mailbox from here on: with an account, and nothing of the old one's. */
static void has_passed(struct world *w, struct customer *c)
{
    snprintf(c->holder, sizeof c->holder, "%s", text_of(w, "name", c->change));
    c->passed++;
    w->seen.passed++;
    c->account_id = c->heir;
    c->keeps_card = false;
    c->automatic = 0;
    c->wallet = 0;
    c->topup[0] = c->last_code[0] = '\0';
    if (c->code[0] && order_now(w->f, c->code).state != ORDER_FULFILLED) {
        c->code[0] = '\0';
        c->paid = false;
        w->seen.given_up++;
    }
    c->act_on = day_plus(w->today, 1 + chance_below(&w->chance, 5));
}

static void decide_it(struct world *w, struct customer *c)
{
    struct passing p = {.w = w, .c = c};
    int luck = chance_below(&w->chance, 100);
    enum outcome o;

    if (c->automatic)
        automatic_look(w, c); /* what was charged this morning was the old holder's */
    p.decision = (struct holder_change_decision){.verdict = luck < 75   ? HOLDER_CHANGE_APPROVE
                                                            : luck < 90 ? HOLDER_CHANGE_REJECT
                                                                        : HOLDER_CHANGE_REFUSE,
                                                 .id = c->change,
                                                 .reason = luck < 90 ? "illegible" : "not_entitled",
                                                 .identity_expires_on = day_plus(w->today, 1000),
                                                 .actor = DESK};
    o = sim_try(w, try_decide, &p);
    if (o == DONE && luck < 75)
        has_passed(w, c);
    else if (o == REFUSED && p.why.code != PROBLEM_OPEN_ORDER && p.why.code != PROBLEM_HOLDER_CHANGE_NOT_HERE)
        SIM_TROUBLE(w, "%s: the desk cannot decide: %s", c->address, problem_slug(p.why.code));
    else if (o == BROKEN)
        SIM_TROUBLE(w, "%s: the desk cannot decide", c->address);
}

/* ---- Taking back ---- */

struct leaving {
    struct world *w;
    struct customer *c;
    struct withdraw_look look;
    struct problem why;
};

static enum outcome leave(struct db_tx *tx, void *arg)
{
    struct leaving *l = arg;
    struct withdraw_request request = {
        .code = l->c->last_code, .iban = "IT60X0542811101000000123456", .payee = "Cliente", .actor = {"portal", "sim"}};

    l->why = (struct problem){0};
    return withdraw(tx, l->w->scratch, &l->w->f->brands, &request, &l->look, &l->why);
}

static enum outcome try_leave(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.withdraw", leave, arg);
}

static void take_back(struct world *w, struct customer *c)
{
    struct leaving l = {.w = w, .c = c};
    enum outcome o = sim_try(w, try_leave, &l);

    if (o == REFUSED && l.why.code != PROBLEM_WITHDRAWAL && l.why.code != PROBLEM_WITHDRAWAL_NOT_HERE &&
        l.why.code != PROBLEM_RENEWED_SINCE)
        SIM_TROUBLE(w, "%s cannot withdraw from %s: %s", c->address, c->last_code, problem_slug(l.why.code));
    if (o == DONE) {
        struct mailbox box = mailbox(w->f, c->address);

        c->term = c->term_before;
        if (!day_same(box.term.ends_on, c->term.ends_on))
            SIM_TROUBLE(w, "%s was taken back, and ends on day %d, not %d", c->address, box.term.ends_on.n,
                        c->term.ends_on.n);
        if (strcmp(l.look.destination, "wallet") == 0)
            c->wallet += l.look.sums.back.cents;
        c->act_on = day_plus(w->today, 3);
        w->seen.taken_back++;
    }
    c->last_code[0] = '\0';
}

/* ---- Each day ---- */

void passing_act(struct world *w, struct customer *c)
{
    const char *state;

    if (c->last_code[0] && chance_of(&w->chance, 6))
        take_back(w, c);
    if (!c->change) {
        if (!c->member && c->brand->holder_change.on && lives(w, c) && chance_of(&w->chance, 2) &&
            chance_of(&w->chance, 350))
            ask_for_it(w, c);
        return;
    }
    if (day_before(w->today, c->change_on))
        return;
    c->change_on = day_plus(w->today, 1 + chance_below(&w->chance, 10));
    state = text_of(w, "state", c->change);
    if (strcmp(state, "asked") == 0)
        answer_it(w, c);
    else if (strcmp(state, "accepted") == 0 && chance_of(&w->chance, 900))
        (void)!sim_try(w, try_send, &(struct passing){.w = w, .c = c});
    else if (strcmp(state, "in_review") == 0)
        decide_it(w, c);
    else if (strcmp(state, "accepted") != 0)
        c->change = 0; /* it has ended */
}

/* Whose it is, and that nothing waits for ever. */
void passing_look(struct world *w, struct customer *c)
{
    if (c->last_code[0] && day_before(day_plus(c->renewed_on, 20), w->today))
        c->last_code[0] = '\0';
    if (sim_is_turn(w, c) && lives(w, c) && strcmp(mailbox(w->f, c->address).holder.name, c->holder) != 0)
        SIM_TROUBLE(w, "%s should be %s's, and is %s's", c->address, c->holder, mailbox(w->f, c->address).holder.name);
    if (c->change && number(w->f, talloc_asprintf(w->scratch,
                                                  "SELECT count(*) FROM holder_change WHERE id = %" PRId64
                                                  " AND state IN ('asked', 'accepted') AND expires_on < %d",
                                                  c->change, w->today.n)))
        SIM_TROUBLE(w, "%s: a change of holder waits for ever", c->address);
}

void passing_close(struct world *w)
{
    for (int i = 0; i < w->count; i++) {
        const struct customer *c = &w->customers[i];
        int64_t links = number(w->f, talloc_asprintf(w->scratch,
                                                     "SELECT count(*) FROM holding g JOIN mailbox m ON m.id = "
                                                     "g.mailbox_id WHERE m.address = '%s'",
                                                     c->address));

        if (links != c->passed)
            SIM_TROUBLE(w, "%s passed %d times; the chain has %" PRId64, c->address, c->passed, links);
    }
}
