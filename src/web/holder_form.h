/* web/holder_form.h: the data of who will hold a mailbox, as the form of a change of holder has them on either side. */
#pragma once

#include "shop/documents.h"
#include "shop/holder_change.h"
#include "web/billing_form.h"

struct holder_form {
    int kind;
    struct billing billing;
    const char *phone, *signer_name, *signer_tax_code;
    const char *current;  /* who asks: his password */
    bool agreed;
    const char *password; /* who accepts */
    bool terms, privacy;
};

/* The fields that both have. */
#define HOLDER_FIELDS                                                                                                  \
    BILLING_FIELDS(struct holder_form), FORM_TEXT(struct holder_form, phone, "phone", .max = 40, .optional = true),    \
        FORM_TEXT(struct holder_form, signer_name, "signer_name", .max = 80, .optional = true),                        \
        FORM_TEXT(struct holder_form, signer_tax_code, "signer_tax_code", .max = 32, .optional = true)

struct request holder_form_person(const struct holder_form *form);
/* For page_fields, of what is known. */
json_t *holder_form_values(const struct holder_change *change);

/* portal_documents.c: the bytes of one of these papers. */
void portal_show_document(struct page *p, const struct papers *papers, const char *id);
