/* Proofs of payment: sent, looked at, accepted or not, and the money that comes or does not (DOMAIN Y5-Y8, Y12, T14,
 * T16, T33). */
#include "flow/post.h"
#include "shop/cheque.h"
#include "shop/proof.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

static const struct actor DESK = {"cli", "os:cassa"};
static const char *UPLOAD_AND_MAIL[] = {"upload", "email", NULL};

/* ---- A brand that takes proofs, a folder, a scanner that says what it is told ---- */

struct desk {
    struct fixture *f;
    char folder[40];
    struct files files;
    struct scanner scanner;
    enum outcome says;
    int looked;
};

static enum outcome say(void *arg, const void *bytes, size_t length, struct problem *why)
{
    struct desk *d = arg;

    assert_true(length > 0 && bytes);
    d->looked++;
    if (d->says == REFUSED)
        return problem_set(why, PROBLEM_MALWARE, "file", "%s", "Eicar-Test-Signature");
    return d->says;
}

static int remove_folder(struct desk *d)
{
    char *command = talloc_asprintf(NULL, "rm -rf -- '%s'", d->folder);

    if (system(command) != 0)
        print_error("%s stays\n", d->folder);
    talloc_free(command);
    return 0;
}

/* NULL, and the test is skipped, without the engine. */
static struct desk *desk(void **state, bool trust_proof)
{
    struct fixture *f = fixture(state);
    struct desk *d = talloc_zero(*state, struct desk);

    if (!f)
        return NULL;
    d->f = f;
    strcpy(d->folder, "/tmp/casella-proofs-XXXXXX");
    d->files.folder = mkdtemp(d->folder);
    assert_non_null(d->files.folder);
    talloc_set_destructor(d, remove_folder);
    d->scanner = (struct scanner){.scan = say, .arg = d};
    f->brand->renewal.opens_months_before = ANY_TIME;
    f->brand->payment.trust_proof = trust_proof;
    f->brand->payment.proof_by = UPLOAD_AND_MAIL;
    f->brand->payment.desk = DESK_POLICY;
    f->brand->payment.cheque_payee = "Esempio PEC S.p.A.";
    return d;
}

static void at(struct desk *d, int year, int month, int day, int hour, int minute, int second)
{
    set_clock(d->f, rome_at(day_of(year, month, day), hour, minute, second));
}

static enum outcome send_words(struct desk *d, const char *code, const char *words_, struct proof *proof,
                               struct problem *why)
{
    char *file = pdf(d, words_);

    *why = (struct problem){0};
    return proof_receive(&d->f->shop, &d->files, d,
                         &(struct proof_request){.code = code,
                                                 .channel = "upload",
                                                 .file_name = "C:\\contabile.pdf",
                                                 .bytes = file,
                                                 .length = strlen(file),
                                                 .actor = {"portal", "account:1"}},
                         proof, why);
}

static struct proof sent(struct desk *d, const char *code, const char *words_)
{
    struct problem why;
    struct proof proof;

    if (send_words(d, code, words_, &proof, &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.detail);
    return proof;
}

struct deciding {
    struct desk *d;
    int64_t id;
    const char *kind, *reason; /* one of them */
    struct money amount;
    struct proof proof;
    struct problem why;
    void *mem;
};

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct deciding *v = arg;
    void *mem = v->mem ? v->mem : v->d;

    v->why = (struct problem){0};
    if (v->kind)
        return proof_accept(tx, mem, &v->d->f->brands, v->id, v->kind, v->amount, &DESK, &v->proof, &v->why);
    return proof_reject(tx, mem, &v->d->f->brands, v->id, v->reason, &DESK, &v->proof, &v->why);
}

static enum outcome approve(struct desk *d, int64_t id, const char *kind, int64_t cents, struct problem *why)
{
    struct deciding v = {.d = d, .id = id, .kind = kind, .amount = money(cents)};
    enum outcome o = db_transaction(d->f->db, "accept", decide, &v);

    *why = v.why;
    return o;
}

static enum outcome turn_down(struct desk *d, int64_t id, const char *reason, struct problem *why)
{
    struct deciding v = {.d = d, .id = id, .reason = reason};
    enum outcome o = db_transaction(d->f->db, "reject", decide, &v);

    *why = v.why;
    return o;
}

static void must_accept(struct desk *d, int64_t id, int64_t cents)
{
    struct problem why;

    if (approve(d, id, "executed_transfer", cents, &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.detail);
}

static char *state_of(struct desk *d, int64_t id)
{
    return words(d->f, talloc_asprintf(d, "SELECT state FROM proof WHERE id = %" PRId64, id));
}

struct aging {
    struct desk *d;
    int alerted;
};

static enum outcome age(struct db_tx *tx, void *arg)
{
    struct aging *a = arg;

    return proofs_age(tx, a->d, &a->d->f->brands, 10, &a->alerted);
}

static int alerts(struct desk *d)
{
    struct aging a = {.d = d};

    assert_int_equal(db_transaction(d->f->db, "age", age, &a), DONE);
    return a.alerted;
}

static enum outcome lapse(struct db_tx *tx, void *arg)
{
    struct aging *a = arg;

    return lapse_orders(tx, a->d, 10, &a->alerted);
}

static int lapsed(struct desk *d)
{
    struct aging a = {.d = d};

    assert_int_equal(db_transaction(d->f->db, "lapse", lapse, &a), DONE);
    return a.alerted;
}

/* The bank books the transfer, today. */
static void credit(struct desk *d, const char *code)
{
    struct day today = {(int32_t)number(d->f, "SELECT max(confirmed_at) / 86400000000 FROM shop_order")};

    assert_int_equal(pay(d->f, &(struct transfer){.text = code, .cents = 3050, .on = today}).how, SETTLED_MATCHED);
}

/* ---- Receiving ---- */

/* T14, T16 and what comes before opening (DOMAIN §8.6). */
static void due_by(void **state)
{
    static const struct {
        int month, day, hour, minute, second;
        int due_month, due_day, due_hour, due_minute;
    } CASES[] = {
        {11, 23, 17, 50, 0, 11, 23, 18, 20}, {11, 23, 18, 0, 0, 11, 23, 18, 30}, {11, 23, 18, 0, 1, 11, 24, 9, 30},
        {12, 5, 10, 0, 0, 12, 7, 9, 30},     {11, 23, 7, 15, 0, 11, 23, 9, 30},
    };
    struct desk *d = desk(state, false);

    if (!d)
        return;
    at(d, 2026, 11, 23, 7, 0, 0);
    char *code = order_years(d->f, VERDI, 1);

    for (size_t i = 0; i < count_of(CASES); i++) {
        struct instant due =
            rome_at(day_of(2026, CASES[i].due_month, CASES[i].due_day), CASES[i].due_hour, CASES[i].due_minute, 0);
        struct proof p;

        at(d, 2026, CASES[i].month, CASES[i].day, CASES[i].hour, CASES[i].minute, CASES[i].second);
        p = sent(d, code, talloc_asprintf(d, "caso %zu", i));
        assert_int_equal(p.due_at.us, due.us);
    }
    assert_int_equal(mails_of(d->f, "proof_received"), count_of(CASES));
    assert_clean(d->f);
}

/* What staff enters counts from when it came. */
static void entered_by_staff(void **state)
{
    struct desk *d = desk(state, false);
    struct problem why = {0};
    struct proof p;

    if (!d)
        return;
    at(d, 2026, 11, 24, 11, 0, 0);
    char *file = pdf(d, "fax"), *code = order_years(d->f, VERDI, 1);
    struct proof_request request = {.code = code,
                                    .channel = "mail",
                                    .file_name = "fax.pdf",
                                    .bytes = file,
                                    .length = strlen(file),
                                    .arrived_at = rome_at(day_of(2026, 11, 23), 18, 0, 0),
                                    .actor = DESK};

    assert_int_equal(proof_receive(&d->f->shop, &d->files, d, &request, &p, &why), DONE);
    assert_int_equal(p.due_at.us, rome_at(day_of(2026, 11, 23), 18, 30, 0).us);
    file = pdf(d, "domani");
    request.bytes = file;
    request.length = strlen(file);
    request.arrived_at = rome_at(day_of(2026, 11, 25), 9, 0, 0);
    assert_int_equal(proof_receive(&d->f->shop, &d->files, d, &request, &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_DAY_RANGE);
    request.channel = "fax"; /* this brand has none */
    assert_int_equal(proof_receive(&d->f->shop, &d->files, d, &request, &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PROOF_CHANNEL);
}

static void the_same_file_again(void **state)
{
    struct desk *d = desk(state, false);
    struct proof first, again;
    char *code, *before;
    void *bytes;
    size_t length;

    if (!d)
        return;
    code = order_years(d->f, VERDI, 1);
    first = sent(d, code, "una");
    assert_string_equal(first.file_name, "contabile.pdf");
    assert_string_equal(first.content_type, "application/pdf");
    before = all_rows(d->f);
    again = sent(d, code, "una");
    assert_int_equal(first.id, again.id);
    assert_string_equal(all_rows(d->f), before);
    assert_int_equal(sent(d, order_years(d->f, BIANCHI, 1), "una").id, first.id + 1); /* another order's, one file */
    assert_int_equal(number(d->f, "SELECT count(*) FROM stored_file"), 1);
    assert_int_equal(file_read(&d->files, d, first.file_sha256, &bytes, &length), DONE);
    assert_string_equal(bytes, pdf(d, "una"));
}

static void not_taken(void **state)
{
    struct desk *d = desk(state, false);
    struct problem why = {0};
    struct proof p;
    char *code;

    if (!d)
        return;
    code = order_years(d->f, VERDI, 1);
    assert_int_equal(proof_receive(&d->f->shop, &d->files, d,
                                   &(struct proof_request){.code = code, .channel = "upload", .bytes = "", .length = 0},
                                   &p, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_FILE_EMPTY);
    assert_int_equal(send_words(d, "000000000000000", "x", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    d->files.folder = NULL;
    assert_int_equal(send_words(d, code, "x", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FILES);
    d->files.folder = d->folder;
    d->f->brand->payment.proof_by = UPLOAD_AND_MAIL + 2;
    assert_int_equal(send_words(d, code, "x", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PROOF_CHANNEL);
    d->f->brand->payment.proof_by = UPLOAD_AND_MAIL;
    for (int i = 0; i < PROOFS_PER_ORDER; i++)
        sent(d, code, talloc_asprintf(d, "copia %d", i));
    assert_int_equal(send_words(d, code, "una di troppo", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PROOF_MANY);
    assert_int_equal(number(d->f, "SELECT count(*) FROM proof"), PROOFS_PER_ORDER);
    credit(d, code);
    assert_int_equal(send_words(d, code, "dopo", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_ORDER_STATE);
}

static void scanned(void **state)
{
    struct desk *d = desk(state, false);
    struct problem why = {0};
    struct proof p;
    char *code;

    if (!d)
        return;
    code = order_years(d->f, VERDI, 1);
    d->files.scanner = &d->scanner;
    d->says = REFUSED;
    assert_int_equal(send_words(d, code, "x", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MALWARE);
    d->says = BUSY; /* no answer is no */
    assert_int_equal(send_words(d, code, "x", &p, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_SCANNER);
    assert_int_equal(number(d->f, "SELECT count(*) FROM stored_file"), 0);
    d->says = DONE;
    p = sent(d, code, "x");
    assert_int_equal(d->looked, 3);
    assert_int_equal(number(d->f, "SELECT count(*) FROM stored_file WHERE scanned_at IS NOT NULL"), 1);
    sent(d, code, "x");
    assert_int_equal(d->looked, 3); /* it is known already */
}

/* ---- The desk ---- */

/* T33, to its end: the money comes after the alert after all. */
static void on_proof(void **state)
{
    struct desk *d = desk(state, true);
    struct proof first, second;
    struct problem why;
    char *code;

    if (!d)
        return;
    at(d, 2026, 11, 23, 10, 0, 0);
    code = order_years(d->f, VERDI, 1);
    first = sent(d, code, "disposizione inserita");
    assert_int_equal(turn_down(d, first.id, "not_executed", &why), DONE);
    assert_string_equal(state_of(d, first.id), "rejected");
    assert_int_equal(order_now(d->f, code).state, ORDER_CONFIRMED);
    assert_int_equal(mails_of(d->f, "proof_rejected"), 1);

    second = sent(d, code, "bonifico eseguito");
    assert_int_equal(approve(d, second.id, "other", 3050, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PROOF_KIND);
    assert_int_equal(approve(d, second.id, "ricevuta", 3050, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_A_CHOICE);
    assert_int_equal(approve(d, second.id, "executed_transfer", 3049, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_AMOUNT);
    assert_string_equal(why.field, "amount");
    must_accept(d, second.id, 3050);
    assert_int_equal(order_now(d->f, code).state, ORDER_FULFILLED);
    assert_true(order_now(d->f, code).provisional);
    assert_int_equal(order_now(d->f, code).settled_on.n, day_of(2026, 11, 23).n); /* §8.4 */
    assert_int_equal(mailbox(d->f, VERDI).term.ends_on.n, day_of(2028, 3, 15).n);
    assert_int_equal(number(d->f, "SELECT sum(amount_cents) FROM ledger_entry WHERE account = 'provisional:legalmail'"),
                     3050);
    assert_clean(d->f);
    must_accept(d, second.id, 3050); /* the same verdict again */
    assert_int_equal(number(d->f, "SELECT count(*) FROM invoice"), 1);

    /* The tenth working day after Monday 23-11-2026 is Monday 07-12-2026. */
    at(d, 2026, 12, 6, 23, 59, 59);
    assert_int_equal(alerts(d), 0);
    at(d, 2026, 12, 7, 0, 0, 1);
    assert_int_equal(alerts(d), 1);
    assert_int_equal(alerts(d), 0);
    assert_string_equal(state_of(d, second.id), "never_credited");
    assert_int_equal(mails_of(d->f, "proof_alert"), 1);
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind = 'proof.never_credited'"), 1);
    assert_int_equal(order_now(d->f, code).state, ORDER_FULFILLED); /* by the desk's decision only */
    assert_clean(d->f);

    credit(d, code);
    assert_string_equal(state_of(d, second.id), "credited");
    assert_string_equal(state_of(d, first.id), "rejected");
    assert_false(order_now(d->f, code).provisional);
    assert_int_equal(number(d->f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(number(d->f, "SELECT sum(amount_cents) FROM ledger_entry WHERE account = 'provisional:legalmail'"),
                     0);
    assert_clean(d->f);
}

/* Where the brand waits for the credit, an accepted one only informs, and keeps the order from lapsing. */
static void on_credit(void **state)
{
    struct desk *d = desk(state, false);
    struct proof p;
    char *code;

    if (!d)
        return;
    at(d, 2026, 11, 23, 10, 0, 0);
    code = order_years(d->f, VERDI, 1);
    at(d, 2026, 12, 23, 10, 0, 0);
    p = sent(d, code, "bonifico eseguito");
    must_accept(d, p.id, 3050);
    assert_int_equal(order_now(d->f, code).state, ORDER_CONFIRMED);
    assert_int_equal(mails_of(d->f, "proof_accepted"), 1);
    at(d, 2026, 12, 28, 10, 0, 0);
    assert_int_equal(lapsed(d), 0);
    credit(d, code);
    assert_string_equal(state_of(d, p.id), "credited");
    assert_int_equal(order_now(d->f, code).state, ORDER_FULFILLED);
    assert_false(order_now(d->f, code).provisional);
    at(d, 2027, 2, 1, 10, 0, 0);
    assert_int_equal(alerts(d), 0);
    assert_clean(d->f);
}

static void the_credit_first(void **state)
{
    struct desk *d = desk(state, true);
    struct problem why;
    struct proof p;
    char *code, *before;

    if (!d)
        return;
    code = order_years(d->f, VERDI, 1);
    p = sent(d, code, "bonifico eseguito");
    credit(d, code);
    assert_string_equal(state_of(d, p.id), "credited");
    before = all_rows(d->f);
    must_accept(d, p.id, 3050);
    assert_string_equal(all_rows(d->f), before);
    assert_int_equal(turn_down(d, p.id, "unreadable", &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PROOF_STATE);
    assert_clean(d->f);
}

/* A second proof of an order that the first has settled is on record, and asks for no alert of its own. */
static void two_of_one_order(void **state)
{
    struct desk *d = desk(state, true);
    struct proof a, b;
    char *code;

    if (!d)
        return;
    code = order_years(d->f, VERDI, 1);
    a = sent(d, code, "una");
    b = sent(d, code, "due");
    must_accept(d, a.id, 3050);
    must_accept(d, b.id, 3050);
    assert_int_equal(number(d->f, "SELECT count(*) FROM invoice"), 1);
    set_day(d->f, 2027, 2, 1);
    assert_int_equal(alerts(d), 1);
    credit(d, code);
    assert_string_equal(state_of(d, a.id), "credited");
    assert_string_equal(state_of(d, b.id), "credited");
    assert_clean(d->f);
}

/* What waits for the desk keeps the order; a rejection leaves the customer five days. */
static void no_lapse_under_review(void **state)
{
    struct desk *d = desk(state, true);
    struct problem why;
    struct proof p;
    char *code;

    if (!d)
        return;
    at(d, 2026, 11, 23, 10, 0, 0);
    code = order_years(d->f, VERDI, 1);
    at(d, 2026, 12, 23, 17, 0, 0);
    p = sent(d, code, "una");
    at(d, 2026, 12, 28, 10, 0, 0);
    assert_int_equal(lapsed(d), 0);
    assert_int_equal(turn_down(d, p.id, "unreadable", &why), DONE);
    assert_int_equal(order_now(d->f, code).lapses_on.n, day_of(2027, 1, 2).n);
    assert_int_equal(lapsed(d), 0);
    at(d, 2027, 1, 3, 0, 0, 1);
    assert_int_equal(lapsed(d), 1);
    assert_int_equal(approve(d, p.id, "executed_transfer", 3050, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_ORDER_STATE);
    assert_string_equal(state_of(d, p.id), "rejected");
    assert_clean(d->f);
}

static void *race(void *arg)
{
    struct deciding *v = arg;

    v->mem = talloc_new(NULL);
    if (db_transaction(v->d->f->db, "race", decide, v) != DONE)
        v->id = 0;
    talloc_free(v->mem);
    return NULL;
}

static void two_clerks(void **state)
{
    struct desk *d = desk(state, true);
    struct deciding clerk[4];
    pthread_t thread[4];
    struct proof p;

    if (!d)
        return;
    p = sent(d, order_years(d->f, VERDI, 1), "una");
    for (size_t i = 0; i < count_of(clerk); i++) {
        clerk[i] = (struct deciding){.d = d, .id = p.id, .kind = "executed_transfer", .amount = money(3050)};
        assert_int_equal(pthread_create(&thread[i], NULL, race, &clerk[i]), 0);
    }
    for (size_t i = 0; i < count_of(clerk); i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(clerk[i].id, p.id);
    }
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind = 'proof.accepted'"), 1);
    assert_int_equal(number(d->f, "SELECT count(*) FROM invoice"), 1);
    assert_clean(d->f);
}

/* ---- What the mails say ---- */

static void told_by_mail(void **state)
{
    struct desk *d = desk(state, true);
    struct problem why;
    struct post *post;
    struct proof p;
    char *code;

    if (!d)
        return;
    at(d, 2026, 11, 23, 17, 50, 0);
    code = order_years(d->f, VERDI, 1);
    p = sent(d, code, "inserita");
    assert_int_equal(turn_down(d, p.id, "not_executed", &why), DONE);
    p = sent(d, code, "eseguita");
    must_accept(d, p.id, 3050);
    at(d, 2027, 1, 4, 9, 0, 0);
    assert_int_equal(alerts(d), 1);
    post = post_open(d->f);
    assert_int_equal(post_round(post).later, 0);
    assert_says(mail_about(post, "Contabile ricevuta"), "entro: 23/11/2026, 18:20");
    assert_says(mail_about(post, "Contabile non valida"), "non ancora eseguito");
    assert_says(mail_about(post, "Contabile non valida"), talloc_asprintf(d, "/ordini/%s", code));
    assert_says(mail_about(post, "accredito mai arrivato"), "30,50 €");
    assert_says(mail_about(post, "accredito mai arrivato"), "os:cassa");
    assert_int_equal(number(d->f, "SELECT count(*) FROM outbox WHERE template = 'proof_alert' AND state = 'done' AND "
                                  "recipient = 'assistenza@legalmail.example'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_by),
        cmocka_unit_test(entered_by_staff),
        cmocka_unit_test(the_same_file_again),
        cmocka_unit_test(not_taken),
        cmocka_unit_test(scanned),
        cmocka_unit_test(on_proof),
        cmocka_unit_test(on_credit),
        cmocka_unit_test(the_credit_first),
        cmocka_unit_test(two_of_one_order),
        cmocka_unit_test(no_lapse_under_review),
        cmocka_unit_test(two_clerks),
        cmocka_unit_test(told_by_mail),
    };

    return FLOW(tests);
}
