/* web/api_query.c: what a call says beside its body: the language of faults, the members of the query. */

#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Language ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "en-GB;q=0.8": the weight in thousandths, 1000 where none is stated. */
static int weight(const char *item, size_t length)
{
    const char *q = memchr(item, ';', length), *end = item + length;
    int value = 0, digit = 100;

    if (!q)
        return 1000;
    for (q++; q < end && is_blank(*q);)
        q++;
    if (end - q < 3 || (q[0] != 'q' && q[0] != 'Q') || q[1] != '=')
        return 1000;
    if (q[2] == '1')
        return 1000;
    for (q += 4; q < end && *q >= '0' && *q <= '9' && digit; q++, digit /= 10)
        value += (*q - '0') * digit;
    return value;
}

const char *api_language(const struct http_request *req)
{
    const char *item = http_header(req, "Accept-Language"), *best = VIEW_LANGUAGE[0];
    int best_weight = 0;

    while (item && *item) {
        size_t length = strcspn(item, ",");
        const char *tag = item;

        while (is_blank(*tag))
            tag++;
        for (size_t i = 0; i < VIEW_LANGUAGES; i++) {
            size_t name = strlen(VIEW_LANGUAGE[i]);
            bool same = strncasecmp(tag, VIEW_LANGUAGE[i], name) == 0 && strchr("-;, \t", tag[name]);

            if (same && weight(item, length) > best_weight) {
                best = VIEW_LANGUAGE[i];
                best_weight = weight(item, length);
            }
        }
        item += length + (item[length] == ',');
    }
    return best;
}

/* ---- Queries ---- */

enum outcome api_number(struct call *c, const char *name, int64_t least, int64_t most, int64_t otherwise,
                        int64_t *number)
{
    const char *text = form_value(&c->req->query, name);
    size_t length = text ? strlen(text) : 0;

    *number = otherwise;
    if (!text)
        return DONE;
    if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
        return api_refuse(c, PROBLEM_NOT_A_NUMBER, name, "%s", "");
    *number = strtoll(text, NULL, 10);
    if (*number < least || *number > most)
        return api_refuse(c, PROBLEM_OUT_OF_RANGE, name, "%" PRId64 "-%" PRId64, least, most);
    return DONE;
}

enum outcome api_query(struct call *c, const char *const *known)
{
    for (size_t i = 0; i < c->req->query.count; i++) {
        const struct form_pair *pair = &c->req->query.pair[i];
        const char *const *name = known;
        bool shown = pair->name_length && pair->name_length <= 40 && text_is_plain(pair->name, pair->name_length);

        while (*name && strcmp(*name, pair->name) != 0)
            name++;
        if (!*name)
            (void)api_refuse(c, PROBLEM_UNKNOWN_FIELD, shown ? pair->name : "", "%s", shown ? pair->name : "?");
    }
    return c->faults.count ? REFUSED : DONE;
}
