/* shop/roster.h: an Ordine's list of members, by CSV (R120, §3.8, T42). First looked through, each bad row told with its line and
 * fault, then applied as a whole; a list with a fault changes nothing.
 *
 * The columns are those of the lists that Ordini send to INI-PEC (DM 19-3-2013, L11), by their Italian or English names, in any order
 * and case, blanks or underscores between words:
 *
 *     pec  nome  cognome  numero_iscrizione  codice_fiscale  stato  data_iscrizione  data_cancellazione
 *     address  name  surname  enrolment_no  tax_code  status  joined_on  left_on
 *
 * `pec` and `codice_fiscale` must be there; a row of state 3 may have either of the two alone. `stato` is 1 update, 2 new, 3 delete;
 * empty, or without that column: 2. Who is in an Ordine's order that waits for its money cannot leave it or move; who renews
 * automatically cannot join. Dates are 2027-03-15 or 15/03/2027. Lists are whole or partial: who is not named is left alone. */
#pragma once

#include "shop/shop.h"
#include "store/member.h"

#define ROSTER_FAULTS_LISTED 200
#define ROSTER_ROWS          100000
#define ROSTER_BYTES         (16 * 1024 * 1024)

enum roster_state { ROSTER_UPDATE = 1, ROSTER_NEW, ROSTER_DELETE };

/* A row as it is written, in canonical form; texts "" where absent. */
struct roster_row {
    int line;
    enum roster_state state;
    char *address, *name, *surname, *enrolment_no, *tax_code;
    struct day joined_on, left_on; /* DAY 0: not told */
};

/* The rows of a file, as far as they can be judged without a database; the faults of the others. REFUSED with PROBLEM_CSV for what is no
 * such table. */
struct roster_fault {
    int line;
    char *address;          /* "" where the row has none */
    struct problem problem; /* its field is the column, in Italian */
};
struct roster_faults {
    struct roster_fault item[ROSTER_FAULTS_LISTED];
    size_t count; /* of those that are listed */
    int64_t rows; /* bad ones */
};
enum outcome roster_read(void *mem, const void *bytes, size_t length, struct roster_row **rows, size_t *count,
                         struct roster_faults *faults, struct problem *why) must_check;

/* What a list comes to. */
struct roster {
    int64_t rows;      /* all of them */
    int64_t good;      /* those without a fault */
    int64_t joiners, transfers, updates, leavers, unchanged; /* of the good ones */
    struct roster_faults faults;
    bool applied;
};
/* REFUSED as roster_read. With `apply` it is done, unless there is a fault: then PROBLEM_ROSTER_FAULTS, and *roster tells which. What
 * changes counts at once for whom a mailbox belongs to, and for its price from its next renewal on. */
enum outcome roster_take(struct db_tx *tx, void *mem, const struct brand *brand, const struct brand_convention *convention,
                         const void *bytes, size_t length, bool apply, const struct actor *actor, struct roster *roster,
                         struct problem *why) must_check;
