/* The part `purchase` of brand.yaml: how new mailboxes are sold. Without it the brand only renews. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/brand_file.h"
#include <string.h>

#define TEXT(key, type, member, most)                                                                                  \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, most)
#define NUMBER(key, type, member) CYAML_FIELD_INT(key, CYAML_FLAG_OPTIONAL, type, member)
#define PART(key, member, fields) CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, struct purchase_file, member, fields)

static const cyaml_schema_field_t HOURS[] = {
    NUMBER("least", struct hours_file, least),
    NUMBER("most", struct hours_file, most),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t USER_ID[] = {
    TEXT("prefix", struct user_id_file, prefix, 8),
    NUMBER("digits", struct user_id_file, digits),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t MAILHOST[] = {
    TEXT("by", struct mailhost_file, by, 10),
    TEXT("command", struct mailhost_file, command, 400),
    CYAML_FIELD_END,
};
const struct cyaml_schema_field BRAND_PURCHASE[] = {
    TEXT("category", struct purchase_file, category, 60),
    TEXT("product", struct purchase_file, product, 60),
    TEXT("contract", struct purchase_file, contract, 20),
    TEXT("first_term_end", struct purchase_file, first_term_end, 20),
    NUMBER("hold_minutes", struct purchase_file, hold_minutes),
    NUMBER("draft_days", struct purchase_file, draft_days),
    NUMBER("silence_days", struct purchase_file, silence_days),
    NUMBER("withdrawal_days", struct purchase_file, withdrawal_days),
    NUMBER("keep_documents_months", struct purchase_file, keep_documents_months),
    PART("review_hours", review_hours, HOURS),
    PART("user_id", user_id, USER_ID),
    PART("mailhost", mailhost, MAILHOST),
    CYAML_FIELD_END,
};

static int or_else(int value, int otherwise)
{
    return value ? value : otherwise;
}

static void check_words(const struct purchase_file *file, struct brand_faults *f)
{
    const char *by = file->mailhost.by;

    if (!file->product)
        brand_fault(f, "purchase.product", N_("manca"));
    if (!file->contract)
        brand_fault(f, "purchase.contract", N_("manca: la versione del testo in contract-VERSIONE.txt"));
    if (!file->user_id.prefix ||
        strspn(file->user_id.prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(file->user_id.prefix))
        brand_fault(f, "purchase.user_id.prefix", N_("solo lettere maiuscole"));
    if (!by || (strcmp(by, "sql") != 0 && strcmp(by, "command") != 0))
        brand_fault(f, "purchase.mailhost.by", N_("«%s» non è tra i valori previsti: %s"), by ? by : "",
                    "sql, command");
    else if ((strcmp(by, "command") == 0) != (file->mailhost.command != NULL))
        brand_fault(f, "purchase.mailhost.command", N_("va indicato con by: command, e solo allora"));
    if (file->first_term_end && strcmp(file->first_term_end, "same_day") != 0 &&
        strcmp(file->first_term_end, "day_before") != 0)
        brand_fault(f, "purchase.first_term_end", N_("«%s» non è tra i valori previsti: %s"), file->first_term_end,
                    "same_day, day_before");
}

void brand_purchase_read(const struct purchase_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_purchase *p = &brand->purchase;

    if (!file->category && !file->product && !file->contract && !file->mailhost.by)
        return;
    *p = (struct brand_purchase){
        .on = true,
        .category = file->category ? file->category : "PEC",
        .product = file->product,
        .hold_minutes = or_else(file->hold_minutes, 60),
        .draft_days = or_else(file->draft_days, 30),
        .review_least_hours = or_else(file->review_hours.least, 24),
        .review_most_hours = or_else(file->review_hours.most, 72),
        .silence_days = or_else(file->silence_days, 90),
        .withdrawal_days = or_else(file->withdrawal_days, 14),
        .keep_documents_months = or_else(file->keep_documents_months, 30),
        .ends_day_before = file->first_term_end && strcmp(file->first_term_end, "day_before") == 0,
        .user_id_prefix = file->user_id.prefix,
        .user_id_digits = or_else(file->user_id.digits, 7),
        .contract.version = file->contract,
        .mailhost = file->mailhost.by,
        .mailhost_command = file->mailhost.command,
    };
    check_words(file, f);
    brand_check_range(f, "purchase.hold_minutes", p->hold_minutes, 5, 7 * 24 * 60);
    brand_check_range(f, "purchase.draft_days", p->draft_days, 1, 365);
    brand_check_range(f, "purchase.silence_days", p->silence_days, 7, 365);
    brand_check_range(f, "purchase.withdrawal_days", p->withdrawal_days, 14, 365);
    brand_check_range(f, "purchase.keep_documents_months", p->keep_documents_months, 1, 120);
    brand_check_range(f, "purchase.review_hours.least", p->review_least_hours, 1, 240);
    brand_check_range(f, "purchase.review_hours.most", p->review_most_hours, p->review_least_hours, 480);
    brand_check_range(f, "purchase.user_id.digits", p->user_id_digits, 4, 12);
}
