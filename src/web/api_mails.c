/* web/api_mails.c: GET /api/v1/orders/{code}/mails: what was written about an order; POST …/mails/{id}/send: one of
 * them once more, as what it says is now (shop/resend.h). */

#include "base/i18n.h"
#include "shop/describe.h"
#include "shop/place_order.h"
#include "shop/resend.h"
#include "web/api.h"
#include <string.h>

enum { MAILS_MOST = 200 };

struct sending {
    int64_t id;
    bool to_contact;
};

static enum outcome find(struct db_tx *tx, struct call *c, struct order *order)
{
    enum outcome o = order_by_code(tx, c->mem, http_parameter(c->req, "code"), order);

    if (o == REFUSED || (o == DONE && !api_sees(c, order->brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static json_t *describe_mail(const struct call *c, const struct mail_row *m)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o}", "id", (json_int_t)m->id, "template", m->template,
                     "label", i18n(c->language, mail_label(m->template)), "recipient", m->recipient, "state", m->state,
                     "again", mail_may_be_resent(m), "error", m->last_error, "created_at",
                     describe_instant(m->created_at), "done_at", describe_instant(m->done_at));
}

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    struct mail_row *mails;
    struct order order;
    size_t count;
    json_t *rows;

    (void)arg;
    TRY(find(tx, c, &order));
    TRY(mails_of_order(tx, c->mem, order.id, MAILS_MOST, &mails, &count));
    rows = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, describe_mail(c, &mails[i]));
    c->body = json_pack("{s:o}", "mails", rows);
    return DONE;
}

void api_mails(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, list, NULL);
}

static const struct form_field SEND[] = {FORM_FLAG(struct sending, to_contact, "to_contact"), FORM_END};

static enum outcome send_again(struct db_tx *tx, struct call *c, void *arg)
{
    const struct sending *s = arg;
    struct problem why = {0};
    struct mail_row mail;
    struct order order;
    enum outcome o;

    TRY(find(tx, c, &order));
    o = mail_by_id(tx, c->mem, s->id, &mail);
    if (o == REFUSED || (o == DONE && mail.order_id != order.id))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(api_passed(c, mail_resend(tx, c->mem, &mail, s->to_contact, &c->actor, &why), &why));
    c->status = 202;
    return list(tx, c, NULL);
}

void api_mail_again(struct http_request *req)
{
    struct sending s = {.id = api_id(req, "id")};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, SEND, &s, send_again, &s);
}
