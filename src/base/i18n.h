/* base/i18n.h: texts in the reader's language. Italian is what stands in the source; other languages come from
 * po/LANG.po, compiled by msgfmt and embedded. Read here from the .mo bytes, because libintl's own look-up needs
 * locales installed on the machine and one language a process; a server speaks several at once. */
#pragma once

#include <stddef.h>

#define N_(text) text /* marks a text for xgettext where it cannot be translated yet */

/* At start, before threads: adds a catalogue, or puts it in place of the language's earlier one. `mo` stays borrowed
 * and `language` is copied. The bytes are checked whole here, so that looking up can trust them. False when they are no
 * .mo file (either byte order), or when there is no room for one more language. */
_Bool i18n_add(const char *language, const void *mo, size_t length);

/* A text that a marked format made ("riga 3: manca la colonna «pec»"), or a problem's text, when only the text is left: its values are
 * found again between the format's words, and put into the translation, themselves translated likewise. What none made stays as it is.
 * Owned by `mem`. */
char *i18n_filled(void *mem, const char *language, const char *text);

/* The text in `language`, or `italian` itself. Static. */
const char *i18n(const char *language, const char *italian) __attribute__((format_arg(2)));
