/* What every target about statements does: bytes into a file, each text of each payment touched, and the promises that
 * hold for any bytes. */
#pragma once

#include "base/text.h"
#include "link/statement.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline int file_of_bytes(const uint8_t *bytes, size_t size)
{
    int file = memfd_create("statement", MFD_CLOEXEC);

    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    lseek(file, 0, SEEK_SET);
    return file;
}

static inline void look_at(const char *text)
{
    if (!text_is_utf8(text, strlen(text)))
        abort();
}

static inline enum outcome look(void *arg, const struct statement_payment *payment)
{
    const char *const texts[] = {payment->amount_text,   payment->currency,       payment->debtor,
                                 payment->debtor_iban,   payment->end_to_end_id,  payment->bank_reference,
                                 payment->return_reason, payment->remittance,     payment->entry_amount_text};
    size_t *count = arg;

    ++*count;
    for (size_t i = 0; i < count_of(texts); i++)
        look_at(texts[i]);
    for (size_t i = 0; i < payment->piece_count; i++)
        look_at(payment->pieces[i]);
    if (payment->amount_fits && !*payment->amount_text)
        abort();
    return DONE;
}

static inline enum outcome look_head(void *arg, const struct statement_head *head)
{
    (void)arg;
    look_at(head->format);
    look_at(head->id);
    look_at(head->account);
    look_at(head->currency);
    look_at(head->opening);
    look_at(head->closing);
    return DONE;
}

/* Refusals give a reason, and nothing is ever our own fault. */
static inline void look_outcome(enum outcome o, const struct problem *why)
{
    if (o == BROKEN || (o == REFUSED && !*why->detail))
        abort();
    look_at(why->detail);
}
