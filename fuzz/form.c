/* A form's body of any bytes, split and then checked: never a crash, and what is stored is what the table allows. */
#include "net/form.h"
#include "base/text.h"
#include "net/http_parts.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct form_choice COLOURS[] = {{"rosso", 1}, {"blu", 2}, {NULL, 0}};

struct all_kinds {
    int64_t years;
    const char *name, *note, *password;
    int colour;
    bool agreed;
    struct day born;
    struct money price;
};

static const struct form_field FIELDS[] = {
    FORM_INT(struct all_kinds, years, "i", .min = 1, .max = 10, .optional = true),
    FORM_TEXT(struct all_kinds, name, "t", .max = 10, .optional = true),
    FORM_TEXT(struct all_kinds, note, "n", .max = 20, .lines = true, .optional = true),
    FORM_TEXT(struct all_kinds, password, "p", .secret = true, .optional = true),
    FORM_ENUM(struct all_kinds, colour, "e", COLOURS, .optional = true),
    FORM_FLAG(struct all_kinds, agreed, "f"),
    FORM_DAY(struct all_kinds, born, "d", .optional = true),
    FORM_MONEY(struct all_kinds, price, "m", .optional = true),
    FORM_END,
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check(void *mem, const struct form *form)
{
    struct all_kinds kinds = {.years = 5};
    struct problems all = {0};

    must((form_check(mem, FIELDS, form, &kinds, &all) == DONE) == (all.count == 0));
    must(kinds.years >= 1 && kinds.years <= 10);
    must(!kinds.name || (text_is_plain(kinds.name, strlen(kinds.name)) && text_characters(kinds.name) <= 10));
    must(!kinds.note || (text_is_utf8(kinds.note, strlen(kinds.note)) && text_characters(kinds.note) <= 20));
    must(!kinds.note || !strchr(kinds.note, '\r'));
    must(kinds.colour >= 0 && kinds.colour <= 2);
    must(kinds.price.cents >= 0 && kinds.price.cents <= MONEY_LIMIT);
}

/* The first byte chooses: urlencoded, or multipart with the boundary "X". */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    void *mem = talloc_new(NULL);
    const char *body = length ? talloc_memdup(mem, bytes + 1, length - 1) : "";
    const struct http_upload *uploads;
    struct form form;
    size_t count;

    if (length && *bytes == 'm') {
        if (multipart_decode(mem, body, length - 1, "multipart/form-data; boundary=X", &form, &uploads, &count, NULL) ==
            DONE)
            check(mem, &form);
    } else if (length && form_decode(mem, body, length - 1, &form, NULL) == DONE) {
        check(mem, &form);
    }
    talloc_free(mem);
    return 0;
}
