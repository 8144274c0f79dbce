/* web/portal_public.c: what everybody may read: GET / (R8-R10), /guida (R2, R5, R38), /condizioni (L14), /accessibilita
 * (L20), /brand.css. */

#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/pay.h"
#include "shop/vote.h"
#include "web/api.h"
#include "web/page.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* "3 mesi", "un mese e 15 giorni"; false for nothing. */
static json_t *span_words(const struct page *p, struct span span)
{
    const char *months = span.months == 1 ? page_text(p, N_("un mese"))
                                          : talloc_asprintf(p->mem, page_text(p, N_("%d mesi")), span.months);
    const char *days = span.days == 1 ? page_text(p, N_("un giorno"))
                                      : talloc_asprintf(p->mem, page_text(p, N_("%d giorni")), span.days);

    if (span.months > 0 && span.days > 0)
        return json_sprintf(page_text(p, N_("%s e %s")), months, days);
    return span.months > 0 ? json_string(months) : span.days > 0 ? json_string(days) : json_false();
}

json_t *page_window(const struct page *p)
{
    const struct renewal_policy *policy = &p->brand->renewal;

    return json_pack("{s:o, s:o}", "opens", span_words(p, (struct span){.months = policy->opens_months_before}),
                     "closes", span_words(p, policy->closes_after));
}

/* "PayPal, Carta di credito o Bonifico Bancario": of the ways that are offered, in the brand's order, those at once or
 * those by reference. */
static json_t *ways_text(const struct page *p, bool at_once)
{
    struct text_buffer text = text_buffer(p->mem);
    const char *labels[PAYMENT_METHODS];
    size_t count = 0;

    for (const char **name = p->brand->payment_methods; *name; name++) {
        enum payment_method method;

        if (payment_method_of(*name, &method) == DONE && payment_method_is_at_once(method) == at_once &&
            method_offered(p->shop, p->brand, method))
            labels[count++] = page_text(p, payment_method_label(method));
    }
    for (size_t i = 0; i < count; i++) {
        text_put(&text, i == 0 ? "" : i + 1 == count ? page_text(p, N_(" o ")) : ", ");
        text_put(&text, labels[i]);
    }
    return count ? json_string(text.bytes) : json_false();
}

static json_t *ways_data(const struct page *p)
{
    const struct brand *b = p->brand;

    return json_pack("{s:o, s:o, s:b, s:b, s:b}", "at_once", ways_text(p, true), "later", ways_text(p, false),
                     "on_proof", b->payment.trust_proof, "online",
                     method_offered(p->shop, b, METHOD_CARD) || method_offered(p->shop, b, METHOD_STRIPE) ||
                         method_offered(p->shop, b, METHOD_PAYPAL),
                     "wizard", strcmp(b->steps[0], "choose") != 0);
}

void portal_landing(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    page_set(
        &p, "families",
        json_pack("[{s:o, s:o}]", "name",
                  json_sprintf(page_text(&p, strstr(p.brand->name, "PEC") ? N_("Caselle %s") : N_("Caselle PEC %s")),
                               p.brand->name),
                  "text", json_sprintf(page_text(&p, N_("Indirizzi che finiscono con @%s")), p.brand->domain)));
    page_set(&p, "window", page_window(&p));
    page_set(&p, "ways", ways_data(&p));
    page_show(&p, 200, "landing", N_("Rinnovo delle caselle PEC"));
}

/* For how long a mailbox is renewed: what there is to choose, if anything. */
static json_t *years_data(const struct page *p)
{
    int least = p->brand->renewal.min_years, most = p->brand->renewal.max_years;
    bool fixed = least == most && most > 1;

    return json_pack("{s:i, s:i, s:b, s:b, s:o}", "least", least, "most", most, "several", least < most, "one",
                     most == 1, "fixed", fixed ? json_integer(most) : json_false());
}

void portal_help(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    page_set(&p, "window", page_window(&p));
    page_set(&p, "ways", ways_data(&p));
    page_set(&p, "years", years_data(&p));
    page_set(&p, "extra_space", json_boolean(p.brand->extra_space));
    page_set(&p, "voted", json_boolean(form_value(&req->query, "grazie") != NULL));
    page_show(&p, 200, "help", N_("Guida al rinnovo"));
}

struct voting {
    const char *brand;
    bool useful;
};

static enum outcome count_vote(struct db_tx *tx, void *arg)
{
    const struct voting *v = arg;

    return vote_count(tx, v->brand, "guida", v->useful);
}

/* POST /guida/voto (R167): anybody's, and nobody's name is kept with it. */
void portal_help_voted(struct http_request *req)
{
    struct voting v;
    const char *vote;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    vote = form_value(&req->form, "vote");
    v = (struct voting){p.brand->id, vote && strcmp(vote, "yes") == 0};
    o = vote && (v.useful || strcmp(vote, "no") == 0) ? db_transaction(p.shop->db, "help.vote", count_vote, &v) : DONE;
    if (o != DONE)
        page_failed(&p, o, NULL);
    else
        page_go(&p, "/guida?grazie=1#voto");
}

const struct brand_terms *page_conditions(const struct page *p)
{
    return brand_terms_on(&p->brand->terms, p->today);
}

void page_put_terms(struct page *p, bool checked)
{
    page_set(p, "terms_checked", json_boolean(checked));
    page_set(p, "terms_version", json_string(page_conditions(p)->version));
}

const char *page_terms_shown(const struct page *p)
{
    const char *version = form_value(&p->req->form, "terms_version");

    return version ? version : "";
}

json_t *page_terms(struct page *p, const struct brand_terms *terms)
{
    json_t *paragraphs = json_array();

    for (char *rest = talloc_strdup(p->mem, terms->text), *end; rest && *rest; rest = end) {
        end = strstr(rest, "\n\n");
        if (end) {
            *end = 0;
            end += 2;
        }
        if (!text_is_blank(rest))
            json_array_append_new(paragraphs, json_string(text_trim(p->mem, rest)));
    }
    return json_pack("{s:s, s:o}", "version", terms->version, "paragraphs", paragraphs);
}

void portal_terms(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    page_set(&p, "terms", page_terms(&p, brand_terms_on(&p.brand->terms, p.today)));
    page_show(&p, 200, "terms", N_("Condizioni del servizio"));
}

void portal_privacy(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (!p.brand->privacy.version) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    page_set(&p, "privacy", page_terms(&p, brand_terms_on(&p.brand->privacy, p.today)));
    page_show(&p, 200, "privacy", N_("Informativa sulla privacy"));
}

void portal_accessibility(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    page_set(&p, "reviewed_on", json_string("22/11/2026"));
    page_show(&p, 200, "accessibility", N_("Dichiarazione di accessibilità"));
}

static void put_colours(struct text_buffer *css, const struct brand_colours *c)
{
    text_put_format(css, ":root{--brand:%s;--brand-ink:%s;--brand-soft:%s}", c->brand, c->brand_ink, c->brand_soft);
}

/* The colours were checked to be #rrggbb when the brand was loaded. */
void portal_brand_css(struct http_request *req)
{
    struct page p;
    struct text_buffer css;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    css = text_buffer(p.mem);
    put_colours(&css, &p.brand->light);
    text_put(&css, "@media (prefers-color-scheme:dark){");
    put_colours(&css, &p.brand->dark);
    text_put(&css, "}\n");
    http_set_header(req, "Cache-Control", "public, max-age=3600");
    http_reply(req, 200, "text/css; charset=utf-8", css.bytes, css.length);
}

/* Whatever no route answers: in the portal's clothes where a person reads, as a problem where a program does. An
 * address that cannot be decoded has no path; what it begins with still tells. */
void portal_otherwise(struct http_request *req)
{
    const struct problem *why = http_refusal(req);
    struct page p;

    if (strncmp(req->path, "/api/", 5) == 0 || strncmp(req->target, "/api/", 5) == 0) {
        http_reply_problem(req, why, api_language(req));
        return;
    }
    if (page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        page_problem(&p, why);
}
