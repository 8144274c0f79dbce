/* shop/present_papers.h: the papers of a purchase in words, for the order's page and that of the documents. */
#pragma once

#include "shop/documents.h"
#include <jansson.h>

/* {pending, review, activating, active, refused: one true at most; waiting_until "07/12/2026" or false: approved, its
 *  activation put off (L15); contract true|false: there is one;
 *  window {sent_at, opens_at, due_at "29/12/2026, 15:00"} while the desk has them, else false;
 *  rejection {advice, note or false, decided_at, both true|false: of which slot it speaks is not known} or false;
 *  hours {least, most}} */
json_t *present_papers(const struct brand *brand, const struct papers *papers, const char *language);

/* {slot, waiting [file], earlier [file] of the last submission, has_waiting, has_earlier, kept true|false: what was sent before goes
 * again}. A file: {id, name, size "1,2 MB", image, signed: "firma digitale valida" or false, trusted, signer or false, signed_at or
 * false, purged}. */
json_t *present_slot(const struct papers *papers, const char *slot, const char *language);
