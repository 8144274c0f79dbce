/* rules/search.h: what somebody typed into the desk's one search box. Its shape says which indexes can answer: an address, a code or
 * causale, an invoice's number, an IBAN, a tax code, a user-id, a name. And the keys by which names are found. */
#pragma once

#include "rules/iban.h"
#include "rules/reference.h"

/* ---- Keys ---- */

#define SEARCH_KEY_TEXT 64 /* a longer key is cut */
#define SEARCH_KEYS     8

struct search_keys {
    char key[SEARCH_KEYS][SEARCH_KEY_TEXT]; /* distinct */
    size_t count;
};
/* Of a name: "maria verdi" and "verdi maria", from each of its words on, in small letters without accents or signs; then the codes in
 * capitals and the e-mail in small letters, so that the three never meet. Any of them may be NULL or "". */
void search_keys(void *mem, const char *name, const char *tax_code, const char *vat_number, const char *email,
                 struct search_keys *keys);

/* "D'Angiò  & figli" → "d angio figli". */
char *search_fold(void *mem, const char *text);

/* The first text after all that begin with `key`, for a range; `key` is not empty and ASCII. */
char *search_end(void *mem, const char *key);

/* ---- What was typed ---- */

#define SEARCH_CODES 4
#define SEARCH_LEAST 2 /* characters of a name or code */

struct search_typed {
    const char *text;                       /* as it is shown again: trimmed */
    char *address;                          /* the rest: NULL, "", 0 where it cannot be one */
    char codes[SEARCH_CODES][REFERENCE_TEXT];
    size_t code_count;
    bool mended;                            /* the codes are what a causale with a slip may have been */
    int64_t invoice_year, invoice_number;
    bool credit_note;
    char iban[IBAN_TEXT];
    char *key;                              /* what keys begin with: of a name, a tax code, an e-mail */
    char *word;                             /* one word: a user-id, a user name, what stands before an '@' */
};
/* A shape that can be nothing else (address, valid causale, IBAN, invoice) leaves out the others. `forms` may be NULL. */
void search_read(void *mem, const char *typed, const struct code_forms *forms, struct search_typed *out);
