/* web/api_notes.c: GET /api/v1/notes?mailbox=|account=|order=: what the desk noted about one of them; POST
 * /api/v1/notes: another note; POST /api/v1/notes/{id}/pin: on top, or no longer (shop/govern.h). */

#include "shop/describe.h"
#include "shop/govern.h"
#include "shop/place_order.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { NOTES_MOST = 200 };

struct noting {
    const char *mailbox, *account, *order, *body; /* an address, an e-mail, a code */
    bool pinned;
    int64_t id;
};

static const struct form_field NEW[] = {
    FORM_TEXT(struct noting, mailbox, "mailbox", .max = 254, .optional = true),
    FORM_TEXT(struct noting, account, "account", .max = 254, .optional = true),
    FORM_TEXT(struct noting, order, "order", .max = 40, .optional = true),
    FORM_TEXT(struct noting, body, "body", .max = NOTE_MOST, .lines = true, .optional = true),
    FORM_FLAG(struct noting, pinned, "pinned"),
    FORM_END,
};
static const struct form_field PIN[] = {FORM_FLAG(struct noting, pinned, "pinned"), FORM_END};

/* An account's e-mail is unique within a brand only: a key of every brand takes the first that has it. */
static enum outcome find_account(struct db_tx *tx, struct call *c, const char *email, struct account *account)
{
    const struct brands *brands = c->shop->brands;
    enum outcome o = REFUSED;

    for (size_t i = 0; i < brands->count && o == REFUSED; i++)
        if (api_sees(c, brands->all[i].id))
            o = account_by_email(tx, c->mem, brands->all[i].id, text_lower(c->mem, email), account);
    return o;
}

/* What the note is about, and whose; that of another brand reads like one that is not there. */
static enum outcome find_about(struct db_tx *tx, struct call *c, const struct noting *n, struct desk_note *about)
{
    struct mailbox mailbox;
    struct account account;
    struct order order;
    enum outcome o = REFUSED;

    *about = (struct desk_note){0};
    if (n->mailbox && n->mailbox[0]) {
        o = mailbox_by_address(tx, c->mem, text_lower(c->mem, n->mailbox), &mailbox);
        if (o == DONE)
            *about = (struct desk_note){.mailbox_id = mailbox.id, .brand = mailbox.brand};
    } else if (n->account && n->account[0]) {
        o = find_account(tx, c, n->account, &account);
        if (o == DONE)
            *about = (struct desk_note){.account_id = account.id, .brand = account.brand};
    } else if (n->order && n->order[0]) {
        o = order_by_code(tx, c->mem, n->order, &order);
        if (o == DONE)
            *about = (struct desk_note){.order_id = order.id, .brand = order.brand};
    }
    if (o == REFUSED || (o == DONE && !api_sees(c, about->brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static json_t *describe_note(const struct desk_note *n)
{
    return json_pack("{s:I, s:s, s:b, s:s, s:o}", "id", (json_int_t)n->id, "body", n->body, "pinned", n->pinned,
                     "written_by", n->written_by, "written_at", describe_instant(n->written_at));
}

static enum outcome list_notes(struct db_tx *tx, struct call *c, const struct desk_note *about)
{
    struct desk_note *notes;
    size_t count;
    json_t *list;

    TRY(desk_notes_of(tx, c->mem, about, NOTES_MOST, &notes, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_note(&notes[i]));
    c->body = json_pack("{s:o}", "notes", list);
    return DONE;
}

static enum outcome read_notes(struct db_tx *tx, struct call *c, void *arg)
{
    struct desk_note about;

    TRY(find_about(tx, c, arg, &about));
    return list_notes(tx, c, &about);
}

void api_notes(struct http_request *req)
{
    static const char *const KNOWN[] = {"mailbox", "account", "order", NULL};
    struct noting n;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    n = (struct noting){
        .mailbox = api_text(&c, "mailbox"), .account = api_text(&c, "account"), .order = api_text(&c, "order")};
    api_get(&c, KNOWN, read_notes, &n);
}

static enum outcome add(struct db_tx *tx, struct call *c, void *arg)
{
    const struct noting *n = arg;
    struct problem why = {0};
    struct desk_note note;

    TRY(find_about(tx, c, n, &note));
    note.body = (char *)(n->body ? n->body : "");
    note.pinned = n->pinned;
    TRY(api_passed(c, note_add(tx, c->mem, &c->actor, &note, &why), &why));
    TRY(desk_note_by_id(tx, c->mem, note.id, &note));
    c->status = 201;
    c->body = describe_note(&note);
    return DONE;
}

void api_note_post(struct http_request *req)
{
    struct noting n = {0};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NEW, &n, add, &n);
}

static enum outcome pin(struct db_tx *tx, struct call *c, void *arg)
{
    const struct noting *n = arg;
    struct problem why = {0};
    struct desk_note note;
    enum outcome o = desk_note_by_id(tx, c->mem, n->id, &note);

    if (o == REFUSED || (o == DONE && !api_sees(c, note.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(api_passed(c, note_pin(tx, c->mem, &c->actor, n->id, n->pinned, &why), &why));
    note.pinned = n->pinned;
    c->body = describe_note(&note);
    return DONE;
}

void api_note_pin(struct http_request *req)
{
    struct noting n = {.id = api_id(req, "id")};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, PIN, &n, pin, &n);
}
