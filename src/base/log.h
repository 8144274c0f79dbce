/* base/log.h: one line an event, to stderr: for people, or as JSON objects on request. Never a secret, never a whole body.
 *
 *     log_info("bank.import", LOG_TEXT("file", path), LOG_INT("entries", n));
 *
 * The event is a dotted, stable name; what varies goes in fields. Lines of several threads do not mix. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: the number counts */
    int64_t number;
};

/* A function, so that an array may be given without a warning that it is never NULL. */
static inline struct log_field log_text_field(const char *name, const char *value)
{
    return (struct log_field){name, value ? value : "", 0};
}
#define LOG_TEXT(name, value) log_text_field((name), (value))
#define LOG_INT(name, value) ((struct log_field){(name), (void *)0, (int64_t)(value)})

void log_setup(enum log_level least, bool json); /* at start, before threads; until then: LOG_INFO, for people */

void log_write(enum log_level level, const char *file, int line, const char *event, const struct log_field *fields);

#define LOG_AT(level, event, ...)                                                                                      \
    log_write((level), __FILE__, __LINE__, (event), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define log_debug(...) LOG_AT(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) LOG_AT(LOG_INFO, __VA_ARGS__)
#define log_warning(...) LOG_AT(LOG_WARNING, __VA_ARGS__)
/* Notices a fault of ours at its place and returns BROKEN: `return log_broken("db.step", LOG_TEXT("why", message));` */
#define log_broken(...) (LOG_AT(LOG_ERROR, __VA_ARGS__), BROKEN)
#define log_error(...) LOG_AT(LOG_ERROR, __VA_ARGS__)
