/* web/office_money.h: what the desk's pages about money share. */
#pragma once

#include "base/text.h"
#include "shop/desk_money.h"
#include "web/office.h"

/* Members of the query: a word of small letters, digits, "_" and "-"; what somebody typed, trimmed. "" where it is missing or no such. */
const char *office_word(struct http_request *req, const char *name);
const char *office_typed(struct http_request *req, const char *name);
/* An amount as people write it, "10,98"; *amount stays as it is where it is none. */
void office_amount(const char *typed, struct money *amount);
/* A date as people or browsers write it; DAY 0: none. */
struct day office_day(struct http_request *req, const char *name);
/* "&name=value", escaped; nothing for "". */
void office_put_query(struct text_buffer *out, const char *name, const char *value);
/* brands [{id, name, here}], has_brands, brand_id: to choose from, where the operator sees several. */
void office_put_brands(struct office *o, const char *chosen);
/* `flash`, by the word in ?fatto=; the table ends with NULL. */
struct office_done {
    const char *word, *text;
};
void office_put_done(struct page *p, const struct office_done *done);
/* What an operator may count of, or chose to: a brand and its accounts. */
struct money_scope office_scope(const struct office *o, const char *brand);

/* office_money.c */
json_t *office_statement_row(const struct page *p, const struct statement_row *row);
