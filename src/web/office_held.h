/* web/office_held.h: what the files of one held sum's page share: office_held_one.c reads and shows it, office_held_act.c acts on it. */
#pragma once

#include "shop/held.h"
#include "shop/held_hint.h"
#include "shop/held_mail.h"
#include "web/office.h"

struct held_page {
    enum held_kind kind;
    int64_t id;
    struct held_item item; /* of payments and cheques, and of entries */
    struct bank_entry entry;
    struct held_part *parts;
    const char **deciders;
    size_t part_count;
    struct held_hints hints;
    struct held_mail mail;
    bool may_write;
};
office_read office_held_load; /* arg: struct held_page; another brand's reads like one that is not there */

/* Shows it; `way` says which form stands open, and whose the faults are. NULL: nothing was sent, and the forms begin with what is known. */
void office_held_show(struct office *o, const struct held_page *page, int status, const char *way, const struct problems *faults);

/* The forms of the page, in office_held_act.c. */
#define HELD_ROWS 4 /* orders of a split */
extern const struct form_field OFFICE_HELD_FIELDS[];
