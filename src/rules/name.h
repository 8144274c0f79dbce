/* rules/name.h: which names a mailbox may have (DOMAIN T8-T10, R46-R49, L5). A name is the local part of an address. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

#define NAME_LEAST 3
#define NAME_MOST  40
#define NAME_TEXT  (NAME_MOST + 1)
#define NAMES      3 /* wanted, in order of preference (P38) */

/* The canonical spelling: blanks around it off, lower case. MARIO.ROSSI is mario.rossi (T10). REFUSED on `field`: REQUIRED for
 * nothing; NAME_FORMAT for other signs than a-z 0-9 . _ -, for two signs in a row, for one at either end; NAME_LENGTH; NAME_RESERVED
 * for what belongs to the provider (postmaster, abuse, amministrazione …), also where it only looks so (p0stmaster, post-master). */
enum outcome name_check(const char *typed, const char *field, char name[NAME_TEXT], struct problem *why) must_check;

/* The three as typed (NULL is ""), made canonical; all faults at once, on name_1 name_2 name_3: each as name_check, NAME_REPEATED for
 * one that was written before. A name with a fault is left "". */
enum outcome names_check(const char *const typed[NAMES], char names[NAMES][NAME_TEXT], struct problems *all) must_check;

/* Whether two names look the same to a reader: 0 and o, 1 and i and l, rn and m, vv and w; signs between do not count. */
bool names_alike(const char *a, const char *b);
