/* link/sdi_channels.c: the channels that the brands' files name. */
#include "link/sdi.h"
#include <string.h>
#include <talloc.h>

static enum outcome open_one(void *mem, const struct brand *brand, const struct mailer *mailer,
                             struct sdi_channel *channel, struct problem *why)
{
    const struct brand_invoicing *i = &brand->invoicing;

    return strcmp(i->channel, "mail") == 0
               ? sdi_mail_open(mem, mailer, i->pec_from, i->pec_to, i->notices, channel, why)
               : sdi_folder_open(mem, i->outgoing, i->notices, channel, why);
}

enum outcome sdi_channels_open(void *mem, const struct brands *brands, const struct mailer *mailer,
                               struct sdi_channels *channels, struct problem *why)
{
    *channels =
        (struct sdi_channels){.all = talloc_zero_array(mem, struct sdi_channel_of, (unsigned)brands->count + 1)};
    for (size_t i = 0; i < brands->count; i++) {
        const struct brand *brand = &brands->all[i];
        struct sdi_channel_of *of = &channels->all[channels->count];

        if (!brand->invoicing.channel || (strcmp(brand->invoicing.channel, "mail") == 0 && !mailer))
            continue;
        TRY(open_one(mem, brand, mailer, &of->channel, why));
        of->brand = brand->id;
        channels->count++;
    }
    return DONE;
}
