/* net/smtp.h: sending mail by libcurl: STARTTLS or TLS, authentication, a connection kept open between messages. */
#pragma once

#include "base/clock.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

struct mail_attachment {
    const char *name, *content_type; /* "fattura-2026-1.pdf", "application/pdf" */
    const void *bytes;
    size_t length;
};

struct mail {
    const char *from_name, *from; /* "Legalmail", "rinnovi@legalmail.example" */
    const char *to;
    const char *reply_to;         /* NULL: none */
    const char *subject, *text, *html; /* UTF-8; html NULL: text alone */
    const char *message_id;       /* "outbox-42@legalmail.example", without <>: stable, so that a resend is recognisable */
    struct instant date;
    const struct mail_attachment *attachments;
    size_t attachment_count;
};

struct smtp_options {
    const char *url;      /* "smtp://mail.example:587", "smtps://mail.example"; "file:DIR" writes DIR/<message-id>.eml instead */
    const char *user, *password; /* NULL: none */
    bool require_tls;     /* STARTTLS or nothing */
    int timeout_seconds;  /* 0: 30 */
};

struct smtp;
enum outcome smtp_open(void *mem, const struct smtp_options *options, struct smtp **smtp, struct problem *why) must_check;
/* DONE: the server took it. BUSY: not now (4xx, no connection, timeout): try later. REFUSED: it never will (5xx), *why has the
 * server's words. Header injection (CR, LF, NUL in an address or subject) is REFUSED before anything is sent. */
enum outcome smtp_send(struct smtp *smtp, const struct mail *mail, struct problem *why) must_check;

/* The message as it would go on the wire, CRLF lines; owned by `mem`. */
enum outcome mail_format(void *mem, const struct mail *mail, char **bytes, size_t *length, struct problem *why) must_check;
