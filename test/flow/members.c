#include "flow/members.h"
#include "rules/code.h"
#include <string.h>
#include <talloc.h>

const struct actor CLI = {.door = "cli", .name = "test"};

struct put {
    struct fixture *f;
    struct mailbox m;
};

static enum outcome put_work(struct db_tx *tx, void *arg)
{
    struct put *p = arg;

    return mailbox_insert(tx, &p->m);
}

char *tax_code(void *mem, int n)
{
    char *code = talloc_asprintf(mem, "MDLRSO%02dA%02dH501", 10 + n / 28, 1 + n % 28);

    return talloc_asprintf(mem, "%s%c", code, code_check_letter(code, 15));
}

void put_mailbox(struct fixture *f, const char *brand_id, const char *address, const char *code, const char *convention,
                 struct day ends_on)
{
    const struct brand *brand = brand_by_id(&f->brands, brand_id);
    struct put p = {.f = f,
                    .m = {.brand = (char *)brand_id,
                          .address = (char *)address,
                          .user_id = (char *)"",
                          .plan = (char *)brand->plans[0].id,
                          .password_hash = (char *)"",
                          .status = (char *)"live",
                          .activated_on = day_of(2026, 1, 1),
                          .first_expires_on = ends_on,
                          .term = {ends_on, day_split(ends_on).day},
                          .allowed = term_allows(ends_on, &brand->renewal),
                          .convention = (char *)convention,
                          .domain = (char *)"",
                          .holder = somebody(talloc_asprintf(f, "rif.%s", address))}};

    p.m.holder.kind = HOLDER_PERSON;
    p.m.holder.name = "Rosa Modelli";
    p.m.holder.tax_code = code;
    p.m.holder.vat_number = "";
    p.m.holder_kind = (char *)"person";
    assert_int_equal(db_transaction(f->db, "test.put", put_work, &p), DONE);
}

char *address_of(void *mem, int n)
{
    return talloc_asprintf(mem, "iscritto.%d@pec.fnomceo.example", n);
}

static enum outcome take_work(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    const struct brand *brand = brand_by_id(&t->f->brands, "fnomceo");

    return roster_take(tx, t->f, brand, brand_convention_by_id(brand, t->convention), t->text, strlen(t->text),
                       t->apply, &CLI, &t->roster, &t->why);
}

enum outcome take(struct fixture *f, const char *convention, const char *text, bool apply, struct taking *t)
{
    *t = (struct taking){.f = f, .convention = convention, .text = text, .apply = apply};
    return db_transaction(f->db, "test.roster", take_work, t);
}

char *roster_row(void *mem, int n, const char *code)
{
    return talloc_asprintf(mem, "%s;Rosa;Modelli;%d;%s;2;01/02/2020\n", address_of(mem, n), 1000 + n, code);
}

void add_members(struct fixture *f, const char *convention)
{
    for (int n = 0; n < MEMBERS; n++)
        put_mailbox(f, "fnomceo", address_of(f, n), tax_code(f, n), convention, day_plus(day_of(2027, 1, 10), n % 50));
}
