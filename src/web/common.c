#include "web/common.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "shop/views.h"
#include <string.h>
#include <talloc.h>

struct assets {
    const char *bootstrap, *icons, *site, *script, *desk;
};
static const struct view_field ASSETS[] = {
    VIEW_TEXT(struct assets, bootstrap, "bootstrap"), VIEW_TEXT(struct assets, icons, "icons"),
    VIEW_TEXT(struct assets, site, "site"),           VIEW_TEXT(struct assets, script, "script"),
    VIEW_TEXT(struct assets, desk, "desk"),           VIEW_END,
};

struct seller_words {
    const char *name, *provider, *manual_url, *support_email, *support_phone, *line;
    bool sells; /* new mailboxes, too */
    bool has_privacy, has_lookup, has_guide;
};
static const struct view_field SELLER[] = {
    VIEW_TEXT(struct seller_words, name, "name"),
    VIEW_TEXT(struct seller_words, provider, "provider"),
    VIEW_TEXT(struct seller_words, manual_url, "manual_url"),
    VIEW_TEXT(struct seller_words, support_email, "support_email"),
    VIEW_TEXT(struct seller_words, support_phone, "support_phone"),
    VIEW_TEXT(struct seller_words, line, "seller_line"),
    VIEW_BOOL(struct seller_words, sells, "sells"),
    VIEW_BOOL(struct seller_words, has_privacy, "has_privacy"),
    VIEW_BOOL(struct seller_words, has_lookup, "has_lookup"),
    VIEW_BOOL(struct seller_words, has_guide, "has_guide"),
    VIEW_END,
};

struct other_language {
    const char *code, *name, *href;
};
static const struct view_field LANGUAGE[] = {
    VIEW_TEXT(struct other_language, code, "code"),
    VIEW_TEXT(struct other_language, name, "name"),
    VIEW_TEXT(struct other_language, href, "href"),
    VIEW_END,
};

struct common {
    const struct brand *brand;
    const char *language;
    struct assets assets;
    struct seller_words seller;
    struct other_language *languages; /* to change to */
    size_t language_count;
};
const struct view_field COMMON[] = {
    VIEW_TEXT(struct common, language, "lang"),
    VIEW_STRUCT(struct common, assets, "asset", ASSETS),
    VIEW_STRUCT(struct common, seller, "brand", SELLER),
    VIEW_LIST(struct common, languages, language_count, "languages", LANGUAGE),
    VIEW_END,
};

static void add_languages(struct common *c, void *mem)
{
    static const char *const NAME[VIEW_LANGUAGES] = {"Italiano", "English"};

    c->languages = talloc_array(mem, struct other_language, VIEW_LANGUAGES);
    for (size_t i = 0; i < VIEW_LANGUAGES; i++)
        if (strcmp(VIEW_LANGUAGE[i], c->language) != 0)
            c->languages[c->language_count++] = (struct other_language){
                VIEW_LANGUAGE[i], NAME[i], talloc_asprintf(c->languages, "?lang=%s", VIEW_LANGUAGE[i])};
}

static struct common make(void *mem, const struct brand *b, const char *language)
{
    const struct seller *s = &b->seller;
    struct common c = {
        .brand = b,
        .language = language,
        .assets = {.bootstrap = embedded_asset_url("bootstrap.min.css"),
                   .icons = embedded_asset_url("icons.css"),
                   .site = embedded_asset_url("site.css"),
                   .script = embedded_asset_url("site.js"),
                   .desk = embedded_asset_url("desk.js")},
        .seller = {.name = b->name,
                   .provider = b->provider,
                   .manual_url = b->provider_manual_url,
                   .support_email = b->support_email,
                   .support_phone = b->support_phone,
                   .sells = b->purchase.on,
                   .has_privacy = b->privacy.version != NULL,
                   .has_lookup = b->lookup.on,
                   .has_guide = b->guide.version != NULL,
                   .line = talloc_asprintf(mem, "%s, %s, %s %s (%s), %s %s", s->name, s->street, s->postcode, s->city,
                                           s->province, i18n(language, N_("P. IVA")), s->vat_number)},
    };

    add_languages(&c, mem);
    return c;
}

struct common *common_make(void *mem, const struct brands *brands)
{
    struct common *all = talloc_array(mem, struct common, (unsigned)(brands->count * VIEW_LANGUAGES));

    for (size_t i = 0; i < brands->count * VIEW_LANGUAGES; i++)
        all[i] = make(all, &brands->all[i / VIEW_LANGUAGES], VIEW_LANGUAGE[i % VIEW_LANGUAGES]);
    return all;
}

const struct common *common_of(const struct common *all, const struct brand *brand, const char *language)
{
    while (all->brand != brand || strcmp(all->language, language) != 0)
        all++;
    return all;
}
