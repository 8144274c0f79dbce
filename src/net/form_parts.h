/* net/form_parts.h: what form.c and form_json.c share; nobody else includes it. */
#pragma once

#include "net/form.h"

/* One value on its way into a struct. */
struct form_entry {
    void *mem;
    const struct form_field *field;
    void *member;
    struct problems *all;
};

void form_set_text(const struct form_entry *e, const char *text, size_t length);
void form_set_number(const struct form_entry *e, int64_t number);
void form_set_cents(const struct form_entry *e, int64_t cents);
void form_set_choice(const struct form_entry *e, const char *word, size_t length);
enum outcome form_unknown(struct problems *all, const char *name, size_t length);
