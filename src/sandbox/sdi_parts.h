/* sandbox/sdi_parts.h: what sdi.c, sdi_invoice.c and sdi_answer.c share. */
#pragma once

#include "sandbox/sdi.h"
#include <jansson.h>

/* What SdI looks at in an invoice; "" where it says nothing. */
struct sdi_invoice {
    const char *format, *recipient, *pec, *sender, *type, *number, *date;
};
/* REFUSED: no FatturaPA. */
enum outcome sdi_invoice_read(void *mem, const void *bytes, size_t length, struct sdi_invoice *invoice) must_check;

/* A file that was received: {"id", "public", "recipient", "sha256", "notices" written of it}. */
enum outcome sdi_answer_write(void *mem, const struct sdi_sandbox *sdi, const char *name, json_t *file, const char *answer,
                              int *written, struct problem *why) must_check;
/* Whole or not at all, under a name that a reader takes for finished. */
enum outcome sdi_put_file(void *mem, const char *folder, const char *name, const void *bytes, size_t length, struct problem *why) must_check;
