/* test/unit/english.h: that what a file is refused for has its English, with all that was put into it. */
#pragma once

#include "base/embedded.h"
#include "base/i18n.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <talloc.h>

/* No word of the Italian stays, but for what the file itself says, which stands in «» or brackets. */
static inline void assert_english(const char *italian)
{
    static const char *const WORDS[] = {"non", "è", "di", "il", "la", "un", "una", "che", "più", "riga", "campo", "manca", "senza"};
    const struct embedded_file *catalogue = embedded_find("po/en.mo");
    char *english, *words;

    assert_true(catalogue && i18n_add("en", catalogue->bytes, catalogue->length));
    english = i18n_filled(NULL, "en", italian);
    words = talloc_asprintf(english, " %s ", english);
    for (char *at = words, depth = 0; *at; at++) {
        depth = (char)(depth + (*at == '(' || text_starts(at, "«")) - (*at == ')' || text_starts(at, "»")));
        if (depth > 0 || strchr(":;,'", *at))
            *at = ' ';
    }
    for (size_t i = 0; i < count_of(WORDS); i++)
        if (strstr(words, talloc_asprintf(english, " %s ", WORDS[i])))
            fail_msg("«%s» is told in English as «%s»", italian, english);
    talloc_free(english);
}
