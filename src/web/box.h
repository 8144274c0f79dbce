/* web/box.h: a mailbox as the area shows it (views/part/box.html): its state, its life line, and the one thing to do about it. */
#pragma once

#include "shop/cart.h"
#include "web/page.h"

/* From the last renewal to the end of the grace. */
struct box_life {
    struct day starts_on, expires_on, renew_until; /* renew_until DAY 0: no grace */
    bool over;
    int today_x, expires_x, used_w, left_w; /* in hundredths of the whole */
    const char *today_anchor;
};

struct boxed {
    struct mailbox mailbox;
    struct order open_order; /* id 0: none */
    struct day pay_by;
    bool in_cart;

    /* What box_look finds out. */
    const char *path, *plan;
    int64_t mailbox_gb, archive_gb;
    struct box_state { /* exactly one */
        bool active, today, tomorrow, expired_yesterday, ceased, suspended;
        int days_left, expired_days;
    } state;
    struct box_convention { /* by which it renews today (R89-R92); NULL: at retail */
        const char *text, *body, *note;
        bool body_pays, one_year;
        int years;
    } *convention;
    struct box_life *life; /* NULL: none worth drawing */
    struct box_expired {
        bool receives, reads;
        struct day receives_until; /* 0: as long as it may be renewed */
        struct day until;
    } *expired; /* NULL unless it has expired and may still be renewed */
    struct {    /* exactly one */
        struct box_renewal {
            struct money from;
            struct day new_expires_on, advised_by; /* advised_by 0: it is late already */
        } *renew;
        struct box_order {
            const char *code;
            struct money amount;
            struct day pay_by;
        } *open_order;
        bool in_cart;
        struct day opens_on;
        const char *refusal, *horizon;
        const char *domain; /* beside the refusal: the page of its domain; NULL: none */
        bool renews_itself; /* beside the refusal: the page of its switch */
    } may;
};

extern const struct view_field BOX[]; /* of struct boxed */

/* For the pages of a single one, which is their "box". */
struct box_page {
    struct boxed box;
};
extern const struct view_field BOX_PAGE[];

void box_look(struct page *p, struct boxed *boxed);
bool box_needs_attention(const struct page *p, const struct mailbox *mailbox); /* expires soon, or has expired */
