#include "flow/papers.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

const struct actor REVIEWER = {"office", "operator:1"}, OTHER_REVIEWER = {"office", "operator:2"};

/* ---- The host ---- */

static enum outcome answer(struct counter *c, const struct mailhost_box *box, struct problem *why)
{
    int i = c->asked++;

    c->address = talloc_strdup(c, box->address);
    c->user_id = talloc_strdup(c, box->user_id);
    c->key = talloc_strdup(c, box->key);
    c->hash = talloc_strdup(c, box->password_hash);
    c->send_until = box->send_until;
    if (i >= HOST_ANSWERS || (c->says[i].outcome == DONE && c->says[i].code == PROBLEM_NONE))
        return DONE;
    if (c->says[i].outcome == REFUSED)
        return problem_set(why, c->says[i].code, "", "%s", "il gestore");
    return c->says[i].outcome;
}

static enum outcome create(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    (void)mem;
    return answer(arg, box, why);
}

static enum outcome usage(void *arg, void *mem, const char *address, struct mailhost_usage *used, struct problem *why)
{
    (void)arg, (void)mem, (void)address, (void)why;
    used->known = false;
    return DONE;
}

/* ---- The purchase ---- */

struct counter *counter(void **state, const char *a, const char *b, const char *c_)
{
    struct fixture *f = fixture(state);
    struct counter *c = talloc_zero(*state, struct counter);

    if (!f)
        return NULL;
    sell_visura(f);
    c->f = f;
    c->host = (struct mailhost_of){.brand = "visura",
                                   .mailhost = {.create = create, .change = create, .usage = usage, .arg = c}};
    c->hosts = (struct mailhosts){.count = 1, .all = &c->host};
    f->shop.mailhosts = &c->hosts;
    c->buyer = add_buyer(f, MARIO);
    c->code = buy_names(f, c->buyer, a, b[0] ? b : "riserva.due", c_[0] ? c_ : "riserva.tre");
    pay(f, &(struct transfer){.text = c->code,
                              .cents = BASE_CENTS,
                              .on = day_of(2026, 12, 20),
                              .account = "IT24D0542811101000000654321"});
    c->request_id = number(f, "SELECT id FROM activation_request");
    assert_int_equal(its_request(c).state, REQUEST_DOCS_PENDING);
    sql(f, "UPDATE activation_request SET start_now = 1"); /* what is approved is activated at once */
    return c;
}

struct step {
    struct counter *c;
    struct review_decision decision;
    struct request request;
    struct problem why;
};

static enum outcome submit(struct db_tx *tx, void *arg)
{
    struct step *s = arg;
    struct instant now = db_now(tx);
    struct submission submission = {.request_id = s->c->request_id,
                                    .sent_at = now,
                                    .opens_at = instant_plus(now, DAYS(1)),
                                    .due_at = instant_plus(now, DAYS(3))};
    static const char *const SLOTS[] = {SLOT_CONTRACT, SLOT_IDENTITY};
    bool changed;

    for (size_t i = 0; i < count_of(SLOTS); i++) {
        struct document d = {.request_id = s->c->request_id,
                             .slot = (char *)SLOTS[i],
                             .file_sha256 = (char *)"aa",
                             .file_name = (char *)"carta.pdf"};

        TRY(db_exec(
            tx, NULL,
            "INSERT INTO stored_file (sha256, content_type, length, stored_at) VALUES ('aa', 'application/pdf', 3, "
            "1) ON CONFLICT (sha256) DO NOTHING"));
        TRY(document_insert(tx, &d));
    }
    TRY(submission_insert(tx, &submission));
    TRY(documents_sent(tx, (struct papers_of){.request_id = s->c->request_id}, submission.id));
    TRY(request_by_id(tx, s->c, s->c->request_id, &s->request));
    s->request.state = REQUEST_IN_REVIEW;
    TRY(request_update(tx, &s->request, REQUEST_DOCS_PENDING, &changed));
    return changed ? DONE : BROKEN;
}

void send_papers(struct counter *c)
{
    struct step s = {.c = c};

    assert_int_equal(db_transaction(c->f->db, "submit", submit, &s), DONE);
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    s->why = (struct problem){0};
    return review_decide(tx, s->c, &s->c->f->shop, &s->decision, &s->request, &s->why);
}

enum outcome decide_as(struct counter *c, struct review_decision decision, struct problem *why)
{
    struct step s = {.c = c, .decision = decision};
    enum outcome o;

    if (!s.decision.request_id)
        s.decision.request_id = c->request_id;
    if (!s.decision.actor.name)
        s.decision.actor = REVIEWER;
    o = db_transaction(c->f->db, "decide", decide, &s);
    if (why)
        *why = s.why;
    return o;
}

void must_approve(struct counter *c)
{
    struct problem why;

    if (decide_as(c, (struct review_decision){.verdict = VERDICT_APPROVE, .identity_expires_on = day_of(2031, 5, 4)},
                  &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.detail);
}

enum outcome ask_host(struct counter *c, struct problem *why)
{
    struct problem mine = {0};
    enum outcome o = activate(&c->f->shop, c, c->request_id, &mine);

    if (why)
        *why = mine;
    return o;
}

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return request_by_id(tx, s->c, s->c->request_id, &s->request);
}

struct request its_request(struct counter *c)
{
    struct step s = {.c = c};

    assert_int_equal(db_read(c->f->db, "request", find, &s), DONE);
    return s.request;
}
