/* The desk looks at papers: approved, sent back, refused, never sent; two reviewers at once (DOMAIN M8-M10, K3-K4, O11,
 * T21, T23). */
#include "flow/papers.h"
#include "shop/operator.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

static struct review_decision reject_for(const char *reason)
{
    return (struct review_decision){.verdict = VERDICT_REJECT, .reason = reason, .note = "La firma non si vede."};
}

static struct review_decision refuse_for(const char *reason)
{
    return (struct review_decision){.verdict = VERDICT_REFUSE, .reason = reason};
}

static void assert_refused(struct counter *c, struct review_decision decision, enum problem_code code,
                           const char *field)
{
    struct problem why;
    char *before = all_rows(c->f);

    assert_int_equal(decide_as(c, decision, &why), REFUSED);
    if (why.code != code || strcmp(why.field, field) != 0)
        fail_msg("%s on «%s» instead of %s", problem_slug(why.code), why.field, problem_slug(code));
    assert_string_equal(all_rows(c->f), before);
}

/* The mail of that kind, as it is sent. */
static char *letter(struct counter *c, const char *template)
{
    return words(
        c->f, talloc_asprintf(c, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1", template));
}

/* ---- M8, K4, T21 ---- */

static void papers_come_back_with_a_reason_and_go_again(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "m.rossi", "rossi.mario");
    struct problem why;

    if (!c)
        return;
    assert_refused(c, reject_for("illegible"), PROBLEM_REQUEST_STATE, "");
    send_papers(c);
    assert_refused(c, reject_for(""), PROBLEM_REQUIRED, "reason");
    assert_refused(c, reject_for("silence"), PROBLEM_NOT_A_CHOICE, "reason");
    assert_refused(c, reject_for("boredom"), PROBLEM_NOT_A_CHOICE, "reason");
    assert_int_equal(decide_as(c, reject_for("unsigned"), &why), DONE);
    assert_int_equal(its_request(c).state, REQUEST_DOCS_PENDING);
    assert_int_equal(mails_of(c->f, "documents_rejected"), 1);
    assert_non_null(strstr(letter(c, "documents_rejected"), "/documenti"));
    assert_non_null(strstr(letter(c, "documents_rejected"), "La firma non si vede."));
    assert_non_null(strstr(letter(c, "documents_rejected"), "manca la firma"));
    assert_clean(c->f);

    send_papers(c);
    assert_int_equal(its_request(c).state, REQUEST_IN_REVIEW);
    assert_int_equal(number(c->f, "SELECT max(number) FROM submission"), 2);
    must_approve(c);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_int_equal(number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'activate'"), 1);
    assert_int_equal(
        number(c->f, "SELECT count(*) FROM event WHERE kind = 'submission.rejected' OR kind = 'submission.approved'"),
        2);
    assert_clean(c->f);
}

/* ---- K3 ---- */

static void an_identity_document_must_be_valid_on_the_day(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct review_decision d = {.verdict = VERDICT_APPROVE};

    if (!c)
        return;
    send_papers(c);
    assert_refused(c, d, PROBLEM_REQUIRED, "identity_expires_on");
    d.identity_expires_on = day_of(2026, 12, 19);
    assert_refused(c, d, PROBLEM_IDENTITY_EXPIRED, "identity_expires_on");
    d.identity_expires_on = day_of(2026, 12, 20); /* its last day */
    assert_int_equal(decide_as(c, d, NULL), DONE);
    assert_clean(c->f);
}

/* ---- Two reviewers ---- */

struct reviewer {
    struct counter *c;
    struct review_decision decision;
    enum outcome outcome;
    struct problem why;
};

static void *review(void *arg)
{
    struct reviewer *r = arg;
    void *mem = talloc_new(NULL);
    struct counter *mine = talloc_zero(mem, struct counter);

    *mine = (struct counter){.f = r->c->f, .request_id = r->c->request_id};
    r->outcome = decide_as(mine, r->decision, &r->why);
    talloc_free(mem);
    return NULL;
}

static enum outcome add_somebody(struct fixture *f, const char *email, const char *name)
{
    struct problem why = {0};
    int64_t id;
    char *link;

    return operator_add(&f->shop, f,
                        &(struct new_operator){
                            .brand = "", .email = email, .name = name, .role = "reviewer", .actor = {"cli", "os:test"}},
                        &id, &link, &why);
}

static void of_two_reviewers_one_counts_and_the_other_is_told(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct reviewer two[2];
    pthread_t thread[2];
    int64_t id;
    int counted = 0;

    if (!c)
        return;
    assert_int_equal(add_somebody(c->f, "anna@visura.example", "Anna Controlli"), DONE);
    assert_int_equal(add_somebody(c->f, "bruno@visura.example", "Bruno Verifiche"), DONE);
    send_papers(c);
    id = number(c->f, "SELECT id FROM submission");
    two[0] = (struct reviewer){.c = c,
                               .decision = {.verdict = VERDICT_APPROVE,
                                            .submission_id = id,
                                            .identity_expires_on = day_of(2030, 1, 1),
                                            .actor = REVIEWER}};
    two[1] = (struct reviewer){.c = c, .decision = reject_for("illegible")};
    two[1].decision.submission_id = id;
    two[1].decision.actor = OTHER_REVIEWER;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, review, &two[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 2; i++)
        if (two[i].outcome == DONE) {
            counted++;
        } else {
            assert_int_equal(two[i].outcome, REFUSED);
            assert_int_equal(two[i].why.code, PROBLEM_REVIEWED);
            assert_string_equal(two[i].why.detail, i == 0 ? "Bruno Verifiche" : "Anna Controlli");
        }
    assert_int_equal(counted, 1);
    assert_int_equal(
        number(c->f, "SELECT count(*) FROM event WHERE kind = 'submission.rejected' OR kind = 'submission.approved'"),
        1);
    assert_clean(c->f);
}

static void ones_own_verdict_again_changes_nothing(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct review_decision d = {.verdict = VERDICT_APPROVE, .identity_expires_on = day_of(2030, 1, 1)};
    char *before;

    if (!c)
        return;
    send_papers(c);
    d.submission_id = number(c->f, "SELECT id FROM submission");
    assert_int_equal(decide_as(c, d, NULL), DONE);
    before = all_rows(c->f);
    assert_int_equal(decide_as(c, d, NULL), DONE);
    assert_string_equal(all_rows(c->f), before);
    d.actor = OTHER_REVIEWER;
    assert_refused(c, d, PROBLEM_REVIEWED, "");
}

/* ---- M10, O11 ---- */

static void assert_given_back(struct counter *c, const char *destination)
{
    assert_int_equal(its_request(c).state, REQUEST_REFUSED);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_REFUNDED);
    assert_int_equal(
        number(c->f, "SELECT count(*) FROM invoice WHERE kind = 'credit_note' AND net_cents = 900 AND vat_cents = 198"),
        1);
    assert_string_equal(words(c->f, "SELECT destination FROM refund WHERE amount_cents = 1098"), destination);
    assert_int_equal(number(c->f, "SELECT count(*) FROM name_hold"), 0);
    assert_int_equal(mails_of(c->f, "request_refused"), 1);
    assert_int_equal(mails_of(c->f, "order_refunded"), 1);
    assert_clean(c->f);
}

static void a_refusal_gives_all_the_money_back_and_frees_the_name(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "m.rossi", "");
    struct review_decision d = refuse_for("not_entitled");
    char *again;

    if (!c)
        return;
    send_papers(c);
    d.destination = "transfer";
    assert_refused(c, d, PROBLEM_REQUIRED, "iban");
    d.iban = "IT60X0542811101000000123456";
    d.payee = "Mario Rossi";
    assert_int_equal(decide_as(c, d, NULL), DONE);
    assert_string_equal(words(c->f, "SELECT state FROM submission"), "refused");
    assert_given_back(c, "transfer");
    again = buy_names(c->f, add_buyer(c->f, LUCIA), "mario.rossi", "lucia.uno", "lucia.due");
    assert_non_null(again);
    d.actor = OTHER_REVIEWER;
    assert_refused(c, d, PROBLEM_REVIEWED, "");
}

/* T23: paid at noon of 20-12-2026; 90 days later it is 20-03-2027. */
static enum outcome silent(struct db_tx *tx, void *arg)
{
    struct reviewer *r = arg;
    int count;

    TRY(requests_refuse_silent(tx, r->c, &r->c->f->shop, 10, &count));
    r->outcome = (enum outcome)count;
    return DONE;
}

static int refused_silent(struct counter *c)
{
    struct reviewer r = {.c = c};

    assert_int_equal(db_transaction(c->f->db, "silent", silent, &r), DONE);
    return (int)r.outcome;
}

static enum outcome remind(struct db_tx *tx, void *arg)
{
    struct reviewer *r = arg;
    int count;

    TRY(requests_remind(tx, r->c, &r->c->f->shop, 10, &count));
    r->outcome = (enum outcome)count;
    return DONE;
}

static int reminded(struct counter *c)
{
    struct reviewer r = {.c = c};

    assert_int_equal(db_transaction(c->f->db, "remind", remind, &r), DONE);
    return (int)r.outcome;
}

static void silence_ends_in_a_refund_on_the_ninetieth_day(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");

    if (!c)
        return;
    set_day(c->f, 2027, 3, 19);
    assert_int_equal(refused_silent(c), 0);
    set_day(c->f, 2027, 3, 20);
    assert_int_equal(refused_silent(c), 1);
    assert_given_back(c, "wallet"); /* the bank had not said from which account */
    assert_int_equal(refused_silent(c), 0);
    assert_non_null(strstr(letter(c, "request_refused"), "documenti mai inviati"));
    assert_int_equal(number(c->f, "SELECT count(*) FROM event WHERE kind = 'request.refused' AND actor = 'system'"), 1);
}

static void silence_counts_from_the_last_rejection(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");

    if (!c)
        return;
    set_day(c->f, 2027, 3, 10);
    send_papers(c);
    assert_int_equal(decide_as(c, reject_for("illegible"), NULL), DONE);
    set_day(c->f, 2027, 3, 25);
    assert_int_equal(refused_silent(c), 0);
    set_day(c->f, 2027, 6, 9);
    assert_int_equal(refused_silent(c), 1);
    assert_clean(c->f);
}

static void money_without_a_way_back_waits_at_the_desk(void **state)
{
    static const char *ONLY_TRANSFER[] = {"bank_transfer", NULL};
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct review_decision d = refuse_for("silence");

    if (!c)
        return;
    c->f->brand->payment_methods = ONLY_TRANSFER;
    set_day(c->f, 2027, 3, 20);
    assert_int_equal(refused_silent(c), 1);
    assert_int_equal(its_request(c).state, REQUEST_DOCS_PENDING);
    assert_true(its_request(c).error[0]);
    assert_int_equal(refused_silent(c), 0); /* once */
    assert_refused(c, d, PROBLEM_REQUIRED, "iban");
    d.iban = "IT60X0542811101000000123456";
    d.payee = "Mario Rossi";
    assert_int_equal(decide_as(c, d, NULL), DONE);
    assert_given_back(c, "transfer");
}

static void reminders_come_once_each_and_not_after_the_papers(void **state)
{
    static const struct {
        int month, day, reminded;
    } DAYS_[] = {{12, 26, 0}, {12, 27, 1}, {12, 28, 0}, {1, 18, 0}, {1, 19, 1},
                 {2, 27, 0},  {3, 9, 0},   {3, 10, 1},  {3, 11, 0}};
    struct counter *c = counter(state, "mario.rossi", "", "");

    if (!c)
        return;
    for (size_t i = 0; i < count_of(DAYS_); i++) {
        int found;

        set_day(c->f, DAYS_[i].month == 12 ? 2026 : 2027, DAYS_[i].month, DAYS_[i].day);
        found = reminded(c);
        if (found != DAYS_[i].reminded)
            fail_msg("%d/%d: %d", DAYS_[i].day, DAYS_[i].month, found);
    }
    assert_int_equal(mails_of(c->f, "documents_reminder"), 3);
    assert_non_null(strstr(letter(c, "documents_reminder"), "19/03/2027"));
    assert_clean(c->f);
}

/* ---- Looking ---- */

struct looking {
    struct counter *c;
    int64_t document, request;
    struct document found;
    struct problem why;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    return document_look(tx, l->c, (struct papers_of){.request_id = l->request}, l->document, &REVIEWER, &l->found,
                         &l->why);
}

static void every_look_at_a_document_leaves_a_trace(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct looking l = {.c = c};

    if (!c)
        return;
    send_papers(c);
    l.document = number(c->f, "SELECT id FROM document WHERE slot = 'identity'");
    l.request = c->request_id;
    assert_int_equal(db_transaction(c->f->db, "look", look, &l), DONE);
    assert_int_equal(db_transaction(c->f->db, "look", look, &l), DONE);
    assert_int_equal(number(c->f, "SELECT count(*) FROM event WHERE kind = 'document.seen' AND actor = 'operator:1' "
                                  "AND order_id IS NOT NULL"),
                     2);
    l.request++;
    assert_int_equal(db_transaction(c->f->db, "look", look, &l), REFUSED);
    l.request = c->request_id;
    sql(c->f, "UPDATE document SET purged_at = 1");
    assert_int_equal(db_transaction(c->f->db, "look", look, &l), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_come_back_with_a_reason_and_go_again),
        cmocka_unit_test(an_identity_document_must_be_valid_on_the_day),
        cmocka_unit_test(of_two_reviewers_one_counts_and_the_other_is_told),
        cmocka_unit_test(ones_own_verdict_again_changes_nothing),
        cmocka_unit_test(a_refusal_gives_all_the_money_back_and_frees_the_name),
        cmocka_unit_test(silence_ends_in_a_refund_on_the_ninetieth_day),
        cmocka_unit_test(silence_counts_from_the_last_rejection),
        cmocka_unit_test(money_without_a_way_back_waits_at_the_desk),
        cmocka_unit_test(reminders_come_once_each_and_not_after_the_papers),
        cmocka_unit_test(every_look_at_a_document_leaves_a_trace),
    };

    return FLOW(tests);
}
