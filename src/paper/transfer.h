/* paper/transfer.h: the sheet with the data of a bank transfer (R33), the same that the page shows (T3). */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include "paper/invoice.h"

struct transfer_paper {
    const struct seller *seller;
    const char *reference; /* 15 digits, or an order code: "RLM95055" */
    struct money amount;
    struct day ordered_on, pay_by;
    const char *mailbox, *what; /* "studio.verdi@legalmail.example", "Rinnovo 1 anno, Bronze" */
    struct day expires_on, new_expires_on;
    const char *language, *brand_name, *colour;
};

enum outcome transfer_pdf(void *mem, const struct transfer_paper *paper, void **bytes, size_t *length) must_check;
