/* Tables as spreadsheets write them, as RFC 4180 has them, and as nobody should; from memory and from a file alike. */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

/* The whole table as one text: cells with '|' between, a row a line, a complaint in the place of a bad row. */
static char *told(void *mem, struct csv *csv, enum outcome outcome, const struct problem *opening)
{
    char *text = talloc_strdup(mem, "");
    struct problem why = *opening;

    for (int rows = 0; rows < 1000; rows++) {
        struct csv_row row;

        if (outcome == REFUSED) {
            assert_int_equal(why.code, PROBLEM_CSV);
            text = talloc_asprintf_append(text, "!%s\n", why.detail);
            if (csv == NULL)
                return text;
        } else {
            assert_int_equal(outcome, DONE);
        }
        outcome = csv_next(mem, csv, &row, &why);
        if (outcome != DONE)
            continue;
        if (row.cell == NULL)
            return text;
        text = talloc_asprintf_append(text, "%zu:", row.line);
        for (size_t i = 0; i < csv_columns(csv); i++)
            text = talloc_asprintf_append(text, "%s%s", i > 0 ? "|" : "", row.cell[i]);
        text = talloc_strdup_append(text, "\n");
    }
    fail_msg("the table does not end");
    return text;
}

static char *from_bytes(void *mem, const char *bytes, size_t length)
{
    char *copy = talloc_memdup(mem, bytes, length > 0 ? length : 1); /* so that a read past the end is seen */
    struct problem why = {0};
    struct csv *csv = NULL;
    enum outcome outcome = csv_open_bytes(mem, copy, length, &csv, &why);

    return told(mem, csv, outcome, &why);
}

static char *from_file(void *mem, const char *bytes, size_t length)
{
    FILE *file = tmpfile();
    struct problem why = {0};
    struct csv *csv = NULL;
    enum outcome outcome;
    char *text;

    assert_int_equal(fwrite(bytes, 1, length, file), length);
    rewind(file);
    outcome = csv_open_file(mem, file, &csv, &why);
    text = told(mem, csv, outcome, &why);
    fclose(file);
    return text;
}

#define BYTES(text) text, sizeof text - 1

static void tables(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
        const char *told;
    } ROWS[] = {
        {"plain", BYTES("a,b\n1,2\n3,4\n"), "2:1|2\n3:3|4\n"},
        {"no last line end", BYTES("a,b\n1,2"), "2:1|2\n"},
        {"CR LF", BYTES("a,b\r\n1,2\r\n"), "2:1|2\n"},
        {"semicolons", BYTES("a;b\n1,5;2\n"), "2:1,5|2\n"},
        {"the first of the two delimits", BYTES("a;b,c\n1;2,3\n"), "2:1|2,3\n"},
        {"in quotes it does not", BYTES("\"a;x\",b\n1;2,3\n"), "2:1;2|3\n"},
        {"one column", BYTES("a\n1\n\"2,3\"\n"), "2:1\n3:2,3\n"},
        {"header alone", BYTES("a,b"), ""},
        {"byte order mark",
         BYTES("\xEF\xBB\xBF"
               "a,b\n1,2\n"),
         "2:1|2\n"},
        {"mark and quotes", BYTES("\xEF\xBB\xBF\"a\",b\n1,2\n"), "2:1|2\n"},
        {"quotes", BYTES("a,b\n\"1,1\",\"say \"\"hi\"\"\"\n"), "2:1,1|say \"hi\"\n"},
        {"line ends in quotes", BYTES("a,b\n\"x\r\ny\",\"\n\"\n3,4\n"), "2:x\r\ny|\n\n5:3|4\n"},
        {"empty cells", BYTES("a,b,c\n,,\n\"\",,\"\"\n"), "2:||\n3:||\n"},
        {"empty lines", BYTES("\n\na,b\n\n1,2\r\n\r\n3,4\n\n\n"), "5:1|2\n7:3|4\n"},
        {"an empty cell alone", BYTES("a\n\"\"\n1\n"), "2:\n3:1\n"},
        {"blanks stay", BYTES("a,b\n 1 , \n"), "2: 1 | \n"},
        {"CR inside a cell", BYTES("a,b\n1\r2,3\n"), "2:1\r2|3\n"},
        {"UTF-8", BYTES("città,b\nForlì,€\n"), "2:Forlì|€\n"},

        {"empty cells beyond the columns, as Excel writes them", BYTES("a;b;;\r\n1;2; ;\r\n3;4\r\n;;;;;;;\r\n"),
         "2:1|2\n3:3|4\n4:|\n"},
        {"a cell beyond them that is not empty", BYTES("a;b;;\n1;2;3;\n;;\n"),
         "!riga 2: 3 campi, le colonne sono 2\n3:|\n"},
        {"nothing", BYTES(""), "!riga 1: manca la riga con i nomi delle colonne\n"},
        {"only empty lines", BYTES("\n\r\n"), "!riga 3: manca la riga con i nomi delle colonne\n"},
        {"a column without name", BYTES("a, ,c\n"), "!riga 1: la colonna 2 non ha nome\n"},
        {"a column twice", BYTES("a,b, a\n"), "!riga 1: le colonne 1 e 3 hanno lo stesso nome\n"},
        {"UTF-16",
         BYTES("\xFF\xFE"
               "a\0,\0b\0\n\0"),
         "!riga 1: il testo non è UTF-8 (salvare il file come «CSV UTF-8»)\n"},
        {"half a mark",
         BYTES("\xEF\xBB"
               "a,b\n"),
         "!riga 1: il testo non è UTF-8 (salvare il file come «CSV UTF-8»)\n"},

        {"bad rows between good ones", BYTES("a,b\n1\n1,2\n1,2,3\n\xE8,2\n5,6\n"),
         "!riga 2: 1 campi, le colonne sono 2\n3:1|2\n!riga 4: 3 campi, le colonne sono 2\n"
         "!riga 5: il testo non è UTF-8 (salvare il file come «CSV UTF-8»)\n6:5|6\n"},
        {"NUL", BYTES("a,b\n1\0x,2\n3,4\n"),
         "!riga 2: il testo non è UTF-8 (salvare il file come «CSV UTF-8»)\n3:3|4\n"},
        {"one column and a delimiter", BYTES("a\n1,2\n3\n"), "!riga 2: 2 campi, le colonne sono 1\n3:3\n"},
        {"quotes never closed", BYTES("a,b\n1,2\n\"x,3\n4,5\n"), "2:1|2\n!riga 3: virgolette aperte e mai chiuse\n"},
        {"quotes inside", BYTES("a,b\nx\"y,3\n4,5\n"),
         "!riga 2: virgolette fuori posto: devono racchiudere tutto il campo\n"},
        {"text after quotes", BYTES("a,b\n\"x\"y,3\n4,5\n"),
         "!riga 2: virgolette fuori posto: devono racchiudere tutto il campo\n"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        const char *bytes = from_bytes(mem, ROWS[i].bytes, ROWS[i].length);
        const char *file = from_file(mem, ROWS[i].bytes, ROWS[i].length);

        if (strcmp(bytes, ROWS[i].told) != 0 || strcmp(file, ROWS[i].told) != 0)
            fail_msg("%s: from bytes\n%sfrom a file\n%s", ROWS[i].name, bytes, file);
        talloc_free(mem);
    }
}

static void columns_have_names(void **state)
{
    void *mem = talloc_new(NULL);
    struct problem why;
    struct csv *csv;

    (void)state;
    assert_int_equal(csv_open_bytes(mem, BYTES(" brand ;\"address\";Brand\n"), &csv, &why), DONE);
    assert_int_equal(csv_columns(csv), 3);
    assert_string_equal(csv_column_name(csv, 0), "brand");
    assert_int_equal(csv_column(csv, "brand"), 0);
    assert_int_equal(csv_column(csv, "address"), 1);
    assert_int_equal(csv_column(csv, "Brand"), 2);
    assert_int_equal(csv_column(csv, "plan"), -1);
    talloc_free(mem);
}

static void rows_outlive_the_next(void **state)
{
    void *mem = talloc_new(NULL);
    struct csv_row first, second;
    struct problem why;
    struct csv *csv;

    (void)state;
    assert_int_equal(csv_open_bytes(mem, BYTES("a,b\n1,2\n3,4\n"), &csv, &why), DONE);
    assert_int_equal(csv_next(mem, csv, &first, &why), DONE);
    assert_int_equal(csv_next(mem, csv, &second, &why), DONE);
    assert_string_equal(first.cell[1], "2");
    assert_string_equal(second.cell[1], "4");
    assert_int_equal(csv_next(mem, csv, &first, &why), DONE);
    assert_null(first.cell);
    assert_int_equal(csv_next(mem, csv, &first, &why), DONE); /* the end stays the end */
    assert_null(first.cell);
    talloc_free(mem);
}

/* A header of so many columns, then a row whose first cell has so many bytes. */
static char *wide(void *mem, size_t columns, size_t bytes, size_t *length)
{
    char *text = talloc_array(mem, char, columns * 9 + bytes + 2);
    size_t at = 0;

    for (size_t i = 1; i <= columns; i++)
        at += (size_t)sprintf(text + at, "c%zu%c", i, i < columns ? ',' : '\n');
    memset(text + at, 'x', bytes);
    memset(text + at + bytes, ',', columns - 1);
    *length = at + bytes + columns;
    text[*length - 1] = '\n';
    return text;
}

static void bounds(void **state)
{
    static const struct {
        size_t columns, bytes;
        const char *complaint; /* NULL: it passes */
    } ROWS[] = {
        {CSV_COLUMNS, 1, NULL},
        {CSV_COLUMNS + 1, 1, "riga 1: 65 colonne, al massimo 64"},
        {5000, 1, "riga 1: 5000 colonne, al massimo 64"},
        {200000, 1, "riga 1: la riga supera 64 KiB"},
        {1, CSV_ROW_BYTES - 1, NULL},
        {1, CSV_ROW_BYTES, "riga 2: la riga supera 64 KiB"},
        {2, CSV_ROW_BYTES - 1, "riga 2: la riga supera 64 KiB"},
        {2, 4 * CSV_ROW_BYTES, "riga 2: la riga supera 64 KiB"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct problem why = {0};
        struct csv_row row;
        struct csv *csv;
        size_t length;
        const char *bytes = wide(mem, ROWS[i].columns, ROWS[i].bytes, &length);
        enum outcome outcome = csv_open_bytes(mem, bytes, length, &csv, &why);

        if (outcome == DONE && (outcome = csv_next(mem, csv, &row, &why)) == DONE)
            assert_int_equal(strlen(row.cell[0]), ROWS[i].bytes);
        assert_int_equal(outcome, ROWS[i].complaint == NULL ? DONE : REFUSED);
        assert_string_equal(why.detail, ROWS[i].complaint == NULL ? "" : ROWS[i].complaint);
        talloc_free(mem);
    }
}

/* A directory opens and cannot be read. */
static void a_file_that_cannot_be_read(void **state)
{
    void *mem = talloc_new(NULL);
    FILE *file = fopen("/", "r");
    struct problem why;
    struct csv *csv;

    (void)state;
    assert_non_null(file);
    assert_int_equal(csv_open_file(mem, file, &csv, &why), BROKEN);
    fclose(file);
    talloc_free(mem);
}

static void any_bytes(void **state)
{
    static const char ALPHABET[] = "aab12,,;;\"\"\"\n\n\r\xC3\xA8 ";
    uint64_t seed = 4180;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        void *mem = talloc_new(NULL);
        char bytes[64];
        size_t length;

        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = ALPHABET[(seed >> 33) % sizeof ALPHABET]; /* its NUL too */
        }
        length = (seed >> 20) % sizeof bytes;
        (void)from_bytes(mem, bytes, length);
        talloc_free(mem);
    }
}

static int next_of_text(void *arg)
{
    const char **at = arg;

    return **at ? *(*at)++ : EOF;
}

/* Rows of any width, quotes anywhere; the same telling of rows and complaints as above. */
static void tables_of_others(void **state)
{
    static const struct {
        char delimiter;
        const char *bytes, *told;
    } ROWS[] = {
        {';', "a;b\n1\n1;2;3;\n", "1:a|b\n2:1\n3:1|2|3|\n"},
        {'\t', "a;b\tc,d\n\n\n\t\n", "1:a;b|c,d\n4:|\n"},
        {'|', "a|b", "1:a|b\n"},
        {';', "BAR \"DA GINO\";x\n\"DA GINO\" BAR;y\n", "1:BAR \"DA GINO\"|x\n2:DA GINO BAR|y\n"},
        {',', "\"a,\"\"b\"\"\nc\",d\n", "1:a,\"b\"\nc|d\n"},
        {';', "a;a;;a\n", "1:a|a||a\n"},
        {';', "a\n\"b;c\n", "1:a\n!riga 2: virgolette aperte e mai chiuse\n"},
        {'0', "0000000000000000000000000000000000000000000000000000000000000000",
         "!riga 1: 65 colonne, al massimo 64\n"},
        {'0', "000000000000000000000000000000000000000000000000000000000000000",
         "1:|||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||\n"},
        {';', "", ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        const char *at = ROWS[i].bytes;
        const struct csv_source source = {next_of_text, &at};
        struct csv *csv = csv_open_rows(mem, &source, ROWS[i].delimiter);
        char *text = talloc_strdup(mem, "");
        struct csv_cells row;
        struct problem why = {0};
        enum outcome outcome;

        while ((outcome = csv_next_cells(csv, &row, &why)) == DONE && row.count > 0) {
            text = talloc_asprintf_append(text, "%zu:", row.line);
            for (size_t c = 0; c < row.count; c++)
                text = talloc_asprintf_append(text, "%s%s", c > 0 ? "|" : "", row.cell[c]);
            text = talloc_strdup_append(text, "\n");
        }
        if (outcome == REFUSED) {
            text = talloc_asprintf_append(text, "!%s\n", why.detail);
            assert_int_equal(csv_next_cells(csv, &row, &why), DONE);
            assert_int_equal(row.count, 0);
        }
        assert_string_equal(text, ROWS[i].told);
        talloc_free(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(columns_have_names),
        cmocka_unit_test(rows_outlive_the_next),
        cmocka_unit_test(bounds),
        cmocka_unit_test(a_file_that_cannot_be_read),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(tables_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
