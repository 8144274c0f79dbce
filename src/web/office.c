#include "web/office.h"
#include "base/i18n.h"
#include "base/log.h"
#include "web/common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Opening ---- */

struct opening {
    struct office *o;
    office_read *read;
    void *arg;
    const enum office_right *right; /* NULL: none is needed */
    const char *token;              /* of the session cookie; NULL: none */
    bool stale;
    struct problem why;
};

static enum outcome open_office(struct db_tx *tx, void *arg)
{
    struct opening *op = arg;
    struct office *o = op->o;
    enum outcome found = REFUSED;

    o->page.now = db_now(tx);
    o->page.today = db_today(tx);
    o->page.simulated = db_simulated(tx);
    if (op->token)
        found = operator_visitor(tx, o->page.mem, op->token, &o->operator, & o->session, &op->stale);
    if (found != DONE && found != REFUSED)
        return found;
    o->signed_in = found == DONE;
    if (!o->signed_in && op->right)
        return DONE; /* sent to the login */
    if (o->signed_in) {
        o->actor = (struct actor){.door = "office", .name = operator_text(&o->operator, o->actor_name)};
        if (op->right && !operator_may(&o->operator, * op->right))
            return problem_set(&op->why, PROBLEM_FORBIDDEN, "", "%s", "");
    }
    return op->read ? op->read(tx, o, op->arg, &op->why) : DONE;
}

/* A form that is shown before the login has a token of its own. */
static void give_visit_cookie(struct page *p)
{
    const char *visit = http_cookie(p->req, OFFICE_VISIT);
    char token[TOKEN_TEXT];

    p->cookie = "";
    if (visit && strlen(visit) == TOKEN_TEXT - 1) {
        p->cookie = visit;
    } else if (p->req->method == HTTP_GET) {
        token_make(token);
        http_set_cookie(p->req, OFFICE_VISIT, token, OFFICE_PATH, -1);
        p->cookie = talloc_strdup(p->mem, token);
    }
}

char *office_with_next(void *mem, const char *path, const char *next)
{
    struct text_buffer out = text_buffer(mem);

    text_put(&out, path);
    text_put(&out, next ? "?next=" : "");
    for (const char *c = next ? next : ""; *c; c++)
        if (strchr("&#%+? \"<>", *c))
            text_put_format(&out, "%%%02X", (unsigned char)*c);
        else
            text_put_bytes(&out, c, 1);
    return out.bytes;
}

static void ask_login(struct office *o)
{
    struct http_request *req = o->page.req;

    http_redirect(req,
                  office_with_next(req->mem, "/office/accedi", req->method == HTTP_GET ? req->target : "/office/"));
}

bool office_open(struct http_request *req, office_read *read, void *arg, struct office *o)
{
    struct opening op = {.o = o,
                         .read = read,
                         .arg = arg,
                         .right = req->route ? req->route->data : NULL,
                         .token = http_cookie(req, OFFICE_COOKIE)};
    enum outcome outcome;

    *o = (struct office){0};
    page_begin(req, &o->page);
    outcome = db_read(o->page.shop->db, req->route ? req->route->pattern : "office", open_office, &op);
    if (o->signed_in)
        o->page.cookie = op.token;
    else
        give_visit_cookie(&o->page);
    if (outcome != DONE) {
        office_failed(o, outcome, &op.why);
        return false;
    }
    if (!o->signed_in && op.right) {
        ask_login(o);
        return false;
    }
    if (!page_form_is_ours(&o->page)) {
        office_problem(o, &(struct problem){.code = PROBLEM_FORM_EXPIRED});
        return false;
    }
    if (o->signed_in && op.stale) {
        if (!http_may_wait(req))
            return false;
        if (operator_seen(o->page.shop, op.token) != DONE)
            log_warning("operator.seen", LOG_TEXT("why", "not recorded"));
    }
    return true;
}

int64_t office_id(const struct http_request *req, const char *parameter)
{
    return office_number(http_parameter(req, parameter));
}

int64_t office_number(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    return length > 0 && length <= 18 && strspn(text, "0123456789") == length ? strtoll(text, NULL, 10) : 0;
}

char *office_span(const struct page *p, int64_t us)
{
    int64_t hours = us / HOURS(1);

    if (us < HOURS(1))
        return talloc_asprintf(p->mem, page_text(p, N_("%d min")), (int)(us / MINUTES(1)));
    if (hours == 1)
        return talloc_strdup(p->mem, page_text(p, N_("1 ora")));
    return hours < 48 ? talloc_asprintf(p->mem, page_text(p, N_("%d ore")), (int)hours)
                      : talloc_asprintf(p->mem, page_text(p, N_("%d giorni")), (int)(hours / 24));
}

/* "10:45" today, else with its day. */
static const char *until_text(const struct page *p, struct instant until)
{
    char text[INSTANT_TEXT];

    instant_italian(until, text);
    return talloc_strdup(p->mem, day_same(rome_day(until), p->today) ? strrchr(text, ' ') + 1 : text);
}

enum outcome office_task(struct db_tx *tx, struct office *o, const char *queue, const char *item)
{
    const struct task_queue *q = task_queue_of(queue);
    struct task_scope scope = task_scope_of(o->page.mem, o->page.shop->brands, &o->operator);
    struct page *p = &o->page;
    struct task task = {0};
    enum outcome found = task_find(tx, p->mem, &scope, queue, item, &task);
    bool over = found == REFUSED && form_value(&p->req->query, "fatto");
    bool mine = found == DONE && task.until.us && task.taker_id == o->operator.id;
    bool others = found == DONE && task.until.us && !mine;

    if (found != DONE && found != REFUSED)
        return found;
    if (!operator_may(&o->operator, q->right) || (!over && !mine && !others))
        return DONE;
    page_set(p, "task",
             json_pack("{s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "label", page_text(p, q->label), "next",
                       talloc_asprintf(p->mem, "/office/oggi/%s/prossimo", queue), "over", over, "mine",
                       mine && !task.put_off, "until",
                       task.until.us ? json_string(until_text(p, task.until)) : json_false(), "by",
                       others || (mine && task.put_off) ? json_string(task.taker) : json_false(), "note",
                       task.note && task.note[0] ? json_string(task.note) : json_false()));
    return DONE;
}

/* ---- Showing ---- */

struct frame {
    const char *title;
    char csrf[TOKEN_TEXT];
    struct who {
        const char *name, *role, *brand;
    } * who, who_given;
    struct demo {
        char clock[INSTANT_TEXT];
    } * demo, demo_given;
};

static const struct view_field WHO[] = {
    VIEW_TEXT(struct who, name, "name"),
    VIEW_TEXT(struct who, role, "role"),
    VIEW_TEXT(struct who, brand, "brand"),
    VIEW_END,
};
static const struct view_field DEMO[] = {VIEW_CHARS(struct demo, clock, "clock"), VIEW_END};
static const struct view_field FRAME[] = {
    VIEW_TEXT(struct frame, title, "title"),
    VIEW_CHARS(struct frame, csrf, "csrf"),
    VIEW_POINTER(struct frame, who, "who", WHO),
    VIEW_POINTER(struct frame, demo, "demo", DEMO),
    VIEW_END,
};

/* What stands on top of every page: the sections whose first page the operator may see. What is only a queue is reached
 * from today. */
static const struct section {
    const char *path, *label, *key;
    enum office_right right;
} SECTIONS[] = {
    {"/office/oggi", N_("Oggi"), "g o", OFFICE_LOOK},
    {"/office/documenti", N_("Documenti"), "g d", OFFICE_LOOK},
    {"/office/clienti", N_("Clienti"), "g c", OFFICE_FIND},
    {"/office/denaro", N_("Denaro"), "g n", OFFICE_BOOKS},
    {"/office/approvazioni", N_("Seconda persona"), "g s", OFFICE_LOOK},
    {"/office/fatture", N_("Fatture"), "g f", OFFICE_BOOKS},
    {"/office/catalogo", N_("Catalogo"), "g t", OFFICE_CATALOGUE},
    {"/office/convenzioni", N_("Convenzioni"), "g v", OFFICE_CATALOGUE},
    {"/office/rapporti", N_("Rapporti"), "g r", OFFICE_BOOKS},
    {"/office/registro", N_("Registro"), "g l", OFFICE_LOG},
    {"/office/operatori", N_("Operatori"), "g p", OFFICE_OPERATORS},
    {"/office/webhook", N_("Webhook"), "g w", OFFICE_OPERATORS},
};

static json_t *sections(const struct office *o)
{
    const char *pattern = o->page.req->route ? o->page.req->route->pattern : "";
    json_t *all = json_array();

    for (size_t i = 0; i < count_of(SECTIONS); i++) {
        const struct section *s = &SECTIONS[i];
        size_t length = strlen(s->path);

        if (operator_may(&o->operator, s->right))
            json_array_append_new(
                all, json_pack("{s:s, s:s, s:s, s:b}", "path", s->path, "key", s->key, "label",
                               page_text(&o->page, s->label), "here",
                               strncmp(pattern, s->path, length) == 0 && (!pattern[length] || pattern[length] == '/')));
    }
    return all;
}

const char *office_role_label(const struct page *p, const char *role)
{
    static const struct {
        const char *role, *label;
    } ROLES[] = {{"reviewer", N_("verifica documenti")}, {"cashier", N_("cassa")},      {"support", N_("assistenza")},
                 {"catalogue", N_("catalogo")},          {"owner", N_("responsabile")}, {"auditor", N_("controllo")}};

    for (size_t i = 0; i < count_of(ROLES); i++)
        if (strcmp(ROLES[i].role, role) == 0)
            return page_text(p, ROLES[i].label);
    return role;
}

void office_show(struct office *o, int status, const char *name, const char *title)
{
    struct page *p = &o->page;
    struct text_buffer out = text_buffer(p->mem);
    struct frame f = {.title = page_text(p, title)};
    char file[80];
    const struct template *view;

    snprintf(file, sizeof file, "page/office_%s.html", name);
    view = view_find(p->web->views, NULL, p->language, file);
    if (!view) {
        log_error("page.missing", LOG_TEXT("view", file));
        http_reply(p->req, 500, "text/plain; charset=utf-8", "500\n", 4);
        return;
    }
    csrf_token(p->cookie, f.csrf);
    if (o->signed_in) {
        f.who_given = (struct who){o->operator.name, office_role_label(p, o->operator.role), o->operator.brand };
        page_set(p, "sections", sections(o));
        page_set(p, "may_find", json_boolean(operator_may(&o->operator, OFFICE_FIND)));
        f.who = &f.who_given;
    }
    if (p->web->demo_mail) {
        instant_italian(p->now, f.demo_given.clock);
        f.demo = &f.demo_given;
    }
    template_render_structs(
        view, (struct view_struct[]){{COMMON, common_of(p->web->common, p->brand, p->language)}, {FRAME, &f}, p->view},
        3, p->data, &out);
    json_object_clear(p->data); /* as page_show */
    http_reply_kept(p->req, status, "text/html; charset=utf-8", out.bytes, out.length);
}

void office_go(struct office *o, const char *path)
{
    http_redirect(o->page.req, path);
}

void office_problem(struct office *o, const struct problem *problem)
{
    struct page *p = &o->page;
    int status = problem_status(problem->code);
    char code[24];

    snprintf(code, sizeof code, "%llx", (unsigned long long)p->req->id);
    page_set(p, "problem",
             json_pack("{s:s, s:o}", "text", problem_text(p->mem, p->language, problem), "code",
                       status == 500 ? json_string(code) : json_false()));
    office_show(o, status, "problem", status == 404 ? N_("Pagina non trovata") : N_("Operazione non riuscita"));
}

void office_failed(struct office *o, enum outcome outcome, const struct problem *why)
{
    if (outcome == REFUSED && why && why->code != PROBLEM_NONE)
        office_problem(o, why);
    else
        office_problem(o, &(struct problem){.code = outcome == BUSY      ? PROBLEM_BUSY
                                                    : outcome == REFUSED ? PROBLEM_NOT_FOUND
                                                                         : PROBLEM_BROKEN});
}
