/* The log of events as it is browsed: what is chosen, page by page, and the chain walked in pieces, which finds what
 * was touched or cut off. */
#include "flow/fixture.h"
#include "shop/chain.h"
#include "shop/event_words.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const struct actor ANNA = {"office", "operator:3"}, JOB = {"job", "system"};

struct writing {
    const char *kind;
    const struct actor *actor;
    int64_t order, mailbox;
    int count;
};

static enum outcome record(struct db_tx *tx, void *arg)
{
    const struct writing *w = arg;

    for (int i = 0; i < w->count; i++) {
        json_t *data = json_pack("{s:i, s:s}", "n", i, "email", "anna@ufficio.example");
        enum outcome o = event_record(tx, "legalmail", w->actor, w->kind, w->order, w->mailbox, data);

        json_decref(data);
        TRY(o);
    }
    return DONE;
}

static void happen(struct fixture *f, const char *kind, const struct actor *actor, int64_t mailbox, int count)
{
    struct writing w = {kind, actor, 0, mailbox, count};

    assert_int_equal(db_transaction(f->db, "record", record, &w), DONE);
}

struct choosing {
    struct fixture *f;
    struct event_filter filter;
    int limit;
    struct event *events;
    size_t count;
    int64_t before;
};

static enum outcome choose(struct db_tx *tx, void *arg)
{
    struct choosing *c = arg;

    return events_chosen(tx, c->f, &c->filter, c->limit, &c->events, &c->count, &c->before);
}

static size_t chosen(struct choosing *c)
{
    c->filter.brand = c->filter.brand ? c->filter.brand : "";
    c->filter.kind = c->filter.kind ? c->filter.kind : "";
    c->filter.actor = c->filter.actor ? c->filter.actor : "";
    assert_int_equal(db_read(c->f->db, "choose", choose, c), DONE);
    return c->count;
}

static void what_is_chosen_comes_page_by_page(void **state)
{
    struct fixture *f = fixture(state);
    struct choosing c = {.f = f, .limit = 10};
    int64_t mailbox, last = INT64_MAX;
    size_t all = 0;

    if (!f)
        return;
    mailbox = number(f, "SELECT min(id) FROM mailbox");
    happen(f, "document.seen", &ANNA, 0, 25);
    happen(f, "order.settled", &JOB, mailbox, 5);
    set_day(f, 2026, 12, 24);
    happen(f, "order.confirmed", &ANNA, 0, 7);

    c.filter.kind = "document.seen";
    do { /* each once, the newest first */
        chosen(&c);
        for (size_t i = 0; i < c.count; i++) {
            assert_true(c.events[i].id < last);
            last = c.events[i].id;
        }
        all += c.count;
        c.filter.before = c.before;
    } while (c.before);
    assert_int_equal(all, 25);

    c = (struct choosing){.f = f, .limit = 100, .filter = {.kind = "order."}};
    assert_int_equal(chosen(&c), 12);
    assert_int_equal(c.before, 0);
    c.filter.actor = "operator:3";
    assert_int_equal(chosen(&c), 7);
    c.filter.brand = "visura";
    assert_int_equal(chosen(&c), 0);
    c = (struct choosing){.f = f, .limit = 4, .filter = {.mailbox_id = mailbox, .kind = "order."}};
    assert_int_equal(chosen(&c), 4);
    c.filter.before = c.before;
    assert_int_equal(chosen(&c), 1);
    assert_int_equal(c.before, 0);
    c = (struct choosing){.f = f, .limit = 100, .filter = {.kind = "order."}};
    c.filter.from = rome_midnight(day_of(2026, 12, 24));
    assert_int_equal(chosen(&c), 7);
    c.filter.until = rome_midnight(day_of(2026, 12, 24));
    c.filter.from.us = 0;
    assert_int_equal(chosen(&c), 5);
}

/* ---- The chain ---- */

static struct chain_check verify(struct fixture *f)
{
    struct chain_check check;

    seal_events(f);
    assert_int_equal(chain_verify(&f->shop, f, 3, &JOB, &check), DONE);
    assert_true(check.ended_at.us != 0);
    return check;
}

static void a_touched_event_is_found(void **state)
{
    struct fixture *f = fixture(state);
    struct chain_check check;

    if (!f)
        return;
    happen(f, "document.seen", &ANNA, 0, 20);
    check = verify(f);
    assert_int_equal(check.broken_at, 0);
    assert_true(check.seq >= 20);
    sql(f, "UPDATE event SET actor = 'operator:4' WHERE id = (SELECT event_id FROM event_seal WHERE seq = 13)");
    assert_int_equal(verify(f).broken_at, 13);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'chain.broken'"), 1);
    sql(f, "UPDATE event SET actor = 'operator:3' WHERE id = (SELECT event_id FROM event_seal WHERE seq = 13)");
    assert_int_equal(verify(f).broken_at, 0);
}

static void a_chain_that_was_cut_short_is_found(void **state)
{
    struct fixture *f = fixture(state);
    int64_t last;

    if (!f)
        return;
    happen(f, "document.seen", &ANNA, 0, 20);
    last = verify(f).seq;
    sql(f, talloc_asprintf(f, "DELETE FROM event_seal WHERE seq > %" PRId64, last - 5));
    sql(f, "DELETE FROM event WHERE kind = 'document.seen' AND id NOT IN (SELECT event_id FROM event_seal)");
    assert_int_equal(verify(f).broken_at, last);
}

static void events_read_as_words(void **state)
{
    struct event e = {.data = (char *)"{\"rows\":3,\"note\":\"perché sì\",\"empty\":\"\"}"};
    void *mem = talloc_new(NULL);

    (void)state;
    assert_string_equal(event_words("order.settled"), "Ordine saldato");
    assert_string_equal(event_words("moon.risen"), "moon.risen");
    assert_string_equal(event_facts(mem, &e), "rows 3 · note perché sì");
    e.data = (char *)"{}";
    assert_string_equal(event_facts(mem, &e), "");
    talloc_free(mem);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_chosen_comes_page_by_page),
        cmocka_unit_test(a_touched_event_is_found),
        cmocka_unit_test(a_chain_that_was_cut_short_is_found),
        cmocka_unit_test(events_read_as_words),
    };

    return FLOW(tests);
}
