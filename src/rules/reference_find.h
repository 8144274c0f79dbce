/* rules/reference_find.h: what the readers of rules/reference.h share; for no one else. */
#pragma once

#include "rules/reference.h"

/* What a character is to a code. */
enum sign {
    SIGN_DIGIT,
    SIGN_LETTER,     /* its ASCII capital, or 0: another script's letter or digit, a byte that is no UTF-8 */
    SIGN_BLANK,
    SIGN_JOIN,       /* dot, slash, hyphen or dash */
    SIGN_UNDERSCORE,
    SIGN_OTHER,
    SIGN_END
};

/* Gives `take` each sign of the pieces (NULLs are empty), `between` after each but the last, and SIGN_END. */
void signs_read(const char *const *parts, size_t count, const char *between,
                void (*take)(void *to, enum sign sign, char byte), void *to);

/* Adds the order codes of the pieces joined by a blank, or tightly; then only those as they are printed, of 5 digits. */
void order_codes_read(const char *const *parts, size_t count, bool tight, const struct code_forms *forms,
                      struct references *found);

void references_add(struct references *found, const char *text); /* once, while there is room */
