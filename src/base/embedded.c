#include "base/embedded.h"
#include <string.h>

/* The first file whose name is not before `name`. */
static size_t first_from(const char *name)
{
    size_t low = 0, high = embedded_file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(embedded_files[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct embedded_file *embedded_find(const char *name)
{
    const struct embedded_file *file = &embedded_files[first_from(name)];

    return file->name && strcmp(file->name, name) == 0 ? file : NULL;
}

const struct embedded_file *embedded_below(const char *prefix, size_t *count)
{
    const struct embedded_file *first = &embedded_files[first_from(prefix)];

    *count = 0;
    while (first[*count].name && strncmp(first[*count].name, prefix, strlen(prefix)) == 0)
        ++*count;
    return *count > 0 ? first : NULL;
}

const char *embedded_asset_url(const char *plain)
{
    for (const struct embedded_asset *a = embedded_assets; a->plain; a++)
        if (strcmp(a->plain, plain) == 0)
            return a->url;
    return NULL;
}
