#include "base/i18n.h"
#include "net/http_parts.h"
#include <string.h>
#include <strings.h>
#include <talloc.h>

/* multipart/form-data as browsers write it (RFC 7578). Files are left where they are in the body; fields are copied. */

enum { FIELDS = 200, PART_HEAD = 4096, NAME_BYTES = 200, BOUNDARY = 70 };

struct span {
    const char *at;
    size_t length;
};

struct reading {
    void *mem;
    const char *at, *end;
    char delimiter[BOUNDARY + 8]; /* CR LF "--" boundary */
    size_t delimiter_length;
    struct form *form;
    struct http_upload *uploads;
    size_t upload_count;
};

/* Unlike strchr, finds no NUL. */
static bool one_of(const char *set, char c)
{
    return c && strchr(set, c);
}

static enum outcome malformed(struct problem *why, const char *what)
{
    return problem_set(why, PROBLEM_BAD_REQUEST, "", N_("multipart, %s"), what);
}

/* The value of `name=` in a header's parameters, quoted or not. A name that is only the end of another ("filename"
 * holds "name") does not count. */
static bool parameter(struct span header, const char *name, struct span *value)
{
    size_t length = strlen(name);
    bool quoted = false;

    for (size_t i = 1; i + length < header.length; i++) {
        quoted ^= header.at[i] == '"';
        if (quoted || !one_of("; \t", header.at[i - 1]) || strncasecmp(header.at + i, name, length) != 0 ||
            header.at[i + length] != '=')
            continue;
        value->at = header.at + i + length + 1;
        value->length = (size_t)(header.at + header.length - value->at);
        if (value->length && *value->at == '"') {
            const char *close = memchr(++value->at, '"', value->length - 1);
            if (!close)
                return false;
            value->length = (size_t)(close - value->at);
        } else {
            size_t n = 0;
            while (n < value->length && !one_of("; \t\r\n", value->at[n]))
                n++;
            value->length = n;
        }
        return true;
    }
    return false;
}

static enum outcome set_boundary(struct reading *r, const char *content_type, struct problem *why)
{
    struct span value;

    if (!parameter((struct span){content_type, strlen(content_type)}, "boundary", &value) || !value.length ||
        value.length > BOUNDARY)
        return malformed(why, "boundary");
    memcpy(r->delimiter, "\r\n--", 4);
    memcpy(r->delimiter + 4, value.at, value.length);
    r->delimiter_length = 4 + value.length;
    return DONE;
}

/* The line of a part's head that begins with `name`; the head ends with CR LF. */
static bool line_of(struct span head, const char *name, struct span *line)
{
    size_t length = strlen(name);

    for (const char *at = head.at, *end = head.at + head.length; at < end;) {
        const char *stop = memmem(at, (size_t)(end - at), "\r\n", 2);
        size_t size = (size_t)((stop ? stop : end) - at);

        if (size > length && strncasecmp(at, name, length) == 0 && at[length] == ':') {
            line->at = at + length + 1;
            line->length = size - length - 1;
            while (line->length && one_of(" \t", *line->at))
                line->at++, line->length--;
            return true;
        }
        at += size + 2;
    }
    return false;
}

/* Old browsers send whole paths; what could not be shown is not a name. */
static const char *bare_name(void *mem, struct span name)
{
    for (size_t i = name.length; i > 0; i--)
        if (one_of("/\\:", name.at[i - 1])) {
            name.at += i;
            name.length -= i;
            break;
        }
    if (!name.length || name.length > NAME_BYTES || !text_is_plain(name.at, name.length))
        return "file";
    return talloc_strndup(mem, name.at, name.length);
}

static enum outcome add_upload(struct reading *r, struct span name, struct span filename, struct span head,
                               struct span content, struct problem *why)
{
    struct span type = {"", 0};

    if (!filename.length && !content.length)
        return DONE; /* the field is there, but no file was chosen */
    if (r->upload_count == HTTP_UPLOADS)
        return malformed(why, N_("troppi file"));
    if (!line_of(head, "Content-Type", &type) || type.length > 100 || !text_is_plain(type.at, type.length))
        type = (struct span){"", 0};
    r->uploads[r->upload_count++] = (struct http_upload){.field = talloc_strndup(r->mem, name.at, name.length),
                                                         .filename = bare_name(r->mem, filename),
                                                         .content_type = talloc_strndup(r->mem, type.at, type.length),
                                                         .bytes = content.at,
                                                         .length = content.length};
    return DONE;
}

static enum outcome add_field(struct reading *r, struct span name, struct span content, struct problem *why)
{
    char *value;

    if (r->form->count == FIELDS)
        return malformed(why, N_("troppi campi"));
    value = talloc_size(r->mem, content.length + 1); /* may hold any bytes: form_check looks at them */
    memcpy(value, content.at, content.length);
    value[content.length] = '\0';
    r->form->pair[r->form->count++] = (struct form_pair){.name = talloc_strndup(r->mem, name.at, name.length),
                                                         .name_length = name.length,
                                                         .value = value,
                                                         .value_length = content.length};
    return DONE;
}

static enum outcome read_part(struct reading *r, struct problem *why)
{
    size_t left = (size_t)(r->end - r->at);
    const char *blank = memmem(r->at, left < PART_HEAD ? left : PART_HEAD, "\r\n\r\n", 4);
    struct span head, content, disposition, name, filename;
    const char *stop;

    if (!blank)
        return malformed(why, N_("intestazioni di una parte"));
    head = (struct span){r->at, (size_t)(blank - r->at)};
    content.at = blank + 4;
    stop = memmem(content.at, (size_t)(r->end - content.at), r->delimiter, r->delimiter_length);
    if (!stop)
        return malformed(why, N_("interrotto"));
    content.length = (size_t)(stop - content.at);
    r->at = stop + r->delimiter_length;
    if (!line_of(head, "Content-Disposition", &disposition) || !parameter(disposition, "name", &name) || !name.length ||
        name.length > NAME_BYTES || !text_is_plain(name.at, name.length))
        return malformed(why, N_("nome di un campo"));
    if (parameter(disposition, "filename", &filename))
        return add_upload(r, name, filename, head, content, why);
    return add_field(r, name, content, why);
}

enum outcome multipart_decode(void *mem, const char *body, size_t length, const char *content_type, struct form *form,
                              const struct http_upload **uploads, size_t *count, struct problem *why)
{
    struct reading r = {.mem = mem, .at = body, .end = body + length, .form = form};

    TRY(set_boundary(&r, content_type, why));
    *form = (struct form){.pair = talloc_array(mem, struct form_pair, FIELDS)};
    r.uploads = talloc_array(mem, struct http_upload, HTTP_UPLOADS);
    if (length < r.delimiter_length || memcmp(body, r.delimiter + 2, r.delimiter_length - 2) != 0)
        return malformed(why, N_("inizio"));
    r.at += r.delimiter_length - 2;
    while (r.end - r.at >= 2 && memcmp(r.at, "\r\n", 2) == 0) {
        r.at += 2;
        TRY(read_part(&r, why));
    }
    if (r.end - r.at < 2 || memcmp(r.at, "--", 2) != 0)
        return malformed(why, N_("fine"));
    *uploads = r.uploads;
    *count = r.upload_count;
    return DONE;
}
