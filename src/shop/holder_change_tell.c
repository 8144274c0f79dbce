/* shop/holder_change_tell.c: what a change of holder leaves in the log, in the mails, and on pages. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/holder_change_parts.h"
#include "shop/present.h"
#include <string.h>
#include <talloc.h>

enum outcome holder_change_note(struct db_tx *tx, const struct holder_change *c, const struct actor *actor,
                                const char *kind, json_t *data)
{
    enum outcome o;

    json_object_set_new(data, "change", json_integer(c->id));
    o = event_record(tx, c->brand, actor, kind, 0, c->mailbox_id, data);
    json_decref(data);
    return o;
}

/* The holder of before: as the chain has it once the mailbox has passed. */
static enum outcome old_holder(struct db_tx *tx, void *mem, const struct holder_change *c, struct billing *old)
{
    static const struct db_column OLD[] = {DB_TEXT(struct billing, name), DB_TEXT(struct billing, email), DB_END};

    return db_one(tx, mem, OLD, old, "SELECT name, contact_email FROM holder WHERE id = $1", db_int(c->from_holder_id));
}

/* What every one of the mails says. */
static json_t *words_of(const struct holder_change *c, const struct billing *old, json_t *words)
{
    json_object_set_new(words, "mailbox", json_string(c->address));
    json_object_set_new(words, "old_name", json_string(old->name));
    json_object_set_new(words, "new_name", json_string(c->holder.name));
    json_object_set_new(words, "tax_code",
                        json_string(c->holder.tax_code[0] ? c->holder.tax_code : c->holder.vat_number));
    json_object_set_new(words, "expires_on", present_day(c->expires_on));
    return words;
}

static enum outcome mail(struct db_tx *tx, const struct holder_change *c, const char *template, const char *to,
                         const char *language, const char *name, json_t *words)
{
    json_t *data = json_pack("{s:s, s:O}", "name", name, "change", words);
    enum outcome o = outbox_add(tx, c->brand, "mail", template, to, language, 0, data);

    json_decref(data);
    return o;
}

/* To the email di riferimento, and to the account where that is somebody else. */
enum outcome holder_change_tell_old(struct db_tx *tx, void *mem, const struct holder_change *c, const char *template,
                                    json_t *words)
{
    struct account account = {0};
    struct billing old;
    enum outcome o = old_holder(tx, mem, c, &old);

    if (o == DONE && c->from_account_id)
        o = account_by_id(tx, mem, c->from_account_id, &account);
    if (o == DONE) {
        words_of(c, &old, words);
        if (old.email[0])
            o = mail(tx, c, template, old.email, account.id ? account.language : "it", old.name, words);
        if (o == DONE && account.id && !text_same(account.email, old.email))
            o = mail(tx, c, template, account.email, account.language, account.name, words);
    }
    json_decref(words);
    return o;
}

enum outcome holder_change_tell_new(struct db_tx *tx, void *mem, const struct holder_change *c, const char *template,
                                    json_t *words)
{
    struct billing old;
    enum outcome o = old_holder(tx, mem, c, &old);

    if (o == DONE)
        o = mail(tx, c, template, c->holder.email, c->language, c->holder.name, words_of(c, &old, words));
    json_decref(words);
    return o;
}

enum outcome holder_change_tell_ended(struct db_tx *tx, void *mem, const struct holder_change *c, const char *reason)
{
    json_t *old = json_pack("{s:b, s:b}", holder_change_state_name(c->state), 1, "stays", 1), *new_words;

    TRY(holder_change_tell_old(tx, mem, c, "holder_ended", old));
    new_words = json_pack("{s:b, s:o, s:o}", holder_change_state_name(c->state), 1, "reason",
                          reason ? json_string(i18n(c->language, reason)) : json_false(), "note",
                          reason && c->note[0] ? json_string(c->note) : json_false());
    return holder_change_tell_new(tx, mem, c, "holder_ended", new_words);
}

/* ---- Pages, API, command line ---- */

json_t *present_holder_change(void *mem, const char *language, const struct holder_change *c)
{
    const struct billing *h = &c->holder;
    json_t *out =
        json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", (json_int_t)c->id, "mailbox", c->address, "state",
                  holder_change_state_name(c->state), "state_label",
                  i18n(language, holder_change_state_label(c->state)), "asked_at", present_instant(c->asked_at),
                  "accepted_at", c->accepted_at.us ? present_instant(c->accepted_at) : json_false(), "ended_at",
                  c->ended_at.us ? present_instant(c->ended_at) : json_false(), "expires_on",
                  c->ended_at.us || c->state == HOLDER_CHANGE_IN_REVIEW ? json_false() : present_day(c->expires_on));

    (void)mem;
    json_object_set_new(out, "open", json_boolean(holder_change_is_open(c->state)));
    json_object_set_new(out, "note", c->note[0] ? json_string(c->note) : json_false());
    json_object_set_new(out, "holder",
                        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", h->name, "kind",
                                  c->holder_kind, "kind_label",
                                  i18n(language, holder_kind_label((enum holder_kind)h->kind)), "tax_code", h->tax_code,
                                  "vat_number", h->vat_number, "street", h->street, "postcode", h->postcode, "city",
                                  h->city, "province", h->province, "country", h->country, "email", h->email));
    return out;
}

json_t *present_holdings(void *mem, const struct holding *all, size_t count)
{
    json_t *list = json_array();

    (void)mem;
    for (size_t i = 0; i < count; i++) {
        const struct holding *h = &all[i];

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:o}", "name", h->name, "tax_code", h->tax_code, "since",
                                        h->since_at.us ? present_instant(h->since_at) : present_day(h->activated_on),
                                        "until", h->until_at.us ? present_instant(h->until_at) : json_false()));
    }
    return list;
}
