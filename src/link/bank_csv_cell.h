/* link/bank_csv_cell.h: dates and amounts as spreadsheets and banks write them. */
#pragma once

#include "base/day.h"
#include "link/amount.h"

/* What a whole file's cells say together: "1.650" and "05/04/2026" mean nothing by themselves. */
struct cell_habits {
    char decimal;     /* ',' or '.'; NUL until a cell shows it */
    bool month_first; /* a second number over 12 was met before a first one */
    bool day_first;
};

void habits_of_date(struct cell_habits *habits, const char *cell);
void habits_of_amount(struct cell_habits *habits, const char *cell);

/* 15/01/2026, 15-1-26, 15.01.2026, 2026-01-15, 20260115; a time after it is passed over. */
bool cell_date(const char *cell, const struct cell_habits *habits, struct day *d);

enum cell_amount { CELL_BLANK, CELL_AMOUNT, CELL_UNCLEAR, CELL_NO_AMOUNT };

/* "-1.234,56", "1'234.56", "(59,00)", "59,00-", "+5 EUR", "€ 5". `units` carries the sign. UNCLEAR: a number, but
 * nothing in the file has shown whether its sign parts thousands or decimals; a lone dash is blank. */
enum cell_amount cell_amount(const char *cell, struct cell_habits *habits, amount_units *units);
