/* A JSON body of any bytes, checked by a table: never a crash, and what is stored is what the table allows. */
#include "base/text.h"
#include "net/form.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct form_choice COLOURS[] = {{"rosso", 1}, {"blu", 2}, {NULL, 0}};

struct all_kinds {
    int64_t years;
    const char *name;
    int colour;
    bool agreed;
    struct day born;
    struct money price;
};

static const struct form_field FIELDS[] = {
    FORM_INT(struct all_kinds, years, "i", .min = 1, .max = 10, .optional = true),
    FORM_TEXT(struct all_kinds, name, "t", .max = 10, .optional = true),
    FORM_ENUM(struct all_kinds, colour, "e", COLOURS, .optional = true),
    FORM_FLAG(struct all_kinds, agreed, "f"),
    FORM_DAY(struct all_kinds, born, "d", .optional = true),
    FORM_MONEY(struct all_kinds, price, "m", .optional = true),
    FORM_IGNORE("x"),
    FORM_END,
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    json_t *object = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
    void *mem = talloc_new(NULL);
    struct all_kinds kinds = {.years = 5};
    struct problems all = {0};

    if (json_is_object(object)) {
        must((form_check_json(mem, FIELDS, object, &kinds, &all) == DONE) == (all.count == 0));
        must(kinds.years >= 1 && kinds.years <= 10);
        must(!kinds.name || (text_is_plain(kinds.name, strlen(kinds.name)) && text_characters(kinds.name) <= 10));
        must(kinds.colour >= 0 && kinds.colour <= 2);
        must(kinds.price.cents >= 0 && kinds.price.cents <= MONEY_LIMIT);
    }
    json_decref(object);
    talloc_free(mem);
    return 0;
}
