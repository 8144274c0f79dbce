#include "web/common.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "shop/views.h"
#include <stdio.h>
#include <string.h>

static json_t *assets(void)
{
    return json_pack("{s:s*, s:s*, s:s*, s:s*}", "bootstrap", embedded_asset_url("bootstrap.min.css"), "icons",
                     embedded_asset_url("icons.css"), "site", embedded_asset_url("site.css"), "script",
                     embedded_asset_url("site.js"));
}

static json_t *brand_data(const struct brand *b, const char *language)
{
    const struct seller *s = &b->seller;
    json_t *data = json_pack("{s:s, s:s, s:s, s:o}", "name", b->name, "provider", b->provider, "support_email",
                             b->support_email, "seller_line",
                             json_sprintf("%s, %s, %s %s (%s), %s %s", s->name, s->street, s->postcode, s->city,
                                          s->province, i18n(language, N_("P. IVA")), s->vat_number));

    if (b->provider_manual_url)
        json_object_set_new(data, "manual_url", json_string(b->provider_manual_url));
    if (b->support_phone)
        json_object_set_new(data, "support_phone", json_string(b->support_phone));
    return data;
}

/* The others, to change to. */
static json_t *languages(const char *language)
{
    static const char *const NAME[VIEW_LANGUAGES] = {"Italiano", "English"};
    json_t *list = json_array();

    for (size_t i = 0; i < VIEW_LANGUAGES; i++)
        if (strcmp(VIEW_LANGUAGE[i], language) != 0)
            json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "code", VIEW_LANGUAGE[i], "name", NAME[i], "href",
                                                  json_sprintf("?lang=%s", VIEW_LANGUAGE[i])));
    return list;
}

static const char *key_of(const struct brand *brand, const char *language, char key[80])
{
    snprintf(key, 80, "%s.%s", brand->id, language);
    return key;
}

json_t *common_make(const struct brands *brands)
{
    json_t *all = json_object();
    char key[80];

    for (size_t i = 0; i < brands->count; i++)
        for (size_t j = 0; j < VIEW_LANGUAGES; j++)
            json_object_set_new(all, key_of(&brands->all[i], VIEW_LANGUAGE[j], key),
                                json_pack("{s:o, s:o, s:o}", "asset", assets(), "brand",
                                          brand_data(&brands->all[i], VIEW_LANGUAGE[j]), "languages",
                                          languages(VIEW_LANGUAGE[j])));
    return all;
}

json_t *common_of(const json_t *common, const struct brand *brand, const char *language)
{
    char key[80];

    return json_object_get(common, key_of(brand, language, key));
}
