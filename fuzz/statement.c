/* Any bytes as a bank's file: read, described, and never more than refused. */
#include "link/statement.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Touches every text, so that a sanitizer sees one that is not valid. */
static enum outcome look(void *arg, const struct statement_payment *payment)
{
    size_t *sum = arg;

    *sum += strlen(payment->amount_text) + strlen(payment->currency) + strlen(payment->debtor) +
            strlen(payment->debtor_iban) + strlen(payment->end_to_end_id) + strlen(payment->bank_reference) +
            strlen(payment->return_reason) + strlen(payment->remittance) + strlen(payment->entry_amount_text);
    for (size_t i = 0; i < payment->piece_count; i++)
        *sum += strlen(payment->pieces[i]);
    if (payment->amount_fits && !*payment->amount_text)
        abort();
    return DONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t sum = 0;
    const struct statement_sink sink = {.payment = look, .arg = &sum};
    struct problem why = {0};
    json_t *described = NULL;
    int file = memfd_create("statement", MFD_CLOEXEC);

    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    lseek(file, 0, SEEK_SET);
    enum outcome o = statement_read(file, &sink, &why);
    if (o == BROKEN || (o == REFUSED && !*why.detail))
        abort();
    lseek(file, 0, SEEK_SET);
    if (statement_json(file, &described, &why) == DONE)
        json_decref(described);
    else if (o == DONE)
        abort(); /* what can be booked can be shown */
    close(file);
    return 0;
}
