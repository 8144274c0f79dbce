/* Files that are kept sealed: back as they were with the key, nothing without it; the key's own file. */
#include "shop/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <talloc.h>

#define SECRET "carta d'identità di prova AX1234567"

struct place {
    char folder[40];
    unsigned char key[FILES_KEY];
    struct files files;
};

static int set_up(void **state)
{
    struct place *p = talloc_zero(NULL, struct place);

    assert_non_null(p);
    strcpy(p->folder, "/tmp/casella-seal-XXXXXX");
    randombytes_buf(p->key, sizeof p->key);
    p->files = (struct files){.folder = mkdtemp(p->folder), .key = p->key};
    assert_non_null(p->files.folder);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    int left = system(talloc_asprintf(p, "rm -rf -- '%s'", p->folder));

    talloc_free(p);
    return left;
}

static char *sealed_path(struct place *p, const char *sha256)
{
    return talloc_asprintf(p, "%s/%.2s/%s.sealed", p->folder, sha256, sha256);
}

static void back_as_it_was(void **state)
{
    struct place *p = *state;
    char hash[FILE_HASH_TEXT], again[FILE_HASH_TEXT], piece[4096];
    struct problem why;
    struct stat about;
    size_t length;
    void *bytes;
    FILE *file;

    assert_int_equal(file_seal(&p->files, p, SECRET, strlen(SECRET), hash, &why), DONE);
    assert_int_equal(file_seal(&p->files, p, SECRET, strlen(SECRET), again, &why), DONE);
    assert_string_equal(hash, again);
    assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), DONE);
    assert_int_equal(length, strlen(SECRET));
    assert_string_equal(bytes, SECRET);
    assert_int_equal(file_read(&p->files, p, hash, &bytes, &length), REFUSED); /* not kept open */
    assert_int_equal(stat(sealed_path(p, hash), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    file = fopen(sealed_path(p, hash), "r");
    assert_non_null(file);
    length = fread(piece, 1, sizeof piece, file);
    fclose(file);
    assert_int_equal(length, about.st_size);
    assert_null(memmem(piece, length, "prova", 5));
    assert_int_equal(file_keep(&p->files, p, SECRET, strlen(SECRET), again), DONE); /* the same, as a proof */
    assert_int_equal(file_shred(&p->files, p, hash), DONE);
    assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), REFUSED);
    assert_int_equal(file_read(&p->files, p, hash, &bytes, &length), DONE);
    assert_int_equal(file_shred(&p->files, p, hash), DONE);
}

static void nothing_without_the_key(void **state)
{
    struct place *p = *state;
    struct files none = {.folder = p->folder}, nowhere = {.key = p->key};
    unsigned char other[FILES_KEY] = {1};
    struct files wrong = {.folder = p->folder, .key = other};
    char hash[FILE_HASH_TEXT];
    struct problem why;
    size_t length;
    void *bytes;

    assert_int_equal(file_seal(&none, p, SECRET, strlen(SECRET), hash, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FILES);
    assert_int_equal(file_seal(&nowhere, p, SECRET, strlen(SECRET), hash, &why), REFUSED);
    assert_int_equal(file_seal(NULL, p, SECRET, strlen(SECRET), hash, &why), REFUSED);
    assert_int_equal(file_seal(&p->files, p, SECRET, strlen(SECRET), hash, &why), DONE);
    assert_int_equal(file_unseal(&none, p, hash, &bytes, &length), REFUSED);
    assert_int_equal(file_unseal(&wrong, p, hash, &bytes, &length), BROKEN);
    assert_int_equal(file_unseal(&p->files, p, "../../etc/passwd", &bytes, &length), REFUSED);
}

/* Every byte counts, and one file cannot stand in for another. */
static void touched(void **state)
{
    struct place *p = *state;
    char hash[FILE_HASH_TEXT], other[FILE_HASH_TEXT];
    struct problem why;
    struct stat about;
    size_t length;
    void *bytes;

    assert_int_equal(file_seal(&p->files, p, SECRET, strlen(SECRET), hash, &why), DONE);
    assert_int_equal(file_seal(&p->files, p, "un altro", 8, other, &why), DONE);
    assert_int_equal(stat(sealed_path(p, hash), &about), 0);
    for (off_t at = 0; at < about.st_size; at += 3) {
        FILE *file = fopen(sealed_path(p, hash), "r+");
        int c;

        assert_non_null(file);
        fseek(file, at, SEEK_SET);
        c = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(c ^ 1, file);
        fflush(file);
        assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), BROKEN);
        fseek(file, at, SEEK_SET);
        fputc(c, file);
        fclose(file);
    }
    assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), DONE);
    assert_int_equal(rename(sealed_path(p, other), sealed_path(p, hash)), 0);
    assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), BROKEN);
    assert_int_equal(truncate(sealed_path(p, hash), 5), 0);
    assert_int_equal(file_unseal(&p->files, p, hash, &bytes, &length), BROKEN);
}

static void the_key(void **state)
{
    static const char GOOD[] = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    const struct {
        char *text;
        mode_t mode;
        enum outcome o;
    } ROWS[] = {
        {talloc_strdup(*state, GOOD), 0600, DONE},
        {talloc_asprintf(*state, "%s\n", GOOD), 0400, DONE},
        {talloc_asprintf(*state, "%s\n", GOOD), 0640, REFUSED},
        {talloc_asprintf(*state, "%s\n\n", GOOD), 0600, REFUSED},
        {talloc_asprintf(*state, "%s00", GOOD), 0600, REFUSED},
        {talloc_strdup(*state, GOOD + 1), 0600, REFUSED},
        {talloc_asprintf(*state, "g%s", GOOD + 1), 0600, REFUSED},
        {talloc_strdup(*state, ""), 0600, REFUSED},
    };
    struct place *p = *state;
    char *path = talloc_asprintf(p, "%s/key", p->folder);
    const unsigned char *key, *again;
    struct problem why;
    struct stat about;

    assert_int_equal(files_key_read(p, path, &key, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_UNREADABLE);
    for (size_t i = 0; i < count_of(ROWS); i++) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(ROWS[i].text, file);
        fclose(file);
        chmod(path, ROWS[i].mode);
        if (files_key_read(p, path, &key, &why) != ROWS[i].o)
            fail_msg("row %zu", i);
        unlink(path);
    }
    assert_int_equal(files_key_make(path, &why), DONE);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(files_key_read(p, path, &key, &why), DONE);
    assert_int_equal(files_key_make(path, &why), DONE); /* it stays */
    assert_int_equal(files_key_read(p, path, &again, &why), DONE);
    assert_memory_equal(key, again, FILES_KEY);
    assert_int_equal(files_key_make(talloc_asprintf(p, "%s/no/key", p->folder), &why), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(back_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_without_the_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(touched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_key, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
