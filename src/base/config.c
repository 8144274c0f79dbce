#include "base/config.h"
#include "base/config_walk.h"
#include "base/i18n.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

/* What libcyaml said: one line with the fault, then where it was, from the inside out. */
struct complaint {
    char fault[160];
    char place[8][96];
    size_t place_count;
    bool in_backtrace;
};

static void like_printf(3, 0) listen(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
    struct complaint *c = ctx;
    char line[256];

    (void)level;
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "Load: Backtrace:") == 0)
        c->in_backtrace = true;
    else if (c->in_backtrace && c->place_count < count_of(c->place))
        snprintf(c->place[c->place_count++], sizeof c->place[0], "%.95s", line);
    else if (!c->in_backtrace && c->fault[0] == '\0')
        snprintf(c->fault, sizeof c->fault, "%.159s", text_starts(line, "Load: ") ? line + 6 : line);
}

static void *in_tree(void *ctx, void *old, size_t size)
{
    if (size > 0)
        return talloc_realloc_size(ctx, old, size);
    talloc_free(old);
    return NULL;
}

/* "plans[0].prices", from libcyaml's places; the innermost `skip` left out. */
static void field_of(const struct complaint *c, size_t skip, char *field, size_t room)
{
    size_t length = 0;

    field[0] = '\0';
    for (size_t i = c->place_count; i-- > skip && length < room;) {
        char key[64];
        unsigned entry;

        if (sscanf(c->place[i], " in mapping field '%63[^']'", key) == 1)
            length += (size_t)snprintf(field + length, room - length, "%s%s", length ? "." : "", key);
        else if (sscanf(c->place[i], " in sequence entry '%u'", &entry) == 1 && entry > 0)
            length += (size_t)snprintf(field + length, room - length, "[%u]", entry - 1);
    }
}

/* libcyaml's words that concern a key of the mapping it was in, and ours. */
static const struct {
    const char *theirs, *ours;
} KEY_FAULTS[] = {
    {"Missing required mapping field: ", N_("manca")},
    {"Unexpected key: ", N_("campo non previsto")},
    {"Mapping field already seen: ", N_("compare due volte")},
};

/* Those that concern the value itself. */
static const struct {
    const char *theirs, *ours;
} VALUE_FAULTS[] = {
    {"Invalid ENUM value", N_("valore non previsto")},
    {"Invalid INT value", N_("numero fuori dai limiti")},
    {"Invalid UINT value", N_("numero fuori dai limiti")},
    {"STRING length > ", N_("testo troppo lungo")},
    {"STRING length < ", N_("vuoto")},
    {"Insufficient entries", N_("mancano delle voci")},
    {"Excessive entries", N_("ha troppe voci")},
    {"Expecting MAPPING", N_("ci si attendono dei campi «nome: valore»")},
    {"Expecting SEQUENCE", N_("ci si attende un elenco, una voce per riga con «- »")},
    {"Expecting", N_("ci si attende un valore semplice")},
};

/* An entry that was never there is named by the list that lacks it. */
static int line_near(const void *bytes, size_t length, char *field)
{
    char near[CONFIG_FIELD];
    int line;

    snprintf(near, sizeof near, "%s", field);
    while ((line = config_line(bytes, length, near)) == 0 && near[0] != '\0') {
        char *dot = strrchr(near, '.'), *bracket = strrchr(near, '[');

        *(dot > bracket ? dot : bracket ? bracket : near) = '\0';
    }
    return line > 0 ? line : 1;
}

static enum outcome complain(const struct complaint *c, const char *name, const void *bytes, size_t length,
                             cyaml_err_t err, struct problem *why)
{
    char field[CONFIG_FIELD];
    const char *what = c->fault[0] ? c->fault : cyaml_strerror(err);
    int line;

    /* A list too short or too long is at fault itself, not its last entry. */
    field_of(c, strstr(c->fault, " entries (") && text_starts(c->place[0], "  in sequence entry"), field, sizeof field);
    for (size_t i = 0; i < count_of(VALUE_FAULTS); i++)
        if (text_starts(c->fault, VALUE_FAULTS[i].theirs)) {
            what = VALUE_FAULTS[i].ours;
            break;
        }
    for (size_t i = 0; i < count_of(KEY_FAULTS); i++)
        if (text_starts(c->fault, KEY_FAULTS[i].theirs)) {
            size_t end;

            field_of(c, c->place_count > 0 && text_starts(c->place[0], "  in mapping field"), field, sizeof field);
            end = strlen(field);
            snprintf(field + end, sizeof field - end, "%s%s", end ? "." : "", c->fault + strlen(KEY_FAULTS[i].theirs));
            what = KEY_FAULTS[i].ours;
        }
    line = line_near(bytes, length, field);
    if (!field[0])
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.64s, riga %d: %.70s"), name, line, what);
    return problem_set(why, PROBLEM_CONFIG, "", N_("%.64s, riga %d, campo %.64s: %.70s"), name, line, field, what);
}

int config_line(const void *bytes, size_t length, const char *field)
{
    int line = 0;
    struct problem unused;

    return config_walk("", bytes, length, NULL, field, &line, &unused) == DONE ? line : 0;
}

static enum outcome check_text(const char *name, const char *bytes, size_t length, struct problem *why)
{
    if (length > CONFIG_LIMIT)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: il file supera 1 MiB"), name);
    if (!text_is_utf8(bytes, length))
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: non è testo UTF-8"), name);
    return DONE;
}

enum outcome config_parse(void *mem, const char *name, const void *bytes, size_t length,
                          const cyaml_schema_value_t *schema, void **data, struct problem *why)
{
    struct complaint said = {0};
    void *tree, *loaded = NULL;
    cyaml_err_t err;

    TRY(check_text(name, bytes, length, why));
    TRY(config_walk(name, bytes, length, schema, NULL, NULL, why));
    tree = talloc_new(mem);
    err = cyaml_load_data(bytes, length,
                          &(cyaml_config_t){.log_fn = listen,
                                            .log_ctx = &said,
                                            .mem_fn = in_tree,
                                            .mem_ctx = tree,
                                            .log_level = CYAML_LOG_ERROR,
                                            .flags = CYAML_CFG_NO_ALIAS},
                          schema, &loaded, NULL);
    if (err == CYAML_OK && loaded) {
        *data = loaded;
        return DONE;
    }
    talloc_free(tree);
    if (err == CYAML_OK)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: il file è vuoto"), name);
    return complain(&said, name, bytes, length, err, why);
}

static enum outcome read_whole(void *mem, int file, const char *path, char **bytes, size_t *length, struct problem *why)
{
    struct stat about;
    size_t got = 0;
    ssize_t n = 1;

    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > CONFIG_LIMIT)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: non è un file o supera 1 MiB"), path);
    *bytes = talloc_size(mem, (size_t)about.st_size + 1);
    while (got < (size_t)about.st_size && (n = read(file, *bytes + got, (size_t)about.st_size - got)) > 0)
        got += (size_t)n;
    if (n < 0)
        return problem_unreadable(why, path);
    (*bytes)[got] = '\0';
    *length = got;
    return check_text(path, *bytes, got, why);
}

enum outcome config_read(void *mem, const char *path, char **bytes, size_t *length, struct problem *why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* which does not wait on a pipe of that name */
    enum outcome o;

    if (file < 0)
        return problem_unreadable(why, path);
    o = read_whole(mem, file, path, bytes, length, why);
    close(file);
    return o;
}
