/* test/flow/fixture.h: a shop on a fresh, simulated database of either engine, and what a test does in it. */
#pragma once

#include "shop/audit.h"
#include "shop/files.h"
#include "shop/place_order.h"
#include "shop/settle.h"
#include "shop/views.h"
#include "support/databases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define IBAN    "IT60X0542811101000000123456" /* legalmail's */
#define VERDI   "studio.verdi@legalmail.example"
#define BIANCHI "mario.bianchi@legalmail.example"

struct fixture {
    char *url;
    struct db *db;
    struct brands brands;
    struct brand *brand; /* legalmail; a test may change it */
    struct shop shop;
    struct views *views;
    struct files files; /* of the shop: a folder of its own, with a key */
    int64_t statement_id;
    int payments;
};

/* Runs each test once on each engine; cmocka's count of failures. */
int flow_main(const char *name, const struct CMUnitTest *tests, size_t count);
#define FLOW(tests) flow_main(__FILE__, tests, count_of(tests))

/* For tests: NULL, and the test is skipped, where the engine cannot be had. The clock stands at noon of 20-12-2026,
 * VERDI and BIANCHI are bronze mailboxes that expire on 15-03-2027 and 31-01-2027. */
struct fixture *fixture(void **state);

struct db *fixture_open_db(void *mem, const char *url);
void set_clock(struct fixture *f, struct instant now);
void set_day(struct fixture *f, int year, int month, int day); /* noon in Rome */
void assert_day(struct day is, int year, int month, int day);
/* Of an UPDATE of mailbox_row: the mailbox with an address, a literal without quotes. */
#define ITS_ROW(address) "id IN (SELECT id FROM mailbox WHERE address = '" address "')"
void sql(struct fixture *f, const char *text);                 /* for what no use case does */
int64_t number(struct fixture *f, const char *text);
char *words(struct fixture *f, const char *text); /* one text */

int64_t add_mailbox(struct fixture *f, const char *address, int plan, struct day ends_on);
struct mailbox mailbox(struct fixture *f, const char *address);

struct billing somebody(const char *email);
struct order_request request_for(struct fixture *f, const struct wanted_line *lines, size_t count);
enum outcome order(struct fixture *f, const struct order_request *request, struct placed_order *placed,
                   struct problem *why);
/* A bronze renewal that must succeed; returns its code. */
char *order_years(struct fixture *f, const char *address, int years);
struct order order_now(struct fixture *f, const char *code);

struct transfer {
    const char *text; /* the remittance */
    int64_t cents;
    struct day on;
    const char *currency, *account, *fingerprint; /* NULL: EUR, the brand's, a new one */
};
struct settled_entry pay(struct fixture *f, const struct transfer *payment);
void place_held(struct fixture *f, const char *code); /* the money that came last and is held pays that order: the desk found it late */

int64_t mails_of(struct fixture *f, const char *template); /* in the outbox, sent or not */
void seal_events(struct fixture *f);
char *pdf(void *mem, const char *comment); /* a whole one */

/* Fails the test, naming what is broken, unless the audit finds nothing. */
void assert_clean(struct fixture *f);
/* Everything that is kept, in one number: the same before and after what must change nothing. */
char *all_rows(struct fixture *f);
