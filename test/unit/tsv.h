/* Reading the shared test vectors: tab-separated lines, a header line first. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TSV_FIELDS 12

struct tsv {
    FILE *file;
    char line[16384];
    char *field[TSV_FIELDS]; /* "" past the last */
};

/* Opens a file of the shared data and passes its header line; false, with a plain message, where the data are absent.
 */
static bool tsv_open(struct tsv *tsv, const char *name)
{
    const char *source = getenv("CASELLA_SOURCE");
    char path[4096];

    snprintf(path, sizeof path, "%s/../shared/data/%s", source != NULL ? source : ".", name);
    tsv->file = fopen(path, "r");
    if (tsv->file == NULL) {
        printf("skipped: %s is not there\n", path);
        return false;
    }
    return fgets(tsv->line, sizeof tsv->line, tsv->file) != NULL;
}

static bool tsv_next(struct tsv *tsv, char separator)
{
    char *at = tsv->line;

    if (fgets(tsv->line, sizeof tsv->line, tsv->file) == NULL) {
        fclose(tsv->file);
        return false;
    }
    tsv->line[strcspn(tsv->line, "\r\n")] = '\0';
    for (size_t i = 0; i < TSV_FIELDS; i++) {
        char *end = at + strcspn(at, (char[]){separator, '\0'});

        tsv->field[i] = at;
        at = *end != '\0' ? end + 1 : end;
        *end = '\0';
    }
    return true;
}
