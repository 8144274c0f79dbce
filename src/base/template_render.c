/* Runs a parsed template's instructions over JSON and structs. No recursion and no allocation but the output's. */
#include "base/log.h"
#include "base/template.h"
#include "base/template_program.h"
#include "base/template_value.h"
#include <string.h>

enum {
    DEPTH_LIMIT = 128,       /* sections and partials entered at once */
    STEP_LIMIT = 1000000,    /* instructions of one rendering */
    OUTPUT_LIMIT = 32 << 20, /* bytes of one rendering */
    PLACES_KEPT = 16,        /* kinds of structs that a rendering keeps places for */
};

struct frame {
    struct value list; /* a section over a list: the list, else nothing */
    size_t next;       /* its element to come */
    uint32_t resume;   /* a section's first instruction; a partial's caller */
};

enum { UNKNOWN, ABSENT, FIRST /* field; the others follow */ };

/* Where the names of a template stand in a struct: each looked for once, since lists repeat them. */
struct places {
    const struct view_field *fields;
    uint8_t of[KEYS_NUMBERED];
};

struct context {
    struct value value;
    struct places *places; /* of a struct; NULL: not kept */
};

struct renderer {
    const struct template *t;
    struct context context[DEPTH_LIMIT + VIEW_STRUCTS + 1];
    size_t context_count;
    struct frame frame[DEPTH_LIMIT];
    size_t depth;
    struct places places[PLACES_KEPT];
    size_t places_count;
};

static struct places *places_of(struct renderer *r, const struct view_field *fields)
{
    struct places *places = r->places;

    while (places < r->places + r->places_count && places->fields != fields)
        places++;
    if (places < r->places + r->places_count)
        return places;
    if (r->places_count == PLACES_KEPT)
        return NULL;
    r->places_count++;
    places->fields = fields;
    memset(places->of, UNKNOWN, sizeof places->of);
    return places;
}

static void push(struct renderer *r, struct value value)
{
    r->context[r->context_count++] =
        (struct context){value, value.kind == VALUE_STRUCT ? places_of(r, value.fields) : NULL};
}

static bool find(const struct context *c, const struct key *key, struct value *found)
{
    uint8_t *place;

    if (!c->places || key->number >= KEYS_NUMBERED)
        return value_find(&c->value, key, found);
    place = &c->places->of[key->number];
    if (*place == UNKNOWN) {
        const struct view_field *field = value_field(c->value.fields, key);

        *place = field ? (uint8_t)(FIRST + (field - c->value.fields)) : ABSENT;
    }
    if (*place == ABSENT)
        return false;
    *found = value_of_field(&c->value.fields[*place - FIRST], c->value.at);
    return true;
}

static struct value resolve(struct renderer *r, const struct instruction *in)
{
    const struct key *key = r->t->keys + in->at;
    struct value value = {0};
    bool found = false;

    if (in->count == 0)
        return r->context[r->context_count - 1].value;
    for (size_t i = r->context_count; i-- > 0 && !found;)
        found = find(&r->context[i], key, &value);
    for (uint32_t i = 1; i < in->count; i++) {
        struct value outer = value;

        value = (struct value){0};
        (void)value_find(&outer, &key[i], &value);
    }
    return value;
}

/* Both give the instruction to go on with. */
static uint32_t enter_section(struct renderer *r, uint32_t at)
{
    const struct instruction *in = &r->t->program[at];
    struct value value = resolve(r, in);
    bool inverted = in->code == INVERTED, list = !inverted && value_is_list(&value);

    if (value_is_something(&value) == inverted || r->depth == DEPTH_LIMIT)
        return in->end;
    r->frame[r->depth++] = (struct frame){list ? value : (struct value){0}, 1, at + 1};
    push(r, list ? value_element(&value, 0) : inverted ? r->context[r->context_count - 1].value : value);
    return at + 1;
}

static uint32_t leave_section(struct renderer *r, uint32_t at)
{
    struct frame *f = &r->frame[r->depth - 1];

    if (f->list.kind != VALUE_NOTHING && f->next < value_count(&f->list)) {
        r->context[r->context_count - 1].value = value_element(&f->list, f->next++); /* of the same kind as the last */
        return f->resume;
    }
    r->depth--;
    r->context_count--;
    return at + 1;
}

void template_render(const struct template *parsed, const json_t *data, struct text_buffer *out)
{
    template_render_structs(parsed, NULL, 0, data, out);
}

void template_render_structs(const struct template *parsed, const struct view_struct *structs, size_t count,
                             const json_t *data, struct text_buffer *out)
{
    struct renderer r;
    uint32_t at = 0;
    size_t before = out->length;

    r.t = parsed;
    r.context_count = r.depth = r.places_count = 0;
    for (size_t i = 0; i < count && i < VIEW_STRUCTS; i++)
        push(&r, value_of_struct(structs[i].fields, structs[i].object));
    if (count == 0 || json_object_size(data) > 0)
        push(&r, value_of_json(data));
    for (uint32_t steps = 0; steps < STEP_LIMIT && out->length - before < OUTPUT_LIMIT; steps++) {
        const struct instruction *in = &parsed->program[at];
        struct value value;

        switch (in->code) {
        case TEXT:
            text_put_bytes(out, parsed->literals + in->at, in->count);
            at++;
            break;
        case ESCAPED:
        case RAW:
            value = resolve(&r, in);
            value_put(out, &value, in->code == ESCAPED);
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
