/* web/page.h: what every portal page shares. A handler begins with page_open, which knows the brand, the language and the visitor,
 * and ends with page_show, page_go or page_problem. In between it reads and writes through shop/. */
#pragma once

#include "base/template.h"
#include "shop/login.h"
#include "web/web.h"

struct web {
    struct shop *shop;
    const struct views *views;
    statement_reader *read_statement;
    const struct files *uploads; /* may be NULL */
    const char *demo_mail;      /* NULL outside the demonstration */
    struct http_server *server;
    const struct common *common; /* web/common.h */
};

struct page {
    struct http_request *req;
    void *mem;                  /* the request's */
    struct web *web;
    struct shop *shop;
    const struct brand *brand;
    const char *base;           /* "" or "/b/legalmail": before every address of the portal */
    const char *language;
    const char *cookie;         /* the session's or the passing visitor's; "" when there is none yet */
    bool signed_in;
    struct visitor visitor;     /* when signed_in */
    char owner[PRINCIPAL_TEXT]; /* of the cart: "account:1" */
    struct actor actor;
    json_t *data;               /* for the template; belongs to the request */
    struct view_struct view;    /* and a struct for it; see page_set_view */
    int64_t cart_count;
    struct instant now;         /* the database's */
    struct day today;
    bool simulated;
};

/* What a page reads, in the same snapshot in which the visitor is recognised; p->visitor, p->today and p->now are set when it
 * runs. REFUSED with *why: answered as a problem page. */
typedef enum outcome page_read(struct db_tx *tx, struct page *p, void *arg, struct problem *why);

enum page_for { PAGE_ANYBODY, PAGE_SIGNED_IN };

/* False when the answer has been given already: unknown brand, nobody signed in (sent to the login, and back afterwards), a form
 * without its token, a refusal of `read`. Never sees a POST whose CSRF token is not the visitor's. `read` may be NULL. */
bool page_open(struct http_request *req, enum page_for who, page_read *read, void *arg, struct page *p);

/* The brand that an address is of: its path names it; otherwise the host does; a server with a single brand needs neither. NULL: an
 * unknown one. */
const struct brand *page_brand(const struct http_request *req);

/* Where one was going, said in a form or an address (web/way.c): only an address of this portal may be gone to; NULL for any other. */
const char *page_safe_next(const struct page *p, const char *next);
/* "?next=…" to hand it on to another page of the portal; "" for NULL. */
const char *page_next_query(const struct page *p, const char *next);

/* What page_open begins with, for pages that are no brand's (web/office.h): the request, the language, empty data. */
void page_begin(struct http_request *req, struct page *p);
/* Whether a form carries the token of the visitor's cookie (p->cookie); the token is taken out of it. */
bool page_form_is_ours(struct page *p);

/* Answers with views/page/NAME.html. */
void page_show(struct page *p, int status, const char *name, const char *title);
/* 303 to an address of the portal: "/caselle". */
void page_go(struct page *p, const char *path);
/* The error page: of a problem, or of an outcome that was BUSY or BROKEN. */
void page_problem(struct page *p, const struct problem *problem);
void page_failed(struct page *p, enum outcome outcome, const struct problem *why);
/* 410: a link from a mail that was used or is too old; `of` is of_password, of_registration, of_email or of_notice (page/link_spent.html). */
void page_link_spent(struct page *p, const char *of);

/* ---- Filling in data ---- */

void page_set(struct page *p, const char *name, json_t *value); /* takes over the reference */
/* Names that the template reads from a struct, which lasts until page_show; one a page. What page_set sets comes before it. */
void page_set_view(struct page *p, const struct view_field *fields, const void *object);
json_t *page_owns(void *mem, json_t *value); /* gives up the reference when `mem` goes; returns it */
const char *page_text(const struct page *p, const char *italian) __attribute__((format_arg(2))); /* translated */

/* The faults of a form: the summary on top, and under f.FIELD the value typed and its fault. `fields` as declared; values come from the
 * form sent, or from `values` (may be NULL) when the page is shown first. Fields named beside the form's own are f.NAME as well. */
void page_fields(struct page *p, const struct form_field *fields, const json_t *values, const struct problems *faults);

/* Reads and checks the form sent. The csrf field is looked after. */
enum outcome page_form(struct page *p, const struct form_field *fields, void *out, struct problems *faults) must_check;

/* The conditions that the brand's customers accept today. */
const struct brand_terms *page_conditions(const struct page *p);
/* For part/accept: terms_checked, terms_version; and the version that the form sent was shown with: those of another day are not accepted. */
void page_put_terms(struct page *p, bool checked);
const char *page_terms_shown(const struct page *p);
/* {version, paragraphs} of a text of the brand's. */
json_t *page_terms(struct page *p, const struct brand_terms *terms);

/* One fault from a rule, beside those of the form. */
void problems_put(struct problems *all, const struct problem *one);
/* In the order of the fields on the page; those of no field first. */
void problems_sort(struct problems *all, const struct form_field *fields);

/* The brand's steps with `here` marked, for part/steps (web/steps.c): where they are walked by the cart, and on the page after the
 * order, from which there is no way back. */
void page_steps(struct page *p, const char *here);
/* One row of part/steps; `link` NULL: one may not go there. */
json_t *page_step(const struct page *p, const char *label, bool done, bool here, const char *link);

json_t *page_window(const struct page *page); /* `window` of page/landing */
json_t *page_excluded(const struct page *p);                /* "KVIS, KLX o HLH": user-ids that are not renewed online; false: none */

/* ---- Cookies ---- */

#define SESSION_COOKIE "casella"
#define VISIT_COOKIE "casella_visit"
#define LANGUAGE_COOKIE "casella_lingua"
const char *page_cookie_path(const struct page *p);

/* Rows of the router: each portal page under a brand's own host and under /b/BRAND/. */
#define PORTAL(method, path, handler, ...)                                                                             \
    {method, path, handler, __VA_ARGS__}, {method, "/b/{brand}" path, handler, __VA_ARGS__}
#define PORTAL_HOME(handler)                                                                                           \
    {HTTP_GET, "/", handler, 0, HTTP_READS, 0}, {HTTP_GET, "/b/{brand}", handler, 0, HTTP_READS, 0},                   \
        {HTTP_GET, "/b/{brand}/", handler, 0, HTTP_READS, 0}
