/* test/flow/post.h: the workers' rounds, and the mails that they send, which nobody gets: what these say and carry can be looked at. */
#pragma once

#include "flow/fixture.h"
#include "jobs/jobs.h"

struct letter {
    char *to, *from, *subject, *text, *html, *message_id; /* html: NULL where there is none */
    size_t attachments;
    struct {
        char *name, *bytes;
        size_t length;
    } attached[4];
};

struct post {
    struct jobs_options jobs; /* a test may change them, and the mailer */
    struct mailer mailer;
    enum outcome answer;        /* of the mail server; other than DONE: it takes nothing */
    struct letter letters[200]; /* of the last round */
    size_t count;
};

struct post *post_open(struct fixture *f);
/* A round of the jobs. */
struct jobs_round post_try(struct post *p);
/* … in which nothing is given up, and no mail has a hole in it. */
struct jobs_round post_round(struct post *p);

/* Of the last round, the first whose subject says so; there must be one. */
const struct letter *mail_about(const struct post *p, const char *in_subject);
const struct letter *mail_to(const struct post *p, const char *to, const char *in_subject);

void assert_says(const struct letter *l, const char *what); /* its text: HTML may break a phrase */
void assert_silent(const struct letter *l, const char *what);
void assert_carries(const struct letter *l, size_t i, const char *name, const char *begins);
