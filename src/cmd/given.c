/* cmd/given.c: options checked as a form's fields are, against a declared table (net/form.h). */
#include "base/text.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum outcome cmd_fields(struct cmd *cmd, const struct form_field *fields, void *out)
{
    struct problems faults = {0};
    struct form form = {0};
    size_t room = 0;

    for (const struct form_field *f = fields; f->type != FORM_END_; f++)
        room++;
    form.pair = talloc_array(cmd->mem, struct form_pair, (unsigned)room + 1);
    for (const struct form_field *f = fields; f->type != FORM_END_; f++) {
        const char *value = cmd_value(cmd, f->name);

        if (value)
            form.pair[form.count++] = (struct form_pair){
                .name = f->name, .name_length = strlen(f->name), .value = value, .value_length = strlen(value)};
    }
    if (form_check(cmd->mem, fields, &form, out, &faults) == DONE)
        return DONE;
    return cmd_usage(cmd, "--%s: %s", faults.item[0].field, problem_text(cmd->mem, cmd->language, &faults.item[0]));
}

enum outcome cmd_id(struct cmd *cmd, const char *typed, int64_t *id)
{
    size_t length = strlen(typed);

    if (length == 0 || length > 18 || strspn(typed, "0123456789") != length)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un numero")), typed);
    *id = strtoll(typed, NULL, 10);
    return DONE;
}

enum outcome cmd_read_password(struct cmd *cmd, char **password)
{
    char line[512];

    if (!fgets(line, sizeof line, stdin))
        return problem_set(&cmd->why, PROBLEM_REQUIRED, "password", "%s", "");
    line[strcspn(line, "\r\n")] = '\0';
    if (!text_is_utf8(line, strlen(line)))
        return problem_set(&cmd->why, PROBLEM_NOT_TEXT, "password", "%s", "");
    *password = talloc_strdup(cmd->mem, line);
    sodium_memzero(line, sizeof line);
    return DONE;
}
