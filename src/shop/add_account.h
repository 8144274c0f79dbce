/* shop/add_account.h: a shop account made by whoever runs the program, with the mailboxes it may see (R12). */
#pragma once

#include "shop/login.h"

/* A link to choose the first password is read in its own time. */
#define FIRST_LINK_LIFE DAYS(7)

struct new_account {
    const struct brand *brand;
    const char *email, *name, *language;
    const char *user_name;        /* NULL: none */
    const char *password;         /* NULL: a link to choose one is made */
    const char *const *mailboxes; /* addresses */
    size_t mailbox_count;
    struct actor actor;
};

struct added_account {
    int64_t id;
    char *link; /* NULL where a password was given */
};

/* REFUSED with the field: email (not an address, or there already), user_name (likewise), password, mailbox (unknown; nothing is written
 * then). */
enum outcome add_account(struct shop *shop, void *mem, const struct new_account *wanted, struct added_account *added,
                         struct problem *why) must_check;
