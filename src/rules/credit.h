/* rules/credit.h: whether two credits that a bank tells of in two formats are one (O13, PAYMENTS §6.1).
 *
 * Within one format an entry is known again by its fingerprint. Formats differ in what they keep, and in how much of it: MT940 cuts
 * references at 16 characters and mixes names and texts; a table has no references at all. */
#pragma once

/* Of two credits on the same account, of the same amount, booked on the same day. */
struct credit_facts {
    const char *bank_reference, *end_to_end_id, *debtor_iban, *remittance; /* "" not said */
};

/* How sure it is that they are one; CREDIT_OTHER: it is not. */
enum credit_likeness { CREDIT_OTHER, CREDIT_SAME_TEXT, CREDIT_SAME_END_TO_END, CREDIT_SAME_REFERENCE };
enum credit_likeness credit_likeness(const struct credit_facts *a, const struct credit_facts *b);

/* "camt", "mt", "rh", "csv": formats that tell of an entry in the same words. */
const char *credit_family(const char *format);
