/* cmd/files.c: --files and --clamd, for the commands that keep what people send. */
#include "cmd/cmd.h"
#include "link/clamd.h"
#include <stdlib.h>
#include <talloc.h>

static const char *chosen(const struct cmd *cmd, const char *option, const char *variable)
{
    const char *value = cmd_value(cmd, option);

    value = value ? value : getenv(variable);
    return value && value[0] ? value : NULL;
}

enum outcome cmd_open_files(struct cmd *cmd, const char *url, struct files *files)
{
    const char *folder = chosen(cmd, "files", "CASELLA_FILES"), *clamd = chosen(cmd, "clamd", "CASELLA_CLAMD");
    const char *beside = cmd_database_file(url);

    *files = (struct files){.folder = folder};
    if (folder)
        TRY(files_check(files, &cmd->why));
    else if (beside) /* made with the first file */
        files->folder = talloc_asprintf(cmd->mem, "%s-files", beside);
    if (clamd) {
        struct scanner *scanner = talloc(cmd->mem, struct scanner);

        TRY(clamd_open(cmd->mem, clamd, 0, scanner, &cmd->why));
        files->scanner = scanner;
    }
    return DONE;
}
