/* web/office_logs.c: GET /office/caselle/{address}/log and …/log.csv: where the provider keeps the logs of a mailbox's
 * messages (DOMAIN L1). Looking is recorded. */

#include "base/i18n.h"
#include "shop/log_reference.h"
#include "shop/present.h"
#include "web/office_mailbox.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct logs {
    struct office *o;
    struct mailbox mailbox;
    struct log_reference *rows;
    size_t count;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    return mailbox_view_find(tx, o, &((struct logs *)arg)->mailbox, why);
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct logs *l = arg;

    return log_references_ask(tx, l->o->page.mem, &l->mailbox, &l->o->actor, &l->rows, &l->count);
}

static bool open_logs(struct http_request *req, struct office *o, struct logs *l)
{
    enum outcome outcome;

    *l = (struct logs){.o = o};
    if (!office_open(req, load, l, o))
        return false;
    outcome = db_transaction(o->page.shop->db, "office.logs", ask, l);
    if (outcome != DONE)
        office_failed(o, outcome, NULL);
    return outcome == DONE;
}

void office_logs(struct http_request *req)
{
    struct office o;
    struct page *p = &o.page;
    struct logs l;
    json_t *rows;

    if (!open_logs(req, &o, &l))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++) {
        struct day kept = log_reference_kept(&l.rows[i]);

        json_array_append_new(rows, json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "from", present_day(l.rows[i].from_on),
                                              "to", present_day(l.rows[i].to_on), "where", l.rows[i].location, "sha256",
                                              l.rows[i].sha256, "bytes", json_sprintf("%.0" PRId64, l.rows[i].bytes),
                                              "kept", day_is_known(kept) ? present_day(kept) : json_false()));
    }
    page_set(p, "address", json_string(l.mailbox.address));
    page_set(p, "back", json_string(office_mailbox_path(p->mem, l.mailbox.address)));
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l.count > 0));
    office_show(&o, 200, "logs", N_("Log del gestore"));
}

void office_logs_csv(struct http_request *req)
{
    struct office o;
    struct logs l;
    char *text;

    if (!open_logs(req, &o, &l))
        return;
    text = log_references_csv(req->mem, o.page.language, l.rows, l.count);
    http_attachment(req, "log.csv");
    http_reply_kept(req, 200, "text/csv; charset=utf-8", text, strlen(text));
}
