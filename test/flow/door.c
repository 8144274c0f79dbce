/* Doors that lead straight to one mailbox: the link in a notice (R151), the hand-off from a webmail (R146). */
#include "shop/door.h"
#include "flow/fixture.h"
#include "shop/notice.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PASSWORD "una password che basta"
#define KEY      "0123456789abcdef0123456789abcdef"

static struct fixture *house(void **state)
{
    struct fixture *f = fixture(state);
    char *hash;

    if (!f)
        return NULL;
    assert_int_equal(password_hash(f, PASSWORD, &hash), DONE);
    sql(f, talloc_asprintf(f, "UPDATE mailbox_row SET password_hash = '%s' WHERE " ITS_ROW(VERDI), hash));
    return f;
}

/* ---- The link ---- */

static const char *link_until(struct fixture *f, struct day until)
{
    char *link, *slash;
    struct mailbox box = mailbox(f, VERDI);

    assert_int_equal(door_link(&f->shop, f, f->brand, &box, until, &link), DONE);
    assert_true(strncmp(link, "https://shop.example/b/legalmail/entra/", 39) == 0);
    slash = strrchr(link, '/');
    return slash + 1;
}

static enum problem_code enter(struct fixture *f, const struct brand *brand, const char *token, const char *password)
{
    char session[TOKEN_TEXT];
    struct problem why = {0};
    struct mailbox box;
    enum outcome o = door_enter(&f->shop, f, brand, token, password, "127.0.0.1", session, &box, &why);

    if (o == DONE)
        assert_string_equal(box.address, VERDI);
    else
        assert_int_equal(o, REFUSED);
    return o == DONE ? PROBLEM_CODES : why.code;
}

static void a_link_opens_once_and_asks_the_password(void **state)
{
    struct fixture *f = house(state);
    const struct brand *other = f ? brand_by_id(&f->brands, "visura") : NULL;
    const char *token;

    if (!f)
        return;
    token = link_until(f, day_of(2027, 6, 13));
    assert_int_equal(enter(f, f->brand, token, "sbagliata, la prima volta"), PROBLEM_LOGIN);
    assert_int_equal(enter(f, other, token, PASSWORD), PROBLEM_LINK_SPENT);
    assert_int_equal(number(f, "SELECT count(*) FROM session"), 0);
    assert_int_equal(enter(f, f->brand, token, PASSWORD), PROBLEM_CODES);
    assert_int_equal(number(f, "SELECT count(*) FROM session WHERE mailbox_id IS NOT NULL"), 1);
    assert_int_equal(enter(f, f->brand, token, PASSWORD), PROBLEM_LINK_SPENT);
    assert_int_equal(number(f, "SELECT count(*) FROM session"), 1);
    assert_int_equal(enter(f, f->brand, link_until(f, day_of(2027, 6, 13)), PASSWORD), PROBLEM_CODES);
}

static void a_link_ends_and_cannot_be_made_up(void **state)
{
    struct fixture *f = house(state);
    const char *token;
    char *changed;

    if (!f)
        return;
    assert_int_equal(enter(f, f->brand, "nulla", PASSWORD), PROBLEM_LINK_SPENT); /* before there is a key */
    token = link_until(f, day_of(2026, 12, 21));
    for (size_t i = 0; i < strlen(token); i++) {
        changed = talloc_strdup(f, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(enter(f, f->brand, changed, PASSWORD), PROBLEM_LINK_SPENT);
    }
    assert_int_equal(enter(f, f->brand, talloc_strndup(f, token, 40), PASSWORD), PROBLEM_LINK_SPENT);
    assert_int_equal(enter(f, f->brand, talloc_asprintf(f, "%sAAAA", token), PASSWORD), PROBLEM_LINK_SPENT);
    set_day(f, 2026, 12, 22);
    assert_int_equal(enter(f, f->brand, token, PASSWORD), PROBLEM_LINK_SPENT);
    set_day(f, 2026, 12, 21);
    sql(f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(VERDI));
    assert_int_equal(enter(f, f->brand, token, PASSWORD), PROBLEM_LINK_SPENT);
}

static void a_notice_leads_through_the_door_where_the_password_is_ours(void **state)
{
    struct fixture *f = house(state);
    struct mailbox verdi, bianchi;
    char *link;

    if (!f)
        return;
    verdi = mailbox(f, VERDI);
    bianchi = mailbox(f, BIANCHI);
    assert_int_equal(notice_renewal_link(&f->shop, f, f->brand, &verdi, &link), DONE);
    assert_int_equal(enter(f, f->brand, strrchr(link, '/') + 1, PASSWORD), PROBLEM_CODES);
    assert_int_equal(notice_renewal_link(&f->shop, f, f->brand, &bianchi, &link), DONE);
    assert_string_equal(link, "https://shop.example/b/legalmail/caselle/" BIANCHI "/rinnovo");
}

/* ---- The webmail ---- */

struct hand_off {
    struct fixture *f;
    struct webmails webmails;
    struct webmail_of of;
};

static void sign(struct hand_off *h, const char *key, struct webmail_pass *pass)
{
    char *text = webmail_pass_text(h->f, h->f->brand, pass), *hex = talloc_array(h->f, char, 65);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    pass->signature = sodium_bin2hex(hex, 65, mac, sizeof mac);
}

static enum outcome come(struct hand_off *h, const struct webmail_pass *pass)
{
    char session[TOKEN_TEXT];
    struct problem why = {0};
    enum outcome o = webmail_enter(&h->f->shop, h->f, h->f->brand, pass, session, &why);

    assert_true(o == DONE || (o == REFUSED && why.code == PROBLEM_WEBMAIL_PASS));
    return o;
}

static struct webmail_pass pass_of(struct hand_off *h, const char *address, const char *nonce, int64_t at)
{
    struct webmail_pass pass = {.address = address, .to = "rinnovo", .at = at, .nonce = nonce};

    sign(h, KEY, &pass);
    return pass;
}

static void a_webmail_vouches_for_its_user(void **state)
{
    struct hand_off h = {.of = {"legalmail", KEY}, .f = house(state)};
    int64_t now = clock_now().us / SECONDS(1);
    struct webmail_pass pass;

    if (!h.f)
        return;
    pass = pass_of(&h, VERDI, "abcdefgh12345678", now);
    assert_int_equal(come(&h, &pass), REFUSED); /* no key is set up */
    h.webmails = (struct webmails){1, &h.of};
    h.f->shop.webmails = &h.webmails;
    assert_int_equal(come(&h, &pass), DONE);
    assert_int_equal(number(h.f, "SELECT count(*) FROM session WHERE mailbox_id IS NOT NULL"), 1);
    assert_int_equal(come(&h, &pass), REFUSED); /* the same again */

    const struct {
        const char *address, *nonce;
        int64_t at;
        enum outcome how;
    } CASES[] = {
        {"STUDIO.VERDI@legalmail.example", "abcdefgh1234567A", now, DONE},
        {VERDI, "abcdefgh1234567B", now - 50, DONE},
        {VERDI, "abcdefgh1234567C", now - 200, REFUSED},
        {VERDI, "abcdefgh1234567D", now + 200, REFUSED},
        {VERDI, "short", now, REFUSED},
        {VERDI, "abcdefgh1234567-", now, REFUSED},
        {"nessuno@legalmail.example", "abcdefgh1234567E", now, REFUSED},
    };
    for (size_t i = 0; i < count_of(CASES); i++) {
        pass = pass_of(&h, CASES[i].address, CASES[i].nonce, CASES[i].at);
        if (come(&h, &pass) != CASES[i].how)
            fail_msg("case %zu", i);
    }
    pass = pass_of(&h, VERDI, "abcdefgh1234567F", now);
    pass.to = "casella"; /* not what was signed */
    assert_int_equal(come(&h, &pass), REFUSED);
    pass.to = "rinnovo";
    pass.address = BIANCHI;
    assert_int_equal(come(&h, &pass), REFUSED);
    pass.address = VERDI;
    sign(&h, "another key, as long as the first one", &pass);
    assert_int_equal(come(&h, &pass), REFUSED);
    pass.signature = "";
    assert_int_equal(come(&h, &pass), REFUSED);
    assert_int_equal(number(h.f, "SELECT count(*) FROM session"), 3);
}

int main(void)
{
    static const struct CMUnitTest ALL[] = {
        cmocka_unit_test(a_link_opens_once_and_asks_the_password),
        cmocka_unit_test(a_link_ends_and_cannot_be_made_up),
        cmocka_unit_test(a_notice_leads_through_the_door_where_the_password_is_ours),
        cmocka_unit_test(a_webmail_vouches_for_its_user),
    };

    return sodium_init() < 0 ? 1 : FLOW(ALL);
}
