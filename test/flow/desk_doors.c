/* Every address of the desk, for every role and for nobody: whoever lacks the right that its row names gets 403,
 * whoever has it does not, and who has not come in is sent to the login. A new row is held to this by being in the
 * table. */
#include "base/clock.h"
#include "flow/fixture.h"
#include "http/client.h"
#include "shop/operator.h"
#include "web/routes.h"
#include "web/web.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const char *const ROLES[] = {"support", "cashier", "reviewer", "catalogue", "owner", "auditor"};

struct desk {
    struct fixture *f;
    struct web *web;
    struct operator operators[count_of(ROLES)];
    char cookies[count_of(ROLES)][TOKEN_TEXT];
};

static enum outcome hire(struct db_tx *tx, void *arg)
{
    struct desk *d = arg;

    for (size_t i = 0; i < count_of(ROLES); i++) {
        char hash[TOKEN_TEXT];

        d->operators[i] = (struct operator){.brand = (char *)"",
                                            .email = talloc_asprintf(d, "%s@ufficio.example", ROLES[i]),
                                            .name = (char *)ROLES[i],
                                            .role = (char *)ROLES[i],
                                            .password_hash = (char *)""};
        TRY(operator_insert(tx, &d->operators[i]));
        token_make(d->cookies[i]);
        token_hash(d->cookies[i], hash);
        TRY(operator_session_insert(tx, hash, d->operators[i].id, "192.0.2.1", "test"));
    }
    return DONE;
}

static struct desk *desk(void **state)
{
    struct fixture *f = fixture(state);
    struct problem why = {0};
    struct desk *d;
    struct web_options options;

    if (!f)
        return NULL;
    d = talloc_zero(f, struct desk);
    d->f = f;
    f->shop.files = &f->files;
    options = (struct web_options){
        .shop = &f->shop, .views = f->views, .uploads = &f->files, .listen = "127.0.0.1:0", .workers = 2};
    assert_int_equal(db_transaction(f->db, "hire", hire, d), DONE);
    assert_int_equal(web_start(d, &options, &d->web, &why), DONE);
    return d;
}

/* The pattern with something in place of each name: an address that leads nowhere in particular. */
static char *path_of(void *mem, const char *pattern)
{
    char *path = talloc_strdup(mem, "");

    for (const char *c = pattern; *c; c++)
        if (*c == '{') {
            path = talloc_asprintf_append(path, "%s", "7");
            c = strchr(c, '}');
        } else {
            path = talloc_asprintf_append(path, "%c", *c);
        }
    return path;
}

static struct answer ask(struct desk *d, void *mem, const struct http_route *route, const char *cookie)
{
    bool post = route->method == HTTP_POST;
    char csrf[TOKEN_TEXT], *body, *text;

    csrf_token(cookie ? cookie : "", csrf);
    body = post ? talloc_asprintf(mem, "csrf=%s", csrf) : talloc_strdup(mem, "");
    text = talloc_asprintf(
        mem, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s%sContent-Length: %zu\r\n\r\n%s",
        post ? "POST" : "GET", path_of(mem, route->pattern), cookie ? "Cookie: casella_office=" : "",
        cookie ? cookie : "", cookie ? "\r\n" : "", post ? "Content-Type: application/x-www-form-urlencoded\r\n" : "",
        strlen(body), body);
    return client_say(mem, web_url(d->web), text, strlen(text));
}

static void every_address_asks_its_right(void **state)
{
    struct desk *d = desk(state);
    int refused = 0, let_in = 0;

    if (!d)
        return;
    for (const struct http_route *route = OFFICE_ROUTES; route->pattern; route++) {
        const enum office_right *right = route->data;
        void *mem = talloc_new(d);
        struct answer a;

        if (!right) { /* at the door */
            talloc_free(mem);
            continue;
        }
        a = ask(d, mem, route, NULL);
        if (a.status != 303 || !strstr(a.head, "/office/accedi"))
            fail_msg("nobody at %s: %d", route->pattern, a.status);
        for (size_t i = 0; i < count_of(ROLES); i++) {
            bool may = operator_may(&d->operators[i], *right);

            a = ask(d, mem, route, d->cookies[i]);
            if ((a.status == 403) == may || a.status >= 500 || a.status == 0)
                fail_msg("%s at %s %s: %d", ROLES[i], route->method == HTTP_POST ? "POST" : "GET", route->pattern,
                         a.status);
            *(may ? &let_in : &refused) += 1;
        }
        talloc_free(mem);
    }
    assert_true(refused > 50 && let_in > 50);
    web_stop(d->web);
}

/* Behind the doors, too, nobody who may not is let further: a role that only looks is in no table of who changes. */
static void an_auditor_changes_nothing(void **state)
{
    static const enum office_right CHANGES[] = {OFFICE_REVIEW,    OFFICE_ASK,       OFFICE_MONEY,
                                                OFFICE_INVOICE,   OFFICE_SERVE,     OFFICE_GOVERN,
                                                OFFICE_CATALOGUE, OFFICE_OPERATORS, OFFICE_PAPERS};
    const struct operator auditor = {.role = (char *)"auditor"}, stranger = {.role = (char *)"king"};

    (void)state;
    for (size_t i = 0; i < count_of(CHANGES); i++)
        assert_false(operator_may(&auditor, CHANGES[i]));
    for (int right = 0; right < OFFICE_RIGHTS; right++)
        assert_false(operator_may(&stranger, (enum office_right)right));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_asks_its_right),
        cmocka_unit_test(an_auditor_changes_nothing),
    };

    return FLOW(tests);
}
