/* web/api_order_form.h: the body of POST /api/v1/orders. */
#pragma once

#include "shop/place_purchase.h"
#include <jansson.h>

struct order_form {
    const char *brand; /* "": the key's */
    const char *kind, *payment_method;
    const char *account; /* the customer's e-mail; NULL: nobody's */
    const char *associate; /* the e-mail of the account that the mailboxes become visible to (R134); NULL: as they are */
    bool remember;       /* the customer agrees that the card or account be kept */
    int language; /* index of VIEW_LANGUAGE: of the order's papers and mails */
    struct wanted_line *lines; /* of a renewal */
    size_t line_count;
    struct request purchase;   /* of a purchase: what is typed into its form; its years are 0 of a renewal */
    bool start_now;
    struct billing billing; /* all empty: the holder's */
    bool terms_accepted;
    const char *terms_version; /* NULL: the one in force */
    const char *autorenew_version; /* of the text of automatic renewal that the customer consented to; NULL: none */
    struct money expected;     /* the total that was shown; cents < 0: none was */
};

/* The member `billing` of any form; nothing is read where it is absent. Its faults are under "billing.". */
void api_billing_read(void *mem, const json_t *object, struct billing *billing, struct problems *all);

/* The member `holder` of any form: who will hold a mailbox. Its faults are under "holder.". */
void api_holder_read(void *mem, const json_t *holder, struct request *person, struct problems *all);

bool order_form_buys(const struct order_form *form); /* kind "purchase" */
bool order_form_adds(const struct order_form *form); /* kind "extra_space" */

/* Every fault at its place ("lines[0].years", "billing.tax_code"), unknown members among them. */
enum outcome order_form_read(void *mem, const json_t *object, struct order_form *form, struct problems *all) must_check;
