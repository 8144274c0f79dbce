/* The day's turn: who is told when, once, whoever turns it and however late. */
#include "shop/day.h"
#include "flow/fixture.h"
#include "jobs/jobs.h"
#include "link/mailer.h"
#include "shop/domain.h"
#include "shop/terminate.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#define ROSSI "giulia.rossi@legalmail.example"

struct sent {
    char *to, *subject, *text, *html;
};

struct turner {
    struct fixture *f;
    struct mailer mailer;
    struct sent sent[200];
    size_t count;
    struct jobs_round round;
};

static enum outcome keep(void *arg, const struct mail *mail, struct problem *why)
{
    struct turner *t = arg;

    (void)why;
    assert_true(t->count < count_of(t->sent));
    t->sent[t->count++] = (struct sent){talloc_strdup(t, mail->to), talloc_strdup(t, mail->subject),
                                        talloc_strdup(t, mail->text), talloc_strdup(t, mail->html)};
    return DONE;
}

/* A shop that was never turned, as one that has just been filled from elsewhere. */
static struct turner *turner(void **state)
{
    struct fixture *f = fixture(state);
    struct turner *t = talloc_zero(f, struct turner);

    t->f = f;
    t->mailer = (struct mailer){keep, t};
    sql(f, "DELETE FROM day_done");
    sql(f, "DELETE FROM mailbox_row");
    return t;
}

static void turn(struct turner *t, int year, int month, int day)
{
    set_day(t->f, year, month, day);
    t->count = 0;
    assert_int_equal(jobs_once(t,
                               &(struct jobs_options){.shop = &t->f->shop, .views = t->f->views, .mailer = &t->mailer},
                               &t->round),
                     DONE);
}

static const struct sent *mail_about(const struct turner *t, const char *what)
{
    for (size_t i = 0; i < t->count; i++)
        if (strstr(t->sent[i].subject, what))
            return &t->sent[i];
    fail_msg("no mail about %s", what);
    return NULL;
}

static void says(const struct sent *mail, const char *what)
{
    if (!strstr(mail->text, what))
        fail_msg("«%s» is not in:\n%s", what, mail->text);
}

static int64_t noted(struct turner *t, const char *address, const char *event, const char *state)
{
    return number(t->f, talloc_asprintf(t,
                                        "SELECT count(*) FROM notice n JOIN mailbox m ON m.id = n.mailbox_id WHERE "
                                        "m.address = '%s' AND n.event = '%s' AND n.state = '%s'",
                                        address, event, state));
}

/* T37: expiry 15-03-2027, the first notice on 15-12-2026, and what it says. */
static void the_first_notice(void **state)
{
    struct turner *t = turner(state);
    const struct sent *mail;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    sql(t->f, "UPDATE holder SET kind = 'company', name = 'Studio Verdi'");
    turn(t, 2026, 12, 14);
    assert_int_equal(t->count, 0);
    turn(t, 2026, 12, 15);
    assert_int_equal(t->count, 1);
    mail = mail_about(t, VERDI);
    assert_string_equal(mail->to, "titolare@posta.example");
    says(mail, "Gentile Studio Verdi,");
    says(mail, VERDI " scadrà in data 15/03/2027");
    says(mail, "Rinnovo 1 anno, Bronze: 30,50 €, IVA compresa. Nuova scadenza: 15/03/2028.");
    says(mail, "https://shop.example/b/legalmail/caselle/studio.verdi@legalmail.example/rinnovo");
    says(mail, "Rinnovare in anticipo non fa perdere nulla");
    says(mail,
         "Dal giorno dopo la scadenza, 16/03/2027, se non sono arrivati l'ordine di rinnovo e il pagamento, la casella "
         "non invia e non riceve più");
    says(mail, "Registro delle Imprese");
    says(mail, "da 206 a 2.064 euro");
    turn(t, 2026, 12, 15);
    assert_int_equal(t->count, 0);
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
        assert_int_equal(t->count, due);
        assert_int_equal(day_did(&t->round.day, "notices"), due);
        if (!due)
            continue;
        assert_int_equal(noted(t, VERDI, plan[next].event, "sent"), 1);
        mail_about(t, plan[next++].subject);
    }
    assert_int_equal(next, count_of(plan));
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.expired'"), 1);
    assert_clean(t->f);
}

/* M17: receives for thirty days of the grace, and is then read only: told on the day, here and at the mail host. */
static void two_modes(void **state)
{
    struct turner *t = turner(state);
    const struct sent *mail;

    t->f->brand = (struct brand *)brand_by_id(&t->f->brands, "cirro");
    t->f->brand->purchase.on = true;
    t->f->brand->purchase.mailhost = "command";
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 14);
    turn(t, 2027, 3, 15);
    says(mail_about(t, "scade oggi"), "Continua a ricevere fino al 14/04/2027");
    turn(t, 2027, 3, 16);
    says(mail_about(t, "è scaduta"), "Si può rinnovare fino al 29/04/2027.");
    assert_int_equal(number(t->f, "SELECT may_read + may_receive * 10 + may_send * 100 FROM mailhost_box"), 11);
    turn(t, 2027, 4, 14);
    assert_int_equal(noted(t, VERDI, "grace-15", "sent"), 1);
    assert_int_equal(number(t->f, "SELECT may_receive FROM mailhost_box"), 1);
    sql(t->f, "DELETE FROM outbox WHERE kind = 'mailhost'");
    turn(t, 2027, 4, 15);
    assert_int_equal(t->count, 1);
    mail = mail_about(t, "non riceve più messaggi");
    says(mail, "scaduta il 15/03/2027, ora non riceve più");
    says(mail, "si possono leggere, e la casella rinnovare, fino al 29/04/2027.");
    assert_int_equal(number(t->f, "SELECT may_read + may_receive * 10 + may_send * 100 FROM mailhost_box"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM outbox WHERE kind = 'mailhost'"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.read_only'"), 1);
    turn(t, 2027, 4, 15);
    assert_int_equal(t->count, 0);
    turn(t, 2027, 4, 28); /* what is said after it does not bring receiving back */
    mail_about(t, "solo fino al 29/04/2027");
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
    assert_int_equal(t->count, 0);
    turn(t, 2027, 2, 15); /* -3m, -60, -30 of one, -3m of the other */
    assert_int_equal(t->count, 2);
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
    assert_int_equal(t->count, 1);
    assert_int_equal(noted(t, VERDI, "-30", "sent"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice"), 1);
    turn(t, 2027, 2, 2);
    assert_int_equal(t->count, 0);
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
    assert_int_equal(t->count, 1);
    assert_int_equal(noted(t, VERDI, "-30", "sent"), 1);
    add_mailbox(t->f, "altra@legalmail.example", 0, day_of(2028, 2, 20));
    turn(t, 2027, 2, 3);
    assert_int_equal(t->count, 0);
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
    assert_int_equal(t->count, 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM notice WHERE sent_to = 'titolare@posta.example' AND copy_to = "
                                  "'studio@posta.example' AND state = 'sent'"),
                     1);
    sql(t->f, "UPDATE holder SET contact_email = 'Studio@posta.example'"); /* the same reader: one mail */
    turn(t, 2027, 1, 14);
    assert_int_equal(t->count, 1);
    sql(t->f, "UPDATE holder SET contact_email = ''");
    turn(t, 2027, 2, 13);
    assert_int_equal(t->count, 1);
    assert_string_equal(t->sent[0].to, "studio@posta.example");
    sql(t->f, "UPDATE mailbox_row SET account_id = NULL");
    turn(t, 2027, 2, 28); /* nobody to tell: recorded */
    assert_int_equal(t->count, 0);
    assert_int_equal(noted(t, VERDI, "-15", "silent"), 1);
}

static enum outcome never(void *arg, const struct mail *mail, struct problem *why)
{
    (void)arg;
    (void)mail;
    return problem_set(why, PROBLEM_MAIL, "", "%s", "451"), BUSY;
}

/* A notice that waits for its mail server while the mailbox is renewed is not sent any more. */
static void overtaken(void **state)
{
    struct turner *t = turner(state);
    struct mailer down = {never, NULL}, up = t->mailer;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    t->mailer = down;
    turn(t, 2026, 12, 15);
    assert_int_equal(noted(t, VERDI, "-3m", "waiting"), 1);
    t->mailer = up;
    sql(t->f, talloc_asprintf(t, "UPDATE mailbox_row SET expires_on = %d", day_of(2028, 3, 15).n));
    sql(t->f, "UPDATE outbox SET due_at = 0");
    turn(t, 2026, 12, 16);
    assert_int_equal(t->count, 0);
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
    struct jobs_options options = {.shop = &t->f->shop, .views = t->f->views, .mailer = &t->mailer};

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    set_day(t->f, 2026, 12, 15);
    sql(t->f, talloc_asprintf(t, "UPDATE db_meta SET clock_us = %" PRId64, rome_at(day_of(2026, 12, 15), 2, 30, 0).us));
    assert_int_equal(jobs_once(t, &options, &t->round), DONE);
    assert_true(t->round.day.put_off);
    assert_int_equal(t->count, 0);
    sql(t->f, talloc_asprintf(t, "UPDATE db_meta SET clock_us = %" PRId64, rome_at(day_of(2026, 12, 15), 3, 0, 0).us));
    assert_int_equal(jobs_once(t, &options, &t->round), DONE);
    assert_false(t->round.day.put_off);
    assert_int_equal(t->count, 1);
}

/* ---- The end ---- */

/* Grace over: it ceases, and with the brand's delete_after at zero what is in it goes the same day, told once. */
static void the_end(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15)); /* grace until 13-06 */
    turn(t, 2027, 3, 1);
    turn(t, 2027, 6, 12);
    assert_int_equal(noted(t, VERDI, "grace-1", "sent"), 1);
    turn(t, 2027, 6, 13);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2027, 6, 14);
    assert_int_equal(day_did(&t->round.day, "ceased"), 1);
    assert_int_equal(day_did(&t->round.day, "deleted"), 1);
    assert_int_equal(t->count, 1);
    says(mail_about(t, "è stata cancellata"), "chi ne è titolare può riacquistarlo");
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted' AND password_hash = ''"), 1);
    assert_int_equal(
        number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased' OR kind = 'mailbox.deleted'"), 2);
    turn(t, 2027, 6, 14);
    turn(t, 2027, 6, 15);
    assert_int_equal(t->count, 0);
    assert_clean(t->f);
}

/* Kept for a while: told when it ceases, and again when it is gone; not while a court says no. */
static void kept_for_a_while(void **state)
{
    struct turner *t = turner(state);

    t->f->brand->notices.delete_after = (struct span){.days = 30};
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 1);
    turn(t, 2027, 6, 12);
    turn(t, 2027, 6, 14);
    assert_int_equal(t->count, 1);
    says(mail_about(t, "è cessata"), "Dal 14/07/2027 i messaggi che contiene vengono cancellati");
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    sql(t->f, "INSERT INTO legal_hold SELECT id, 'sequestro', 1, 'cli' FROM mailbox");
    turn(t, 2027, 7, 14);
    assert_int_equal(t->count, 0);
    sql(t->f, "DELETE FROM legal_hold");
    turn(t, 2027, 7, 15);
    assert_int_equal(t->count, 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* Whatever the downtime, nobody stops untold: the latest notice goes first, the end comes another day. */
static void nobody_stops_untold(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 1);
    turn(t, 2028, 1, 20);
    assert_int_equal(t->count, 1);
    says(mail_about(t, "cessa"), "Ora cessa.");
    assert_int_equal(noted(t, VERDI, "grace-1", "sent"), 1);
    assert_int_equal(noted(t, VERDI, "+1", "skipped"), 1);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2028, 1, 21);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* A renewal that is taken back after the grace leaves nobody told: then the warning is one of its own. */
static void told_anew(void **state)
{
    struct turner *t = turner(state);

    add_mailbox(t->f, VERDI, 0, day_of(2028, 3, 15));
    turn(t, 2027, 7, 1);
    sql(t->f, talloc_asprintf(
                  t,
                  "UPDATE mailbox_row SET expires_on = %d, first_expires_on = %d, send_until = %d, receive_until = %d, "
                  "read_until = %d, renew_until = %d",
                  day_of(2027, 3, 15).n, day_of(2027, 3, 15).n, day_of(2027, 3, 15).n, day_of(2027, 3, 15).n,
                  day_of(2027, 6, 13).n, day_of(2027, 6, 13).n));
    turn(t, 2027, 7, 2);
    assert_int_equal(noted(t, VERDI, "last", "sent"), 1);
    assert_int_equal(t->count, 1);
    turn(t, 2027, 7, 3);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* M18: an order that waits keeps its mailbox; paid, it lives on from its old end; lapsed, it goes. */
static void money_on_its_way(void **state)
{
    struct turner *t = turner(state);
    char *code, *other;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    add_mailbox(t->f, ROSSI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 6, 12);
    set_day(t->f, 2027, 6, 13);
    code = order_years(t->f, VERDI, 1);
    other = order_years(t->f, ROSSI, 1);
    turn(t, 2027, 6, 20);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 6, 21)});
    assert_int_equal(mailbox(t->f, VERDI).term.ends_on.n, day_of(2028, 3, 15).n);
    turn(t, 2027, 7, 14);
    assert_int_equal(order_now(t->f, other).state, ORDER_LAPSED);
    turn(t, 2027, 7, 15);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    assert_clean(t->f);
}

/* M16 after the end: what had ceased while its order was open lives again when that is paid, and goes on through its
 * plan. */
static void paid_after_it_ceased(void **state)
{
    struct turner *t = turner(state);
    char *code;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 2, 1);
    code = order_years(t->f, VERDI, 1);
    sql(t->f, "UPDATE mailbox_row SET status = 'ceased'"); /* as by a recesso from its purchase */
    sql(t->f, "INSERT INTO event (at, brand, door, actor, kind, mailbox_id, data) SELECT 1, 'legalmail', 'portal', "
              "'mailbox:1', 'mailbox.ceased', id, '{}' FROM mailbox_row");
    turn(t, 2027, 2, 2);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 2, 3)});
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    assert_int_equal(mailbox(t->f, VERDI).term.ends_on.n, day_of(2028, 3, 15).n);
    assert_int_equal(mailbox(t->f, VERDI).open_order_id, 0);
    turn(t, 2027, 6, 14);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    assert_int_equal(order_now(t->f, code).state, ORDER_FULFILLED);
    turn(t, 2027, 12, 15);
    assert_int_equal(noted(t, VERDI, "-3m", "sent"), 1);
    assert_clean(t->f);
}

/* P5, P7 of a convention: nothing works the day after, and what is in the mailbox is kept for 90 days all the same. */
static void no_grace(void **state)
{
    struct turner *t = turner(state);

    t->f->brand->renewal.closes_after = (struct span){0};
    t->f->brand->renewal.expired_mode = EXPIRED_DISABLED;
    t->f->brand->notices.count = 8; /* up to +1 */
    t->f->brand->notices.delete_after = (struct span){.days = 90};
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 14);
    turn(t, 2027, 3, 15);
    says(mail_about(t, "scade oggi"), "cessa di funzionare: non invia, non riceve e non si può leggere.");
    turn(t, 2027, 3, 16);
    mail_about(t, "è scaduta");
    assert_string_equal(mailbox(t->f, VERDI).status,
                        "live"); /* told today: it ceases tomorrow, and does nothing meanwhile */
    turn(t, 2027, 3, 17);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    says(mail_about(t, "è cessata"), "Dal 14/06/2027");
    turn(t, 2027, 6, 14);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* ---- Disdetta (M23) ---- */

struct giving_up {
    struct fixture *f;
    const char *typed;
    bool at_once, undo;
    struct problem why;
};

static enum outcome give_up_mailbox(struct db_tx *tx, void *arg)
{
    static const struct actor HOLDER = {"portal", "mailbox:1"};
    struct giving_up *g = arg;
    struct terminate_look look;

    g->why = (struct problem){0};
    TRY(terminate_look(tx, g->f, &g->f->brands, VERDI, &look, &g->why));
    if (g->undo)
        return terminate_undo(tx, &look, &HOLDER, &g->why);
    return terminate(tx, g->f, &look, g->at_once, g->typed, &HOLDER, &g->why);
}

static enum outcome terminated(struct turner *t, struct giving_up *g)
{
    g->f = t->f;
    return db_transaction(t->f->db, "terminate", give_up_mailbox, g);
}

/* With its term: it works to the last day, is told once, gets no notices, and ceases the day after; then kept, and
 * gone. */
static void given_up_with_its_term(void **state)
{
    struct turner *t = turner(state);
    struct giving_up wrong = {.typed = "verdi"}, give = {.typed = "Studio.Verdi@legalmail.example"},
                     back = {.undo = true};

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 1, 10);
    assert_int_equal(terminated(t, &wrong), REFUSED);
    assert_int_equal(wrong.why.code, PROBLEM_CONFIRM_ADDRESS);
    assert_int_equal(terminated(t, &back), REFUSED);
    assert_int_equal(terminated(t, &give), DONE);
    assert_int_equal(terminated(t, &back), DONE);
    set_day(t->f, 2027, 1, 11);
    assert_int_equal(terminated(t, &give), DONE);
    assert_int_equal(terminated(t, &give), REFUSED);
    turn(t, 2027, 1, 11);
    assert_int_equal(t->count, 2); /* of both days */
    says(mail_about(t, "Disdetta ricevuta"), "Funziona fino al 15/03/2027 compreso");
    turn(t, 2027, 3, 15);
    assert_int_equal(t->count, 0);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2027, 3, 16);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    says(mail_about(t, "è cessata"), "Dal 14/06/2027 i messaggi");
    assert_clean(t->f);
    turn(t, 2027, 6, 14);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* Its last day for renewing is over, and the day has not turned yet. */
static void given_up_too_late(void **state)
{
    struct turner *t = turner(state);
    struct giving_up now = {.typed = VERDI, .at_once = true};

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    set_day(t->f, 2027, 6, 14);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    assert_int_equal(terminated(t, &now), REFUSED);
    assert_int_equal(now.why.code, PROBLEM_TERMINATION);
    set_day(t->f, 2027, 6, 13);
    assert_int_equal(terminated(t, &now), DONE);
}

/* At once: it stops now; and a renewal takes back one that was given with the term. */
static void given_up_at_once(void **state)
{
    struct turner *t = turner(state);
    struct giving_up give = {.typed = VERDI}, now = {.typed = VERDI, .at_once = true};
    char *code;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 1, 10);
    assert_int_equal(terminated(t, &give), DONE);
    code = order_years(t->f, VERDI, 1);
    assert_int_equal(terminated(t, &(struct giving_up){.undo = true}), DONE);
    assert_int_equal(terminated(t, &now), REFUSED);
    assert_int_equal(now.why.code, PROBLEM_OPEN_ORDER);
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 1, 10)});
    assert_int_equal(terminated(t, &now), DONE);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    turn(t, 2027, 1, 12);
    mail_about(t, "è cessata");
    assert_clean(t->f);
    turn(t, 2028, 6, 14);
    assert_int_equal(noted(t, VERDI, "last", "sent"), 1); /* nothing goes untold, however long ago it ceased */
    turn(t, 2028, 6, 15);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* ---- Domains of the customers' own ---- */

#define STUDIO "info@studio.example"

static void on_the_domain(struct turner *t)
{
    sql(t->f, "UPDATE mailbox_row SET domain = 'studio.example', renew_until = expires_on + 30, receive_until = "
              "expires_on + 30, read_until = expires_on + 30 WHERE plan = 'own'");
}

static struct turner *with_domain(void **state, struct day ends_on)
{
    struct turner *t = turner(state);

    t->f->brand = (struct brand *)brand_by_id(&t->f->brands, "aruba");
    t->f->brand->purchase.on = true;
    t->f->brand->purchase.mailhost = "command";
    add_mailbox(t->f, STUDIO, 4, ends_on);
    on_the_domain(t);
    sql(t->f, talloc_asprintf(t,
                              "INSERT INTO certified_domain (brand, name, expires_on) VALUES ('aruba', "
                              "'studio.example', %d)",
                              ends_on.n));
    return t;
}

struct losing {
    struct fixture *f;
    bool gone;
};

static enum outcome lose(struct db_tx *tx, void *arg)
{
    struct losing *l = arg;
    int64_t changed;

    return domain_unregistered(tx, l->f, l->f->brand, "studio.example", l->gone, &(struct actor){"cli", "system"},
                               &changed, NULL);
}

/* M20-M22: nobody's any more it suspends, and where it stays so it ends, its mailboxes: told both times, on record. */
static void a_domain_that_is_nobodys(void **state)
{
    struct turner *t = with_domain(state, day_of(2027, 6, 10));
    struct losing lost = {.f = t->f, .gone = true}, found = {.f = t->f};

    add_mailbox(t->f, "posta@studio.example", 4, day_of(2027, 6, 10));
    on_the_domain(t);
    turn(t, 2026, 12, 1);
    sql(t->f, "UPDATE mailbox_row SET status = 'suspended' WHERE " ITS_ROW("posta@studio.example"));
    sql(t->f, "INSERT INTO suspension SELECT id, 'fraud', '', 'operator:1', 1 FROM mailbox_row WHERE status = "
              "'suspended'");
    assert_int_equal(db_transaction(t->f->db, "lost", lose, &lost), DONE);
    turn(t, 2026, 12, 1);
    assert_int_equal(t->count, 2);
    says(mail_about(t, STUDIO " è sospesa"), "se non lo è di nuovo entro il 08/12/2026, la casella cessa");
    turn(t, 2026, 12, 3);
    assert_int_equal(db_transaction(t->f->db, "found", lose, &found), DONE);
    turn(t, 2026, 12, 3);
    assert_int_equal(t->count, 1); /* the desk's own suspension lasts */
    mail_about(t, STUDIO " è di nuovo attiva");
    assert_string_equal(mailbox(t->f, STUDIO).status, "live");
    assert_string_equal(mailbox(t->f, "posta@studio.example").status, "suspended");
    assert_int_equal(db_transaction(t->f->db, "lost", lose, &lost), DONE);
    turn(t, 2026, 12, 10);
    assert_int_equal(day_did(&t->round.day, "domains_dropped"), 0);
    turn(t, 2026, 12, 11);
    assert_int_equal(day_did(&t->round.day, "domains_dropped"), 2);
    assert_int_equal(t->count, 2);
    says(mail_about(t, "è cessata"), "Dal 11/07/2027 i messaggi");
    assert_string_equal(mailbox(t->f, STUDIO).status, "ceased");
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased'"), 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailhost_box WHERE address = '" STUDIO "' AND may_read = 1"),
                     0);
    assert_clean(t->f);
    turn(t, 2026, 12, 12);
    assert_int_equal(t->count, 0);
}

/* T50: they have a grace of their own, and are warned before that one is over. */
static void a_domain_s_own_grace(void **state)
{
    struct turner *t = with_domain(state, day_of(2027, 1, 10));

    add_mailbox(t->f, "rossi@pec.aruba.example", 0, day_of(2027, 1, 10));
    turn(t, 2027, 1, 10);
    turn(t, 2027, 1, 25);
    assert_int_equal(noted(t, STUDIO, "grace-15", "sent"), 1);
    assert_int_equal(noted(t, "rossi@pec.aruba.example", "+15", "sent"), 1);
    turn(t, 2027, 2, 8);
    assert_int_equal(t->count, 1);
    says(mail_about(t, "solo fino al 09/02/2027"), "Dal 10/02/2027 i messaggi");
    turn(t, 2027, 2, 9);
    assert_string_equal(mailbox(t->f, STUDIO).status, "live");
    turn(t, 2027, 2, 10);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    turn(t, 2027, 3, 26);
    assert_int_equal(noted(t, "rossi@pec.aruba.example", "grace-15", "sent"), 1);
    assert_clean(t->f);
}

/* What is kept after the grace is kept after each mailbox's own: no longer for the one, no shorter for the other. */
static void kept_after_its_own_grace(void **state)
{
    struct turner *t = with_domain(state, day_of(2027, 1, 10));

    t->f->brand->notices.delete_after = (struct span){.days = 30};
    add_mailbox(t->f, "rossi@pec.aruba.example", 0, day_of(2027, 1, 10)); /* until 10-04, and then kept until 10-05 */
    turn(t, 2027, 1, 10);
    for (struct day d = day_of(2027, 2, 8); day_before(d, day_of(2027, 5, 11)); d = day_plus(d, 1)) {
        struct ymd date = day_split(d);

        turn(t, date.year, date.month, date.day);
        if (day_did(&t->round.day, "deleted"))
            assert_int_equal(d.n, day_of(2027, 3, 12).n);
    }
    turn(t, 2027, 5, 11);
    assert_int_equal(day_did(&t->round.day, "deleted"), 1);
    assert_clean(t->f);
}

/* One task that cannot be done, and a folder that is none, keep nobody else's mails and money waiting. */
static void one_part_is_broken(void **state)
{
    struct turner *t = turner(state);
    struct jobs_options options = {
        .shop = &t->f->shop, .views = t->f->views, .mailer = &t->mailer, .bounces = "/nowhere"};

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    sql(t->f, "ALTER TABLE termination RENAME TO elsewhere"); /* notices, and whose end it is */
    set_day(t->f, 2026, 12, 15);
    sql(t->f, "INSERT INTO outbox (brand, kind, template, recipient, language, data, state, attempts, due_at, lease, "
              "last_error, created_at) VALUES ('legalmail', 'mail', 'mailbox_resumed', 'chi@posta.example', 'it', "
              "'{\"mailbox\":\"" VERDI "\"}', 'waiting', 0, 0, '', '', 1)");
    sql(t->f, "INSERT INTO throttle (key, failures, last_at) VALUES ('chi', 1, 1)");
    assert_int_equal(jobs_once(t, &options, &t->round), BROKEN);
    assert_int_equal(number(t->f, "SELECT count(*) FROM throttle"), 0); /* the day's last task */
    assert_int_equal(t->count, 1);
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
        cmocka_unit_test(the_first_notice),
        cmocka_unit_test(the_whole_plan),
        cmocka_unit_test(two_modes),
        cmocka_unit_test(after_a_downtime),
        cmocka_unit_test(new_mailboxes),
        cmocka_unit_test(committed_behind),
        cmocka_unit_test(two_readers),
        cmocka_unit_test(overtaken),
        cmocka_unit_test(automatic_renewal),
        cmocka_unit_test(the_quiet_hour),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(one_part_is_broken),
        cmocka_unit_test(the_end),
        cmocka_unit_test(kept_for_a_while),
        cmocka_unit_test(nobody_stops_untold),
        cmocka_unit_test(told_anew),
        cmocka_unit_test(money_on_its_way),
        cmocka_unit_test(paid_after_it_ceased),
        cmocka_unit_test(no_grace),
        cmocka_unit_test(given_up_with_its_term),
        cmocka_unit_test(given_up_too_late),
        cmocka_unit_test(given_up_at_once),
        cmocka_unit_test(a_domain_that_is_nobodys),
        cmocka_unit_test(a_domain_s_own_grace),
        cmocka_unit_test(kept_after_its_own_grace),
    };

    return FLOW(tests);
}
