/* base/template_program.h: what a parsed template is; only for template.c, which makes it, and template_render.c, which
 * runs it. */
#pragma once

#include "base/template.h"
#include <stddef.h>
#include <stdint.h>

enum opcode { TEXT, ESCAPED, RAW, SECTION, INVERTED, END, CALL, RETURN };

struct instruction {
    enum opcode code;
    uint32_t at;    /* TEXT: place in `literals`. Names: first key in `keys`. CALL: index in `partials`. */
    uint32_t count; /* TEXT: bytes. Names: number of keys, 0 for {{.}}. */
    uint32_t end;   /* SECTION, INVERTED: the instruction after their END */
};

struct key {
    const char *name;
    size_t length;
    char padded[VIEW_NAME]; /* as struct view_field has it; a name that is longer is that of no field */
    size_t number;          /* the same for the same name, up to KEYS_NUMBERED */
};

enum { KEYS_NUMBERED = 512 };

struct partial {
    const char *name, *indent;
    uint32_t start; /* its first instruction */
};

struct template
{
    struct instruction *program;
    size_t program_count;
    struct key *keys;
    size_t key_count;
    struct partial *partials;
    size_t partial_count;
    char *literals;
};
