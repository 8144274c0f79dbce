/* net/mail_catcher.h: a mailbox for the demonstration: mails are kept as JSON files in a folder instead of being sent. */
#pragma once

#include "net/smtp.h"
#include <jansson.h>

/* Keeps the mail as FOLDER/ID.json, ID being the part of its Message-ID before the "@"; the same mail again is the same file. Written
 * whole or not at all. `arg` is the folder (const char *), which must exist. */
enum outcome mail_catcher_send(void *arg, const struct mail *mail, struct problem *why) must_check;

/* The mails caught, newest first: an array of {id, sent_us, from, to, subject, attachments}; without their bodies. */
enum outcome mail_catcher_list(const char *folder, json_t **mails) must_check;

/* One of them, whole: {id, sent_us, from, to, subject, text, html, attachments: [{name, content_type, base64}]}. REFUSED when there is no
 * such mail. */
enum outcome mail_catcher_read(const char *folder, const char *id, json_t **mail) must_check;
