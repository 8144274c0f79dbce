/* The part `desk` of brand.yaml: for what a second person is needed. Without it the platform's usual list holds. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

#define ALWAYS                                                                                                         \
    {                                                                                                                  \
        -1                                                                                                             \
    }
#define ABOVE "above"

const struct second_person SECOND_PERSON_USUAL[] = {
    {"erasure", ALWAYS},     /* a person's data are erased */
    {"cease", ALWAYS},       /* a mailbox ends before its time */
    {"refund", {50000}},     /* money goes back */
    {"hold_lifted", ALWAYS}, /* a legal hold ends */
    {"price", ALWAYS},       /* a price changes */
    {"text", ALWAYS},        /* a text is published */
    {"owner_out", ALWAYS},   /* an owner of the desk is disabled, or is one no more */
    {NULL, {0}},
};

static const cyaml_schema_value_t WORDS = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 60)};
const struct cyaml_schema_field BRAND_DESK[] = {
    CYAML_FIELD_SEQUENCE_COUNT("second_person", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct desk_policy_file,
                               second_person, count, &WORDS, 1, 20),
    CYAML_FIELD_END,
};

static const char *known(const char *name)
{
    for (const struct second_person *s = SECOND_PERSON_USUAL; s->kind; s++)
        if (strcmp(s->kind, name) == 0)
            return s->kind;
    return NULL;
}

/* "erasure", "refund above 500.00"; "none" alone: nobody is needed for anything. */
static struct second_person read_one(const char *text, const char *field, struct brand_faults *f)
{
    char *name = talloc_strndup(f->mem, text, strcspn(text, " "));
    const char *rest = text + strcspn(text, " ");
    struct second_person s = {known(name), ALWAYS};

    if (!s.kind)
        brand_fault(f, field,
                    N_("«%s» non è tra le azioni che possono volere una seconda persona: erasure, cease, refund, "
                       "hold_lifted, price, text, owner_out"),
                    name);
    rest += strspn(rest, " ");
    if (!rest[0])
        return s;
    if (!text_starts(rest, ABOVE " "))
        brand_fault(f, field, N_("«%s» non si capisce: scriverlo come «refund above 500.00»"), text);
    else
        s.above = brand_amount(f, field, rest + strlen(ABOVE " "));
    return s;
}

void brand_desk_read(void *mem, const struct desk_policy_file *file, struct brand *brand, struct brand_faults *f)
{
    struct second_person *all;

    brand->second_person = SECOND_PERSON_USUAL;
    if (!file->second_person)
        return;
    all = talloc_zero_array(mem, struct second_person, file->count + 1);
    brand->second_person = all;
    if (file->count == 1 && strcmp(file->second_person[0], "none") == 0)
        return;
    for (unsigned i = 0; i < file->count; i++) {
        char *field = talloc_asprintf(f->mem, "desk.second_person[%u]", i);

        all[i] = read_one(file->second_person[i], field, f);
        for (unsigned j = 0; j < i; j++)
            if (all[i].kind && all[j].kind == all[i].kind)
                brand_fault(f, field, N_("«%s» compare due volte"), all[i].kind);
    }
}
