/* shop/ports.h: the outside world, as function tables. link/ implements them; the tests and the demo may put others in their
 * place; nothing in shop/ knows the difference. */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/problem.h"
#include "rules/payment.h"
#include <stdbool.h>
#include <stddef.h>

/* ---- What a bank says happened on an account ---- */

enum entry_status { ENTRY_BOOKED, ENTRY_PENDING, ENTRY_INFO };

/* Opening balance + booked entries = closing balance, where both are stated. Two currencies are wrong as well. In
 * camt.053 and RH a wrong sum is refused unless the sink takes it; in MT940 it never is: a warning is due. */
enum balance_check { BALANCE_UNSTATED, BALANCE_RIGHT, BALANCE_WRONG };

/* One statement, notification or report inside a file; strings are valid during the call. */
struct statement_head {
    const char *format; /* "camt.053.001.08"; "camt.053" where the namespace says no version; CBI's:
                           "CBIBdyBkToCstmrStmtReq.00.01.02"; "mt940", "mt942", "cbi-rh", "csv-intesa" …, "csv" */
    const char *id;       /* "" in tables (CSV) */
    const char *account;  /* IBAN, or the other identifier; "" where a table states none: ask the person */
    const char *currency; /* "" when not stated */
    bool has_opening, has_closing;
    const char *opening, *closing; /* signed decimal text, "" where absent; `closing` may be known only at the end */
    enum balance_check check;      /* known at the end */
    size_t entries;                /* counted at the end */
    struct money booked; /* at the end: its booked entries in its own currency, debits negative */
    bool booked_fits;    /* false: no whole number of cents, or too much */
};

/* One payment (a TxDtls, or the entry itself when it has none). In a batch, the TxDtls that state no amount of their
 * own are one payment of what the entry leaves over; where it leaves nothing the amount is not known and `amount_text`
 * is "". The entry's text (AddtlNtryInf) goes with its payment only where it has one alone. `amount_text` is exact;
 * `amount` is set when it fits cents of any currency with two decimals, `amount_fits` says so. */
struct statement_payment {
    struct money amount;
    bool amount_fits;
    const char *amount_text;
    const char *currency;
    enum entry_status status;
    bool credit, reversal; /* as the entry says: the effect on the account; no credit where the TxDtls says DBIT */
    struct day booked_on, value_on; /* DAY 0: not stated */
    const char *debtor,
        *debtor_iban;           /* who paid, else for whom; their IBAN, else the other identifier of the account */
    const char *end_to_end_id;  /* "" also for NOTPROVIDED */
    const char *bank_reference; /* AcctSvcrRef of the payment, else of the entry; what stands after "//" in :61:; CRO or
                                   TRN; else "" */
    const char *return_reason;  /* "AC04": a transfer or a direct debit came back; "" otherwise */
    const char *remittance;     /* for people: Ustrd and structured references joined by a blank; without any, the
                                   additional texts */
    const char *const *pieces; /* Ustrd, structured references, EndToEndId, then the additional texts: what to search */
    size_t piece_count;
    const char *entry_amount_text;     /* the amount of the whole entry, exact */
    size_t entry_index, payment_index; /* position in its statement and in its entry, from 0 */
    int line;
};

struct statement_sink {
    /* `begin` gets what is known when the statement's entries start (in camt all balances come before them). Any
     * outcome but DONE stops the reading and is returned. Any of the three may be NULL. */
    enum outcome (*begin)(void *arg, const struct statement_head *head);
    enum outcome (*payment)(
        void *arg, const struct statement_payment *payment); /* all of them: debits, pending and reversals too */
    enum outcome (*end)(void *arg, const struct statement_head *head); /* head complete, the control sum checked */
    void *arg;
    bool accept_unbalanced; /* to show a file, not to book it: a wrong control sum is only noted in the head */
};

/* Reads from an open file descriptor, from its current position. REFUSED, with the line and the reason, when it is no statement;
 * payments already given to the sink must then be forgotten by the caller: nothing is kept half-read. */
typedef enum outcome statement_reader(int file, const struct statement_sink *sink, struct problem *why);

/* ---- Mail ---- */

struct mail; /* net/smtp.h */

struct mailer {
    /* DONE: taken; BUSY: not now; REFUSED: never (why says what the server said). */
    enum outcome (*send)(void *arg, const struct mail *mail, struct problem *why);
    void *arg;
};

/* ---- Payment providers ----
 *
 * Every call is one conversation with the provider, made outside any transaction, never while the customer's row is locked. An
 * outcome says what is known:
 *   DONE     the provider answered; what it said is in the result.
 *   REFUSED  the provider answered that it will not, and did nothing; *why is for people, result.error its code.
 *   BUSY     no answer, or none that can be understood: what it did is not known. Ask with `status` before anything else; the same
 *            call with the same key may be repeated, it has no second effect.
 *   BROKEN   our fault (a wrong key, a wrong parameter): repeating changes nothing.
 * Results are owned by `mem`. */

struct gateway_ask {
    const char *key;         /* ours: "RLM95055-1"; unique for ever at the provider */
    const char *order;       /* code of the order, for people */
    const char *description; /* "Rinnovo 1 anno, Bronze": what the provider shows */
    struct money net, vat, gross;
    const char *language;    /* it, en */
    const char *buyer_name, *buyer_email;
    const char *return_url, *cancel_url, *notify_url; /* absolute */
    bool remember;           /* the customer agrees that the instrument be kept for later charges */
};

struct gateway_begun {
    const char *ref;          /* the provider's id of the payment */
    const char *redirect_url; /* where the browser goes, exactly as given */
    const char *error;        /* of a refusal */
};

/* What names a payment at the provider; `ref` may be "" where the answer to begin was lost: then `key` finds it. */
struct gateway_ref {
    const char *key, *ref, *capture_ref;
    struct money amount; /* asked for: a capture's */
    struct instant created_at;
};

/* A card or account that may be charged again. */
struct gateway_instrument {
    const char *token, *customer, *first_ref;
    const char *label, *last4;    /* "Visa", "4242"; "PayPal", "" */
    int exp_month, exp_year;      /* 0: none */
};

struct gateway_said {
    enum payment_state state;  /* NEW: nobody has paid yet; AUTHORISED: capture it; CAPTURED; NEEDS_ACTION; FAILED; CANCELLED; EXPIRED … */
    const char *key;           /* ours, as the provider has it; "" where it does not say */
    const char *ref, *capture_ref;
    struct money amount;       /* authorised or captured, in whole cents */
    struct money refunded;     /* in all */
    const char *currency;
    struct instant authorised_at; /* 0: not said */
    const char *error;         /* the provider's code of a refusal */
    bool has_instrument;
    struct gateway_instrument instrument;
};

struct gateway_refund {
    const char *key;              /* idempotency key of this refund */
    struct gateway_ref payment;
    struct money amount, captured; /* part or whole */
    struct money refunded_before; /* of this payment, without this refund: how to tell, by asking, that it was done */
    const char *reason;
};

struct gateway_refunded {
    bool pending;    /* accepted, not yet done: ask again later with the same call */
    const char *ref; /* the provider's id of the refund */
    const char *error;
};

/* A notification as it arrived. */
struct gateway_notice {
    const char *query; /* raw, "" if none */
    const char *(*header)(void *arg, const char *name); /* NULL where absent */
    void *header_arg;
    const char *body;
    size_t length;
    struct instant at; /* now, by the machine's clock: for tolerances and certificates */
};

struct gateway_heard {
    bool verified;        /* signed by the provider; a provider that signs nothing never is: its notices are hints alike */
    const char *event_id; /* the provider's; "" where it has none */
    const char *ref, *key; /* which payment it is about; both "" when it does not say */
    const char *covered;  /* the headers that the signature covers, "Name: value\n" each, to keep */
};

struct gateway {
    const char *provider; /* "axerve", "paypal", "stripe" */
    enum outcome (*begin)(void *arg, void *mem, const struct gateway_ask *ask, struct gateway_begun *begun, struct problem *why);
    enum outcome (*status)(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said, struct problem *why);
    /* Takes what was authorised. Where it was taken already it says so: CAPTURED. */
    enum outcome (*capture)(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said, struct problem *why);
    /* With nobody present; said.state CAPTURED, NEEDS_ACTION (the customer must come) or FAILED. */
    enum outcome (*charge)(void *arg, void *mem, const struct gateway_ask *ask, const struct gateway_instrument *instrument,
                           struct gateway_said *said, struct problem *why);
    enum outcome (*refund)(void *arg, void *mem, const struct gateway_refund *refund, struct gateway_refunded *refunded,
                           struct problem *why);
    /* Reads a notification and checks its signature. REFUSED: forged, too old, or no notification. It may ask the provider (for a
     * certificate), hence BUSY. Never believed beyond "something happened to this payment". */
    enum outcome (*hear)(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *heard, struct problem *why);
    void *arg;
};

/* The providers that are set up, by brand and payment method. */
struct gateways {
    size_t count;
    struct gateway_of {
        const char *brand;
        enum payment_method method; /* METHOD_CARD, METHOD_PAYPAL, METHOD_STRIPE */
        struct gateway gateway;
    } *all;
};
const struct gateway *gateway_of(const struct gateways *gateways, const char *brand, enum payment_method method); /* NULL: none */

/* ---- Webmails ---- */

#define WEBMAIL_KEY_LEAST 32 /* characters */

/* What each brand's webmail vouches with (shop/door.h). */
struct webmails {
    size_t count;
    struct webmail_of {
        const char *brand, *key;
    } *all;
};

/* ---- The mail host: where mailboxes really are (DOMAIN §1.5: the provisioning adapter) ----
 *
 * Calls are made outside any transaction, by a worker, and again as often as needed: each leaves the host as it says, whatever was
 * there before. Outcomes as with payment providers: DONE, REFUSED (it will not: *why), BUSY (it does not answer, or not so that it
 * can be understood: ask again), BROKEN (ours: its settings). */

struct mailhost_box {
    const char *key;           /* ours, "request:12" or "mailbox:7": of this mailbox for ever */
    const char *address, *user_id;
    const char *password_hash; /* "$argon2id$…"; "" none yet: nobody can log in */
    int64_t quota_mb, archive_mb;
    const char *holder_name, *tax_code;
    struct day send_until, receive_until, read_until; /* inclusive; what it may do is a comparison with the day in Rome */
};

struct mailhost_usage {
    int64_t used_mb, archive_mb;
    bool known;
};

struct mailhost {
    /* REFUSED with PROBLEM_NAME_TAKEN: the address exists there, and is not this key's (T22: the next name is tried); with
     * anything else: it refuses the data. */
    enum outcome (*create)(void *arg, void *mem, const struct mailhost_box *box, struct problem *why);
    /* The mailbox as it must be from now on: dates, quota, password. With archive_mb 0 an archive that there was is removed, with what is
     * in it. */
    enum outcome (*change)(void *arg, void *mem, const struct mailhost_box *box, struct problem *why);
    /* It is deleted: its content has to go (M19). NULL: a change to a mailbox that may nothing is all the host needs. */
    enum outcome (*remove)(void *arg, void *mem, const struct mailhost_box *box, struct problem *why);
    enum outcome (*usage)(void *arg, void *mem, const char *address, struct mailhost_usage *usage, struct problem *why);
    void *arg;
};

/* By brand; one that sells nothing new needs none. */
struct mailhosts {
    size_t count;
    struct mailhost_of {
        const char *brand;
        struct mailhost mailhost;
    } *all;
};
const struct mailhost *mailhost_of(const struct mailhosts *mailhosts, const char *brand); /* NULL: none */

/* ---- The tax office's exchange system, SdI (PAYMENTS §9.7) ----
 *
 * A channel takes files to SdI and brings its notices. It is called outside any transaction; a file may be given to it again under the
 * same name, which must not make two of it where that can be avoided: SdI refuses the second (00002), and we know that by its notice. */

struct sdi_channel {
    const char *kind; /* "folder", "mail" */
    /* DONE: it has it; BUSY: not now; REFUSED: never (*why); BROKEN: our settings. */
    enum outcome (*send)(void *arg, void *mem, const char *name, const void *bytes, size_t length, struct problem *why);
    /* Each notice that has come, as it came, at most `most` of them. `take` answering DONE, it is put aside and never given again;
     * anything else ends the call, and it stays. */
    enum outcome (*collect)(void *arg, void *mem, int most, enum outcome (*take)(void *arg, const char *name, const void *bytes, size_t length),
                            void *take_arg);
    void *arg;
};

/* By brand; invoices of one that has none wait for it. */
struct sdi_channels {
    size_t count;
    struct sdi_channel_of {
        const char *brand;
        struct sdi_channel channel;
    } *all;
};
const struct sdi_channel *sdi_channel_of(const struct sdi_channels *channels, const char *brand); /* NULL: none */

/* ---- Other programs that are told of events (shop/webhook.h) ---- */

struct webhook_sender {
    /* Whether it may be gone to at all: https, no user's name in it, no address of a network of our own. DONE or REFUSED. */
    enum outcome (*check)(void *arg, void *mem, const char *url);
    /* DONE: an answer of any status; BUSY: none; REFUSED: an address that may not be gone to, now that its name is known. */
    enum outcome (*post)(void *arg, void *mem, const char *url, const char *const *headers, const char *body, int *status,
                         struct problem *why);
    void *arg;
};

/* ---- Uploaded files ---- */

/* Looks for malware in what was uploaded. REFUSED: found (why says what); BUSY: the scanner does not answer. */
struct scanner {
    enum outcome (*scan)(void *arg, const void *bytes, size_t length, struct problem *why);
    void *arg;
};

/* ---- Digital signatures on documents (L36) ---- */

enum signature_state {
    SIGNATURE_NONE,      /* neither a CMS file (.p7m) nor a signed PDF */
    SIGNATURE_VALID,
    SIGNATURE_UNTRUSTED, /* right, but the certificates lead to no authority that was configured */
    SIGNATURE_EXPIRED,   /* right, but the certificate was not in force when it was made */
    SIGNATURE_BROKEN,    /* the document or the signature was changed, or is of a kind that cannot be read */
};

struct signature {
    enum signature_state state; /* of several, the worst */
    const char *signer;         /* by the certificate: CN; of several, joined by ", "; "" none */
    const char *tax_code;       /* of serialNumber "TINIT-…", the first that has one; "" none */
    struct instant signed_at;   /* as the signer's program says, so only the signer's word; 0: not said */
    const void *content;        /* of a CMS file, what it holds; otherwise the file itself */
    size_t content_length;
    bool enveloped;             /* it is a CMS file */
};

struct signature_reader {
    /* DONE also for what is broken: *why then says what to do (PROBLEM_DOCUMENT_SIGNATURE on "file"). Owned by `mem`. */
    enum outcome (*read)(void *arg, void *mem, const void *bytes, size_t length, struct signature *found, struct problem *why);
    void *arg;
};

const char *signature_state_name(enum signature_state state); /* "untrusted": database, API */
const char *signature_state_label(enum signature_state state); /* msgid: "firma digitale di un'autorità non riconosciuta" */
enum outcome signature_state_of(const char *name, enum signature_state *state) must_check;

/* ---- Mails that come back ---- */

enum returned_how { RETURNED_FAILED, RETURNED_DELAYED, RETURNED_DELIVERED };

/* What a report says of a recipient. */
struct returned {
    enum returned_how how;
    const char *message_id;         /* without <> */
    const char *address, *original; /* where it went in the end, and whom we are said to have named; "" not said */
    const char *status, *said;      /* "5.1.1", the other server's words */
};
