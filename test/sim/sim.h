/* test/sim/sim.h: ten years of a seller's life, day by day, from one seed.
 *
 * A world of customers stands outside the program: it pays, forgets, mistypes, pays twice; its bank, providers and mail server fail;
 * the program's own processes die between two commits. All chance comes from the seed, so that a failing run is run again exactly.
 * What the world remembers (money that left a pocket, terms that were bought) is kept apart from the database and compared with it;
 * `casella audit` must find nothing at the end of any day. */
#pragma once

#include "flow/fixture.h"
#include "flow/provider.h"
#include "jobs/jobs.h"
#include "shop/audit.h"
#include "shop/pay.h"

/* ---- Chance ---- */

struct chance {
    uint64_t state;
};
uint64_t chance_next(struct chance *c);
int chance_below(struct chance *c, int limit);     /* 0 … limit - 1 */
bool chance_of(struct chance *c, int in_a_thousand);

/* ---- The process that dies ---- */

/* From here on the program ends at its nth commit or call to the outside, before or after that is done: everything it asks of its
 * database afterwards fails. Between runs of the program only. */
void crash_arm(int nth, bool after);
/* A place outside the database: true when the program dies here, after the effect. */
bool crash_outside(void);
/* Whether it died; a new process begins. */
bool crash_over(void);

/* ---- The world ---- */

enum habit { EARLY, ON_TIME, LATE, FORGETFUL, HABITS };

enum transfer_kind { RIGHT, WRONG_CODE, TOO_LITTLE, TWICE, TOO_LATE, TRANSFER_KINDS };

struct customer {
    const struct brand *brand;
    char address[64], name[24];
    int64_t account_id;
    enum habit habit;
    struct term term;      /* what the customer has paid for */
    struct day act_on;     /* when the mailbox comes to mind again */
    bool gone;             /* let it go */

    char code[32];         /* of the open order; "": none */
    int years;
    enum payment_method method;
    char key[64];          /* of the payment that was begun at the provider; "": none */
    bool paid;             /* the right money is on its way: it must be renewed */
    struct day paid_on, remind_on;

    bool member;           /* of the brand's first convention */
    bool keeps_card;       /* lets the provider keep the card with which the next order is paid */
    int automatic;         /* years of each automatic renewal; 0: none is on */

    char holder[24];       /* whose it is */
    int passed;            /* how often it has changed its holder */
    int64_t change, heir;  /* a change of holder under way, and the account that is to have it; 0: none */
    struct day change_on;  /* its next step */

    char last_code[32];    /* of the newest renewal by hand, which may be taken back; "": none */
    struct term term_before;
    struct day renewed_on;

    int64_t wallet;        /* what is in the prepaid account */
    char topup[32];        /* the order of a top-up under way; "": none */
    int64_t topup_cents;
    int64_t cheque;        /* one that was sent and is not yet paid; 0: none */
};

struct on_the_way { /* a transfer between two banks */
    const struct brand *brand;
    char text[64];
    int64_t cents;
    struct day arrives_on;
    int customer;
};

struct books { /* per brand's bank account */
    const struct brand *brand;
    struct money balance;
    int sequence;
};

/* What a day's time goes to. */
enum sim_part { SIM_WORK, SIM_PEOPLE, SIM_BANK, SIM_LOOK, SIM_AUDIT, SIM_PARTS };

struct world {
    struct fixture *f;      /* the day's: what is asked of it goes with the day */
    struct audit_mark mark; /* what earlier days have read already; the years' end reads everything */
    uint64_t seed;
    struct chance chance;
    struct day first, today;
    struct customer *customers;
    int count;
    struct on_the_way *transfers;
    size_t transfer_count;
    struct books books[8];
    struct provider card, paypal, stripe;
    struct gateways gateways;
    struct jobs_options jobs;
    struct mailer mailer;
    struct instant machine; /* the machine's clock when it began */
    void *scratch;          /* of one day */
    int64_t transferred, sent_back; /* cents, by bank */
    int64_t cheques;                /* paid to us */
    int cheque_number, heirs;
    int64_t spent_us[SIM_PARTS]; /* since it began */
    struct {
        int passed, taken_back, drawn, proofs, cleared, bounced;
        int switched_on, switched_off, cards_lost, by_itself;
        int orders, renewals, crashes, mails, lost_mails, held, given_up, statements;
    } seen;
};

#define SIM_TROUBLE(w, ...) sim_trouble((w), __FILE__, __LINE__, __VA_ARGS__)
void sim_trouble(struct world *w, const char *file, int line, const char *format, ...)
    __attribute__((noreturn)) like_printf(4, 5);

/* What says nothing new from day to day is looked at once a week, one customer in seven each day. */
bool sim_is_turn(const struct world *w, const struct customer *c);

typedef enum outcome sim_act(struct world *w, void *arg);
/* Does something through the program; where the program died of it, once more, as a person would. */
enum outcome sim_try(struct world *w, sim_act *act, void *arg);

void customers_make(struct world *w, int count);
void customers_act(struct world *w);
/* The same customers and the switch of automatic renewal. True when the renewal is not theirs to order just now. */
bool automatic_act(struct world *w, struct customer *c);
void automatic_look(struct world *w, struct customer *c);
void customer_renewed(struct world *w, struct customer *c, int years);
void customers_look(struct world *w); /* what became of their orders */
/* Holders who change, renewals that are taken back: passing.c. */
void passing_act(struct world *w, struct customer *c);
void passing_look(struct world *w, struct customer *c);
void passing_close(struct world *w);
/* The prepaid account, cheques, proofs of payment: counter.c. */
bool wallet_pays(struct world *w, struct customer *c);
void cheque_sent(struct world *w, struct customer *c);
void proof_sent(struct world *w, struct customer *c);
void counter_act(struct world *w, struct customer *c);
void counter_look(struct world *w, struct customer *c);
void counter_close(struct world *w);
void bank_sends(struct world *w, int customer, const char *text, int64_t cents, struct day on);
void bank_day(struct world *w);
void desk_day(struct world *w);
void books_close(struct world *w); /* at the end: every cent is somewhere */
