/* jobs/bounces.h: mails that came back, from a pipe of the mail server or from a maildir. */
#pragma once

#include "jobs/jobs.h"
#include "shop/bounce.h"
#include <stdatomic.h>

struct bounce_tally {
    int strange, noted, marked, cleared; /* recipients, by what was made of them */
};

/* REFUSED: it is no report. */
enum outcome bounces_of_mail(struct shop *shop, void *mem, const char *bytes, size_t length, const struct actor *actor,
                             struct bounce_tally *tally) must_check;

/* Every mail in FOLDER/new: reports move to FOLDER/cur as read, what is none as read and flagged, for somebody to look at. At most
 * `most` of them. BROKEN: it is no maildir that we may write to; BUSY: the database does not answer, and the mail stays. */
enum outcome bounces_collect(struct shop *shop, void *mem, const char *folder, int most, const atomic_bool *stop,
                             int *taken) must_check;
