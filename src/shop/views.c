#include "shop/views.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "shop/wording.h"
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

struct source {
    const struct brand *brand;
    const char *language;
};

static const char *partial(void *arg, const char *name)
{
    char path[160];

    snprintf(path, sizeof path, "%s.html", name);
    return brand_view_bytes(((struct source *)arg)->brand, path);
}

static const char *translate(void *arg, const char *text)
{
    return i18n(((struct source *)arg)->language, text);
}

static enum outcome parse_view(struct views *v, const struct brand *brand, const char *name, struct problem *why)
{
    struct view *view;

    v->all = talloc_realloc(v, v->all, struct view, (unsigned)(v->count + 1));
    view = &v->all[v->count++];
    *view = (struct view){.name = name, .brand = brand};
    for (size_t i = 0; i < VIEW_LANGUAGES; i++) {
        struct source source = {brand, VIEW_LANGUAGE[i]};

        TRY(template_parse(v, name, brand_view_bytes(brand, name),
                           &(struct template_source){partial, translate, &source}, &view->parsed[i], why));
    }
    return DONE;
}

/* Every page and mail, for a brand with its own parts in them. */
static enum outcome parse_all(struct views *v, const struct brand *brand, struct problem *why)
{
    size_t count;
    const struct embedded_file *file = embedded_below("views/", &count);

    for (size_t i = 0; i < count; i++) {
        const char *name = file[i].name + strlen("views/");

        if (strncmp(name, "part/", 5) != 0)
            TRY(parse_view(v, brand, name, why));
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

    TRY(parse_all(v, NULL, why));
    for (size_t i = 0; i < brands->count; i++)
        if (brands->all[i].view_count)
            TRY(parse_all(v, &brands->all[i], why));
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

const struct template *view_mail(const struct views *views, const struct brand *brand, const char *language,
                                 const char *name, const char *part, struct day on)
{
    const struct template *published;
    char path[120];
    bool none;

    published = wording_template(brand, name, view_language(language), part, on, &none);
    if (published || none)
        return published;
    snprintf(path, sizeof path, "mail/%.60s.%.20s", name, part);
    return view_find(views, brand, language, path);
}

void view_version(const struct brand *brand, const char *name, char version[VIEW_VERSION])
{
    static const char *const PART[] = {"txt", "html", "subject"};
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    char path[200];

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < sizeof PART / sizeof PART[0]; i++) {
        const char *text;

        snprintf(path, sizeof path, "%s.%s", name, PART[i]);
        text = brand_view_bytes(brand, path);
        if (text)
            crypto_hash_sha256_update(&state, (const unsigned char *)text, strlen(text));
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(version, VIEW_VERSION, hash, VIEW_VERSION / 2);
}
