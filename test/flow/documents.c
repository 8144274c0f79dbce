/* The papers of a purchase: the contract once it is paid, documents put there and sent, rejected and sent again,
 * signatures, and what is forgotten in time (DOMAIN §3.5 K1, K2, K6; R62-R69, T19-T21), on both engines. */
#include "shop/documents.h"
#include "flow/buyer.h"
#include "flow/post.h"
#include "link/signature.h"
#include "net/smtp.h"
#include "rules/desk.h"
#include "shop/contract.h"
#include "shop/review.h"
#include "unit/signing.h"
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct actor MARIO_HIMSELF = {"portal", "account:1"};

struct papers_test {
    struct fixture *f;
    char *code;
    struct signature_reader reader;
};

/* Mario has ordered, and paid unless `unpaid`. */
static struct papers_test *bought(void **state, bool unpaid)
{
    struct fixture *f = fixture(state);
    struct papers_test *t = talloc_zero(*state, struct papers_test);
    struct problem why;

    if (!f)
        return NULL;
    sell_visura(f);
    t->f = f;
    t->code = buy_names(f, add_buyer(f, MARIO), "mario.rossi", "m.rossi", "rossi.mario");
    assert_int_equal(signature_open(t, NULL, &t->reader, &why), DONE);
    f->shop.signatures = &t->reader;
    if (!unpaid)
        assert_int_equal(pay(f, &(struct transfer){.text = t->code,
                                                   .cents = BASE_CENTS,
                                                   .on = day_of(2026, 12, 21),
                                                   .account = f->brand->seller.iban})
                             .how,
                         SETTLED_MATCHED);
    return t;
}

static void at(struct papers_test *t, int year, int month, int day, int hour)
{
    set_clock(t->f, rome_at(day_of(year, month, day), hour, 0, 0));
}

static enum outcome put_bytes(struct papers_test *t, const char *slot, const void *bytes, size_t length,
                              struct document *document, struct problem *why)
{
    *why = (struct problem){0};
    return document_add(&t->f->shop, t,
                        &(struct document_request){.code = t->code,
                                                   .slot = slot,
                                                   .file_name = "C:\\foto.pdf",
                                                   .bytes = bytes,
                                                   .length = length,
                                                   .actor = MARIO_HIMSELF},
                        document, why);
}

static struct document put(struct papers_test *t, const char *slot, const char *words_)
{
    char *file = pdf(t, words_);
    struct document document;
    struct problem why;

    if (put_bytes(t, slot, file, strlen(file), &document, &why) != DONE)
        fail_msg("%s: %s %s", why.field, problem_slug(why.code), why.detail);
    return document;
}

static enum problem_code refused(struct papers_test *t, const char *slot, const void *bytes, size_t length)
{
    struct document document;
    struct problem why;

    assert_int_equal(put_bytes(t, slot, bytes, length, &document, &why), REFUSED);
    assert_string_equal(why.field, slot);
    return why.code;
}

struct sending {
    struct papers_test *t;
    struct submission submission;
    struct problems all;
};

static enum outcome send_them(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return documents_send(tx, s->t, &s->t->f->brands, s->t->code, &MARIO_HIMSELF, &s->submission, &s->all);
}

static enum outcome send_papers(struct papers_test *t, struct submission *submission, struct problems *all)
{
    struct sending s = {.t = t};
    enum outcome o = db_transaction(t->f->db, "documents.send", send_them, &s);

    *submission = s.submission;
    *all = s.all;
    return o;
}

static struct submission sent(struct papers_test *t)
{
    struct submission submission;
    struct problems all;

    if (send_papers(t, &submission, &all) != DONE)
        fail_msg("%s: %s", all.item[0].field, problem_slug(all.item[0].code));
    return submission;
}

struct clicking {
    struct papers_test *t;
    void *mem; /* its own */
    struct submission submission;
    struct problems all;
    enum outcome outcome;
};

static enum outcome click(struct db_tx *tx, void *arg)
{
    struct clicking *c = arg;

    return documents_send(tx, c->mem, &c->t->f->brands, c->t->code, &MARIO_HIMSELF, &c->submission, &c->all);
}

static void *click_it(void *arg)
{
    struct clicking *c = arg;

    c->outcome = db_transaction(c->t->f->db, "documents.send", click, c);
    return NULL;
}

/* At the same moment. */
static void clicked_at_once(void **state)
{
    struct papers_test *t = bought(state, false);
    struct clicking clicks[4] = {0};
    pthread_t threads[count_of(clicks)];

    if (!t)
        return;
    put(t, SLOT_CONTRACT, "contratto");
    put(t, SLOT_IDENTITY, "carta");
    for (size_t i = 0; i < count_of(clicks); i++) {
        clicks[i] = (struct clicking){.t = t, .mem = talloc_new(NULL)};
        assert_int_equal(pthread_create(&threads[i], NULL, click_it, &clicks[i]), 0);
    }
    for (size_t i = 0; i < count_of(clicks); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(clicks[i].outcome, DONE);
        assert_int_equal(clicks[i].submission.id, 1);
        talloc_free(clicks[i].mem);
    }
    assert_int_equal(number(t->f, "SELECT count(*) FROM submission"), 1);
    assert_int_equal(mails_of(t->f, "documents_received"), 1);
}

struct loading {
    struct papers_test *t;
    int64_t order_id;
    struct papers papers;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct loading *l = arg;

    return papers_load(tx, l->t, l->order_id, &l->papers);
}

struct rejecting {
    struct papers_test *t;
    const char *reason;
    struct request request;
    struct problem why;
};

static enum outcome reject(struct db_tx *tx, void *arg)
{
    struct rejecting *r = arg;

    return review_decide(tx, r->t, &r->t->f->shop,
                         &(struct review_decision){.verdict = VERDICT_REJECT,
                                                   .request_id = 1,
                                                   .reason = r->reason,
                                                   .note = "Grazie.",
                                                   .actor = {"cli", "os:desk"}},
                         &r->request, &r->why);
}

static void rejected(struct papers_test *t, const char *reason)
{
    struct rejecting r = {.t = t, .reason = reason};

    if (db_transaction(t->f->db, "review", reject, &r) != DONE)
        fail_msg("%s: %s", r.why.field, problem_slug(r.why.code));
}

/* ---- The contract ---- */

static void *drawn(struct papers_test *t, size_t *length)
{
    struct problem why = {0};
    void *bytes;

    if (contract_get(&t->f->shop, t, 1, &bytes, length, &why) != DONE)
        fail_msg("%s", problem_slug(why.code));
    return bytes;
}

/* T20. */
static void no_contract_before_payment(void **state)
{
    struct papers_test *t = bought(state, true);
    struct problem why = {0};
    size_t length;
    void *bytes;

    if (!t)
        return;
    assert_int_equal(contract_get(&t->f->shop, t, 1, &bytes, &length, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_REQUEST_STATE);
    assert_int_equal(contract_get(&t->f->shop, t, 99, &bytes, &length, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    assert_string_equal(request_now(t->f, 1).contract_sha256, "");
}

/* K1: made by the worker, fixed for ever, whatever the brand writes afterwards. */
static void the_contract_is_fixed(void **state)
{
    struct papers_test *t = bought(state, false);
    char hash[FILE_HASH_TEXT];
    struct request r;
    size_t length, again_length;
    void *bytes, *again;

    if (!t)
        return;
    assert_string_equal(request_now(t->f, 1).contract_sha256, "");
    assert_int_equal(post_round(post_open(t->f)).later, 0);
    r = request_now(t->f, 1);
    assert_int_equal(r.state, REQUEST_DOCS_PENDING);
    assert_string_equal(r.contract_version, "2026-01");
    bytes = drawn(t, &length);
    file_hash(bytes, length, hash);
    assert_string_equal(hash, r.contract_sha256);
    assert_memory_equal(bytes, "%PDF-", 5);
    t->f->brand->purchase.contract.version = "2027-01";
    t->f->brand->purchase.contract.text = "1. Tutto. Cambiato.";
    again = drawn(t, &again_length);
    assert_int_equal(length, again_length);
    assert_memory_equal(bytes, again, length);
    assert_string_equal(request_now(t->f, 1).contract_version, "2026-01");
    assert_clean(t->f);
}

struct racer {
    struct papers_test *t;
    void *mem;
    char hash[FILE_HASH_TEXT];
};

static void *race(void *arg)
{
    struct racer *r = arg;
    struct problem why;
    size_t length;
    void *bytes;

    if (contract_get(&r->t->f->shop, r->mem, 1, &bytes, &length, &why) == DONE)
        file_hash(bytes, length, r->hash);
    return NULL;
}

/* The worker and impatient customers at once: all get the one. */
static void drawn_at_once(void **state)
{
    struct papers_test *t = bought(state, false);
    struct racer racers[4] = {0};
    pthread_t threads[count_of(racers)];

    if (!t)
        return;
    for (size_t i = 0; i < count_of(racers); i++) {
        racers[i] = (struct racer){.t = t, .mem = talloc_new(NULL)};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < count_of(racers); i++) {
        pthread_join(threads[i], NULL);
        assert_string_equal(racers[i].hash, request_now(t->f, 1).contract_sha256);
        talloc_free(racers[i].mem);
    }
}

/* Without a folder it waits for one, and is not given up. */
static void nowhere_to_keep_it(void **state)
{
    struct papers_test *t = bought(state, false);

    if (!t)
        return;
    t->f->shop.files = NULL;
    assert_int_equal(post_round(post_open(t->f)).later, 1);
    t->f->shop.files = &t->f->files;
    drawn(t, &(size_t){0});
}

/* ---- Sending ---- */

/* T19, D14. */
static void answered_by(void **state)
{
    static const struct {
        int month, day, hour, from_month, from_day, from_hour, to_month, to_day, to_hour;
        bool open_hours;
    } ROWS[] = {
        {12, 23, 15, 12, 24, 15, 12, 29, 15, false}, /* Christmas, Santo Stefano and a Sunday between */
        {11, 21, 10, 11, 24, 0, 11, 26, 0, false},   /* a Saturday */
        {11, 21, 10, 11, 25, 15, 12, 2, 18, true},   /* nine hours a day */
    };

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct papers_test *t = bought(state, false);
        char opens[INSTANT_TEXT], due[INSTANT_TEXT];
        struct post *post;
        struct submission s;

        if (!t)
            return;
        t->f->brand->payment.desk.open_hours = ROWS[i].open_hours;
        at(t, 2026, ROWS[i].month, ROWS[i].day, ROWS[i].hour);
        put(t, SLOT_CONTRACT, "contratto");
        put(t, SLOT_IDENTITY, "carta");
        s = sent(t);
        assert_int_equal(s.opens_at.us,
                         rome_at(day_of(2026, ROWS[i].from_month, ROWS[i].from_day), ROWS[i].from_hour, 0, 0).us);
        assert_int_equal(s.due_at.us,
                         rome_at(day_of(2026, ROWS[i].to_month, ROWS[i].to_day), ROWS[i].to_hour, 0, 0).us);
        post = post_open(t->f);
        post_round(post);
        assert_says(mail_about(post, "Documenti ricevuti"),
                    talloc_asprintf(t, "risposta tra %s e %s", instant_italian(s.opens_at, opens),
                                    instant_italian(s.due_at, due)));
    }
}

/* T21: nothing is sent unless both are there. */
static void both_or_nothing(void **state)
{
    struct papers_test *t = bought(state, false);
    struct submission s;
    struct problems all;

    if (!t)
        return;
    assert_int_equal(send_papers(t, &s, &all), REFUSED);
    assert_int_equal(all.count, 2);
    put(t, SLOT_IDENTITY, "fronte");
    put(t, SLOT_IDENTITY, "retro");
    assert_int_equal(send_papers(t, &s, &all), REFUSED);
    assert_int_equal(all.count, 1);
    assert_int_equal(all.item[0].code, PROBLEM_DOCUMENT_MISSING);
    assert_string_equal(all.item[0].field, SLOT_CONTRACT);
    assert_int_equal(request_now(t->f, 1).state, REQUEST_DOCS_PENDING);
    assert_int_equal(number(t->f, "SELECT count(*) FROM submission"), 0);
    put(t, SLOT_CONTRACT, "contratto");
    s = sent(t);
    assert_int_equal(s.number, 1);
    assert_int_equal(request_now(t->f, 1).state, REQUEST_IN_REVIEW);
    assert_int_equal(number(t->f, "SELECT count(*) FROM document WHERE submission_id = 1"), 3);
    assert_clean(t->f);
}

/* A double click makes one submission and one mail; nothing can be added or taken back meanwhile. */
static void sent_once(void **state)
{
    struct papers_test *t = bought(state, false);
    struct document contract, identity;
    struct problem why;
    char *file;

    if (!t)
        return;
    contract = put(t, SLOT_CONTRACT, "contratto");
    identity = put(t, SLOT_IDENTITY, "carta");
    assert_int_equal(sent(t).id, sent(t).id);
    assert_int_equal(number(t->f, "SELECT count(*) FROM submission"), 1);
    assert_int_equal(mails_of(t->f, "documents_received"), 1);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'documents.sent'"), 1);
    file = pdf(t, "altro");
    assert_int_equal(refused(t, SLOT_IDENTITY, file, strlen(file)), PROBLEM_REQUEST_STATE);
    assert_int_equal(
        document_take_back(&t->f->shop, t, &(struct taking_back){t->code, 0, identity.id, MARIO_HIMSELF}, &why), DONE);
    assert_int_equal(number(t->f, "SELECT count(*) FROM document"), 2);
    assert_true(contract.id != identity.id);
}

static struct papers now(struct papers_test *t)
{
    struct loading l = {.t = t, .order_id = order_now(t->f, t->code).id};

    assert_int_equal(db_read(t->f->db, "papers", load, &l), DONE);
    return l.papers;
}

/* K4, M8: only what the rejection is about must be sent again, and the clock starts anew. */
static void sent_again(void **state)
{
    static const struct {
        const char *reason;
        bool contract, identity; /* kept */
    } ROWS[] = {
        {"expired_document", true, false}, {"wrong_person", true, false}, {"unsigned", false, true},
        {"wrong_version", false, true},    {"illegible", true, true},     {"missing_pages", true, true},
    };

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct papers_test *t = bought(state, false);
        struct problems all;
        struct submission s;
        struct papers p;

        if (!t)
            return;
        at(t, 2026, 12, 22, 10);
        put(t, SLOT_CONTRACT, "contratto");
        put(t, SLOT_IDENTITY, "carta");
        sent(t);
        rejected(t, ROWS[i].reason);
        p = now(t);
        assert_non_null(papers_rejection(&p));
        assert_int_equal(papers_slot_is_kept(&p, SLOT_CONTRACT), ROWS[i].contract);
        assert_int_equal(papers_slot_is_kept(&p, SLOT_IDENTITY), ROWS[i].identity);
        assert_int_equal(send_papers(t, &s, &all), REFUSED); /* the same again is no answer */
        assert_int_equal(all.item[0].code, PROBLEM_DOCUMENT_MISSING);
        put(t, ROWS[i].identity && !ROWS[i].contract ? SLOT_CONTRACT : SLOT_IDENTITY, "di nuovo");
        at(t, 2026, 12, 28, 10);
        s = sent(t);
        assert_int_equal(s.number, 2);
        assert_int_equal(s.sent_at.us, rome_at(day_of(2026, 12, 28), 10, 0, 0).us);
        /* Each submission holds all that is looked at. */
        assert_int_equal(number(t->f, "SELECT count(DISTINCT slot) FROM document WHERE submission_id = 2"), 2);
        assert_int_equal(number(t->f, "SELECT count(*) FROM document WHERE submission_id = 2"), 2);
        assert_int_equal(number(t->f, "SELECT count(*) FROM document WHERE submission_id IS NULL"), 0);
        assert_clean(t->f);
    }
}

/* ---- Files ---- */

static void what_is_taken(void **state)
{
    struct papers_test *t = bought(state, false);
    struct document first, again;
    struct problem why;
    void *bytes;
    size_t length;
    char *big, *file;

    if (!t)
        return;
    assert_int_equal(refused(t, SLOT_IDENTITY, "", 0), PROBLEM_FILE_EMPTY);
    assert_int_equal(refused(t, SLOT_IDENTITY, "<html><script>1</script></html>", 31), PROBLEM_FILE_TYPE);
    assert_int_equal(refused(t, SLOT_IDENTITY, "%PDF-1.4\n", 9), PROBLEM_FILE_BROKEN);
    big = talloc_zero_size(t, DOCUMENT_BYTES + 1);
    assert_int_equal(refused(t, SLOT_CONTRACT, big, DOCUMENT_BYTES + 1), PROBLEM_TOO_LARGE);
    first = put(t, SLOT_IDENTITY, "carta");
    assert_string_equal(first.file_name, "foto.pdf");
    assert_string_equal(first.signature, "none");
    again = put(t, SLOT_IDENTITY, "carta");
    assert_int_equal(first.id, again.id);
    assert_int_equal(number(t->f, "SELECT count(*) FROM document"), 1);
    /* Sealed: not in the folder as it is. */
    assert_int_equal(file_read(&t->f->files, t, first.file_sha256, &bytes, &length), REFUSED);
    assert_int_equal(file_unseal(&t->f->files, t, first.file_sha256, &bytes, &length), DONE);
    for (int i = 1; i < DOCUMENTS_IN_SLOT; i++)
        put(t, SLOT_IDENTITY, talloc_asprintf(t, "pagina %d", i));
    file = pdf(t, "una di troppo");
    assert_int_equal(refused(t, SLOT_IDENTITY, file, strlen(file)), PROBLEM_DOCUMENT_MANY);
    t->f->files.key = NULL;
    assert_int_equal(refused(t, SLOT_CONTRACT, file, strlen(file)), PROBLEM_FILES);
    t->code = (char *)"LM1";
    t->f->files.key = (const unsigned char *)"a key that only the tests know.";
    assert_int_equal(put_bytes(t, SLOT_CONTRACT, file, strlen(file), &first, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
}

static enum outcome say(void *arg, const void *bytes, size_t length, struct problem *why)
{
    int *looked = arg;

    ++*looked;
    return memmem(bytes, length, "cattivo", 7) ? problem_set(why, PROBLEM_MALWARE, "file", "%s", "Prova") : DONE;
}

/* What is in an envelope is looked at as well. */
static void scanned(void **state)
{
    struct papers_test *t = bought(state, false);
    struct signing how = {0};
    struct identity *anna;
    struct document document;
    struct problem why;
    int looked = 0;
    struct scanner scanner = {.scan = say, .arg = &looked};
    unsigned char *der;
    size_t length;
    char *file;

    if (!t)
        return;
    t->f->files.scanner = &scanner;
    file = pdf(t, "cattivo");
    assert_int_equal(refused(t, SLOT_IDENTITY, file, strlen(file)), PROBLEM_MALWARE);
    anna = identity(t, "Anna Bianchi", "TINIT-BNCNNA75D50H501A", NULL, -SIGNING_DAY, SIGNING_DAY);
    der = cms_of(t, "%PDF", 4, anna, &how, &length);
    file = pdf(t, "buono");
    der = cms_of(t, file, strlen(file), anna, &how, &length);
    looked = 0;
    assert_int_equal(put_bytes(t, SLOT_CONTRACT, der, length, &document, &why), DONE);
    assert_int_equal(looked, 2);
    assert_int_equal(number(t->f, "SELECT count(*) FROM stored_file WHERE scanned_at IS NOT NULL"), 1);
}

static bool is_kept(struct papers_test *t, const char *sha256)
{
    void *bytes;
    size_t length;

    return file_unseal(&t->f->files, t, sha256, &bytes, &length) == DONE;
}

static void taken_back(void **state)
{
    struct papers_test *t = bought(state, false);
    struct document one, two, three;
    struct problem why;

    if (!t)
        return;
    one = put(t, SLOT_CONTRACT, "uno");
    two = put(t, SLOT_CONTRACT, "due");
    three = put(t, SLOT_IDENTITY, "due");
    assert_string_equal(two.file_sha256, three.file_sha256);
    assert_int_equal(document_take_back(&t->f->shop, t, &(struct taking_back){t->code, 0, one.id, MARIO_HIMSELF}, &why),
                     DONE);
    assert_false(is_kept(t, one.file_sha256));
    assert_int_equal(document_take_back(&t->f->shop, t, &(struct taking_back){t->code, 0, one.id, MARIO_HIMSELF}, &why),
                     DONE);
    assert_int_equal(document_take_back(&t->f->shop, t, &(struct taking_back){t->code, 0, two.id, MARIO_HIMSELF}, &why),
                     DONE);
    assert_true(is_kept(t, three.file_sha256)); /* another needs it */
    assert_int_equal(document_take_back(&t->f->shop, t, &(struct taking_back){"LM1", 0, three.id, MARIO_HIMSELF}, &why),
                     REFUSED);
    assert_int_equal(number(t->f, "SELECT count(*) FROM document"), 1);
}

/* ---- Signatures (L36) ---- */

static void signed_papers(void **state)
{
    struct papers_test *t = bought(state, false);
    struct signing how = {0};
    struct identity *authority, *anna;
    struct document document;
    struct problem why;
    const char *type;
    unsigned char *der;
    size_t length, shown_length;
    char *file, *ca;
    void *shown;

    if (!t)
        return;
    authority = identity(t, "Autorità di Prova", NULL, NULL, -9 * SIGNING_DAY, 9 * SIGNING_DAY);
    anna = identity(t, "Anna Bianchi", "TINIT-BNCNNA75D50H501A", authority, -SIGNING_DAY, SIGNING_DAY);
    file = signed_pdf(t, NULL, "ETSI.CAdES.detached", anna, &how);
    assert_int_equal(put_bytes(t, SLOT_CONTRACT, file, strlen(file), &document, &why), DONE);
    assert_string_equal(document.signature, "untrusted"); /* no authority is configured */
    assert_string_equal(document.signer, "Anna Bianchi");
    assert_string_equal(document.signer_tax_code, "BNCNNA75D50H501A");
    assert_string_equal(document.content_type, "application/pdf");
    ca = identity_file(t, authority);
    assert_int_equal(signature_open(t, ca, &t->reader, &why), DONE);
    unlink(ca);
    file = pdf(t, "contratto");
    der = cms_of(t, file, strlen(file), anna, &how, &length);
    assert_int_equal(put_bytes(t, SLOT_CONTRACT, der, length, &document, &why), DONE);
    assert_string_equal(document.signature, "valid");
    assert_string_equal(document.content_type, DOCUMENT_ENVELOPE);
    assert_int_equal(document_show(&t->f->shop, t, &document, &type, &shown, &shown_length, &why), DONE);
    assert_string_equal(type, "application/pdf");
    assert_int_equal(shown_length, strlen(file));
    assert_memory_equal(shown, file, shown_length);
    der[length - 8] ^= 1;
    assert_int_equal(refused(t, SLOT_CONTRACT, der, length), PROBLEM_DOCUMENT_SIGNATURE);
    der = cms_of(t, "<html></html>", 13, anna, &how, &length);
    assert_int_equal(refused(t, SLOT_CONTRACT, der, length), PROBLEM_FILE_TYPE);
    file = signed_pdf(t, NULL, "adbe.pkcs7.detached", anna, &how);
    file[15] ^= 1;
    assert_int_equal(refused(t, SLOT_CONTRACT, file, strlen(file)), PROBLEM_DOCUMENT_SIGNATURE);
}

/* ---- Forgetting (K6) ---- */

static int purged(struct papers_test *t)
{
    int count;

    assert_int_equal(documents_purge(&t->f->shop, t, 100, &count), DONE);
    return count;
}

static void forgotten_when_refused(void **state)
{
    struct papers_test *t = bought(state, false);
    struct document contract, identity;
    struct problem why;
    const char *type;
    size_t length;
    void *bytes;

    if (!t)
        return;
    contract = put(t, SLOT_CONTRACT, "contratto");
    identity = put(t, SLOT_IDENTITY, "carta");
    sent(t);
    assert_int_equal(purged(t), 0);
    sql(t->f, "UPDATE activation_request SET state = 'refused'");
    assert_int_equal(purged(t), 1);
    assert_false(is_kept(t, identity.file_sha256));
    assert_true(is_kept(t, contract.file_sha256));
    assert_int_equal(purged(t), 0);
    /* What it was stays known. */
    assert_string_equal(words(t->f, "SELECT file_sha256 AS words FROM document WHERE purged_at IS NOT NULL"),
                        identity.file_sha256);
    assert_int_equal(number(t->f, "SELECT count(*) FROM event WHERE kind = 'document.purged'"), 1);
    identity.purged_at = clock_now();
    assert_int_equal(document_show(&t->f->shop, t, &identity, &type, &bytes, &length, &why), REFUSED);
}

/* 30 months after the mailbox has ended; one that was renewed meanwhile has not. */
static void forgotten_in_time(void **state)
{
    struct papers_test *t = bought(state, false);
    struct document identity;
    int64_t box;

    if (!t)
        return;
    put(t, SLOT_CONTRACT, "contratto");
    identity = put(t, SLOT_IDENTITY, "carta");
    sent(t);
    box = add_mailbox(t->f, "mario.rossi@pec.visura.example", 0, day_of(2027, 12, 28));
    sql(t->f, talloc_asprintf(t, "UPDATE activation_request SET state = 'active', mailbox_id = %" PRId64, box));
    set_day(t->f, 2030, 6, 28);
    assert_int_equal(purged(t), 0);
    set_day(t->f, 2030, 6, 29);
    assert_int_equal(purged(t), 1);
    assert_false(is_kept(t, identity.file_sha256));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_contract_before_payment),
        cmocka_unit_test(the_contract_is_fixed),
        cmocka_unit_test(drawn_at_once),
        cmocka_unit_test(nowhere_to_keep_it),
        cmocka_unit_test(answered_by),
        cmocka_unit_test(both_or_nothing),
        cmocka_unit_test(sent_once),
        cmocka_unit_test(clicked_at_once),
        cmocka_unit_test(sent_again),
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(scanned),
        cmocka_unit_test(taken_back),
        cmocka_unit_test(signed_papers),
        cmocka_unit_test(forgotten_when_refused),
        cmocka_unit_test(forgotten_in_time),
    };

    return FLOW(tests);
}
