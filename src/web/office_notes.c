/* web/office_notes.c: POST /office/note: a note about a mailbox, an account or an order; POST /office/note/{id}: pinned
 * or not. Back to the page that it came from. */

#include "shop/govern.h"
#include "shop/place_order.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

struct note_form {
    const char *body, *back;
    int64_t mailbox, account, order;
    bool pinned;
};

static const struct form_field NOTE_FORM[] = {
    FORM_TEXT(struct note_form, body, "body", .max = NOTE_MOST, .lines = true, .optional = true),
    FORM_TEXT(struct note_form, back, "back", .max = 400),
    FORM_INT(struct note_form, mailbox, "mailbox", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_INT(struct note_form, account, "account", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_INT(struct note_form, order, "order", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_FLAG(struct note_form, pinned, "pinned"),
    FORM_END,
};

struct noting {
    struct office *o;
    struct note_form form;
    int64_t id; /* of one that is there; 0: a new one */
    bool pin;
    struct problem why;
};

static enum outcome find_brand(struct db_tx *tx, void *mem, const struct note_form *f, char **brand)
{
    if (f->mailbox) {
        struct mailbox m;

        TRY(mailbox_by_id(tx, mem, f->mailbox, &m));
        *brand = m.brand;
    } else if (f->account) {
        struct account a;

        TRY(account_by_id(tx, mem, f->account, &a));
        *brand = a.brand;
    } else {
        struct order r;

        TRY(order_by_id(tx, mem, f->order, &r));
        *brand = r.brand;
    }
    return DONE;
}

static enum outcome note(struct db_tx *tx, void *arg)
{
    struct noting *n = arg;
    void *mem = n->o->page.mem;
    const struct note_form *f = &n->form;
    struct desk_note note = {.mailbox_id = f->mailbox,
                             .account_id = f->mailbox ? 0 : f->account,
                             .order_id = f->mailbox || f->account ? 0 : f->order,
                             .body = (char *)(f->body ? f->body : ""),
                             .pinned = f->pinned};

    if (n->id) {
        TRY(desk_note_by_id(tx, mem, n->id, &note));
        if (!operator_sees(&n->o->operator, note.brand))
            return REFUSED;
        return note_pin(tx, mem, &n->o->actor, n->id, n->pin, &n->why);
    }
    TRY(find_brand(tx, mem, f, &note.brand));
    if (!operator_sees(&n->o->operator, note.brand))
        return REFUSED;
    return note_add(tx, mem, &n->o->actor, &note, &n->why);
}

static void write_note(struct http_request *req, bool old)
{
    struct problems faults = {0};
    struct office o;
    struct noting n = {.o = &o};
    const char *pinned;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    pinned = form_value(&req->form, "pinned");
    n.pin = pinned && strcmp(pinned, "1") == 0;
    n.id = old ? office_id(req, "id") : 0;
    if (form_check(o.page.mem, NOTE_FORM, &req->form, &n.form, &faults) != DONE && faults.count) {
        office_problem(&o, &faults.item[0]);
        return;
    }
    outcome = db_transaction(o.page.shop->db, "desk.note", note, &n);
    if (outcome != DONE)
        office_failed(&o, outcome, &n.why);
    else if (strncmp(n.form.back, "/office/", 8) == 0 && !strchr(n.form.back, '?'))
        office_go(&o, talloc_asprintf(o.page.mem, "%s?fatto=nota#note", n.form.back));
    else
        office_go(&o, "/office/");
}

void office_note(struct http_request *req)
{
    write_note(req, false);
}

void office_note_pin(struct http_request *req)
{
    write_note(req, true);
}
