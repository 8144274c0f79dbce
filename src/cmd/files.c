/* cmd/files.c: --files, --files-key, --signature-ca and --clamd, for the commands that keep what people send. */
#include "base/log.h"
#include "cmd/cmd.h"
#include "link/clamd.h"
#include "link/signature.h"
#include <stdlib.h>
#include <talloc.h>
#include <unistd.h>

static const char *chosen(const struct cmd *cmd, const char *option, const char *variable)
{
    const char *value = cmd_value(cmd, option);

    value = value ? value : getenv(variable);
    return value && value[0] ? value : NULL;
}

/* Where something is for sale whose papers are kept sealed, silence would be found out only by the first customer. */
static void miss_key(const struct cmd *cmd)
{
    for (size_t i = 0; i < cmd->brands.count; i++)
        if (cmd->brands.all[i].purchase.on) {
            log_warning("files.no_key", LOG_TEXT("brand", cmd->brands.all[i].id));
            return;
        }
}

static enum outcome open_scanner(struct cmd *cmd, const char *clamd, struct files *files)
{
    struct scanner *scanner = talloc(cmd->mem, struct scanner);

    TRY(clamd_open(cmd->mem, clamd, 0, scanner, &cmd->why));
    files->scanner = scanner;
    return DONE;
}

static enum outcome open_signatures(struct cmd *cmd)
{
    struct signature_reader *reader = talloc(cmd->mem, struct signature_reader);

    TRY(signature_open(cmd->mem, chosen(cmd, "signature-ca", "CASELLA_SIGNATURE_CA"), reader, &cmd->why));
    cmd->shop.signatures = reader;
    return DONE;
}

static char *key_beside(const struct cmd *cmd, const struct files *files)
{
    return talloc_asprintf(cmd->mem, "%s.key", files->folder);
}

enum outcome cmd_open_files(struct cmd *cmd, const char *url, struct files *files)
{
    const char *folder = chosen(cmd, "files", "CASELLA_FILES"), *clamd = chosen(cmd, "clamd", "CASELLA_CLAMD");
    const char *key = chosen(cmd, "files-key", "CASELLA_FILES_KEY"), *beside = cmd_database_file(url);

    *files = (struct files){.folder = folder};
    if (folder)
        TRY(files_check(files, &cmd->why));
    else if (beside) /* made with the first file */
        files->folder = talloc_asprintf(cmd->mem, "%s-files", beside);
    if (!key && files->folder && access(key_beside(cmd, files), F_OK) == 0)
        key = key_beside(cmd, files);
    if (key)
        TRY(files_key_read(cmd->mem, key, &files->key, &cmd->why));
    else if (cmd->command->needs & LOGS)
        miss_key(cmd);
    cmd->shop.files = files;
    TRY(open_signatures(cmd));
    return clamd ? open_scanner(cmd, clamd, files) : DONE;
}

enum outcome cmd_make_files_key(struct cmd *cmd, struct files *files)
{
    char *file = key_beside(cmd, files);

    if (files->key)
        return DONE;
    TRY(files_key_make(file, &cmd->why));
    return files_key_read(cmd->mem, file, &files->key, &cmd->why);
}
