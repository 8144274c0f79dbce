/* cmd/text.c: `casella text list|show|publish|withdraw` (shop/wording.h) */
#include "base/config.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "shop/wording.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct naming {
    struct cmd *cmd;
    const struct brand *brand;
    const char *name, *language;
    int64_t id;
    struct day today;
    struct wording shown;
};

static enum outcome find_brand(struct cmd *cmd, const struct brand **brand)
{
    const char *named = cmd_value(cmd, "brand");

    *brand = brand_by_id(&cmd->brands, named ? named : "");
    return *brand ? DONE : problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
}

/* Which text, as the command line names it. */
static enum outcome name_it(struct cmd *cmd, struct naming *n)
{
    const char *language = cmd_value(cmd, "language");

    *n = (struct naming){.cmd = cmd, .name = cmd->arguments[0], .language = language ? language : VIEW_LANGUAGE[0]};
    TRY(find_brand(cmd, &n->brand));
    return wording_known(n->brand, n->name, n->language) ? DONE
                                                         : problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome load_version(struct db_tx *tx, void *mem, const struct naming *n, int64_t id, struct wording *w,
                                 struct problem *why)
{
    enum outcome o = DONE;

    if (!id)
        wording_file(mem, n->brand, n->name, n->language, w);
    else
        o = wording_by_id(tx, mem, id, w);
    if (o == REFUSED || (o == DONE && (strcmp(w->brand, n->brand->id) != 0 || strcmp(w->name, n->name) != 0 ||
                                       strcmp(w->language, n->language) != 0)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

/* ---- What there is ---- */

struct listing {
    const struct brands *brands;
    struct day today;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    l->today = db_today(tx);
    return wordings_refresh(tx, l->brands);
}

static void put_one(struct cmd_list *list, struct cmd *cmd, const struct brand *b, const char *name,
                    const char *language, const char *version, struct day today)
{
    int64_t id = wording_in_force(b, name, language, today);

    if (cmd->json)
        cmd_list_json(list, json_pack("{s:s, s:s, s:s, s:s, s:I}", "brand", b->id, "name", name, "language", language,
                                      "version", version, "id", (json_int_t)id));
    else
        printf("%-22s %s  %-20s %s\n", name, language, version,
               id ? cmd_text(cmd, N_("banco")) : cmd_text(cmd, N_("file del marchio")));
}

static enum outcome list(struct cmd *cmd)
{
    const char *language = cmd_value(cmd, "language");
    struct listing l = {.brands = &cmd->brands};
    const char **names = wording_mails(cmd->mem);
    const struct brand *b;
    struct cmd_list all;
    char version[VIEW_VERSION];

    TRY(find_brand(cmd, &b));
    TRY(db_read(cmd->db, "text.list", look, &l));
    language = view_language(language);
    cmd_list_begin(&all, cmd);
    for (const struct wording_kind *kind = WORDING_TERMS; kind->name; kind++)
        if (wording_known(b, kind->name, language))
            put_one(&all, cmd, b, kind->name, language, brand_terms_on(wording_terms(b, kind->name), l.today)->version,
                    l.today);
    for (; names && *names; names++) {
        if (!wording_mail_version(b, *names, language, l.today, version))
            view_version(b, talloc_asprintf(cmd->mem, "mail/%s", *names), version);
        put_one(&all, cmd, b, *names, language, version, l.today);
    }
    cmd_list_end(&all);
    return DONE;
}

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct naming *n = arg;
    const char *version = cmd_value(n->cmd, "version");

    TRY(wordings_refresh(tx, &n->cmd->brands));
    n->id = wording_in_force(n->brand, n->name, n->language, db_today(tx));
    if (version && strcmp(version, "0") == 0)
        n->id = 0;
    else if (version)
        TRY(cmd_id(n->cmd, version, &n->id));
    return load_version(tx, n->cmd->mem, n, n->id, &n->shown, &n->cmd->why);
}

static enum outcome show(struct cmd *cmd)
{
    struct wording_look look;
    struct naming n;

    TRY(name_it(cmd, &n));
    TRY(db_read(cmd->db, "text.show", load, &n));
    look = (struct wording_look){n.shown.subject, n.shown.body, n.shown.html};
    if (cmd_flag(cmd, "preview"))
        TRY(wording_look(cmd->mem, n.brand, &n.shown, 0, &look, &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", (json_int_t)n.id, "brand",
                                 n.brand->id, "name", n.name, "language", n.language, "version", n.shown.version,
                                 "subject", look.subject, "text", look.text, "html", look.html));
    else
        printf("%s%s%s", look.subject, look.subject[0] ? "\n\n" : "", look.text);
    return DONE;
}

/* ---- A new version ---- */

struct publishing {
    struct naming n;
    struct {
        const char *version, *reason, *again;
        struct day from;
    } form;
    const char *subject, *text, *html; /* that were given; NULL: as in the version it begins with */
    struct wording made;
    struct problems faults;
    int64_t approval;
    bool waits, dry;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct publishing, form.version, "version", .max = 20, .optional = true),
    FORM_TEXT(struct publishing, form.again, "again", .max = 20, .optional = true),
    FORM_DAY(struct publishing, form.from, "from"),
    FORM_TEXT(struct publishing, form.reason, "reason", .max = 500),
    FORM_END,
};

/* A file's bytes; those of a text are UTF-8 without NUL, which wording_check sees to. */
static enum outcome read_given(struct cmd *cmd, const char *option, const char **text)
{
    const char *path = cmd_value(cmd, option);
    char *bytes;
    size_t length;

    *text = NULL;
    if (!path)
        return DONE;
    TRY(config_read(cmd->mem, path, &bytes, &length, &cmd->why));
    *text = bytes;
    return DONE;
}

static enum outcome begin_with(struct db_tx *tx, struct publishing *p)
{
    const char *again = p->form.again;
    int64_t id;

    TRY(wordings_refresh(tx, &p->n.cmd->brands));
    id = wording_in_force(p->n.brand, p->n.name, p->n.language, db_today(tx));
    if (again && strcmp(again, "0") == 0)
        id = 0;
    else if (again)
        TRY(cmd_id(p->n.cmd, again, &id));
    return load_version(tx, p->n.cmd->mem, &p->n, id, &p->made, &p->n.cmd->why);
}

static enum outcome write_and_publish(struct db_tx *tx, void *arg)
{
    struct publishing *p = arg;
    struct cmd *cmd = p->n.cmd;

    p->faults = (struct problems){0};
    TRY(begin_with(tx, p));
    p->made.version = (char *)(p->form.version ? p->form.version : "");
    p->made.subject = p->subject ? (char *)p->subject : p->made.subject;
    p->made.body = p->text ? (char *)p->text : p->made.body;
    p->made.html = p->html ? (char *)p->html : p->made.html;
    if (p->dry)
        return wording_check(cmd->mem, p->n.brand, &p->made, &p->faults);
    TRY(wording_save(tx, cmd->mem, p->n.brand, &p->made, cmd_actor(cmd), &p->faults));
    return wording_publish_ask(tx, &cmd->shop, cmd->mem,
                               &(struct wording_publishing){p->made.id, p->form.from, p->form.reason, *cmd_actor(cmd)},
                               &p->approval, &p->waits, &cmd->why);
}

static enum outcome publish(struct cmd *cmd)
{
    struct publishing p = {.dry = cmd_flag(cmd, "dry-run"), .subject = cmd_value(cmd, "subject")};
    enum outcome o;

    TRY(cmd_fields(cmd, FIELDS, &p));
    TRY(name_it(cmd, &p.n));
    TRY(read_given(cmd, "text", &p.text));
    TRY(read_given(cmd, "html", &p.html));
    o = p.dry ? db_read(cmd->db, "text.check", write_and_publish, &p)
              : db_transaction(cmd->db, "text.publish", write_and_publish, &p);
    if (o == REFUSED && p.faults.count)
        cmd->why = p.faults.item[0];
    TRY(o);
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s, s:s}", "id", (json_int_t)p.made.id, "version", p.made.version, "sha256",
                                 p.made.sha256));
    else if (p.dry)
        puts(cmd_text(cmd, N_("Nulla è stato cambiato.")));
    else
        printf(cmd_text(cmd, N_("Versione %lld pubblicata.\n")), (long long)p.made.id);
    return DONE;
}

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct naming *n = arg;

    return wording_drop(tx, n->cmd->mem, n->id, cmd_actor(n->cmd), &n->shown, &n->cmd->why);
}

static enum outcome withdraw(struct cmd *cmd)
{
    struct naming n = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &n.id));
    TRY(db_transaction(cmd->db, "text.withdraw", drop, &n));
    if (!cmd->json)
        puts(cmd_text(cmd, N_("Ritirata.")));
    return DONE;
}

#define WHICH                                                                                                          \
    {"brand", N_("MARCHIO"), N_("di quale marchio")},                                                                  \
    {                                                                                                                  \
        "language", N_("LINGUA"), N_("it o en; predefinita it")                                                        \
    }

static const struct cmd_option LIST_OPTIONS[] = {WHICH, {0}};
static const struct cmd_option SHOW_OPTIONS[] = {
    WHICH,
    {"version", N_("NUMERO"), N_("una versione, 0 quella del file; predefinita quella in vigore")},
    {"preview", NULL, N_("come la vede chi la riceve, con dati inventati")},
    {0},
};
static const struct cmd_option PUBLISH_OPTIONS[] = {
    WHICH,
    {"from", N_("DATA"), N_("da quale giorno vale; oggi solo per una mail")},
    {"reason", N_("TESTO"), N_("perché")},
    {"version", N_("NOME"), N_("di condizioni e consensi: come gli ordini la chiameranno")},
    {"subject", N_("TESTO"), N_("l'oggetto di una mail")},
    {"text", N_("FILE"), N_("il testo")},
    {"html", N_("FILE"), N_("l'HTML di una mail")},
    {"again", N_("NUMERO"), N_("di nuovo le parole di una versione passata, 0 quelle del file")},
    {"dry-run", NULL, N_("controlla soltanto")},
    {0},
};

const struct cmd_command CMD_TEXT[] = {
    {"list", "", 0, 0, N_("i testi e la versione in vigore"), LIST_OPTIONS, NEEDS_SHOP, list, NULL},
    {"show", N_("NOME"), 1, 1, N_("un testo, o una sua versione"), SHOW_OPTIONS, NEEDS_SHOP, show, NULL},
    {"publish", N_("NOME"), 1, 1, N_("una versione nuova da un giorno"), PUBLISH_OPTIONS, NEEDS_SHOP, publish, NULL},
    {"withdraw", N_("NUMERO"), 1, 1, N_("ritira una versione che non è ancora cominciata, o una bozza"), NULL,
     NEEDS_SHOP, withdraw, NULL},
    {0},
};
