/* web/foreign.h: bytes of others on our pages: papers and proofs that somebody sent, mails. They are only looked at: nothing in them
 * runs, or loads anything. */
#pragma once

#include "net/http.h"

/* The page about to be shown may hold frames of ours, in which such bytes stand. */
void foreign_may_be_framed(struct http_request *req);

enum foreign_place { FOREIGN_ALONE, FOREIGN_FRAMED }; /* in a window of its own; also in a frame of ours */
/* Answers with bytes of `type`, allocated under req->mem. Name the file first (http_inline). */
void foreign_show(struct http_request *req, enum foreign_place place, const char *type, const void *bytes, size_t length);
