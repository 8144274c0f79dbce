#include "net/dsn.h"
#include "base/text.h"
#include <string.h>
#include <strings.h>
#include <talloc.h>

enum {
    PARTS = 20,   /* of a report, which has three */
    VALUE = 2000, /* characters of a header's value; the rest is dropped */
    DIAGNOSTIC = 300,
    BOUNDARY = 200, /* RFC 2046 allows 70 */
};

/* What is left to read. */
struct rest {
    const char *at, *end;
};

/* The next line without its end; false when there is none. */
static bool next_line(struct rest *in, struct rest *line)
{
    const char *newline;

    if (in->at >= in->end)
        return false;
    newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
    *line = (struct rest){in->at, newline ? newline : in->end};
    in->at = newline ? newline + 1 : in->end;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    return true;
}

/* ---- Header fields ---- */

struct field {
    char name[80], value[VALUE + 1];
};

/* Visible ASCII and single blanks of `line`, behind what the value has already. */
static void add_words(struct field *f, struct rest line)
{
    size_t n = strlen(f->value);

    for (const char *p = line.at; p < line.end && n < VALUE; p++) {
        char c = *p == '\t' || *p == ' ' ? ' ' : (char)(*p > ' ' && *p <= '~' ? *p : '?');

        if (c != ' ' || (n > 0 && f->value[n - 1] != ' '))
            f->value[n++] = c;
    }
    f->value[n] = '\0';
}

/* The next field of a header, unfolded; false at the empty line that ends it, which is read too, or at the end. A line
 * that is no field has an empty name. */
static bool next_field(struct rest *in, struct field *f)
{
    struct rest line, next;
    const char *colon;
    size_t n;

    *f = (struct field){0};
    if (!next_line(in, &line) || line.at == line.end)
        return false;
    colon = memchr(line.at, ':', (size_t)(line.end - line.at));
    n = colon ? (size_t)(colon - line.at) : 0;
    if (n < sizeof f->name)
        memcpy(f->name, line.at, n);
    line.at = colon ? colon + 1 : line.end;
    add_words(f, line);
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t') && next_line(in, &next))
        add_words(f, next);
    for (n = strlen(f->value); n > 0 && f->value[n - 1] == ' ';)
        f->value[--n] = '\0';
    return true;
}

static bool is(const struct field *f, const char *name)
{
    return strcasecmp(f->name, name) == 0;
}

/* Whether `value` begins with these letters, of either case. */
static bool begins(const char *value, const char *with)
{
    return strncasecmp(value, with, strlen(with)) == 0;
}

/* A parameter of Content-Type, quoted or not; false where it has none, or one too long. */
static bool parameter(const char *value, const char *name, char *out, size_t room)
{
    size_t length = strlen(name), n = 0;

    for (const char *p = strchr(value, ';'); p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " ");
        if (strncasecmp(p, name, length) != 0 || p[length + strspn(p + length, " ")] != '=')
            continue;
        p += length + strspn(p + length, " ") + 1;
        p += strspn(p, " ");
        for (bool quoted = *p == '"' ? p++, true : false; *p && (quoted ? *p != '"' : *p != ';' && *p != ' '); p++) {
            if (quoted && *p == '\\' && p[1])
                p++;
            if (n + 1 >= room)
                return false;
            out[n++] = *p;
        }
        out[n] = '\0';
        return n > 0;
    }
    return false;
}

/* ---- Parts ---- */

/* Reads up to the next boundary line and past it, `*part` being what stands before; *last, when it is the closing one.
 * False at the end: what is left then is the part all the same, of a report that was cut short. */
static bool next_part(struct rest *in, const char *boundary, struct rest *part, bool *last)
{
    size_t length = strlen(boundary);
    struct rest line;

    *part = (struct rest){in->at, in->end};
    while (next_line(in, &line)) {
        if ((size_t)(line.end - line.at) < length + 2 || memcmp(line.at, "--", 2) != 0 ||
            memcmp(line.at + 2, boundary, length) != 0)
            continue;
        part->end = line.at;
        line.at += length + 2;
        *last = line.end - line.at >= 2 && memcmp(line.at, "--", 2) == 0;
        return true;
    }
    *last = true;
    return part->at < part->end;
}

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
        if (begins(value, NAMES[i]))
            return (enum dsn_action)i;
    return DSN_OTHER;
}

/* The fields about one recipient, up to an empty line. True when they name one, his fate, and why. */
static bool read_recipient(void *mem, struct rest *in, struct dsn_recipient *r)
{
    bool acted = false;
    struct field f;

    *r = (struct dsn_recipient){.action = DSN_OTHER, .address = "", .original = "", .diagnostic = ""};
    while (next_field(in, &f)) {
        if (is(&f, "Final-Recipient"))
            r->address = address_in(mem, f.value);
        else if (is(&f, "Original-Recipient"))
            r->original = address_in(mem, f.value);
        else if (is(&f, "Status"))
            r->status = status_in(mem, f.value);
        else if (is(&f, "Action"))
            r->action = action_in(f.value), acted = true;
        else if (is(&f, "Diagnostic-Code"))
            r->diagnostic = talloc_strndup(mem, f.value, DIAGNOSTIC);
    }
    return acted && r->status && (r->address[0] || r->original[0]);
}

/* message/delivery-status: fields about the mail, then a block for each recipient. */
static void read_status(void *mem, struct rest in, struct dsn *dsn)
{
    while (in.at < in.end && dsn->count < DSN_RECIPIENTS)
        if (read_recipient(mem, &in, &dsn->recipients[dsn->count]))
            dsn->count++;
}

/* The header of the mail that is reported on. */
static void read_original(void *mem, struct rest in, struct dsn *dsn)
{
    struct field f;

    while (next_field(&in, &f))
        if (is(&f, "Message-ID"))
            dsn->message_id = address_in(mem, f.value);
}

static void read_part(void *mem, struct rest in, struct dsn *dsn)
{
    char type[100] = "";
    struct field f;

    while (next_field(&in, &f))
        if (is(&f, "Content-Type"))
            memcpy(type, f.value, sizeof type - 1);
    if (begins(type, "message/delivery-status") || begins(type, "message/global-delivery-status"))
        read_status(mem, in, dsn);
    else if (begins(type, "message/rfc822") || begins(type, "text/rfc822-headers") || begins(type, "message/global"))
        read_original(mem, in, dsn);
}

enum outcome dsn_read(void *mem, const char *bytes, size_t length, struct dsn *dsn)
{
    struct rest in = {bytes, bytes + (length < DSN_MOST ? length : DSN_MOST)}, part;
    char boundary[BOUNDARY] = "", kind[40] = "";
    struct field f;
    bool last = false;

    *dsn = (struct dsn){.message_id = ""};
    while (next_field(&in, &f))
        if (is(&f, "Content-Type") && begins(f.value, "multipart/report") &&
            parameter(f.value, "report-type", kind, sizeof kind))
            (void)parameter(f.value, "boundary", boundary, sizeof boundary);
    if (!boundary[0] || strcasecmp(kind, "delivery-status") != 0 || !next_part(&in, boundary, &part, &last))
        return REFUSED;
    for (int i = 0; i < PARTS && !last && next_part(&in, boundary, &part, &last); i++)
        read_part(mem, part, dsn);
    return dsn->count ? DONE : REFUSED;
}
