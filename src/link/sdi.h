/* link/sdi.h: the ways to SdI behind struct sdi_channel (PAYMENTS §9.7). */
#pragma once

#include "shop/brand.h"
#include "shop/ports.h"

/* Folders, for SDIFTP or an intermediary's program. Outgoing: a file is written beside, synced and renamed, so whoever takes it finds
 * it whole; the same bytes under a name that is there already, or in `done/`, are DONE. Incoming: XML, p7m and ZIP, moved to `done/`
 * once they are taken (with a number behind, where one of that name is there). `done` folders are made. */
enum outcome sdi_folder_open(void *mem, const char *outgoing, const char *incoming, struct sdi_channel *channel,
                             struct problem *why) must_check;

/* PEC: a message a file, to the address that SdI has told, through our mailer; notices are attachments of what is in a maildir, also
 * inside a postacert.eml. What holds no notice is moved to cur/ as read and flagged. */
enum outcome sdi_mail_open(void *mem, const struct mailer *mailer, const char *from, const char *to, const char *maildir,
                           struct sdi_channel *channel, struct problem *why) must_check;

/* Those that the brands' files name under `invoicing`. Without a mailer those by PEC are left out. */
enum outcome sdi_channels_open(void *mem, const struct brands *brands, const struct mailer *mailer, struct sdi_channels *channels,
                               struct problem *why) must_check;
