/* How operators come in: the password opens nothing but the way to the code, each code works once, recovery codes too,
 * and what is closed is closed at once. */
#include "flow/fixture.h"
#include "shop/operator.h"
#include "shop/totp.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ANNA     "anna@ufficio.example"
#define PASSWORD "una frase per il banco"
#define CLIENT   "192.0.2.9"
#define AGENT    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

static const struct actor CLI = {"cli", "system"};

struct place {
    struct fixture *f;
    struct operator anna;
    char entry[TOKEN_TEXT], token[TOKEN_TEXT];
    char (*recovery)[RECOVERY_TEXT];
    struct problem why;
};

static struct place *place(void **state)
{
    static char *hash;
    struct fixture *f = fixture(state);
    struct new_operator n = {.brand = "", .email = ANNA, .name = "Anna", .role = "owner", .actor = CLI};
    struct place *p;
    char *link;

    if (!f)
        return NULL;
    p = talloc_zero(f, struct place);
    p->f = f;
    if (!hash)
        assert_int_equal(password_hash(NULL, PASSWORD, &hash), DONE); /* once: it takes its time */
    assert_int_equal(operator_add(&f->shop, p, &n, &p->anna.id, &link, &p->why), DONE);
    sql(f, talloc_asprintf(p, "UPDATE operator SET password_hash = '%s'", hash));
    p->anna.email = (char *)ANNA;
    p->anna.brand = (char *)"";
    p->anna.password_hash = hash;
    return p;
}

static enum outcome say_password(struct place *p, const char *password)
{
    p->why = (struct problem){0};
    return operator_login(&p->f->shop, p, ANNA, password, CLIENT, p->entry, &p->why);
}

static enum outcome say_code(struct place *p, const char *code)
{
    p->why = (struct problem){0};
    return operator_enter(&p->f->shop, p, &(struct operator_arrival){p->entry, code, CLIENT, AGENT}, p->token,
                          &p->recovery, &p->why);
}

static enum outcome look(struct place *p, struct operator_entry *e)
{
    p->why = (struct problem){0};
    return operator_entry_look(&p->f->shop, p, p->entry, e, &p->why);
}

struct visit {
    struct place *p;
    struct operator operator;
    int64_t session;
    bool stale;
};

static enum outcome visit(struct db_tx *tx, void *arg)
{
    struct visit *v = arg;

    return operator_visitor(tx, v->p, v->p->token, &v->operator, & v->session, &v->stale);
}

static enum outcome is_in(struct place *p, int64_t *session)
{
    struct visit v = {.p = p};
    enum outcome o = db_read(p->f->db, "visit", visit, &v);

    if (session)
        *session = v.session;
    return o;
}

/* In for the first time; the codes are kept. */
static void set_up(struct place *p)
{
    struct operator_entry e;

    assert_int_equal(say_password(p, PASSWORD), DONE);
    assert_int_equal(look(p, &e), DONE);
    assert_true(e.enrols);
    assert_int_equal(say_code(p, e.code), DONE);
    assert_non_null(p->recovery);
    assert_int_equal(is_in(p, NULL), DONE);
}

static void two_steps_open_the_desk(void **state)
{
    struct place *p = place(state);
    struct operator_entry e, again;
    const char *code;

    if (!p)
        return;
    assert_int_equal(say_password(p, "un'altra frase ancora"), REFUSED);
    assert_int_equal(p->why.code, PROBLEM_LOGIN);
    assert_int_equal(look(p, &e), REFUSED);
    assert_int_equal(say_password(p, PASSWORD), DONE);
    memcpy(p->token, p->entry, sizeof p->token);
    assert_int_equal(is_in(p, NULL), REFUSED); /* a half-open login is no session */
    assert_int_equal(look(p, &e), DONE);
    assert_int_equal(look(p, &again), DONE);
    assert_string_equal(e.typed, again.typed);
    assert_null(strstr(words(p->f, "SELECT totp_secret FROM operator"), e.typed));
    assert_true(strncmp(words(p->f, "SELECT totp_secret FROM operator"), "casella1:", 9) == 0);
    assert_int_equal(say_code(p, strcmp(e.code, "000000") ? "000000" : "111111"), REFUSED);
    assert_string_equal(p->why.field, "code");
    code = e.code;
    assert_int_equal(say_code(p, talloc_asprintf(p, " %.3s %s", code, code + 3)), DONE);
    assert_int_equal(is_in(p, NULL), DONE);
    assert_int_equal(say_code(p, code), REFUSED); /* the login is spent */
    assert_int_equal(p->why.code, PROBLEM_NOT_FOUND);

    assert_int_equal(say_password(p, PASSWORD), DONE);
    assert_int_equal(say_code(p, code), REFUSED); /* and so is the code */
    assert_int_equal(p->why.code, PROBLEM_CODE_WRONG);
    assert_int_equal(look(p, &e), DONE);
    assert_false(e.enrols);
    assert_null(e.typed);
    assert_string_equal(words(p->f, "SELECT agent FROM operator_session"), AGENT);
    assert_string_equal(agent_short(p, AGENT), "Firefox, Linux");
    assert_clean(p->f);
}

static void a_half_open_login_ends_after_ten_minutes(void **state)
{
    struct place *p = place(state);
    struct operator_entry e;

    if (!p)
        return;
    assert_int_equal(say_password(p, PASSWORD), DONE);
    sql(p->f, "UPDATE db_meta SET clock_us = clock_us + 599000000");
    assert_int_equal(look(p, &e), DONE);
    sql(p->f, "UPDATE db_meta SET clock_us = clock_us + 1000000");
    assert_int_equal(look(p, &e), REFUSED);
    assert_int_equal(say_code(p, e.code), REFUSED);
    assert_int_equal(p->why.code, PROBLEM_NOT_FOUND);
}

static void recovery_codes_open_once_each(void **state)
{
    struct place *p = place(state);
    char first[RECOVERY_TEXT], second[RECOVERY_TEXT];
    char(*fresh)[RECOVERY_TEXT];

    if (!p)
        return;
    set_up(p);
    memcpy(first, p->recovery[0], sizeof first);
    memcpy(second, p->recovery[1], sizeof second);
    assert_int_equal(say_password(p, PASSWORD), DONE);
    assert_int_equal(say_code(p, talloc_asprintf(p, "%.4s %s", first, first + 5)), DONE);
    assert_null(p->recovery); /* shown once */
    assert_int_equal(say_password(p, PASSWORD), DONE);
    assert_int_equal(say_code(p, first), REFUSED);
    assert_int_equal(operator_recovery(&p->f->shop, p, &p->anna, "no, un'altra frase", CLIENT, &fresh, &p->why),
                     REFUSED);
    assert_int_equal(p->why.code, PROBLEM_PASSWORD_WRONG);
    assert_int_equal(operator_recovery(&p->f->shop, p, &p->anna, PASSWORD, CLIENT, &fresh, &p->why), DONE);
    assert_int_equal(say_code(p, second), REFUSED);
    assert_int_equal(say_code(p, fresh[9]), DONE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM operator_recovery WHERE used_at IS NULL"), 9);
}

static void guessing_codes_has_to_wait(void **state)
{
    struct place *p = place(state);
    char good[RECOVERY_TEXT];
    int tries = 0;

    if (!p)
        return;
    set_up(p);
    memcpy(good, p->recovery[0], sizeof good);
    assert_int_equal(say_password(p, PASSWORD), DONE);
    do
        assert_int_equal(say_code(p, "abcd-efgh"), REFUSED);
    while (p->why.code == PROBLEM_CODE_WRONG && ++tries < 20);
    assert_int_equal(p->why.code, PROBLEM_THROTTLED);
    assert_in_range(tries, 3, 12);
    assert_string_equal(p->why.field, "code");
    assert_int_equal(say_code(p, good), REFUSED); /* the right one too */
    sql(p->f, "UPDATE db_meta SET clock_us = clock_us + 300000000");
    assert_int_equal(say_code(p, good), DONE);
}

static void sessions_are_closed(void **state)
{
    struct place *p = place(state);
    char tokens[3][TOKEN_TEXT];
    char(*recovery)[RECOVERY_TEXT];
    int64_t session[3];
    char name[OPERATOR_TEXT];
    struct actor self;

    if (!p)
        return;
    set_up(p);
    recovery = p->recovery;
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            assert_int_equal(say_password(p, PASSWORD), DONE);
            assert_int_equal(say_code(p, recovery[i]), DONE);
        }
        memcpy(tokens[i], p->token, TOKEN_TEXT);
        assert_int_equal(is_in(p, &session[i]), DONE);
    }
    self = (struct actor){"office", operator_text(&p->anna, name)};
    assert_int_equal(operator_session_end(&p->f->shop, &p->anna, session[1], &self, &p->why), DONE);
    assert_int_equal(operator_session_end(&p->f->shop, &p->anna, session[1], &self, &p->why), REFUSED);
    memcpy(p->token, tokens[1], TOKEN_TEXT);
    assert_int_equal(is_in(p, NULL), REFUSED);
    assert_int_equal(operator_sessions_end(&p->f->shop, &p->anna, session[0], &self), DONE);
    memcpy(p->token, tokens[2], TOKEN_TEXT);
    assert_int_equal(is_in(p, NULL), REFUSED);
    memcpy(p->token, tokens[0], TOKEN_TEXT);
    assert_int_equal(is_in(p, NULL), DONE);

    assert_int_equal(operator_totp_reset(&p->f->shop, p, " Anna@Ufficio.example ", &CLI, &p->why), DONE);
    assert_int_equal(is_in(p, NULL), REFUSED);
    set_up(p);
    assert_int_equal(operator_password_change(&p->f->shop, p, &p->anna, 0, "sbagliata del tutto",
                                              "un'altra lunga frase", CLIENT, &p->why),
                     REFUSED);
    assert_string_equal(p->why.field, "old");
    assert_int_equal(operator_password_change(&p->f->shop, p, &p->anna, 0, PASSWORD, "breve", CLIENT, &p->why),
                     REFUSED);
    assert_int_equal(is_in(p, NULL), DONE);
    assert_int_equal(
        operator_password_change(&p->f->shop, p, &p->anna, 0, PASSWORD, "un'altra lunga frase", CLIENT, &p->why), DONE);
    assert_int_equal(is_in(p, NULL), REFUSED);
    assert_int_equal(say_password(p, "un'altra lunga frase"), DONE);
}

static void without_a_key_there_is_no_second_factor(void **state)
{
    struct place *p = place(state);
    struct operator_entry e;

    if (!p)
        return;
    assert_int_equal(say_password(p, PASSWORD), DONE);
    p->f->shop.files = NULL;
    assert_int_equal(look(p, &e), REFUSED);
    assert_int_equal(p->why.code, PROBLEM_SEALING);
    p->f->shop.files = &p->f->files;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps_open_the_desk),       cmocka_unit_test(a_half_open_login_ends_after_ten_minutes),
        cmocka_unit_test(recovery_codes_open_once_each), cmocka_unit_test(guessing_codes_has_to_wait),
        cmocka_unit_test(sessions_are_closed),           cmocka_unit_test(without_a_key_there_is_no_second_factor),
    };

    return FLOW(tests);
}
