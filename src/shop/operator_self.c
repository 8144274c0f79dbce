/* shop/operator_self.c: sessions that are closed, new recovery codes, another password, a second factor that was lost.
 */
#include "base/text.h"
#include "shop/operator_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Sessions ---- */

struct ending {
    const struct operator* of;
    int64_t session, but;
    const struct actor *actor;
    struct problem *why;
};

static enum outcome end_one(struct db_tx *tx, void *arg)
{
    const struct ending *e = arg;
    bool gone;

    TRY(operator_session_close(tx, e->of->id, e->session, &gone));
    if (!gone)
        return problem_set(e->why, PROBLEM_NOT_FOUND, "", "%s", "");
    return operator_note(tx, e->of, e->actor, "session.closed", json_pack("{s:I}", "session", (json_int_t)e->session));
}

enum outcome operator_session_end(struct shop *shop, const struct operator* of, int64_t session,
                                  const struct actor *actor, struct problem *why)
{
    struct ending e = {.of = of, .session = session, .actor = actor, .why = why};

    return db_transaction(shop->db, "operator.session_end", end_one, &e);
}

static enum outcome end_others(struct db_tx *tx, void *arg)
{
    const struct ending *e = arg;

    TRY(operator_entries_delete_of(tx, e->of->id));
    TRY(operator_sessions_delete_but(tx, e->of->id, e->but));
    return operator_note(tx, e->of, e->actor, "sessions.closed", NULL);
}

enum outcome operator_sessions_end(struct shop *shop, const struct operator* of, int64_t but, const struct actor *actor)
{
    struct ending e = {.of = of, .but = but, .actor = actor};

    return db_transaction(shop->db, "operator.sessions_end", end_others, &e);
}

char *agent_short(void *mem, const char *agent)
{
    static const struct {
        const char *sign, *name;
    } BROWSERS[] = {{"Edg/", "Edge"},      {"OPR/", "Opera"},     {"Firefox/", "Firefox"},
                    {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}},
      SYSTEMS[] = {{"Android", "Android"}, {"iPhone", "iPhone"},  {"iPad", "iPad"},
                   {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}};
    const char *browser = NULL, *system = NULL;

    for (size_t i = 0; i < count_of(BROWSERS) && !browser; i++)
        browser = strstr(agent, BROWSERS[i].sign) ? BROWSERS[i].name : NULL;
    for (size_t i = 0; i < count_of(SYSTEMS) && !system; i++)
        system = strstr(agent, SYSTEMS[i].sign) ? SYSTEMS[i].name : NULL;
    if (!browser)
        return talloc_asprintf(mem, "%.40s", agent[0] ? agent : "?");
    return system ? talloc_asprintf(mem, "%s, %s", browser, system) : talloc_strdup(mem, browser);
}

/* ---- Oneself ---- */

struct self {
    void *mem;
    const struct operator* operator;
    const char *name_key, *client_key, *hash;
    int64_t session, wait;
    bool right;
    char (*recovery)[RECOVERY_TEXT];
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct self *s = arg;

    return attempts_wait(tx, s->name_key, s->client_key, &s->wait);
}

static enum outcome failed(struct db_tx *tx, void *arg)
{
    struct self *s = arg;

    return attempts_failed(tx, s->name_key, s->client_key);
}

/* The old password again, before anything that a passer-by at an open screen must not do. */
static enum outcome check_password(struct shop *shop, struct self *s, const char *password, const char *client,
                                   const char *field, struct problem *why)
{
    s->name_key = talloc_asprintf(s->mem, "office:%s", s->operator->email);
    s->client_key = talloc_asprintf(s->mem, "office-client:%s", client);
    TRY(db_read(shop->db, "operator.self", look, s));
    if (s->wait > 0) {
        enum outcome o = attempts_refused(s->wait, why);

        snprintf(why->field, sizeof why->field, "%s", field);
        return o;
    }
    if (text_characters(password) <= PASSWORD_MOST && password_right(s->operator->password_hash, password))
        return DONE;
    TRY(db_transaction(shop->db, "operator.self_failed", failed, s));
    return problem_set(why, PROBLEM_PASSWORD_WRONG, field, "%s", "");
}

static enum outcome renew_recovery(struct db_tx *tx, void *arg)
{
    struct self *s = arg;
    char name[OPERATOR_TEXT];

    TRY(operator_recovery_make(tx, s->mem, s->operator->id, &s->recovery));
    return operator_note(tx, s->operator, &(struct actor){.door = "office", .name = operator_text(s->operator, name)},
                         "operator.recovery_made", NULL);
}

enum outcome operator_recovery(struct shop *shop, void *mem, const struct operator* self, const char *password,
                               const char *client, char (**recovery)[RECOVERY_TEXT], struct problem *why)
{
    struct self s = {.mem = mem, .operator= self };

    TRY(check_password(shop, &s, password, client, "password", why));
    TRY(db_transaction(shop->db, "operator.recovery", renew_recovery, &s));
    *recovery = s.recovery;
    return DONE;
}

static enum outcome set_password(struct db_tx *tx, void *arg)
{
    struct self *s = arg;
    char name[OPERATOR_TEXT];

    TRY(operator_set_password(tx, s->operator->id, s->hash));
    TRY(operator_links_spend(tx, s->operator->id));
    TRY(operator_entries_delete_of(tx, s->operator->id));
    TRY(operator_sessions_delete_but(tx, s->operator->id, s->session));
    return operator_note(tx, s->operator, &(struct actor){.door = "office", .name = operator_text(s->operator, name)},
                         "operator.password", NULL);
}

enum outcome operator_password_change(struct shop *shop, void *mem, const struct operator* self, int64_t session,
                                      const char *old, const char *password, const char *client, struct problem *why)
{
    struct self s = {.mem = mem, .operator= self, .session = session};
    char *hash;

    TRY(password_acceptable(password, why));
    TRY(check_password(shop, &s, old, client, "old", why));
    TRY(password_hash(mem, password, &hash));
    s.hash = hash;
    return db_transaction(shop->db, "operator.password", set_password, &s);
}

/* ---- A second factor was lost ---- */

struct reset {
    void *mem;
    const char *email;
    const struct actor *actor;
    struct problem *why;
};

static enum outcome reset_factor(struct db_tx *tx, void *arg)
{
    const struct reset *r = arg;
    struct operator o;
    enum outcome outcome = operator_by_email(tx, r->mem, r->email, &o);

    if (outcome == REFUSED)
        return problem_set(r->why, PROBLEM_NOT_FOUND, "email", "%s", "");
    TRY(outcome);
    TRY(operator_totp_set(tx, o.id, ""));
    TRY(operator_recovery_set(tx, o.id, NULL, 0));
    TRY(operator_entries_delete_of(tx, o.id));
    TRY(operator_sessions_delete_of(tx, o.id));
    return operator_note(tx, &o, r->actor, "operator.factor_reset", NULL);
}

enum outcome operator_totp_reset(struct shop *shop, void *mem, const char *email, const struct actor *actor,
                                 struct problem *why)
{
    struct reset r = {mem, text_lower(mem, text_trim(mem, email)), actor, why};

    return db_transaction(shop->db, "operator.factor_reset", reset_factor, &r);
}

enum outcome operator_recovery_count(struct db_tx *tx, const struct operator* self, int64_t *left)
{
    return operator_recovery_left(tx, self->id, left);
}
