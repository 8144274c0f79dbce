/* Every complaint names the file, the right line and the field. */
#include "base/config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

struct price {
    char *from, *year;
};
struct sample {
    char *name;
    int rank, mode;
    bool open;
    struct price *prices;
    unsigned price_count;
};

static const cyaml_schema_field_t PRICE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, struct price, from, 1, 10),
    CYAML_FIELD_STRING_PTR("year", CYAML_FLAG_POINTER, struct price, year, 1, 10), CYAML_FIELD_END};
static const cyaml_schema_value_t PRICE = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct price, PRICE_FIELDS)};
static const cyaml_strval_t MODES[] = {{"read_only", 0}, {"disabled", 1}};
static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct sample, name, 1, 10),
    CYAML_FIELD_INT("rank", CYAML_FLAG_DEFAULT, struct sample, rank),
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_STRICT, struct sample, mode, MODES, 2),
    CYAML_FIELD_BOOL("open", CYAML_FLAG_OPTIONAL, struct sample, open),
    CYAML_FIELD_SEQUENCE_COUNT("prices", CYAML_FLAG_POINTER, struct sample, prices, price_count, &PRICE, 1, 2),
    CYAML_FIELD_END};
static const cyaml_schema_value_t SCHEMA = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sample, FIELDS)};

#define GOOD "name: a\nrank: 3\nmode: disabled\nopen: true\nprices:\n  - from: 2013-01-01\n    year: 25.00\n"

static void loads(void **state)
{
    void *mem = talloc_new(NULL), *data;
    const struct sample *s;
    struct problem why;
    char path[] = "/tmp/casella-config-XXXXXX", *bytes;
    int file = mkstemp(path);
    size_t length;

    (void)state;
    assert_int_equal(write(file, GOOD, strlen(GOOD)), strlen(GOOD));
    close(file);
    assert_int_equal(config_read(mem, path, &bytes, &length, &why), DONE);
    unlink(path);
    assert_int_equal(config_parse(mem, path, bytes, length, &SCHEMA, &data, &why), DONE);
    s = data;
    assert_string_equal(s->name, "a");
    assert_int_equal(s->rank, 3);
    assert_int_equal(s->mode, 1);
    assert_true(s->open);
    assert_int_equal(s->price_count, 1);
    assert_string_equal(s->prices[0].year, "25.00");
    assert_int_equal(config_line(GOOD, strlen(GOOD), "prices[0].year"), 7);
    assert_int_equal(config_line(GOOD, strlen(GOOD), "prices"), 6);
    assert_int_equal(config_line(GOOD, strlen(GOOD), "prices[1]"), 0);
    talloc_free(mem);
}

static void complains(void **state)
{
#define P "prices:\n  - from: x\n    year: y\n"
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", "f.yaml: il file è vuoto"},
        {"name: a\n", "f.yaml, riga 1, campo rank: manca"},
        {"name: a\nrank: 3x\n", "f.yaml, riga 2, campo rank: ci si attende un numero intero"},
        {"name: a\nrank: 99999999999\n", "f.yaml, riga 2, campo rank: numero fuori dai limiti"},
        {"name: a\nopen: maybe\n", "f.yaml, riga 2, campo open: ci si attende true o false"},
        {"name: abcdefghijklmnop\n", "f.yaml, riga 1, campo name: testo troppo lungo"},
        {"rank: 1\nname: ''\n", "f.yaml, riga 2, campo name: vuoto"},
        {"name: a\nmode: asleep\n", "f.yaml, riga 2, campo mode: valore non previsto"},
        {"name: a\nprices: []\n", "f.yaml, riga 2, campo prices: mancano delle voci"},
        {"name: a\nprices:\n  - from: x\n    yeer: y\n", "f.yaml, riga 4, campo prices[0].yeer: campo non previsto"},
        {"name: a\nprices:\n  - from: x\n    year: y\n  - from: z\n", "f.yaml, riga 5, campo prices[1].year: manca"},
        {"name: a\nprices:\n  - {from: x, year: y}\n  - {from: x, year: y}\n  - {from: x, year: y}\n",
         "f.yaml, riga 3, campo prices: ha troppe voci"},
        {"name: a\n\nname: b\n", "f.yaml, riga 3, campo name: compare due volte"},
        {"name: a\n" P "prices: 3\n", "f.yaml, riga 5, campo prices: compare due volte"},
        {"name: {a: b}\n", "f.yaml, riga 1, campo name: ci si attende un valore semplice"},
        {"name: a\nprices: 3\n", "f.yaml, riga 2, campo prices: ci si attende un elenco, una voce per riga con «- »"},
        {"- a\n", "f.yaml, riga 1: ci si attendono dei campi «nome: valore»"},
        {"name: &x a\nrank: *x\n", "f.yaml, riga 2, campo rank: i richiami (*nome) non sono ammessi"},
        {"name: a\n---\nname: b\n", "f.yaml, riga 2: un secondo documento nello stesso file"},
        {"name: a\n\tb: c\n", "f.yaml, riga 2: non è YAML (found a tab character that violates indentation)"},
        {"name: \"a\\0b\"\n", "f.yaml, riga 1, campo name: contiene un carattere nullo"},
        {"name: \xff\n", "f.yaml: non è testo UTF-8"},
        {"? [a]\n: b\n", "f.yaml, riga 1: il nome di un campo è un testo semplice"},
        {"name: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\n", NULL},
    };

    (void)state;
    for (size_t i = 0; i < count_of(cases); i++) {
        void *mem = talloc_new(NULL), *data = NULL;
        struct problem why = {0};

        assert_int_equal(config_parse(mem, "f.yaml", cases[i].text, strlen(cases[i].text), &SCHEMA, &data, &why),
                         REFUSED);
        assert_int_equal(why.code, PROBLEM_CONFIG);
        if (cases[i].wanted)
            assert_string_equal(why.detail, cases[i].wanted);
        assert_null(data);
        assert_int_equal(talloc_total_blocks(mem), 1);
        talloc_free(mem);
    }
}

static void unreadable_files(void **state)
{
    void *mem = talloc_new(NULL);
    struct problem why;
    size_t length;
    char *bytes;

    (void)state;
    assert_int_equal(config_read(mem, "/nowhere/brand.yaml", &bytes, &length, &why), REFUSED);
    assert_string_equal(why.detail, "/nowhere/brand.yaml: non c'è");
    assert_int_equal(config_read(mem, "/tmp", &bytes, &length, &why), REFUSED);
    assert_string_equal(why.detail, "/tmp: non è un file o supera 1 MiB");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads),
        cmocka_unit_test(complains),
        cmocka_unit_test(unreadable_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
