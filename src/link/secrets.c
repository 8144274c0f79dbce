#include "link/secrets.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

static enum outcome wrong(struct problem *why, const char *what, const char *reason)
{
    return problem_set(why, PROBLEM_CONFIG, "", "%.120s: %.60s", what, reason);
}

/* *secret NULL where there is no such file. */
static enum outcome secret_from_file(void *mem, const char *path, const char **secret, struct problem *why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    char bytes[SECRET_MOST + 1];
    struct stat about;
    ssize_t length;

    *secret = NULL;
    if (file < 0)
        return errno == ENOENT ? DONE : wrong(why, path, strerror(errno));
    length = read(file, bytes, sizeof bytes);
    if (fstat(file, &about) == 0 && (about.st_mode & S_IROTH))
        log_warning("secret.open_to_all", LOG_TEXT("file", path));
    close(file);
    if (length < 0)
        return wrong(why, path, strerror(errno));
    if (length > 0 && bytes[length - 1] == '\n')
        length--;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    if (length == 0)
        return wrong(why, path, N_("è vuoto"));
    if (length > SECRET_MOST || !text_is_plain(bytes, (size_t)length))
        return wrong(why, path, N_("una riga di testo"));
    *secret = talloc_strndup(mem, bytes, (size_t)length);
    sodium_memzero(bytes, sizeof bytes);
    return DONE;
}

enum outcome secret_find(void *mem, const char *folder, const char *brand, const char *name, const char **secret,
                         struct problem *why)
{
    char *variable = text_upper(mem, talloc_asprintf(mem, "casella_%s_%s", brand, name));

    *secret = NULL;
    if (folder)
        TRY(secret_from_file(mem, talloc_asprintf(mem, "%s/%s.%s", folder, brand, name), secret, why));
    if (*secret)
        return DONE;
    for (char *c = variable; *c; c++)
        *c = *c == '.' || *c == '-' ? '_' : *c;
    *secret = getenv(variable);
    if (*secret && (!**secret || !text_is_plain(*secret, strlen(*secret))))
        return wrong(why, variable, N_("una riga di testo"));
    return DONE;
}

enum outcome webmails_open(void *mem, const struct brands *brands, const char *folder, struct webmails *webmails,
                           struct problem *why)
{
    *webmails = (struct webmails){.all = talloc_zero_array(mem, struct webmail_of, (unsigned)brands->count + 1)};
    for (size_t i = 0; i < brands->count; i++) {
        const char *brand = brands->all[i].id, *key;

        TRY(secret_find(webmails->all, folder, brand, "webmail.key", &key, why));
        if (!key)
            continue;
        if (strlen(key) < WEBMAIL_KEY_LEAST)
            return wrong(why, brand, N_("webmail.key: almeno 32 caratteri"));
        webmails->all[webmails->count++] =
            (struct webmail_of){.brand = talloc_strdup(webmails->all, brand), .key = key};
    }
    return DONE;
}
