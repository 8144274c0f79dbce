/* Three names of any bytes: never a crash, and what passes has the form that is promised and is its own spelling. */
#include "rules/name.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The pieces between line ends; a copy that ends where the input ends, so that a read past it shows. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1), *typed[NAMES] = {NULL}, names[NAMES][NAME_TEXT], again[NAME_TEXT];
    struct problems all = {0};
    char *rest = text;

    if (!text)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    for (int i = 0; i < NAMES && rest; i++)
        typed[i] = strsep(&rest, "\n");
    must((names_check((const char *const *)typed, names, &all) == DONE) == (all.count == 0));
    for (int i = 0; i < NAMES; i++) {
        if (!names[i][0])
            continue;
        must(strspn(names[i], "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(names[i]));
        must(!strstr(names[i], "..") && strlen(names[i]) >= NAME_LEAST && strlen(names[i]) <= NAME_MOST);
        must(name_check(names[i], "", again, NULL) == DONE && strcmp(again, names[i]) == 0);
        for (int j = 0; j < i; j++)
            must(strcmp(names[i], names[j]) != 0);
    }
    free(text);
    return 0;
}
