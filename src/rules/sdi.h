/* rules/sdi.h: an invoice's way through the tax office's exchange system, SdI (L26; PAYMENTS §9.3-§9.8). */
#pragma once

#include "base/day.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

enum sdi_state {
    SDI_TO_SEND,
    SDI_SENT,
    SDI_DELIVERED,     /* RC */
    SDI_NOT_DELIVERED, /* MC: issued; the customer finds it in the reserved area (private), SdI keeps trying (public) */
    SDI_REJECTED,      /* NS: never issued */
    SDI_ACCEPTED,      /* NE EC01, by a public body */
    SDI_REFUSED,       /* NE EC02 */
    SDI_EXPIRED,       /* DT: 15 days without a verdict: it stands */
    SDI_ATTESTED,      /* AT: it could not be delivered to the public body, and counts as issued */
    SDI_STATES
};
const char *sdi_state_name(enum sdi_state state);  /* "not_delivered": API, database */
const char *sdi_state_label(enum sdi_state state); /* msgid: "non recapitata, messa a disposizione" */
enum outcome sdi_state_of(const char *name, enum sdi_state *state) must_check;
bool sdi_is_issued(enum sdi_state state);          /* SdI has taken it in: there is nothing to send again */

enum sdi_kind { SDI_RC, SDI_NS, SDI_MC, SDI_NE, SDI_DT, SDI_AT, SDI_MT, SDI_EC, SDI_SE, SDI_KINDS };
const char *sdi_kind_name(enum sdi_kind kind);  /* "RC" */
const char *sdi_kind_label(enum sdi_kind kind); /* msgid: "ricevuta di consegna" */
enum outcome sdi_kind_of(const char *name, enum sdi_kind *kind) must_check;

#define SDI_ERRORS_MOST 20

/* What a notice says; texts belong to whoever read it. */
struct sdi_notice {
    enum sdi_kind kind;
    const char *sdi_id;    /* IdentificativoSdI, digits */
    const char *about;     /* NomeFile; "" in EC and SE */
    const char *verdict;   /* EC01, EC02; "" */
    const char *sha256;    /* of the file it is about, where it says so; "" */
    struct sdi_error {
        const char *code, *text;
    } errors[SDI_ERRORS_MOST]; /* NS */
    size_t error_count;
    const char *said;      /* description or note; "" */
};

enum sdi_effect {
    SDI_CHANGED,    /* the invoice has another state now */
    SDI_KNOWN,      /* it says what is known already, or less: notices come in any order */
    SDI_NOTED,      /* kept, of no consequence: MT, and what concerns public bodies' own files */
    SDI_AGAINST,    /* it contradicts what SdI has said before: a person has to look */
    SDI_STRANGE,    /* of no file of ours */
    SDI_UNREADABLE,
    SDI_EFFECTS
};
const char *sdi_effect_name(enum sdi_effect effect);
const char *sdi_effect_label(enum sdi_effect effect); /* msgid */
enum outcome sdi_effect_of(const char *name, enum sdi_effect *effect) must_check;

/* What a notice makes of the file it is about, which is in `from`; *to is set whatever the effect.
 *  - an NS that only says that the name was used before (00002) tells that the same file came twice: the first one's notice counts
 *  - what was delivered is never rejected any more; a rejection that turns out to be of a second copy gives way to the delivery
 *  - a verdict, or the end of its term, is the last word: what comes later is known already */
enum sdi_effect sdi_hear(enum sdi_state from, const struct sdi_notice *notice, enum sdi_state *to);

/* Errors that say that SdI has an invoice of this number already (00404, 00409): sending it again cannot help. */
bool sdi_is_duplicate(const struct sdi_notice *notice);

#define SDI_RESEND_DAYS 5 /* after the rejection: with the same number and date (circular 13/E of 2018, 1.6) */
#define SDI_SILENT_DAYS 5 /* SdI answers within so many; later is an alarm */

/* ---- Names of files: IT01234560587_0000A.xml, ….xml.p7m, and IT01234560587_0000A_RC_001.xml for notices ---- */

#define SDI_NAME 64 /* room for any */

/* "IT01234560587_0000A" of the first two; REFUSED: it is none. */
enum outcome sdi_file_stem(const char *name, char stem[SDI_NAME]) must_check;
/* The same of a notice's name, with its kind. */
enum outcome sdi_notice_stem(const char *name, char stem[SDI_NAME], enum sdi_kind *kind) must_check;

#define SDI_PROGRESSIVE 6 /* bytes: all five characters that a name has room for */
/* Invoices' ids count up from the beginning, whatever the brand; what is sent again counts down from the end. False past the number
 * of names there are. */
bool sdi_progressive(int64_t id, char text[SDI_PROGRESSIVE]);
bool sdi_progressive_again(int64_t count, char text[SDI_PROGRESSIVE]);
