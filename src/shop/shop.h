/* shop/shop.h: what every use case is given. A use case is one transaction (DESIGN §1.3): it loads, asks the rules, writes, and
 * leaves rows in the outbox. Those that take a struct db_tx run inside the caller's transaction; those that take a struct shop
 * open their own. */
#pragma once

#include "db/db.h"
#include "shop/brand.h"
#include "shop/ports.h"
#include "store/event.h"
#include "store/mailbox.h"

struct shop {
    struct db *db;
    const struct brands *brands;
    const struct gateways *gateways; /* NULL: none is set up */
    const struct mailhosts *mailhosts; /* NULL: none */
    const struct webmails *webmails; /* NULL: none */
    const struct sdi_channels *sdi;  /* ways to SdI; NULL: none */
    const struct webhook_sender *webhooks; /* NULL: nobody is told of anything */
    const struct files *files; /* where documents and contracts are kept; NULL: nowhere */
    const struct signature_reader *signatures; /* NULL: signed files are taken as what they are without their signature */
    const char *public_url; /* how the outside reaches us: "https://renewals.example"; for links in mails */
    bool by_hosts; /* where it is NULL: links go by each brand's own host, not by their path alone */
};

/* The path of a brand's portal: "" where the host name says which it is, "/b/legalmail" otherwise. Links in mails use
 * public_url + "/b/ID"; without one, as shop.by_hosts says. */
char *shop_link(void *mem, const struct shop *shop, const struct brand *brand, const char *path);
