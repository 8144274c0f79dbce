/* bench/house.h: a whole shop to measure: the brand legalmail, a database of its own on this folder's disk, its web
 * server on a free port. All of it in this process; gone when the house is closed or the bench ends. */
#pragma once

#include "db/db.h"
#include "shop/place_order.h"
#include "shop/shop.h"
#include "shop/views.h"
#include "web/web.h"

struct house {
    char *folder; /* temporary, under the current one */
    const char *url;
    struct db *db;
    struct brands brands;
    const struct brand *brand;
    struct views *views;
    struct shop shop;
    struct web *web;
    int port; /* of its web server, once house_serve was called */
};

/* A new folder under the current one, removed when the bench ends. */
char *house_folder(void *mem);

/* `url` NULL: SQLite in a folder of its own. */
struct house *house_open(void *mem, const char *url, int readers);
void house_serve(struct house *house);
void house_close(struct house *house);

/* Runs `work` in a transaction; anything but DONE ends the bench. */
void house_write(struct house *house, db_work *work, void *arg);

/* Mailboxes FIRST.addr … that expire soon enough to be renewed today, `count` of them from number `first` on:
 * casella-NUMBER@…; `account` 0: nobody's. */
void house_mailboxes(struct house *house, int64_t account, int64_t first, int64_t count);
char *house_address(void *mem, const struct house *house, int64_t number);

/* An account utente-NUMBER@example.org with this password's hash, and its number in the database. */
int64_t house_account(struct house *house, int64_t number, const char *password_hash);
/* A session cookie of that account: "Cookie: casella=…\r\n". */
char *house_session(void *mem, struct house *house, int64_t account);
char *house_key(void *mem, struct house *house); /* a bearer key that may sell */

/* What placing the order of one mailbox for a year asks. Lines point into `mem`. */
struct order_request *house_order(void *mem, const struct house *house, int64_t number);
