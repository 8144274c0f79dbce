/* The templates in a brand's folder, which come before ours: views/page, views/mail, views/part. Each must have the
 * name of one of ours, for nothing would ever show another. */
#include "base/embedded.h"
#include "base/i18n.h"
#include "base/template.h"
#include "shop/brand_file.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static void put(void *mem, struct brand *brand, const char *name, const char *file, const char *bytes)
{
    struct brand_view *all =
        talloc_realloc(mem, (struct brand_view *)brand->views, struct brand_view, (unsigned)(brand->view_count + 1));

    all[brand->view_count++] = (struct brand_view){name, file, bytes};
    brand->views = all;
}

static void read_embedded(void *mem, const char *folder, struct brand *brand)
{
    char *prefix = talloc_asprintf(mem, "%s/views/", folder);
    size_t count;
    const struct embedded_file *file = embedded_below(prefix, &count);

    for (size_t i = 0; i < count; i++)
        put(mem, brand, file[i].name + strlen(prefix), file[i].name, file[i].bytes);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_kind(void *mem, const char *folder, const char *kind, struct brand *brand, struct brand_faults *f)
{
    struct dirent **entry;
    char *path = talloc_asprintf(mem, "%s/views/%s", folder, kind);
    int count = scandir(path, &entry, is_visible, alphasort);

    for (int i = 0; i < count; i++) {
        char *file = talloc_asprintf(mem, "%s/%s", path, entry[i]->d_name), *bytes;
        size_t length;
        struct problem why;

        if (config_read(mem, file, &bytes, &length, &why) == DONE)
            put(mem, brand, talloc_asprintf(mem, "%s/%s", kind, entry[i]->d_name), file, bytes);
        else
            brand_fault(f, "", "%s", why.detail);
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
}

/* What stands beside the three folders is seen by nobody. */
static void look_beside(void *mem, const char *folder, const char *const *kinds, size_t kind_count,
                        struct brand_faults *f)
{
    struct dirent **entry;
    char *path = talloc_asprintf(mem, "%s/views", folder);
    int count = scandir(path, &entry, is_visible, alphasort);

    for (int i = 0; i < count; i++) {
        size_t kind = 0;

        while (kind < kind_count && strcmp(kinds[kind], entry[i]->d_name) != 0)
            kind++;
        if (kind == kind_count)
            brand_fault(f, "", N_("%s/%s: le viste stanno in views/mail, views/page e views/part"), path,
                        entry[i]->d_name);
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
}

/* ---- Checking ---- */

const char *brand_view_bytes(const struct brand *brand, const char *name)
{
    const struct embedded_file *ours;
    char path[200];

    for (size_t i = 0; brand && i < brand->view_count; i++)
        if (strcmp(brand->views[i].name, name) == 0)
            return brand->views[i].bytes;
    snprintf(path, sizeof path, "views/%s", name);
    ours = embedded_find(path);
    return ours ? ours->bytes : NULL;
}

struct checking {
    const struct brand *brand;
    char missing[160]; /* a partial that nobody has; Mustache would show nothing in its place */
};

static const char *partial(void *arg, const char *name)
{
    struct checking *c = arg;
    const char *bytes;
    char path[160];

    snprintf(path, sizeof path, "%s.html", name);
    bytes = brand_view_bytes(c->brand, path);
    if (!bytes)
        memcpy(c->missing, path, sizeof path);
    return bytes;
}

static void check(void *mem, struct brand *brand, const struct brand_view *view, struct brand_faults *f)
{
    struct checking c = {.brand = brand};
    struct template *parsed;
    struct problem why;

    if (!embedded_find(talloc_asprintf(mem, "views/%s", view->name)))
        brand_fault(f, "", N_("%s: non c'è una vista con questo nome da sostituire"), view->file);
    else if (template_parse(mem, view->file, view->bytes, &(struct template_source){partial, NULL, &c}, &parsed,
                            &why) != DONE)
        brand_fault(f, "", "%s", why.detail);
    else if (c.missing[0])
        brand_fault(f, "", N_("%s: richiama %s, che non c'è"), view->file, c.missing);
}

void brand_views_read(void *mem, const char *folder, bool built_in, struct brand *brand, struct brand_faults *f)
{
    static const char *const KINDS[] = {"mail", "page", "part"};

    if (built_in) {
        read_embedded(mem, folder, brand);
        return;
    }
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        read_kind(mem, folder, KINDS[i], brand, f);
    look_beside(f->mem, folder, KINDS, sizeof KINDS / sizeof *KINDS, f);
    for (size_t i = 0; i < brand->view_count; i++)
        check(f->mem, brand, &brand->views[i], f);
}
