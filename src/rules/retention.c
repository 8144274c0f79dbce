#include "rules/retention.h"
#include "base/i18n.h"

#define DECADE 120

static const struct {
    const char *name, *basis;
    int months;
} CLASSES[RETENTION_CLASSES] = {
    [RETAIN_NOTHING] = {"nothing", N_("Nessuna norma ne impone la conservazione (GDPR art. 17): si cancella subito."),
                        0},
    [RETAIN_LOG] =
        {"log", N_("DPR 68/2005, art. 11: ordini, identità e riferimenti ai log, 30 mesi dalla fine della casella."),
         RETENTION_LOG_MONTHS},
    [RETAIN_IDENTITY] = {"identity",
                         N_("GDPR art. 5: le immagini servono alla verifica; i mesi sono quelli del marchio, 30 se non "
                            "ne indica, dalla fine della casella."),
                         RETENTION_IDENTITY_MONTHS},
    [RETAIN_CONTRACT] = {"contract",
                         N_("Codice civile, art. 2946 e 2220: il contratto e le sue parti, 10 anni dalla fine."),
                         DECADE},
    [RETAIN_FISCAL] = {"fiscal",
                       N_("Codice civile, art. 2220, e DPR 600/1973, art. 22: fatture, pagamenti e loro prove, 10 anni "
                          "dalla fine dell'anno dell'ultimo documento."),
                       DECADE},
    [RETAIN_ALWAYS] = {"always",
                       N_("Nota AgID in vigore dal 17-12-2013: un indirizzo non passa mai ad altri; restano "
                          "l'indirizzo, le date e il codice fiscale di chi lo aveva."),
                       0},
};

const char *retention_name(enum retention_class class)
{
    return CLASSES[class].name;
}

const char *retention_basis(enum retention_class class)
{
    return CLASSES[class].basis;
}

static struct day end_of_year(struct day d)
{
    return day_of(day_split(d).year, 12, 31);
}

struct day retention_over(enum retention_class class, struct day from, int identity_months)
{
    int months = class == RETAIN_IDENTITY && identity_months ? identity_months : CLASSES[class].months;

    if (from.n == 0)
        return (struct day){0};
    if (class == RETAIN_ALWAYS || from.n == RETENTION_NOT_BEGUN.n)
        return DAY_NEVER;
    if (class == RETAIN_NOTHING)
        return from;
    if (class == RETAIN_FISCAL)
        from = end_of_year(from);
    return day_plus(day_add_months(from, months, 0), 1);
}
