/* shop/wording.h: the texts that a seller changes without a release: what is accepted and consented to, and the words of the mails, of a
 * brand and in a language. The brand's files are the default, version 0; what the desk publishes counts instead, from a day on.
 *
 *   a draft     one of a text; whoever writes it sees it as the recipient would, with invented data, before it is published
 *   published   kept for ever. Of conditions and consents from a day that has not begun, as prices are (shop/catalogue.h), since whoever
 *               has read them today accepts them today; of a mail at once, if wanted. Going back is publishing an old one anew
 *   in memory   what is in force stands with the brand, read anew each hour as prices are, and by who sends mails with each batch
 *
 * An order keeps version and hash of the conditions it accepted, and wording_accepted finds the words again, the file's or the desk's. */
#pragma once

#include "shop/approval.h"
#include "shop/views.h"
#include "store/wording.h"

#define WORDING_SUBJECT 2000   /* bytes at most, tags and all */
#define WORDING_BODY    60000
#define WORDING_HTML    120000

/* ---- Which there are ---- */

struct wording_kind {
    const char *name, *label; /* "terms", N_("…") */
};
extern const struct wording_kind WORDING_TERMS[]; /* what is accepted or consented to; ends with name NULL */

bool wording_is_mail(const char *name);
/* Whether the brand has it in that language: consents are in Italian alone, the language in which they are accepted. */
bool wording_known(const struct brand *brand, const char *name, const char *language);
/* The brand's own of its file; NULL: it has none of that name. */
const struct brand_terms *wording_terms(const struct brand *brand, const char *name);
/* The names of all mails, in order; owned by `mem`, NULL-terminated. */
const char **wording_mails(void *mem);

/* Version 0: what the file says, a mail's as it stands in that language. Its id is 0. */
void wording_file(void *mem, const struct brand *brand, const char *name, const char *language, struct wording *w);
/* The words that `version` with that hash has: the desk's, or a file of the brand's. REFUSED: nobody has them any more. */
enum outcome wording_accepted(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, const char *version,
                              const char *sha256, struct brand_terms *terms) must_check;

/* Whether a file of the brand's has that version of it, also one that brand.yaml no longer names. */
bool wording_has_file(void *mem, const struct brand *brand, const char *name, const char *version);

/* ---- In memory ---- */

/* Reads what stands, anew; what is known already is not read again. */
enum outcome wordings_refresh(struct db_tx *tx, const struct brands *brands) must_check;
/* The template of a part ("subject", "txt", "html") that the desk has published; NULL: the file's counts. *none: it has none of that part. */
const struct template *wording_template(const struct brand *brand, const char *name, const char *language, const char *part, struct day on,
                                        bool *none);
/* The version of a mail on that day; false: the file's counts. */
bool wording_mail_version(const struct brand *brand, const char *name, const char *language, struct day on, char version[VIEW_VERSION]);
/* The row of which a text is on that day; 0: the file's. */
int64_t wording_in_force(const struct brand *brand, const char *name, const char *language, struct day on);

/* ---- Whether it may be, and how it looks ---- */

/* Each fault on its field: version, subject, body, html. A mail's tags must close, its fields be those that the mail knows, its parts those
 * of mails. */
enum outcome wording_check(void *mem, const struct brand *brand, const struct wording *w, struct problems *faults) must_check;
/* Fields of the file's text that this one does not use, "url, code"; NULL: none. */
char *wording_leaves_out(void *mem, const struct brand *brand, const struct wording *w);
/* Fields that a mail knows, "address, amount …"; owned by `mem`. */
char *wording_fields(void *mem, const struct brand *brand, const char *name);

/* The invented data that a mail is shown with; more than one where it has several faces. */
size_t wording_examples(const char *name);
/* As its recipient would see it; each "" where it has none. REFUSED as wording_check. */
struct wording_look {
    char *subject, *text, *html;
};
enum outcome wording_look(void *mem, const struct brand *brand, const struct wording *w, size_t example, struct wording_look *look,
                          struct problem *why) must_check;

/* What it is called: a label, or a mail's subject as it reads with invented data. */
const char *wording_title(void *mem, const struct brand *brand, const char *name, const char *language);

/* What differs, by lines: [{text, added, gone}], where neither is set the line is in both; runs of those are cut short by {skipped}. */
json_t *wording_diff(void *mem, const char *before, const char *after);

/* ---- Changing it ---- */

/* Keeps it as the text's draft, in the place of the one there was; sets id, sha256 and version. REFUSED with the faults. */
enum outcome wording_save(struct db_tx *tx, void *mem, const struct brand *brand, struct wording *w, const struct actor *actor,
                          struct problems *faults) must_check;
/* The draft, from w->from on, for w->reason. *waits: a second person has to agree (brand.yaml: text), as *approval. REFUSED: "from", "reason",
 * PROBLEM_NOT_FOUND, PROBLEM_WORDING_CHANGED. */
struct wording_publishing {
    int64_t id;
    struct day from;
    const char *reason;
    struct actor actor;
};
enum outcome wording_publish_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct wording_publishing *p, int64_t *approval,
                                 bool *waits, struct problem *why) must_check;
/* A draft is dropped, a version that has not begun taken back. REFUSED: PROBLEM_NOT_FOUND, PROBLEM_DAY_RANGE. */
enum outcome wording_drop(struct db_tx *tx, void *mem, int64_t id, const struct actor *actor, struct wording *w, struct problem *why) must_check;
/* From which day it may count. */
struct day wording_first_day(struct db_tx *tx, const char *name);

extern const struct approval_kind APPROVE_TEXT; /* a text is published */
