/* link/mt940_text.h: what field :86: of an MT940 says about a movement. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define MT940_TEXT   8192 /* of all :86: of a movement */
#define MT940_PIECES 200

/* Texts point into `room`. */
struct mt940_details {
    const char *debtor, *debtor_account, *end_to_end_id, *remittance; /* "" where not stated */
    const char *pieces[MT940_PIECES]; /* what to search: each line or subfield by itself */
    size_t piece_count;
    size_t used;
    char room[3 * MT940_TEXT + 1024];
};

/* `text` is UTF-8, its lines parted by LF, at most MT940_TEXT bytes.
 *
 * With subfields ("166?00GUTSCHRIFT?20EREF+…?30…?32…"): ?20–?29 and ?60–?63 are the remittance, ?31 the account and
 * ?32, ?33 the name of the other side, ?00 the bank's word for the movement. SEPA's words in the remittance (EREF+,
 * SVWZ+ …) part it further. Without, the lines are the remittance, joined by a blank except between digits, because
 * banks cut lines anywhere. */
void mt940_details(struct mt940_details *d, const char *text);
