/* web/portal_roster.c: GET and POST /convenzione/{id}/elenco: an Ordine's list of members is looked through; POST
 * …/elenco/conferma: applied (T42). */

#include "base/i18n.h"
#include "shop/files.h"
#include "web/convention_page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct taking {
    struct page *p;
    struct convention_page cp;
    const struct http_upload *sent; /* NULL: the file `id`, to be applied */
    int64_t id;
    struct roster *roster;
    struct problem why;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct taking *t = arg;

    return convention_page_load(tx, p, &t->cp, why);
}

/* ---- Showing ---- */

static const struct form_field UPLOAD[] = {FORM_IGNORE("file"), FORM_END};

static json_t *faults_data(struct page *p, const struct roster *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->faults.count; i++) {
        const struct roster_fault *f = &r->faults.item[i];

        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:o, s:s}", "line", f->line ? json_integer(f->line) : json_false(),
                                        "mailbox", f->address[0] ? json_string(f->address) : json_false(), "field",
                                        f->problem.field[0] ? json_string(f->problem.field) : json_false(), "text",
                                        problem_text(p->mem, p->language, &f->problem)));
    }
    return list;
}

static json_t *roster_data(struct page *p, const struct roster *r)
{
    bool changes = r->joiners + r->transfers + r->updates + r->leavers > 0;

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:b, s:o}", "rows", (json_int_t)r->rows,
                     "good", (json_int_t)r->good, "bad", (json_int_t)r->faults.rows, "joiners", (json_int_t)r->joiners,
                     "transfers", (json_int_t)r->transfers, "updates", (json_int_t)r->updates, "leavers",
                     (json_int_t)r->leavers, "unchanged", (json_int_t)r->unchanged, "applied", r->applied, "may",
                     !r->applied && !r->faults.rows && changes, "nothing", !r->applied && !r->faults.rows && !changes,
                     "some_left_out", (int64_t)r->faults.count < r->faults.rows, "faults", faults_data(p, r));
}

void roster_page_set(struct page *p, const struct roster *r, int64_t file, const char *url, const char *members_url,
                     const struct problems *faults)
{
    page_set(p, "roster", r && r->rows ? roster_data(p, r) : json_false());
    page_set(p, "file", file ? json_sprintf("%" PRId64, file) : json_false());
    page_set(p, "roster_url", json_string(url));
    page_set(p, "members_url", json_string(members_url));
    page_fields(p, UPLOAD, NULL, faults);
}

static void show(struct page *p, struct taking *t, int status, const struct problems *faults)
{
    char *members = talloc_asprintf(p->mem, "%s%s", p->base, convention_page_path(p, &t->cp, ""));

    convention_page_set(p, &t->cp);
    roster_page_set(p, t->roster, t->id, talloc_asprintf(p->mem, "%s/elenco", members), members, faults);
    page_show(p, status, "roster", N_("Elenco degli iscritti"));
}

void portal_roster(struct http_request *req)
{
    struct taking t = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &t, &p))
        show(&p, &t, 200, NULL);
}

/* ---- Looking it through ---- */

static enum outcome look_through(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    struct page *p = t->p;
    struct roster_file file = {.brand = (char *)p->brand->id,
                               .convention = (char *)t->cp.convention->id,
                               .name = file_name_clean(p->mem, t->sent->filename),
                               .account_id = p->visitor.who.account_id,
                               .bytes = {t->sent->length, (void *)(uintptr_t)t->sent->bytes}};

    TRY(roster_take(tx, p->mem, p->brand, t->cp.convention, t->sent->bytes, t->sent->length, false, &p->actor,
                    t->roster, &t->why));
    t->id = 0;
    if (t->roster->faults.rows)
        return DONE;
    TRY(roster_file_put(tx, &file));
    t->id = file.id;
    return DONE;
}

void portal_roster_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct taking t = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &t, &p))
        return;
    t.p = &p;
    t.roster = talloc_zero(p.mem, struct roster);
    t.sent = req->upload_count ? &req->uploads[0] : NULL;
    o = t.sent && t.sent->length ? db_transaction(p.shop->db, "roster.look", look_through, &t)
                                 : problem_set(&t.why, PROBLEM_REQUIRED, "file", "%s", "");
    if (o == REFUSED && t.why.code != PROBLEM_NONE) {
        problems_put(&faults, &t.why);
        show(&p, &t, problem_status(t.why.code), &faults);
    } else if (o != DONE) {
        page_failed(&p, o, &t.why);
    } else {
        show(&p, &t, t.roster->faults.rows ? 422 : 200, NULL);
    }
}

/* ---- Applying it ---- */

static enum outcome apply(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    struct page *p = t->p;
    struct roster_file file;
    enum outcome o = roster_file_get(tx, p->mem, t->id, &file);

    if (o == REFUSED ||
        (o == DONE && (!file.account_id || file.account_id != p->visitor.who.account_id ||
                       strcmp(file.brand, p->brand->id) != 0 || strcmp(file.convention, t->cp.convention->id) != 0)))
        return problem_set(&t->why, PROBLEM_ROSTER_GONE, "file", "%s", "");
    TRY(o);
    TRY(roster_take(tx, p->mem, p->brand, t->cp.convention, file.bytes.bytes, file.bytes.length, true, &p->actor,
                    t->roster, &t->why));
    return roster_file_drop(tx, file.id);
}

struct confirming {
    int64_t file;
};

void portal_roster_confirmed(struct http_request *req)
{
    static const struct form_field CONFIRM[] = {FORM_INT(struct confirming, file, "file", .min = 1, .max = INT64_MAX),
                                                FORM_END};
    struct confirming form = {0};
    struct problems faults = {0};
    struct taking t = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &t, &p))
        return;
    t.p = &p;
    t.roster = talloc_zero(p.mem, struct roster);
    o = page_form(&p, CONFIRM, &form, &faults);
    t.id = form.file;
    if (o == DONE)
        o = db_transaction(p.shop->db, "roster.apply", apply, &t);
    else
        t.why = faults.item[0];
    t.id = 0;
    if (o == REFUSED && t.why.code != PROBLEM_NONE) { /* gone, or what it names is no longer as it was */
        struct problems told = {0};

        problems_put(&told, &t.why);
        show(&p, &t, problem_status(t.why.code), &told);
    } else if (o != DONE) {
        page_failed(&p, o, &t.why);
    } else {
        show(&p, &t, 200, NULL);
    }
}
