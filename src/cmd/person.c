/* cmd/person.c: `casella person export TAX_CODE`: all that is kept about a person, as JSON, for who asks for it;
 * `casella person erase`: what of it goes, and what stays for how long. */
#include "shop/person.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include "shop/erasure.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

static const struct cmd_option OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("solo di questo marchio")},
    {"documents", N_("CARTELLA"), N_("vi scrive anche i documenti inviati, aperti")},
    CMD_FILES_OPTIONS,
    {0},
};

/* Readable by whoever runs this alone; what is there already is not written over. */
static enum outcome write_file(struct cmd *cmd, const char *path, const void *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = file >= 0 && write(file, bytes, length) == (ssize_t)length;

    if (file >= 0 && close(file) != 0)
        written = false;
    return written ? DONE : problem_unwritable(&cmd->why, path);
}

static enum outcome write_documents(struct cmd *cmd, const struct files *files, const json_t *all, const char *folder)
{
    json_t *one;
    size_t i;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return problem_unwritable(&cmd->why, folder);
    json_array_foreach(json_object_get(all, "files"), i, one)
    {
        const char *hash = json_string_value(json_object_get(one, "sha256"));
        const char *name = file_name_clean(cmd->mem, json_string_value(json_object_get(one, "name")));
        void *bytes;
        size_t length;
        enum outcome o = file_unseal(files, cmd->mem, hash, &bytes, &length);

        if (o == REFUSED)
            continue; /* purged since, or kept elsewhere: the list names it all the same */
        TRY(o);
        TRY(write_file(cmd, talloc_asprintf(cmd->mem, "%s/%zu-%s", folder, i + 1, name), bytes, length));
    }
    return DONE;
}

static enum outcome export_all(struct cmd *cmd)
{
    static const struct actor OPERATOR = {"cli", "operator"};
    const char *brand = cmd_value(cmd, "brand"), *folder = cmd_value(cmd, "documents");
    struct files files;
    json_t *all = NULL;
    enum outcome o;

    TRY(person_export(&cmd->shop, cmd->mem, cmd->arguments[0], brand ? brand : "", &OPERATOR, &all, &cmd->why));
    o = folder ? cmd_open_files(cmd, cmd_database_url(cmd), &files) : DONE;
    if (o == DONE && folder)
        o = write_documents(cmd, &files, all, folder);
    if (o == DONE)
        cmd_print_json(all);
    else
        json_decref(all);
    return o;
}

/* ---- Erasing ---- */

static const struct cmd_option ERASE_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("solo di questo marchio")},
    {"dry-run", NULL, N_("dice soltanto che cosa si cancellerebbe: è il predefinito")},
    {"confirm", NULL, N_("cancella")},
    {"reason", N_("TESTO"), N_("perché; senza nomi, perché resta")},
    CMD_FILES_OPTIONS,
    {0},
};

struct erasing {
    struct cmd *cmd;
    struct erasure_look look;
    bool waits;
};

static enum outcome seek(struct db_tx *tx, void *arg)
{
    struct erasing *e = arg;
    const char *brand = cmd_value(e->cmd, "brand");

    return erasure_seek(tx, &e->cmd->shop, e->cmd->mem, e->cmd->arguments[0], brand ? brand : "", &e->look,
                        &e->cmd->why);
}

static enum outcome confirm(struct db_tx *tx, void *arg)
{
    struct erasing *e = arg;

    TRY(seek(tx, arg));
    return erasure_ask(tx, &e->cmd->shop, e->cmd->mem, &e->look, cmd_value(e->cmd, "reason"), cmd_actor(e->cmd),
                       &e->waits, &e->cmd->why);
}

static void print_stay(const struct cmd *cmd, const struct erasure_line *l)
{
    if (l->later && l->last.n == 0)
        printf(cmd_text(cmd, N_("  restano sempre: %lld\n")), (long long)l->later);
    else if (l->later)
        printf(cmd_text(cmd, N_("  restano: %lld, l'ultimo fino al %s\n")), (long long)l->later,
               cmd_day(cmd->mem, l->last));
    if (l->open)
        printf(cmd_text(cmd, N_("  restano finché servono: %lld\n")), (long long)l->open);
    if (l->later || l->open)
        printf("  %s\n", cmd_text(cmd, retention_basis(l->kind->class)));
}

static void print_look(const struct cmd *cmd, const struct erasure_look *look, bool did)
{
    printf("%s (%s)\n", look->name, look->ref);
    for (size_t i = 0; i < look->obstacle_count; i++)
        printf(cmd_text(cmd, N_("ostacolo: %s\n")),
               erasure_obstacle_words(cmd->mem, cmd->language, &look->obstacles[i]));
    for (size_t i = 0; i < look->line_count; i++) {
        const struct erasure_line *l = &look->lines[i];

        printf("%s\n", cmd_text(cmd, l->kind->label));
        if (l->now)
            printf(did ? cmd_text(cmd, N_("  cancellati: %lld (%s)\n"))
                       : cmd_text(cmd, N_("  si cancellano subito: %lld (%s)\n")),
                   (long long)l->now, cmd_text(cmd, l->kind->deed));
        print_stay(cmd, l);
    }
}

/* The machine's owner decides alone (shop/approval.h); without a folder of files at hand the worker does the files. */
static enum outcome erase(struct cmd *cmd)
{
    struct erasing e = {.cmd = cmd};
    bool sure = cmd_flag(cmd, "confirm");
    struct files files;
    int64_t done = 0;

    if (sure && cmd_flag(cmd, "dry-run"))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("serve --dry-run, oppure --confirm")));
    if (sure && !cmd_value(cmd, "reason"))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("con --confirm serve --reason")));
    TRY(sure ? db_transaction(cmd->db, "person.erase", confirm, &e) : db_read(cmd->db, "person.erase", seek, &e));
    if (sure) {
        enum outcome o;

        TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
        o = erasures_run(&cmd->shop, cmd->mem, &done);
        if (o != DONE && o != BUSY)
            return o;
    }
    if (cmd->json)
        cmd_print_json(describe_erasure(cmd->mem, cmd->language, &e.look));
    else
        print_look(cmd, &e.look, sure);
    return DONE;
}

const struct cmd_command CMD_PERSON[] = {
    {"export", N_("CODICE_FISCALE"), 1, 1, N_("tutto ciò che si conserva di una persona, in JSON"), OPTIONS, NEEDS_SHOP,
     export_all, NULL},
    {"erase", N_("NOME_O_NUMERO"), 1, 1,
     N_("cancella i dati di una persona, per quanto la legge consente; senza --confirm lo dice soltanto"),
     ERASE_OPTIONS, NEEDS_SHOP, erase, NULL},
    {0},
};
