/* Two texts line by line: the longest run of lines that both have, by a table of lengths. Texts are bounded, and what
 * is alike at both ends is set aside first. */
#include "shop/wording.h"
#include <string.h>
#include <talloc.h>

#define LINES  2000
#define AROUND 2 /* lines shown before and after what differs */

struct lines {
    char **line;
    size_t count;
};

static struct lines lines_of(void *mem, const char *text)
{
    struct lines l = {talloc_array(mem, char *, LINES), 0};

    while (*text && l.count < LINES) {
        size_t length = l.count == LINES - 1 ? strlen(text) : strcspn(text, "\n"); /* past that, all the rest as one */

        l.line[l.count++] = talloc_strndup(mem, text, length);
        text += length + (text[length] == '\n');
    }
    return l;
}

enum kind { BOTH, GONE, ADDED };

struct diff {
    void *mem;
    struct {
        const char *text;
        enum kind kind;
    } * row;
    size_t count;
};

static void put(struct diff *d, const char *text, enum kind kind)
{
    d->row = talloc_realloc_size(d->mem, d->row, (d->count + 1) * sizeof *d->row);
    d->row[d->count].text = text;
    d->row[d->count++].kind = kind;
}

/* length[i][j]: of the longest common run of a from i on and b from j on. */
static void middle(struct diff *d, char **a, size_t n, char **b, size_t m)
{
    uint16_t *length = talloc_zero_array(d->mem, uint16_t, (unsigned)((n + 1) * (m + 1)));
    size_t i, j;

    for (i = n; i-- > 0;)
        for (j = m; j-- > 0;) {
            uint16_t down = length[(i + 1) * (m + 1) + j], right = length[i * (m + 1) + j + 1];

            length[i * (m + 1) + j] = strcmp(a[i], b[j]) == 0 ? (uint16_t)(length[(i + 1) * (m + 1) + j + 1] + 1)
                                      : down > right          ? down
                                                              : right;
        }
    for (i = j = 0; i < n || j < m;)
        if (i < n && j < m && strcmp(a[i], b[j]) == 0) {
            put(d, a[i++], BOTH);
            j++;
        } else if (i < n && (j == m || length[(i + 1) * (m + 1) + j] >= length[i * (m + 1) + j + 1])) {
            put(d, a[i++], GONE);
        } else {
            put(d, b[j++], ADDED);
        }
}

static bool is_near(const struct diff *d, size_t i)
{
    for (size_t k = i < AROUND ? 0 : i - AROUND; k <= i + AROUND && k < d->count; k++)
        if (d->row[k].kind != BOTH)
            return true;
    return false;
}

static json_t *shown(const struct diff *d)
{
    json_t *list = json_array();
    size_t skipped = 0;

    for (size_t i = 0; i < d->count; i++) {
        if (!is_near(d, i)) {
            skipped++;
            continue;
        }
        if (skipped)
            json_array_append_new(list, json_pack("{s:I}", "skipped", (json_int_t)skipped));
        skipped = 0;
        json_array_append_new(list, json_pack("{s:s, s:b, s:b}", "text", d->row[i].text, "added",
                                              d->row[i].kind == ADDED, "gone", d->row[i].kind == GONE));
    }
    return list; /* what is alike at the end needs no word */
}

json_t *wording_diff(void *mem, const char *before, const char *after)
{
    struct diff d = {.mem = talloc_new(mem)};
    struct lines a = lines_of(d.mem, before), b = lines_of(d.mem, after);
    size_t head = 0, tail = 0;
    json_t *list;

    while (head < a.count && head < b.count && strcmp(a.line[head], b.line[head]) == 0)
        put(&d, a.line[head++], BOTH);
    while (tail < a.count - head && tail < b.count - head &&
           strcmp(a.line[a.count - 1 - tail], b.line[b.count - 1 - tail]) == 0)
        tail++;
    middle(&d, a.line + head, a.count - head - tail, b.line + head, b.count - head - tail);
    for (size_t i = a.count - tail; i < a.count; i++)
        put(&d, a.line[i], BOTH);
    list = shown(&d);
    talloc_free(d.mem);
    return list;
}
