#include "link/signature.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#define LAYERS_MOST     4  /* a .p7m in a .p7m, as several people sign one after the other */
#define SIGNATURES_MOST 20 /* in one PDF */

struct reader {
    X509_STORE *authorities; /* NULL: none */
};

/* ---- Reading ---- */

static void add(void *mem, struct signature *all, const struct cms_seen *one, struct problem *why)
{
    if (one->state > all->state)
        all->state = one->state;
    if (one->signer[0])
        all->signer = all->signer[0] ? talloc_asprintf(mem, "%s, %s", all->signer, one->signer) : one->signer;
    if (one->tax_code[0] && !all->tax_code[0])
        all->tax_code = one->tax_code;
    if (one->signed_at.us > all->signed_at.us)
        all->signed_at = one->signed_at;
    if (one->state == SIGNATURE_BROKEN)
        problem_set(why, PROBLEM_DOCUMENT_SIGNATURE, "file", "%s", one->fault);
}

static void break_it(void *mem, struct signature *all, const char *fault, struct problem *why)
{
    add(mem, all,
        &(struct cms_seen){.state = SIGNATURE_BROKEN, .fault = fault, .signer = (char *)"", .tax_code = (char *)""},
        why);
}

static void check_pdf_signature(const struct reader *r, void *mem, const char *bytes, const struct pdf_signature *p,
                                struct signature *all, struct problem *why)
{
    size_t der_length = p->hex_length / 2, behind = p->hole + p->hole_length, tail = p->end - behind;
    unsigned char *der = talloc_size(mem, der_length + 1);
    char *covered = talloc_size(mem, p->hole + tail + 1);
    struct cms_seen seen;

    memcpy(covered, bytes, p->hole);
    memcpy(covered + p->hole, bytes + behind, tail);
    if (!text_unhex(talloc_strndup(mem, p->hex, p->hex_length), der, der_length)) {
        break_it(mem, all, N_("il file non è intero; firmarlo e inviarlo di nuovo"), why);
        return;
    }
    cms_check(mem, der, der_length, covered, p->hole + tail, p->said_at, r->authorities, &seen);
    add(mem, all, &seen, why);
    talloc_free(covered);
}

/* Each signature must be right for what it covers, and one must cover the file to its end: what was added behind the
 * last one nobody has signed. */
static void check_pdf(const struct reader *r, void *mem, const char *bytes, size_t length, struct signature *all,
                      struct problem *why)
{
    struct pdf_signature p;
    size_t from = 0, covered = 0, count = 0;
    enum outcome o;

    while ((o = pdf_next_signature(bytes, length, &from, &p)) != REFUSED && all->state != SIGNATURE_BROKEN) {
        if (o != DONE || ++count > SIGNATURES_MOST)
            break_it(mem, all, N_("il file è stato modificato dopo la firma; firmarlo di nuovo"), why);
        else if (!p.known)
            break_it(mem, all, N_("il tipo di firma non si riconosce; firmare in formato PAdES o CAdES (.p7m)"), why);
        else
            check_pdf_signature(r, mem, bytes, &p, all, why);
        covered = p.end > covered ? p.end : covered;
    }
    if (count && covered != length && all->state != SIGNATURE_BROKEN)
        break_it(mem, all, N_("la firma non copre tutto il file, che è stato modificato dopo; firmarlo di nuovo"), why);
}

static enum outcome read(void *arg, void *mem, const void *bytes, size_t length, struct signature *found,
                         struct problem *why)
{
    const struct reader *r = arg;

    *found = (struct signature){.signer = "", .tax_code = "", .content = bytes, .content_length = length};
    for (int layer = 0; found->state != SIGNATURE_BROKEN; layer++) {
        size_t der_length;
        const unsigned char *der = cms_unwrap(mem, found->content, found->content_length, &der_length);
        struct cms_seen seen;

        if (!der)
            break;
        if (layer == LAYERS_MOST) {
            break_it(mem, found, N_("ci sono troppe firme una dentro l'altra; firmare di nuovo il documento"), why);
            break;
        }
        cms_check(mem, der, der_length, NULL, 0, (struct instant){0}, r->authorities, &seen);
        add(mem, found, &seen, why);
        found->enveloped = true;
        if (seen.content) {
            found->content = seen.content;
            found->content_length = seen.content_length;
        }
    }
    if (found->state != SIGNATURE_BROKEN && found->content_length > 5 && memcmp(found->content, "%PDF-", 5) == 0)
        check_pdf(r, mem, found->content, found->content_length, found, why);
    return DONE;
}

/* ---- The authorities ---- */

static int forget(struct reader *r)
{
    X509_STORE_free(r->authorities);
    return 0;
}

static int load_folder(void *mem, X509_STORE *store, const char *folder)
{
    DIR *dir = opendir(folder);
    int loaded = 0;

    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *path = talloc_asprintf(mem, "%s/%s", folder, entry->d_name);
        struct stat about;

        if (entry->d_name[0] != '.' && stat(path, &about) == 0 && S_ISREG(about.st_mode))
            loaded += X509_STORE_load_file(store, path) == 1;
    }
    if (dir)
        closedir(dir);
    return loaded;
}

enum outcome signature_open(void *mem, const char *authorities, struct signature_reader *reader, struct problem *why)
{
    struct reader *r = talloc_zero(mem, struct reader);
    struct stat about;
    int loaded;

    *reader = (struct signature_reader){.read = read, .arg = r};
    if (!authorities)
        return DONE;
    if (stat(authorities, &about) != 0)
        return problem_unreadable(why, authorities);
    r->authorities = X509_STORE_new();
    if (!r->authorities)
        return log_broken("signature.store");
    talloc_set_destructor(r, forget);
    loaded = S_ISDIR(about.st_mode) ? load_folder(r, r->authorities, authorities)
                                    : X509_STORE_load_file(r->authorities, authorities) == 1;
    ERR_clear_error();
    return loaded ? DONE : problem_set(why, PROBLEM_CONFIG, "signature-ca", "%.120s: %s", authorities, "PEM");
}
