/* The part `invoicing` of brand.yaml: by which way invoices go to SdI, and what public bodies may do. */
#include "shop/brand_file.h"
#include <string.h>

#define TEXT(key, member, most)                                                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct invoicing_file, member, 1, most)

const struct cyaml_schema_field BRAND_INVOICING[] = {
    TEXT("channel", channel, 10),
    TEXT("outgoing", outgoing, 400),
    TEXT("notices", notices, 400),
    TEXT("pec_from", pec_from, 254),
    TEXT("pec_to", pec_to, 254),
    CYAML_FIELD_BOOL("public_commitment", CYAML_FLAG_OPTIONAL, struct invoicing_file, public_commitment),
    CYAML_FIELD_END,
};

static void check_channel(const struct invoicing_file *file, struct brand_faults *f)
{
    bool folder = strcmp(file->channel, "folder") == 0, mail = strcmp(file->channel, "mail") == 0;

    if (!folder && !mail)
        brand_fault(f, "invoicing.channel", "«%s» non è tra i valori previsti: folder, mail", file->channel);
    if (folder != (file->outgoing != NULL))
        brand_fault(f, "invoicing.outgoing", "va indicata con channel: folder, e solo allora");
    if (mail != (file->pec_from != NULL) || mail != (file->pec_to != NULL))
        brand_fault(f, "invoicing.pec_from", "con channel: mail, e solo allora, vanno indicati pec_from e pec_to");
    if (mail && file->pec_from && file->pec_to && (!strchr(file->pec_from, '@') || !strchr(file->pec_to, '@')))
        brand_fault(f, "invoicing.pec_from", "pec_from e pec_to sono indirizzi di posta");
    if (!file->notices)
        brand_fault(f, "invoicing.notices", "manca: dove arrivano le notifiche");
}

void brand_invoicing_read(const struct invoicing_file *file, struct brand *brand, struct brand_faults *f)
{
    brand->invoicing = (struct brand_invoicing){.channel = file->channel,
                                                .outgoing = file->outgoing,
                                                .notices = file->notices,
                                                .pec_from = file->pec_from,
                                                .pec_to = file->pec_to,
                                                .public_commitment = file->public_commitment};
    if (file->channel)
        check_channel(file, f);
    else if (file->outgoing || file->notices || file->pec_from || file->pec_to)
        brand_fault(f, "invoicing.channel", "manca: folder o mail");
}
