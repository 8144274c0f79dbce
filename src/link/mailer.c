#include "link/mailer.h"
#include "base/log.h"
#include <pthread.h>
#include <talloc.h>

#define CONNECTIONS 4

struct connections {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct smtp **idle;
    int idle_count;
};

static enum outcome send_by_smtp(void *arg, const struct mail *mail, struct problem *why)
{
    struct connections *c = arg;
    struct smtp *smtp;
    enum outcome o;

    pthread_mutex_lock(&c->lock);
    while (c->idle_count == 0)
        pthread_cond_wait(&c->returned, &c->lock);
    smtp = c->idle[--c->idle_count]; /* the one used last: its connection is the likeliest to be alive */
    pthread_mutex_unlock(&c->lock);

    o = smtp_send(smtp, mail, why);

    pthread_mutex_lock(&c->lock);
    c->idle[c->idle_count++] = smtp;
    pthread_cond_signal(&c->returned);
    pthread_mutex_unlock(&c->lock);
    return o;
}

static int connections_end(struct connections *c)
{
    pthread_cond_destroy(&c->returned);
    pthread_mutex_destroy(&c->lock);
    return 0;
}

enum outcome mailer_open(void *mem, const struct smtp_options *options, int connections, struct mailer *mailer,
                         struct problem *why)
{
    int count = connections > 0 ? connections : CONNECTIONS;
    struct connections *c = talloc_zero(mem, struct connections);

    if (pthread_mutex_init(&c->lock, NULL) != 0 || pthread_cond_init(&c->returned, NULL) != 0)
        return log_broken("mailer.open");
    talloc_set_destructor(c, connections_end);
    c->idle = talloc_zero_array(c, struct smtp *, (unsigned)count);
    for (; c->idle_count < count; c->idle_count++) {
        enum outcome o = smtp_open(c, options, &c->idle[c->idle_count], why);

        if (o != DONE) {
            talloc_free(c);
            return o;
        }
    }
    *mailer = (struct mailer){send_by_smtp, c};
    return DONE;
}
