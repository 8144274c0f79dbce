/* rules/price.h: what things cost. Net prices by plan and date, VAT by dated table, on the sum of lines (DOMAIN D11). */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>

/* Ordinary VAT rate in basis points on a tax point (payment or earlier invoice): 2000 to 16-09-2011, 2100 to 30-09-2013,
 * 2200 from 01-10-2013 (DOMAIN D11, PAYMENTS §10). */
int vat_rate_bp(struct day tax_point);

/* net + VAT of an amount, the VAT rounded half-up to the cent. */
struct total {
    struct money net, vat, gross;
    int vat_rate_bp;
    struct money due; /* what the customer pays us: the gross, or the net where he pays the VAT to the state (rules/sale.h) */
};
static inline bool total_is_split(const struct total *total)
{
    return total->due.cents != total->gross.cents;
}
enum outcome price_total(struct money net, int rate_bp, struct total *total, struct problem *why) must_check;

/* A plan of the catalogue and its price, net, for one year. */
struct plan {
    const char *id, *name;
    int rank;          /* order of performance: renewing may only go up where the policy says so (P28) */
    int mailbox_gb, archive_gb;
    struct money year; /* net a year, on the date asked for */
    struct money extra_gb_year; /* net for one extra GB a year; 0: none on sale (P29) */
    int max_extra_gb;
    int max_extra_archive_gb; /* at the price of any extra GB; 0 where the plan has no archive */
};

/* What a renewal contains. Up to ends_on the customer has paid already: a better plan or more space takes effect at once
 * (upgrade_effective: immediate, §3.7), so for the started months from today to the old end the difference is due pro rata
 * (§8.8: started months / 12, half-up); nothing when the mailbox has expired, and never less than zero. Where one thing is given up
 * for another (a lower plan with more space) only what the whole costs more is due. */
struct renewal_request {
    const struct plan *from, *to; /* may be the same */
    int64_t years;
    int64_t extra_gb_before, extra_gb; /* total extra GB held and wanted; wanted ≥ held unless the policy lets it fall */
    struct day today, ends_on;
    int64_t extra_archive_gb_before, extra_archive_gb; /* the same of the archive, at the same price */
    bool may_lower; /* P28 up and down: a lower plan, less extra space; whether it fits is rules/plan_change.h */
    struct money late_fee; /* P48, of today */
};

/* P48: what renewing costs more from a day of the grace on. from_day 1 is the first day after the end; no amount: never. */
struct late_fee {
    struct money net;
    int from_day;
};
struct money late_fee_on(const struct late_fee *fee, struct day ends_on, struct day today);

/* The price's parts, net. Lines with a zero amount are left out by who prints them. */
struct renewal_price {
    struct money term;            /* years × the plan's year */
    struct money space;           /* years × extra GB × price, those of the archive among them */
    struct money upgrade_residue; /* plan difference for the months that remain */
    struct money space_residue;   /* added GB for the months that remain */
    int residue_months;
    struct money late_fee;        /* P48 */
    struct money net;             /* sum of the five */
};

/* REFUSED with PROBLEM_PLAN_LOWER when `to` ranks below `from` and may not, PROBLEM_EXTRA_GB when extra_gb (or extra_archive_gb) is
 * negative, below what is held and may not be, or above the plan's maximum (detail: the maximum), PROBLEM_MONEY_OVERFLOW. */
enum outcome price_renewal(const struct renewal_request *request, struct renewal_price *price, struct problem *why) must_check;

/* More space for the rest of a term that is paid: so much for each GB and started month to its end (§3.7, §8.8). */
struct space_price {
    int months;
    struct money year; /* what so many GB cost a year, from the next renewal on */
    struct money net;
};
enum outcome price_space(const struct plan *plan, int64_t added_gb, struct day today, struct day ends_on, struct space_price *price,
                         struct problem *why) must_check;
