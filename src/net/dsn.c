#include "net/dsn.h"
#include "base/text.h"
#include "net/mime.h"
#include <string.h>
#include <strings.h>
#include <talloc.h>

enum {
    PARTS = 20, /* of a report, which has three */
    DIAGNOSTIC = 300,
};

/* "rfc822; anna@example.org": the address behind its type. */
static const char *address_in(void *mem, const char *value)
{
    const char *semicolon = strchr(value, ';'), *p = semicolon ? semicolon + 1 : value;
    size_t n;

    p += strspn(p, " <");
    n = strcspn(p, " >");
    return talloc_strndup(mem, p, n);
}

/* "5.1.1 (no such user)" is "5.1.1"; NULL when it is none. RFC 3463: a class, and two numbers of up to three digits. */
static const char *status_in(void *mem, const char *value)
{
    size_t subject, detail;

    if (!strchr("245", value[0]) || value[0] == '\0' || value[1] != '.')
        return NULL;
    subject = strspn(value + 2, "0123456789");
    if (subject < 1 || subject > 3 || value[2 + subject] != '.')
        return NULL;
    detail = strspn(value + 3 + subject, "0123456789");
    return detail < 1 || detail > 3 ? NULL : talloc_strndup(mem, value, 3 + subject + detail);
}

static enum dsn_action action_in(const char *value)
{
    static const char *const NAMES[] = {
        [DSN_FAILED] = "failed", [DSN_DELAYED] = "delayed", [DSN_DELIVERED] = "delivered"};

    for (size_t i = 0; i < count_of(NAMES); i++)
        if (mime_begins(value, NAMES[i]))
            return (enum dsn_action)i;
    return DSN_OTHER;
}

/* The fields about one recipient, up to an empty line. True when they name one, his fate, and why. */
static bool read_recipient(void *mem, struct mime_rest *in, struct dsn_recipient *r)
{
    bool acted = false;
    struct mime_field f;

    *r = (struct dsn_recipient){.action = DSN_OTHER, .address = "", .original = "", .diagnostic = ""};
    while (mime_next_field(in, &f)) {
        if (mime_is(&f, "Final-Recipient"))
            r->address = address_in(mem, f.value);
        else if (mime_is(&f, "Original-Recipient"))
            r->original = address_in(mem, f.value);
        else if (mime_is(&f, "Status"))
            r->status = status_in(mem, f.value);
        else if (mime_is(&f, "Action"))
            r->action = action_in(f.value), acted = true;
        else if (mime_is(&f, "Diagnostic-Code"))
            r->diagnostic = talloc_strndup(mem, f.value, DIAGNOSTIC);
    }
    return acted && r->status && (r->address[0] || r->original[0]);
}

/* message/delivery-status: fields about the mail, then a block for each recipient. */
static void read_status(void *mem, struct mime_rest in, struct dsn *dsn)
{
    while (in.at < in.end && dsn->count < DSN_RECIPIENTS)
        if (read_recipient(mem, &in, &dsn->recipients[dsn->count]))
            dsn->count++;
}

/* The header of the mail that is reported on. */
static void read_original(void *mem, struct mime_rest in, struct dsn *dsn)
{
    struct mime_field f;

    while (mime_next_field(&in, &f))
        if (mime_is(&f, "Message-ID"))
            dsn->message_id = address_in(mem, f.value);
}

static void read_part(void *mem, struct mime_rest in, struct dsn *dsn)
{
    char type[100] = "";
    struct mime_field f;

    while (mime_next_field(&in, &f))
        if (mime_is(&f, "Content-Type"))
            memcpy(type, f.value, sizeof type - 1);
    if (mime_begins(type, "message/delivery-status") || mime_begins(type, "message/global-delivery-status"))
        read_status(mem, in, dsn);
    else if (mime_begins(type, "message/rfc822") || mime_begins(type, "text/rfc822-headers") ||
             mime_begins(type, "message/global"))
        read_original(mem, in, dsn);
}

enum outcome dsn_read(void *mem, const char *bytes, size_t length, struct dsn *dsn)
{
    struct mime_rest in = {bytes, bytes + (length < DSN_MOST ? length : DSN_MOST)}, part;
    char boundary[MIME_BOUNDARY] = "", kind[40] = "";
    struct mime_field f;
    bool last = false;

    *dsn = (struct dsn){.message_id = ""};
    while (mime_next_field(&in, &f))
        if (mime_is(&f, "Content-Type") && mime_begins(f.value, "multipart/report") &&
            mime_parameter(f.value, "report-type", kind, sizeof kind))
            (void)mime_parameter(f.value, "boundary", boundary, sizeof boundary);
    if (!boundary[0] || strcasecmp(kind, "delivery-status") != 0 || !mime_next_part(&in, boundary, &part, &last))
        return REFUSED;
    for (int i = 0; i < PARTS && !last && mime_next_part(&in, boundary, &part, &last); i++)
        read_part(mem, part, dsn);
    return dsn->count ? DONE : REFUSED;
}
