/* net/mime.h: header fields and parts of mails that others wrote (RFC 5322, 2045, 2046), for dsn.c and attachments.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    MIME_VALUE = 2000,   /* characters of a header's value; the rest is dropped */
    MIME_BOUNDARY = 200, /* RFC 2046 allows 70 */
};

/* What is left to read. */
struct mime_rest {
    const char *at, *end;
};
/* The next line without its end; false when there is none. */
bool mime_line(struct mime_rest *in, struct mime_rest *line);

struct mime_field {
    char name[80], value[MIME_VALUE + 1]; /* visible ASCII and single blanks */
};
/* The next field of a header, unfolded; false at the empty line that ends it, which is read too, or at the end. A line that is no field
 * has an empty name. */
bool mime_next_field(struct mime_rest *in, struct mime_field *field);
bool mime_is(const struct mime_field *field, const char *name);
bool mime_begins(const char *value, const char *with); /* of either case */
/* A parameter of Content-Type, quoted or not; false where it has none, or one too long. */
bool mime_parameter(const char *value, const char *name, char *out, size_t room);

/* Reads up to the next boundary line and past it, `*part` being what stands before; *last, when it is the closing one. False at the
 * end: what is left then is the part all the same, of a mail that was cut short. */
bool mime_next_part(struct mime_rest *in, const char *boundary, struct mime_rest *part, bool *last);

/* A part's content by its Content-Transfer-Encoding, without the line ends behind it: of `mem`, or where it is not encoded the part's own
 * bytes. NULL: it is not what it says. */
const char *mime_decode(void *mem, const char *encoding, struct mime_rest in, size_t *length);
