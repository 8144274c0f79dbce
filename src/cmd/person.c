/* cmd/person.c: `casella person export TAX_CODE`: all that is kept about a person, as JSON, for who asks for it. */
#include "shop/person.h"
#include "cmd/cmd.h"
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
    return written ? DONE : problem_set(&cmd->why, PROBLEM_CONFIG, "documents", "%s: %s", path, strerror(errno));
}

static enum outcome write_documents(struct cmd *cmd, const struct files *files, const json_t *all, const char *folder)
{
    json_t *one;
    size_t i;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return problem_set(&cmd->why, PROBLEM_CONFIG, "documents", "%s: %s", folder, strerror(errno));
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

const struct cmd_command CMD_PERSON[] = {
    {"export", N_("CODICE_FISCALE"), 1, 1, N_("tutto ciò che si conserva di una persona, in JSON"), OPTIONS, NEEDS_SHOP,
     export_all, NULL},
    {0},
};
