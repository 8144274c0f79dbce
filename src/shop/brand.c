/* Where brands come from: folders on disk, or the files inside the program. */
#include "shop/brand.h"
#include "base/config.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/brand_file.h"
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

enum { BRANDS = 64 };

/* A file of a brand's folder: from disk, or compiled in when the folder begins so. */
static const char BUILT_IN[] = "brands/";

static enum outcome read_file(void *mem, const char *folder, bool built_in, const char *name, char **bytes,
                              size_t *length, struct problem *why)
{
    char *path = talloc_asprintf(mem, "%s/%s", folder, name);
    const struct embedded_file *file;

    if (!built_in)
        return config_read(mem, path, bytes, length, why);
    file = embedded_find(path);
    if (!file)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: il file non c'è"), path);
    *bytes = (char *)file->bytes; /* only read */
    *length = file->length;
    return DONE;
}

/* What a file from another system has in it: told with its line. */
static bool is_plain(const char *bytes, const char *name, const char *field, struct brand_faults *f)
{
    int line = 1;

    for (const char *c = bytes; *c; c++) {
        line += *c == '\n';
        if ((unsigned char)*c >= ' ' || *c == '\n')
            continue;
        brand_fault(f, field, N_("%s, riga %d: %s"), name, line,
                    *c == '\t'   ? N_("una tabulazione, servono spazi")
                    : *c == '\r' ? N_("un a capo di Windows, serve il solo LF")
                                 : N_("contiene caratteri di controllo"));
        return false;
    }
    return true;
}

/* The text that stands beside brand.yaml as KIND-VERSION.txt; `field` has its version. */
static void read_terms(void *mem, const char *kind, const char *field, struct brand_terms *terms, bool built_in,
                       const char *folder, struct brand_faults *f)
{
    char *name = talloc_asprintf(f->mem, "%s-%s.txt", kind, terms->version), *bytes;
    unsigned char hash[crypto_hash_sha256_BYTES];
    size_t length;
    struct problem why;

    if (read_file(mem, folder, built_in, name, &bytes, &length, &why) != DONE) {
        brand_fault(f, field, "%s", why.detail);
        return;
    }
    if (!is_plain(bytes, name, field, f))
        return;
    if (length < 200)
        brand_fault(f, field, N_("%s è troppo breve"), name);
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
    sodium_bin2hex(terms->sha256, sizeof terms->sha256, hash, sizeof hash);
    terms->text = bytes;
    terms->later = dated_new(mem);
}

static void read_brand(void *mem, const char *folder, bool built_in, struct brand *brand, struct brand_faults *f)
{
    const char *slash = strrchr(folder, '/'), *id = slash ? slash + 1 : folder;
    char *bytes;
    size_t length;
    struct problem why;

    memset(brand, 0, sizeof *brand);
    *f = (struct brand_faults){.mem = mem, .name = talloc_asprintf(mem, "%s/brand.yaml", folder)};
    if (read_file(mem, folder, built_in, "brand.yaml", &bytes, &length, &why) != DONE) {
        f->all = talloc_array(mem, char *, 1);
        f->all[f->count++] = talloc_strdup(mem, why.detail);
        return;
    }
    f->bytes = bytes;
    f->length = length;
    brand_file_read(mem, id, brand, f);
    if (brand->terms.version)
        read_terms(mem, "terms", "terms", &brand->terms, built_in, folder, f);
    if (brand->privacy.version)
        read_terms(mem, "privacy", "privacy", &brand->privacy, built_in, folder, f);
    if (brand->autorenew.text.version)
        read_terms(mem, "autorenew", "autorenew", &brand->autorenew.text, built_in, folder, f);
    if (brand->guide.version)
        read_terms(mem, "guide", "guide", &brand->guide, built_in, folder, f);
    if (brand->purchase.on)
        read_terms(mem, "contract", "purchase.contract", &brand->purchase.contract, built_in, folder, f);
    brand_views_read(mem, folder, built_in, brand, f);
    brand->wordings = brand_wordings_new(mem);
    brand->folder = built_in ? NULL : talloc_strdup(mem, folder);
}

enum outcome brand_check(void *mem, const char *folder, struct brand *brand, char ***faults, size_t *fault_count)
{
    struct brand_faults f;
    char *plain = talloc_strdup(mem, folder);

    for (size_t end = strlen(plain); end > 1 && plain[end - 1] == '/';)
        plain[--end] = '\0';
    read_brand(mem, plain, false, brand, &f);
    *faults = f.all;
    *fault_count = f.count;
    return f.count > 0 ? REFUSED : DONE;
}

/* A host name says whose portal it is, so no two brands may have the same. */
static enum outcome check_hosts(const struct brands *brands, struct problem *why)
{
    const struct brand *last = &brands->all[brands->count - 1];

    for (const struct brand *b = brands->all; b < last; b++)
        for (const char **mine = b->hosts; *mine; mine++)
            for (const char **its = last->hosts; *its; its++)
                if (strcmp(*mine, *its) == 0)
                    return problem_set(why, PROBLEM_CONFIG, "", N_("l'host %.80s è sia di %s sia di %s"), *mine, b->id,
                                       last->id);
    return DONE;
}

static enum outcome add(void *mem, struct brands *brands, const char *folder, bool built_in, struct problem *why)
{
    struct brand_faults f;

    if (brands->count == BRANDS)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.100s: i marchi sono troppi, al massimo %d"), folder, BRANDS);
    brands->all = talloc_realloc(mem, brands->all, struct brand, brands->count + 1);
    read_brand(mem, folder, built_in, &brands->all[brands->count], &f);
    if (f.count > 1)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%s (e altri errori: %zu)"), f.all[0], f.count - 1);
    if (f.count == 1)
        return problem_set(why, PROBLEM_CONFIG, "", "%s", f.all[0]);
    brands->count++;
    return check_hosts(brands, why);
}

static enum outcome load_built_in(void *mem, struct brands *brands, struct problem *why)
{
    size_t count;
    const struct embedded_file *file = embedded_below(BUILT_IN, &count);
    const size_t tail = strlen("/brand.yaml");

    for (; count > 0; count--, file++) {
        size_t length = strlen(file->name);

        if (length > tail && strcmp(file->name + length - tail, "/brand.yaml") == 0)
            TRY(add(mem, brands, talloc_strndup(mem, file->name, length - tail), true, why));
    }
    return DONE;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum outcome load_folders(void *mem, const char *directory, struct brands *brands, struct problem *why)
{
    struct dirent **entry;
    int count = scandir(directory, &entry, is_visible, alphasort);
    enum outcome o = DONE;

    if (count < 0)
        return problem_unreadable(why, directory);
    for (int i = 0; i < count; i++) {
        char *folder = talloc_asprintf(mem, "%s/%s", directory, entry[i]->d_name);
        struct stat about;

        if (o == DONE && stat(folder, &about) == 0 && S_ISDIR(about.st_mode))
            o = add(mem, brands, folder, false, why);
        free(entry[i]);
    }
    free(entry);
    return o;
}

enum outcome brands_load(void *mem, const char *directory, struct brands *brands, struct problem *why)
{
    *brands = (struct brands){0};
    if (directory)
        TRY(load_folders(mem, directory, brands, why));
    else
        TRY(load_built_in(mem, brands, why));
    if (brands->count == 0)
        return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: nessun marchio"), directory ? directory : BUILT_IN);
    return DONE;
}

char *brand_support(void *mem, const struct brand *brand)
{
    return brand->support_phone ? talloc_asprintf(mem, "%s, %s", brand->support_email, brand->support_phone)
                                : talloc_strdup(mem, brand->support_email);
}

const struct brand *brand_by_id(const struct brands *brands, const char *id)
{
    for (size_t i = 0; i < brands->count; i++)
        if (strcmp(brands->all[i].id, id) == 0)
            return &brands->all[i];
    return NULL;
}

const struct brand *brand_by_host(const struct brands *brands, const char *host)
{
    for (size_t i = 0; i < brands->count; i++)
        for (const char **its = brands->all[i].hosts; *its; its++)
            if (strcmp(*its, host) == 0)
                return &brands->all[i];
    return NULL;
}

const struct brand_plan *brand_plan_by_id(const struct brand *brand, const char *id)
{
    for (size_t i = 0; i < brand->plan_count; i++)
        if (strcmp(brand->plans[i].id, id) == 0)
            return &brand->plans[i];
    return NULL;
}

int64_t brand_quota_mb(const struct brand *brand, const char *plan_id, int64_t extra_gb)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, plan_id);

    return plan ? (plan->mailbox_gb + extra_gb) * 1024 : 0;
}

bool brand_has_no_vat(const struct brand *brand)
{
    const struct sale_policy *sale = &brand->invoicing.sale;

    for (size_t i = 0; i < sale->count; i++)
        if (sale->rules[i].customer == SALE_TO_ALL)
            return true;
    return false;
}

int brand_vat_rate_bp(const struct brand *brand, struct day tax_point)
{
    return brand_has_no_vat(brand) ? 0 : vat_rate_bp(tax_point);
}

struct renewal_policy brand_renewal(const struct brand *brand, bool own_domain)
{
    struct renewal_policy policy = brand->renewal;

    if (own_domain && brand->domains.on)
        policy.closes_after = brand->domains.closes_after;
    return policy;
}

const struct brand_price *brand_price_on(const struct brand_plan *plan, struct day on)
{
    return dated_on(plan->priced, plan->prices, plan->price_count, sizeof *plan->prices, on);
}

struct brand_sale brand_sale_on(const struct brand_plan *plan, struct day on)
{
    const struct brand_sale *dated = dated_on(plan->sale, NULL, 0, sizeof *dated, on);

    return dated ? *dated
                 : (struct brand_sale){
                       .sold_from = plan->sold_from, .sold_until = plan->sold_until, .max_years = plan->max_years};
}

bool brand_plan_sold(const struct brand_plan *plan, struct day on)
{
    struct brand_sale sale = brand_sale_on(plan, on);

    return (sale.sold_from.n == 0 || !day_before(on, sale.sold_from)) &&
           (sale.sold_until.n == 0 || !day_before(sale.sold_until, on));
}

enum outcome brand_plan_on(const struct brand_plan *plan, struct day on, struct plan *priced, struct problem *why)
{
    const struct brand_price *price = brand_price_on(plan, on);

    if (!price)
        return problem_set(why, PROBLEM_PLAN, "", "%s", "");
    *priced = (struct plan){.id = plan->id,
                            .name = plan->name,
                            .rank = plan->rank,
                            .mailbox_gb = plan->mailbox_gb,
                            .archive_gb = plan->archive_gb,
                            .year = price->year,
                            .extra_gb_year = price->extra_gb_year,
                            .max_extra_gb = plan->max_extra_gb,
                            .max_extra_archive_gb = plan->max_extra_archive_gb};
    return DONE;
}
