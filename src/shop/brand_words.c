/* What the parts of brand.yaml have in common: how a fault is told, and how the single words and numbers of the file
 * are read. Dates and amounts are text in the file. */
#include "base/config.h"
#include "base/i18n.h"
#include "rules/email.h"
#include "shop/brand_file.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

void brand_fault(struct brand_faults *f, const char *field, const char *format, ...)
{
    va_list args;
    char *what;
    int line = field[0] ? config_line(f->bytes, f->length, field) : 0;

    va_start(args, format);
    what = talloc_vasprintf(f->mem, format, args);
    va_end(args);
    f->all = talloc_realloc(f->mem, f->all, char *, f->count + 1);
    f->all[f->count++] = line > 0 ? talloc_asprintf(f->mem, N_("%s, riga %d, campo %s: %s"), f->name, line, field, what)
                         : field[0] ? talloc_asprintf(f->mem, N_("%s, campo %s: %s"), f->name, field, what)
                                    : talloc_asprintf(f->mem, "%s: %s", f->name, what);
    talloc_free(what);
}

void brand_check_range(struct brand_faults *f, const char *field, int value, int least, int most)
{
    if (value < least || value > most)
        brand_fault(f, field, N_("%d è fuori dai limiti: da %d a %d"), value, least, most);
}

/* Ids stand in addresses and file names. */
bool brand_is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length <= 32 && text[length] == '\0' && text[0] != '-';
}

bool brand_is_domain(const char *domain)
{
    char address[256];

    return snprintf(address, sizeof address, "x@%s", domain) < (int)sizeof address && email_valid(address);
}

/* A host that only this machine answers to is fine for trying things out. */
static bool is_host(const char *host)
{
    size_t length = strlen(host), local = strlen(".localhost");

    if (length > local && strcmp(host + length - local, ".localhost") == 0)
        return strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
    return brand_is_domain(host) && strpbrk(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL;
}

static const char *all_of(void *mem, const char *const *known)
{
    char *all = talloc_strdup(mem, known[0]);

    for (size_t i = 1; known[i]; i++)
        all = talloc_asprintf_append(all, ", %s", known[i]);
    return all;
}

const char **brand_words(void *mem, struct brand_faults *f, const char *field, char **from, unsigned count,
                         const char *const *known)
{
    const char **list = talloc_zero_array(mem, const char *, count + 1);

    for (unsigned i = 0; i < count; i++) {
        char *name;
        const char *const *k = known;

        name = talloc_asprintf(f->mem, "%s[%u]", field, i);
        list[i] = from[i];
        for (unsigned j = 0; j < i; j++)
            if (strcmp(from[i], from[j]) == 0)
                brand_fault(f, name, N_("«%s» compare due volte"), from[i]);
        while (k && *k && strcmp(*k, from[i]) != 0)
            k++;
        if (k && !*k)
            brand_fault(f, name, N_("«%s» non è tra i valori previsti: %s"), from[i], all_of(f->mem, known));
        if (!known && !is_host(from[i]))
            brand_fault(f, name, N_("«%s» non è un nome di host"), from[i]);
    }
    return list;
}

struct money brand_amount(struct brand_faults *f, const char *field, const char *text)
{
    struct money sum = {0};

    if (text && money_parse(text, strlen(text), &sum) != DONE)
        brand_fault(f, field, N_("«%s» non è un importo: scriverlo come 25.00"), text);
    return sum;
}

struct money brand_price(struct brand_faults *f, const char *field, const char *text)
{
    size_t faults = f->count;
    struct money sum = brand_amount(f, field, text);

    if (text && !sum.cents && f->count == faults)
        brand_fault(f, field, N_("deve essere più di zero: un ordine senza importo non lo paga nessuno"));
    return sum;
}

struct day brand_day(struct brand_faults *f, const char *field, const char *text)
{
    struct day day = {0};

    if (text && day_parse(text, strlen(text), &day) != DONE)
        brand_fault(f, field, N_("«%s» non è una data: scriverla come 2026-01-31"), text);
    return day;
}
