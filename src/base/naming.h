/* base/naming.h: enums whose values are kept and spoken.
 *
 * Of `enum order_state` a header declares order_state_name (as the database and the API write it, never translated),
 * order_state_label (Italian, the key for i18n) and order_state_of (the value of that name; REFUSED where none has it). The source
 * has one table of it, a row a value, and defines all three from the table:
 *
 *     NAMING(order_state, STATES); */
#pragma once

#include "base/text.h"

/* A row, where name and label are all, or nearly; any struct that has these two will do. */
struct naming {
    const char *name, *label;
    const char *advice; /* a sentence for the customer, what to do about it; NULL: none */
};

#define NAMING(what, TABLE)                                                                                                    \
    const char *what##_name(enum what value) { return TABLE[value].name; }                                                     \
    const char *what##_label(enum what value) { return TABLE[value].label; }                                                   \
    enum outcome what##_of(const char *name, enum what *value)                                                                 \
    {                                                                                                                          \
        for (size_t i = 0; i < count_of(TABLE); i++)                                                                           \
            if (text_same(TABLE[i].name, name)) {                                                                              \
                *value = (enum what)i;                                                                                         \
                return DONE;                                                                                                   \
            }                                                                                                                  \
        return REFUSED;                                                                                                        \
    }                                                                                                                          \
    _Static_assert(count_of(TABLE) > 0, "a row a value")
