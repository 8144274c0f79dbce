/* Any bytes as a template, its partial, its translation and its data, parted by lines of "%%". Whatever is accepted
 * renders to valid text. */
#include "base/template.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct parts {
    char *page, *partial, *translation, *data;
};

static char *next_part(void *mem, const char **from, const char *end)
{
    const char *mark = memmem(*from, (size_t)(end - *from), "\n%%\n", 4);
    const char *stop = mark ? mark : end;
    char *part = talloc_strndup(mem, *from, (size_t)(stop - *from));

    *from = mark ? mark + 4 : end;
    return part;
}

static const char *partial(void *arg, const char *name)
{
    return strcmp(name, "none") == 0 ? NULL : ((struct parts *)arg)->partial;
}

static const char *translate(void *arg, const char *text)
{
    const struct parts *parts = arg;

    return parts->translation[0] ? parts->translation : text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    void *mem = talloc_new(NULL);
    const char *from = (const char *)bytes, *end = from + size;
    struct parts parts = {next_part(mem, &from, end), next_part(mem, &from, end), next_part(mem, &from, end),
                          next_part(mem, &from, end)};
    const struct template_source source = {partial, translate, &parts};
    struct template *t;
    struct problem why = {0};
    enum outcome o = template_parse(mem, "fuzz", parts.page, &source, &t, &why);

    if (o == DONE) {
        json_t *data = json_loads(parts.data, JSON_DECODE_ANY, NULL);
        struct text_buffer out = text_buffer(mem);

        template_render(t, data, &out);
        if (!text_is_utf8(out.bytes, out.length))
            abort();
        json_decref(data);
    } else if (o != REFUSED || !why.detail[0] || !text_is_utf8(why.detail, strlen(why.detail))) {
        abort();
    }
    talloc_free(mem);
    return 0;
}
