#include "shop/review_parts.h"
#include "store/access.h"
#include <talloc.h>

enum outcome request_rewrite(struct db_tx *tx, struct request *r)
{
    bool changed;

    TRY(request_update(tx, r, r->state, &changed));
    return changed ? DONE : BUSY;
}

enum outcome request_note(struct db_tx *tx, const struct request *r, const struct actor *actor, const char *kind,
                          json_t *data)
{
    enum outcome o;

    json_object_set_new(data, "request", json_integer(r->id));
    o = event_record(tx, r->brand, actor, kind, r->order_id, r->mailbox_id, data);
    json_decref(data);
    return o;
}

enum outcome request_tell(struct db_tx *tx, void *mem, const struct request *r, const char *template, const char *name,
                          json_t *words)
{
    json_t *data = json_pack("{s:o}", name, words);
    struct account account;
    enum outcome o = account_by_id(tx, mem, r->account_id, &account);

    if (o == DONE)
        o = outbox_add(tx, r->brand, "mail", template, account.email, account.language, r->order_id, data);
    json_decref(data);
    return o;
}

char *request_page(void *mem, const char *code, const char *path)
{
    return talloc_asprintf(mem, "/ordini/%s%s", code, path);
}
