/* shop/request.h: a new mailbox is asked for, up to the name that is held (DOMAIN §1.1 R41-R49, §3.2 M1-M3): the catalogue, the form
 * with its draft, the names. Conferma is shop/place_purchase.h.
 *
 * The calling order of the wizard: purchase_catalogue and purchase_quote (pure, no database) → draft_save whenever something was
 * typed → names_validate at «Valida» → place_purchase at «Conferma». Drafts are an account's and stay when it logs out. */
#pragma once

#include "shop/quote.h"
#include "shop/shop.h"
#include "store/request.h"

/* ---- The catalogue ---- */

/* What buying would cost: net of the term, VAT and gross on today's rate. */
struct purchase_quote {
    const struct brand_plan *plan;
    struct plan priced; /* with its price on that day */
    int64_t years;
    struct total total;
};

struct offer { /* a plan on sale */
    const struct brand_plan *plan;
    struct plan priced;
    struct purchase_quote year[QUOTE_OPTIONS]; /* shortest first */
    size_t year_count;                         /* at least 1 */
};

/* The plans that may be bought on that day, in the brand's order, each with a price for every year on sale. *count 0 where the brand
 * sells nothing new, or nothing now. */
void purchase_catalogue(void *mem, const struct brand *brand, struct day today, struct offer **offers, size_t *count);

/* REFUSED on `plan` (PROBLEM_PLAN_NOT_ON_SALE) or `years` (PROBLEM_YEARS). */
enum outcome purchase_quote(const struct brand *brand, const char *plan, int64_t years, struct day today,
                            struct purchase_quote *quote, struct problem *why) must_check;

/* "Attivazione PEC Legalmail Base, 1 anno": the line of orders and invoices. */
char *present_purchase(void *mem, const char *language, const struct brand *brand, const struct brand_plan *plan, int64_t years);

/* ---- The draft ---- */

#define DRAFTS_MOST 10 /* of an account, at once, not ordered yet; more would be names kept from others */

/* Keeps the form as typed, valid or not, in one transaction. Of *request these members are read: id (0: a new draft, whose id is set, or
 * the one that the same form_token made before), plan, years, holder (with its kind), phone, signer_name, signer_tax_code, name[],
 * start_now; NULL is "". All the rest is set as it is kept now. Where another name list or tax code no longer goes with the name that is
 * held, that name is let go (state `requested`). REFUSED: PROBLEM_NOT_FOUND, which is also what another account's reads like;
 * PROBLEM_REQUEST_STATE once it is ordered; PROBLEM_REQUESTS_MANY. */
enum outcome draft_save(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, struct request *request,
                        struct problem *why) must_check;

/* A request of this account and brand, in any state; held_until is 0 where no name is held now, INSTANT_EVER while its order is under
 * way. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome request_load(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                          struct request *request, struct instant *held_until, struct problem *why) must_check;
#define INSTANT_EVER ((struct instant){INT64_MAX})

/* The customer's own: a draft that is dropped frees its name. REFUSED as draft_save. */
enum outcome draft_drop(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                        const struct actor *actor, struct problem *why) must_check;

/* Drops up to `limit` drafts that nobody touched for the brand's draft_days (M1), and forgets holds that ran out; *dropped of them. */
enum outcome drafts_sweep(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *dropped) must_check;

/* ---- The form and the names ---- */

/* All that is wrong with plan, years and the holder's data, on their fields; those of billing_check, where email is the email di
 * riferimento, and plan, years, phone, signer_name, signer_tax_code. The signer is asked of companies and public bodies only: for
 * the others both are emptied. Puts the data into canonical form, with memory of `mem`. */
enum outcome request_check(void *mem, const struct brand *brand, struct day today, struct request *request,
                           struct problems *all) must_check;

/* Of all that the holder's data alone: holder, phone, signer_name, signer_tax_code. */
enum outcome request_check_holder(void *mem, struct request *request, struct problems *all) must_check;

struct validated {
    struct problems faults;             /* none: a name is held. On the fields of request_check, and name_1 name_2 name_3 */
    enum name_verdict verdict[NAMES];   /* of the three in order; NAME_FREE of those that nobody looked at */
    bool looked;                        /* the names were well formed, and their availability was looked at */
    char *address;                      /* the one that is held; NULL: none */
    struct instant held_until;
};

/* Valida (M2, M3): checks the whole form as it was saved and holds the first free name for the brand's hold_minutes, the others are
 * noted. DONE also when there are faults: what was typed and the state `requested` must be kept, so the transaction must commit. A
 * name that is not free has PROBLEM_NAME_TAKEN on its field, whatever the reason, unless another one is free. Again while one is
 * held: the same rules anew, from the first name. *request is as it is kept then. REFUSED as draft_save. */
enum outcome names_validate(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t request_id,
                            const struct actor *actor, struct request *request, struct validated *validated,
                            struct problem *why) must_check;

/* A look that reserves nothing (API and command line): of each name its canonical form and whether it is free to a stranger. */
struct name_answer {
    char *typed, *name, *address; /* address NULL: not well formed */
    struct problem fault;         /* why not, PROBLEM_NAME_TAKEN among them; code PROBLEM_NONE: free */
};
#define NAME_LOOKS 20
enum outcome names_look(struct db_tx *tx, void *mem, const struct brand *brand, const char *const *names, size_t count,
                        struct name_answer *answers) must_check;
