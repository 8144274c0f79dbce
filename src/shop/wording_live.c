/* What is published, in memory: a text is read and parsed once, and kept while its brands are, since others may be
 * reading it when the next one comes. */
#include "base/log.h"
#include "shop/wording_fields.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct brand_wordings {
    struct live_wording *all; /* by id: the latest first */
    struct dated *mails;      /* of struct dated_wording, by name, language and day */
};

static const char *const ENDING[WORDING_PARTS] = {"subject", "txt", "html"};

struct live_wording {
    struct live_wording *older;
    int64_t id;
    const char *name, *language;
    struct brand_terms terms;
    const struct template *part[WORDING_PARTS]; /* of a mail; NULL: none */
    char version[VIEW_VERSION];
    bool good; /* false: what it calls is not there any more, and the file's counts */
};
struct dated_wording {
    struct day from;
    const struct live_wording *text;
};

static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

struct brand_wordings *brand_wordings_new(void *mem)
{
    struct brand_wordings *w = talloc_zero(mem, struct brand_wordings);

    w->mails = dated_new(w);
    return w;
}

/* ---- One, once ---- */

static bool parse(void *mem, const struct brand *b, const struct wording *w, enum wording_part part,
                  const struct template **parsed)
{
    struct template *made;
    struct problem why;

    if (!wording_part(w, part)[0])
        return true;
    if (wording_parse(mem, b, w, part, &made, &why) != DONE) {
        log_warning("text.broken", LOG_TEXT("brand", b->id), LOG_TEXT("name", w->name), LOG_TEXT("why", why.detail));
        return false;
    }
    *parsed = made;
    return true;
}

static struct live_wording *make(struct brand_wordings *all, const struct brand *b, const struct wording *w)
{
    struct live_wording *live = talloc_zero(all, struct live_wording);

    live->id = w->id;
    live->name = talloc_strdup(live, w->name);
    live->language = talloc_strdup(live, w->language);
    live->terms.version = talloc_strdup(live, w->version);
    live->good = true;
    if (!wording_is_mail(w->name)) {
        live->terms.text = talloc_strdup(live, w->body);
        snprintf(live->terms.sha256, sizeof live->terms.sha256, "%s", w->sha256);
        return live;
    }
    snprintf(live->version, sizeof live->version, "%s", w->version);
    for (enum wording_part part = 0; part < WORDING_PARTS; part++)
        live->good = live->good && parse(live, b, w, part, &live->part[part]);
    return live;
}

static enum outcome find(struct db_tx *tx, void *mem, const struct brand *b, int64_t id, struct live_wording **found)
{
    struct brand_wordings *all = b->wordings;
    struct wording w;

    for (*found = all->all; *found && (*found)->id != id; *found = (*found)->older)
        ;
    if (*found)
        return DONE;
    TRY(wording_by_id(tx, mem, id, &w));
    *found = make(all, b, &w);
    (*found)->older = all->all;
    all->all = *found;
    return DONE;
}

/* ---- All of a brand ---- */

struct gathering {
    struct dated_wording *items;
    size_t count;
};

static void put(void *mem, struct gathering *g, struct day from, const struct live_wording *text)
{
    if (!text->good)
        return;
    g->items = talloc_realloc(mem, g->items, struct dated_wording, (unsigned)g->count + 1);
    memset(&g->items[g->count], 0, sizeof g->items[0]); /* compared byte by byte */
    g->items[g->count].from = from;
    g->items[g->count++].text = text;
}

static bool same_text(const struct wording *a, const struct wording *b)
{
    return strcmp(a->brand, b->brand) == 0 && strcmp(a->name, b->name) == 0 && strcmp(a->language, b->language) == 0;
}

static void replace(struct dated *dated, const struct gathering *g)
{
    static const struct dated_wording NONE;

    if (dated && (g->count || dated->list))
        dated_replace(dated, g->count ? g->items : &NONE, g->count, sizeof NONE);
}

static enum outcome refresh_brand(struct db_tx *tx, void *mem, const struct brand *b, const struct wording *all,
                                  size_t count)
{
    struct gathering mails = {0}, terms[8] = {0};
    struct live_wording *live;

    for (size_t i = 0; i < count; i++) {
        bool over = i + 1 < count && same_text(&all[i], &all[i + 1]) && !day_before(db_today(tx), all[i + 1].from);

        if (over || strcmp(all[i].brand, b->id) != 0)
            continue;
        TRY(find(tx, mem, b, all[i].id, &live));
        if (wording_is_mail(all[i].name))
            put(mem, &mails, all[i].from, live);
        for (size_t k = 0; WORDING_TERMS[k].name; k++)
            if (strcmp(WORDING_TERMS[k].name, all[i].name) == 0)
                put(mem, &terms[k], all[i].from, live);
    }
    replace(b->wordings->mails, &mails);
    for (size_t k = 0; WORDING_TERMS[k].name; k++) {
        const struct brand_terms *file = wording_terms(b, WORDING_TERMS[k].name);

        if (file)
            replace(file->later, &terms[k]);
    }
    return DONE;
}

enum outcome wordings_refresh(struct db_tx *tx, const struct brands *brands)
{
    void *mem = talloc_new(NULL);
    struct wording *all;
    size_t count;
    enum outcome o = wordings_standing(tx, mem, &all, &count);

    pthread_mutex_lock(&reading);
    for (size_t i = 0; o == DONE && i < brands->count; i++)
        o = refresh_brand(tx, mem, &brands->all[i], all, count);
    pthread_mutex_unlock(&reading);
    talloc_free(mem);
    return o;
}

/* ---- Looking ---- */

const struct brand_terms *brand_terms_on(const struct brand_terms *text, struct day on)
{
    const struct dated_wording *item = dated_on(text->later, NULL, 0, 0, on);

    return item ? &item->text->terms : text;
}

static const struct live_wording *mail_on(const struct brand *b, const char *name, const char *language, struct day on)
{
    const struct dated_list *list = b->wordings ? b->wordings->mails->list : NULL;
    const struct dated_wording *items = list ? (const void *)list->items : NULL;
    const struct live_wording *found = NULL;

    for (size_t i = 0; list && i < list->count; i++)
        if (!day_before(on, items[i].from) && strcmp(items[i].text->name, name) == 0 &&
            strcmp(items[i].text->language, language) == 0)
            found = items[i].text;
    return found;
}

const struct template *wording_template(const struct brand *b, const char *name, const char *language, const char *part,
                                        struct day on, bool *none)
{
    const struct live_wording *text = mail_on(b, name, language, on);

    *none = false;
    for (size_t i = 0; text && i < WORDING_PARTS; i++)
        if (strcmp(ENDING[i], part) == 0) {
            *none = !text->part[i];
            return text->part[i];
        }
    return NULL;
}

bool wording_mail_version(const struct brand *b, const char *name, const char *language, struct day on,
                          char version[VIEW_VERSION])
{
    const struct live_wording *text = mail_on(b, name, language, on);

    if (text)
        memcpy(version, text->version, VIEW_VERSION);
    return text != NULL;
}

int64_t wording_in_force(const struct brand *b, const char *name, const char *language, struct day on)
{
    const struct brand_terms *file = wording_terms(b, name);
    const struct dated_wording *item = file ? dated_on(file->later, NULL, 0, 0, on) : NULL;
    const struct live_wording *mail = file ? NULL : mail_on(b, name, language, on);

    return item ? item->text->id : mail ? mail->id : 0;
}
