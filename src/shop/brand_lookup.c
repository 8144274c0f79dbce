/* The part `lookup` of brand.yaml: who may renew a mailbox that is not his own. Without it only who sees a mailbox
 * renews it. */
#include "base/i18n.h"
#include "base/text.h"
#include "rules/payment.h"
#include "rules/user_id.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 20)};

const struct cyaml_schema_field BRAND_LOOKUP[] = {
    CYAML_FIELD_STRING_PTR("by", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lookup_file, by, 1, 20),
    CYAML_FIELD_SEQUENCE_COUNT("excluded_userid_prefixes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lookup_file,
                               excluded, excluded_count, &WORD, 0, 20),
    CYAML_FIELD_SEQUENCE_COUNT("means", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct lookup_file, means,
                               means_count, &WORD, 0, 10),
    CYAML_FIELD_END,
};

static void check_prefix(const char *const *all, unsigned i, struct brand_faults *f)
{
    const char *field = talloc_asprintf(f->mem, "lookup.excluded_userid_prefixes[%u]", i);

    if (strspn(all[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(all[i]))
        brand_fault(f, field, N_("solo lettere maiuscole e cifre"));
    for (unsigned j = 0; j < i; j++)
        if (text_starts(all[i], all[j]) || text_starts(all[j], all[i]))
            brand_fault(f, field, N_("«%s» e «%s» escludono le stesse user-id: ne basta uno"), all[j], all[i]);
}

static bool among(const char *word, const char *const *list, size_t most)
{
    for (size_t i = 0; i < most && list[i]; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

/* All that the brand takes but the prepaid account, which is asked for before; in its order unless another is given. */
static const char *const *read_means(void *mem, const struct lookup_file *file, const struct brand *brand,
                                     struct brand_faults *f)
{
    const char **means;
    unsigned count = 0;

    while (brand->payment_methods[count])
        count++;
    means = talloc_zero_array(mem, const char *, count + file->means_count + 1);
    count = 0;
    for (const char **method = brand->payment_methods; *method && !file->means_count; method++)
        if (strcmp(*method, payment_method_name(METHOD_WALLET)) != 0)
            means[count++] = *method;
    for (unsigned i = 0; i < file->means_count; i++) {
        const char *field = talloc_asprintf(f->mem, "lookup.means[%u]", i);

        if (among(file->means[i], means, i))
            brand_fault(f, field, N_("«%s» compare due volte"), file->means[i]);
        if (!among(file->means[i], brand->payment_methods, SIZE_MAX) ||
            strcmp(file->means[i], payment_method_name(METHOD_WALLET)) == 0)
            brand_fault(f, field, N_("«%s» non è tra i payment_methods del marchio, conto prepagato escluso"),
                        file->means[i]);
        means[i] = file->means[i];
    }
    return means;
}

void brand_lookup_read(void *mem, const struct lookup_file *file, struct brand *brand, struct brand_faults *f)
{
    const char **excluded;

    if (!file->by && !file->excluded_count && !file->means_count)
        return;
    if (!file->by || strcmp(file->by, "user_id") != 0)
        brand_fault(f, "lookup.by", N_("«%s» non è tra i valori previsti: %s"), file->by ? file->by : "", "user_id");
    excluded = talloc_zero_array(mem, const char *, file->excluded_count + 1);
    for (unsigned i = 0; i < file->excluded_count; i++) {
        excluded[i] = file->excluded[i];
        check_prefix(excluded, i, f);
    }
    brand->lookup = (struct brand_lookup){.on = true, .excluded = excluded, .means = read_means(mem, file, brand, f)};
    if (brand->purchase.on && brand->purchase.user_id_prefix &&
        user_id_is_excluded(brand->purchase.user_id_prefix, excluded))
        brand_fault(f, "purchase.user_id.prefix", N_("è tra quelli che lookup esclude dal rinnovo"));
}
