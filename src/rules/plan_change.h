/* rules/plan_change.h: what a change of a mailbox's type or space asks for (DOMAIN §3.7). What is in use must fit into what will
 * be there: extra space is bought, or messages are removed first. A type without an archive loses the one there was, with what is
 * in it. Asked twice, with the same rule: when it is ordered, and when it takes effect. */
#pragma once

#include "rules/price.h"
#include <stdbool.h>

struct space { /* on top of the plan's */
    int64_t extra_gb, extra_archive_gb;
};

/* As the mail host last told; not known: nobody ever did. */
struct space_used {
    bool known;
    int64_t mailbox_mb, archive_mb;
};

struct plan_change {
    const struct plan *from, *to; /* may be the same */
    struct space held, wanted;
    struct space_used used;
};

struct plan_verdict {
    bool shrinks;         /* there will be less room, or no archive: what is in use matters */
    bool deletes_archive; /* the archive goes with what is in it, as soon as the change takes effect */
    struct space least;   /* what is in use needs at least so much extra space */
    int64_t room_mb, archive_room_mb;           /* what there will be */
    int64_t held_archive_mb;                    /* what there is of an archive */
    int64_t most_room_mb, most_archive_room_mb; /* what there could be, with all the extra space on sale */
    bool must_empty, must_empty_archive;        /* more is in use than even that */
};

void plan_change_look(const struct plan_change *change, struct plan_verdict *verdict);

/* REFUSED with what has to be done first: PROBLEM_USED_UNKNOWN, PROBLEM_MUST_EMPTY and PROBLEM_MUST_EMPTY_ARCHIVE (field plan; detail:
 * used and most), PROBLEM_SPACE_NEEDED (field extra_gb or extra_archive_gb; detail: the least). */
enum outcome plan_change_check(const struct plan_change *change, struct plan_verdict *verdict, struct problem *why) must_check;

/* "2,1 / 2 GB": what is in use, and what there is room for; never the same figure twice. */
#define SPACE_TEXT 64
char *space_text(int64_t used_mb, int64_t room_mb, char text[SPACE_TEXT]);
