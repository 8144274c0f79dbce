/* web/portal_lookup.c: GET /rinnovo-pec (R79-R83): what renewing by user-id does, and the way into it; GET /guida.pdf:
 * the brand's guide (R82), for everybody. */

#include "base/i18n.h"
#include "paper/guide.h"
#include "rules/payment.h"
#include "shop/pay.h"
#include "web/portal.h"
#include "web/wizard.h"
#include <string.h>
#include <talloc.h>

static json_t *means_data(const struct page *p)
{
    json_t *list = json_array();

    for (const char *const *name = p->brand->lookup.means; *name; name++) {
        enum payment_method method;

        if (payment_method_of(*name, &method) == DONE && method_offered(p->shop, p->brand, method))
            json_array_append_new(list, json_string(page_text(p, payment_method_label(method))));
    }
    return list;
}

json_t *page_excluded(const struct page *p)
{
    struct text_buffer text = text_buffer(p->mem);

    for (const char *const *prefix = p->brand->lookup.excluded; *prefix; prefix++) {
        if (text.length)
            text_put(&text, prefix[1] ? ", " : page_text(p, N_(" o ")));
        text_put(&text, *prefix);
    }
    return text.length ? json_string(text.bytes) : json_false();
}

/* False, and answered, where the brand does not do it. */
static bool open_lookup(struct http_request *req, enum page_for who, struct page *p)
{
    if (!page_open(req, who, NULL, NULL, p))
        return false;
    if (p->brand->lookup.on)
        return true;
    page_problem(p, &(struct problem){.code = PROBLEM_NOT_FOUND});
    return false;
}

void portal_lookup(struct http_request *req)
{
    struct page p;

    if (!open_lookup(req, PAGE_ANYBODY, &p))
        return;
    page_set(&p, "window", page_window(&p));
    page_set(&p, "wallet", json_boolean(method_offered(p.shop, p.brand, METHOD_WALLET)));
    page_set(&p, "means", means_data(&p));
    page_set(&p, "excluded", page_excluded(&p));
    page_set(&p, "back", json_sprintf("%s%s", p.base, p.signed_in ? "/caselle" : "/"));
    page_show(&p, 200, "lookup", N_("Rinnovo PEC"));
}

/* Who came in with a mailbox's password renews that one. */
void portal_lookup_begin(struct http_request *req)
{
    struct page p;

    if (!open_lookup(req, PAGE_SIGNED_IN, &p))
        return;
    if (p.visitor.who.account_id) {
        walk_begin(&p, NULL);
        return;
    }
    page_set(&p, "mailbox_address", json_string(p.visitor.label));
    page_set(&p, "to_renew", json_true());
    page_set(&p, "next_query", json_string(page_next_query(&p, req->target)));
    page_show(&p, 403, "need_account", N_("Serve un account"));
}

void portal_guide_pdf(struct http_request *req)
{
    enum outcome o;
    size_t length;
    struct page p;
    void *bytes;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (!p.brand->guide.version) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    o = guide_pdf(p.mem,
                  &(struct guide_paper){.seller = &p.brand->seller,
                                        .title = N_("Guida al rinnovo PEC"),
                                        .text = brand_terms_on(&p.brand->guide, p.today)->text,
                                        .brand_name = p.brand->name,
                                        .colour = p.brand->light.brand,
                                        .contact = brand_support(p.mem, p.brand),
                                        .made_on = p.today},
                  &bytes, &length);
    if (o != DONE) {
        page_failed(&p, o, NULL);
        return;
    }
    http_inline(req, "guida-rinnovo-%s.pdf", p.brand->id);
    http_reply(req, 200, "application/pdf", bytes, length);
}
