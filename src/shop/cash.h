/* shop/cash.h: the day's cash: what came and went by each way, as the ledger has it, compared with the records of payments (DOMAIN Y2-Y11).
 * Days are Rome's, by when it was booked here. What providers keep as their fee is not in the ledger: they send what is captured, whole, and
 * bill their fee apart. */
#pragma once

#include "shop/desk_money.h"
#include "shop/shop.h"
#include "store/cash.h"
#include <jansson.h>

#define CASH_DAYS_MOST 366

struct cash {
    struct day from, to; /* both inclusive */
    struct cash_row *rows;
    size_t count;
    struct money missing; /* of the bank's credits: not in the ledger */
    struct money came, went; /* of the ways that money comes by: banks, providers, cheques, transfers made */
    bool agrees;          /* no difference anywhere */
};
/* REFUSED on "to": the other way round, or too long. */
enum outcome cash_load(struct db_tx *tx, void *mem, const struct money_scope *scope, struct day from, struct day to, struct cash *cash,
                       struct problem *why) must_check;

bool cash_is_till(const struct cash_row *row);          /* money itself; the others say whose it is */
int64_t cash_difference(const struct cash_row *row);    /* cents, the ledger's less the records' */
char *cash_label(void *mem, const char *language, const struct cash_row *row); /* "Bonifici, IT60 …" */
/* {from, to, agrees, missing_cents, rows: [{account, label, till, came_cents, went_cents, recorded_came_cents, recorded_went_cents, count}]} */
json_t *describe_cash(const struct cash *cash, const char *language);
void cash_csv(const struct cash *cash, const char *language, struct text_buffer *out);
