#include "net/mime.h"
#include <string.h>
#include <strings.h>

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

bool mime_next_part(struct mime_rest *in, const char *boundary, struct mime_rest *part, bool *last)
{
    size_t length = strlen(boundary);
    struct mime_rest line;

    *part = (struct mime_rest){in->at, in->end};
    while (mime_line(in, &line)) {
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
