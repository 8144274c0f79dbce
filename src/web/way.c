/* web/way.c: the way back to where one was going, through the login and the registration. */

#include "base/i18n.h"
#include "base/text.h"
#include "web/page.h"
#include <string.h>

const char *page_safe_next(const struct page *p, const char *next)
{
    size_t base = strlen(p->base);

    if (!next || next[0] != '/' || next[1] == '/' || strpbrk(next, "\\\r\n") || strncmp(next, p->base, base) != 0 ||
        next[base] != '/')
        return NULL;
    return next;
}

const char *page_next_query(const struct page *p, const char *next)
{
    struct text_buffer query = text_buffer(p->mem);

    if (!next || !next[0])
        return "";
    text_put(&query, "?next=");
    for (const char *c = next; *c; c++)
        if (strchr("&#%+? \"<>", *c))
            text_put_format(&query, "%%%02X", (unsigned char)*c);
        else
            text_put_bytes(&query, c, 1);
    return query.bytes;
}

void page_link_spent(struct page *p, const char *of)
{
    static const char *const KINDS[] = {"of_password", "of_registration", "of_email", "of_notice"};

    for (size_t i = 0; i < count_of(KINDS); i++)
        page_set(p, KINDS[i], json_boolean(strcmp(KINDS[i], of) == 0));
    page_show(p, problem_status(PROBLEM_LINK_SPENT), "link_spent", N_("Collegamento non più valido"));
}
