/* web/step_contract.c: the conditions are read and accepted (R131, R164), in the version that is in force; when is
 * kept, too. */

#include "base/i18n.h"
#include "web/wizard.h"
#include <string.h>

struct contract_form {
    bool terms;
    const char *version;
};
static const struct form_field FIELDS[] = {
    FORM_FLAG(struct contract_form, terms, "terms"),
    FORM_IGNORE("terms_version"),
    FORM_TEXT(struct contract_form, version, "version", .max = 20, .optional = true),
    FORM_END,
};

static bool is_kept(const struct walk *w)
{
    return text_same(json_string_value(json_object_get(walk_kept(w, "contract"), "version")),
                     page_conditions(&w->page)->version);
}

static bool holds(struct walk *w)
{
    return is_kept(w);
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;

    page_fields(p, FIELDS, NULL, faults);
    page_put_terms(p, is_kept(w));
    page_set(p, "text", page_terms(p, page_conditions(p)));
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct contract_form form = {0};
    const struct brand_terms *terms = page_conditions(&w->page);
    char at[INSTANT_TEXT];

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (!form.terms || !text_same(form.version, terms->version))
        return problems_add(faults, PROBLEM_TERMS, "terms", "%s", "");
    if (!is_kept(w))
        walk_keep(w, "contract",
                  json_pack("{s:s, s:s, s:s}", "version", terms->version, "sha256", terms->sha256, "at",
                            instant_rfc3339(w->page.now, at)));
    return DONE;
}

const struct wizard_step STEP_PAGE_CONTRACT = {
    .name = "contract", .title = N_("Condizioni"), .holds = holds, .show = show, .take = take};
