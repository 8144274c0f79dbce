/* web/office_statements.c: GET /office/denaro/estratti: banks' files, and the form to send one; POST: it is looked at,
 * nothing is booked; GET …/{id}: what would happen entry by entry, or what happened; POST …/{id}/registra,
 * …/{id}/scarta. */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/review.h"
#include "shop/statement_look.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 50

/* ---- All of them ---- */

struct list {
    int64_t before;
    struct statement_upload *uploads;
    const char **who;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    TRY(statement_uploads(tx, o->page.mem, o->operator.brand, l->before, PAGE_SIZE + 1, &l->uploads, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->who = talloc_array(o->page.mem, const char *, (unsigned)l->count + 1);
    for (size_t i = 0; i < l->count; i++)
        TRY(actor_label(tx, o->page.mem, l->uploads[i].uploaded_by, &l->who[i]));
    return DONE;
}

static json_t *upload_row(const struct statement_upload *u, const char *who)
{
    json_t *row = json_pack("{s:I, s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "id",
                            (json_int_t)u->id, "name", u->file_name, "by", who, "at", present_instant(u->uploaded_at),
                            "entries", (json_int_t)u->entries, "matched", (json_int_t)u->matched, "held",
                            (json_int_t)u->held, "known", (json_int_t)u->known, "ignored", (json_int_t)u->ignored,
                            "statements", (json_int_t)u->statements, "looked", strcmp(u->state, "looked") == 0,
                            "booked", strcmp(u->state, "booked") == 0, "dropped", strcmp(u->state, "dropped") == 0);

    json_object_set_new(row, "unbalanced", u->unbalanced ? json_integer(u->unbalanced) : json_false());
    json_object_set_new(row, "matched_sum", present_money(u->matched_sum));
    json_object_set_new(row, "held_sum", present_money(u->held_sum));
    return row;
}

static const struct form_field SEND[] = {FORM_IGNORE("file"), FORM_IGNORE("account"), FORM_END};

static void show_list(struct office *o, const struct list *l, int status, const struct problems *faults)
{
    static const struct office_done WORDS[] = {
        {"scarta", N_("Il file è stato scartato: non è stato registrato nulla.")}, {NULL, NULL}};
    struct page *p = &o->page;
    json_t *rows = json_array();

    for (size_t i = 0; i < l->count; i++)
        json_array_append_new(rows, upload_row(&l->uploads[i], l->who[i]));
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l->count > 0));
    page_set(p, "may", json_boolean(operator_may(&o->operator, OFFICE_MONEY)));
    page_set(p, "first_url", l->before ? json_string("/office/denaro/estratti") : json_false());
    page_set(p, "more_url",
             l->more ? json_sprintf("/office/denaro/estratti?dopo=%" PRId64, l->uploads[l->count - 1].id)
                     : json_false());
    page_fields(p, SEND, NULL, faults);
    if (!faults)
        office_put_done(p, WORDS);
    office_show(o, status, "statements", N_("Estratti conto"));
}

void office_statements(struct http_request *req)
{
    struct list l = {.before = office_number(form_value(&req->query, "dopo"))};
    struct office o;

    if (office_open(req, load_list, &l, &o))
        show_list(&o, &l, 200, NULL);
}

static enum outcome look(struct office *o, struct statement_upload *upload, struct problem *why)
{
    struct page *p = &o->page;
    const struct http_upload *sent = p->req->upload_count ? &p->req->uploads[0] : NULL;
    const char *account = form_value(&p->req->form, "account");

    if (!sent || sent->length == 0)
        return problem_set(why, PROBLEM_REQUIRED, "file", "%s", "");
    if (!account || !text_is_plain(account, strlen(account)))
        account = "";
    return statement_look(p->shop, p->web->uploads, p->mem,
                          &(struct statement_sent){.reader = p->web->read_statement,
                                                   .file_name = sent->filename,
                                                   .bytes = sent->bytes,
                                                   .length = sent->length,
                                                   .brand = o->operator.brand,
                                                   .account = text_trim(p->mem, account),
                                                   .actor = o->actor},
                          upload, why);
}

void office_statement_sent(struct http_request *req)
{
    struct list l = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct statement_upload upload;
    struct office o;
    enum outcome outcome;

    if (!office_open(req, load_list, &l, &o))
        return;
    outcome = look(&o, &upload, &why);
    if (outcome == DONE) {
        office_go(&o, talloc_asprintf(req->mem, "/office/denaro/estratti/%" PRId64, upload.id));
    } else if (outcome == REFUSED && why.code != PROBLEM_NONE) {
        if (!why.field[0]) /* what the readers find wrong is wrong with the file */
            strcpy(why.field, "file");
        problems_put(&faults, &why);
        show_list(&o, &l, problem_status(why.code), &faults);
    } else {
        office_failed(&o, outcome, &why);
    }
}

/* ---- One ---- */

struct one {
    const char *outcome;
    int64_t after;
    struct statement_upload upload;
    const char *who, *closer;
    struct statement_line *lines;
    size_t count;
    bool more;
};

static enum outcome load_one(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;
    enum outcome found = statement_upload_by_id(tx, o->page.mem, office_id(o->page.req, "id"), &one->upload);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, one->upload.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    TRY(actor_label(tx, o->page.mem, one->upload.uploaded_by, &one->who));
    TRY(actor_label(tx, o->page.mem, one->upload.closed_by, &one->closer));
    TRY(statement_lines(tx, o->page.mem, one->upload.id, one->outcome, one->after, PAGE_SIZE + 1, &one->lines,
                        &one->count));
    one->more = one->count > PAGE_SIZE;
    one->count = one->more ? PAGE_SIZE : one->count;
    return DONE;
}

static json_t *line_row(const struct page *p, const struct statement_line *l)
{
    enum held_reason reason;

    return json_pack("{s:I, s:o, s:s, s:b, s:o, s:s, s:s, s:b, s:b, s:b, s:s, s:s}", "line", (json_int_t)l->line,
                     "amount", present_money(l->amount), "currency", l->currency, "euro",
                     strcmp(l->currency, "EUR") == 0, "on", present_day(l->booked_on), "from", l->debtor, "text",
                     l->remittance, "matched", strcmp(l->outcome, "matched") == 0, "held",
                     strcmp(l->outcome, "held") == 0, "known", strcmp(l->outcome, "known") == 0, "reason",
                     held_reason_of(l->reason, &reason) == DONE ? page_text(p, held_reason_label(reason)) : l->reason,
                     "order", l->order_code);
}

static void put_tabs(struct page *p, const struct one *one)
{
    const struct statement_upload *u = &one->upload;
    const struct {
        const char *outcome, *label;
        int64_t count;
    } TABS[] = {{"", N_("Tutti"), u->entries},
                {"matched", N_("Pagano un ordine"), u->matched},
                {"held", N_("Restano fermi"), u->held},
                {"known", N_("Già noti"), u->known}};
    json_t *tabs = json_array();

    for (size_t i = 0; i < count_of(TABS); i++)
        json_array_append_new(
            tabs, json_pack("{s:o, s:s, s:I, s:b}", "url",
                            json_sprintf("/office/denaro/estratti/%" PRId64 "?esito=%s", u->id, TABS[i].outcome),
                            "label", page_text(p, TABS[i].label), "count", (json_int_t)TABS[i].count, "here",
                            strcmp(TABS[i].outcome, one->outcome) == 0));
    page_set(p, "tabs", tabs);
}

void office_statement(struct http_request *req)
{
    struct one one = {.outcome = office_word(req, "esito"), .after = office_number(form_value(&req->query, "dopo"))};
    struct office o;
    struct page *p = &o.page;
    json_t *rows, *upload;
    char *here;

    if (!office_open(req, load_one, &one, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < one.count; i++)
        json_array_append_new(rows, line_row(p, &one.lines[i]));
    upload = upload_row(&one.upload, one.who);
    json_object_set_new(upload, "closed_at",
                        one.upload.closed_at.us ? present_instant(one.upload.closed_at) : json_false());
    json_object_set_new(upload, "closed_by", json_string(one.closer));
    here = talloc_asprintf(req->mem, "/office/denaro/estratti/%" PRId64 "?esito=%s", one.upload.id, one.outcome);
    page_set(p, "upload", upload);
    put_tabs(p, &one);
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(one.count > 0));
    page_set(p, "cut",
             json_boolean(one.upload.matched > STATEMENT_LINES || one.upload.held > STATEMENT_LINES ||
                          one.upload.known > STATEMENT_LINES));
    page_set(p, "most", json_integer(STATEMENT_LINES));
    page_set(p, "may", json_boolean(operator_may(&o.operator, OFFICE_MONEY)));
    page_set(p, "first_url", one.after ? json_string(here) : json_false());
    page_set(p, "more_url",
             one.more ? json_sprintf("%s&dopo=%" PRId64, here, one.lines[one.count - 1].line) : json_false());
    if (form_value(&req->query, "fatto") && strcmp(one.upload.state, "booked") == 0)
        page_set(p, "flash", json_string(page_text(p, N_("L'estratto conto è registrato."))));
    office_show(&o, 200, "statement", one.upload.file_name);
}

/* ---- Deciding ---- */

static void answer(struct office *o, enum outcome outcome, const char *path, const struct problem *why)
{
    if (outcome == DONE)
        office_go(o, path);
    else
        office_failed(o, outcome, why);
}

void office_statement_book(struct http_request *req)
{
    int64_t id = office_id(req, "id");
    struct statement_upload upload;
    struct problem why = {0};
    struct office o;
    struct page *p = &o.page;

    if (!office_open(req, NULL, NULL, &o))
        return;
    answer(&o,
           statement_book(p->shop, p->web->uploads, p->mem, p->web->read_statement, id, o.operator.brand, &o.actor,
                          &upload, &why),
           talloc_asprintf(p->mem, "/office/denaro/estratti/%" PRId64 "?fatto=registra", id), &why);
}

void office_statement_drop(struct http_request *req)
{
    struct problem why = {0};
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    answer(&o, statement_drop(o.page.shop, o.page.mem, office_id(req, "id"), o.operator.brand, &o.actor, &why),
           "/office/denaro/estratti?fatto=scarta", &why);
}
