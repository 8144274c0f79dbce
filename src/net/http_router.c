#include "net/http_parts.h"
#include <string.h>
#include <talloc.h>

/* A tree of segments. A path is tried against the literal child first, then the named one, then the rest: so literals
 * win, and a path that a literal branch leads nowhere is still found under a name. */

struct leaf {
    const struct http_route *route;
    const char *names[HTTP_PARAMETERS];
};

struct node {
    const char *segment; /* NULL: takes any */
    size_t length;
    struct node *literals, *name, *rest, *sibling;
    struct leaf *leaves[HTTP_HEAD]; /* by method; HEAD is GET */
};

struct router {
    struct node root;
};

static enum outcome wrong(struct problem *why, const struct http_route *route, const char *what)
{
    return problem_set(why, PROBLEM_CONFIG, "", "%.120s: %s", route->pattern, what);
}

static struct node *literal_child(const struct node *parent, const char *segment, size_t length)
{
    for (struct node *child = parent->literals; child; child = child->sibling)
        if (child->length == length && memcmp(child->segment, segment, length) == 0)
            return child;
    return NULL;
}

static struct node *child_for(void *mem, struct node *parent, const char *segment, size_t length, bool named, bool rest)
{
    struct node *child;

    if (named) {
        struct node **place = rest ? &parent->rest : &parent->name;
        if (!*place)
            *place = talloc_zero(mem, struct node);
        return *place;
    }
    if ((child = literal_child(parent, segment, length)))
        return child;
    child = talloc_zero(mem, struct node);
    child->segment = segment;
    child->length = length;
    child->sibling = parent->literals;
    parent->literals = child;
    return child;
}

static enum outcome add(void *mem, struct router *router, const struct http_route *route, struct problem *why)
{
    struct leaf *leaf = talloc_zero(mem, struct leaf);
    struct node *node = &router->root;
    const char *at = route->pattern;
    size_t names = 0, segments = 0;

    if (*at != '/' || route->method >= HTTP_HEAD || !route->handler)
        return wrong(why, route, "not a route");
    leaf->route = route;
    while (*at == '/') {
        const char *segment = at + 1;
        size_t length = strcspn(segment, "/");
        bool named = length > 2 && segment[0] == '{' && segment[length - 1] == '}';
        bool rest = named && segment[length - 2] == '*';

        at = segment + length;
        if (++segments > HTTP_SEGMENTS || (named && names == HTTP_PARAMETERS) || (rest && *at))
            return wrong(why, route, rest ? "{name*} stands last" : "too many segments");
        if (!named && (memchr(segment, '{', length) || memchr(segment, '}', length)))
            return wrong(why, route, "a name takes a whole segment");
        if (named)
            leaf->names[names++] = talloc_strndup(mem, segment + 1, length - (rest ? 3 : 2));
        node = child_for(mem, node, segment, length, named, rest);
    }
    if (node->leaves[route->method])
        return wrong(why, route, "declared twice");
    node->leaves[route->method] = leaf;
    return DONE;
}

enum outcome router_build(void *mem, const struct http_route *routes, struct router **router, struct problem *why)
{
    *router = talloc_zero(mem, struct router);
    for (const struct http_route *route = routes; route && route->pattern; route++)
        TRY(add(*router, *router, route, why));
    return DONE;
}

struct search {
    void *mem;
    enum http_method method;
    struct http_match *match;
};

static bool arrive(struct search *s, const struct node *node)
{
    const struct leaf *leaf = node->leaves[s->method];

    for (int method = 0; method < HTTP_HEAD; method++)
        if (node->leaves[method])
            s->match->allowed |= 1U << method;
    if (!leaf)
        return false;
    s->match->route = leaf->route;
    s->match->names = leaf->names;
    return true;
}

static bool take(struct search *s, const char *value, size_t length)
{
    s->match->values[s->match->count++] = talloc_strndup(s->mem, value, length);
    return true;
}

/* `at` stands on the '/' of the next segment, or at the end. At most HTTP_SEGMENTS deep; three tries a level, of which
 * only those that the tree holds are made. */
static bool descend(struct search *s, const struct node *node, const char *at)
{
    const char *segment = at + 1;
    struct node *child;
    size_t length, kept = s->match->count;

    if (!*at)
        return arrive(s, node);
    length = strcspn(segment, "/");
    if ((child = literal_child(node, segment, length)) && descend(s, child, segment + length))
        return true;
    s->match->count = kept;
    if (node->name && length && take(s, segment, length) && descend(s, node->name, segment + length))
        return true;
    s->match->count = kept;
    if (node->rest && *segment && take(s, segment, strlen(segment)) && arrive(s, node->rest))
        return true;
    s->match->count = kept;
    return false;
}

void router_match(void *mem, const struct router *router, const char *path, enum http_method method,
                  struct http_match *match)
{
    struct search search = {.mem = mem, .method = method == HTTP_HEAD ? HTTP_GET : method, .match = match};
    size_t segments = 0;

    *match = (struct http_match){0};
    for (const char *p = path; *p; p++)
        segments += *p == '/';
    if (segments <= HTTP_SEGMENTS && !descend(&search, &router->root, path))
        match->route = NULL;
}
