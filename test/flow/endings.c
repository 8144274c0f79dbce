/* How mailboxes end: their grace over, given up, or on a domain that is nobody's; told before, kept, and gone. */
#include "flow/turning.h"
#include "shop/domain.h"
#include "shop/refund.h"
#include "shop/terminate.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ROSSI "giulia.rossi@legalmail.example"

/* ---- Grace and deletion ---- */

/* Grace over: it ceases, and with the brand's delete_after at zero what is in it goes the same day, told once. */
static void the_end(void **state)
{
    struct turner *t = turner(state);

    t->f->brand->notices.registry_warning = REGISTRY_ALL;
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15)); /* grace until 13-06 */
    turn(t, 2027, 3, 1);
    turn(t, 2027, 6, 12);
    assert_int_equal(noted(t, VERDI, "grace-1", "sent"), 1);
    turn(t, 2027, 6, 13);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2027, 6, 14);
    assert_int_equal(day_did(&t->round.day, "ceased"), 1);
    assert_int_equal(day_did(&t->round.day, "deleted"), 1);
    assert_int_equal(t->post->count, 1);
    assert_says(mail_about(t->post, "è stata cancellata"), "chi ne è titolare può riacquistarlo");
    assert_says(mail_about(t->post, "è stata cancellata"), "registrato in INAD, occorre indicarne un'altra");
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted' AND password_hash = ''"), 1);
    assert_int_equal(
        number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased' OR kind = 'mailbox.deleted'"), 2);
    turn(t, 2027, 6, 14);
    turn(t, 2027, 6, 15);
    assert_int_equal(t->post->count, 0);
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
    assert_int_equal(t->post->count, 1);
    assert_says(mail_about(t->post, "è cessata"), "Dal 14/07/2027 i messaggi che contiene vengono cancellati");
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    sql(t->f, "INSERT INTO legal_hold SELECT id, 'sequestro', 1, 'cli' FROM mailbox");
    turn(t, 2027, 7, 14);
    assert_int_equal(t->post->count, 0);
    sql(t->f, "DELETE FROM legal_hold");
    turn(t, 2027, 7, 15);
    assert_int_equal(t->post->count, 1);
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
    assert_int_equal(t->post->count, 1);
    assert_says(mail_about(t->post, "cessa"), "Ora cessa.");
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
    assert_int_equal(t->post->count, 1);
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
    assert_says(mail_about(t->post, "scade oggi"), "cessa di funzionare: non invia, non riceve e non si può leggere.");
    turn(t, 2027, 3, 16);
    mail_about(t->post, "è scaduta");
    assert_string_equal(mailbox(t->f, VERDI).status,
                        "live"); /* told today: it ceases tomorrow, and does nothing meanwhile */
    turn(t, 2027, 3, 17);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    assert_says(mail_about(t->post, "è cessata"), "Dal 14/06/2027");
    turn(t, 2027, 6, 14);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* ---- A renewal that is taken back (O12) ---- */

struct taking_back {
    struct fixture *f;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static enum outcome refund_it(struct db_tx *tx, void *arg)
{
    struct taking_back *b = arg;

    return refund_order(tx, b->f, &b->f->brands, &b->request, &b->refund, &b->why);
}

static void take_back(struct turner *t, const char *code)
{
    struct taking_back back = {.f = t->f,
                               .request = {.code = code,
                                           .amount = money(3050),
                                           .destination = "transfer",
                                           .iban = "IT60X0542811101000000123456",
                                           .payee = "Giulia Verdi",
                                           .reason = "Recesso",
                                           .take_back = true,
                                           .actor = {"cli", "system"}}};

    assert_int_equal(db_transaction(t->f->db, "refund", refund_it, &back), DONE);
    assert_int_equal(mailbox(t->f, VERDI).term.ends_on.n, day_of(2027, 3, 15).n);
}

/* Whoever was told before it was renewed believes it renewed: he is told again, and nothing goes on the same day. */
static void taken_back_after_its_grace(void **state)
{
    struct turner *t = turner(state);
    char *code;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 1);
    turn(t, 2027, 5, 29);
    assert_int_equal(noted(t, VERDI, "grace-15", "sent"), 1);
    code = order_years(t->f, VERDI, 1);
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 6, 2)});
    turn(t, 2027, 6, 20);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    take_back(t, code);
    turn(t, 2027, 6, 20);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    assert_int_equal(noted(t, VERDI, "last", "sent"), 1);
    assert_clean(t->f);
    turn(t, 2027, 6, 21);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
}

/* It ceased, money that had been sent in time was found, and then given back: it ceases once more, and is deleted. */
static void ceases_twice(void **state)
{
    struct turner *t = turner(state);
    char *code;

    t->f->brand->notices.delete_after = (struct span){.days = 90};
    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 3, 1);
    set_day(t->f, 2027, 5, 20);
    code = order_years(t->f, VERDI, 1);
    turn(t, 2027, 6, 12);
    turn(t, 2027, 6, 20);
    assert_int_equal(order_now(t->f, code).state, ORDER_LAPSED);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 6, 18)});
    place_held(t->f, code);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2027, 6, 22);
    take_back(t, code);
    turn(t, 2027, 6, 23);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    mail_about(t->post, "cessa");
    turn(t, 2027, 6, 24);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    mail_about(t->post, "è cessata");
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased'"), 2);
    assert_clean(t->f);
    turn(t, 2027, 9, 12);
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
    assert_int_equal(t->post->count, 2); /* of both days */
    assert_says(mail_about(t->post, "Disdetta ricevuta"), "Funziona fino al 15/03/2027 compreso");
    turn(t, 2027, 3, 15);
    assert_int_equal(t->post->count, 0);
    assert_string_equal(mailbox(t->f, VERDI).status, "live");
    turn(t, 2027, 3, 16);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    assert_says(mail_about(t->post, "è cessata"), "Dal 14/06/2027 i messaggi");
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
    mail_about(t->post, "è cessata");
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

/* Given up under a renewal that is then given back: it does not come back to life with its old term. */
static void given_up_then_taken_back(void **state)
{
    struct turner *t = turner(state);
    struct giving_up now = {.typed = VERDI, .at_once = true};
    char *code;

    add_mailbox(t->f, VERDI, 0, day_of(2027, 3, 15));
    turn(t, 2027, 2, 1);
    code = order_years(t->f, VERDI, 1);
    pay(t->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 2, 2)});
    assert_int_equal(terminated(t, &now), DONE);
    take_back(t, code);
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    assert_clean(t->f);
    turn(t, 2027, 2, 3);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased'"), 1);
    turn(t, 2027, 6, 14); /* nobody was told since the end of that term */
    assert_string_equal(mailbox(t->f, VERDI).status, "ceased");
    turn(t, 2027, 6, 15);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailbox WHERE status = 'deleted'"), 1);
    assert_clean(t->f);
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
    assert_int_equal(t->post->count, 2);
    assert_says(mail_about(t->post, STUDIO " è sospesa"), "se non lo è di nuovo entro il 08/12/2026, la casella cessa");
    turn(t, 2026, 12, 3);
    assert_int_equal(db_transaction(t->f->db, "found", lose, &found), DONE);
    turn(t, 2026, 12, 3);
    assert_int_equal(t->post->count, 1); /* the desk's own suspension lasts */
    mail_about(t->post, STUDIO " è di nuovo attiva");
    assert_string_equal(mailbox(t->f, STUDIO).status, "live");
    assert_string_equal(mailbox(t->f, "posta@studio.example").status, "suspended");
    assert_int_equal(db_transaction(t->f->db, "lost", lose, &lost), DONE);
    turn(t, 2026, 12, 10);
    assert_int_equal(day_did(&t->round.day, "domains_dropped"), 0);
    turn(t, 2026, 12, 11);
    assert_int_equal(day_did(&t->round.day, "domains_dropped"), 2);
    assert_int_equal(t->post->count, 2);
    assert_says(mail_about(t->post, "è cessata"), "Dal 11/07/2027 i messaggi");
    assert_string_equal(mailbox(t->f, STUDIO).status, "ceased");
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased'"), 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM mailhost_box WHERE address = '" STUDIO "' AND may_read = 1"),
                     0);
    assert_clean(t->f);
    turn(t, 2026, 12, 12);
    assert_int_equal(t->post->count, 0);
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
    assert_int_equal(t->post->count, 1);
    assert_says(mail_about(t->post, "solo fino al 09/02/2027"), "Dal 10/02/2027 i messaggi");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end),
        cmocka_unit_test(kept_for_a_while),
        cmocka_unit_test(nobody_stops_untold),
        cmocka_unit_test(told_anew),
        cmocka_unit_test(money_on_its_way),
        cmocka_unit_test(paid_after_it_ceased),
        cmocka_unit_test(no_grace),
        cmocka_unit_test(taken_back_after_its_grace),
        cmocka_unit_test(ceases_twice),
        cmocka_unit_test(given_up_with_its_term),
        cmocka_unit_test(given_up_too_late),
        cmocka_unit_test(given_up_at_once),
        cmocka_unit_test(given_up_then_taken_back),
        cmocka_unit_test(a_domain_that_is_nobodys),
        cmocka_unit_test(a_domain_s_own_grace),
        cmocka_unit_test(kept_after_its_own_grace),
    };

    return FLOW(tests);
}
