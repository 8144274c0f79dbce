/* Runs a parsed template's instructions over JSON. No recursion and no allocation but the output's. */
#include "base/log.h"
#include "base/template.h"
#include "base/template_program.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_LIMIT = 128,       /* sections and partials entered at once */
    STEP_LIMIT = 1000000,    /* instructions of one rendering */
    OUTPUT_LIMIT = 32 << 20, /* bytes of one rendering */
};

struct frame {
    const json_t *list; /* a section over a list: the list, else NULL */
    size_t next;        /* its element to come */
    uint32_t resume;    /* a section's first instruction; a partial's caller */
};

struct renderer {
    const struct template *t;
    const json_t *context[DEPTH_LIMIT + 1];
    size_t context_count;
    struct frame frame[DEPTH_LIMIT];
    size_t depth;
};

static const json_t *resolve(const struct renderer *r, const struct instruction *in)
{
    const struct key *key = r->t->keys;
    const json_t *value = NULL;

    if (in->count == 0)
        return r->context[r->context_count - 1];
    key += in->at;
    for (size_t i = r->context_count; i-- > 0 && !value;)
        value = json_object_getn(r->context[i], key->name, key->length);
    for (uint32_t i = 1; i < in->count && value; i++)
        value = json_object_getn(value, key[i].name, key[i].length);
    return value;
}

static bool is_something(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) < 0 || json_real_value(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    default:
        return true;
    }
}

/* The fewest digits that read back as the same number. */
static void put_real(struct text_buffer *out, double real)
{
    char text[40];

    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, real);
        if (memcmp(&(double){strtod(text, NULL)}, &real, sizeof real) == 0)
            break;
    }
    text_put(out, text);
}

static void put_integer(struct text_buffer *out, json_int_t number)
{
    char digits[24], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--first = '-';
    text_put_bytes(out, first, (size_t)(digits + sizeof digits - first));
}

static void put_value(struct text_buffer *out, const json_t *value, bool escaped)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        if (escaped)
            text_put_html(out, json_string_value(value), json_string_length(value));
        else
            text_put_bytes(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        put_integer(out, json_integer_value(value));
        break;
    case JSON_REAL:
        put_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        text_put(out, "true");
        break;
    case JSON_FALSE:
        text_put(out, "false");
        break;
    default:
        break;
    }
}

/* Both give the instruction to go on with. */
static uint32_t enter_section(struct renderer *r, uint32_t at)
{
    const struct instruction *in = &r->t->program[at];
    const json_t *value = resolve(r, in);
    bool inverted = in->code == INVERTED, list = json_is_array(value) && !inverted;

    if (is_something(value) == inverted || r->depth == DEPTH_LIMIT)
        return in->end;
    r->frame[r->depth++] = (struct frame){list ? value : NULL, 1, at + 1};
    r->context[r->context_count] = list       ? json_array_get(value, 0)
                                   : inverted ? r->context[r->context_count - 1]
                                              : value;
    r->context_count++;
    return at + 1;
}

static uint32_t leave_section(struct renderer *r, uint32_t at)
{
    struct frame *f = &r->frame[r->depth - 1];

    if (f->list && f->next < json_array_size(f->list)) {
        r->context[r->context_count - 1] = json_array_get(f->list, f->next++);
        return f->resume;
    }
    r->depth--;
    r->context_count--;
    return at + 1;
}

void template_render(const struct template *parsed, const json_t *data, struct text_buffer *out)
{
    struct renderer r;
    uint32_t at = 0;
    size_t before = out->length;

    r.t = parsed;
    r.context[0] = data;
    r.context_count = 1;
    r.depth = 0;
    for (uint32_t steps = 0; steps < STEP_LIMIT && out->length - before < OUTPUT_LIMIT; steps++) {
        const struct instruction *in = &parsed->program[at];

        switch (in->code) {
        case TEXT:
            text_put_bytes(out, parsed->literals + in->at, in->count);
            at++;
            break;
        case ESCAPED:
        case RAW:
            put_value(out, resolve(&r, in), in->code == ESCAPED);
            at++;
            break;
        case SECTION:
        case INVERTED:
            at = enter_section(&r, at);
            break;
        case END:
            at = leave_section(&r, at);
            break;
        case CALL:
            if (r.depth < DEPTH_LIMIT) {
                r.frame[r.depth++] = (struct frame){.resume = at + 1};
                at = parsed->partials[in->at].start;
            } else {
                at++;
            }
            break;
        case RETURN:
            if (r.depth == 0)
                return;
            at = r.frame[--r.depth].resume;
            break;
        }
    }
    log_error("template.runaway", LOG_INT("bytes", out->length - before));
}
