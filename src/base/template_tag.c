#include "base/template_tag.h"
#include "base/i18n.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

int piece_line(struct piece *p, size_t at)
{
    if (p->line > 0)
        return p->line;
    for (; p->counted_to < at; p->counted_to++)
        p->newlines += p->text[p->counted_to] == '\n';
    for (; p->counted_to > at; p->counted_to--)
        p->newlines -= p->text[p->counted_to - 1] == '\n';
    return p->newlines + 1;
}

enum outcome piece_refuse(struct piece *p, size_t at, const char *what, struct problem *why)
{
    return problem_set(why, PROBLEM_CONFIG, "", N_("%.60s, riga %d: %.110s"), p->name, piece_line(p, at), what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r';
}

enum outcome tag_name(void *mem, struct piece *p, const struct tag *tag, char **name, struct problem *why)
{
    const char *from = tag->inside, *to = tag->inside + tag->length;

    while (from < to && is_space(*from))
        from++;
    while (to > from && is_space(to[-1]))
        to--;
    if (from == to)
        return piece_refuse(p, tag->begin, N_("un tag senza nome"), why);
    if (to - from > NAME_LIMIT)
        return piece_refuse(p, tag->begin, N_("un nome troppo lungo"), why);
    for (const char *c = from; c < to; c++)
        if (is_space(*c))
            return piece_refuse(p, tag->begin, N_("un nome con uno spazio dentro"), why);
    *name = talloc_strndup(mem, from, (size_t)(to - from));
    return DONE;
}

enum outcome tag_next(struct piece *p, size_t from, struct tag *tag, bool *found, struct problem *why)
{
    size_t open_length = strlen(p->open);
    const char *open = memmem(p->text + from, p->length - from, p->open, open_length), *close;
    char closing[DELIMITER_LIMIT + 2];

    *found = open != NULL;
    if (!open)
        return DONE;
    *tag = (struct tag){.begin = (size_t)(open - p->text), .inside = open + open_length};
    if (*tag->inside != '\0' && strchr("#^/!>=&{", *tag->inside))
        tag->kind = *tag->inside++;
    snprintf(closing, sizeof closing, "%s%s", tag->kind == '{' ? "}" : tag->kind == '=' ? "=" : "", p->close);
    close = memmem(tag->inside, p->length - (size_t)(tag->inside - p->text), closing, strlen(closing));
    if (!close)
        return piece_refuse(p, tag->begin, N_("un tag aperto e non chiuso"), why);
    tag->length = (size_t)(close - tag->inside);
    tag->end = (size_t)(close - p->text) + strlen(closing);
    return DONE;
}

bool tag_stands_alone(const struct piece *p, const struct tag *tag, size_t *begin, size_t *end)
{
    size_t from = tag->begin, to = tag->end;

    if (tag->kind == 0 || tag->kind == '&' || tag->kind == '{')
        return false;
    while (from > 0 && is_blank(p->text[from - 1]))
        from--;
    while (to < p->length && is_blank(p->text[to]))
        to++;
    if (from > 0 ? p->text[from - 1] != '\n' : p->line > 0)
        return false;
    if (to == p->length) {
        if (p->line > 0)
            return false;
    } else if (p->text[to] == '\n') {
        to++;
    } else if (p->text[to] == '\r' && to + 1 < p->length && p->text[to + 1] == '\n') {
        to += 2;
    } else {
        return false;
    }
    *begin = from;
    *end = to;
    return true;
}

enum outcome tag_set_delimiters(struct piece *p, const struct tag *tag, struct problem *why)
{
    char inside[4 * DELIMITER_LIMIT], *rest, *open, *close;

    if (tag->length >= sizeof inside)
        return piece_refuse(p, tag->begin, N_("delimitatori troppo lunghi"), why);
    memcpy(inside, tag->inside, tag->length);
    inside[tag->length] = '\0';
    open = strtok_r(inside, " \t\r\n", &rest);
    close = strtok_r(NULL, " \t\r\n", &rest);
    if (!open || !close || strtok_r(NULL, " \t\r\n", &rest) || strchr(open, '=') || strchr(close, '='))
        return piece_refuse(p, tag->begin, N_("i delimitatori sono due, separati da uno spazio"), why);
    if (strlen(open) >= sizeof p->open || strlen(close) >= sizeof p->close)
        return piece_refuse(p, tag->begin, N_("delimitatori troppo lunghi"), why);
    strcpy(p->open, open);
    strcpy(p->close, close);
    return DONE;
}

bool tag_is_translation(const struct tag *tag)
{
    const char *c = tag->inside, *end = tag->inside + tag->length;

    while (c < end && is_space(*c))
        c++;
    if (tag->kind != '#' || c == end || *c++ != 't')
        return false;
    while (c < end && is_space(*c))
        c++;
    return c == end;
}
