/* Which texts there are, and what the files say. */
#include "base/config.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "shop/wording.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>

const struct wording_kind WORDING_TERMS[] = {
    {"terms", N_("Condizioni, accettate con l'ordine")}, {"privacy", N_("Informativa, letta da chi si registra")},
    {"autorenew", N_("Consenso al rinnovo automatico")}, {"contract", N_("Contratto di una casella nuova")},
    {"guide", N_("Guida al rinnovo, in PDF")},           {NULL, NULL},
};

const struct brand_terms *wording_terms(const struct brand *b, const char *name)
{
    const struct brand_terms *all[] = {&b->terms, &b->privacy, &b->autorenew.text, &b->purchase.contract, &b->guide};

    for (size_t i = 0; WORDING_TERMS[i].name; i++)
        if (strcmp(WORDING_TERMS[i].name, name) == 0)
            return all[i]->version && all[i]->text ? all[i] : NULL;
    return NULL;
}

static bool is_plain_name(const char *name)
{
    return name[0] && strlen(name) <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name);
}

bool wording_is_mail(const char *name)
{
    char path[80] = "views/mail/";

    if (!is_plain_name(name))
        return false;
    strcat(path, name);
    strcat(path, ".subject");
    return embedded_find(path) != NULL;
}

bool wording_known(const struct brand *b, const char *name, const char *language)
{
    return wording_is_mail(name) ? strcmp(view_language(language), language) == 0
                                 : wording_terms(b, name) && strcmp(language, VIEW_LANGUAGE[0]) == 0;
}

const char **wording_mails(void *mem)
{
    static const char ENDING[] = ".subject";
    const char **names = NULL;
    size_t count, found = 0;
    const struct embedded_file *file = embedded_below("views/mail/", &count);

    for (size_t i = 0; i < count; i++) {
        const char *name = file[i].name + strlen("views/mail/");
        size_t length = strlen(name), ending = sizeof ENDING - 1;

        if (length <= ending || strcmp(name + length - ending, ENDING) != 0)
            continue;
        names = talloc_realloc(mem, names, const char *, (unsigned)found + 2);
        names[found++] = talloc_strndup(mem, name, length - ending);
        names[found] = NULL;
    }
    return names;
}

/* ---- A mail's words, as one language has them ---- */

/* What the file's top says of its data is for who writes templates. */
static const char *after_comment(const char *text)
{
    const char *end = strncmp(text, "{{!", 3) == 0 ? strstr(text, "}}") : NULL;

    return !end ? text : end[2] == '\n' ? end + 3 : end + 2;
}

/* {{#t}}…{{/t}} becomes what it says in that language. */
static char *expanded(void *mem, const char *text, const char *language)
{
    static const char OPEN[] = "{{#t}}", CLOSE[] = "{{/t}}";
    struct text_buffer out = text_buffer(mem);
    const char *open, *close;

    for (text = after_comment(text); (open = strstr(text, OPEN)) && (close = strstr(open, CLOSE)); text = close) {
        const char *italian = talloc_strndup(mem, open + sizeof OPEN - 1, (size_t)(close - open) - sizeof OPEN + 1);

        text_put_bytes(&out, text, (size_t)(open - text));
        text_put(&out, i18n(language, italian));
        close += sizeof CLOSE - 1;
    }
    text_put(&out, text);
    return out.bytes;
}

static char *part_of(void *mem, const struct brand *b, const char *name, const char *part, const char *language)
{
    const char *bytes = brand_view_bytes(b, talloc_asprintf(mem, "mail/%s.%s", name, part));

    return bytes ? expanded(mem, bytes, language) : talloc_strdup(mem, "");
}

void wording_file(void *mem, const struct brand *b, const char *name, const char *language, struct wording *w)
{
    const struct brand_terms *terms = wording_terms(b, name);
    char version[VIEW_VERSION];

    *w = (struct wording){.brand = (char *)b->id,
                          .name = talloc_strdup(mem, name),
                          .language = talloc_strdup(mem, language),
                          .state = (char *)WORDING_PUBLISHED,
                          .subject = (char *)"",
                          .body = (char *)"",
                          .html = (char *)"",
                          .version = (char *)"",
                          .sha256 = (char *)"",
                          .reason = (char *)"",
                          .written_by = (char *)"",
                          .decided_by = (char *)"",
                          .withdrawn_by = (char *)""};
    if (terms) {
        w->body = (char *)terms->text;
        w->version = (char *)terms->version;
        w->sha256 = (char *)terms->sha256;
    } else if (wording_is_mail(name)) {
        view_version(b, talloc_asprintf(mem, "mail/%s", name), version);
        w->version = talloc_strdup(mem, version);
        w->subject = text_trim(mem, part_of(mem, b, name, "subject", language));
        w->body = part_of(mem, b, name, "txt", language);
        w->html = part_of(mem, b, name, "html", language);
    }
}

/* ---- What somebody accepted ---- */

/* Also of a version that brand.yaml no longer names, while its file is there. */
static const char *file_of(void *mem, const struct brand *b, const char *name, const char *version)
{
    char *path, *bytes;
    const struct embedded_file *file;
    struct problem why;
    size_t length;

    if (strspn(version, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(version))
        return NULL;
    if (b->folder) {
        path = talloc_asprintf(mem, "%s/%s-%s.txt", b->folder, name, version);
        return config_read(mem, path, &bytes, &length, &why) == DONE ? bytes : NULL;
    }
    file = embedded_find(talloc_asprintf(mem, "brands/%s/%s-%s.txt", b->id, name, version));
    return file ? file->bytes : NULL;
}

bool wording_has_file(void *mem, const struct brand *b, const char *name, const char *version)
{
    return file_of(mem, b, name, version) != NULL;
}

static bool is_its_hash(const char *text, const char *sha256)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];

    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return strcmp(hex, sha256) == 0;
}

enum outcome wording_accepted(struct db_tx *tx, void *mem, const struct brand *b, const char *name, const char *version,
                              const char *sha256, struct brand_terms *terms)
{
    const struct brand_terms *file = wording_terms(b, name);
    struct wording w;
    const char *text;

    if (strlen(sha256) != sizeof terms->sha256 - 1)
        return REFUSED;
    *terms = (struct brand_terms){.version = version};
    strcpy(terms->sha256, sha256);
    if (file && strcmp(file->sha256, sha256) == 0) {
        terms->text = file->text;
        return DONE;
    }
    text = file_of(mem, b, name, version);
    if (text && is_its_hash(text, sha256)) {
        terms->text = text;
        return DONE;
    }
    TRY(wording_by_hash(tx, mem, b->id, name, sha256, &w));
    terms->text = w.body;
    return DONE;
}
