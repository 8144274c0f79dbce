#include "base/config_walk.h"
#include "base/i18n.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH = 16 };

/* An open mapping or list. */
struct level {
    const cyaml_schema_value_t *schema; /* of the whole; NULL: unknown */
    const cyaml_schema_value_t *next;   /* of the value to come, in a mapping */
    bool is_list, has_key;
    int index;
    size_t field_length; /* of the name of the whole, in `field` */
};

struct walk {
    const char *name, *wanted;
    struct problem *why;
    int *line;
    struct level level[DEPTH];
    size_t depth;
    char field[CONFIG_FIELD]; /* the full name of the value at hand */
    bool ended;               /* one document has gone by */
};

static enum outcome refuse(const struct walk *w, size_t line, const char *what)
{
    if (!w->field[0])
        return problem_set(w->why, PROBLEM_CONFIG, "", N_("%.64s, riga %zu: %.60s"), w->name, line + 1, what);
    return problem_set(w->why, PROBLEM_CONFIG, "", N_("%.64s, riga %zu, campo %.64s: %.60s"), w->name, line + 1,
                       w->field, what);
}

static const cyaml_schema_value_t *schema_of_field(const cyaml_schema_value_t *mapping, const char *key)
{
    if (!mapping || mapping->type != CYAML_MAPPING)
        return NULL;
    for (const cyaml_schema_field_t *f = mapping->mapping.fields; f->key; f++)
        if (strcmp(f->key, key) == 0)
            return &f->value;
    return NULL;
}

/* A value begins: its name is completed, and its schema found. */
static const cyaml_schema_value_t *value_begins(struct walk *w, const cyaml_schema_value_t *root, size_t line)
{
    struct level *l = w->depth ? &w->level[w->depth - 1] : NULL;
    const cyaml_schema_value_t *schema = root;

    if (l && l->is_list) {
        snprintf(w->field + l->field_length, sizeof w->field - l->field_length, "[%d]", l->index++);
        schema = l->schema && (l->schema->type == CYAML_SEQUENCE || l->schema->type == CYAML_SEQUENCE_FIXED)
                     ? l->schema->sequence.entry
                     : NULL;
    } else if (l) {
        schema = l->next;
        l->has_key = false;
    }
    if (w->wanted && strcmp(w->wanted, w->field) == 0)
        *w->line = (int)line + 1;
    return schema;
}

static enum outcome opens(struct walk *w, const yaml_event_t *e, const cyaml_schema_value_t *root)
{
    const cyaml_schema_value_t *schema = value_begins(w, root, e->start_mark.line);

    if (w->depth == DEPTH)
        return refuse(w, e->start_mark.line, N_("troppi livelli"));
    w->level[w->depth++] = (struct level){
        .schema = schema, .is_list = e->type == YAML_SEQUENCE_START_EVENT, .field_length = strlen(w->field)};
    return DONE;
}

static bool is_integer(const char *text)
{
    size_t digits;

    text += text[0] == '-';
    digits = strspn(text, "0123456789");
    return digits > 0 && digits < 19 && text[digits] == '\0';
}

static enum outcome scalar(struct walk *w, const yaml_event_t *e, const cyaml_schema_value_t *root)
{
    const char *text = (const char *)e->data.scalar.value;
    struct level *l = w->depth ? &w->level[w->depth - 1] : NULL;
    const cyaml_schema_value_t *schema;

    if (l && !l->is_list && !l->has_key) {
        l->has_key = true;
        l->next = schema_of_field(l->schema, text);
        snprintf(w->field + l->field_length, sizeof w->field - l->field_length, "%s%.60s", l->field_length ? "." : "",
                 text);
        return DONE;
    }
    schema = value_begins(w, root, e->start_mark.line);
    if (strlen(text) != e->data.scalar.length)
        return refuse(w, e->start_mark.line, N_("contiene un carattere nullo"));
    if (schema && (schema->type == CYAML_INT || schema->type == CYAML_UINT) && !is_integer(text))
        return refuse(w, e->start_mark.line, N_("ci si attende un numero intero"));
    if (schema && schema->type == CYAML_BOOL && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return refuse(w, e->start_mark.line, N_("ci si attende true o false"));
    return DONE;
}

static enum outcome event(struct walk *w, const yaml_event_t *e, const cyaml_schema_value_t *schema)
{
    size_t line = e->start_mark.line;

    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        return w->ended ? refuse(w, line, N_("un secondo documento nello stesso file")) : DONE;
    case YAML_DOCUMENT_END_EVENT:
        w->ended = true;
        return DONE;
    case YAML_ALIAS_EVENT:
        return refuse(w, line, N_("i richiami (*nome) non sono ammessi"));
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (w->depth > 0 && !w->level[w->depth - 1].is_list && !w->level[w->depth - 1].has_key)
            return refuse(w, line, N_("il nome di un campo è un testo semplice"));
        return opens(w, e, schema);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        w->field[w->level[--w->depth].field_length] = '\0';
        return DONE;
    case YAML_SCALAR_EVENT:
        return scalar(w, e, schema);
    default:
        return DONE;
    }
}

static enum outcome walk(struct walk *w, yaml_parser_t *parser, const cyaml_schema_value_t *schema)
{
    for (bool more = true; more;) {
        yaml_event_t e;
        enum outcome o;

        if (!yaml_parser_parse(parser, &e)) {
            w->field[0] = '\0';
            return problem_set(w->why, PROBLEM_CONFIG, "", N_("%.64s, riga %zu: non è YAML (%.90s)"), w->name,
                               parser->problem_mark.line + 1,
                               parser->problem ? parser->problem : N_("memoria esaurita"));
        }
        more = e.type != YAML_STREAM_END_EVENT;
        o = event(w, &e, schema);
        yaml_event_delete(&e);
        if (o != DONE)
            return o;
    }
    return DONE;
}

enum outcome config_walk(const char *name, const void *bytes, size_t length, const cyaml_schema_value_t *schema,
                         const char *wanted, int *line, struct problem *why)
{
    struct walk w = {.name = name, .wanted = wanted, .line = line, .why = why};
    yaml_parser_t parser;
    enum outcome o;

    if (!yaml_parser_initialize(&parser))
        return BROKEN;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes, length);
    o = walk(&w, &parser, schema);
    yaml_parser_delete(&parser);
    return o;
}
