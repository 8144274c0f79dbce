/* The desk's one search box, on both engines: each shape finds what it names, names by the beginning of any word, and
 * what is changed is found by what it is now. */
#include "shop/search.h"
#include "flow/fixture.h"
#include "store/account.h"
#include "store/search.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct looking {
    struct fixture *f;
    struct search_request request;
    struct search_found found;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    return search(tx, l->f, &l->f->brands, &l->request, &l->found);
}

static struct search_found ask(struct fixture *f, struct search_request request)
{
    struct looking l = {.f = f, .request = request};

    if (!request.brand)
        l.request.brand = "";
    assert_int_equal(db_read(f->db, "search", look, &l), DONE);
    return l.found;
}

static struct search_found find(struct fixture *f, const char *typed)
{
    return ask(f, (struct search_request){.typed = typed});
}

struct naming {
    int64_t id;
    const char *name, *email;
};

static enum outcome rename_holder(struct db_tx *tx, void *arg)
{
    const struct naming *n = arg;

    TRY(search_forget_mailbox(tx, n->id));
    TRY(db_exec(tx, NULL, "UPDATE holder SET name = $2 WHERE id = (SELECT holder_id FROM mailbox WHERE id = $1)",
                db_int(n->id), db_text(n->name)));
    return search_note_mailbox(tx, n->id);
}

static void call_holder(struct fixture *f, const char *address, const char *name)
{
    struct naming n = {mailbox(f, address).id, name, NULL};

    assert_int_equal(db_transaction(f->db, "rename", rename_holder, &n), DONE);
}

static enum outcome add(struct db_tx *tx, void *arg)
{
    return account_insert(tx, arg);
}

static int64_t add_account(struct fixture *f, const char *name, const char *email)
{
    struct account a = {.brand = (char *)f->brand->id,
                        .email = (char *)email,
                        .name = (char *)name,
                        .password_hash = (char *)"",
                        .language = (char *)"it"};

    assert_int_equal(db_transaction(f->db, "account", add, &a), DONE);
    return a.id;
}

static void one_box(struct search_found found, const char *address)
{
    assert_int_equal(search_count(&found), 1);
    assert_int_equal(found.box_count, 1);
    assert_string_equal(found.boxes[0].address, address);
}

static void each_shape_finds_what_it_names(void **state)
{
    struct fixture *f = fixture(state);
    struct search_found found;
    char *code;

    if (!f)
        return;
    call_holder(f, VERDI, "Studio Legale Verdi & Angiò");
    sql(f, "UPDATE mailbox_row SET user_id = 'VIS0000012' WHERE " ITS_ROW(VERDI));
    code = order_years(f, VERDI, 1);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 20)});
    sql(f, "UPDATE bank_entry SET debtor_iban = 'IT62C0326803203052886541770'");

    one_box(find(f, VERDI), VERDI);
    one_box(find(f, "studio.verdi"), VERDI); /* the domain is the brand's */
    one_box(find(f, "vis0000012"), VERDI);
    one_box(find(f, "legale verdi"), VERDI);
    one_box(find(f, "verdi ang"), VERDI);
    one_box(find(f, "ANGIO"), VERDI);
    assert_int_equal(find(f, "egale").box_count, 0); /* the beginning of a word */
    assert_int_equal(find(f, "VRDMRA80A41H501U").box_count, 2);
    assert_int_equal(find(f, "vrdmra80a41").box_count, 2);
    assert_int_equal(find(f, "titolare@posta.example").box_count, 2);

    found = find(f, code);
    assert_int_equal(search_count(&found), 1);
    assert_string_equal(found.orders[0].code, code);
    found = find(f, talloc_asprintf(f, "%.6s %.6s %s", code, code + 6, code + 12));
    assert_int_equal(found.order_count, 1);
    assert_false(found.typed.mended);
    code[3] = code[3] == '9' ? '1' : (char)(code[3] + 1);
    found = find(f, code);
    assert_int_equal(found.order_count, 1);
    assert_true(found.typed.mended);

    found = find(f, "2026/1");
    assert_int_equal(search_count(&found), 1);
    assert_int_equal(found.invoices[0].gross.cents, 3050);
    assert_int_equal(find(f, "NC-2026/1").invoice_count, 0);
    found = find(f, "IT62 C032 6803 2030 5288 6541 770");
    assert_int_equal(found.entry_count, 1);
    assert_string_equal(found.entries[0].code, order_now(f, found.entries[0].code).code);
    assert_int_equal(find(f, "").box_count, 0);
}

static void what_is_changed_is_found_by_what_it_is_now(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return;
    call_holder(f, BIANCHI, "Mario Bianchi");
    one_box(find(f, "bianchi mario"), BIANCHI);
    call_holder(f, BIANCHI, "Maria Neri");
    assert_int_equal(find(f, "bianchi mario").box_count, 0);
    one_box(find(f, "neri"), BIANCHI);

    sql(f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(BIANCHI));
    one_box(find(f, BIANCHI), BIANCHI); /* who asks at the desk may have lost it long ago */
    add_mailbox(f, BIANCHI, 0, day_of(2027, 5, 31));
    assert_int_equal(find(f, BIANCHI).box_count, 2);
    assert_string_equal(find(f, BIANCHI).boxes[0].status, "live");
}

static void accounts_are_found_beside_mailboxes(void **state)
{
    struct fixture *f = fixture(state);
    struct search_found found;

    if (!f)
        return;
    add_account(f, "Èlia Verdini", "elia@posta.example");
    found = find(f, "verdi");
    assert_int_equal(found.account_count, 1);
    assert_int_equal(found.box_count, 2); /* both of Maria Verdi's, each once */
    assert_int_equal(find(f, "elia verd").account_count, 1);
    assert_int_equal(find(f, "elia@posta.example").account_count, 1);
}

static void an_operator_of_a_brand_finds_nothing_of_others(void **state)
{
    struct fixture *f = fixture(state);
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    assert_int_equal(ask(f, (struct search_request){.typed = VERDI, .brand = "visura"}).box_count, 0);
    assert_int_equal(ask(f, (struct search_request){.typed = "verdi", .brand = "visura"}).box_count, 0);
    assert_int_equal(ask(f, (struct search_request){.typed = code, .brand = "visura"}).order_count, 0);
    assert_int_equal(ask(f, (struct search_request){.typed = code, .brand = "legalmail"}).order_count, 1);
}

static void a_group_is_read_a_page_at_a_time(void **state)
{
    struct fixture *f = fixture(state);
    struct search_request request = {.typed = "verdi", .group = SEARCH_BOXES};
    struct search_found found;
    size_t seen = 0;
    int pages = 0;

    if (!f)
        return;
    for (int i = 0; i < 70; i++)
        add_mailbox(f, talloc_asprintf(f, "casella.%d@legalmail.example", i), 0, day_of(2027, 5, 31));
    found = find(f, "verdi");
    assert_int_equal(found.box_count, SEARCH_GROUP);
    assert_true(found.more_boxes);
    do {
        found = ask(f, request);
        seen += found.box_count;
        pages++;
        request.after_key = found.boxes[found.box_count - 1].key;
        request.after_id = found.boxes[found.box_count - 1].id;
    } while (found.more_boxes);
    assert_int_equal(seen, 72);
    assert_int_equal(pages, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_finds_what_it_names),
        cmocka_unit_test(what_is_changed_is_found_by_what_it_is_now),
        cmocka_unit_test(accounts_are_found_beside_mailboxes),
        cmocka_unit_test(an_operator_of_a_brand_finds_nothing_of_others),
        cmocka_unit_test(a_group_is_read_a_page_at_a_time),
    };

    return FLOW(tests);
}
