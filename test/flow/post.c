#include "flow/post.h"
#include "net/smtp.h"
#include <string.h>
#include <talloc.h>

static enum outcome take(void *arg, const struct mail *mail, struct problem *why)
{
    struct post *p = arg;
    struct letter *l = &p->letters[p->count];
    char *bytes;
    size_t length;

    if (p->answer == BUSY)
        return (void)problem_set(why, PROBLEM_MAIL, "", "%s", "451 riprovare"), BUSY;
    if (p->answer == REFUSED)
        return problem_set(why, PROBLEM_MAIL, "", "%s", "550 casella inesistente");
    assert_true(p->count++ < count_of(p->letters));
    assert_true(mail->attachment_count <= count_of(l->attached));
    if (mail_format(p, mail, &bytes, &length, why) != DONE) /* what no server would be given */
        fail_msg("%s %s", why->field, why->detail);
    *l = (struct letter){.to = talloc_strdup(p, mail->to),
                         .from = talloc_strdup(p, mail->from),
                         .subject = talloc_strdup(p, mail->subject),
                         .text = talloc_strdup(p, mail->text),
                         .html = talloc_strdup(p, mail->html),
                         .message_id = talloc_strdup(p, mail->message_id),
                         .attachments = mail->attachment_count};
    for (size_t i = 0; i < l->attachments; i++) {
        length = mail->attachments[i].length;
        l->attached[i].name = talloc_strdup(p, mail->attachments[i].name);
        l->attached[i].bytes = talloc_zero_size(p, length + 1); /* an end for whoever reads it as text */
        memcpy(l->attached[i].bytes, mail->attachments[i].bytes, length);
        l->attached[i].length = length;
    }
    return DONE;
}

struct post *post_open(struct fixture *f)
{
    struct post *p = talloc_zero(f, struct post);

    p->answer = DONE;
    p->mailer = (struct mailer){take, p};
    p->jobs = (struct jobs_options){.shop = &f->shop, .views = f->views, .mailer = &p->mailer};
    return p;
}

struct jobs_round post_try(struct post *p)
{
    struct jobs_round round;

    p->count = 0;
    assert_int_equal(jobs_once(p, &p->jobs, &round), DONE);
    return round;
}

struct jobs_round post_round(struct post *p)
{
    struct jobs_round round = post_try(p);

    assert_int_equal(round.dead, 0);
    for (size_t i = 0; i < p->count; i++) {
        assert_silent(&p->letters[i], "{{");
        assert_null(strstr(p->letters[i].text, "\n\n\n"));
    }
    return round;
}

const struct letter *mail_to(const struct post *p, const char *to, const char *in_subject)
{
    for (size_t i = 0; i < p->count; i++)
        if ((!to || strcmp(p->letters[i].to, to) == 0) && strstr(p->letters[i].subject, in_subject))
            return &p->letters[i];
    for (size_t i = 0; i < p->count; i++)
        print_error("%s: %s\n", p->letters[i].to, p->letters[i].subject);
    fail_msg("no mail to %s about %s", to ? to : "anybody", in_subject);
    return NULL;
}

const struct letter *mail_about(const struct post *p, const char *in_subject)
{
    return mail_to(p, NULL, in_subject);
}

void assert_says(const struct letter *l, const char *what)
{
    if (!strstr(l->text, what))
        fail_msg("«%s» is not in:\n%s", what, l->text);
}

void assert_silent(const struct letter *l, const char *what)
{
    if (strstr(l->text, what) || (l->html && strstr(l->html, what)))
        fail_msg("«%s» is in:\n%s", what, l->text);
}

void assert_carries(const struct letter *l, size_t i, const char *name, const char *begins)
{
    assert_true(i < l->attachments);
    assert_string_equal(l->attached[i].name, name);
    assert_true(l->attached[i].length > 300);
    assert_memory_equal(l->attached[i].bytes, begins, strlen(begins));
}
