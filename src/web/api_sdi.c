/* web/api_sdi.c: GET /api/v1/invoices?brand=&state=&kind=&find=&from=&until=&after=&limit=, GET
 * /api/v1/invoices/{id}/sdi, and POST /api/v1/invoices/{id}/send-again. */

#include "shop/describe.h"
#include "shop/sdi.h"
#include "web/api.h"
#include "web/api_order_form.h"
#include "web/office.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

enum { ROWS_USUAL = 100, ROWS_MOST = 1000 };

/* ---- The register ---- */

static enum outcome read_rows(struct db_tx *tx, struct call *c, void *arg)
{
    struct sdi_filter *f = arg;
    json_t *list = json_array();
    struct sdi_row *rows;
    size_t count;

    if (c->key.brand[0])
        f->brand = c->key.brand;
    TRY(sdi_rows(tx, c->mem, f, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        json_t *row = describe_invoice(c->mem, &rows[i].invoice, rows[i].order_code);

        json_object_set_new(row, "state", json_string(rows[i].state_text));
        json_object_set_new(row, "customer", json_string(rows[i].customer));
        json_object_set_new(row, "resend_by", describe_day(rows[i].resend_by));
        json_array_append_new(list, row);
    }
    c->body =
        json_pack("{s:o, s:o}", "invoices", list, "next",
                  count == (size_t)f->limit ? json_sprintf("%d.%" PRId64, (int)rows[count - 1].invoice.issued_on.n,
                                                           rows[count - 1].invoice.id)
                                            : json_null());
    return DONE;
}

static const char *text(struct call *c, const char *name)
{
    const char *value = form_value(&c->req->query, name);

    if (value && (!text_is_plain(value, strlen(value)) || strlen(value) > 60))
        (void)api_refuse(c, PROBLEM_NOT_TEXT, name, "%s", "");
    return value ? value : "";
}

static void read_day(struct call *c, const char *name, struct day *day)
{
    const char *value = form_value(&c->req->query, name);

    if (value && day_parse(value, strlen(value), day) != DONE)
        (void)api_refuse(c, PROBLEM_DAY_RANGE, name, "%s", "");
}

void api_invoices(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "state", "kind", "find", "from", "until", "after", "limit", NULL};
    struct sdi_filter f = {0};
    enum sdi_state state;
    int64_t limit, day = 0;
    const char *after;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "limit", 1, ROWS_MOST, ROWS_USUAL, &limit);
    f = (struct sdi_filter){.brand = text(&c, "brand"),
                            .state = text(&c, "state"),
                            .kind = text(&c, "kind"),
                            .customer = text(&c, "find"),
                            .limit = (int)limit};
    read_day(&c, "from", &f.from);
    read_day(&c, "until", &f.until);
    if (f.state[0] && sdi_state_of(f.state, &state) != DONE)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    after = text(&c, "after");
    if (after[0] && sscanf(after, "%" SCNd64 ".%" SCNd64, &day, &f.after_id) != 2)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "after", "%s", "");
    f.after_day.n = (int32_t)day;
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, read_rows, &f))
        api_send(&c);
}

/* ---- One ---- */

static enum outcome find(struct db_tx *tx, struct call *c, int64_t *id)
{
    struct invoice invoice;
    enum outcome o;

    *id = office_number(http_parameter(c->req, "id"));
    o = *id ? invoice_by_id(tx, c->mem, *id, &invoice) : REFUSED;
    if (o == REFUSED || (o == DONE && !api_sees(c, invoice.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static json_t *files(const struct sdi_sending *all, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:s}", "attempt",
                                              (json_int_t)all[i].attempt, "name", all[i].name, "sha256", all[i].sha256,
                                              "channel", all[i].channel, "sent_at", describe_instant(all[i].sent_at),
                                              "sdi_id", all[i].sdi_id, "outcome", all[i].outcome));
    return list;
}

static json_t *notices(const struct sdi_paper *all, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "name", all[i].name, "kind",
                                              all[i].kind, "sdi_id", all[i].sdi_id, "effect", all[i].effect, "said",
                                              all[i].said, "received_at", describe_instant(all[i].received_at)));
    return list;
}

static enum outcome tell(struct db_tx *tx, struct call *c, int64_t id)
{
    struct sdi_standing s;
    struct sdi_sending *sent;
    struct sdi_paper *papers;
    size_t sent_count, paper_count;

    TRY(sdi_of_invoice(tx, c->mem, id, &s));
    TRY(sdi_sendings_of(tx, c->mem, id, &sent, &sent_count));
    TRY(sdi_notices_of(tx, c->mem, id, &papers, &paper_count));
    c->body = json_pack("{s:I, s:s, s:I, s:o, s:o, s:s, s:o, s:o}", "invoice", (json_int_t)id, "state", s.state_text,
                        "attempt", (json_int_t)s.attempt, "changed_at", describe_instant(s.changed_at), "resend_by",
                        describe_day(s.resend_by), "said", s.said, "files", files(sent, sent_count), "notices",
                        notices(papers, paper_count));
    return DONE;
}

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    int64_t id;

    (void)arg;
    TRY(find(tx, c, &id));
    return tell(tx, c, id);
}

void api_invoice_sdi(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, read_one, NULL))
        api_send(&c);
}

struct again_form {
    bool late, mended;
    struct billing billing;
};

static const struct form_field AGAIN[] = {
    FORM_FLAG(struct again_form, late, "late"),
    FORM_IGNORE("billing"),
    FORM_END,
};

static enum outcome send_again(struct db_tx *tx, struct call *c, void *arg)
{
    const struct again_form *form = arg;
    struct sdi_again again = {.late = form->late, .billing = form->mended ? &form->billing : NULL, .actor = c->actor};
    struct problem why = {0};
    enum outcome o;

    TRY(find(tx, c, &again.invoice_id));
    o = sdi_send_again(tx, c->mem, &again, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    return tell(tx, c, again.invoice_id);
}

/* billing: all of it, as of an order; absent: as it is. */
static void read_again(struct call *c, const json_t *object, struct again_form *form)
{
    const json_t *billing = json_object_get(object, "billing");

    (void)!form_check_json(c->mem, AGAIN, object, form, &c->faults);
    form->mended = billing && !json_is_null(billing);
    api_billing_read(c->mem, billing, &form->billing, &c->faults);
}

void api_invoice_again(struct http_request *req)
{
    struct again_form form = {0};
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    c.alone = true;
    object = api_body(&c, NULL, NULL);
    if (object)
        read_again(&c, object, &form);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, send_again, &form))
        api_send(&c);
}
