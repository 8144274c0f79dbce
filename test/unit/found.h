/* test/unit/found.h: tables of what is found in payers' words; a chance that draws the same every time. */
#pragma once

#include "rules/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define A "202600009505571"

/* A small generator of our own, so that a failure can be seen again. */
static uint64_t seed = 20261223;

static inline uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

struct row {
    const char *parts[8];
    const char *valid[4];
    size_t invalid;
    bool alternatives;
};

static const char *const PREFIXES[] = {"LM", "MO", "RLM"};
static const struct code_forms FORMS = {PREFIXES, 3};

/* Looks for `forms` in each row's pieces. */
static inline void found_are(const struct code_forms *forms, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct references found;
        size_t parts = 0, valid = 0;

        while (parts < 8 && rows[i].parts[parts] != NULL)
            parts++;
        while (valid < 4 && rows[i].valid[valid] != NULL)
            valid++;
        codes_find(rows[i].parts, parts, forms, &found);
        if (found.valid_count != valid || found.invalid_count != rows[i].invalid)
            fail_msg("row %zu, \"%s\": %zu valid, %zu invalid; %s", i, rows[i].parts[0], found.valid_count,
                     found.invalid_count, found.valid[0]);
        for (size_t k = 0; k < valid; k++)
            assert_string_equal(found.valid[k], rows[i].valid[k]);
        assert_int_equal(found.alternatives, rows[i].alternatives);
    }
}
