#include "flow/passing.h"
#include "flow/post.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

const struct actor DESK = {"office", "operator:1"};

struct stage *stage(void **state)
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

struct holder_change_request asking(struct stage *s)
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

enum outcome ask(struct stage *s, const struct holder_change_request *r)
{
    return holder_change_ask(&s->f->shop, s, r, &s->change, &s->faults);
}

void must_ask(struct stage *s)
{
    struct holder_change_request r = asking(s);

    if (ask(s, &r) != DONE)
        fail_msg("%s: %s", s->faults.item[0].field, problem_slug(s->faults.item[0].code));
}

const char *link_in(struct stage *s, const char *template, const char *before)
{
    char *data =
             words(s->f, talloc_asprintf(s, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1",
                                         template)),
         *at = strstr(data, before);

    if (!at)
        fail_msg("no %s in %s", before, data);
    return talloc_strndup(s, at + strlen(before), TOKEN_TEXT - 1);
}

struct holder_change_answer answer(struct stage *s)
{
    return (struct holder_change_answer){.brand = s->f->brand,
                                         .token = link_in(s, "holder_invited", "/intestatario/"),
                                         .person = paola(),
                                         .password = "una password nuova",
                                         .terms_version = s->f->brand->terms.version,
                                         .privacy = true,
                                         .language = "it"};
}

enum outcome do_accept(struct stage *s, const struct holder_change_answer *a)
{
    return holder_change_accept(&s->f->shop, s, a, s->session, &s->change, &s->faults, &s->why);
}

void must_accept(struct stage *s)
{
    struct holder_change_answer a = answer(s);

    if (do_accept(s, &a) != DONE)
        fail_msg("%s: %s", problem_slug(s->why.code), s->faults.count ? s->faults.item[0].field : "");
}

enum outcome put(struct stage *s, const char *slot, const char *text)
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

enum outcome do_send(struct stage *s)
{
    struct sending d = {.s = s};

    return db_transaction(s->f->db, "send", run_send, &d);
}

void must_send(struct stage *s, const char *text)
{
    assert_int_equal(put(s, SLOT_IDENTITY, text), DONE);
    assert_int_equal(do_send(s), DONE);
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

enum outcome decide(struct stage *s, int verdict, const char *reason, const struct actor *actor)
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

struct placed_order order_of_maria(struct stage *s)
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

int64_t mails(struct stage *s, const char *template, const char *to)
{
    return number(s->f, talloc_asprintf(s, "SELECT count(*) FROM outbox WHERE template = '%s' AND recipient = '%s'",
                                        template, to));
}

const char *state_of(struct stage *s)
{
    return words(s->f, talloc_asprintf(s, "SELECT state FROM holder_change WHERE id = %" PRId64, s->change.id));
}

void all_mails_go(struct stage *s)
{
    struct post *post = post_open(s->f);

    post->jobs.at = instant_plus(clock_now(), DAYS(1));
    post_round(post);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE kind = 'mail' AND state <> 'done'"), 0);
}
