#include "web/page.h"
#include "base/i18n.h"
#include "base/log.h"
#include "shop/convention.h"
#include "shop/pay.h"
#include "web/common.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PAGE_MEMORY ((size_t)48 * 1024) /* what most pages get by with */

static int drop_json(json_t **reference)
{
    json_decref(*reference);
    return 0;
}

json_t *page_owns(void *mem, json_t *value)
{
    json_t **reference = talloc(mem, json_t *);

    *reference = value;
    talloc_set_destructor(reference, drop_json);
    return value;
}

const char *page_text(const struct page *p, const char *italian)
{
    return i18n(p->language, italian);
}

void page_set(struct page *p, const char *name, json_t *value)
{
    json_object_set_new(p->data, name, value);
}

void page_set_view(struct page *p, const struct view_field *fields, const void *object)
{
    p->view = (struct view_struct){fields, object};
}

const char *page_cookie_path(const struct page *p)
{
    return p->base[0] ? p->base : "/";
}

/* ---- Opening ---- */

/* The ID of /b/ID/…, also where no route answers: a wrong address is still that seller's. NULL: the host says who
 * sells. */
static const char *brand_in_path(const struct http_request *req)
{
    const char *rest = req->path + strlen("/b/");

    if (req->route)
        return http_parameter(req, "brand");
    return strncmp(req->path, "/b/", strlen("/b/")) == 0 ? talloc_strndup(req->mem, rest, strcspn(rest, "/")) : NULL;
}

const struct brand *page_brand(const struct http_request *req)
{
    const struct brands *brands = ((struct web *)req->app)->shop->brands;
    const char *named = brand_in_path(req);
    const struct brand *brand = named ? brand_by_id(brands, named) : brand_by_host(brands, req->host);

    return brand || named ? brand : &brands->all[0];
}

static bool find_brand(struct page *p)
{
    const struct brand *brand = page_brand(p->req);

    if (!brand)
        return false;
    p->brand = brand;
    if (brand_in_path(p->req))
        p->base = talloc_asprintf(p->mem, "/b/%s", brand->id);
    return true;
}

static void choose_language(struct page *p)
{
    const char *wanted = form_value(&p->req->query, "lang");

    if (wanted && strcmp(view_language(wanted), wanted) == 0) {
        http_set_cookie(p->req, LANGUAGE_COOKIE, wanted, "/", 365 * 24 * 3600);
        p->language = view_language(wanted);
        return;
    }
    p->language = view_language(http_cookie(p->req, LANGUAGE_COOKIE));
}

struct opening {
    struct page *p;
    page_read *read;
    void *arg;
    enum page_for who;
    const char *token; /* of the session cookie; NULL: none */
    struct problem why;
};

static enum outcome open_page(struct db_tx *tx, void *arg)
{
    struct opening *o = arg;
    struct page *p = o->p;
    enum outcome found = REFUSED;

    p->now = db_now(tx);
    p->today = db_today(tx);
    p->simulated = db_simulated(tx);
    p->signed_in = false;
    if (o->token)
        found = session_visitor(tx, p->mem, p->brand, o->token, &p->visitor);
    if (found != DONE && found != REFUSED)
        return found;
    p->signed_in = found == DONE;
    if (p->signed_in) {
        principal_text(p->visitor.who, p->owner);
        p->actor = (struct actor){.door = "portal", .name = p->owner};
        TRY(cart_count(tx, p->owner, &p->cart_count));
    } else if (o->who == PAGE_SIGNED_IN) {
        return DONE; /* sent to the login: nothing to read */
    }
    return o->read ? o->read(tx, p, o->arg, &o->why) : DONE;
}

/* The page on which a form stands: what it is sent to, or, for a form that is only a button, the path without its verb.
 */
static const char *page_of_form(const struct page *p)
{
    static const char *const VERBS[] = {"/rimuovi", "/esci"};

    for (size_t i = 0; i < count_of(VERBS); i++) {
        size_t length = strlen(p->req->path), verb = strlen(VERBS[i]);

        if (length > verb && strcmp(p->req->path + length - verb, VERBS[i]) == 0)
            return talloc_strndup(p->mem, p->req->path, length - verb);
    }
    return p->req->path;
}

/* After the login one comes back to where one was going; a form that was sent does not survive, its page does. */
static void ask_login(struct page *p)
{
    const char *target = p->req->method == HTTP_GET ? p->req->target : page_of_form(p);

    page_go(p, talloc_asprintf(p->mem, "/accedi%s", page_next_query(p, target)));
}

/* A passing visitor gets a cookie too, so that the forms shown before the login have a token of their own. */
static void give_visit_cookie(struct page *p)
{
    char token[TOKEN_TEXT];
    const char *visit = http_cookie(p->req, VISIT_COOKIE);

    if (visit && strlen(visit) == TOKEN_TEXT - 1) {
        p->cookie = visit;
        return;
    }
    if (p->req->method != HTTP_GET) {
        p->cookie = "";
        return;
    }
    token_make(token);
    http_set_cookie(p->req, VISIT_COOKIE, token, page_cookie_path(p), -1);
    p->cookie = talloc_strdup(p->mem, token);
}

/* The token is looked at once, here, and taken out: no form has to declare it. A request that was refused may not even
 * have its form, and changes nothing. */
bool page_form_is_ours(struct page *p)
{
    struct form *form = &p->req->form;
    bool ours = p->req->method == HTTP_GET || http_refusal(p->req) || csrf_valid(p->cookie, form_value(form, "csrf"));
    size_t kept = 0;

    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->pair[i].name, "csrf") != 0)
            form->pair[kept++] = form->pair[i];
    form->count = kept;
    return ours;
}

void page_begin(struct http_request *req, struct page *p)
{
    struct web *web = req->app;

    *p = (struct page){.req = req,
                       .mem = talloc_pool(req->mem, PAGE_MEMORY),
                       .web = web,
                       .shop = web->shop,
                       .brand = &web->shop->brands->all[0],
                       .base = "",
                       .cookie = ""};
    p->data = page_owns(p->mem, json_object());
    choose_language(p);
}

bool page_open(struct http_request *req, enum page_for who, page_read *read, void *arg, struct page *p)
{
    struct opening o = {.p = p, .read = read, .arg = arg, .who = who};
    enum outcome outcome;

    page_begin(req, p);
    if (!find_brand(p)) {
        page_problem(p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return false;
    }
    o.token = http_cookie(req, SESSION_COOKIE);
    outcome = db_read(p->shop->db, req->route ? req->route->pattern : "page", open_page, &o);
    if (p->signed_in)
        p->cookie = o.token;
    else
        give_visit_cookie(p);
    if (outcome != DONE) {
        page_failed(p, outcome, &o.why);
        return false;
    }
    if (!p->signed_in && who == PAGE_SIGNED_IN) {
        ask_login(p);
        return false;
    }
    if (!page_form_is_ours(p)) {
        page_problem(p, &(struct problem){.code = PROBLEM_FORM_EXPIRED});
        return false;
    }
    if (p->signed_in && p->visitor.stale) {
        if (!http_may_wait(req))
            return false;
        if (session_seen(p->shop, p->visitor.token_hash) != DONE)
            log_warning("session.seen", LOG_TEXT("why", "not recorded"));
    }
    return true;
}

/* ---- Showing ---- */

/* What every page gets besides web/common.h: who looks at it, and where they are. */
struct frame {
    const char *title, *base;
    char csrf[TOKEN_TEXT];
    struct nav {
        bool mailboxes, orders, invoices, wallet, has_wallet, profile, services, lookup, convention, has_convention;
        int64_t cart_count;
    } nav;
    struct user {
        const char *label;
        bool is_account;
    } * user, user_given;
    struct demo {
        char clock[INSTANT_TEXT];
    } * demo, demo_given;
};

static const struct view_field NAV[] = {
    VIEW_BOOL(struct nav, mailboxes, "mailboxes"),    VIEW_BOOL(struct nav, orders, "orders"),
    VIEW_BOOL(struct nav, invoices, "invoices"),      VIEW_BOOL(struct nav, wallet, "wallet"),
    VIEW_BOOL(struct nav, has_wallet, "has_wallet"),  VIEW_BOOL(struct nav, profile, "profile"),
    VIEW_BOOL(struct nav, services, "services"),      VIEW_BOOL(struct nav, lookup, "lookup"),
    VIEW_BOOL(struct nav, convention, "convention"),  VIEW_BOOL(struct nav, has_convention, "has_convention"),
    VIEW_INT64(struct nav, cart_count, "cart_count"), VIEW_END,
};
static const struct view_field USER[] = {
    VIEW_TEXT(struct user, label, "label"),
    VIEW_BOOL(struct user, is_account, "is_account"),
    VIEW_END,
};
static const struct view_field DEMO[] = {VIEW_CHARS(struct demo, clock, "clock"), VIEW_END};
static const struct view_field FRAME[] = {
    VIEW_TEXT(struct frame, base, "base"),
    VIEW_TEXT(struct frame, title, "title"),
    VIEW_CHARS(struct frame, csrf, "csrf"),
    VIEW_STRUCT(struct frame, nav, "nav", NAV),
    VIEW_POINTER(struct frame, user, "user", USER),
    VIEW_POINTER(struct frame, demo, "demo", DEMO),
    VIEW_END,
};

static void fill_frame(const struct page *p, const char *title, struct frame *f)
{
    const char *pattern = p->req->route ? p->req->route->pattern : "";

    *f = (struct frame){.title = page_text(p, title), .base = p->base};
    csrf_token(p->cookie, f->csrf);
    f->nav = (struct nav){.mailboxes = strstr(pattern, "/caselle") || strstr(pattern, "/domini") ||
                                       strstr(pattern, "/carrello") || strstr(pattern, "/cassa"),
                          .orders = strstr(pattern, "/ordini"),
                          .invoices = strstr(pattern, "/fatture"),
                          .wallet = strstr(pattern, "/conto"),
                          .has_wallet = p->signed_in && p->visitor.who.account_id &&
                                        method_offered(p->shop, p->brand, METHOD_WALLET),
                          .profile = strstr(pattern, "/profilo"),
                          .lookup = strstr(pattern, "/rinnovo-pec") != NULL,
                          .services = strstr(pattern, "/servizi") || strstr(pattern, "/attivazione"),
                          .convention = strstr(pattern, "/convenzione"),
                          .has_convention = p->signed_in && p->visitor.who.account_id &&
                                            convention_of_delegate(p->brand, p->visitor.email, NULL),
                          .cart_count = p->cart_count};
    if (p->signed_in) {
        f->user_given = (struct user){p->visitor.label, p->visitor.who.account_id != 0};
        f->user = &f->user_given;
    }
    if (p->web->demo_mail) {
        instant_italian(p->now, f->demo_given.clock);
        f->demo = &f->demo_given;
    }
}

void page_show(struct page *p, int status, const char *name, const char *title)
{
    char file[80];
    struct text_buffer out = text_buffer(p->mem);
    const struct template *view;
    struct frame frame;

    snprintf(file, sizeof file, "page/%s.html", name);
    view = view_find(p->web->views, p->brand, p->language, file);
    if (!view) {
        log_error("page.missing", LOG_TEXT("view", file));
        http_reply(p->req, 500, "text/plain; charset=utf-8", "500\n", 4);
        return;
    }
    fill_frame(p, title, &frame);
    template_render_structs(
        view,
        (struct view_struct[]){{COMMON, common_of(p->web->common, p->brand, p->language)}, {FRAME, &frame}, p->view}, 3,
        p->data, &out);
    json_object_clear(
        p->data); /* where it was made: the thread that ends the request has no memory of its own to put it in */
    http_reply_kept(p->req, status, "text/html; charset=utf-8", out.bytes, out.length);
}

void page_go(struct page *p, const char *path)
{
    http_redirect(p->req, talloc_asprintf(p->mem, "%s%s", p->base, path));
}

void page_problem(struct page *p, const struct problem *problem)
{
    int status = problem_status(problem->code);
    const char *title = status == 404                           ? N_("Pagina non trovata")
                        : status >= 500                         ? N_("Servizio non disponibile")
                        : problem->code == PROBLEM_FORM_EXPIRED ? N_("Pagina scaduta")
                                                                : N_("Operazione non riuscita");
    char code[24];

    snprintf(code, sizeof code, "%llx", (unsigned long long)p->req->id);
    page_set(p, "problem",
             json_pack("{s:s, s:s, s:o, s:b}", "title", page_text(p, title), "text",
                       problem_text(p->mem, p->language, problem), "code",
                       status == 500 ? json_string(code) : json_false(), "retry",
                       status >= 500 || problem->code == PROBLEM_FORM_EXPIRED || status == 429));
    page_show(p, status, "problem", title);
}

void page_failed(struct page *p, enum outcome outcome, const struct problem *why)
{
    if (outcome == REFUSED && why)
        page_problem(p, why);
    else
        page_problem(p, &(struct problem){.code = outcome == BUSY      ? PROBLEM_BUSY
                                                  : outcome == REFUSED ? PROBLEM_NOT_FOUND
                                                                       : PROBLEM_BROKEN});
}
