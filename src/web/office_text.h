/* web/office_text.h: what the desk's pages of texts share (office_texts.c, office_text.c, office_text_edit.c). */
#pragma once

#include "shop/wording.h"
#include "web/office.h"

/* The text that an address names: /office/catalogo/{marchio}/testi/{testo}?lingua=. */
struct text_page {
    const struct brand *brand;
    const char *name, *language;
    int64_t in_force; /* its row; 0: the file's */
};
/* REFUSED with PROBLEM_NOT_FOUND: an unknown brand, or not the operator's; a text that it has not. */
enum outcome text_page_open(struct db_tx *tx, struct office *o, struct text_page *t, struct problem *why) must_check;
/* Its version `id`; 0: the file's. REFUSED with PROBLEM_NOT_FOUND, also when it is another text's. */
enum outcome text_page_version(struct db_tx *tx, struct office *o, const struct text_page *t, int64_t id, struct wording *w,
                               struct problem *why) must_check;

/* brand_id, name, text {name, title, mail, language}: on every page of a text. */
void text_page_put(struct office *o, const struct text_page *t);
/* "/office/catalogo/legalmail/testi/terms/versioni/3?lingua=it&fatto=…"; `done` may be NULL. */
char *text_page_path(const struct office *o, const struct text_page *t, int64_t id, const char *done);
