/* Invoices on their way through SdI (DOMAIN L26; PAYMENTS §9.4-§9.8): sent once, answered in any order, rejected,
 * mended and sent again with the same number and date, and never twice. */
#include "jobs/sdi.h"
#include "flow/post.h"
#include "link/mailer.h"
#include "link/sdi.h"
#include "sandbox/sdi.h"
#include "shop/paper.h"
#include "shop/public_order.h"
#include "shop/refund.h"
#include "shop/vat_register.h"
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct office {
    struct fixture *f;
    struct sdi_channels channels;
    struct sdi_channel_of channel;
    char *outgoing, *notices;
    struct post *post;
    int mails; /* about the reserved area of the tax office */
    bool deaf; /* the channel answers BUSY */
};

static const struct actor DESK = {"office", "operator:1"};

static struct office *office(struct fixture *f)
{
    struct office *o = talloc_zero(f, struct office);
    struct problem why;

    o->f = f;
    o->post = post_open(f);
    (void)mkdir(f->files.folder, 0700);
    o->outgoing = talloc_asprintf(o, "%s/sdi-out", f->files.folder);
    o->notices = talloc_asprintf(o, "%s/sdi-in", f->files.folder);
    assert_int_equal(sdi_folder_open(o, o->outgoing, o->notices, &o->channel.channel, &why), DONE);
    o->channel.brand = "legalmail";
    o->channels = (struct sdi_channels){1, &o->channel};
    f->shop.sdi = &o->channels;
    return o;
}

static void work(struct office *o)
{
    post_round(o->post);
    for (size_t i = 0; i < o->post->count; i++)
        o->mails += strstr(o->post->letters[i].subject, "area riservata") != NULL;
}

static struct sdi_sandbox_turn answer(struct office *o, const char *what, bool waiting)
{
    struct sdi_sandbox sdi = {.outgoing = o->outgoing,
                              .notices = o->notices,
                              .now = {INT64_C(1800000000000000)},
                              .answer = what,
                              .waiting = waiting};
    struct sdi_sandbox_turn turn;
    struct problem why;

    assert_int_equal(sdi_sandbox_turn(o, &sdi, &turn, &why), DONE);
    return turn;
}

/* A renewal, paid and invoiced; the file is in the folder. */
static void invoice(struct office *o, const char *address)
{
    char *code = order_years(o->f, address, 1);

    pay(o->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 20)});
    work(o);
}

static char *state(struct office *o)
{
    return words(o->f, "SELECT state FROM sdi_invoice ORDER BY invoice_id DESC LIMIT 1");
}

static char *last_effect(struct office *o)
{
    return words(o->f, "SELECT effect FROM sdi_notice ORDER BY id DESC LIMIT 1");
}

static bool waits(struct office *o, const char *name)
{
    return access(talloc_asprintf(o, "%s/%s", o->outgoing, name), F_OK) == 0;
}

struct again {
    struct office *o;
    struct sdi_again again;
    struct problem why;
};

static enum outcome do_again(struct db_tx *tx, void *arg)
{
    struct again *a = arg;

    return sdi_send_again(tx, a->o->f, &a->again, &a->why);
}

static struct problem send_again(struct office *o, const struct billing *billing, bool late)
{
    struct again a = {o, {.billing = billing, .late = late, .actor = DESK}, {0}};
    enum outcome outcome;

    a.again.invoice_id = number(o->f, "SELECT max(id) FROM invoice");
    outcome = db_transaction(o->f->db, "again", do_again, &a);
    assert_true(outcome == (a.why.code == PROBLEM_NONE ? DONE : REFUSED));
    return a.why;
}

static struct office *begin(void **state)
{
    struct fixture *f = fixture(state);

    return f ? office(f) : NULL;
}

/* ---- The straight way ---- */

/* What was invoiced before there was a way to send it is found by the day. A consumer finds it in the reserved area,
 * and is told. */
static void the_straight_way(void **state_)
{
    struct office *o = begin(state_);
    int64_t sent;

    if (!o)
        skip();
    o->f->shop.sdi = NULL;
    invoice(o, VERDI);
    assert_string_equal(state(o), "to_send");
    o->f->shop.sdi = &o->channels;
    set_day(o->f, 2026, 12, 21);
    assert_int_equal(sdi_send_waiting(&o->f->shop, o->f, &sent), DONE);
    assert_int_equal(sent, 1);
    assert_int_equal(sdi_send_waiting(&o->f->shop, o->f, &sent), DONE);
    assert_int_equal(sent, 0);
    work(o);
    assert_string_equal(state(o), "sent");
    assert_true(waits(o, "IT01234560587_00001.xml"));

    assert_int_equal(answer(o, NULL, false).notices, 1);
    work(o);
    assert_string_equal(state(o), "not_delivered");
    work(o); /* the mail that the notice asked for */
    assert_int_equal(o->mails, 1);
    assert_int_equal(number(o->f, "SELECT count(*) FROM sdi_notice"), 1);
    assert_int_equal(number(o->f, "SELECT count(*) FROM event WHERE kind = 'invoice.sdi'"), 1);
    assert_clean(o->f);
}

/* ---- Rejected ---- */

static void mended_and_sent_again(struct office *o)
{
    struct billing mended = somebody("cliente@posta.example");

    invoice(o, VERDI);
    answer(o, "NS:00305+00311", false);
    work(o);
    assert_string_equal(state(o), "rejected");
    assert_int_equal(number(o->f, "SELECT resend_by FROM sdi_invoice"), day_of(2026, 12, 25).n);
    assert_non_null(strstr(words(o->f, "SELECT said FROM sdi_invoice"), "00311"));

    mended.street = "Via Appia Nuova 12/B";
    assert_int_equal(send_again(o, &mended, false).code, PROBLEM_NONE);
    assert_int_equal(send_again(o, &mended, false).code, PROBLEM_SDI_STATE); /* pressed twice */
    work(o);
    assert_string_equal(state(o), "sent");
    assert_true(waits(o, "IT01234560587_ZZZZZ.xml"));
    assert_string_equal(words(o->f, "SELECT billing_street FROM shop_order"), "Via Appia Nuova 12/B");
    assert_int_equal(answer(o, NULL, false).notices, 1);
    work(o);
    assert_string_equal(state(o), "not_delivered");
    assert_int_equal(number(o->f, "SELECT count(*) FROM invoice"), 1); /* the same number, the same date */
    assert_int_equal(send_again(o, NULL, true).code, PROBLEM_SDI_STATE);
}

static char *first_file(struct office *o)
{
    return words(o->f, "SELECT name FROM invoice_file ORDER BY invoice_id DESC, attempt LIMIT 1");
}

/* The first file was taken for lost; SdI had it all along. */
static void a_late_delivery_wins(struct office *o)
{
    char *stem = talloc_strndup(o, first_file(o), strlen("IT01234560587_00002"));
    char *text =
        talloc_asprintf(o,
                        "<a:RicevutaConsegna xmlns:a='http://www.fatturapa.gov.it/sdi/messaggi/v1.0'>"
                        "<IdentificativoSdI>9</IdentificativoSdI><NomeFile>%s.xml</NomeFile></a:RicevutaConsegna>",
                        stem);
    struct sdi_heard heard;

    assert_int_equal(sdi_notice_given(&o->f->shop, o, "legalmail", talloc_asprintf(o, "%s_RC_002.xml", stem), text,
                                      strlen(text), &heard),
                     DONE);
    assert_int_equal(heard.effect, SDI_CHANGED);
    assert_string_equal(state(o), "delivered");
    assert_int_equal(number(o->f, "SELECT attempt FROM sdi_invoice ORDER BY invoice_id DESC LIMIT 1"), 1);
}

static void what_is_rejected(void **state_)
{
    struct office *o = begin(state_);

    if (!o)
        skip();
    mended_and_sent_again(o);
    invoice(o, BIANCHI);
    answer(o, "NS:00305", false);
    work(o);
    set_day(o->f, 2026, 12, 26);
    assert_int_equal(send_again(o, NULL, false).code, PROBLEM_SDI_LATE);
    assert_int_equal(send_again(o, NULL, true).code, PROBLEM_NONE);
    work(o);
    answer(o, "NS:00404", false);
    work(o);
    assert_string_equal(state(o), "rejected");
    assert_int_equal(send_again(o, NULL, true).code, PROBLEM_SDI_DUPLICATE);
    a_late_delivery_wins(o);
    assert_clean(o->f);
}

/* ---- The register ---- */

struct look {
    int month;
    struct office *o;
    struct sdi_filter filter;
    struct sdi_row *rows;
    size_t count;
    struct vat_register reg;
    struct text_buffer csv;
};

static enum outcome do_look(struct db_tx *tx, void *arg)
{
    struct look *l = arg;

    l->csv = text_buffer(l->o);
    TRY(sdi_rows(tx, l->o, &l->filter, &l->rows, &l->count));
    TRY(vat_register_load(tx, l->o, l->o->f->brand, day_of(2026, l->month, 1), day_of(2026, l->month, 30), &l->reg));
    return vat_register_csv(tx, l->o, &l->reg, &l->csv);
}

static struct look look_for(struct office *o, struct sdi_filter filter, int month)
{
    struct look l = {.o = o, .filter = filter, .month = month};
    const char **texts[] = {&l.filter.brand, &l.filter.kind, &l.filter.state, &l.filter.customer};

    for (size_t i = 0; i < count_of(texts); i++)
        *texts[i] = *texts[i] ? *texts[i] : "";
    l.filter.limit = 10;
    assert_int_equal(db_read(o->f->db, "look", do_look, &l), DONE);
    return l;
}

static struct look find(struct office *o, struct sdi_filter filter)
{
    return look_for(o, filter, 12);
}

static struct look of_month(struct office *o, int month)
{
    return look_for(o, (struct sdi_filter){0}, month);
}

static void the_register(struct office *o)
{
    static const struct {
        struct sdi_filter filter;
        size_t count;
    } ROWS[] = {
        {{0}, 3},
        {{.brand = "legalmail"}, 3},
        {{.brand = "visura"}, 0},
        {{.state = "accepted"}, 1},
        {{.kind = "credit_note"}, 0},
        {{.silent = true, .silent_before = {INT64_MAX}}, 0},
        {{.customer = "2026/2"}, 1},
        {{.customer = "NC-2026/2"}, 0},
        {{.customer = "vrdmra80a41h501u"}, 3},
        {{.customer = "vrdmra80a41h501u", .state = "refused"}, 1},
        {{.customer = "' OR 1=1"}, 0},
    };
    struct look first;

    for (size_t i = 0; i < count_of(ROWS); i++)
        if (find(o, ROWS[i].filter).count != ROWS[i].count)
            fail_msg("%zu", i);
    assert_int_equal(find(o, (struct sdi_filter){.from = day_of(2026, 12, 20), .until = day_of(2026, 12, 20)}).count,
                     3);
    assert_int_equal(find(o, (struct sdi_filter){.from = day_of(2026, 12, 21)}).count, 0);
    first = find(o, (struct sdi_filter){0});
    assert_int_equal(
        find(o, (struct sdi_filter){.after_day = first.rows[0].invoice.issued_on, .after_id = first.rows[0].invoice.id})
            .count,
        2);
    assert_int_equal(first.reg.total.gross.cents, 3 * 3050);
    assert_true(first.reg.gapless);
    assert_non_null(strstr(
        first.csv.bytes,
        "TD01;2026/3;2026-12-20;2026-12-20;Maria Verdi;VRDMRA80A41H501U;;22;25,00;5,50;30,50;;I;0,00;refused\n"));
    sql(o->f, "UPDATE invoice SET number = 4 WHERE number = 3");
    assert_false(find(o, (struct sdi_filter){0}).reg.gapless);
    sql(o->f, "UPDATE invoice SET number = 3 WHERE number = 4");
}

/* ---- Twice, late, out of order, and what is no notice ---- */

static void the_same_file_twice(struct office *o)
{
    char *name = talloc_asprintf(o, "%s/done/IT01234560587_00001.xml", o->outgoing);
    struct problem why;

    invoice(o, VERDI);
    answer(o, "none", false);
    sql(o->f, "UPDATE sdi_invoice SET state = 'to_send'"); /* the worker died behind the channel's back */
    assert_int_equal(unlink(name), 0);                     /* and whoever took the file left nothing behind */
    assert_int_equal(sdi_send(&o->f->shop, o, 1, &why), DONE);
    assert_true(waits(o, "IT01234560587_00001.xml"));
    answer(o, NULL, false); /* 00002 */
    work(o);
    assert_string_equal(last_effect(o), "known");
    assert_string_equal(state(o), "sent");
    answer(o, "RC", true);
    work(o);
    assert_string_equal(state(o), "delivered");
}

static void in_any_order(struct office *o)
{
    invoice(o, BIANCHI);
    answer(o, "NE:EC01,RC", false);
    work(o);
    assert_string_equal(state(o), "accepted");
    assert_string_equal(last_effect(o), "known");

    add_mailbox(o->f, "altra@legalmail.example", 0, day_of(2027, 3, 1));
    invoice(o, "altra@legalmail.example");
    answer(o, "RC,NS:00305,NE:EC02", false); /* read by name: NE first */
    work(o);
    assert_string_equal(state(o), "refused");
    assert_int_equal(number(o->f, "SELECT count(*) FROM sdi_notice WHERE effect = 'against'"), 1);
    assert_int_equal(number(o->f, "SELECT count(*) FROM sdi_notice WHERE effect = 'known' AND kind = 'RC'"), 2);
}

static void bad_days(void **state_)
{
    struct office *o = begin(state_);
    struct sdi_heard heard;

    if (!o)
        skip();
    the_same_file_twice(o);
    in_any_order(o);
    the_register(o);
    assert_int_equal(sdi_notice_given(&o->f->shop, o, "legalmail", "x.xml", "<a/>", 4, &heard), DONE);
    assert_int_equal(heard.effect, SDI_UNREADABLE);
    assert_int_equal(sdi_notice_given(&o->f->shop, o, "legalmail", "x.xml", "<a/>", 4, &heard), DONE);
    assert_true(heard.repeated);
    assert_clean(o->f);
}

/* ---- By PEC ---- */

static void by_mail_as_by_folder(void **state_)
{
    struct office *o = begin(state_);
    struct mailer mailer;
    struct problem why;

    if (!o)
        skip();
    o->outgoing = talloc_asprintf(o, "%s/sdi-post", o->f->files.folder);
    assert_int_equal(mkdir(o->outgoing, 0700), 0);
    o->notices = talloc_asprintf(o, "%s/sdi-maildir", o->f->files.folder);
    assert_int_equal(
        mailer_open(o, &(struct smtp_options){.url = talloc_asprintf(o, "file:%s", o->outgoing)}, 1, &mailer, &why),
        DONE);
    assert_int_equal(sdi_mail_open(o, &mailer, "fatture@legalmail.example", "sdi01@pec.fatturapa.it", o->notices,
                                   &o->channel.channel, &why),
                     DONE);
    invoice(o, VERDI);
    assert_string_equal(words(o->f, "SELECT channel FROM sdi_sending"), "mail");
    assert_int_equal(answer(o, "garbage,twice,MC", false).files, 1);
    work(o);
    assert_string_equal(state(o), "not_delivered");
    work(o);
    assert_int_equal(number(o->f, "SELECT count(*) FROM sdi_notice WHERE effect = 'unreadable'"), 2);
    assert_int_equal(number(o->f, "SELECT count(*) FROM sdi_notice"), 3); /* the mails were put aside */
    assert_clean(o->f);
}

/* ---- Public bodies ---- */

struct committing {
    struct office *o;
    struct public_request request;
    struct problem why;
};

static enum outcome do_commit(struct db_tx *tx, void *arg)
{
    struct committing *c = arg;

    return public_order_note(tx, c->o->f, &c->o->f->brands, &c->request, &c->why);
}

static enum problem_code commit(struct office *o, const char *code, const char *cig, const char *act)
{
    struct committing c = {o, {.code = code, .cig = cig, .cup = "", .act = act, .commit = true, .actor = DESK}, {0}};
    enum outcome outcome = db_transaction(o->f->db, "commit", do_commit, &c);

    assert_true(outcome == (c.why.code == PROBLEM_NONE ? DONE : REFUSED));
    return c.why.code;
}

/* Fulfilled and invoiced on the commitment; the money confirms it. */
static void a_public_body_commits_itself(void **state_)
{
    struct office *o = begin(state_);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct placed_order placed;
    struct invoice_file file;
    struct problem why = {0};
    struct order_request request;

    if (!o)
        skip();
    request = request_for(o->f, &line, 1);
    request.billing.kind = HOLDER_PUBLIC_BODY;
    request.billing.name = "Comune di Esempio";
    request.billing.tax_code = "01234560587";
    request.billing.sdi_code = "AAA111";
    assert_int_equal(order(o->f, &request, &placed, &why), DONE);
    assert_int_equal(commit(o, placed.order.code, "Z123456789", "determina 12"), PROBLEM_NOT_A_CHOICE);
    o->f->brand->invoicing.public_commitment = true;
    assert_int_equal(commit(o, placed.order.code, "Z12", "determina 12"), PROBLEM_OUT_OF_RANGE);
    assert_int_equal(commit(o, placed.order.code, "Z123456789", " "), PROBLEM_REQUIRED);
    assert_int_equal(commit(o, placed.order.code, "z1 23456789", "determina 12"), PROBLEM_NONE);
    assert_int_equal(commit(o, placed.order.code, "Z123456789", "determina 12"), PROBLEM_ORDER_STATE);
    work(o);
    assert_int_equal(order_now(o->f, placed.order.code).state, ORDER_FULFILLED);
    assert_true(order_now(o->f, placed.order.code).provisional);
    assert_int_equal(mailbox(o->f, VERDI).term.ends_on.n, day_of(2028, 3, 15).n);
    assert_int_equal(invoice_file_get(&o->f->shop, o, 1, &file), DONE);
    assert_non_null(memmem(file.bytes.bytes, file.bytes.length, "FPA12", 5));
    assert_non_null(memmem(file.bytes.bytes, file.bytes.length, "<CodiceCIG>Z123456789</CodiceCIG>", 33));
    assert_null(memmem(file.bytes.bytes, file.bytes.length, "DataScadenzaPagamento", 21));
    assert_clean(o->f);

    pay(o->f, &(struct transfer){.text = placed.order.code, .cents = 3050, .on = day_of(2026, 12, 20)});
    assert_false(order_now(o->f, placed.order.code).provisional);
    answer(o, "RC,NE:EC01", false);
    work(o);
    assert_string_equal(state(o), "accepted");
    assert_clean(o->f);
}

/* ---- Who pays which VAT ---- */

static struct order_request request_of(struct office *o, struct wanted_line *line, int kind, const char *country)
{
    struct order_request r = request_for(o->f, line, 1);

    r.billing.kind = kind;
    r.billing.country = country;
    r.billing.name = kind == HOLDER_PUBLIC_BODY ? "Comune di Esempio" : "Beispiel GmbH";
    r.billing.tax_code = kind == HOLDER_PUBLIC_BODY ? "01234560587" : "";
    r.billing.vat_number = kind == HOLDER_PUBLIC_BODY ? "" : "123456789";
    r.billing.sdi_code = kind == HOLDER_PUBLIC_BODY ? "AAA111" : "XXXXXXX";
    return r;
}

/* A renewal of a new mailbox, ordered by a public body on the clock's day. */
static struct order body_orders(struct office *o, const char *address)
{
    struct wanted_line line = {.address = address, .choice = {.years = 1}};
    struct order_request r = request_of(o, &line, HOLDER_PUBLIC_BODY, "IT");
    struct placed_order placed;
    struct problem why = {0};

    add_mailbox(o->f, address, 0, day_of(2026, 7, 20));
    if (order(o->f, &r, &placed, &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.field);
    return order_now(o->f, placed.order.code);
}

static bool file_says(struct office *o, const char *what)
{
    struct invoice_file file;
    int64_t id = number(o->f, "SELECT max(id) FROM invoice");

    assert_int_equal(invoice_file_get(&o->f->shop, o, id, &file), DONE);
    return memmem(file.bytes.bytes, file.bytes.length, what, strlen(what)) != NULL;
}

struct giving_back {
    struct office *o;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static enum outcome do_give_back(struct db_tx *tx, void *arg)
{
    struct giving_back *g = arg;

    return refund_order(tx, g->o->f, &g->o->f->brands, &g->request, &g->refund, &g->why);
}

static enum problem_code give_back_lines(struct office *o, const char *code, int64_t cents, const int64_t *lines,
                                         size_t count)
{
    struct giving_back g = {o,
                            {.code = code,
                             .amount = money(cents),
                             .lines = lines,
                             .line_count = count,
                             .destination = "transfer",
                             .iban = "IT15L0760117400001007214826",
                             .payee = "Comune di Esempio",
                             .reason = "Sconto",
                             .actor = DESK},
                            {0},
                            {0}};
    enum outcome outcome = db_transaction(o->f->db, "give_back", do_give_back, &g);

    assert_true(outcome == (g.why.code == PROBLEM_NONE ? DONE : REFUSED));
    return g.why.code;
}

static enum problem_code give_back(struct office *o, const char *code, int64_t cents)
{
    return give_back_lines(o, code, cents, NULL, 0);
}

static void a_body_pays_the_net(struct office *o)
{
    struct order order = body_orders(o, "comune@legalmail.example");
    struct settled_entry settled;

    assert_int_equal(order.total.due.cents, 2500);
    assert_int_equal(order.total.gross.cents, 3050);
    settled = pay(o->f, &(struct transfer){.text = order.code, .cents = 3050, .on = day_of(2026, 6, 30)});
    assert_int_equal(settled.reason, HELD_AMOUNT_OVER);
    settled = pay(o->f, &(struct transfer){.text = order.code, .cents = 2500, .on = day_of(2026, 6, 30)});
    assert_int_equal(settled.how, SETTLED_MATCHED);
    work(o);
    assert_true(file_says(o, "<EsigibilitaIVA>S</EsigibilitaIVA>"));
    assert_true(file_says(o, "<ImportoTotaleDocumento>30.50</ImportoTotaleDocumento>"));
    assert_true(file_says(o, "<ImportoPagamento>25.00</ImportoPagamento>"));
    assert_int_equal(number(o->f, "SELECT count(*) FROM ledger_entry WHERE account LIKE 'vat:%'"), 0);
    assert_clean(o->f);

    assert_int_equal(give_back(o, order.code, 2501), PROBLEM_OUT_OF_RANGE);
    assert_int_equal(give_back(o, order.code, 1001), PROBLEM_NONE);
    work(o);
    assert_int_equal(number(o->f, "SELECT vat_cents FROM invoice WHERE kind = 'credit_note'"), 220);
    assert_true(file_says(o, "<EsigibilitaIVA>S</EsigibilitaIVA>"));
    assert_int_equal(give_back(o, order.code, 1499), PROBLEM_NONE);
    assert_int_equal(number(o->f, "SELECT sum(vat_cents) FROM invoice WHERE kind = 'credit_note'"), 550);
    assert_clean(o->f);
}

/* Ordered while it was in force, paid when it no longer was: the tax point decides (T56, as T30). */
static void the_last_day(struct office *o)
{
    struct order late = body_orders(o, "provincia@legalmail.example");
    struct order promised = body_orders(o, "asl@legalmail.example");
    struct settled_entry settled;

    o->f->brand->invoicing.public_commitment = true;
    assert_int_equal(commit(o, promised.code, "Z123456789", "determina 12"), PROBLEM_NONE);
    assert_clean(o->f);

    set_day(o->f, 2026, 7, 1);
    settled = pay(o->f, &(struct transfer){.text = late.code, .cents = 2500, .on = day_of(2026, 7, 1)});
    assert_int_equal(settled.reason, HELD_AMOUNT_SHORT);
    settled = pay(o->f, &(struct transfer){.text = late.code, .cents = 3050, .on = day_of(2026, 7, 1)});
    assert_int_equal(settled.how, SETTLED_MATCHED);
    work(o);
    assert_true(file_says(o, "<EsigibilitaIVA>I</EsigibilitaIVA>"));
    settled = pay(o->f, &(struct transfer){.text = promised.code, .cents = 2500, .on = day_of(2026, 7, 1)});
    assert_int_equal(settled.how, SETTLED_MATCHED);
    assert_int_equal(body_orders(o, "ateneo@legalmail.example").total.due.cents, 3050);
    assert_clean(o->f);
}

static void the_register_tells(struct office *o)
{
    struct look june = of_month(o, 6), july = of_month(o, 7);

    assert_int_equal(june.reg.total.vat.cents, 550); /* two invoices, one of them taken back */
    assert_int_equal(june.reg.split_vat.cents, 550);
    assert_int_equal(june.reg.total.due.cents, 2500);
    assert_non_null(strstr(june.csv.bytes, ";22;25,00;5,50;30,50;;S;0,00;"));
    assert_int_equal(july.reg.split_vat.cents, 0);
    assert_non_null(strstr(july.csv.bytes, ";22;25,00;5,50;30,50;;I;0,00;"));
}

static void public_bodies_pay_their_vat_themselves(void **state_)
{
    struct office *o = begin(state_);

    if (!o)
        skip();
    set_day(o->f, 2026, 6, 30);
    a_body_pays_the_net(o);
    the_last_day(o);
    the_register_tells(o);
}

/* N2.1, with the stamp duty where it is more than 77,47; what was sold so cannot be mended into a sale with VAT. */
static void a_business_abroad_pays_no_vat(void **state_)
{
    struct office *o = begin(state_);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 3, .plan = "silver"}};
    struct order_request r;
    struct placed_order placed;
    struct problem why = {0};
    struct billing italian = somebody("altro@posta.example");

    if (!o)
        skip();
    r = request_of(o, &line, HOLDER_COMPANY, "DE");
    if (order(o->f, &r, &placed, &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.field);
    assert_int_equal(placed.order.total.due.cents, placed.order.total.net.cents);
    assert_string_equal(placed.order.vat_nature, "N2.1");
    pay(o->f, &(struct transfer){
                  .text = placed.order.code, .cents = placed.order.total.net.cents, .on = day_of(2026, 12, 20)});
    assert_int_equal(order_now(o->f, placed.order.code).state, ORDER_FULFILLED);
    work(o);
    assert_true(file_says(o, "<Natura>N2.1</Natura>"));
    assert_true(file_says(o, "<ImportoBollo>2.00</ImportoBollo>"));
    assert_true(file_says(o, "<RiferimentoNormativo>Inversione contabile, art. 7-ter D.P.R. 633/1972<"));
    assert_false(file_says(o, "EsigibilitaIVA"));
    assert_int_equal(find(o, (struct sdi_filter){0}).reg.stamps.cents, 200);
    assert_non_null(strstr(find(o, (struct sdi_filter){0}).csv.bytes, ";N2.1;;2,00;"));
    assert_int_equal(find(o, (struct sdi_filter){0}).reg.total.gross.cents, placed.order.total.net.cents);
    answer(o, "NS:00305", false);
    work(o);
    assert_int_equal(send_again(o, &italian, false).code, PROBLEM_SDI_OTHER_TAX);
    assert_int_equal(send_again(o, &r.billing, false).code, PROBLEM_NONE);
    assert_clean(o->f);
}

/* Each once, as it stood on the invoice; what is left goes with the last. */
static void lines_are_credited_once(void **state_)
{
    static const int64_t FIRST[] = {1}, BOTH[] = {1, 2}, STRANGE[] = {2, 9};
    struct office *o = begin(state_);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1, .plan = "silver"}};
    struct order_request r;
    struct placed_order placed;
    const char *code;
    int64_t net;

    if (!o)
        skip();
    r = request_for(o->f, &line, 1);
    assert_int_equal(order(o->f, &r, &placed, NULL), DONE);
    assert_int_equal(placed.line_count, 2);
    code = placed.order.code;
    net = placed.lines[0].net.cents;
    pay(o->f, &(struct transfer){.text = code, .cents = placed.order.total.due.cents, .on = day_of(2026, 12, 20)});
    work(o);
    assert_int_equal(give_back_lines(o, code, 0, STRANGE, 2), PROBLEM_NOT_A_CHOICE);
    assert_int_equal(give_back_lines(o, code, 0, FIRST, 1), PROBLEM_NONE);
    work(o);
    assert_int_equal(number(o->f, "SELECT net_cents FROM invoice WHERE kind = 'credit_note'"), net);
    assert_true(file_says(o, "Storno parziale della fattura 2026/1"));
    assert_true(file_says(
        o, talloc_asprintf(o, "<PrezzoTotale>%s</PrezzoTotale>", money_decimal(money(net), (char[MONEY_TEXT]){0}))));
    assert_true(file_says(o, "<Descrizione>Rinnovo 1 anno, Silver"));
    assert_int_equal(give_back_lines(o, code, 0, BOTH, 2), PROBLEM_LINE_CREDITED);
    assert_clean(o->f);
    assert_int_equal(give_back_lines(o, code, 0, &BOTH[1], 1), PROBLEM_NONE);
    assert_int_equal(
        number(o->f, "SELECT sum(CASE kind WHEN 'invoice' THEN vat_cents ELSE - vat_cents END) FROM invoice"), 0);
    work(o);
    assert_clean(o->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_straight_way),
        cmocka_unit_test(what_is_rejected),
        cmocka_unit_test(bad_days),
        cmocka_unit_test(by_mail_as_by_folder),
        cmocka_unit_test(a_public_body_commits_itself),
        cmocka_unit_test(public_bodies_pay_their_vat_themselves),
        cmocka_unit_test(a_business_abroad_pays_no_vat),
        cmocka_unit_test(lines_are_credited_once),
    };

    return FLOW(tests);
}
