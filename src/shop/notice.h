/* shop/notice.h: a notice about a mailbox's term, from the moment its mail is written (DOMAIN §3.9). Who gets one is decided in SQL, for
 * whole populations (shop/day.h); what it says is put together here, from what is true when it goes. */
#pragma once

#include "shop/present.h"
#include "shop/shop.h"
#include "shop/views.h"
#include "store/notice.h"

struct notice_facts {
    const struct brand *brand;
    struct notice notice;
    struct mailbox mailbox;
    struct order open_order; /* unpaid, about its renewal; id 0: none */
    struct day today;
};
/* REFUSED with PROBLEM_NOTICE_OVERTAKEN when it is not true any more: the mailbox was renewed, or what it announced has happened. */
enum outcome notice_facts_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, struct notice_facts *facts,
                               struct problem *why) must_check;

/* Where the notice leads: the signed link to this mailbox's renewal (shop/door.h); where its password is the provider's to know, the
 * page itself, behind the login. Not inside a transaction. */
enum outcome notice_renewal_link(struct shop *shop, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                                 char **link) must_check;

/* What the mails of notices say, as views/mail/expiry_notice.txt lists it. */
json_t *notice_present(void *mem, const struct shop *shop, const struct notice_facts *facts, const char *renew_url,
                       const char *language);

/* Beside each member NAME_path of the data's parts, the whole address as NAME_url. */
void notice_put_links(void *mem, const struct shop *shop, const struct brand *brand, json_t *data);

/* The mail of a notice is done with: "sent", "failed" or "void". Keeps recipient, time and the template's version (§3.9), and a sent one
 * leaves an event. */
enum outcome notice_told(struct db_tx *tx, void *mem, const struct brands *brands, int64_t notice_id,
                         const struct outbox_row *row, const char *how) must_check;

/* Those about a mailbox, for its page: [{on "15/12/2026", what "Avviso di scadenza", to, copy_to (or false), waiting, failed}]. */
json_t *notices_present(const struct notice *notices, size_t count, const char *language);

/* Whether the brand warns this mailbox's holder of registers, and part/notice_registry's object. */
bool notice_warns(const struct brand *brand, const struct mailbox *mailbox);
json_t *notice_registry(const struct brand *brand, const struct mailbox *mailbox);
