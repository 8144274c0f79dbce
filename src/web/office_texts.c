/* web/office_texts.c: GET /office/catalogo/{marchio}/testi?testo=: what customers accept and read, by version, as they
 * see it. */

#include "base/i18n.h"
#include "web/office.h"
#include <string.h>

struct reading {
    const struct brand *brand;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    const char *id = http_parameter(o->page.req, "marchio");
    struct reading *r = arg;

    (void)tx;
    r->brand = brand_by_id(o->page.shop->brands, id);
    if (!r->brand || !operator_sees(&o->operator, id))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return DONE;
}

void office_texts(struct http_request *req)
{
    const char *chosen = form_value(&req->query, "testo");
    const struct brand_terms *shown = NULL;
    struct reading r;
    struct office o;
    json_t *list;

    if (!office_open(req, load, &r, &o))
        return;
    list = json_array();
    const struct {
        const char *name, *label;
        const struct brand_terms *text;
    } TEXTS[] = {
        {"condizioni", N_("Condizioni, accettate con l'ordine"), &r.brand->terms},
        {"privacy", N_("Informativa, letta da chi si registra"), &r.brand->privacy},
        {"rinnovo", N_("Consenso al rinnovo automatico"), &r.brand->autorenew.text},
        {"contratto", N_("Contratto di una casella nuova"), &r.brand->purchase.contract},
        {"guida", N_("Guida al rinnovo, in PDF"), &r.brand->guide},
    };
    for (size_t i = 0; i < count_of(TEXTS); i++) {
        const struct brand_terms *text = TEXTS[i].text;
        bool here = text->version && (chosen ? strcmp(chosen, TEXTS[i].name) == 0 : !shown);

        if (!text->version)
            continue;
        if (here)
            shown = text;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", TEXTS[i].name, "label",
                                              page_text(&o.page, TEXTS[i].label), "version", text->version, "sha256",
                                              text->sha256, "here", here));
    }
    page_set(&o.page, "brand_id", json_string(r.brand->id));
    page_set(&o.page, "name", json_string(r.brand->name));
    page_set(&o.page, "texts", list);
    page_set(&o.page, "shown", shown ? page_terms(&o.page, shown) : json_false());
    office_show(&o, 200, "texts", N_("Testi"));
}
