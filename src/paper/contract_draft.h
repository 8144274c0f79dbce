/* paper/contract_draft.h: the contract while it is drawn; shared by contract.c and contract_front.c. */
#pragma once

#include "paper/contract.h"
#include "paper/sheet.h"

#define CONTRACT_WIDTH   (SHEET_RIGHT - SHEET_LEFT)
#define CONTRACT_LATER_Y 88.0 /* where the text goes on, on pages after the first */

struct contract_draft {
    struct sheet sheet;
    const struct contract_paper *contract;
    int page, pages;
    double y; /* where the next thing goes */
};

/* The top of the first page: what it is, between whom, of which mailbox, for how long and how much. */
void contract_front(struct contract_draft *d);
/* Place, day and signature under a heading and what is declared; returns the y below. */
double contract_signature(struct contract_draft *d, double y, const char *heading, const char *declared);
