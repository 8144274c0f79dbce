#include "flow/buyer.h"
#include "store/access.h"
#include <talloc.h>

void sell_visura(struct fixture *f)
{
    f->brand = (struct brand *)brand_by_id(&f->brands, "visura");
}

static enum outcome insert_account(struct db_tx *tx, void *arg)
{
    return account_insert(tx, arg);
}

int64_t add_buyer(struct fixture *f, const char *email)
{
    struct account account = {.brand = (char *)f->brand->id,
                              .email = (char *)email,
                              .name = (char *)"Cliente",
                              .password_hash = (char *)"",
                              .language = (char *)"it"};

    assert_int_equal(db_transaction(f->db, "account", insert_account, &account), DONE);
    return account.id;
}

struct request form_of(const char *name_1, const char *name_2, const char *name_3)
{
    return (struct request){.plan = (char *)"base",
                            .years = 1,
                            .holder = somebody("titolare@posta.example"),
                            .phone = (char *)"+39 06 5550 0123",
                            .name = {(char *)name_1, (char *)name_2, (char *)name_3}};
}

struct step {
    struct fixture *f;
    int64_t account_id, request_id;
    struct request *form;
    struct request request;
    struct validated *validated;
    const struct purchase_request *purchase;
    struct placed_order *placed;
    struct problem *why;
};

static enum outcome save(struct db_tx *tx, void *arg)
{
    struct step *s = arg;
    struct request form = *s->form;
    enum outcome o = draft_save(tx, s->f, s->f->brand, s->account_id, &form, s->why);

    s->request = form;
    return o;
}

enum outcome save_form(struct fixture *f, int64_t account_id, struct request *form, struct problem *why)
{
    struct step s = {.f = f, .account_id = account_id, .form = form, .why = why};
    enum outcome o = db_transaction(f->db, "draft.save", save, &s);

    if (o == DONE)
        *form = s.request;
    return o;
}

static enum outcome check_names(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return names_validate(tx, s->f, s->f->brand, s->account_id, s->request_id, &(struct actor){"portal", "account:1"},
                          &s->request, s->validated, s->why);
}

enum outcome validate(struct fixture *f, int64_t account_id, int64_t request_id, struct validated *validated,
                      struct problem *why)
{
    struct step s = {.f = f, .account_id = account_id, .request_id = request_id, .validated = validated, .why = why};

    return db_transaction(f->db, "names.validate", check_names, &s);
}

struct purchase_request purchase_of(struct fixture *f, int64_t account_id, int64_t request_id)
{
    return (struct purchase_request){.order = {.brand = f->brand,
                                               .actor = {"portal", "account:1"},
                                               .who.account_id = account_id,
                                               .payment_method = "bank_transfer",
                                               .terms_accepted = true,
                                               .terms_version = f->brand->terms.version,
                                               .language = "it",
                                               .expected = {-1}},
                                     .request_id = request_id};
}

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return place_purchase(tx, s->f, s->purchase, s->placed, s->why);
}

enum outcome confirm(struct fixture *f, const struct purchase_request *purchase, struct placed_order *placed,
                     struct problem *why)
{
    return db_transaction_rows(f->db, "order.place", place,
                               &(struct step){.f = f, .purchase = purchase, .placed = placed, .why = why});
}

char *buy_names(struct fixture *f, int64_t account_id, const char *name_1, const char *name_2, const char *name_3)
{
    struct request form = form_of(name_1, name_2, name_3);
    struct purchase_request purchase;
    struct placed_order placed;
    struct validated v;
    struct problem why = {0};

    assert_int_equal(save_form(f, account_id, &form, &why), DONE);
    assert_int_equal(validate(f, account_id, form.id, &v, &why), DONE);
    if (v.faults.count)
        fail_msg("%s: %s", v.faults.item[0].field, problem_slug(v.faults.item[0].code));
    purchase = purchase_of(f, account_id, form.id);
    if (confirm(f, &purchase, &placed, &why) != DONE)
        fail_msg("%s: %s %s", why.field, problem_slug(why.code), why.detail);
    return placed.order.code;
}

static enum outcome find_request(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return request_by_id(tx, s->f, s->request_id, &s->request);
}

struct request request_now(struct fixture *f, int64_t id)
{
    struct step s = {.f = f, .request_id = id};

    assert_int_equal(db_read(f->db, "request", find_request, &s), DONE);
    return s.request;
}
