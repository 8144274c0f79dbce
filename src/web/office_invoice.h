/* web/office_invoice.h: what the files of one invoice's pages share. */
#pragma once

#include "shop/present.h"
#include "shop/refund.h"
#include "shop/sdi.h"
#include "web/office.h"

struct invoice_page {
    int64_t id;
    struct order_facts facts;
    struct sdi_standing standing;
    struct sdi_sending *files;
    struct sdi_paper *notices;
    struct invoice *notes; /* credit notes of it */
    size_t file_count, notice_count, note_count;
    struct money left;     /* not yet credited */
    const struct order_line *lines; /* what can be credited by itself */
    size_t line_count;
    int64_t *credited; /* of them, by their numbers */
    size_t credited_count;
};
office_read office_invoice_load; /* arg: struct invoice_page */

/* Shows it, with the faults of one of its forms; which says whose. */
enum invoice_form { INVOICE_FORM_NONE, INVOICE_FORM_CREDIT, INVOICE_FORM_AGAIN };
void office_invoice_show(struct office *o, const struct invoice_page *page, int status, enum invoice_form which,
                         const struct problems *faults);

/* The forms, in office_invoice_act.c. */
struct credit_form {
    int what, destination; /* enum credit_what; index of DESTINATIONS */
    struct money amount;
    const char *reason, *iban, *payee;
    bool take_back;
};
struct again_form {
    int kind; /* -1: the billing data were not in the form */
    struct billing billing;
    bool late;
};
extern const struct form_field OFFICE_CREDIT_FIELDS[], OFFICE_AGAIN_FIELDS[];

json_t *office_notice_row(const struct page *page, const struct sdi_paper *notice);
bool office_month(const char *text, struct day *from, struct day *until); /* "2026-12" */
