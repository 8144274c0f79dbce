#include "net/attachments.h"
#include "base/text.h"
#include "net/mime.h"
#include <string.h>
#include <strings.h>
#include <talloc.h>

enum {
    PARTS = 50, /* of a mail */
    DEPTH = 5,  /* of mails and multiparts inside each other */
    NAME = 200,
};

struct walk {
    void *mem;
    attachment_take *take;
    void *arg;
    int parts;
};

struct part {
    char type[200], boundary[MIME_BOUNDARY], name[NAME], encoding[40];
};

static void read_header(struct mime_rest *in, struct part *p)
{
    struct mime_field f;

    *p = (struct part){0};
    while (mime_next_field(in, &f))
        if (mime_is(&f, "Content-Type")) {
            memcpy(p->type, f.value, sizeof p->type - 1);
            (void)mime_parameter(f.value, "boundary", p->boundary, sizeof p->boundary);
            if (!p->name[0])
                (void)mime_parameter(f.value, "name", p->name, sizeof p->name);
        } else if (mime_is(&f, "Content-Disposition")) {
            char name[NAME];

            if (mime_parameter(f.value, "filename", name, sizeof name))
                memcpy(p->name, name, sizeof name);
        } else if (mime_is(&f, "Content-Transfer-Encoding")) {
            memcpy(p->encoding, f.value, sizeof p->encoding - 1);
        }
}

/* ---- Parts ---- */

static enum outcome walk_entity(struct walk *w, struct mime_rest in, int depth);

static enum outcome walk_parts(struct walk *w, const struct part *p, struct mime_rest in, int depth)
{
    struct mime_rest part;
    bool last = false;

    if (!mime_next_part(&in, p->boundary, &part, &last)) /* the preamble */
        return DONE;
    while (!last && w->parts++ < PARTS && mime_next_part(&in, p->boundary, &part, &last))
        TRY(walk_entity(w, part, depth + 1));
    return DONE;
}

static bool is_mail(const struct part *p)
{
    size_t n = strlen(p->name);

    return mime_begins(p->type, "message/rfc822") || (n > 4 && strcasecmp(p->name + n - 4, ".eml") == 0);
}

static enum outcome walk_entity(struct walk *w, struct mime_rest in, int depth)
{
    const char *bytes;
    struct part p;
    size_t length;

    read_header(&in, &p);
    if (depth < DEPTH && mime_begins(p.type, "multipart/") && p.boundary[0])
        return walk_parts(w, &p, in, depth);
    if (!is_mail(&p) && (!p.name[0] || strchr(p.name, '/')))
        return DONE;
    bytes = mime_decode(w->mem, p.encoding, in, &length);
    if (!bytes)
        return DONE;
    if (is_mail(&p))
        return depth < DEPTH ? walk_entity(w, (struct mime_rest){bytes, bytes + length}, depth + 1) : DONE;
    return w->take(w->arg, p.name, bytes, length);
}

enum outcome attachments_each(void *mem, const char *bytes, size_t length, attachment_take *take, void *arg)
{
    struct walk w = {.mem = mem, .take = take, .arg = arg};
    struct mime_rest in = {bytes, bytes + length};
    struct part p;

    read_header(&in, &p);
    if (!mime_begins(p.type, "multipart/") || !p.boundary[0])
        return REFUSED;
    return walk_parts(&w, &p, in, 0);
}
