#include "shop/views.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct view {
    const char *name;          /* "page/area.html" */
    const struct brand *brand; /* NULL: ours, for every brand */
    struct template *parsed[VIEW_LANGUAGES];
};

struct views {
    struct view *all; /* by name, then ours before the brands' */
    size_t count;
};

const char *const VIEW_LANGUAGE[VIEW_LANGUAGES] = {"it", "en"};

static size_t language_index(const char *language)
{
    for (size_t i = 0; i < VIEW_LANGUAGES; i++)
        if (language && strcmp(VIEW_LANGUAGE[i], language) == 0)
            return i;
    return 0;
}

const char *view_language(const char *wanted)
{
    return VIEW_LANGUAGE[language_index(wanted)];
}

/* What a partial's or page's name means for a brand: its own file first, then ours. */
static const struct embedded_file *source_of(const struct brand *brand, const char *name)
{
    const struct embedded_file *file = NULL;
    char path[200];

    if (brand) {
        snprintf(path, sizeof path, "brands/%s/views/%s", brand->id, name);
        file = embedded_find(path);
    }
    if (!file) {
        snprintf(path, sizeof path, "views/%s", name);
        file = embedded_find(path);
    }
    return file;
}

struct source {
    const struct brand *brand;
    const char *language;
};

static const char *partial(void *arg, const char *name)
{
    struct source *s = arg;
    char path[160];
    const struct embedded_file *file;

    snprintf(path, sizeof path, "%s.html", name);
    file = source_of(s->brand, path);
    return file ? file->bytes : NULL;
}

static const char *translate(void *arg, const char *text)
{
    return i18n(((struct source *)arg)->language, text);
}

static enum outcome parse_view(struct views *v, const struct brand *brand, const struct embedded_file *file,
                               const char *name, struct problem *why)
{
    struct view *view;

    v->all = talloc_realloc(v, v->all, struct view, (unsigned)(v->count + 1));
    view = &v->all[v->count++];
    *view = (struct view){.name = name, .brand = brand};
    for (size_t i = 0; i < VIEW_LANGUAGES; i++) {
        struct source source = {brand, VIEW_LANGUAGE[i]};

        TRY(template_parse(v, file->name, file->bytes, &(struct template_source){partial, translate, &source},
                           &view->parsed[i], why));
    }
    return DONE;
}

static enum outcome parse_below(struct views *v, const struct brand *brand, const char *prefix, struct problem *why)
{
    size_t count;
    const struct embedded_file *file = embedded_below(prefix, &count);

    for (size_t i = 0; i < count; i++) {
        const char *name = strstr(file[i].name, "views/") + strlen("views/");

        if (strncmp(name, "part/", 5) != 0)
            TRY(parse_view(v, brand, &file[i], name, why));
    }
    return DONE;
}

static int by_name(const void *a, const void *b)
{
    const struct view *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : strcmp(x->brand ? x->brand->id : "", y->brand ? y->brand->id : "");
}

enum outcome views_load(void *mem, const struct brands *brands, struct views **views, struct problem *why)
{
    struct views *v = talloc_zero(mem, struct views);

    TRY(parse_below(v, NULL, "views/", why));
    for (size_t i = 0; i < brands->count; i++) {
        char prefix[120];

        snprintf(prefix, sizeof prefix, "brands/%s/views/", brands->all[i].id);
        TRY(parse_below(v, &brands->all[i], prefix, why));
    }
    qsort(v->all, v->count, sizeof *v->all, by_name);
    *views = v;
    return DONE;
}

static const struct view *find(const struct views *views, const struct brand *brand, const char *name)
{
    return bsearch(&(struct view){.name = name, .brand = brand}, views->all, views->count, sizeof *views->all, by_name);
}

const struct template *view_find(const struct views *views, const struct brand *brand, const char *language,
                                 const char *name)
{
    const struct view *view = brand ? find(views, brand, name) : NULL;

    if (!view)
        view = find(views, NULL, name);
    return view ? view->parsed[language_index(language)] : NULL;
}

void view_version(const struct brand *brand, const char *name, char version[VIEW_VERSION])
{
    static const char *const PART[] = {"txt", "html", "subject"};
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    char path[200];

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < sizeof PART / sizeof PART[0]; i++) {
        const struct embedded_file *file;

        snprintf(path, sizeof path, "%s.%s", name, PART[i]);
        file = source_of(brand, path);
        if (file)
            crypto_hash_sha256_update(&state, (const unsigned char *)file->bytes, strlen(file->bytes));
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(version, VIEW_VERSION, hash, VIEW_VERSION / 2);
}
