#include "net/dsn.h"
#include "base/text.h"
#include "net/mime.h"
#include <string.h>
#include <strings.h>
#include <talloc.h>

enum {
    PARTS = 20, /* of a mail: a report has three */
    DEPTH = 4,  /* of mails and multiparts inside each other */
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

/* ---- Parts ---- */

struct walk {
    void *mem;
    struct dsn *dsn;
    int parts;
};

struct part {
    char type[100], boundary[MIME_BOUNDARY], encoding[40];
    bool report; /* of delivery */
};

static void read_header(struct mime_rest *in, struct part *p)
{
    struct mime_field f;
    char kind[40];

    *p = (struct part){0};
    while (mime_next_field(in, &f))
        if (mime_is(&f, "Content-Type")) {
            memcpy(p->type, f.value, sizeof p->type - 1);
            (void)mime_parameter(f.value, "boundary", p->boundary, sizeof p->boundary);
            p->report = mime_begins(f.value, "multipart/report") &&
                        mime_parameter(f.value, "report-type", kind, sizeof kind) &&
                        strcasecmp(kind, "delivery-status") == 0;
        } else if (mime_is(&f, "Content-Transfer-Encoding")) {
            memcpy(p->encoding, f.value, sizeof p->encoding - 1);
        }
}

static void walk_entity(struct walk *w, struct mime_rest in, bool reported, int depth);

static void walk_parts(struct walk *w, const struct part *p, struct mime_rest in, bool reported, int depth)
{
    struct mime_rest part;
    bool last = false;

    if (!mime_next_part(&in, p->boundary, &part, &last)) /* the preamble */
        return;
    while (!last && w->parts++ < PARTS && mime_next_part(&in, p->boundary, &part, &last)) {
        walk_entity(w, part, reported || p->report, depth + 1);
        if (w->dsn->count && !reported && !p->report) /* one report a mail */
            return;
    }
}

static bool begins_with_any(const char *type, const char *const *names)
{
    for (; *names; names++)
        if (mime_begins(type, *names))
            return true;
    return false;
}

/* `reported`: it stands in a report, where a mail is the one that is reported on, and is not looked into any further.
 */
static void walk_entity(struct walk *w, struct mime_rest in, bool reported, int depth)
{
    static const char *const STATUS[] = {"message/delivery-status", "message/global-delivery-status", NULL};
    static const char *const MAIL[] = {"message/rfc822", "text/rfc822-headers", "message/global", NULL};
    struct part p;
    size_t length;

    read_header(&in, &p);
    if (mime_begins(p.type, "multipart/")) {
        if (depth < DEPTH && p.boundary[0])
            walk_parts(w, &p, in, reported, depth);
        return;
    }
    if (!begins_with_any(p.type, STATUS) && !begins_with_any(p.type, MAIL))
        return;
    in.at = mime_decode(w->mem, p.encoding, in, &length);
    if (!in.at)
        return;
    in.end = in.at + length;
    if (!reported && depth < DEPTH && mime_begins(p.type, "message/rfc822")) /* attached, as who forwards it does */
        walk_entity(w, in, false, depth + 1);
    else if (reported && begins_with_any(p.type, STATUS))
        read_status(w->mem, in, w->dsn);
    else if (reported)
        read_original(w->mem, in, w->dsn);
}

enum outcome dsn_read(void *mem, const char *bytes, size_t length, struct dsn *dsn)
{
    struct walk w = {.mem = mem, .dsn = dsn};

    *dsn = (struct dsn){.message_id = ""};
    walk_entity(&w, (struct mime_rest){bytes, bytes + (length < DSN_MOST ? length : DSN_MOST)}, false, 0);
    return dsn->count ? DONE : REFUSED;
}
