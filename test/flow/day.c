/* The day's turn: who is told when, once, whoever turns it and however late. */
#include "shop/day.h"
#include "flow/turning.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#define ROSSI "giulia.rossi@legalmail.example"

/* T37: expiry 15-03-2027, the first notice on 15-12-2026, and what it says. */
static void the_first_notice(void **state)
{
    struct turner *t = turner(state);
    const struct letter *mail;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    sql(t->f, "UPDATE holder SET kind = 'company', name = 'Studio Verdi'");
    turn(t, 2026, 12, 14);
    assert_int_equal(t->post->count, 0);
    turn(t, 2026, 12, 15);
    assert_int_equal(t->post->count, 1);
    mail = mail_about(t->post, VERDI);
    assert_string_equal(mail->to, "titolare@posta.example");
    assert_says(mail, "Gentile Studio Verdi,");
    assert_says(mail, VERDI " scadrà in data 15/03/2027");
    assert_says(mail, "Rinnovo 1 anno, Bronze: 30,50 €, IVA compresa. Nuova scadenza: 15/03/2028.");
    assert_says(mail, "https://shop.example/b/legalmail/caselle/studio.verdi@legalmail.example/rinnovo");
    assert_says(mail, "Pagando con carta o PayPal il pagamento è registrato subito.");
    assert_says(mail, "Rinnovare in anticipo non fa perdere nulla");
    assert_says(
        mail,
        "Dal giorno dopo la scadenza, 16/03/2027, se non sono arrivati l'ordine di rinnovo e il pagamento, la casella "
        "non invia e non riceve più");
    assert_says(mail, "Registro delle Imprese");
    assert_says(mail, "da 206 a 2.064 euro");
    turn(t, 2026, 12, 15);
    assert_int_equal(t->post->count, 0);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice WHERE state = 'sent' AND event = '-3m' AND "
                                  "length(version) = 16 AND outbox_id > 0 AND sent_at > 0"),
                     1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'notice.sent'"), 1);
    assert_clean(t->f);
}

/* The whole plan of one mailbox, day by day, over two changes of the clock. */
static void the_whole_plan(void **state)
{
    static const struct {
        struct {
            int year, month, day;
        } on;
        const char *event, *subject;
    } plan[] = {
        {{2026, 12, 31}, "-3m", "scade il 31/03/2027"},
        {{2027, 1, 30}, "-60", "scade il 31/03/2027"},
        {{2027, 3, 1}, "-30", "scade il 31/03/2027"},
        {{2027, 3, 16}, "-15", "scade il 31/03/2027"},
        {{2027, 3, 24}, "-7", "scade il 31/03/2027"},
        {{2027, 3, 30}, "-1", "scade domani, 31/03/2027"},
        {{2027, 3, 31}, "0", "scade oggi"},
        {{2027, 4, 1}, "+1", "è scaduta il 31/03/2027"},
        {{2027, 4, 15}, "+15", "è scaduta il 31/03/2027"},
        {{2027, 6, 14}, "grace-15", "solo fino al 29/06/2027"},
        {{2027, 6, 28}, "grace-1", "solo fino al 29/06/2027"},
    };
    struct turner *t = turner(state);
    size_t next = 0;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 31));
    for (struct day d = day_of(2026, 12, 29); day_before(d, day_of(2027, 6, 29)); d = day_plus(d, 1)) {
        struct ymd date = day_split(d);
        bool due =
            next < count_of(plan) && day_same(d, day_of(plan[next].on.year, plan[next].on.month, plan[next].on.day));

        turn(t, date.year, date.month, date.day);
        assert_int_equal(t->post->count, due);
        assert_int_equal(day_did(&t->round.day, "notices"), due);
        if (!due)
            continue;
        assert_int_equal(noted(t, VERDI, plan[next].event, "sent"), 1);
        mail_about(t->post, plan[next++].subject);
    }
    assert_int_equal(next, count_of(plan));
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.expired'"), 1);
    assert_clean(t->f);
}

/* M17: receives for thirty days of the grace, and is then read only: told on the day, here and at the mail host. */
static void two_modes(void **state)
{
    struct turner *t = turner(state);
    const struct letter *mail;

    t->f->brand = (struct brand *)brand_by_id(&t->f->brands, "cirro");
    t->f->brand->purchase.on = true;
    t->f->brand->purchase.mailhost = "command";
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 14);
    turn(t, 2027, 3, 15);
    mail = mail_about(t->post, "scade oggi");
    assert_says(mail, "Continua a ricevere fino al 14/04/2027");
    assert_says(mail, "Pagando con carta il pagamento è registrato subito."); /* PayPal is not taken here */
    turn(t, 2027, 3, 16);
    assert_says(mail_about(t->post, "è scaduta"), "Si può rinnovare fino al 29/04/2027.");
    assert_int_equal(number(t->f, "SELECT may_read + may_receive * 10 + may_send * 100 FROM mailhost_box"), 11);
    turn(t, 2027, 4, 14);
    assert_int_equal(noted(t, VERDI, "grace-15", "sent"), 1);
    assert_int_equal(number(t->f, "SELECT may_receive FROM mailhost_box"), 1);
    sql(t->f, "DELETE FROM outbox WHERE kind = 'mailhost'");
    turn(t, 2027, 4, 15);
    assert_int_equal(t->post->count, 1);
    mail = mail_about(t->post, "non riceve più messaggi");
    assert_says(mail, "scaduta il 15/03/2027, ora non riceve più");
    assert_says(mail, "si possono leggere, e la casella rinnovare, fino al 29/04/2027.");
    assert_int_equal(number(t->f, "SELECT may_read + may_receive * 10 + may_send * 100 FROM mailhost_box"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM outbox WHERE kind = 'mailhost'"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.read_only'"), 1);
    turn(t, 2027, 4, 15);
    assert_int_equal(t->post->count, 0);
    turn(t, 2027, 4, 28); /* what is said after it does not bring receiving back */
    mail_about(t->post, "solo fino al 29/04/2027");
    turn(t, 2027, 4, 30);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.read_only'"), 1);
    assert_clean(t->f);
}

/* Forty days without a turn: one mail, the latest due; what went before it is recorded as skipped. */
static void after_a_downtime(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    add_mailbox(t->f, ROSSI, 0, day_of(2027, 4, 30));
    turn(t, 2026, 12, 10);
    assert_int_equal(t->post->count, 0);
    turn(t, 2027, 2, 15); /* -3m, -60, -30 of one, -3m of the other */
    assert_int_equal(t->post->count, 2);
    assert_int_equal(noted(t, VERDI, "-3m", "skipped"), 1);
    assert_int_equal(noted(t, VERDI, "-60", "skipped"), 1);
    assert_int_equal(noted(t, VERDI, "-30", "sent"), 1);
    assert_int_equal(noted(t, ROSSI, "-3m", "sent"), 1);
    turn(t, 2027, 3, 27); /* and over the end: that it expired is in the log all the same */
    assert_int_equal(noted(t, VERDI, "+1", "sent"), 1);
    assert_int_equal(noted(t, VERDI, "0", "skipped"), 1);
    assert_int_equal(noted(t, ROSSI, "-60", "sent"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.expired'"), 1);
    turn(t, 2027, 5, 10);
    assert_int_equal(noted(t, VERDI, "+15", "sent"), 1);
    assert_clean(t->f);
}

/* Who comes with steps behind it is told the latest, and nothing of what was before its time here. */
static void new_mailboxes(void **state)
{
    struct turner *t = turner(state);

    turn(t, 2027, 2, 1);
    add_mailbox(t->f, VERDI, 0, day_of(2027, 2, 20));
    add_mailbox(t->f, ROSSI, 0, day_of(2028, 2, 20));
    turn(t, 2027, 2, 1);
    assert_int_equal(t->post->count, 1);
    assert_int_equal(noted(t, VERDI, "-30", "sent"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice"), 1);
    turn(t, 2027, 2, 2);
    assert_int_equal(t->post->count, 0);
    turn(t, 2027, 2, 5);
    assert_int_equal(noted(t, VERDI, "-15", "sent"), 1);
    assert_clean(t->f);
}

/* On PostgreSQL the one with the lower number may be committed later, and miss the turn that saw the other. */
static void committed_behind(void **state)
{
    struct turner *t = turner(state);

    turn(t, 2027, 2, 1);
    add_mailbox(t->f, VERDI, 0, day_of(2027, 2, 20));
    add_mailbox(t->f, ROSSI, 0, day_of(2028, 2, 20));
    sql(t->f,
        "UPDATE day_done SET last_mailbox = (SELECT max(id) FROM mailbox_row)"); /* as if VERDI were not there yet */
    add_mailbox(t->f, BIANCHI, 0, day_of(2028, 2, 20));
    turn(t, 2027, 2, 2);
    assert_int_equal(t->post->count, 1);
    assert_int_equal(noted(t, VERDI, "-30", "sent"), 1);
    add_mailbox(t->f, "altra@legalmail.example", 0, day_of(2028, 2, 20));
    turn(t, 2027, 2, 3);
    assert_int_equal(t->post->count, 0);
    assert_clean(t->f);
}

/* P36: the holder at the email di riferimento, the account where that is somebody else; each in one mail. */
static void two_readers(void **state)
{
    struct turner *t = turner(state);
    int64_t account;

    sql(t->f, "INSERT INTO account (brand, email, name, password_hash, language, created_at) VALUES ('legalmail', "
              "'studio@posta.example', 'Studio', '', 'en', 1)");
    account = number(t->f, "SELECT id FROM account WHERE email = 'studio@posta.example'");
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    sql(t->f, talloc_asprintf(t, "UPDATE mailbox_row SET account_id = %" PRId64, account));
    turn(t, 2026, 12, 15);
    assert_int_equal(t->post->count, 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice WHERE sent_to = 'titolare@posta.example' AND copy_to = "
                                  "'studio@posta.example' AND state = 'sent'"),
                     1);
    sql(t->f, "UPDATE holder SET contact_email = 'Studio@posta.example'"); /* the same reader: one mail */
    turn(t, 2027, 1, 14);
    assert_int_equal(t->post->count, 1);
    sql(t->f, "UPDATE holder SET contact_email = ''");
    turn(t, 2027, 2, 13);
    assert_int_equal(t->post->count, 1);
    assert_string_equal(t->post->letters[0].to, "studio@posta.example");
    sql(t->f, "UPDATE mailbox_row SET account_id = NULL");
    turn(t, 2027, 2, 28); /* nobody to tell: recorded */
    assert_int_equal(t->post->count, 0);
    assert_int_equal(noted(t, VERDI, "-15", "silent"), 1);
}

/* A notice that waits for its mail server while the mailbox is renewed is not sent any more. */
static void overtaken(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    t->post->answer = BUSY;
    turn(t, 2026, 12, 15);
    assert_int_equal(noted(t, VERDI, "-3m", "waiting"), 1);
    t->post->answer = DONE;
    sql(t->f, talloc_asprintf(t, "UPDATE mailbox_row SET expires_on = %d", day_of(2028, 3, 15).n));
    sql(t->f, "UPDATE outbox SET due_at = 0");
    turn(t, 2026, 12, 16);
    assert_int_equal(t->post->count, 0);
    assert_int_equal(noted(t, VERDI, "-3m", "void"), 1);
}

/* A1-A2: where the term renews itself its charge is announced twice, and nothing else before its end. */
static void automatic_renewal(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    sql(t->f, "UPDATE mailbox_row SET auto_renew = 1");
    for (struct day d = day_of(2026, 12, 10); !day_before(day_of(2027, 3, 15), d); d = day_plus(d, 1)) {
        struct ymd date = day_split(d);

        turn(t, date.year, date.month, date.day);
    }
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice WHERE template = 'charge_notice'"), 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice WHERE event = '-3m' OR event = '-30' OR event = '0'"),
                     3);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice"), 3);
}

/* Between two and three nothing is turned (D15). */
static void the_quiet_hour(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    set_day(t->f, 2026, 12, 15);
    sql(t->f, talloc_asprintf(t, "UPDATE db_meta SET clock_us = %" PRId64, rome_at(day_of(2026, 12, 15), 2, 30, 0).us));
    t->round = post_try(t->post);
    assert_true(t->round.day.put_off);
    assert_int_equal(t->post->count, 0);
    sql(t->f, talloc_asprintf(t, "UPDATE db_meta SET clock_us = %" PRId64, rome_at(day_of(2026, 12, 15), 3, 0, 0).us));
    t->round = post_try(t->post);
    assert_false(t->round.day.put_off);
    assert_int_equal(t->post->count, 1);
}

/* One task that cannot be done, and a folder that is none, keep nobody else's mails and money waiting. */
static void one_part_is_broken(void **state)
{
    struct turner *t = turner(state);
    struct jobs_options options = t->post->jobs;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    options.bounces = "/nowhere";
    sql(t->f, "ALTER TABLE termination RENAME TO elsewhere"); /* notices, and whose end it is */
    set_day(t->f, 2026, 12, 15);
    sql(t->f, "INSERT INTO outbox (brand, kind, template, recipient, language, data, state, attempts, due_at, lease, "
              "last_error, created_at) VALUES ('legalmail', 'mail', 'mailbox_resumed', 'chi@posta.example', 'it', "
              "'{\"mailbox\":\"" VERDI "\"}', 'waiting', 0, 0, '', '', 1)");
    sql(t->f, "INSERT INTO throttle (key, failures, last_at) VALUES ('chi', 1, 1)");
    assert_int_equal(jobs_once(t, &options, &t->round), BROKEN);
    assert_int_equal(number(t->f, "SELECT count(*) FROM throttle"), 0); /* the day's last task */
    assert_int_equal(t->post->count, 1);
    sql(t->f, "ALTER TABLE elsewhere RENAME TO termination");
    turn(t, 2026, 12, 15);
    assert_int_equal(noted(t, VERDI, "-3m", "sent"), 1);
}

/* ---- Several at once ---- */

struct worker {
    struct fixture *f;
    int64_t notices;
    enum outcome o;
};

static void *turn_alone(void *arg)
{
    struct worker *w = arg;
    struct fixture *f = w->f;
    void *mem = talloc_new(NULL);
    struct shop shop = f->shop;
    struct day_summary summary;
    struct day_turn turn = {0};

    shop.db = fixture_open_db(mem, f->url); /* as another process has it */
    w->o = day_run(&shop, mem, &turn, false, &summary);
    w->notices = day_did(&summary, "notices");
    talloc_free(mem);
    return NULL;
}

static void several_at_once(void **state)
{
    struct turner *t = turner(state);
    struct worker workers[4];
    pthread_t threads[4];
    int64_t noted_by_all = 0;

    for (int i = 0; i < 60; i++)
        add_mailbox(t->f, talloc_asprintf(t, "casella%d@legalmail.example", i), 0,
                    day_plus(day_of(2027, 3, 1), i % 10));
    set_day(t->f, 2027, 2, 20);
    for (int i = 0; i < 4; i++) {
        workers[i] = (struct worker){.f = t->f};
        assert_int_equal(pthread_create(&threads[i], NULL, turn_alone, &workers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].o, DONE);
        noted_by_all += workers[i].notices;
    }
    assert_int_equal(noted_by_all, 60);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice"), 60);
    assert_int_equal(number(t->f, "SELECT count(*) FROM outbox WHERE kind = 'mail'"), 60);
    assert_clean(t->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_notice), cmocka_unit_test(the_whole_plan),     cmocka_unit_test(two_modes),
        cmocka_unit_test(after_a_downtime), cmocka_unit_test(new_mailboxes),      cmocka_unit_test(committed_behind),
        cmocka_unit_test(two_readers),      cmocka_unit_test(overtaken),          cmocka_unit_test(automatic_renewal),
        cmocka_unit_test(the_quiet_hour),   cmocka_unit_test(one_part_is_broken), cmocka_unit_test(several_at_once),
    };

    return FLOW(tests);
}
