/* A template becomes one array of instructions: the page first, then each partial it uses, each ended by RETURN.
 * Sections know where they end, names are split into keys, literals stand in one string. A partial used with an indent
 * (Mustache indents the lines of a partial that stands alone on its line) is compiled once more with the indent written
 * into its literals, so that rendering never thinks about lines. */
#include "base/template.h"
#include "base/i18n.h"
#include "base/template_program.h"
#include "base/template_tag.h"
#include <string.h>
#include <talloc.h>

enum {
    SOURCE_LIMIT = 1 << 20,  /* bytes of one template */
    PROGRAM_LIMIT = 1 << 22, /* bytes of all literals of one program with its partials; instructions, a sixteenth */
    PARTIAL_LIMIT = 512,     /* different (partial, indent) pairs */
    KEY_LIMIT = 8,           /* parts of a dotted name */
    INDENT_LIMIT = 64,       /* a recursive partial indents no further than this */
};

struct parser {
    struct template *t;
    const struct template_source *source;
    struct problem *why;
    struct text_buffer literals;
    size_t program_room, key_room;
    void *scratch;
};

static struct instruction *emit(struct parser *ps, enum opcode code)
{
    struct template *t = ps->t;

    if (t->program_count == ps->program_room) {
        ps->program_room = ps->program_room ? ps->program_room * 2 : 64;
        t->program = talloc_realloc(t, t->program, struct instruction, ps->program_room);
    }
    t->program[t->program_count] = (struct instruction){.code = code};
    return &t->program[t->program_count++];
}

static void emit_text(struct parser *ps, const char *bytes, size_t length)
{
    struct template *t = ps->t;
    struct instruction *last = t->program_count ? &t->program[t->program_count - 1] : NULL;

    if (length == 0)
        return;
    if (!last || last->code != TEXT || last->at + last->count != ps->literals.length) {
        last = emit(ps, TEXT);
        last->at = (uint32_t)ps->literals.length;
    }
    text_put_bytes(&ps->literals, bytes, length);
    last->count += (uint32_t)length;
}

/* Literal text from `begin` to `end`, the indent put before each of its lines. `tag_follows`: an empty line's worth of
 * text before a tag still begins a line. */
static void emit_lines(struct parser *ps, const struct piece *p, size_t begin, size_t end, bool tag_follows)
{
    if (p->indent[0] == '\0') {
        emit_text(ps, p->text + begin, end - begin);
        return;
    }
    for (size_t at = begin; at < end || (at == end && tag_follows);) {
        const char *newline = at < end ? memchr(p->text + at, '\n', end - at) : NULL;
        size_t next = newline ? (size_t)(newline - p->text) + 1 : end;

        if ((at == 0 && p->line == 0) || (at > 0 && p->text[at - 1] == '\n'))
            emit_text(ps, p->indent, strlen(p->indent));
        emit_text(ps, p->text + at, next - at);
        if (next == at)
            break;
        at = next;
    }
}

static void add_key(struct parser *ps, const char *name, size_t length)
{
    struct template *t = ps->t;
    struct key *key;

    if (t->key_count == ps->key_room) {
        ps->key_room = ps->key_room ? ps->key_room * 2 : 64;
        t->keys = talloc_realloc(t, t->keys, struct key, ps->key_room);
    }
    key = &t->keys[t->key_count];
    *key = (struct key){.name = talloc_strndup(t, name, length), .length = length};
    if (length < VIEW_NAME)
        memcpy(key->padded, name, length);
    while (key->number < KEYS_NUMBERED &&
           strcmp(t->keys[key->number].name, key->name) != 0) /* at the latest, its own */
        key->number++;
    t->key_count++;
}

/* An instruction about a value: its dotted name becomes keys. */
static enum outcome emit_named(struct parser *ps, struct piece *p, const struct tag *tag, const char *name,
                               enum opcode code)
{
    uint32_t first = (uint32_t)ps->t->key_count, count = 0;
    struct instruction *made;

    for (const char *part = strcmp(name, ".") == 0 ? NULL : name; part;) {
        const char *dot = strchr(part, '.');
        size_t length = dot ? (size_t)(dot - part) : strlen(part);

        if (length == 0)
            return piece_refuse(p, tag->begin, N_("un nome con un punto di troppo"), ps->why);
        if (++count > KEY_LIMIT)
            return piece_refuse(p, tag->begin, N_("un nome con troppi punti"), ps->why);
        add_key(ps, part, length);
        part = dot ? dot + 1 : NULL;
    }
    made = emit(ps, code);
    made->at = first;
    made->count = count;
    return DONE;
}

static enum outcome open_section(struct parser *ps, struct piece *p, const struct tag *tag, const char *name)
{
    if (p->depth == SECTION_LIMIT)
        return piece_refuse(p, tag->begin, N_("troppe sezioni una dentro l'altra"), ps->why);
    TRY(emit_named(ps, p, tag, name, tag->kind == '#' ? SECTION : INVERTED));
    p->section[p->depth++] = (struct open_section){(uint32_t)ps->t->program_count - 1, name, piece_line(p, tag->begin)};
    return DONE;
}

static enum outcome close_section(struct parser *ps, struct piece *p, const struct tag *tag, const char *name)
{
    const struct open_section *open = p->depth ? &p->section[p->depth - 1] : NULL;

    if (!open)
        return problem_set(ps->why, PROBLEM_CONFIG, "", N_("%.60s, riga %d: {{/%.40s}} non chiude niente"), p->name,
                           piece_line(p, tag->begin), name);
    if (strcmp(open->name, name) != 0)
        return problem_set(ps->why, PROBLEM_CONFIG, "",
                           N_("%.60s, riga %d: {{/%.40s}} dove si attende {{/%.40s}}, aperta alla riga %d"), p->name,
                           piece_line(p, tag->begin), name, open->name, open->line);
    emit(ps, END);
    ps->t->program[open->instruction].end = (uint32_t)ps->t->program_count;
    p->depth--;
    return DONE;
}

/* {{>name}}: compiled later, once for each indent it is used with. */
static enum outcome call_partial(struct parser *ps, struct piece *p, const struct tag *tag, const char *name,
                                 const char *blanks, size_t blank_count)
{
    struct template *t = ps->t;
    const char *indent = p->indent;
    uint32_t i = 0;

    if (!ps->source || !ps->source->partial)
        return DONE;
    if (strlen(indent) + blank_count <= INDENT_LIMIT && blank_count > 0)
        indent = talloc_asprintf(t, "%s%.*s", p->indent, (int)blank_count, blanks);
    while (i < t->partial_count &&
           (strcmp(t->partials[i].name, name) != 0 || strcmp(t->partials[i].indent, indent) != 0))
        i++;
    if (i == t->partial_count) {
        if (i == PARTIAL_LIMIT)
            return piece_refuse(p, tag->begin, N_("troppi partial"), ps->why);
        t->partials = talloc_realloc(t, t->partials, struct partial, t->partial_count + 1);
        t->partials[t->partial_count++] = (struct partial){talloc_strdup(t, name), indent, 0};
    }
    emit(ps, CALL)->at = i;
    return DONE;
}

static enum outcome parse_piece(struct parser *ps, struct piece *p);

/* {{#t}}…{{/t}}: what stands between is translated and parsed in its place. *end moves behind the closing tag. */
static enum outcome translate(struct parser *ps, struct piece *p, const struct tag *opening, size_t *end)
{
    struct piece inner = {.name = p->name, .indent = p->indent, .line = piece_line(p, opening->begin)};
    struct tag tag;
    bool found;
    char *name, *original;
    size_t from = opening->end;

    memcpy(inner.open, p->open, sizeof inner.open);
    memcpy(inner.close, p->close, sizeof inner.close);
    if (p->line > 0)
        return piece_refuse(p, opening->begin, N_("{{#t}} dentro {{#t}}"), ps->why);
    for (;;) {
        TRY(tag_next(p, from, &tag, &found, ps->why));
        if (!found)
            return piece_refuse(p, opening->begin, N_("{{#t}} non è chiusa"), ps->why);
        if (tag.kind == '/') {
            TRY(tag_name(ps->scratch, p, &tag, &name, ps->why));
            if (strcmp(name, "t") == 0)
                break;
        }
        if (tag.kind == '=')
            return piece_refuse(p, tag.begin, N_("delimitatori cambiati dentro {{#t}}"), ps->why);
        from = tag.end;
    }
    original = talloc_strndup(ps->scratch, p->text + opening->end, tag.begin - opening->end);
    inner.text = original;
    if (ps->source && ps->source->translate)
        inner.text = ps->source->translate(ps->source->arg, original);
    inner.length = strlen(inner.text);
    if (inner.length > SOURCE_LIMIT || !text_is_utf8(inner.text, inner.length))
        return piece_refuse(p, opening->begin, N_("la traduzione non è testo UTF-8"), ps->why);
    *end = tag.end;
    return parse_piece(ps, &inner);
}

static enum outcome apply_tag(struct parser *ps, struct piece *p, const struct tag *tag, size_t line_begin, size_t *end)
{
    char *name;

    if (tag->kind == '!')
        return DONE;
    if (tag->kind == '=')
        return tag_set_delimiters(p, tag, ps->why);
    TRY(tag_name(ps->scratch, p, tag, &name, ps->why));
    switch (tag->kind) {
    case '#':
    case '^':
        if (strcmp(name, "t") == 0)
            return tag->kind == '#' ? translate(ps, p, tag, end)
                                    : piece_refuse(p, tag->begin, N_("{{^t}} non esiste"), ps->why);
        return open_section(ps, p, tag, name);
    case '/':
        return close_section(ps, p, tag, name);
    case '>':
        return call_partial(ps, p, tag, name, p->text + line_begin, tag->begin - line_begin);
    default:
        return emit_named(ps, p, tag, name, tag->kind ? RAW : ESCAPED);
    }
}

static enum outcome parse_piece(struct parser *ps, struct piece *p)
{
    size_t at = 0;
    struct tag tag;
    bool found;

    for (;;) {
        size_t begin, end;
        bool alone;

        TRY(tag_next(p, at, &tag, &found, ps->why));
        if (!found)
            break;
        begin = tag.begin;
        end = tag.end;
        alone = !tag_is_translation(&tag) && tag_stands_alone(p, &tag, &begin, &end);
        if (!alone)
            begin = tag.begin;
        emit_lines(ps, p, at, begin, !alone);
        TRY(apply_tag(ps, p, &tag, alone ? begin : tag.begin, &end));
        at = end;
        if (ps->literals.length > PROGRAM_LIMIT || ps->t->program_count > PROGRAM_LIMIT / 16)
            return piece_refuse(p, tag.begin, N_("modello troppo grande con i suoi partial"), ps->why);
    }
    emit_lines(ps, p, at, p->length, false);
    if (p->depth > 0) {
        const struct open_section *open = &p->section[p->depth - 1];

        return problem_set(ps->why, PROBLEM_CONFIG, "", N_("%.60s, riga %d: {{#%.40s}} non è chiusa"), p->name,
                           open->line, open->name);
    }
    return DONE;
}

static enum outcome parse_file(struct parser *ps, const char *name, const char *text, const char *indent)
{
    struct piece p = {
        .name = name, .indent = indent, .text = text, .length = strlen(text), .open = "{{", .close = "}}"};

    if (p.length > SOURCE_LIMIT)
        return problem_set(ps->why, PROBLEM_CONFIG, "", N_("%.60s: modello troppo grande"), name);
    if (!text_is_utf8(text, p.length))
        return problem_set(ps->why, PROBLEM_CONFIG, "", N_("%.60s: non è testo UTF-8"), name);
    TRY(parse_piece(ps, &p));
    emit(ps, RETURN);
    return DONE;
}

static enum outcome parse_all(struct parser *ps, const char *name, const char *text)
{
    struct template *t = ps->t;

    TRY(parse_file(ps, name, text, ""));
    for (size_t i = 0; i < t->partial_count; i++) { /* which grows meanwhile */
        const char *found = ps->source->partial(ps->source->arg, t->partials[i].name);

        t->partials[i].start = (uint32_t)t->program_count;
        TRY(parse_file(ps, t->partials[i].name, found ? found : "", t->partials[i].indent));
    }
    return DONE;
}

enum outcome template_parse(void *mem, const char *name, const char *text, const struct template_source *source,
                            struct template **parsed, struct problem *why)
{
    struct template *t = talloc_zero(mem, struct template);
    struct parser ps = {.t = t, .source = source, .why = why, .literals = text_buffer(t), .scratch = talloc_new(t)};
    enum outcome o = parse_all(&ps, name, text);

    if (o != DONE) {
        talloc_free(t);
        return o;
    }
    talloc_free(ps.scratch);
    t->literals = ps.literals.bytes;
    *parsed = t;
    return DONE;
}
