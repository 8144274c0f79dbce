#include "base/template.h"
#include "base/template_program.h"
#include <talloc.h>

static char *joined(void *mem, const struct template *t, const struct instruction *in)
{
    char *name = talloc_strdup(mem, in->count ? t->keys[in->at].name : ".");

    for (uint32_t i = 1; i < in->count; i++)
        name = talloc_asprintf(mem, "%s.%s", name, t->keys[in->at + i].name);
    return name;
}

void template_names(const struct template *t, template_name *named, void *arg)
{
    void *mem = talloc_new(NULL);

    for (size_t i = 0; i < t->program_count; i++) {
        const struct instruction *in = &t->program[i];

        if (in->code == RETURN)
            break;
        if (in->code == ESCAPED || in->code == RAW || in->code == SECTION || in->code == INVERTED)
            named(arg,
                  in->code == ESCAPED   ? TEMPLATE_VALUE
                  : in->code == RAW     ? TEMPLATE_RAW
                  : in->code == SECTION ? TEMPLATE_SECTION
                                        : TEMPLATE_INVERTED,
                  joined(mem, t, in));
        else if (in->code == END)
            named(arg, TEMPLATE_END, "");
        else if (in->code == CALL)
            named(arg, TEMPLATE_PARTIAL, t->partials[in->at].name);
    }
    talloc_free(mem);
}
