/* web/demo_bank.c: GET and POST /demo/bank, POST /demo/bank/file: the customer's bank, which does what it should or one
 * of the usual mistakes, and the statement that ours would send. */

#include "base/i18n.h"
#include "rules/order.h"
#include "rules/reference.h"
#include "rules/slip.h"
#include "sandbox/statement_write.h"
#include "shop/import_statement.h"
#include "shop/paper.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

enum mistake { NO_MISTAKE, WRONG_AMOUNT, WRONG_DIGIT, LAST_YEAR, PAID_TWICE, PENDING, REVERSED };

static const struct form_choice MISTAKES[] = {
    {"none", NO_MISTAKE},  {"amount", WRONG_AMOUNT}, {"digit", WRONG_DIGIT}, {"last_year", LAST_YEAR},
    {"twice", PAID_TWICE}, {"pending", PENDING},     {"reversed", REVERSED}, {NULL, 0},
};

static const struct {
    const char *label, *hint;
} MISTAKE_TEXT[] = {
    {N_("Il bonifico giusto"), N_("Causale e importo esatti.")},
    {N_("Importo sbagliato"), N_("Cinque euro in meno del dovuto.")},
    {N_("Una cifra sbagliata nella causale"), N_("Le cifre di controllo se ne accorgono.")},
    {N_("La causale dell'anno scorso"), N_("Il bonifico ripetuto con i dati di prima.")},
    {N_("Due bonifici uguali"), N_("Il primo rinnova, il secondo resta in attesa.")},
    {N_("Non ancora contabilizzato"), N_("Un movimento provvisorio non è denaro.")},
    {N_("Stornato dalla banca"), N_("Uno storno non è un pagamento.")},
};

enum format { CAMT, MT940, RH, TABLE };

static const struct form_choice FORMATS[] = {
    {"camt.053", CAMT}, {"mt940", MT940}, {"cbi-rh", RH}, {"csv", TABLE}, {NULL, 0}};

static const struct {
    const char *label, *file, *type;
} FORMAT[] = {
    [CAMT] = {"camt.053 (XML)", "estratto-conto.xml", "application/xml"},
    [MT940] = {"MT940", "estratto-conto.sta", "text/plain"},
    [RH] = {"CBI RH", "estratto-conto.rh.txt", "text/plain"},
    [TABLE] = {"CSV", "estratto-conto.csv", "text/csv"},
};

struct bank_form {
    const char *order, *action;
    int mistake, format;
};

struct file_form {
    const char *account;
};

static const struct form_field BANK[] = {
    FORM_TEXT(struct bank_form, order, "order", .max = 40),
    FORM_ENUM(struct bank_form, mistake, "mistake", MISTAKES),
    FORM_ENUM(struct bank_form, format, "format", FORMATS, .optional = true),
    FORM_TEXT(struct bank_form, action, "action", .optional = true),
    FORM_END,
};
static const struct form_field FILE_FIELDS[] = {
    FORM_IGNORE("file"),
    FORM_TEXT(struct file_form, account, "account", .max = 42, .optional = true),
    FORM_END,
};

struct bank {
    struct order_facts *open;
    size_t count;
    char *paid_before; /* the causale of an order already settled */
};

#define ORDERS_LISTED 100

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct bank *bank = arg;
    struct order *orders;

    (void)why;
    TRY(orders_in_state(tx, p->mem, "confirmed", ORDERS_LISTED, &orders, &bank->count));
    bank->open = talloc_zero_array(p->mem, struct order_facts, (unsigned)bank->count + 1);
    for (size_t i = 0; i < bank->count; i++)
        TRY(order_facts_load(tx, p->mem, p->shop->brands, &orders[i], &bank->open[i]));

    size_t settled;
    TRY(orders_in_state(tx, p->mem, "fulfilled", 1, &orders, &settled));
    if (settled)
        bank->paid_before = orders[0].code;
    else
        bank->paid_before =
            reference_make(day_split(p->today).year - 1, 4217, talloc_array(p->mem, char, REFERENCE_TEXT));
    return DONE;
}

/* ---- The page ---- */

static json_t *orders_data(const struct bank *bank, const char *selected)
{
    json_t *list = json_array();
    char text[MONEY_TEXT];

    for (size_t i = 0; i < bank->count; i++) {
        const struct order_facts *f = &bank->open[i];

        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "code", f->order.code, "text",
                                              json_sprintf("%s · %s · %s € · %s", f->order.code, f->brand->name,
                                                           money_italian(f->order.total.due, text),
                                                           f->line_count ? f->lines[0].address : ""),
                                              "selected", selected && strcmp(selected, f->order.code) == 0));
    }
    return list;
}

static json_t *mistakes_data(const struct page *p, int chosen)
{
    json_t *list = json_array();

    for (int i = 0; MISTAKES[i].word; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:b, s:b}", "value", MISTAKES[i].word, "label",
                                        page_text(p, MISTAKE_TEXT[i].label), "hint", page_text(p, MISTAKE_TEXT[i].hint),
                                        "checked", i == chosen, "first", i == 0));
    return list;
}

static json_t *formats_data(int chosen)
{
    json_t *list = json_array();

    for (int i = 0; FORMATS[i].word; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", FORMATS[i].word, "label", FORMAT[i].label,
                                              "selected", i == chosen));
    return list;
}

/* Which account a file is about, for those that do not say. */
static json_t *accounts_data(const struct page *p, const char *chosen)
{
    const struct brands *brands = p->shop->brands;
    json_t *list = json_array();

    for (size_t i = 0; i < brands->count; i++) {
        const char *iban[] = {brands->all[i].seller.iban, brands->all[i].payment.slip.iban};

        for (size_t j = 0; j < count_of(iban); j++)
            if (iban[j])
                json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "iban", iban[j], "text",
                                                      json_sprintf("%s · %s", brands->all[i].name, iban[j]), "selected",
                                                      chosen && strcmp(chosen, iban[j]) == 0));
    }
    return list;
}

static void show(struct page *p, int status, const struct bank *bank, const struct bank_form *form,
                 const struct problems *faults, json_t *result)
{
    const char *selected = form->order ? form->order : form_value(&p->req->query, "ordine");

    page_fields(p, BANK, NULL, faults);
    page_fields(p, FILE_FIELDS, NULL, faults);
    page_set(p, "formats", formats_data(form->format));
    page_set(p, "accounts", accounts_data(p, p->req ? form_value(&p->req->form, "account") : NULL));
    page_set(p, "any_open", json_boolean(bank->count > 0));
    page_set(p, "open_orders", orders_data(bank, selected));
    page_set(p, "mistakes", mistakes_data(p, form->mistake));
    page_set(p, "result", result ? result : json_false());
    page_show(p, status, "demo_bank", N_("Banca"));
}

void demo_bank(struct http_request *req)
{
    struct bank_form form = {0};
    struct bank bank;
    struct page p;

    if (page_open(req, PAGE_ANYBODY, load, &bank, &p))
        show(&p, 200, &bank, &form, NULL, NULL);
}

/* ---- What the bank sends ---- */

/* Over the counter of the post the slip's own code comes, not what anybody wrote. */
static bool by_slip(const struct order_facts *f)
{
    return strcmp(f->order.payment_method, payment_method_name(METHOD_POSTAL_SLIP)) == 0 && f->brand->payment.slip.iban;
}

static char *remittance(void *mem, const struct bank *bank, const struct order_facts *f, int mistake)
{
    char reference[REFERENCE_TEXT], slip[SLIP_CODE_TEXT];

    if (by_slip(f) && mistake != LAST_YEAR) {
        slip_code(order_reference(&f->order, reference), slip);
        slip[7] = mistake != WRONG_DIGIT ? slip[7] : slip[7] == '9' ? '1' : (char)(slip[7] + 1);
        return talloc_asprintf(mem, "BOLLETTINO 896 %s", slip);
    }

    char *code = talloc_strdup(mem, mistake == LAST_YEAR ? bank->paid_before : f->order.code);

    if (mistake == WRONG_DIGIT)
        code[7] = code[7] == '9' ? '1' : (char)(code[7] + 1);
    return talloc_asprintf(mem, "RINNOVO CASELLA PEC %s", code);
}

static enum outcome write_as(void *mem, int format, const struct camt_statement *statement, struct written_file *file,
                             struct problem *why)
{
    switch (format) {
    case MT940:
        return mt940_write(mem, statement, file, why);
    case RH:
        return cbi_rh_write(mem, statement, file, why);
    case TABLE:
        return bank_csv_write(mem, statement, file, why);
    default:
        TRY(camt_write(mem, statement, &file->bytes, why));
        file->length = strlen(file->bytes);
        return DONE;
    }
}

static enum outcome write_statement(struct page *p, const struct bank *bank, const struct order_facts *f, int mistake,
                                    int format, struct written_file *file, struct problem *why)
{
    struct camt_movement movement = {.amount = f->order.total.due,
                                     .currency = "EUR",
                                     .reversal = mistake == REVERSED,
                                     .status = mistake == PENDING ? ENTRY_PENDING : ENTRY_BOOKED,
                                     .booked_on = p->today,
                                     .value_on = p->today,
                                     .debtor = f->order.billing.name,
                                     .debtor_iban = "IT58U03268032000B1234567890",
                                     .remittance = remittance(p->mem, bank, f, mistake)};
    struct camt_movement movements[2];
    char id[26];

    if (mistake == WRONG_AMOUNT)
        movement.amount.cents = movement.amount.cents > 500 ? movement.amount.cents - 500 : 1;
    movements[0] = movements[1] = movement;
    /* Each statement is another one: its id makes the bank's references, by which entries are told apart. */
    snprintf(id, sizeof id, "DEMO-%" PRIx64, (uint64_t)clock_now().us);
    return write_as(p->mem, format,
                    &(struct camt_statement){.id = id,
                                             .iban = by_slip(f) ? f->brand->payment.slip.iban : f->brand->seller.iban,
                                             .currency = "EUR",
                                             .sequence = 1,
                                             .created = p->now,
                                             .day = p->today,
                                             .opening = money(100000),
                                             .movements = movements,
                                             .movement_count = mistake == PAID_TWICE ? 2 : 1},
                    file, why);
}

/* ---- Feeding it ---- */

static json_t *result_data(struct page *p, const struct import_result *r, const struct order_facts *paid,
                           const char *file_name)
{
    json_t *held = json_array(), *settled = json_array();

    for (size_t i = 0; i < r->held_listed; i++)
        json_array_append_new(held, json_pack("{s:o, s:s, s:s}", "amount", present_money(r->held_list[i].amount),
                                              "remittance", r->held_list[i].remittance, "reason",
                                              page_text(p, held_reason_label(r->held_list[i].reason))));
    if (paid && r->matched)
        json_array_append_new(settled, json_pack("{s:s, s:o, s:o}", "code", paid->order.code, "amount",
                                                 present_money(paid->order.total.due), "href",
                                                 json_sprintf("/b/%s/ordini/%s", paid->brand->id, paid->order.code)));
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:s}", "entries", (json_int_t)r->entries, "matched",
                     (json_int_t)r->matched, "held", (json_int_t)r->held, "duplicates", (json_int_t)r->duplicates,
                     "ignored", (json_int_t)r->ignored, "settled", settled, "held_entries", held, "file_name",
                     file_name);
}

static enum outcome feed(struct page *p, const void *bytes, size_t length, const char *account,
                         struct import_result *result, struct problem *why)
{
    int file = memfd_create("statement", MFD_CLOEXEC);
    enum outcome o = BROKEN;

    if (file >= 0 && write(file, bytes, length) == (ssize_t)length && lseek(file, 0, SEEK_SET) == 0)
        o = import_statement(p->mem,
                             &(struct statement_import){.shop = p->shop,
                                                        .reader = p->web->read_statement,
                                                        .file = file,
                                                        .account = account,
                                                        .actor = {.door = "demo", .name = "bank"}},
                             result, why);
    if (file >= 0)
        close(file);
    return o;
}

/* What has just been paid is no longer waiting. */
static void forget_paid(struct bank *bank, const struct order_facts *paid, const struct import_result *result)
{
    size_t at = (size_t)(paid - bank->open);

    if (!result->matched)
        return;
    for (bank->count--; at < bank->count; at++)
        bank->open[at] = bank->open[at + 1];
}

static const struct order_facts *find_open(const struct bank *bank, const char *code)
{
    for (size_t i = 0; i < bank->count; i++)
        if (strcmp(bank->open[i].order.code, code) == 0)
            return &bank->open[i];
    return NULL;
}

void demo_bank_sent(struct http_request *req)
{
    struct bank_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct import_result result;
    const struct order_facts *paid;
    struct bank bank;
    struct written_file file;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, load, &bank, &p))
        return;
    o = page_form(&p, BANK, &form, &faults);
    paid = o == DONE ? find_open(&bank, form.order) : NULL;
    if (o == DONE && !paid)
        o = problems_add(&faults, PROBLEM_NOT_A_CHOICE, "order", "%s", "");
    if (o == REFUSED) {
        show(&p, 422, &bank, &form, &faults, NULL);
        return;
    }
    o = write_statement(&p, &bank, paid, form.mistake, form.format, &file, &why);
    if (o == DONE && form.action && strcmp(form.action, "download") == 0) {
        http_attachment(req, "%s", FORMAT[form.format].file);
        http_reply(req, 200, FORMAT[form.format].type, file.bytes, file.length);
        return;
    }
    if (o == DONE)
        o = feed(&p, file.bytes, file.length, by_slip(paid) ? paid->brand->payment.slip.iban : paid->brand->seller.iban,
                 &result, &why);
    if (o != DONE) {
        page_failed(&p, o, &why);
        return;
    }
    json_t *shown = result_data(&p, &result, paid, FORMAT[form.format].file);
    forget_paid(&bank, paid, &result);
    show(&p, 200, &bank, &form, NULL, shown);
}

void demo_bank_file(struct http_request *req)
{
    struct bank_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct import_result result;
    struct bank bank;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, load, &bank, &p))
        return;
    if (!req->upload_count || !req->uploads[0].length) {
        problems_add(&faults, PROBLEM_REQUIRED, "file", "%s", "");
        show(&p, 422, &bank, &form, &faults, NULL);
        return;
    }
    o = feed(&p, req->uploads[0].bytes, req->uploads[0].length, form_value(&req->form, "account"), &result, &why);
    if (o == REFUSED) {
        if (strcmp(why.field, "account") != 0)
            snprintf(why.field, sizeof why.field, "file");
        problems_put(&faults, &why);
        show(&p, 422, &bank, &form, &faults, NULL);
    } else if (o != DONE) {
        page_failed(&p, o, &why);
    } else {
        show(&p, 200, &bank, &form, NULL, result_data(&p, &result, NULL, req->uploads[0].filename));
    }
}
