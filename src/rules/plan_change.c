/* rules/plan_change.c: DOMAIN §3.7. */
#include "rules/plan_change.h"
#include <inttypes.h>
#include <stdio.h>

#define MB_OF_GB(gb) ((int64_t)(gb)*1024)

/* Whole GB that hold what does not fit into `room_mb`. */
static int64_t gb_beyond(int64_t used_mb, int64_t room_mb)
{
    return used_mb > room_mb ? (used_mb - room_mb + 1023) / 1024 : 0;
}

static int64_t archive_mb(const struct plan *plan, int64_t extra_gb)
{
    return plan->archive_gb ? MB_OF_GB(plan->archive_gb + extra_gb) : 0;
}

void plan_change_look(const struct plan_change *c, struct plan_verdict *verdict)
{
    const struct plan *to = c->to;
    struct plan_verdict v = {
        .room_mb = MB_OF_GB(to->mailbox_gb + c->wanted.extra_gb),
        .archive_room_mb = archive_mb(to, c->wanted.extra_archive_gb),
        .most_room_mb = MB_OF_GB(to->mailbox_gb + (to->extra_gb_year.cents ? to->max_extra_gb : 0)),
        .most_archive_room_mb = archive_mb(to, to->extra_gb_year.cents ? to->max_extra_archive_gb : 0),
        .held_archive_mb = archive_mb(c->from, c->held.extra_archive_gb),
        .deletes_archive = c->from->archive_gb && !to->archive_gb,
    };

    v.shrinks = v.room_mb < MB_OF_GB(c->from->mailbox_gb + c->held.extra_gb) || v.archive_room_mb < v.held_archive_mb;
    if (c->used.known) {
        v.least.extra_gb = gb_beyond(c->used.mailbox_mb, MB_OF_GB(to->mailbox_gb));
        v.must_empty = c->used.mailbox_mb > v.most_room_mb;
        if (to->archive_gb) {
            v.least.extra_archive_gb = gb_beyond(c->used.archive_mb, archive_mb(to, 0));
            v.must_empty_archive = c->used.archive_mb > v.most_archive_room_mb;
        }
    }
    *verdict = v;
}

enum outcome plan_change_check(const struct plan_change *c, struct plan_verdict *v, struct problem *why)
{
    char text[SPACE_TEXT];

    plan_change_look(c, v);
    if (!v->shrinks)
        return DONE;
    if (!c->used.known)
        return problem_set(why, PROBLEM_USED_UNKNOWN, c->from == c->to ? "extra_gb" : "plan", "%s", "");
    if (v->must_empty)
        return problem_set(why, PROBLEM_MUST_EMPTY, "plan", "%s",
                           space_text(c->used.mailbox_mb, v->most_room_mb, text));
    if (v->must_empty_archive)
        return problem_set(why, PROBLEM_MUST_EMPTY_ARCHIVE, "plan", "%s",
                           space_text(c->used.archive_mb, v->most_archive_room_mb, text));
    if (c->wanted.extra_gb < v->least.extra_gb)
        return problem_set(why, PROBLEM_SPACE_NEEDED, "extra_gb", "%" PRId64, v->least.extra_gb);
    if (c->wanted.extra_archive_gb < v->least.extra_archive_gb)
        return problem_set(why, PROBLEM_SPACE_NEEDED, "extra_archive_gb", "%" PRId64, v->least.extra_archive_gb);
    return DONE;
}

char *space_text(int64_t used_mb, int64_t room_mb, char text[SPACE_TEXT])
{
    int64_t tenths = (used_mb * 10 + 512) / 1024, room = room_mb / 1024;

    if (used_mb > room_mb && tenths <= room * 10)
        tenths = room * 10 + 1;
    if (tenths % 10)
        snprintf(text, SPACE_TEXT, "%" PRId64 ",%" PRId64 " / %" PRId64 " GB", tenths / 10, tenths % 10, room);
    else
        snprintf(text, SPACE_TEXT, "%" PRId64 " / %" PRId64 " GB", tenths / 10, room);
    return text;
}
