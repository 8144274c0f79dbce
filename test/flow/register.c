/* A customer's own account (DOMAIN R39, R40): nothing before the link, the same answer for everybody, links that work
 * once. */
#include "shop/register.h"
#include "flow/fixture.h"
#include "shop/add_account.h"
#include "shop/login.h"
#include "shop/profile.h"
#include <string.h>
#include <talloc.h>

#define PASSWORD "corretta cavallo graffetta"
#define OTHER    "Più di dieci caratteri"
#define ROSA     "rosa@posta.example"
#define CLIENT   "192.0.2.1"
#define COOKIE   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define STRANGER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static struct new_registration rosa(struct fixture *f)
{
    return (struct new_registration){.brand = f->brand,
                                     .profile = {.user_name = "rosa.modelli",
                                                 .phone = "06 5550 0200",
                                                 .billing = {.kind = HOLDER_PERSON,
                                                             .name = "Rosa Modelli",
                                                             .email = ROSA,
                                                             .street = "Via dell'Esempio 7",
                                                             .postcode = "00144",
                                                             .city = "Roma",
                                                             .province = "RM",
                                                             .country = "IT",
                                                             .tax_code = "MDLRSO80A41Z999M"}},
                                     .password = PASSWORD,
                                     .language = "it",
                                     .next = "/b/legalmail/ordini",
                                     .cookie = COOKIE,
                                     .client = CLIENT};
}

static enum problem_code begin(struct fixture *f, const struct new_registration *wanted)
{
    struct problem why = {0};
    enum outcome o = registration_begin(&f->shop, f, wanted, &why);

    assert_int_equal(o, why.code ? REFUSED : DONE);
    return why.code;
}

/* The token at the end of the newest mail's link. */
static char *mailed(struct fixture *f, const char *template, const char *path)
{
    char *data = words(
        f, talloc_asprintf(f, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1", template));
    char *at = strstr(data, path);

    assert_non_null(at);
    return talloc_strndup(f, at + strlen(path), TOKEN_TEXT - 1);
}
#define LINK "/registrati/conferma/"

static enum problem_code confirm(struct fixture *f, const char *token, const char *cookie, const char *user_name,
                                 const char *password)
{
    struct confirmation c = {f->brand, token, cookie, user_name, password};
    char session[TOKEN_TEXT];
    struct problem why = {0};
    const char *next = NULL;
    enum outcome o = registration_confirm(&f->shop, f, &c, session, &next, &why);

    assert_int_equal(o, why.code ? REFUSED : DONE);
    if (o == DONE)
        assert_string_equal(next, "/b/legalmail/ordini");
    return why.code;
}

static enum problem_code come_in(struct fixture *f, const char *name, const char *password)
{
    char token[TOKEN_TEXT];
    struct problem why = {0};
    enum outcome o = login(&f->shop, f, &(struct login_attempt){f->brand, name, password, CLIENT}, token, &why);

    assert_int_equal(o, why.code ? REFUSED : DONE);
    return why.code;
}

static int64_t accounts(struct fixture *f)
{
    return number(f, "SELECT count(*) FROM account");
}

static void no_account_before_the_link(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct waiting_registration w;
    struct problem why;
    char *token, *second;

    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    assert_int_equal(accounts(f), 0);
    assert_int_equal(come_in(f, ROSA, PASSWORD), PROBLEM_LOGIN);
    token = mailed(f, "registration", LINK);
    assert_int_equal(number(f, talloc_asprintf(f, "SELECT count(*) FROM registration WHERE token_hash = '%s'", token)),
                     0);
    assert_int_equal(registration_again(&f->shop, f, f->brand, " ROSA@posta.example", CLIENT, &why), DONE);
    second = mailed(f, "registration", LINK);
    assert_string_not_equal(token, second);

    /* Looking, as often as one likes, does nothing. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(registration_look(&f->shop, f, f->brand, token, COOKIE, &w, &why), DONE);
        assert_string_equal(w.user_name, "rosa.modelli");
        assert_false(w.name_taken || w.needs_password);
    }
    assert_int_equal(accounts(f), 0);

    /* The first link still works, and then neither. */
    assert_int_equal(confirm(f, token, COOKIE, NULL, NULL), PROBLEM_NONE);
    assert_int_equal(accounts(f), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM account WHERE proved_at IS NOT NULL"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM session"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'account.registered'"), 1);
    assert_int_equal(confirm(f, token, COOKIE, NULL, NULL), PROBLEM_LINK_SPENT);
    assert_int_equal(confirm(f, second, COOKIE, NULL, NULL), PROBLEM_LINK_SPENT);
    assert_int_equal(accounts(f), 1);

    assert_int_equal(come_in(f, ROSA, PASSWORD), PROBLEM_NONE);
    assert_int_equal(come_in(f, " Rosa.MODELLI ", PASSWORD), PROBLEM_NONE);
    assert_int_equal(come_in(f, "rosa.modelli", OTHER), PROBLEM_LOGIN);
    assert_clean(f);
}

struct seen {
    void *mem;
    struct account_profile profile;
    enum outcome o;
};

static enum outcome read_profile(struct db_tx *tx, void *arg)
{
    struct seen *s = arg;

    s->o = account_profile_of(tx, s->mem, 1, &s->profile);
    return DONE;
}

static void the_profile_is_kept_and_changed(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct seen s = {.mem = f};
    struct profile changed = wanted.profile;
    struct problem why = {0};

    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    assert_int_equal(confirm(f, mailed(f, "registration", LINK), COOKIE, NULL, NULL), PROBLEM_NONE);
    assert_int_equal(number(f, "SELECT id FROM account"), 1);
    assert_int_equal(db_read(f->db, "look", read_profile, &s), DONE);
    assert_int_equal(s.o, DONE);
    assert_string_equal(s.profile.billing.name, "Rosa Modelli");
    assert_string_equal(s.profile.billing.email, ROSA);
    assert_string_equal(s.profile.billing.tax_code, "MDLRSO80A41Z999M");
    assert_string_equal(s.profile.phone, "06 5550 0200");
    assert_string_equal(words(f, "SELECT privacy_version FROM account_profile"), f->brand->privacy.version);
    assert_string_equal(words(f, "SELECT privacy_sha256 FROM account_profile"), f->brand->privacy.sha256);

    changed.phone = "06 5550 0999";
    changed.user_name = "rosa";
    assert_int_equal(profile_change(&f->shop, f, (struct principal){.account_id = 1}, &changed, &why), DONE);
    assert_int_equal(db_read(f->db, "look", read_profile, &s), DONE);
    assert_string_equal(s.profile.phone, "06 5550 0999");
    assert_int_equal(come_in(f, "rosa", PASSWORD), PROBLEM_NONE);
    assert_int_equal(come_in(f, "rosa.modelli", PASSWORD), PROBLEM_LOGIN);
    assert_string_equal(words(f, "SELECT privacy_version FROM account_profile"), f->brand->privacy.version);
    assert_int_equal(profile_change(&f->shop, f, (struct principal){.mailbox_id = 1}, &changed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FORBIDDEN);
}

static struct added_account add(struct fixture *f, const char *email, const char *user_name, enum problem_code code)
{
    struct new_account n = {.brand = f->brand,
                            .email = email,
                            .name = "Studio Modelli",
                            .language = "it",
                            .user_name = user_name,
                            .password = PASSWORD,
                            .actor = {.door = "cli", .name = "system"}};
    struct added_account added;
    struct problem why = {0};

    (void)!add_account(&f->shop, f, &n, &added, &why);
    assert_int_equal(why.code, code);
    return added;
}

static void the_owner_is_told_and_nobody_else(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct seen s = {.mem = f};
    struct problem why;

    add(f, ROSA, NULL, PROBLEM_NONE);
    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    assert_int_equal(mails_of(f, "registration"), 0);
    assert_int_equal(mails_of(f, "account_known"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM registration"), 0);
    assert_int_equal(registration_again(&f->shop, f, f->brand, ROSA, CLIENT, &why), DONE);
    assert_int_equal(mails_of(f, "account_known"), 2);
    assert_int_equal(registration_again(&f->shop, f, f->brand, "nessuno@posta.example", CLIENT, &why), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox"), 2);
    assert_int_equal(accounts(f), 1);
    assert_int_equal(db_read(f->db, "look", read_profile, &s), DONE);
    assert_int_equal(s.o, REFUSED); /* staff made it */
}

/* An account that came to be while the link lay in the mail. */
static void meanwhile(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct waiting_registration w;
    struct problem why;
    char *token;

    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    token = mailed(f, "registration", LINK);
    add(f, "altro@posta.example", "Rosa.Modelli", PROBLEM_NONE);
    add(f, "terzo@posta.example", "rosa.modelli", PROBLEM_USER_NAME_TAKEN);
    add(f, "terzo@posta.example", "a@b", PROBLEM_USER_NAME_EMAIL);
    assert_int_equal(registration_look(&f->shop, f, f->brand, token, COOKIE, &w, &why), DONE);
    assert_true(w.name_taken);
    assert_int_equal(confirm(f, token, COOKIE, NULL, NULL), PROBLEM_USER_NAME_TAKEN);
    assert_int_equal(confirm(f, token, COOKIE, "ROSA.modelli", NULL), PROBLEM_USER_NAME_TAKEN);
    assert_int_equal(confirm(f, token, COOKIE, "-", NULL), PROBLEM_USER_NAME_FORMAT);
    assert_int_equal(confirm(f, token, COOKIE, "Rosa.Due", NULL), PROBLEM_NONE);
    assert_int_equal(come_in(f, "rosa.due", PASSWORD), PROBLEM_NONE);

    wanted.profile.billing.email = "quarto@posta.example";
    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    token = mailed(f, "registration", LINK);
    add(f, "quarto@posta.example", NULL, PROBLEM_NONE);
    assert_int_equal(confirm(f, token, COOKIE, "quarto", NULL), PROBLEM_LINK_SPENT);
}

/* Whoever is led to confirm what a stranger began must know the stranger's password: he does not. */
static void another_browser(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct waiting_registration w;
    struct problem why;
    char *token;

    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    token = mailed(f, "registration", LINK);
    assert_int_equal(registration_look(&f->shop, f, f->brand, token, STRANGER, &w, &why), DONE);
    assert_true(w.needs_password);
    assert_int_equal(confirm(f, token, STRANGER, NULL, NULL), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(confirm(f, token, STRANGER, NULL, OTHER), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(confirm(f, token, "", NULL, ""), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(accounts(f), 0);
    assert_int_equal(confirm(f, token, STRANGER, NULL, PASSWORD), PROBLEM_NONE);

    wanted.profile.billing.email = "altra@posta.example";
    wanted.profile.user_name = "altra";
    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    token = mailed(f, "registration", LINK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(confirm(f, token, STRANGER, NULL, ""), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(confirm(f, token, STRANGER, NULL, PASSWORD), PROBLEM_THROTTLED);
    assert_int_equal(confirm(f, token, COOKIE, NULL, NULL), PROBLEM_NONE);
}

static void links_grow_old(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct brand other = *f->brand;
    struct waiting_registration w;
    struct problem why;
    char *token;

    assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    token = mailed(f, "registration", LINK);
    other.id = "altra";
    assert_int_equal(registration_look(&f->shop, f, &other, token, COOKIE, &w, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_LINK_SPENT);
    set_day(f, 2026, 12, 21); /* 24 hours later, to the microsecond */
    assert_int_equal(confirm(f, token, COOKIE, NULL, NULL), PROBLEM_LINK_SPENT);
    assert_int_equal(confirm(f, "", COOKIE, NULL, NULL), PROBLEM_LINK_SPENT);
    assert_int_equal(accounts(f), 0);
}

static void askings_are_counted(void **state)
{
    struct fixture *f = fixture(state);
    struct new_registration wanted = rosa(f);
    struct problem why;

    for (int i = 0; i < 3; i++)
        assert_int_equal(begin(f, &wanted), PROBLEM_NONE);
    assert_int_equal(begin(f, &wanted), PROBLEM_THROTTLED);
    wanted.client = "192.0.2.9";
    assert_int_equal(begin(f, &wanted), PROBLEM_THROTTLED);
    assert_int_equal(registration_again(&f->shop, f, f->brand, ROSA, CLIENT, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_THROTTLED);
    assert_int_equal(mails_of(f, "registration"), 3);
    /* The same for one that has an account. */
    add(f, "nota@posta.example", NULL, PROBLEM_NONE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(registration_again(&f->shop, f, f->brand, "nota@posta.example", CLIENT, &why),
                         i < 3 ? DONE : REFUSED);
    /* And for a client, whatever the names. */
    for (int i = 0; i < 24; i++)
        assert_int_equal(
            registration_again(&f->shop, f, f->brand, talloc_asprintf(f, "n%d@posta.example", i), CLIENT, &why), DONE);
    wanted.profile.billing.email = "ultima@posta.example";
    wanted.client = CLIENT;
    assert_int_equal(begin(f, &wanted), PROBLEM_THROTTLED);
}

static enum problem_code move(struct fixture *f, const char *email, const char *password)
{
    struct email_change c = {f->brand, {.account_id = 1}, email, password, CLIENT};
    struct problem why = {0};
    enum outcome o = email_change_begin(&f->shop, f, &c, &why);

    assert_int_equal(o, why.code ? REFUSED : DONE);
    return why.code;
}

static void a_new_email_is_proved(void **state)
{
    struct fixture *f = fixture(state);
    struct problem why;
    char *token, *email;

    add(f, ROSA, "rosa", PROBLEM_NONE);
    add(f, "altra@posta.example", NULL, PROBLEM_NONE);
    assert_int_equal(number(f, "SELECT id FROM account WHERE email = '" ROSA "'"), 1);
    assert_int_equal(move(f, "non è un indirizzo", PASSWORD), PROBLEM_NOT_AN_EMAIL);
    assert_int_equal(move(f, " ROSA@posta.example ", PASSWORD), PROBLEM_EMAIL_SAME);
    assert_int_equal(move(f, "nuova@posta.example", OTHER), PROBLEM_PASSWORD_WRONG);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox"), 0);

    /* Somebody else's: its owner hears of it, the answer is the same. */
    assert_int_equal(move(f, "altra@posta.example", PASSWORD), PROBLEM_NONE);
    assert_int_equal(mails_of(f, "account_known"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM email_link"), 0);

    assert_int_equal(move(f, "Nuova@posta.example", PASSWORD), PROBLEM_NONE);
    token = mailed(f, "email_change", "/profilo/email/");
    assert_int_equal(email_link_check(&f->shop, f, f->brand, token, &email, &why), DONE);
    assert_string_equal(email, "nuova@posta.example");
    assert_int_equal(come_in(f, ROSA, PASSWORD), PROBLEM_NONE);
    assert_int_equal(email_change_confirm(&f->shop, f, f->brand, token, &why), DONE);
    assert_string_equal(words(f, "SELECT recipient FROM outbox WHERE template = 'email_changed'"), ROSA);
    assert_int_equal(come_in(f, ROSA, PASSWORD), PROBLEM_LOGIN);
    assert_int_equal(come_in(f, "nuova@posta.example", PASSWORD), PROBLEM_NONE);
    assert_int_equal(email_change_confirm(&f->shop, f, f->brand, token, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_LINK_SPENT);

    /* Taken while the link lay in the mail. */
    assert_int_equal(move(f, "terza@posta.example", PASSWORD), PROBLEM_NONE);
    token = mailed(f, "email_change", "/profilo/email/");
    add(f, "terza@posta.example", NULL, PROBLEM_NONE);
    assert_int_equal(email_change_confirm(&f->shop, f, f->brand, token, &why), REFUSED);
    assert_string_equal(words(f, "SELECT email FROM account WHERE id = 1"), "nuova@posta.example");
}

static void user_names_bring_the_mail_too(void **state)
{
    struct fixture *f = fixture(state);

    add(f, ROSA, "rosa", PROBLEM_NONE);
    assert_int_equal(password_forgotten(&f->shop, f, f->brand, " ROSA ", CLIENT), DONE);
    assert_string_equal(words(f, "SELECT recipient FROM outbox"), ROSA);
    assert_non_null(strstr(words(f, "SELECT data FROM outbox"), "rosa\""));
    assert_int_equal(password_forgotten(&f->shop, f, f->brand, "nessuna", CLIENT), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_account_before_the_link),
        cmocka_unit_test(the_profile_is_kept_and_changed),
        cmocka_unit_test(the_owner_is_told_and_nobody_else),
        cmocka_unit_test(meanwhile),
        cmocka_unit_test(another_browser),
        cmocka_unit_test(links_grow_old),
        cmocka_unit_test(askings_are_counted),
        cmocka_unit_test(a_new_email_is_proved),
        cmocka_unit_test(user_names_bring_the_mail_too),
    };

    return FLOW(tests);
}
