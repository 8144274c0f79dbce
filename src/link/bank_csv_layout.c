/* link/bank_csv_layout.c */
#include "link/bank_csv_layout.h"
#include "base/i18n.h"
#include "link/statement_flat.h"
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 64

// clang-format off
/* Names in lower case, without what stands in brackets at their end and without dots. Of several names for one thing
 * the first here counts. */
static const struct {
    const char *name;
    enum column_kind kind;
} NAMES[] = {
    {"data contabile", BOOKED_ON}, {"data contabilizzazione", BOOKED_ON}, {"data registrazione", BOOKED_ON},
    {"data di registrazione", BOOKED_ON}, {"data operazione", BOOKED_ON}, {"data oper", BOOKED_ON},
    {"data op", BOOKED_ON}, {"data movimento", BOOKED_ON}, {"data mov", BOOKED_ON}, {"data reg", BOOKED_ON},
    {"data esecuzione", BOOKED_ON}, {"booking date", BOOKED_ON}, {"data", BOOKED_ON}, {"date", BOOKED_ON},

    {"data valuta", VALUE_ON}, {"data di valuta", VALUE_ON}, {"data val", VALUE_ON}, {"value date", VALUE_ON},
    {"valuta", VALUE_OR_CURRENCY},

    {"importo", AMOUNT}, {"importo movimento", AMOUNT}, {"importo operazione", AMOUNT}, {"importo in euro", AMOUNT},
    {"importo euro", AMOUNT}, {"importo eur", AMOUNT}, {"importo €", AMOUNT}, {"ammontare", AMOUNT}, {"amount", AMOUNT},
    {"accrediti", CREDIT}, {"accredito", CREDIT}, {"avere", CREDIT}, {"entrate", CREDIT}, {"entrata", CREDIT},
    {"crediti", CREDIT}, {"credito", CREDIT}, {"importo avere", CREDIT}, {"importo accredito", CREDIT},
    {"addebiti", DEBIT}, {"addebito", DEBIT}, {"dare", DEBIT}, {"uscite", DEBIT}, {"uscita", DEBIT},
    {"debiti", DEBIT}, {"debito", DEBIT}, {"importo dare", DEBIT}, {"importo addebito", DEBIT},
    {"segno", SIGN}, {"dare/avere", SIGN}, {"d/a", SIGN}, {"c/d", SIGN},
    {"divisa", CURRENCY}, {"div", CURRENCY}, {"codice divisa", CURRENCY}, {"divisa conto", CURRENCY},
    {"ccy", CURRENCY}, {"currency", CURRENCY},

    {"ordinante", PAYER}, {"nome ordinante", PAYER}, {"ordinante/beneficiario", PAYER},
    {"beneficiario/ordinante", PAYER}, {"controparte", PAYER}, {"nome controparte", PAYER}, {"mittente", PAYER},
    {"iban ordinante", PAYER_ACCOUNT}, {"iban controparte", PAYER_ACCOUNT}, {"conto controparte", PAYER_ACCOUNT},
    {"cro/trn", REFERENCE}, {"trn", REFERENCE}, {"cro", REFERENCE}, {"id transazione", REFERENCE},
    {"codice transazione", REFERENCE}, {"id movimento", REFERENCE},
    {"stato", STATUS}, {"contabilizzazione", STATUS}, {"stato movimento", STATUS}, {"stato operazione", STATUS},
    {"iban", OWN_ACCOUNT}, {"iban conto", OWN_ACCOUNT},

    {"descrizione", TEXT}, {"descrizione operazione", TEXT}, {"descrizione operazioni", TEXT},
    {"descrizione movimento", TEXT}, {"descrizione estesa", TEXT}, {"descrizione completa", TEXT},
    {"descrizione causale", TEXT}, {"dettagli", TEXT}, {"dettaglio", TEXT}, {"operazione", TEXT}, {"movimento", TEXT},
    {"causale/descrizione", TEXT}, {"causale / descrizione", TEXT}, {"motivo pagamento", TEXT}, {"description", TEXT},
    {"causale", NOTE}, {"tipo operazione", NOTE}, {"note", NOTE}, {"informazioni aggiuntive", NOTE},
};

/* A bank is known when its header has these columns and no other. */
static const struct {
    const char *format;
    const char *names[16];
} BANKS[] = {
    {"csv-bancaannia", {"data contabile", "data valuta", "importo", "descrizione", "note"}},
    {"csv-bancadelpiemonte", {"data contabile", "data valuta", "dare", "avere", "divisa", "causale", "descrizione"}},
    {"csv-bps", {"stampato il", "contratto", "utente", "tipo", "periodo", "posizione", "iban", "data oper", "data val",
                 "descrizione", "dettagli", "etichetta", "importo", "saldo"}},
    {"csv-creditagricole", {"data op", "data val", "causale", "descrizione", "importo", "div"}},
    {"csv-fineco", {"data", "entrate", "uscite", "descrizione", "descrizione completa", "stato", "moneymap"}},
    {"csv-fineco", {"data", "entrate", "uscite", "descrizione", "descrizione completa", "stato"}},
    {"csv-intesa", {"data", "operazione", "dettagli", "conto o carta", "contabilizzazione", "categoria", "valuta",
                    "importo"}},
    {"csv-intesa", {"data contabile", "data valuta", "descrizione", "accrediti", "addebiti", "descrizione estesa",
                    "effettuata tramite"}},
    {"csv-unicredit", {"data registrazione", "data valuta", "descrizione", "importo"}},
};
// clang-format on

static void take_currency(struct csv_layout *layout, const char *text, size_t length)
{
    if (length == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 3)
        memcpy(layout->currency, text, 3);
    else if ((length == 4 && strncasecmp(text, "euro", 4) == 0) || (length == 3 && strncasecmp(text, "eur", 3) == 0) ||
             (length == 3 && memcmp(text, "€", 3) == 0))
        memcpy(layout->currency, "EUR", 3);
}

static void plain_name(const char *cell, char name[NAME_MAX_BYTES], struct csv_layout *layout)
{
    char *bracket;
    size_t length;

    flat_copy(name, NAME_MAX_BYTES, cell, strlen(cell));
    length = strlen(name);
    if (length > 2 && name[length - 1] == ')' && (bracket = strrchr(name, '('))) {
        take_currency(layout, bracket + 1, (size_t)(name + length - 1 - bracket) - 1);
        *bracket = '\0';
    }
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    for (length = strlen(name); length > 0 && strchr(" .:*", name[length - 1]); length--)
        name[length - 1] = '\0';
}

static size_t name_rank(const char *name)
{
    for (size_t i = 0; i < count_of(NAMES); i++)
        if (strcmp(name, NAMES[i].name) == 0)
            return i;
    return count_of(NAMES);
}

static bool has_all(char names[][NAME_MAX_BYTES], size_t count, size_t named, const char *const *wanted)
{
    size_t found = 0;

    for (; *wanted; wanted++) {
        bool there = false;
        for (size_t i = 0; i < count && !there; i++)
            there = strcmp(names[i], *wanted) == 0;
        if (!there)
            return false;
        found++;
    }
    return found == named;
}

void csv_layout_of(const struct csv_cells *header, struct csv_layout *layout)
{
    char names[CSV_COLUMNS][NAME_MAX_BYTES];
    size_t rank[COLUMN_KINDS] = {0}, named = 0;

    *layout = (struct csv_layout){.format = "csv", .columns = header->count};
    for (size_t k = 0; k < COLUMN_KINDS; k++)
        layout->at[k] = -1;
    for (size_t i = 0; i < header->count; i++) {
        plain_name(header->cell[i], names[i], layout);
        named += *names[i] != '\0';
        size_t r = name_rank(names[i]);
        if (r == count_of(NAMES))
            continue;
        enum column_kind kind = NAMES[r].kind;
        layout->known++;
        layout->kind[i] = kind;
        if (layout->at[kind] < 0 || r < rank[kind]) {
            layout->at[kind] = (int)i;
            rank[kind] = r;
        }
    }
    for (size_t i = 0; i < count_of(BANKS); i++)
        if (has_all(names, header->count, named, BANKS[i].names))
            layout->format = BANKS[i].format;
}

const char *csv_layout_missing(const struct csv_layout *layout)
{
    if (layout->at[BOOKED_ON] < 0 && layout->at[VALUE_ON] < 0)
        return N_("la data (Data contabile, Data operazione …)");
    if (layout->at[AMOUNT] < 0 && (layout->at[CREDIT] < 0 || layout->at[DEBIT] < 0))
        return N_("l'importo (Importo, oppure Dare e Avere …)");
    if (layout->at[TEXT] < 0 && layout->at[NOTE] < 0)
        return N_("la descrizione (Descrizione, Causale …)");
    return NULL;
}
