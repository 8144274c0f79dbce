/* A mailbox passes to another holder: asked for, accepted, looked at by the desk, and all that comes of it, or nothing
 * (DOMAIN M25), on both engines. */
#include "flow/fixture.h"
#include "jobs/jobs.h"
#include "shop/day.h"
#include "shop/documents.h"
#include "shop/door.h"
#include "shop/holder_change.h"
#include "shop/withdraw.h"
#include "store/association.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define MARIA    "maria@posta.example"
#define PAOLA    "paola@posta.example"
#define PASSWORD "quattro gatti grigi"

static const struct actor DESK = {"office", "operator:1"}, OTHER = {"office", "operator:2"};

struct stage {
    struct fixture *f;
    int64_t maria, box; /* the account that sees VERDI; VERDI */
    struct holder_change change;
    char session[TOKEN_TEXT];
    struct problems faults;
    struct problem why;
};

static struct stage *stage(void **state)
{
    struct fixture *f = fixture(state);
    struct stage *s;
    char *hash;

    if (!f)
        return NULL;
    s = talloc_zero(f->url, struct stage);
    s->f = f;
    assert_int_equal(password_hash(f, PASSWORD, &hash), DONE);
    sql(f, talloc_asprintf(f,
                           "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', "
                           "'" MARIA "', 'Maria Verdi', '%s', 1)",
                           hash));
    s->maria = number(f, "SELECT id FROM account");
    s->box = mailbox(f, VERDI).id;
    sql(f,
        talloc_asprintf(f, "UPDATE mailbox_row SET account_id = %" PRId64 ", password_hash = '%s' WHERE id = %" PRId64,
                        s->maria, hash, s->box));
    return s;
}

static struct request paola(void)
{
    struct request person = {.holder = somebody(PAOLA), .phone = (char *)"+39 06 5550 0200"};

    person.holder.name = "Paola Nuova";
    person.holder.tax_code = "NVUPLA80A01H501M";
    return person;
}

static struct holder_change_request asking(struct stage *s)
{
    return (struct holder_change_request){.brand = s->f->brand,
                                          .actor = {"portal", "account:1"},
                                          .who = {.account_id = s->maria},
                                          .mailbox = VERDI,
                                          .person = paola(),
                                          .password = PASSWORD,
                                          .agreed = true,
                                          .language = "it",
                                          .client = "127.0.0.1"};
}

static enum outcome ask(struct stage *s, const struct holder_change_request *r)
{
    return holder_change_ask(&s->f->shop, s, r, &s->change, &s->faults);
}

static void must_ask(struct stage *s)
{
    struct holder_change_request r = asking(s);

    if (ask(s, &r) != DONE)
        fail_msg("%s: %s", s->faults.item[0].field, problem_slug(s->faults.item[0].code));
}

/* Of the newest mail to the new holder: the token at the end of a link. */
static const char *link_in(struct stage *s, const char *template, const char *before)
{
    char *data =
             words(s->f, talloc_asprintf(s, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1",
                                         template)),
         *at = strstr(data, before);

    if (!at)
        fail_msg("no %s in %s", before, data);
    return talloc_strndup(s, at + strlen(before), TOKEN_TEXT - 1);
}

static struct holder_change_answer answer(struct stage *s)
{
    return (struct holder_change_answer){.brand = s->f->brand,
                                         .token = link_in(s, "holder_invited", "/intestatario/"),
                                         .person = paola(),
                                         .password = "una password nuova",
                                         .terms_version = s->f->brand->terms.version,
                                         .privacy = true,
                                         .language = "it"};
}

static enum outcome accept(struct stage *s, const struct holder_change_answer *a)
{
    return holder_change_accept(&s->f->shop, s, a, s->session, &s->change, &s->faults, &s->why);
}

static void must_accept(struct stage *s)
{
    struct holder_change_answer a = answer(s);

    if (accept(s, &a) != DONE)
        fail_msg("%s: %s", problem_slug(s->why.code), s->faults.count ? s->faults.item[0].field : "");
}

static char *pdf(void *mem, const char *words_)
{
    char *body = talloc_asprintf(mem, "%%PDF-1.4\n%% %s\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", words_);

    return talloc_asprintf(
        mem, "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n%zu\n%%%%EOF\n", body,
        strlen(body));
}

static enum outcome put(struct stage *s, const char *slot, const char *text)
{
    struct document document;
    char *file = pdf(s, text);

    return document_add(&s->f->shop, s,
                        &(struct document_request){.change_id = s->change.id,
                                                   .slot = slot,
                                                   .file_name = "carta.pdf",
                                                   .bytes = file,
                                                   .length = strlen(file),
                                                   .actor = {"portal", "account:2"}},
                        &document, &s->why);
}

struct sending {
    struct stage *s;
    struct submission submission;
};

static enum outcome run_send(struct db_tx *tx, void *arg)
{
    struct sending *d = arg;

    return holder_change_send(tx, d->s, &d->s->f->brands, d->s->change.id, &(struct actor){"portal", "account:2"},
                              &d->submission, &d->s->faults);
}

static enum outcome send(struct stage *s)
{
    struct sending d = {.s = s};

    return db_transaction(s->f->db, "send", run_send, &d);
}

static void must_send(struct stage *s, const char *text)
{
    assert_int_equal(put(s, SLOT_IDENTITY, text), DONE);
    assert_int_equal(send(s), DONE);
}

struct deciding {
    struct stage *s;
    struct holder_change_decision decision;
};

static enum outcome run_decide(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;

    d->s->why = (struct problem){0};
    return holder_change_decide(tx, d->s, &d->s->f->shop, &d->decision, &d->s->change, &d->s->why);
}

static enum outcome decide(struct stage *s, int verdict, const char *reason, const struct actor *actor)
{
    struct deciding d = {.s = s,
                         .decision = {.verdict = verdict,
                                      .id = s->change.id,
                                      .reason = reason,
                                      .note = "nota",
                                      .identity_expires_on = day_of(2030, 1, 1),
                                      .actor = *actor}};

    return db_transaction(s->f->db, "decide", run_decide, &d);
}

static void must_pass(struct stage *s)
{
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    if (decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK) != DONE)
        fail_msg("%s %s", problem_slug(s->why.code), s->why.detail);
}

struct stopping {
    struct stage *s;
    bool by_new;
};

static enum outcome run_stop(struct db_tx *tx, void *arg)
{
    struct stopping *t = arg;

    t->s->why = (struct problem){0};
    return holder_change_stop(tx, t->s, t->s->change.id, t->by_new, &DESK, &t->s->why);
}

static enum outcome stop(struct stage *s, bool by_new)
{
    return db_transaction(s->f->db, "stop", run_stop, &(struct stopping){s, by_new});
}

static int64_t mails(struct stage *s, const char *template, const char *to)
{
    return number(s->f, talloc_asprintf(s, "SELECT count(*) FROM outbox WHERE template = '%s' AND recipient = '%s'",
                                        template, to));
}

static const char *state_of(struct stage *s)
{
    return words(s->f, talloc_asprintf(s, "SELECT state FROM holder_change WHERE id = %" PRId64, s->change.id));
}

/* ---- Passing ---- */

static enum outcome take_mail(void *arg, const struct mail *mail, struct problem *why)
{
    (void)arg, (void)mail, (void)why;
    return DONE;
}

/* Every mail of the way is made of what its row holds. */
static void all_mails_go(struct stage *s)
{
    struct mailer mailer = {.send = take_mail};
    struct jobs_options jobs = {.shop = &s->f->shop, .views = s->f->views, .mailer = &mailer, .at = clock_now()};
    struct jobs_round round;

    jobs.at = instant_plus(jobs.at, DAYS(1));
    assert_int_equal(jobs_once(s, &jobs, &round), DONE);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE kind = 'mail' AND state <> 'done'"), 0);
}

static void it_passes(void **state)
{
    struct stage *s = stage(state);
    struct mailbox before, after;

    if (!s)
        return;
    before = mailbox(s->f, VERDI);
    must_pass(s);
    after = mailbox(s->f, VERDI);
    assert_string_equal(state_of(s), "done");
    assert_string_equal(after.holder.name, "Paola Nuova");
    assert_string_equal(after.holder.tax_code, "NVUPLA80A01H501M");
    assert_string_equal(after.holder.email, PAOLA);
    assert_string_equal(after.password_hash, "");
    assert_true(after.holder_id != before.holder_id && after.account_id != s->maria && after.account_id);
    assert_true(day_same(after.term.ends_on, before.term.ends_on));
    assert_int_equal(number(s->f, "SELECT count(*) FROM reset_link WHERE used_at IS NULL"), 1);
    assert_int_equal(mails(s, "holder_taken", PAOLA), 1);
    assert_int_equal(mails(s, "holder_given", MARIA), 1);
    assert_int_equal(mails(s, "holder_given", "titolare@posta.example"), 1);
    assert_int_equal(
        number(s->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.holder_changed' AND actor = 'operator:1'"), 1);
    assert_clean(s->f);
    all_mails_go(s);
}

struct asking_chain {
    struct stage *s;
    struct instant at;
    struct holding found;
};

static enum outcome run_holding(struct db_tx *tx, void *arg)
{
    struct asking_chain *a = arg;

    return holding_at(tx, a->s, a->s->box, a->at, &a->found);
}

static const char *held_on(struct stage *s, int year, int month, int day)
{
    struct asking_chain a = {.s = s, .at = rome_at(day_of(year, month, day), 9, 0, 0)};

    return db_read(s->f->db, "chain", run_holding, &a) == DONE ? a.found.name : "nobody";
}

static void the_chain_tells_who_held_it_when(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_request r;

    if (!s)
        return;
    must_pass(s); /* at noon of 20-12-2026 */
    set_day(s->f, 2027, 2, 1);
    r = asking(s);
    r.who = (struct principal){.account_id = mailbox(s->f, VERDI).account_id};
    r.password = "una password nuova";
    r.person.holder = somebody(MARIA); /* and back */
    assert_int_equal(ask(s, &r), DONE);
    {
        struct holder_change_answer a = answer(s);

        a.who = (struct principal){.account_id = s->maria};
        assert_int_equal(accept(s, &a), DONE);
        assert_string_equal(s->session, "");
    }
    must_send(s, "la sua");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), DONE);
    assert_string_equal(held_on(s, 2026, 3, 14), "nobody"); /* activated the day after */
    assert_string_equal(held_on(s, 2026, 3, 15), "Maria Verdi");
    assert_string_equal(held_on(s, 2026, 12, 20), "Maria Verdi");
    assert_string_equal(held_on(s, 2026, 12, 21), "Paola Nuova");
    assert_string_equal(held_on(s, 2027, 2, 1), "Paola Nuova");
    assert_string_equal(held_on(s, 2027, 2, 2), "Maria Verdi");
    assert_int_equal(mailbox(s->f, VERDI).account_id, s->maria);
    assert_clean(s->f);
}

struct using
{
    struct stage *s;
    const char *link;
    const struct order *order;
    struct principal who;
    struct mailbox mailbox;
    struct withdraw_look look;
    bool seen;
};

static enum outcome use_link(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return door_look(tx, u->s, u->s->f->brand, u->link, &u->mailbox, &u->s->why);
}

static enum outcome see_order(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return order_seen_by(tx, u->order, u->who, &u->seen);
}

static bool sees(struct stage *s, struct principal who, const struct order *order)
{
    struct using u = {.s = s, .who = who, .order = order};

    assert_int_equal(db_read(s->f->db, "sees", see_order, &u), DONE);
    return u.seen;
}

static enum outcome look_withdrawal(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return withdraw_look(tx, u->s, &u->s->f->brands, u->order, &u->look, &u->s->why);
}

static void open_doors(struct stage *s)
{
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO session (token_hash, brand, mailbox_id, created_at, seen_at) VALUES ('aa', "
                              "'legalmail', %" PRId64 ", 1, 1)",
                              s->box));
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO session (token_hash, brand, account_id, created_at, seen_at) VALUES ('bb', "
                              "'legalmail', %" PRId64 ", 1, 1)",
                              s->maria));
    sql(s->f,
        talloc_asprintf(s, "INSERT INTO mailbox_grant (session, mailbox_id, found_at) VALUES ('bb', %" PRId64 ", 1)",
                        s->box));
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO reset_link (token_hash, mailbox_id, expires_at) VALUES ('cc', %" PRId64
                              ", 9000000000000000)",
                              s->box));
    sql(s->f, talloc_asprintf(
                  s,
                  "INSERT INTO cart_line (owner, mailbox_id, years, plan, extra_gb, added_at) VALUES ('account:%" PRId64
                  "', %" PRId64 ", 1, 'bronze', 0, 1)",
                  s->maria, s->box));
    sql(s->f,
        talloc_asprintf(s,
                        "INSERT INTO mandate (brand, mailbox_id, account_id, method, state, years, plan, extra_gb, "
                        "agreed_cents, language, consent_version, consent_sha256, consented_at, consented_door, "
                        "consented_by, expires_on, changed_at) SELECT brand, id, account_id, 'card', 'on', 1, plan, "
                        "0, 3050, 'it', '1', 'x', 1, 'portal', 'account:1', expires_on, 1 FROM mailbox WHERE id = "
                        "%" PRId64,
                        s->box));
    sql(s->f, talloc_asprintf(s, "UPDATE mailbox_row SET auto_renew = 1 WHERE id = %" PRId64, s->box));
}

static void every_door_shuts(void **state)
{
    struct stage *s = stage(state);
    struct using u = {.s = s};
    struct mailbox box;
    char *link;

    if (!s)
        return;
    open_doors(s);
    box = mailbox(s->f, VERDI);
    assert_int_equal(door_link(&s->f->shop, s, s->f->brand, &box, day_of(2027, 3, 1), &link), DONE);
    u.link = strrchr(link, '/') + 1;
    assert_int_equal(db_read(s->f->db, "door", use_link, &u), DONE);
    must_pass(s);
    assert_int_equal(db_read(s->f->db, "door", use_link, &u), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
    assert_int_equal(number(s->f, "SELECT count(*) FROM session WHERE mailbox_id IS NOT NULL"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM session WHERE token_hash = 'bb'"),
                     1); /* of the account's other mailboxes */
    assert_int_equal(number(s->f, "SELECT count(*) FROM mailbox_grant"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM reset_link WHERE token_hash = 'cc' AND used_at IS NULL"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM cart_line"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM mandate WHERE state = 'off'"), 1);
    assert_false(mailbox(s->f, VERDI).auto_renew);
}

/* ---- Money ---- */

static struct placed_order order_of_maria(struct stage *s)
{
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1, .extra_gb = EXTRA_GB_AS_HELD}};
    struct order_request r = request_for(s->f, &line, 1);
    struct placed_order placed;
    struct problem why;

    r.who = (struct principal){.account_id = s->maria};
    if (order(s->f, &r, &placed, &why) != DONE)
        fail_msg("%s %s", why.field, problem_slug(why.code));
    return placed;
}

static void what_was_paid_stays_with_who_paid(void **state)
{
    struct stage *s = stage(state);
    struct using u = {.s = s};
    struct placed_order placed;
    int64_t account;

    if (!s)
        return;
    placed = order_of_maria(s);
    u.order = &placed.order;
    assert_int_equal(pay(s->f, &(struct transfer){placed.order.code, 3050, day_of(2026, 12, 20)}).how, SETTLED_MATCHED);
    set_day(s->f, 2026, 12, 22);
    must_pass(s);
    account = mailbox(s->f, VERDI).account_id;
    assert_true(sees(s, (struct principal){.account_id = s->maria}, u.order));
    assert_false(sees(s, (struct principal){.account_id = account}, u.order));
    assert_false(sees(s, (struct principal){.mailbox_id = s->box}, u.order));
    placed.order = order_now(s->f, placed.order.code);
    assert_int_equal(db_read(s->f->db, "withdraw", look_withdrawal, &u), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_WITHDRAWAL_NOT_HERE);
    assert_true(day_same(mailbox(s->f, VERDI).term.ends_on, day_of(2028, 3, 15)));
    assert_clean(s->f);
}

static void an_unpaid_order_is_cancelled(void **state)
{
    struct stage *s = stage(state);
    struct placed_order placed;

    if (!s)
        return;
    must_ask(s);
    placed = order_of_maria(s);
    sql(s->f,
        talloc_asprintf(s, "INSERT INTO order_association (order_id, account_id) VALUES (%" PRId64 ", %" PRId64 ")",
                        placed.order.id, s->maria));
    must_accept(s);
    must_send(s, "carta");
    sql(s->f,
        talloc_asprintf(s,
                        "INSERT INTO proof (brand, order_id, channel, file_sha256, file_name, state, kind, reason, "
                        "received_at, due_at) SELECT 'legalmail', %" PRId64
                        ", 'upload', file_sha256, '', 'received', '', '', 1, 1 FROM document LIMIT 1",
                        placed.order.id));
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK),
                     REFUSED); /* a proof of its payment is at the desk */
    assert_int_equal(s->why.code, PROBLEM_OPEN_ORDER);
    assert_string_equal(state_of(s), "in_review");
    sql(s->f, "DELETE FROM proof");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), DONE);
    assert_int_equal(order_now(s->f, placed.order.code).state, ORDER_CANCELLED);
    assert_int_equal(mailbox(s->f, VERDI).open_order_id, 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM order_association"), 0);
    assert_clean(s->f);
}

/* ---- Asking ---- */

static void what_cannot_be_asked(void **state)
{
    static const struct {
        const char *sql, *field;
        enum problem_code code;
        const char *tax_code, *email, *password;
        bool disagrees, stranger;
    } CASES[] = {
        {.field = "tax_code", .code = PROBLEM_HOLDER_SAME, .tax_code = "vrdmra80a41h501u"},
        {.field = "tax_code", .code = PROBLEM_TAX_CODE_CHECK, .tax_code = "NVUPLA80A01H501X"},
        {.field = "email", .code = PROBLEM_HOLDER_CONTACT_SAME, .email = VERDI},
        {.field = "current", .code = PROBLEM_PASSWORD_WRONG, .password = "un'altra"},
        {.field = "agreed", .code = PROBLEM_REQUIRED, .disagrees = true},
        {.field = "mailbox", .code = PROBLEM_MAILBOX_UNKNOWN, .stranger = true},
        {.field = "mailbox",
         .code = PROBLEM_HOLDER_CHANGE_NOT_HERE,
         .sql = "UPDATE mailbox_row SET convention = 'ordine' WHERE " ITS_ROW(VERDI)},
        {.field = "mailbox",
         .code = PROBLEM_HOLDER_CHANGE_NOT_HERE,
         .sql = "UPDATE mailbox_row SET convention = '', status = 'ceased' WHERE " ITS_ROW(VERDI)},
    };
    struct stage *s = stage(state);
    struct holder_change_request r;

    for (size_t i = 0; s && i < count_of(CASES); i++) {
        r = asking(s);
        if (CASES[i].sql)
            sql(s->f, CASES[i].sql);
        if (CASES[i].tax_code)
            r.person.holder.tax_code = CASES[i].tax_code;
        if (CASES[i].email)
            r.person.holder.email = CASES[i].email;
        if (CASES[i].password)
            r.password = CASES[i].password;
        r.agreed = !CASES[i].disagrees;
        if (CASES[i].stranger)
            r.who.account_id = 99;
        assert_int_equal(ask(s, &r), REFUSED);
        assert_string_equal(s->faults.item[0].field, CASES[i].field);
        assert_int_equal(s->faults.item[0].code, CASES[i].code);
    }
}

static void one_at_a_time(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_request r;

    if (!s)
        return;
    must_ask(s);
    r = asking(s);
    assert_int_equal(ask(s, &r), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_HOLDER_CHANGE_OPEN);
    assert_int_equal(stop(s, false), DONE);
    (void)order_of_maria(s);
    assert_int_equal(ask(s, &r), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_OPEN_ORDER);
    assert_clean(s->f);
}

/* ---- Answering ---- */

static void an_account_that_exists_signs_in(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    sql(s->f, "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', '" PAOLA
              "', 'Paola', '', 1)");
    must_ask(s);
    a = answer(s);
    assert_int_equal(accept(s, &a), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_UNAUTHENTICATED);
    a.who.account_id = s->maria; /* somebody else */
    assert_int_equal(accept(s, &a), REFUSED);
    a.who.account_id = number(s->f, "SELECT id FROM account WHERE email = '" PAOLA "'");
    assert_int_equal(accept(s, &a), DONE);
    assert_string_equal(s->session, "");
    assert_int_equal(s->change.account_id, a.who.account_id);
    assert_int_equal(accept(s, &a), REFUSED); /* it opens once */
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
}

static void what_is_missing_is_told(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    must_ask(s);
    a = answer(s);
    a.password = "corta";
    a.terms_version = "";
    a.privacy = false;
    a.person.holder.postcode = "1";
    a.person.holder.name = "Qualcun Altro"; /* who it is was said by who asked */
    assert_int_equal(accept(s, &a), REFUSED);
    assert_int_equal(s->faults.count, 4);
    assert_int_equal(number(s->f, "SELECT count(*) FROM account"), 1);
    must_accept(s);
    assert_string_equal(s->change.holder.name, "Paola Nuova");
    assert_int_equal(strlen(s->session), TOKEN_TEXT - 1);
}

static void a_new_link_ends_the_old_one(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    must_ask(s);
    a = answer(s);
    assert_int_equal(holder_change_again(&s->f->shop, s, s->change.id, &DESK, &s->why), DONE);
    assert_int_equal(accept(s, &a), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
    must_accept(s);
}

/* ---- Nothing comes of it ---- */

static void either_may_end_it(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    assert_int_equal(
        holder_change_decline(&s->f->shop, s, s->f->brand, link_in(s, "holder_invited", "/intestatario/"), &s->why),
        DONE);
    assert_string_equal(state_of(s), "declined");
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    assert_int_equal(stop(s, false), DONE); /* even while it is at the desk */
    assert_string_equal(state_of(s), "cancelled");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), REFUSED);
    assert_int_equal(stop(s, true), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_HOLDER_CHANGE_STATE);
    assert_int_equal(mails(s, "holder_ended", PAOLA), 2);
    assert_string_equal(mailbox(s->f, VERDI).holder.name, "Maria Verdi");
    assert_clean(s->f);
    all_mails_go(s);
}

static int64_t turn(struct stage *s)
{
    struct day_turn turn = {0};
    struct day_summary summary;

    assert_int_equal(day_run(&s->f->shop, s, &turn, false, &summary), DONE);
    return day_did(&summary, "holder_changes_expired");
}

static void silence_ends_it(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s); /* 20-12-2026: thirty days */
    set_day(s->f, 2027, 1, 19);
    assert_int_equal(turn(s), 0);
    must_accept(s); /* on the last day, and thirty days more for the papers */
    set_day(s->f, 2027, 2, 18);
    assert_int_equal(turn(s), 0);
    assert_int_equal(put(s, SLOT_IDENTITY, "mai inviata"), DONE);
    set_day(s->f, 2027, 2, 19);
    assert_int_equal(turn(s), 1);
    assert_string_equal(state_of(s), "expired");
    assert_int_equal(number(s->f, "SELECT count(*) FROM document WHERE purged_at IS NULL"), 0); /* K6 */
    assert_int_equal(turn(s), 0);
    assert_clean(s->f);
}

static void at_the_desk_nothing_expires(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(turn(s), 0);
    sql(s->f, "UPDATE mailbox_row SET status = 'ceased', expires_on = 20000, read_until = 20000 WHERE " ITS_ROW(VERDI));
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_HOLDER_CHANGE_NOT_HERE);
    assert_int_equal(turn(s), 1); /* there is no mailbox to pass any more */
}

/* ---- The desk ---- */

static void papers_are_sent_back_and_refused(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    must_accept(s);
    assert_int_equal(put(s, SLOT_CONTRACT, "un contratto"), REFUSED);
    assert_int_equal(send(s), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_DOCUMENT_MISSING);
    must_send(s, "sfocata");
    assert_int_equal(put(s, SLOT_IDENTITY, "tardi"), REFUSED);
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "unsigned", &DESK), REFUSED); /* there is no contract */
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "illegible", &DESK), DONE);
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "illegible", &DESK), DONE); /* a second click */
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &OTHER), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_REVIEWED);
    assert_string_equal(state_of(s), "accepted");
    must_send(s, "nitida");
    assert_int_equal(decide(s, HOLDER_CHANGE_REFUSE, "not_entitled", &DESK), DONE);
    assert_string_equal(state_of(s), "refused");
    assert_int_equal(mails(s, "holder_papers", PAOLA), 3);
    assert_int_equal(number(s->f, "SELECT count(*) FROM submission WHERE change_id IS NOT NULL"), 2);
    assert_clean(s->f);
    all_mails_go(s);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(it_passes),
        cmocka_unit_test(the_chain_tells_who_held_it_when),
        cmocka_unit_test(every_door_shuts),
        cmocka_unit_test(what_was_paid_stays_with_who_paid),
        cmocka_unit_test(an_unpaid_order_is_cancelled),
        cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(an_account_that_exists_signs_in),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(a_new_link_ends_the_old_one),
        cmocka_unit_test(either_may_end_it),
        cmocka_unit_test(silence_ends_it),
        cmocka_unit_test(at_the_desk_nothing_expires),
        cmocka_unit_test(papers_are_sent_back_and_refused),
    };

    return FLOW(TESTS);
}
