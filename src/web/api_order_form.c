#include "web/api_order_form.h"
#include "net/form.h"
#include "shop/views.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct form_choice LANGUAGES[] = {{"it", 0}, {"en", 1}, {0}};

static const struct form_field ORDER[] = {
    FORM_TEXT(struct order_form, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct order_form, kind, "kind", .max = 40),
    FORM_TEXT(struct order_form, payment_method, "payment_method", .max = 40),
    FORM_TEXT(struct order_form, account, "account", .max = 254, .optional = true),
    FORM_TEXT(struct order_form, associate, "associate", .max = 254, .optional = true),
    FORM_FLAG(struct order_form, remember, "remember", .optional = true),
    FORM_ENUM(struct order_form, language, "language", LANGUAGES, .optional = true),
    FORM_MONEY(struct order_form, expected, "total_cents", .optional = true),
    FORM_IGNORE("lines"),
    FORM_IGNORE("holder"),
    FORM_IGNORE("billing"),
    FORM_IGNORE("consents"),
    FORM_END,
};

/* How many years are on sale is the brand's to say. */
static const struct form_field LINE[] = {
    FORM_TEXT(struct wanted_line, address, "mailbox", .max = 254),
    FORM_INT(struct wanted_line, choice.years, "years"),
    FORM_TEXT(struct wanted_line, choice.plan, "plan", .max = 40, .optional = true),
    FORM_INT(struct wanted_line, choice.extra_gb, "extra_gb", .min = 0, .max = 100000, .optional = true),
    FORM_INT(struct wanted_line, choice.extra_archive_gb, "extra_archive_gb", .min = 0, .max = 100000,
             .optional = true),
    FORM_FLAG(struct wanted_line, choice.with_domain, "with_domain", .optional = true),
    FORM_TEXT(struct wanted_line, choice.consent, "consent", .max = 40, .optional = true),
    FORM_END,
};

/* Of more space until the expiry: how much there is to be in all. */
static const struct form_field SPACE_LINE[] = {
    FORM_TEXT(struct wanted_line, address, "mailbox", .max = 254),
    FORM_INT(struct wanted_line, choice.extra_gb, "extra_gb", .min = 0, .max = 100000, .optional = true),
    FORM_INT(struct wanted_line, choice.extra_archive_gb, "extra_archive_gb", .min = 0, .max = 100000,
             .optional = true),
    FORM_END,
};

static const struct form_field NEW_LINE[] = {
    FORM_INT(struct request, years, "years"),
    FORM_TEXT(struct request, plan, "plan", .max = 40),
    FORM_IGNORE("names"),
    FORM_END,
};

static const struct form_choice HOLDERS[] = {
    {"person", HOLDER_PERSON},   {"freelance", HOLDER_FREELANCE},     {"sole_trader", HOLDER_SOLE_TRADER},
    {"company", HOLDER_COMPANY}, {"public_body", HOLDER_PUBLIC_BODY}, {0},
};

/* What each kind of holder needs is for billing_check to say. */
static const struct form_field BILLING[] = {
    FORM_ENUM(struct billing, kind, "kind", HOLDERS),
    FORM_TEXT(struct billing, name, "name", .optional = true),
    FORM_TEXT(struct billing, tax_code, "tax_code", .max = 40, .optional = true),
    FORM_TEXT(struct billing, vat_number, "vat_number", .max = 40, .optional = true),
    FORM_TEXT(struct billing, street, "street", .optional = true),
    FORM_TEXT(struct billing, postcode, "postcode", .max = 20, .optional = true),
    FORM_TEXT(struct billing, city, "city", .optional = true),
    FORM_TEXT(struct billing, province, "province", .max = 40, .optional = true),
    FORM_TEXT(struct billing, country, "country", .max = 20, .optional = true),
    FORM_TEXT(struct billing, sdi_code, "sdi_code", .max = 20, .optional = true),
    FORM_TEXT(struct billing, sdi_pec, "sdi_pec", .max = 254, .optional = true),
    FORM_TEXT(struct billing, email, "email", .max = 254, .optional = true),
    FORM_END,
};

/* Of who will hold a new mailbox. */
static const struct form_field HOLDER[] = {
    FORM_ENUM(struct request, holder.kind, "kind", HOLDERS),
    FORM_TEXT(struct request, holder.name, "name", .optional = true),
    FORM_TEXT(struct request, holder.tax_code, "tax_code", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.vat_number, "vat_number", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.street, "street", .optional = true),
    FORM_TEXT(struct request, holder.postcode, "postcode", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.city, "city", .optional = true),
    FORM_TEXT(struct request, holder.province, "province", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.country, "country", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.sdi_code, "sdi_code", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.sdi_pec, "sdi_pec", .max = 254, .optional = true),
    FORM_TEXT(struct request, holder.email, "email", .max = 254, .optional = true),
    FORM_TEXT(struct request, phone, "phone", .max = 40, .optional = true),
    FORM_TEXT(struct request, signer_name, "signer_name", .optional = true),
    FORM_TEXT(struct request, signer_tax_code, "signer_tax_code", .max = 40, .optional = true),
    FORM_END,
};

/* Moves the faults of a part to those of the whole, under its name. */
static void put_under(struct problems *all, const char *prefix, const struct problems *part)
{
    for (size_t i = 0; i < part->count && i < count_of(part->item); i++) {
        const struct problem *p = &part->item[i];
        char field[96];

        snprintf(field, sizeof field, "%s%s", prefix, p->field);
        (void)!problems_add(all, p->code, field, "%s", p->detail);
    }
}

static void read_lines(void *mem, const json_t *list, const struct form_field *fields, size_t most,
                       struct order_form *form, struct problems *all)
{
    size_t count = json_array_size(list);

    if (!json_is_array(list) || count == 0) {
        (void)!problems_add(all, PROBLEM_REQUIRED, "lines", "%s", "");
        return;
    }
    if (count > most) {
        (void)!problems_add(all, PROBLEM_OUT_OF_RANGE, "lines", most > 1 ? "1-%zu" : "%zu", most);
        return;
    }
    form->lines = talloc_zero_array(mem, struct wanted_line, (unsigned)count);
    form->line_count = count;
    for (size_t i = 0; i < count; i++) {
        struct wanted_line *line = &form->lines[i];
        const json_t *object = json_array_get(list, i);
        struct problems faults = {0};
        char prefix[24];

        line->address = "";
        line->choice.extra_gb = line->choice.extra_archive_gb = EXTRA_GB_AS_HELD;
        snprintf(prefix, sizeof prefix, "lines[%zu].", i);
        if (!json_is_object(object)) {
            prefix[strlen(prefix) - 1] = 0;
            (void)!problems_add(all, PROBLEM_NOT_A_CHOICE, prefix, "%s", "");
        } else if (form_check_json(mem, fields, object, line, &faults) != DONE) {
            put_under(all, prefix, &faults);
        }
        line->address = text_lower(mem, line->address);
        line->choice.archive_chosen = line->choice.extra_archive_gb != EXTRA_GB_AS_HELD;
    }
}

/* ---- A purchase: one mailbox an order ---- */

static void read_names(const json_t *names, struct request *r, struct problems *all)
{
    if (!json_is_array(names) || json_array_size(names) != NAMES) {
        (void)!problems_add(all, json_is_array(names) ? PROBLEM_OUT_OF_RANGE : PROBLEM_REQUIRED, "lines[0].names", "%d",
                            NAMES);
        return;
    }
    for (size_t i = 0; i < NAMES; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        char field[40];

        snprintf(field, sizeof field, "lines[0].names[%zu]", i);
        if (!name)
            (void)!problems_add(all, PROBLEM_NOT_TEXT, field, "%s", "");
        else if (strlen(name) > 254)
            (void)!problems_add(all, PROBLEM_TOO_LONG, field, "%d", NAME_MOST);
        r->name[i] = (char *)(name ? name : "");
    }
}

static void read_new_line(void *mem, const json_t *list, struct request *r, struct problems *all)
{
    const json_t *object = json_array_get(list, 0);
    struct problems faults = {0};

    if (!json_is_array(list) || json_array_size(list) != 1) {
        (void)!problems_add(all, json_is_array(list) ? PROBLEM_OUT_OF_RANGE : PROBLEM_REQUIRED, "lines", "1");
        return;
    }
    if (!json_is_object(object)) {
        (void)!problems_add(all, PROBLEM_NOT_A_CHOICE, "lines[0]", "%s", "");
        return;
    }
    if (form_check_json(mem, NEW_LINE, object, r, &faults) != DONE)
        put_under(all, "lines[0].", &faults);
    read_names(json_object_get(object, "names"), r, all);
}

void api_holder_read(void *mem, const json_t *holder, struct request *person, struct problems *all)
{
    struct problems faults = {0};

    person->holder.country = "IT";
    if (!json_is_object(holder))
        (void)!problems_add(all, holder ? PROBLEM_NOT_A_CHOICE : PROBLEM_REQUIRED, "holder", "%s", "");
    else if (form_check_json(mem, HOLDER, holder, person, &faults) != DONE)
        put_under(all, "holder.", &faults);
}

static void read_purchase(void *mem, const json_t *object, struct order_form *form, struct problems *all)
{
    read_new_line(mem, json_object_get(object, "lines"), &form->purchase, all);
    if (!form->account)
        (void)!problems_add(all, PROBLEM_REQUIRED, "account", "%s", "");
    api_holder_read(mem, json_object_get(object, "holder"), &form->purchase, all);
}

bool order_form_buys(const struct order_form *form)
{
    return strcmp(form->kind, ORDER_PURCHASE) == 0;
}

bool order_form_adds(const struct order_form *form)
{
    return strcmp(form->kind, ORDER_SPACE) == 0;
}

void api_billing_read(void *mem, const json_t *object, struct billing *billing, struct problems *all)
{
    struct problems faults = {0};

    if (!object || json_is_null(object))
        return;
    if (!json_is_object(object)) {
        (void)!problems_add(all, PROBLEM_NOT_A_CHOICE, "billing", "%s", "");
        return;
    }
    billing->country = "IT";
    if (form_check_json(mem, BILLING, object, billing, &faults) != DONE || billing_check(mem, billing, &faults) != DONE)
        put_under(all, "billing.", &faults);
}

/* {"terms": true}, with a "version" or without; {"terms": "2026-01"}; or ["terms"]: whoever accepts without naming a
 * version accepts the one in force. Of a purchase also "start_now": true. Automatic renewal is consented to by the
 * version of its text, never without (§8.11): "autorenew": "2026-01". */
static void read_consents(const json_t *consents, struct order_form *form, struct problems *all)
{
    const json_t *terms = json_object_get(consents, "terms"), *version = json_object_get(consents, "version");
    const char *name;
    json_t *value;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)consents, i, value)
    {
        if (json_is_string(value) && strcmp(json_string_value(value), "terms") == 0)
            form->terms_accepted = true;
        else
            (void)!problems_add(all, PROBLEM_NOT_A_CHOICE, "consents", "%s", "");
    }
    json_object_foreach((json_t *)(uintptr_t)consents, name, value)
    {
        if (strcmp(name, "start_now") == 0 && order_form_buys(form) && json_is_boolean(value))
            form->start_now = json_is_true(value);
        else if (strcmp(name, "autorenew") == 0 && json_is_string(value) && !order_form_adds(form))
            form->autorenew_version = json_string_value(value);
        else if (strcmp(name, "terms") != 0 && strcmp(name, "version") != 0)
            (void)!problems_add(all, PROBLEM_UNKNOWN_FIELD, "consents", "%.40s",
                                text_is_plain(name, strlen(name)) ? name : "?");
    }
    if (json_is_true(terms) || json_is_string(terms))
        form->terms_accepted = true;
    form->terms_version = json_is_string(terms) ? json_string_value(terms) : NULL;
    if (version && !json_is_null(version)) {
        if (!json_is_string(version) ||
            (form->terms_version && strcmp(form->terms_version, json_string_value(version)) != 0))
            (void)!problems_add(all, PROBLEM_TERMS, "consents.version", "%s", "");
        form->terms_version = json_string_value(version);
    }
    if (!form->terms_accepted)
        (void)!problems_add(all, PROBLEM_TERMS, "consents.terms", "%s", "");
}

enum outcome order_form_read(void *mem, const json_t *object, struct order_form *form, struct problems *all)
{
    *form = (struct order_form){.brand = "", .kind = "renewal", .expected = {-1}};
    (void)!form_check_json(mem, ORDER, object, form, all);
    if (order_form_buys(form)) {
        read_purchase(mem, object, form, all);
    } else {
        if (strcmp(form->kind, ORDER_RENEWAL) != 0 && strcmp(form->kind, ORDER_CHANGE) != 0 && !order_form_adds(form))
            (void)!problems_add(all, PROBLEM_KIND, "kind", "%s", "");
        if (json_object_get(object, "holder"))
            (void)!problems_add(all, PROBLEM_UNKNOWN_FIELD, "holder", "%s", "holder");
        if (order_form_adds(form))
            read_lines(mem, json_object_get(object, "lines"), SPACE_LINE, 1, form, all);
        else
            read_lines(mem, json_object_get(object, "lines"), LINE, ORDER_MAILBOXES, form, all);
    }
    api_billing_read(mem, json_object_get(object, "billing"), &form->billing, all);
    read_consents(json_object_get(object, "consents"), form, all);
    return all->count ? REFUSED : DONE;
}
