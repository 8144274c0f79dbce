/* The outbox: sent once, or later, or never; a worker that dies in the middle; dead letters; what the mails say and
 * carry. */
#include "flow/post.h"
#include "jobs/parts.h"
#include "link/mailer.h"
#include "store/access.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

static void mails_of_an_order(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    char *code = order_years(f, VERDI, 1);
    struct jobs_round round = post_try(p);
    const struct letter *mail;

    assert_int_equal(round.done, 1);
    assert_int_equal(round.sealed, 1);
    mail = mail_to(p, "cliente@posta.example", code);
    assert_string_equal(mail->message_id, "outbox-1@legalmail.example");
    assert_string_equal(mail->from, "rinnovi@legalmail.example");
    assert_carries(mail, 0, talloc_asprintf(f, "bonifico-%s.pdf", code), "%PDF-");
    assert_int_equal(mail->attachments, 1);
    assert_says(mail, "Gentile Maria Verdi");
    assert_says(mail, code);
    assert_says(mail, "30,50 €");
    assert_says(mail, "IT60 X054 2811 1010 0000 0123 456");
    assert_says(mail, "15/03/2028");
    assert_says(mail, talloc_asprintf(f, "https://shop.example/b/legalmail/ordini/%s", code));
    assert_says(mail, "assistenza@legalmail.example");
    assert_non_null(strstr(mail->html, code));
    assert_null(strstr(mail->text, "{{"));

    assert_int_equal(post_try(p).done, 0);
    set_day(f, 2026, 12, 23);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 23)});
    round = post_try(p);
    assert_int_equal(round.done, 3);
    assert_int_equal(p->count, 2);
    mail = mail_to(p, "cliente@posta.example", "2026/1");
    assert_int_equal(mail->attachments, 2);
    assert_carries(mail, 0, "fattura-2026-1.pdf", "%PDF-");
    assert_says(mail, "23/12/2026");
    assert_says(mail, "15/03/2028");
    mail = mail_to(p, "titolare@posta.example", VERDI);
    assert_int_equal(mail->attachments, 0);
    assert_says(mail, "Rinnovo 1 anno, Bronze");
    assert_null(strstr(mail->text, code)); /* nothing of the payer */
    assert_null(strstr(mail->text, "cliente"));
    assert_int_equal(number(f, "SELECT count(*) FROM invoice_file"), 1);
    assert_string_equal(words(f, "SELECT name FROM invoice_file"), "IT01234560587_00001.xml");
    assert_clean(f);
}

/* A subject names each mailbox once, however many lines its price has. */
static void a_subject_is_short(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct wanted_line lines[] = {{.address = VERDI, .choice = {.years = 1, .plan = "silver", .extra_gb = 5}},
                                  {.address = BIANCHI, .choice = {.years = 1}}};
    struct order_request request = request_for(f, lines, 1);
    struct placed_order placed;
    struct problem why = {0};
    const char *first;

    assert_int_equal(order(f, &request, &placed, &why), DONE);
    assert_true(placed.line_count > 2);
    post_try(p);
    first = strstr(p->letters[0].subject, VERDI);
    assert_non_null(first);
    assert_null(strstr(first + 1, VERDI));
    assert_says(&p->letters[0], "Spazio aggiuntivo");

    lines[0] = lines[1];
    lines[1].address = "terza@legalmail.example";
    add_mailbox(f, lines[1].address, 0, day_of(2027, 2, 1));
    request.line_count = 2;
    assert_int_equal(order(f, &request, &placed, &why), DONE);
    post_try(p);
    assert_non_null(strstr(p->letters[0].subject, "2 caselle"));
    assert_int_equal(p->letters[0].attachments, 1);
}

static struct instant after(struct fixture *f, int64_t us)
{
    (void)f;
    return instant_plus(clock_now(), us);
}

/* Busy: a minute, two, four …; after twelve attempts a dead letter, which can be sent again. */
static void a_busy_server(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct jobs_round round;
    int64_t wait, before = 0;

    order_years(f, VERDI, 1);
    p->answer = BUSY;
    for (int attempt = 1; attempt < 12; attempt++) {
        p->jobs.at = after(f, DAYS(attempt));
        round = post_try(p);
        assert_int_equal(round.later, 1);
        assert_int_equal(number(f, "SELECT attempts FROM outbox"), attempt);
        wait = number(f, "SELECT due_at FROM outbox") - p->jobs.at.us;
        assert_true(wait >= MINUTES(1) * 4 / 5 && wait <= HOURS(6) * 6 / 5);
        assert_true(attempt > 8 || wait > before);
        before = wait;
        assert_int_equal(post_try(p).later, 0); /* not yet due */
    }
    p->jobs.at = after(f, DAYS(20));
    round = post_try(p);
    assert_int_equal(round.dead, 1);
    assert_non_null(strstr(words(f, "SELECT last_error FROM outbox"), "451 riprovare"));
    p->jobs.at = after(f, DAYS(40));
    assert_int_equal(post_try(p).done, 0);
    assert_clean(f); /* a dead letter is still there */
}

struct letters {
    struct fixture *f;
    struct outbox_row *rows;
    size_t count;
    int64_t id;
    bool found;
};

static enum outcome list_dead(struct db_tx *tx, void *arg)
{
    struct letters *l = arg;

    return outbox_list(tx, l->f, "dead", 0, 10, &l->rows, &l->count);
}

static enum outcome again(struct db_tx *tx, void *arg)
{
    struct letters *l = arg;

    return outbox_again(tx, l->id, clock_now(), &l->found);
}

static void a_refusal_is_final(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct letters l = {.f = f};

    order_years(f, VERDI, 1);
    p->answer = REFUSED;
    assert_int_equal(post_try(p).dead, 1);
    assert_int_equal(db_read(f->db, "dead", list_dead, &l), DONE);
    assert_int_equal(l.count, 1);
    assert_non_null(strstr(l.rows[0].last_error, "550 casella inesistente"));
    l.id = l.rows[0].id;
    assert_int_equal(db_transaction(f->db, "again", again, &l), DONE);
    assert_true(l.found);
    p->answer = DONE;
    assert_int_equal(post_try(p).done, 1);
    assert_int_equal(db_transaction(f->db, "again", again, &l), DONE);
    assert_false(l.found);
}

/* What no view or order can make a mail of is a dead letter, and holds up nothing. */
static void an_impossible_row(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct jobs_round round;

    order_years(f, VERDI, 1);
    sql(f, "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, "
           "lease, "
           "last_error, created_at) VALUES ('legalmail', 'mail', 'order_settled', 'a@b.example', 'it', 999, '{}', "
           "'waiting', 0, "
           "0, '', '', 0), ('legalmail', 'pigeon', '', '', 'it', 1, '{}', 'waiting', 0, 0, '', '', 0), "
           "('nobody', 'mail', 'order_received', 'a@b.example', 'it', 1, '{}', 'waiting', 0, 0, '', '', 0), "
           "('legalmail', 'mail', 'nothing', 'a@b.example', 'it', 1, '{}', 'waiting', 0, 0, '', '', 0)");
    round = post_try(p);
    assert_int_equal(round.done, 1);
    assert_int_equal(round.dead, 3);
    assert_int_equal(round.later, 1); /* a view may come with the next version */
}

/* The worker is killed when the server has taken the mail and nothing is recorded: sent again after the lease, with the
 * same id. */
static enum outcome die(void *arg, const struct mail *mail, struct problem *why)
{
    int pipe = *(int *)arg;

    (void)why;
    if (write(pipe, mail->message_id, strlen(mail->message_id)) < 0)
        _exit(1);
    _exit(9);
}

static void killed_in_the_middle(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    char sent[100] = "";
    int ends[2], status;
    pid_t child;

    order_years(f, VERDI, 1);
    talloc_free(f->db); /* no connection crosses the fork */
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct jobs_round round;

        f->db = f->shop.db = fixture_open_db(f->url, f->url);
        p->mailer = (struct mailer){die, &ends[1]};
        _exit(jobs_once(f, &p->jobs, &round) == DONE ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    assert_true(read(ends[0], sent, sizeof sent - 1) > 0);
    close(ends[0]);
    close(ends[1]);

    f->db = f->shop.db = fixture_open_db(f->url, f->url);
    assert_string_equal(words(f, "SELECT state FROM outbox"), "leased");
    p->jobs.at = after(f, SECONDS(100));
    assert_int_equal(post_try(p).done, 0);
    p->jobs.at = after(f, MINUTES(2) + SECONDS(1));
    assert_int_equal(post_try(p).done, 1);
    assert_string_equal(p->letters[0].message_id, sent);
    assert_int_equal(number(f, "SELECT attempts FROM outbox"), 2);
}

/* A lease that ran out while its worker was busy: the late one changes nothing any more. */
struct late {
    void *mem;
    struct outbox_row *rows;
    size_t count;
    bool ours;
};

static enum outcome lease_late(struct db_tx *tx, void *arg)
{
    struct late *l = arg;

    return outbox_lease(tx, l->mem, "the late one", clock_now(), instant_plus(clock_now(), MINUTES(2)), 20, &l->rows,
                        &l->count);
}

static enum outcome done_late(struct db_tx *tx, void *arg)
{
    struct late *l = arg;

    return outbox_dead(tx, l->rows[0].id, "the late one", clock_now(), "tardi", &l->ours);
}

static void a_lost_lease(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct late late = {.mem = f};

    order_years(f, VERDI, 1);
    assert_int_equal(db_transaction(f->db, "lease", lease_late, &late), DONE);
    assert_int_equal(late.count, 1);
    assert_int_equal(post_try(p).done, 0);
    p->jobs.at = after(f, MINUTES(3));
    assert_int_equal(post_try(p).done, 1);
    assert_int_equal(db_transaction(f->db, "late", done_late, &late), DONE);
    assert_false(late.ours);
    assert_string_equal(words(f, "SELECT state FROM outbox"), "done");
}

/* A link's secret is in the outbox only until it has been sent. */
static enum outcome forgotten(struct db_tx *tx, void *arg)
{
    json_t *data =
        json_pack("{s:s, s:s, s:i}", "name", "Maria", "url", "https://shop.example/password/SEGRETO", "minutes", 30);
    enum outcome o = outbox_add(tx, "legalmail", "mail", "password_reset", "maria@posta.example", "en", 0, data);

    (void)arg;
    json_decref(data);
    return o;
}

static void a_secret_is_forgotten(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);

    assert_int_equal(db_transaction(f->db, "forgotten", forgotten, NULL), DONE);
    assert_int_equal(post_try(p).done, 1);
    assert_says(&p->letters[0], "https://shop.example/password/SEGRETO");
    assert_says(&p->letters[0], "30");
    assert_string_equal(words(f, "SELECT data FROM outbox"), "{}");
}

/* ---- Threads ---- */

static void threads_empty_it(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    struct problem why = {0};
    struct jobs *jobs;
    char folder[] = "/tmp/casella-mail.XXXXXX";
    int64_t began = clock_monotonic_us();

    assert_non_null(mkdtemp(folder));
    assert_int_equal(
        mailer_open(f, &(struct smtp_options){.url = talloc_asprintf(f, "file:%s", folder)}, 2, &p->mailer, &why),
        DONE);
    p->jobs.threads = 3;
    assert_int_equal(jobs_start(f, &p->jobs, &jobs, &why), DONE);
    for (int i = 0; i < 30; i++)
        add_mailbox(f, talloc_asprintf(f, "casella%d@legalmail.example", i), 0, day_of(2027, 3, 15));
    for (int i = 0; i < 30; i++)
        order_years(f, talloc_asprintf(f, "casella%d@legalmail.example", i), 1);
    while (number(f, "SELECT count(*) FROM outbox WHERE state <> 'done'") +
               number(f, "SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM event_seal)") >
           0) {
        if (clock_monotonic_us() - began > SECONDS(120))
            fail_msg("%" PRId64 " still wait", number(f, "SELECT count(*) FROM outbox WHERE state <> 'done'"));
        usleep(20000);
    }
    jobs_stop(jobs);
    for (int i = 1; i <= 30; i++) {
        char *path = talloc_asprintf(f, "%s/outbox-%d@legalmail.example.eml", folder, i);

        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(number(f, "SELECT CAST(sum(attempts) AS BIGINT) FROM outbox"), 30);
    assert_clean(f);
}

/* Told to stop, a worker finishes its row and puts the others back untried. */
static enum outcome told_to_stop(void *arg, const struct mail *mail, struct problem *why)
{
    atomic_bool *stop = arg;

    (void)mail, (void)why;
    *stop = true;
    return DONE;
}

static void stopping_puts_back(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    atomic_bool stop = false;
    struct jobs_round round = {0};
    struct problem why = {0};
    struct jobs *jobs;
    int64_t done;

    for (int i = 0; i < 10; i++) {
        char *address = talloc_asprintf(f, "casella%d@legalmail.example", i);

        add_mailbox(f, address, 0, day_of(2027, 3, 15));
        order_years(f, address, 1);
    }
    p->mailer = (struct mailer){told_to_stop, &stop};
    assert_int_equal(outbox_empty(f, &p->jobs, &stop, &round), DONE);
    done = number(f, "SELECT count(*) FROM outbox WHERE state = 'done'");
    assert_true(done >= 1 && done < 10);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE state = 'waiting' AND attempts = 0"), 10 - done);
    assert_int_equal(jobs_start(f, &(struct jobs_options){.threads = 1000}, &jobs, &why), REFUSED);
}

static int64_t lapsed(struct post *p)
{
    struct jobs_round round = post_try(p);

    return day_did(&round.day, "orders_lapsed");
}

/* O10: nobody paid in time. The mailbox is free again, the customer is told, and money that comes later is held. */
static void nobody_pays(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);
    char *code = order_years(f, VERDI, 1);

    post_try(p);
    set_day(f, 2027, 1, 19); /* the last of 30 days */
    assert_int_equal(lapsed(p), 0);
    set_day(f, 2027, 1, 20);
    assert_int_equal(lapsed(p), 1);
    assert_int_equal(order_now(f, code).state, ORDER_LAPSED);
    assert_int_equal(mailbox(f, VERDI).open_order_id, 0);
    if (p->count == 0)
        post_try(p);
    assert_says(mail_to(p, "cliente@posta.example", "decaduto"), VERDI);
    assert_int_equal(pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 1, 20)}).reason,
                     HELD_CANCELLED);
    order_years(f, VERDI, 1);
    assert_clean(f);
}

/* Old sessions and answers go; what is in use stays. */
static void sweeping(void **state)
{
    struct fixture *f = fixture(state);
    struct post *p = post_open(f);

    sql(f, "INSERT INTO session (token_hash, brand, mailbox_id, created_at, seen_at) SELECT 'old', 'legalmail', 1, 0, "
           "clock_us - 90000000000 FROM db_meta");
    sql(f, "INSERT INTO session (token_hash, brand, mailbox_id, created_at, seen_at) SELECT 'new', 'legalmail', 1, 0, "
           "clock_us - 60000000 FROM db_meta");
    sql(f, "INSERT INTO throttle (key, failures, last_at) VALUES ('old', 3, 0)");
    sql(f, "INSERT INTO api_key (brand, role, key_hash, created_at) VALUES ('', 'owner', 'x', 0)");
    sql(f, "INSERT INTO idempotency (key_id, key, request, status, answer, created_at) SELECT 1, 'old', '', 200, '', "
           "clock_us - 8 * 86400000000 FROM db_meta");
    sql(f, "INSERT INTO idempotency (key_id, key, request, status, answer, created_at) SELECT 1, 'new', '', 200, '', "
           "clock_us - 6 * 86400000000 FROM db_meta");
    post_try(p);
    assert_string_equal(words(f, "SELECT token_hash FROM session"), "new");
    assert_string_equal(words(f, "SELECT key FROM idempotency"), "new");
    assert_int_equal(number(f, "SELECT count(*) FROM throttle"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_of_an_order), cmocka_unit_test(a_subject_is_short),
        cmocka_unit_test(a_busy_server),     cmocka_unit_test(a_refusal_is_final),
        cmocka_unit_test(an_impossible_row), cmocka_unit_test(killed_in_the_middle),
        cmocka_unit_test(a_lost_lease),      cmocka_unit_test(a_secret_is_forgotten),
        cmocka_unit_test(threads_empty_it),  cmocka_unit_test(stopping_puts_back),
        cmocka_unit_test(nobody_pays),       cmocka_unit_test(sweeping),
    };

    return FLOW(tests);
}
