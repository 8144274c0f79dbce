/* rules/iban.h: IBAN and the Italian CIN (PAYMENTS §12; T58). */
#pragma once

#include "base/problem.h"

#define IBAN_TEXT 36
/* Removes blanks, upper-cases, then checks country, length, MOD 97 and, for IT and SM, the structure and the CIN. */
enum outcome iban_check(const char *typed, const char *field, char canonical[IBAN_TEXT], struct problem *why) must_check;
char *iban_grouped(void *mem, const char *canonical); /* "IT62 C032 6803 2030 5288 6541 770" */
