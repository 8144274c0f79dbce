/* Who comes in and who does not: two doors (DOMAIN R11, R12), the throttle, sessions, forgotten passwords (R40), API
 * keys. */
#include "base/text.h"
#include "flow/fixture.h"
#include "shop/login.h"
#include <string.h>
#include <talloc.h>

#define PASSWORD "corretta cavallo graffetta"
#define OTHER    "Più di dieci caratteri"
#define CUSTOMER "cliente@posta.example"
#define CLIENT   "192.0.2.1"

/* Longer than any password may be: refused without the time that a real look takes. */
#define LONG_100 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define TOO_LONG LONG_100 LONG_100 "1"

struct place {
    struct fixture *f;
    const struct brand *ours, *theirs;
    int64_t account, their_account, their_mailbox;
    struct instant now;
};

/* Hashed once: it takes its time. */
static const char *hashed(const char *password)
{
    static char of_password[200], of_other[200];
    char *to = strcmp(password, PASSWORD) == 0 ? of_password : of_other, *hash;

    if (!to[0]) {
        assert_int_equal(password_hash(NULL, password, &hash), DONE);
        strcpy(to, hash);
        talloc_free(hash);
    }
    return to;
}

static enum outcome furnish(struct db_tx *tx, void *arg)
{
    struct place *p = arg;
    struct account mine = {.brand = (char *)"legalmail",
                           .email = (char *)CUSTOMER,
                           .name = (char *)"Maria Verdi",
                           .password_hash = (char *)hashed(PASSWORD),
                           .language = (char *)"it"};
    struct account theirs = mine;
    struct mailbox verdi;

    theirs.brand = (char *)"altra";
    theirs.password_hash = (char *)hashed(OTHER);
    TRY(account_insert(tx, &mine));
    TRY(account_insert(tx, &theirs));
    p->account = mine.id;
    p->their_account = theirs.id;
    TRY(mailbox_by_address(tx, p->f, VERDI, &verdi));
    TRY(mailbox_set_password(tx, verdi.id, hashed(PASSWORD)));
    TRY(mailbox_set_password(tx, p->their_mailbox, hashed(PASSWORD)));
    TRY(db_exec(tx, NULL, "INSERT INTO word (name) VALUES ('altra')"));
    return db_exec(tx, NULL,
                   "UPDATE mailbox_row SET brand_no = (SELECT id FROM word WHERE name = 'altra') WHERE id = $1",
                   db_int(p->their_mailbox));
}

static void put_clock(struct place *p, int64_t later)
{
    p->now = instant_plus(p->now, later);
    set_clock(p->f, p->now);
}

/* A second seller, another customer of the same e-mail there, and passwords. BIANCHI has none of its own. */
static struct place *place(void **state)
{
    struct fixture *f = fixture(state);
    struct place *p = talloc_zero(f, struct place);
    struct brand *all = talloc_array(f, struct brand, 2);

    all[0] = all[1] = *f->brand;
    all[1].id = "altra";
    all[1].name = "Altra";
    f->brands = (struct brands){all, 2};
    f->brand = &all[0];
    *p = (struct place){.f = f, .ours = &all[0], .theirs = &all[1]};
    p->their_mailbox = add_mailbox(f, "casa@altra.example", 0, day_of(2027, 3, 15));
    assert_int_equal(db_transaction(f->db, "furnish", furnish, p), DONE);
    p->now = rome_at(day_of(2026, 12, 20), 12, 0, 0);
    put_clock(p, 0);
    return p;
}

/* ---- Logging in ---- */

static enum outcome come_in(struct place *p, const struct brand *brand, const char *name, const char *password,
                            const char *client, char token[TOKEN_TEXT], struct problem *why)
{
    *why = (struct problem){0};
    return login(&p->f->shop, p->f, &(struct login_attempt){brand, name, password, client}, token, why);
}

/* What an attempt at our own door comes to. */
static enum problem_code attempt(struct place *p, const char *name, const char *password)
{
    char token[TOKEN_TEXT];
    struct problem why;
    enum outcome o = come_in(p, p->ours, name, password, CLIENT, token, &why);

    assert_int_equal(o, why.code == PROBLEM_NONE ? DONE : REFUSED);
    return why.code;
}

static void must_come_in(struct place *p, const char *name, char token[TOKEN_TEXT])
{
    struct problem why;

    assert_int_equal(come_in(p, p->ours, name, PASSWORD, CLIENT, token, &why), DONE);
}

struct seen {
    struct place *p;
    const struct brand *brand;
    const char *token;
    struct visitor visitor;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct seen *s = arg;

    return session_visitor(tx, s->p->f, s->brand, s->token, &s->visitor);
}

static bool is_in(struct place *p, const struct brand *brand, const char *token, struct visitor *visitor)
{
    struct seen s = {p, brand, token, {{0}}};
    enum outcome o = db_read(p->f->db, "look", look, &s);

    assert_true(o == DONE || o == REFUSED);
    if (visitor)
        *visitor = s.visitor;
    return o == DONE;
}

static void two_doors(void **state)
{
    struct place *p = place(state);
    enum { NOBODY, MAILBOX, ACCOUNT };
    const struct {
        const struct brand *brand;
        const char *name, *password;
        int who;
    } row[] = {
        {p->ours, VERDI, PASSWORD, MAILBOX},
        {p->ours, "  STUDIO.Verdi@LegalMail.Example ", PASSWORD, MAILBOX},
        {p->ours, CUSTOMER, PASSWORD, ACCOUNT},
        {p->ours, " Cliente@POSTA.example  ", PASSWORD, ACCOUNT},
        {p->theirs, "casa@altra.example", PASSWORD, MAILBOX},
        {p->theirs, CUSTOMER, OTHER, ACCOUNT},
        {p->ours, VERDI, "corretta cavallo Graffetta", NOBODY},
        {p->ours, VERDI, PASSWORD " ", NOBODY},
        {p->ours, VERDI, "", NOBODY},
        {p->ours, CUSTOMER, OTHER, NOBODY},
        {p->ours, "nessuno@legalmail.example", PASSWORD, NOBODY},
        {p->ours, "", PASSWORD, NOBODY},
        {p->ours, BIANCHI, "", NOBODY}, /* the provider alone knows its password */
        {p->ours, BIANCHI, PASSWORD, NOBODY},
        {p->ours, "casa@altra.example", PASSWORD, NOBODY}, /* another seller's */
        {p->theirs, CUSTOMER, PASSWORD, NOBODY},
        {p->theirs, VERDI, PASSWORD, NOBODY},
        {p->ours, VERDI, TOO_LONG, NOBODY},
        {p->ours, "%", PASSWORD, NOBODY},
    };
    struct problem first = {0};

    for (size_t i = 0; i < count_of(row); i++) {
        char token[TOKEN_TEXT];
        struct problem why;
        struct visitor v = {0};
        enum outcome o = come_in(p, row[i].brand, row[i].name, row[i].password, CLIENT, token, &why);

        sql(p->f, "DELETE FROM throttle");
        if (row[i].who == NOBODY) {
            /* Nothing tells why. */
            first = first.code == PROBLEM_NONE ? why : first;
            if (o != REFUSED || why.code != PROBLEM_LOGIN || strcmp(why.field, first.field) != 0 ||
                strcmp(why.detail, first.detail) != 0)
                fail_msg("%s: %s %s %s", row[i].name, problem_slug(why.code), why.field, why.detail);
            assert_false(is_in(p, row[i].brand, token, NULL));
            continue;
        }
        if (o != DONE || !is_in(p, row[i].brand, token, &v))
            fail_msg("%s: %s", row[i].name, problem_slug(why.code));
        assert_int_equal(v.who.mailbox_id != 0, row[i].who == MAILBOX);
        assert_int_equal(v.who.account_id != 0, row[i].who == ACCOUNT);
        assert_false(v.stale);
        assert_string_equal(v.email, row[i].who == ACCOUNT ? CUSTOMER : "");
        if (row[i].who == ACCOUNT)
            assert_string_equal(v.label, "Maria Verdi");
        if (row[i].brand == p->ours && row[i].who == MAILBOX)
            assert_string_equal(v.label, VERDI);
        if (row[i].who == ACCOUNT)
            assert_true(v.who.account_id == (row[i].brand == p->ours ? p->account : p->their_account));
    }
    assert_int_equal(number(p->f, "SELECT count(*) FROM session"), 6);
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'session.opened'"), 6);
    sql(p->f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(VERDI));
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_LOGIN);
}

/* Whoever reads the database cannot come in with what stands there. */
static void only_the_hash_is_kept(void **state)
{
    struct place *p = place(state);
    char token[TOKEN_TEXT], second[TOKEN_TEXT], hash[TOKEN_TEXT];

    must_come_in(p, VERDI, token);
    must_come_in(p, VERDI, second);
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_string_not_equal(token, second);
    token_hash(token, hash);
    assert_string_not_equal(token, hash);
    assert_int_equal(number(p->f, talloc_asprintf(p->f, "SELECT count(*) FROM session WHERE token_hash = '%s'", hash)),
                     1);
    assert_int_equal(number(p->f, talloc_asprintf(p->f, "SELECT count(*) FROM session WHERE token_hash = '%s'", token)),
                     0);
    assert_int_equal(number(p->f, talloc_asprintf(p->f, "SELECT count(*) FROM event WHERE data LIKE '%%%s%%'", token)),
                     0);
    assert_false(is_in(p, p->ours, hash, NULL));
    assert_int_equal(number(p->f, "SELECT count(*) FROM mailbox WHERE password_hash LIKE '%cavallo%'"), 0);

    /* Nor with anything like it. */
    const char *const tokens[] = {"",
                                  "0",
                                  LONG_100,
                                  text_upper(p->f, token),
                                  talloc_asprintf(p->f, "%s0", token),
                                  talloc_strndup(p->f, token, TOKEN_TEXT - 2)};
    for (size_t i = 0; i < count_of(tokens); i++)
        if (strcmp(tokens[i], token) != 0)
            assert_false(is_in(p, p->ours, tokens[i], NULL));
    assert_true(is_in(p, p->ours, token, NULL) && is_in(p, p->ours, second, NULL));
}

/* ---- The throttle ---- */

static void a_name_waits(void **state)
{
    static const char *const NAMES[] = {VERDI, "nessuno@legalmail.example"};
    static const char *const AS_TYPED[] = {"STUDIO.VERDI@legalmail.example", " nessuno@legalmail.EXAMPLE"};
    static const struct {
        int64_t seconds;
        const char *said;
    } WAIT[] = {{15, "15 s"},   {30, "30 s"},   {60, "60 s"},    {120, "2 min"},
                {240, "4 min"}, {480, "8 min"}, {900, "15 min"}, {900, "15 min"}};
    struct place *p = place(state);

    /* The same for a name that nobody has. */
    for (size_t n = 0; n < count_of(NAMES); n++) {
        struct problem why;
        char token[TOKEN_TEXT];

        for (int i = 0; i < 4; i++)
            assert_int_equal(attempt(p, i % 2 ? NAMES[n] : AS_TYPED[n], TOO_LONG), PROBLEM_LOGIN);
        assert_int_equal(attempt(p, NAMES[n], "sbagliata ma breve"), PROBLEM_LOGIN);
        for (size_t i = 0; i < count_of(WAIT); i++) {
            /* The right password does not help, and asking again makes nothing worse. */
            for (int again = 0; again < 3; again++) {
                assert_int_equal(come_in(p, p->ours, NAMES[n], PASSWORD, "198.51.100.9", token, &why), REFUSED);
                assert_int_equal(why.code, PROBLEM_THROTTLED);
                assert_string_equal(why.field, "login");
                assert_string_equal(why.detail, WAIT[i].said);
            }
            put_clock(p, SECONDS(WAIT[i].seconds) - 1);
            assert_int_equal(attempt(p, AS_TYPED[n], PASSWORD), PROBLEM_THROTTLED);
            put_clock(p, 1);
            if (i + 1 < count_of(WAIT))
                assert_int_equal(attempt(p, NAMES[n], TOO_LONG), PROBLEM_LOGIN);
        }
        sql(p->f, "DELETE FROM throttle WHERE key LIKE 'client:%'");
        assert_int_equal(attempt(p, NAMES[n], PASSWORD), n == 0 ? PROBLEM_NONE : PROBLEM_LOGIN);
    }

    /* Whoever came in starts anew. */
    for (int i = 0; i < 4; i++)
        assert_int_equal(attempt(p, VERDI, TOO_LONG), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_NONE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(attempt(p, VERDI, TOO_LONG), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_NONE);

    /* Failures are forgotten after an hour without one. */
    for (int i = 0; i < 4; i++)
        assert_int_equal(attempt(p, VERDI, TOO_LONG), PROBLEM_LOGIN);
    put_clock(p, HOURS(1) + 1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(attempt(p, VERDI, TOO_LONG), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_NONE);
}

static void a_client_waits(void **state)
{
    struct place *p = place(state);
    char token[TOKEN_TEXT];
    struct problem why;

    for (int i = 0; i < 30; i++)
        assert_int_equal(attempt(p, talloc_asprintf(p->f, "n%d@legalmail.example", i), TOO_LONG), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_THROTTLED);
    assert_int_equal(attempt(p, CUSTOMER, PASSWORD), PROBLEM_THROTTLED);
    assert_int_equal(come_in(p, p->ours, VERDI, PASSWORD, "192.0.2.2", token, &why), DONE);
    put_clock(p, SECONDS(15));
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_NONE);
    /* One account of one's own does not buy more guesses at others'. */
    assert_int_equal(attempt(p, "n31@legalmail.example", TOO_LONG), PROBLEM_LOGIN);
    put_clock(p, SECONDS(29));
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_THROTTLED);
    put_clock(p, SECONDS(1));
    assert_int_equal(attempt(p, VERDI, PASSWORD), PROBLEM_NONE);
}

/* ---- Sessions ---- */

static bool is_stale(struct place *p, const char *token)
{
    struct visitor v;

    assert_true(is_in(p, p->ours, token, &v));
    return v.stale;
}

static void see(struct place *p, const char *token)
{
    char hash[TOKEN_TEXT];

    token_hash(token, hash);
    assert_int_equal(session_seen(&p->f->shop, hash), DONE);
}

static void a_session_goes_to_sleep(void **state)
{
    struct place *p = place(state);
    char token[TOKEN_TEXT];

    must_come_in(p, VERDI, token);
    put_clock(p, MINUTES(5));
    assert_false(is_stale(p, token));
    put_clock(p, 1);
    assert_true(is_stale(p, token));
    see(p, token);
    assert_false(is_stale(p, token));
    put_clock(p, SESSION_IDLE);
    assert_true(is_stale(p, token));
    put_clock(p, 1);
    assert_false(is_in(p, p->ours, token, NULL));
}

static void a_session_ends(void **state)
{
    struct place *p = place(state);
    char token[TOKEN_TEXT];

    must_come_in(p, CUSTOMER, token);
    for (int64_t t = 0; t < SESSION_LIMIT; t += HOURS(1)) {
        put_clock(p, HOURS(1));
        assert_true(is_in(p, p->ours, token, NULL));
        see(p, token);
    }
    put_clock(p, 1);
    assert_false(is_in(p, p->ours, token, NULL));
}

static void a_session_is_closed(void **state)
{
    struct place *p = place(state);
    char one[TOKEN_TEXT], two[TOKEN_TEXT];

    must_come_in(p, VERDI, one);
    must_come_in(p, VERDI, two);
    assert_true(is_in(p, p->ours, one, NULL));
    assert_false(is_in(p, p->theirs, one, NULL));
    assert_int_equal(logout(&p->f->shop, one), DONE);
    assert_false(is_in(p, p->ours, one, NULL));
    assert_true(is_in(p, p->ours, two, NULL));
    assert_int_equal(logout(&p->f->shop, one), DONE);
    sql(p->f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(VERDI));
    assert_false(is_in(p, p->ours, two, NULL));
}

/* ---- Passwords ---- */

static void forgot(struct place *p, const char *email, const char *client)
{
    assert_int_equal(password_forgotten(&p->f->shop, p->f, p->ours, email, client), DONE);
}

static int64_t mails(struct place *p)
{
    return mails_of(p->f, "password_reset");
}

/* The token of the link in the newest mail. */
static char *mailed(struct place *p)
{
    char *data = words(p->f, "SELECT data FROM outbox WHERE template = 'password_reset' ORDER BY id DESC LIMIT 1");
    char *at = strstr(data, "/b/legalmail/password/");

    assert_non_null(at);
    assert_non_null(strstr(data, "\"minutes\":30") ? data : strstr(data, "\"minutes\": 30"));
    return talloc_strndup(p->f, at + strlen("/b/legalmail/password/"), TOKEN_TEXT - 1);
}

static void a_forgotten_password(void **state)
{
    struct place *p = place(state);
    char hash[TOKEN_TEXT], *token;

    /* The answer is one; only the mail differs. */
    forgot(p, "nessuno@posta.example", CLIENT);
    forgot(p, VERDI, CLIENT); /* a mailbox's is the provider's to reset */
    forgot(p, "", CLIENT);
    assert_int_equal(mails(p), 0);
    forgot(p, "  CLIENTE@posta.example ", CLIENT);
    assert_int_equal(mails(p), 1);
    assert_string_equal(words(p->f, "SELECT recipient FROM outbox WHERE template = 'password_reset'"), CUSTOMER);
    assert_int_equal(number(p->f, "SELECT account_id FROM reset_link"), p->account);
    token = mailed(p);
    token_hash(token, hash);
    assert_string_equal(words(p->f, "SELECT token_hash FROM reset_link"), hash);

    /* Three an hour for a name; who asks too often is told nothing else. */
    for (int i = 0; i < 4; i++)
        forgot(p, CUSTOMER, CLIENT);
    assert_int_equal(mails(p), 3);
    forgot(p, CUSTOMER, "198.51.100.9");
    assert_int_equal(mails(p), 3);
    put_clock(p, HOURS(1) + 1);
    forgot(p, CUSTOMER, CLIENT);
    assert_int_equal(mails(p), 4);

    /* And thirty for a client, whatever the names. */
    put_clock(p, HOURS(1) + 1);
    for (int i = 0; i < 30; i++)
        forgot(p, talloc_asprintf(p->f, "n%d@posta.example", i), CLIENT);
    forgot(p, CUSTOMER, CLIENT);
    assert_int_equal(mails(p), 4);
    forgot(p, CUSTOMER, "198.51.100.9");
    assert_int_equal(mails(p), 5);
}

static enum problem_code follow(struct place *p, const struct brand *brand, const char *token, const char *password)
{
    struct problem why = {0};
    enum outcome o = password_reset(&p->f->shop, p->f, brand, token, password, &why);

    assert_int_equal(o, why.code == PROBLEM_NONE ? DONE : REFUSED);
    return why.code;
}

static bool opens(struct place *p, const char *token)
{
    struct problem why = {0};
    struct link_owner owner = {0};
    enum outcome o = reset_link_check(&p->f->shop, p->f, token, &owner, &why);

    if (o == DONE)
        assert_string_equal(owner.label, CUSTOMER);
    else
        assert_int_equal(why.code, PROBLEM_LINK_SPENT);
    return o == DONE;
}

static void a_link_works_once(void **state)
{
    struct place *p = place(state);
    char *first, *second, mine[TOKEN_TEXT], also_mine[TOKEN_TEXT], mailbox[TOKEN_TEXT];

    forgot(p, CUSTOMER, CLIENT);
    first = mailed(p);
    forgot(p, CUSTOMER, CLIENT);
    second = mailed(p);
    must_come_in(p, CUSTOMER, mine);
    must_come_in(p, CUSTOMER, also_mine);
    must_come_in(p, VERDI, mailbox);

    /* What is refused spends nothing. */
    assert_true(opens(p, first) && opens(p, second));
    assert_int_equal(follow(p, p->ours, first, ""), PROBLEM_PASSWORD_SHORT);
    assert_int_equal(follow(p, p->ours, first, "nove àààà"), PROBLEM_PASSWORD_SHORT);
    assert_int_equal(follow(p, p->ours, first, TOO_LONG), PROBLEM_TOO_LONG);
    assert_int_equal(follow(p, p->theirs, first, OTHER), PROBLEM_LINK_SPENT);
    assert_true(opens(p, first) && is_in(p, p->ours, mine, NULL));

    assert_int_equal(follow(p, p->ours, first, OTHER), PROBLEM_NONE);
    assert_false(opens(p, first) || opens(p, second));
    assert_int_equal(follow(p, p->ours, first, PASSWORD), PROBLEM_LINK_SPENT);
    assert_int_equal(follow(p, p->ours, second, PASSWORD), PROBLEM_LINK_SPENT);
    assert_false(is_in(p, p->ours, mine, NULL) || is_in(p, p->ours, also_mine, NULL));
    assert_true(is_in(p, p->ours, mailbox, NULL));
    assert_int_equal(attempt(p, CUSTOMER, PASSWORD), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, CUSTOMER, OTHER), PROBLEM_NONE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'password.reset'"), 1);
}

static void a_link_expires(void **state)
{
    struct place *p = place(state);
    char *token;

    forgot(p, CUSTOMER, CLIENT);
    token = mailed(p);
    put_clock(p, RESET_LINK_LIFE - 1);
    assert_true(opens(p, token));
    put_clock(p, 1);
    assert_false(opens(p, token));
    assert_int_equal(follow(p, p->ours, token, OTHER), PROBLEM_LINK_SPENT);
    assert_int_equal(follow(p, p->ours, "", OTHER), PROBLEM_LINK_SPENT);
    assert_int_equal(attempt(p, CUSTOMER, PASSWORD), PROBLEM_NONE);
}

static enum problem_code change(struct place *p, struct principal who, const char *old, const char *password,
                                struct problem *why)
{
    enum outcome o;

    *why = (struct problem){0};
    o = password_change(&p->f->shop, p->f, who, old, password, why);
    assert_int_equal(o, why->code == PROBLEM_NONE ? DONE : REFUSED);
    return why->code;
}

static void a_password_changes(void **state)
{
    struct place *p = place(state);
    struct principal me = {.account_id = p->account};
    struct problem why;
    char *link;

    forgot(p, CUSTOMER, CLIENT);
    link = mailed(p);
    assert_int_equal(change(p, me, OTHER, OTHER, &why), PROBLEM_PASSWORD_WRONG);
    assert_string_equal(why.field, "current");
    assert_int_equal(change(p, me, "", OTHER, &why), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(change(p, me, TOO_LONG, OTHER, &why), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(change(p, me, PASSWORD, "breve", &why), PROBLEM_PASSWORD_SHORT);
    assert_int_equal(change(p, me, PASSWORD, TOO_LONG, &why), PROBLEM_TOO_LONG);
    assert_int_equal(change(p, (struct principal){.mailbox_id = mailbox(p->f, VERDI).id}, PASSWORD, OTHER, &why),
                     PROBLEM_FORBIDDEN);
    assert_true(opens(p, link));

    /* As long as may be, in letters that take more than a byte. */
    char *longest = talloc_strdup(p->f, "");
    for (int i = 0; i < 200; i++)
        longest = talloc_strdup_append(longest, "ù");
    assert_int_equal(change(p, me, PASSWORD, longest, &why), PROBLEM_NONE);
    assert_int_equal(attempt(p, CUSTOMER, PASSWORD), PROBLEM_LOGIN);
    assert_int_equal(attempt(p, CUSTOMER, longest), PROBLEM_NONE);
    assert_false(opens(p, link));
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'password.changed'"), 1);
    assert_int_equal(change(p, me, longest, OTHER, &why), PROBLEM_NONE);
}

/* ---- Forms ---- */

static void forms_carry_a_token(void **state)
{
    char cookie[TOKEN_TEXT], other[TOKEN_TEXT], csrf[TOKEN_TEXT], again[TOKEN_TEXT], hash[TOKEN_TEXT];
    char longer[TOKEN_TEXT + 1], of_nothing[TOKEN_TEXT];

    (void)state;
    token_make(cookie);
    token_make(other);
    csrf_token(cookie, csrf);
    csrf_token(cookie, again);
    token_hash(cookie, hash);
    csrf_token("", of_nothing);
    assert_string_equal(csrf, again);
    assert_string_not_equal(csrf, cookie);
    assert_string_not_equal(csrf, hash);
    assert_true(csrf_valid(cookie, csrf));
    assert_false(csrf_valid(other, csrf));
    assert_false(csrf_valid(cookie, cookie));
    assert_false(csrf_valid(cookie, hash));
    assert_false(csrf_valid(cookie, NULL));
    assert_false(csrf_valid(cookie, ""));
    assert_false(csrf_valid(NULL, csrf));
    assert_false(csrf_valid("", of_nothing));
    snprintf(longer, sizeof longer, "%s0", csrf);
    assert_false(csrf_valid(cookie, longer));
    csrf[TOKEN_TEXT - 2] = csrf[TOKEN_TEXT - 2] == '0' ? '1' : '0';
    assert_false(csrf_valid(cookie, csrf));
    csrf[TOKEN_TEXT - 2] = '\0';
    assert_false(csrf_valid(cookie, csrf));
}

/* ---- Keys ---- */

struct bearing {
    struct fixture *f;
    const char *bearer;
    struct api_key key;
};

static enum outcome find_key(struct db_tx *tx, void *arg)
{
    struct bearing *b = arg;

    return key_find(tx, b->f, b->bearer, NULL, &b->key, NULL);
}

static bool opens_api(struct fixture *f, const char *bearer, struct api_key *key)
{
    struct bearing b = {.f = f, .bearer = bearer};
    enum outcome o = db_read(f->db, "key", find_key, &b);

    assert_true(o == DONE || o == REFUSED);
    if (key)
        *key = b.key;
    return o == DONE;
}

static void keys_have_roles(void **state)
{
    static const struct {
        const char *role;
        bool read, sell, money;
    } row[] = {
        {"owner", true, true, true},     {"cashier", true, true, true},    {"shop", true, true, false},
        {"support", true, true, false},  {"reviewer", true, false, false}, {"catalogue", true, false, false},
        {"auditor", true, false, false},
    };
    struct fixture *f = fixture(state);

    for (size_t i = 0; i < count_of(row); i++) {
        const char *brand = i % 2 ? "legalmail" : "";
        char bearer[TOKEN_TEXT + 8], hash[TOKEN_TEXT];
        struct problem why = {0};
        struct api_key key;

        assert_int_equal(key_add(&f->shop, brand, row[i].role, bearer, &why), DONE);
        assert_int_equal(strlen(bearer), strlen("casella_") + TOKEN_TEXT - 1);
        assert_true(opens_api(f, bearer, &key));
        assert_string_equal(key.role, row[i].role);
        assert_string_equal(key.brand, brand);
        if (key_may(&key, RIGHT_READ) != row[i].read || key_may(&key, RIGHT_SELL) != row[i].sell ||
            key_may(&key, RIGHT_MONEY) != row[i].money)
            fail_msg("%s", row[i].role);
        token_hash(bearer, hash);
        assert_string_equal(words(f, "SELECT key_hash FROM api_key ORDER BY id DESC LIMIT 1"), hash);
        assert_false(opens_api(f, bearer + strlen("casella_"), NULL));
        assert_false(opens_api(f, hash, NULL));
        assert_false(opens_api(f, talloc_asprintf(f, "%s0", bearer), NULL));
    }
    assert_int_equal(number(f, "SELECT count(DISTINCT key_hash) FROM api_key"), count_of(row));
}

static void keys_that_are_none(void **state)
{
    struct fixture *f = fixture(state);
    char bearer[TOKEN_TEXT + 8];
    struct problem why = {0};

    assert_int_equal(key_add(&f->shop, "", "imperatore", bearer, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_A_CHOICE);
    assert_string_equal(why.field, "role");
    assert_int_equal(key_add(&f->shop, "", "", bearer, &why), REFUSED);
    assert_int_equal(key_add(&f->shop, "altra", "owner", bearer, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_BRAND);
    assert_string_equal(why.field, "brand");
    assert_int_equal(number(f, "SELECT count(*) FROM api_key"), 0);
    assert_false(opens_api(f, "", NULL));
    assert_false(opens_api(f, "casella_", NULL));
    assert_false(key_may(&(struct api_key){.brand = (char *)"", .role = (char *)"imperatore"}, RIGHT_READ));

    assert_int_equal(key_add(&f->shop, "", "owner", bearer, &why), DONE);
    assert_true(opens_api(f, bearer, NULL));
    sql(f, "UPDATE api_key SET revoked_at = 1");
    assert_false(opens_api(f, bearer, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_doors),
        cmocka_unit_test(only_the_hash_is_kept),
        cmocka_unit_test(a_name_waits),
        cmocka_unit_test(a_client_waits),
        cmocka_unit_test(a_session_goes_to_sleep),
        cmocka_unit_test(a_session_ends),
        cmocka_unit_test(a_session_is_closed),
        cmocka_unit_test(a_forgotten_password),
        cmocka_unit_test(a_link_works_once),
        cmocka_unit_test(a_link_expires),
        cmocka_unit_test(a_password_changes),
        cmocka_unit_test(forms_carry_a_token),
        cmocka_unit_test(keys_have_roles),
        cmocka_unit_test(keys_that_are_none),
    };

    return FLOW(tests);
}
