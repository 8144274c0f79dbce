/* Mails that come back: whose report is believed, what it marks, and what unmarks it; a maildir that is looked through.
 */
#include "jobs/bounces.h"
#include "flow/post.h"
#include "shop/login.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define HOLDER "titolare@posta.example"

static const struct actor PIPE = {"cli", "os:posta"};

/* Empties the outbox; how many mails went. */
static size_t send_all(struct fixture *f)
{
    struct post *post = post_open(f);

    post_round(post);
    return post->count;
}

/* VERDI is renewed and paid, so that its holder has been written to; the row of that mail. */
static int64_t notice_to_holder(struct fixture *f)
{
    char *code = order_years(f, VERDI, 1);

    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 20)});
    send_all(f);
    return number(f, "SELECT max(id) FROM outbox WHERE template = 'holder_notice' AND state = 'done'");
}

struct report {
    int64_t mail;
    const char *to, *action, *status, *domain;
};

static char *report(void *mem, struct report r)
{
    return talloc_asprintf(
        mem,
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; "
        "report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: "
        "message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; "
        "%s\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: smtp; 550 User unknown\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <outbox-%" PRId64 "@%s>\r\n\r\n--b--\r\n",
        r.to ? r.to : HOLDER, r.action ? r.action : "failed", r.status ? r.status : "5.1.1", r.mail,
        r.domain ? r.domain : "legalmail.example");
}

static struct bounce_tally take(struct fixture *f, struct report r)
{
    struct bounce_tally tally = {0};
    char *bytes = report(f, r);

    assert_int_equal(bounces_of_mail(&f->shop, f, bytes, strlen(bytes), &PIPE, &tally), DONE);
    return tally;
}

static bool marked(struct fixture *f)
{
    return mailbox(f, VERDI).contact_bounced;
}

static int64_t events(struct fixture *f, const char *kind)
{
    return number(f, talloc_asprintf(f, "SELECT count(*) FROM event WHERE kind = '%s'", kind));
}

static void a_failure_marks_its_address(void **state)
{
    struct fixture *f = fixture(state);
    int64_t mail;

    if (!f)
        skip();
    mail = notice_to_holder(f);
    assert_false(marked(f));
    assert_int_equal(take(f, (struct report){.mail = mail, .to = "TITOLARE@posta.example"}).marked, 1);
    assert_true(marked(f));
    assert_string_equal(words(f, "SELECT address FROM contact_bounce"), HOLDER);
    assert_string_equal(words(f, "SELECT said FROM contact_bounce"), "smtp; 550 User unknown");
    assert_string_equal(words(f, "SELECT m.address FROM contact_bounce b JOIN mailbox m ON m.id = b.mailbox_id"),
                        VERDI);
    assert_int_equal(events(f, "contact.bounced"), 1);

    assert_int_equal(take(f, (struct report){.mail = mail}).noted, 1); /* the same mail again */
    assert_int_equal(events(f, "contact.bounced"), 1);
    assert_int_equal(number(f, "SELECT times FROM contact_bounce"), 1);
    assert_clean(f);
}

static void strangers_mark_nothing(void **state)
{
    struct fixture *f = fixture(state);
    int64_t mail, waiting;
    char *before;

    if (!f)
        skip();
    mail = notice_to_holder(f);
    order_years(f, BIANCHI, 1);
    waiting = number(f, "SELECT id FROM outbox WHERE state = 'waiting'");
    before = all_rows(f);
    assert_int_equal(take(f, (struct report){.mail = mail, .to = "altro@posta.example"}).strange, 1);
    assert_int_equal(take(f, (struct report){.mail = mail, .domain = "altrove.example"}).strange, 1);
    assert_int_equal(take(f, (struct report){.mail = 999999}).strange, 1);
    assert_int_equal(take(f, (struct report){.mail = waiting, .to = "cliente@posta.example"}).strange,
                     1); /* not sent */
    sql(f, talloc_asprintf(f, "UPDATE outbox SET created_at = created_at - 3000000000000 WHERE id = %" PRId64, mail));
    assert_int_equal(take(f, (struct report){.mail = mail}).strange, 1); /* of a month ago */
    sql(f, talloc_asprintf(f, "UPDATE outbox SET created_at = created_at + 3000000000000 WHERE id = %" PRId64, mail));
    assert_string_equal(all_rows(f), before);
    assert_false(marked(f));
}

static void what_passes_is_only_noted(void **state)
{
    struct fixture *f = fixture(state);
    int64_t mail;

    if (!f)
        skip();
    mail = notice_to_holder(f);
    assert_int_equal(take(f, (struct report){.mail = mail, .action = "delayed", .status = "4.4.1"}).noted, 1);
    assert_false(marked(f));
    assert_int_equal(events(f, "contact.delayed"), 1);
    assert_int_equal(take(f, (struct report){.mail = mail, .status = "4.4.1"}).marked, 1); /* given up: it never came */
    assert_true(marked(f));
}

static void a_later_delivery_clears(void **state)
{
    struct fixture *f = fixture(state);
    int64_t mail, later;

    if (!f)
        skip();
    mail = notice_to_holder(f);
    (void)take(f, (struct report){.mail = mail});
    assert_int_equal(take(f, (struct report){.mail = mail, .action = "delivered", .status = "2.0.0"}).noted, 1);
    assert_true(marked(f)); /* it is no later one */
    sql(f, "INSERT INTO outbox (brand, kind, template, recipient, language, data, state, attempts, due_at, lease, "
           "last_error, created_at) SELECT brand, kind, template, recipient, language, data, state, attempts, due_at, "
           "lease, last_error, created_at FROM outbox WHERE template = 'holder_notice'");
    later = number(f, "SELECT max(id) FROM outbox");
    assert_int_equal(take(f, (struct report){.mail = later, .action = "delivered", .status = "2.0.0"}).cleared, 1);
    assert_false(marked(f));
    assert_int_equal(events(f, "contact.cleared"), 1);
}

static void the_holder_s_address_is_changed(void **state)
{
    struct fixture *f = fixture(state);
    struct problem why = {0};
    char *hash;
    struct contact_change c;
    struct mailbox m;

    if (!f)
        skip();
    (void)take(f, (struct report){.mail = notice_to_holder(f)});
    m = mailbox(f, VERDI);
    assert_int_equal(password_hash(f, "una password lunga", &hash), DONE);
    sql(f, talloc_asprintf(f, "UPDATE mailbox_row SET password_hash = '%s' WHERE id = %" PRId64, hash, m.id));
    c = (struct contact_change){.brand = f->brand,
                                .who = {.mailbox_id = m.id},
                                .mailbox = VERDI,
                                .email = " Maria@Nuova.example ",
                                .password = "un'altra",
                                .client = "192.0.2.1"};
    assert_int_equal(contact_change(&f->shop, f, &c, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PASSWORD_WRONG);
    c.password = "una password lunga";
    c.mailbox = BIANCHI; /* another's */
    assert_int_equal(contact_change(&f->shop, f, &c, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MAILBOX_UNKNOWN);
    c.mailbox = VERDI;
    c.email = "nessuno";
    assert_int_equal(contact_change(&f->shop, f, &c, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_AN_EMAIL);
    c.email = " Maria@Nuova.example ";
    assert_int_equal(contact_change(&f->shop, f, &c, &why), DONE);

    m = mailbox(f, VERDI);
    assert_string_equal(m.holder.email, "maria@nuova.example");
    assert_false(m.contact_bounced);
    assert_int_equal(number(f, "SELECT count(*) FROM contact_bounce"), 0);
    assert_int_equal(events(f, "contact.changed"), 1);
    assert_int_equal(mails_of(f, "contact_changed"), 0); /* it takes none */
    c.email = "maria@ancora.example";
    assert_int_equal(contact_change(&f->shop, f, &c, &why), DONE);
    assert_string_equal(words(f, "SELECT recipient FROM outbox WHERE template = 'contact_changed'"),
                        "maria@nuova.example");
    assert_int_equal(send_all(f), 1); /* and it can be written */
    assert_clean(f);
}

/* ---- The maildir ---- */

static void put(const char *folder, const char *name, const char *bytes)
{
    char *path = talloc_asprintf(NULL, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(bytes, file);
    assert_int_equal(fclose(file), 0);
    talloc_free(path);
}

static bool is_there(const char *folder, const char *name)
{
    char *path = talloc_asprintf(NULL, "%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;

    talloc_free(path);
    return there;
}

static void a_maildir_is_read_once(void **state)
{
    struct fixture *f = fixture(state);
    char folder[] = "/tmp/casella-maildir.XXXXXX";
    char *command;
    int64_t mail;
    int taken = 0;

    if (!f)
        skip();
    assert_non_null(mkdtemp(folder));
    assert_int_equal(bounces_collect(&f->shop, f, folder, 10, NULL, &taken), BROKEN); /* no maildir */
    assert_int_equal(mkdir(talloc_asprintf(f, "%s/new", folder), 0700), 0);
    assert_int_equal(mkdir(talloc_asprintf(f, "%s/cur", folder), 0700), 0);
    mail = notice_to_holder(f);
    put(folder, "new/1.a", report(f, (struct report){.mail = mail}));
    put(folder, "new/2.b", "Subject: grazie\n\nGrazie.\n");
    put(folder, "new/.3", "nascosto");
    assert_int_equal(symlink("/etc/passwd", talloc_asprintf(f, "%s/new/4.d", folder)), 0);
    assert_int_equal(bounces_collect(&f->shop, f, folder, 10, NULL, &taken), DONE);
    assert_int_equal(taken, 3);
    assert_true(marked(f));
    assert_true(is_there(folder, "cur/1.a:2,S"));
    assert_true(is_there(folder, "cur/2.b:2,FS"));
    assert_true(is_there(folder, "cur/4.d:2,FS"));
    assert_true(is_there(folder, "new/.3"));
    taken = 0;
    assert_int_equal(bounces_collect(&f->shop, f, folder, 10, NULL, &taken), DONE);
    assert_int_equal(taken, 0);
    command = talloc_asprintf(f, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_marks_its_address),     cmocka_unit_test(strangers_mark_nothing),
        cmocka_unit_test(what_passes_is_only_noted),       cmocka_unit_test(a_later_delivery_clears),
        cmocka_unit_test(the_holder_s_address_is_changed), cmocka_unit_test(a_maildir_is_read_once),
    };

    return FLOW(tests);
}
