/* Mailboxes from a CSV: all of a good file, nothing of a bad one, and every fault with its line and column. */
#include "flow/buyer.h"
#include "shop/import_mailboxes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define HEAD "brand,address,plan,holder_kind,holder_name,tax_code,contact_email,activated_on,expires_on"
#define GOOD(name)                                                                                                     \
    "legalmail," name                                                                                                  \
    "@legalmail.example,bronze,person,Maria Verdi,VRDMRA80A41H501U,maria@posta.example,2020-01-31,2027-01-31"

static enum outcome import_text(struct fixture *f, const char *text, bool dry_run, struct mailbox_import *result,
                                struct problem *why)
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    enum outcome o;

    assert_non_null(file);
    *why = (struct problem){0};
    o = import_mailboxes(&f->shop, f, file, dry_run, true, result, why);
    fclose(file);
    return o;
}

static void a_good_file(void **state)
{
    struct fixture *f = fixture(state);
    struct mailbox_import result;
    struct problem why;
    static const char text[] =
        "expires_on;address;brand;plan;password;holder_kind;holder_name;tax_code;vat_number;contact_email;activated_on;"
        "auto_renew;convention;domain;extra_gb;street;postcode;city;province;country;sdi_code;sdi_pec;user_id\n"
        "2027-02-28;UNO@Legalmail.Example;legalmail;gold;segreto segreto;company;Esempio "
        "S.r.l.;01234560587;01234560587;"
        "uff@posta.example;2026-02-28;true;OAM;esempio.example;7;Via Roma 1;00144;Roma;RM;IT;ABC1234;;u-1\n"
        "2027-02-28;due@legalmail.example;legalmail;bronze;segreto segreto;person;Maria Verdi;VRDMRA80A41H501U;;"
        "maria@posta.example;2026-02-28;no;;;;;;;;;;;\n";
    struct mailbox one;

    assert_int_equal(import_text(f, text, true, &result, &why), DONE);
    assert_int_equal(result.rows, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox"), 2);
    if (import_text(f, text, false, &result, &why) != DONE)
        fail_msg("%s", why.detail);
    assert_int_equal(result.imported, 2);
    one = mailbox(f, "uno@legalmail.example");
    assert_string_equal(one.plan, "gold");
    assert_string_equal(one.user_id, "u-1");
    assert_int_equal(one.extra_gb, 7);
    assert_true(one.auto_renew);
    assert_string_equal(one.holder_kind, "company");
    assert_string_equal(one.holder.sdi_code, "ABC1234");
    assert_string_equal(one.holder.province, "RM");
    assert_int_equal(one.term.anchor, 28);
    assert_int_equal(one.allowed.renew_until.n, day_plus(day_of(2027, 2, 28), 90).n);
    assert_memory_equal(one.password_hash, "$argon2id$", 10);
    assert_string_equal(one.password_hash, mailbox(f, "due@legalmail.example").password_hash);
    assert_null(strstr(one.password_hash, "segreto"));
    assert_clean(f);

    /* Again: both are there already. */
    assert_int_equal(import_text(f, text, false, &result, &why), REFUSED);
    assert_int_equal(result.fault_count, 2);
    assert_int_equal(result.faults[1].line, 3);
    assert_int_equal(result.faults[1].problem.code, PROBLEM_ALREADY_THERE);
}

static void bad_rows(void **state)
{
    static const struct {
        const char *row, *field;
        enum problem_code code;
    } bad[] = {
        {"nobody,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "brand",
         PROBLEM_BRAND},
        {"legalmail,storta,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "address",
         PROBLEM_NOT_AN_EMAIL},
        {"legalmail,a@b.example,tin,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "plan",
         PROBLEM_PLAN},
        {"legalmail,a@b.example,bronze,robot,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "holder_kind",
         PROBLEM_NOT_A_CHOICE},
        {"legalmail,a@b.example,bronze,person,,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "holder_name",
         PROBLEM_REQUIRED},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501A,m@p.example,2020-01-31,2027-01-31", "tax_code",
         PROBLEM_TAX_CODE_CHECK},
        {"legalmail,a@b.example,bronze,person,M V,,m@p.example,2020-01-31,2027-01-31", "tax_code", PROBLEM_REQUIRED},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@,2020-01-31,2027-01-31", "contact_email",
         PROBLEM_NOT_AN_EMAIL},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,31/01/2020,2027-01-31", "activated_on",
         PROBLEM_NOT_A_DATE},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-02-30", "expires_on",
         PROBLEM_NOT_A_DATE},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2019-01-31", "expires_on",
         PROBLEM_DAY_RANGE},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2027-01-31,2027-02-01", "activated_on",
         PROBLEM_DAY_RANGE},
        {"legalmail,a@b.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2047-01-31", "expires_on",
         PROBLEM_DAY_RANGE},
        {"legalmail," VERDI ",bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31", "address",
         PROBLEM_ALREADY_THERE},
        {"legalmail,buona@legalmail.example,bronze,person,M V,VRDMRA80A41H501U,m@p.example,2020-01-31,2027-01-31",
         "address", PROBLEM_REPEATED_FIELD},
        {"legalmail,a@b.example,bronze,person,M V", "file", PROBLEM_CSV},
    };
    struct fixture *f = fixture(state);

    for (size_t i = 0; i < count_of(bad); i++) {
        struct mailbox_import result;
        struct problem why;
        char *text = talloc_asprintf(f, HEAD "\n" GOOD("buona") "\n%s\n", bad[i].row);
        bool named = false;

        assert_int_equal(import_text(f, text, false, &result, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CSV);
        assert_int_equal(result.imported, 0);
        for (size_t k = 0; k < result.fault_count; k++) {
            assert_int_not_equal(result.faults[k].line, 2);
            named |= result.faults[k].problem.code == bad[i].code && result.faults[k].line == 3 &&
                     (bad[i].code == PROBLEM_CSV || strcmp(result.faults[k].problem.field, bad[i].field) == 0);
        }
        if (!named)
            fail_msg("row %zu: %s expected, %zu faults, first %s %s", i, bad[i].field, result.fault_count,
                     result.fault_count ? result.faults[0].problem.field : "",
                     result.fault_count ? problem_slug(result.faults[0].problem.code) : "");
    }
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox"), 2);
}

static void bad_files(void **state)
{
    static const char *const bad[] = {
        "",
        "brand,address\nlegalmail,a@b.example\n",
        HEAD ",colour\n" GOOD("a") ",red\n",
        HEAD ",brand\n" GOOD("a") ",legalmail\n",
        "\xff\xfe",
    };
    struct fixture *f = fixture(state);

    for (size_t i = 0; i < count_of(bad); i++) {
        struct mailbox_import result;
        struct problem why;
        FILE *file = tmpfile();

        assert_true(fputs(bad[i], file) >= 0);
        assert_int_equal(import_mailboxes(&f->shop, f, file, false, true, &result, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CSV);
        fclose(file);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox"), 2);
}

/* An address that a customer has ordered, and one that was another holder's. */
static void addresses_that_are_promised(void **state)
{
    static const char ROWS[] = "visura,uno@pec.visura.example,base,person,Maria Verdi,VRDMRA80A41H501U,"
                               "maria@posta.example,2020-01-31,2027-01-31\r\n"
                               "legalmail,studio.verdi@legalmail.example,bronze,person,Luca Bianchi,BNCLCU85M41F205T,"
                               "luca@posta.example,2020-01-31,2027-01-31\r\n"
                               "legalmail,mario.bianchi@legalmail.example,bronze,person,Maria Verdi,VRDMRA80A41H501U,"
                               "maria@posta.example,2020-01-31,2027-01-31\r\n";
    struct fixture *f = fixture(state);
    struct mailbox_import result;
    struct problem why;

    sql(f, "UPDATE mailbox_row SET status = 'deleted'");
    sell_visura(f);
    buy_names(f, add_buyer(f, MARIO), "uno", "due", "tre");
    assert_int_equal(import_text(f, talloc_asprintf(f, HEAD "\r\n%s", ROWS), false, &result, &why), REFUSED);
    assert_int_equal(result.fault_count, 2); /* the third is its old holder's */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(result.faults[i].line, i + 2);
        assert_int_equal(result.faults[i].problem.code, PROBLEM_NAME_TAKEN);
    }
}

/* More rows than one transaction holds; every fault is counted up to the limit. */
static void long_files(void **state)
{
    struct fixture *f = fixture(state);
    struct text_buffer b = text_buffer(f);
    struct mailbox_import result;
    struct problem why;

    text_put(&b, HEAD "\r\n");
    for (int i = 0; i < 1100; i++)
        text_put_format(&b,
                        "legalmail,casella%d@legalmail.example,bronze,person,Maria Verdi,VRDMRA80A41H501U,"
                        "maria@posta.example,2020-01-31,2027-01-31\r\n",
                        i);
    if (import_text(f, b.bytes, false, &result, &why) != DONE)
        fail_msg("%s", why.detail);
    assert_int_equal(result.imported, 1100);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox"), 1102);
    assert_clean(f);
    assert_int_equal(import_text(f, b.bytes, false, &result, &why), REFUSED);
    assert_int_equal(result.fault_count, IMPORT_FAULTS_LISTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_good_file), cmocka_unit_test(bad_rows),
                                       cmocka_unit_test(bad_files), cmocka_unit_test(addresses_that_are_promised),
                                       cmocka_unit_test(long_files)};

    return FLOW(tests);
}
