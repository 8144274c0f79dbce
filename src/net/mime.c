#include "net/mime.h"
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

bool mime_line(struct mime_rest *in, struct mime_rest *line)
{
    const char *newline;

    if (in->at >= in->end)
        return false;
    newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
    *line = (struct mime_rest){in->at, newline ? newline : in->end};
    in->at = newline ? newline + 1 : in->end;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    return true;
}

/* ---- Header fields ---- */

/* Visible ASCII and single blanks of `line`, behind what the value has already. */
static void add_words(struct mime_field *f, struct mime_rest line)
{
    size_t n = strlen(f->value);

    for (const char *p = line.at; p < line.end && n < MIME_VALUE; p++) {
        char c = *p == '\t' || *p == ' ' ? ' ' : (char)(*p > ' ' && *p <= '~' ? *p : '?');

        if (c != ' ' || (n > 0 && f->value[n - 1] != ' '))
            f->value[n++] = c;
    }
    f->value[n] = '\0';
}

bool mime_next_field(struct mime_rest *in, struct mime_field *f)
{
    struct mime_rest line, next;
    const char *colon;
    size_t n;

    *f = (struct mime_field){0};
    if (!mime_line(in, &line) || line.at == line.end)
        return false;
    colon = memchr(line.at, ':', (size_t)(line.end - line.at));
    n = colon ? (size_t)(colon - line.at) : 0;
    if (n < sizeof f->name)
        memcpy(f->name, line.at, n);
    line.at = colon ? colon + 1 : line.end;
    add_words(f, line);
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t') && mime_line(in, &next))
        add_words(f, next);
    for (n = strlen(f->value); n > 0 && f->value[n - 1] == ' ';)
        f->value[--n] = '\0';
    return true;
}

bool mime_is(const struct mime_field *f, const char *name)
{
    return strcasecmp(f->name, name) == 0;
}

bool mime_begins(const char *value, const char *with)
{
    return strncasecmp(value, with, strlen(with)) == 0;
}

bool mime_parameter(const char *value, const char *name, char *out, size_t room)
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

static bool is_blank(struct mime_rest line, size_t from)
{
    for (const char *p = line.at + from; p < line.end; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return true;
}

bool mime_next_part(struct mime_rest *in, const char *boundary, struct mime_rest *part, bool *last)
{
    size_t length = strlen(boundary);
    struct mime_rest line;

    *part = (struct mime_rest){in->at, in->end};
    while (mime_line(in, &line)) {
        if ((size_t)(line.end - line.at) < length + 2 || memcmp(line.at, "--", 2) != 0 ||
            memcmp(line.at + 2, boundary, length) != 0)
            continue;
        *last = line.end - line.at >= (ptrdiff_t)length + 4 && memcmp(line.at + length + 2, "--", 2) == 0;
        if (!*last && !is_blank(line, length + 2)) /* another boundary begins with this one */
            continue;
        part->end = line.at;
        return true;
    }
    *last = true;
    return part->at < part->end;
}

/* ---- Encodings ---- */

static int hex(char c)
{
    const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c >= 'a' && c <= 'f' ? c - 32 : c) : NULL;

    return at ? (int)(at - digits) : -1;
}

static char *from_quoted(void *mem, struct mime_rest in, size_t *length)
{
    char *bytes = talloc_size(mem, (size_t)(in.end - in.at) + 1);
    size_t n = 0;

    for (const char *c = in.at; c < in.end; c++)
        if (*c != '=' || in.end - c < 2) {
            bytes[n++] = *c;
        } else if (c[1] == '\n' || (c[1] == '\r' && in.end - c > 2)) { /* a line that goes on */
            c += c[1] == '\r' ? 2 : 1;
        } else if (in.end - c > 2 && hex(c[1]) >= 0 && hex(c[2]) >= 0) {
            bytes[n++] = (char)(hex(c[1]) * 16 + hex(c[2]));
            c += 2;
        }
    *length = n;
    return bytes;
}

const char *mime_decode(void *mem, const char *encoding, struct mime_rest in, size_t *length)
{
    size_t room = (size_t)(in.end - in.at);
    char *bytes;

    while (in.end > in.at && (in.end[-1] == '\n' || in.end[-1] == '\r'))
        in.end--;
    *length = (size_t)(in.end - in.at);
    if (mime_begins(encoding, "quoted-printable"))
        return from_quoted(mem, in, length);
    if (!mime_begins(encoding, "base64"))
        return in.at;
    bytes = talloc_size(mem, room + 1);
    return sodium_base642bin((unsigned char *)bytes, room + 1, in.at, *length, "\r\n \t", length, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0
               ? bytes
               : NULL;
}
