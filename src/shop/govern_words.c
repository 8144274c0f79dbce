/* shop/govern_words.c: what the desk writes: a holder's other contact, notes (shop/govern.h). */

#include "base/text.h"
#include "rules/email.h"
#include "shop/bounce.h"
#include "shop/govern.h"
#include <string.h>
#include <talloc.h>

/* ---- The contact ---- */

static enum outcome tell(struct db_tx *tx, const struct mailbox *m, const char *recipient, const char *email)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "name", m->holder.name, "mailbox", m->address, "old_email",
                             m->holder.email, "email", email);
    enum outcome o = outbox_add(tx, m->brand, "mail", "contact_changed", recipient, "it", 0, data);

    json_decref(data);
    return o;
}

enum outcome contact_set(struct db_tx *tx, void *mem, const struct governing *g, const char *typed, struct problem *why)
{
    const struct mailbox *m = &g->mailbox;
    const char *email = text_lower(mem, text_trim(mem, typed ? typed : ""));
    json_t *data;
    enum outcome o;
    bool dropped;

    if (!email_valid(email))
        return problem_set(why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
    if (text_is_blank(g->note))
        return problem_set(why, PROBLEM_REQUIRED, "note", "%s", "");
    if (strcmp(email, m->holder.email) == 0)
        return DONE;
    if (m->holder.email[0] && !m->contact_bounced)
        TRY(tell(tx, m, m->holder.email, email));
    TRY(tell(tx, m, email, email));
    TRY(mailbox_set_contact(tx, m, email));
    TRY(bounce_drop(tx, m->brand, m->holder.email, &dropped));
    data = json_pack("{s:s, s:s, s:s}", "from", m->holder.email, "to", email, "reason", g->note);
    o = event_record_said(tx, m->brand, &g->actor, "contact.changed", 0, m->id, 0, data);
    json_decref(data);
    return o;
}

/* ---- Notes ---- */

static enum outcome record(struct db_tx *tx, const struct actor *actor, const struct desk_note *n, const char *kind)
{
    json_t *data = json_pack("{s:I}", "note_id", (json_int_t)n->id);
    enum outcome o;

    if (n->account_id)
        json_object_set_new(data, "account", json_integer(n->account_id));
    o = event_record(tx, n->brand, actor, kind, n->order_id, n->mailbox_id, data);
    json_decref(data);
    return o;
}

enum outcome note_add(struct db_tx *tx, void *mem, const struct actor *actor, struct desk_note *n, struct problem *why)
{
    (void)mem;
    if (text_is_blank(n->body))
        return problem_set(why, PROBLEM_REQUIRED, "body", "%s", "");
    if (text_characters(n->body) > NOTE_MOST)
        return problem_set(why, PROBLEM_TOO_LONG, "body", "%d", NOTE_MOST);
    n->written_by = (char *)actor->name;
    TRY(desk_note_insert(tx, n));
    return record(tx, actor, n, "note.added"); /* its words stand in the note alone, so that they can be erased */
}

enum outcome note_pin(struct db_tx *tx, void *mem, const struct actor *actor, int64_t id, bool pinned,
                      struct problem *why)
{
    struct desk_note n;
    enum outcome o = desk_note_by_id(tx, mem, id, &n);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(desk_note_pin(tx, id, pinned));
    return record(tx, actor, &n, pinned ? "note.pinned" : "note.unpinned");
}
