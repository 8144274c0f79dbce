/* What people send: told apart by content, seen to be whole, kept under its hash. The files that others made are in
 * ../shared/data/uploads; without them those tests are skipped. */
#include "base/log.h"
#include "base/text.h"
#include "shop/files.h"
#include "shop/upload.h"
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

#define MOST ((size_t)10 << 20)

static int set_up(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

/* ---- Files that others made ---- */

struct sample {
    char *name;
    unsigned char *bytes;
    size_t length;
};

static struct sample load(void *mem, const char *folder, const char *name)
{
    struct sample s = {.name = talloc_strdup(mem, name)};
    FILE *file = fopen(talloc_asprintf(mem, "%s/%s", folder, name), "rb");
    long length = 0;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0)
        fail_msg("%s/%s", folder, name);
    s.length = (size_t)length;
    s.bytes = talloc_size(mem, s.length + 1);
    assert_int_equal(fread(s.bytes, 1, s.length, file), s.length);
    fclose(file);
    return s;
}

/* All of a folder; NULL, and the test is skipped, where there is none. */
static struct sample *samples(void *mem, const char *name, size_t *count)
{
    const char *source = getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".";
    char *folder = talloc_asprintf(mem, "%s/../shared/data/uploads/%s", source, name);
    struct sample *all = talloc_array(mem, struct sample, 0);
    DIR *dir = opendir(folder);

    *count = 0;
    if (!dir) {
        print_message("there is no %s\n", folder);
        skip();
        return NULL;
    }
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.') {
            all = talloc_realloc(mem, all, struct sample, (unsigned)(*count + 1));
            all[(*count)++] = load(mem, folder, entry->d_name);
        }
    closedir(dir);
    assert_true(*count > 0);
    return all;
}

static void assert_taken(const struct sample *s, const char *type)
{
    struct problem why = {0};
    const char *found = NULL;

    if (upload_type(s->bytes, s->length, MOST, &found, &why) != DONE)
        fail_msg("%s: %s %s", s->name, problem_slug(why.code), why.detail);
    if (strcmp(found, type) != 0)
        fail_msg("%s: %s", s->name, found);
}

static void assert_refused(const struct sample *s, const char *how)
{
    struct problem why = {0};
    const char *found = NULL;

    if (upload_type(s->bytes, s->length, MOST, &found, &why) != REFUSED)
        fail_msg("%s, %s: taken as %s", s->name, how, found);
    assert_string_equal(why.field, "file");
}

static void pictures(void **state)
{
    size_t count, refused = 0;
    struct sample *all = samples(*state, "png", &count);

    for (size_t i = 0; i < count; i++)
        if (text_starts(all[i].name, "pngsuite__x")) {
            assert_refused(&all[i], "whole");
            refused++;
        } else {
            assert_taken(&all[i], "image/png");
        }
    assert_int_equal(refused, 14);
}

static void photographs(void **state)
{
    size_t count;
    struct sample *all = samples(*state, "jpeg-valid", &count);

    for (size_t i = 0; i < count; i++)
        assert_taken(&all[i], "image/jpeg");
}

/* Damaged as they are, programs open these; the rest says too little about itself. */
static void documents(void **state)
{
    static const char *const REFUSED_ONES[] = {"minimal-illegal-header.pdf", "minimal-startxref-hopeless2.pdf",
                                               "minimal-startxref-hopeless3.pdf"};
    size_t count;
    struct sample *all = samples(*state, "pdf-pyhanko", &count);

    for (size_t i = 0; i < count; i++) {
        bool refused = false;

        for (size_t r = 0; r < count_of(REFUSED_ONES); r++)
            refused |= strcmp(all[i].name, REFUSED_ONES[r]) == 0;
        if (refused)
            assert_refused(&all[i], "whole");
        else
            assert_taken(&all[i], "application/pdf");
    }
}

/* An upload that broke off, wherever it did, is refused; the bytes lie at the very end of their memory. */
static void cut_short(void **state)
{
    static const char *const FOLDERS[] = {"png", "jpeg-valid", "pdf-pyhanko"};
    static bool (*const WHOLE[])(const unsigned char *, size_t) = {png_is_whole, jpeg_is_whole, pdf_is_whole};

    for (size_t f = 0; f < count_of(FOLDERS); f++) {
        size_t count;
        struct sample *all = samples(*state, FOLDERS[f], &count);

        for (size_t i = 0; i < count; i++) {
            size_t step = all[i].length / 60 + 1, tail = f == 2 ? 6 : 1; /* "%%EOF" may lack its line's end */

            for (size_t length = 0; length + tail <= all[i].length; length += step) {
                unsigned char *part = malloc(length ? length : 1);

                memcpy(part, all[i].bytes, length);
                if (WHOLE[f](part, length) && f != 2) /* a PDF may have been whole before it was added to */
                    fail_msg("%s: %zu of %zu bytes", all[i].name, length, all[i].length);
                free(part);
            }
        }
    }
}

/* Each byte of a small picture counts. */
static void one_byte_changed(void **state)
{
    size_t count;
    struct sample *all = samples(*state, "png", &count);

    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; all[i].length < 200 && !text_starts(all[i].name, "pngsuite__x") && at < all[i].length;
             at++) {
            all[i].bytes[at] ^= 0x04;
            if (png_is_whole(all[i].bytes, all[i].length))
                fail_msg("%s: byte %zu", all[i].name, at);
            all[i].bytes[at] ^= 0x04;
        }
}

/* ---- What is sent all the same ---- */

#define BYTES(text) text, sizeof(text) - 1

static void other_formats(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum problem_code code;
        const char *detail;
    } CASES[] = {
        {BYTES(""), PROBLEM_FILE_EMPTY, ""},
        {BYTES("\0\0\0\x18"
               "ftypheic\0\0\0\0mif1heic\0\0\0\0"),
         PROBLEM_FILE_TYPE, "HEIC"},
        {BYTES("GIF89a\1\0\1\0\0\0\0;"), PROBLEM_FILE_TYPE, "GIF"},
        {BYTES("RIFF\x24\0\0\0WEBPVP8 "), PROBLEM_FILE_TYPE, "WebP"},
        {BYTES("II*\0\x08\0\0\0\0\0\0\0\0\0"), PROBLEM_FILE_TYPE, "TIFF"},
        {BYTES("\x50\x4B\x03\x04\x14\x00\x00\x00\x00\x00\xE8\xAB\x76\x5D\x71\x51\x3A\xEE\x04\x00\x00\x00\x04\x00\x00"
               "\x00\x05\x00\x00\x00\x61\x2E\x74\x78\x74\x63\x69\x61\x6F\x50\x4B\x01\x02\x14\x03\x14\x00\x00\x00\x00"
               "\x00\xE8\xAB\x76\x5D\x71\x51\x3A\xEE\x04\x00\x00\x00\x04\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"
               "\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\x61\x2E\x74\x78\x74"),
         PROBLEM_FILE_TYPE, "ZIP"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3E\0\3\0\xFE\xFF\x09\0"),
         PROBLEM_FILE_TYPE, "Word, Excel"},
        {BYTES("<!DOCTYPE html><html><body>pagato</body></html>"), PROBLEM_FILE_TYPE, "HTML"},
        {BYTES("Ho pagato ieri, cordiali saluti\n"), PROBLEM_FILE_TYPE, "TXT"},
        {BYTES("%PDF-1.7\n"), PROBLEM_FILE_BROKEN, ""},
        {BYTES("%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF\n"), PROBLEM_FILE_BROKEN, ""},
        {BYTES("\x89PNG\r\n\x1A\n"), PROBLEM_FILE_BROKEN, ""},
        {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF\0"), PROBLEM_FILE_BROKEN, ""},
        {BYTES("\xFF\xD8\xFF\xD9"), PROBLEM_FILE_BROKEN, ""},
        {BYTES("\0\1\2\3\4\5\6\7"), PROBLEM_FILE_BROKEN, ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct problem why = {0};
        const char *type;

        assert_int_equal(upload_type(CASES[i].bytes, CASES[i].length, MOST, &type, &why), REFUSED);
        if (why.code != CASES[i].code || strcmp(why.detail, CASES[i].detail) != 0)
            fail_msg("case %zu: %s %s", i, problem_slug(why.code), why.detail);
    }
}

static void too_large(void **state)
{
    struct problem why = {0};
    const char *type;

    (void)state;
    assert_int_equal(upload_type("%PDF-1.7", 8, 7, &type, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_TOO_LARGE);
}

/* ---- The folder ---- */

static void remove_folder(const char *folder)
{
    char *command = talloc_asprintf(NULL, "rm -rf -- '%s'", folder);

    if (system(command) != 0)
        print_error("%s stays\n", folder);
    talloc_free(command);
}

static void kept_once(void **state)
{
    char folder[] = "/tmp/casella-files-XXXXXX", first[FILE_HASH_TEXT], again[FILE_HASH_TEXT];
    struct files files = {.folder = mkdtemp(folder)};
    struct problem why = {0};
    struct stat about, later;
    size_t length;
    void *bytes;
    char *path;

    assert_int_equal(files_check(&files, &why), DONE);
    assert_int_equal(file_keep(&files, *state, "contabile", 9, first), DONE);
    path = talloc_asprintf(*state, "%s/%.2s/%s", folder, first, first);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(about.st_nlink, 1);
    assert_int_equal(file_keep(&files, *state, "contabile", 9, again), DONE);
    assert_string_equal(first, again);
    assert_int_equal(stat(path, &later), 0);
    assert_int_equal(about.st_ino, later.st_ino);
    assert_int_equal(file_read(&files, *state, first, &bytes, &length), DONE);
    assert_int_equal(length, 9);
    assert_memory_equal(bytes, "contabile", 9);
    remove_folder(folder);
}

/* What is no longer what it was is neither given out nor written over. */
static void damaged_on_disk(void **state)
{
    char folder[] = "/tmp/casella-files-XXXXXX", hash[FILE_HASH_TEXT];
    struct files files = {.folder = mkdtemp(folder)};
    size_t length;
    void *bytes;
    int file;

    log_setup(LOG_ERROR + 1, false);
    assert_int_equal(file_keep(&files, *state, "contabile", 9, hash), DONE);
    file = open(talloc_asprintf(*state, "%s/%.2s/%s", folder, hash, hash), O_WRONLY);
    assert_int_equal(pwrite(file, "C", 1, 0), 1);
    close(file);
    assert_int_equal(file_read(&files, *state, hash, &bytes, &length), BROKEN);
    assert_int_equal(file_keep(&files, *state, "contabile", 9, hash), BROKEN);
    log_setup(LOG_INFO, false);
    remove_folder(folder);
}

static void no_such_file(void **state)
{
    static const char *const NAMES[] = {"", "ab", "../../etc/passwd",
                                        "ABCDEFabcdef0123456789abcdef0123456789abcdef0123456789abcdef0123",
                                        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
    char folder[] = "/tmp/casella-files-XXXXXX";
    struct files files = {.folder = mkdtemp(folder)};
    struct problem why = {0};
    size_t length;
    void *bytes;

    for (size_t i = 0; i < count_of(NAMES); i++)
        assert_int_equal(file_read(&files, *state, NAMES[i], &bytes, &length), REFUSED);
    remove_folder(folder);
    files.folder = "/proc/casella/files";
    assert_int_equal(files_check(&files, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_UNWRITABLE);
}

static void names(void **state)
{
    static const char *const CASES[][2] = {
        {"contabile.pdf", "contabile.pdf"},
        {"C:\\Documenti\\bonifico marzo.pdf", "bonifico marzo.pdf"},
        {"../../etc/passwd", "passwd"},
        {"  ricevuta\xC3\xA0.jpg ", "ricevuta\xC3\xA0.jpg"},
        {"contabile\xE2\x80\xAE"
         "fdp.exe",
         "file"},
        {"", "file"},
        {"/", "file"},
        {"a\nb", "file"},
        {"\xFF\xFE", "file"},
        {"\xE2\x80\xAE", "file"},
    };
    char *longest = talloc_strdup(*state, "");

    for (size_t i = 0; i < count_of(CASES); i++)
        assert_string_equal(file_name_clean(*state, CASES[i][0]), CASES[i][1]);
    for (int i = 0; i < 300; i++)
        longest = talloc_asprintf_append(longest, "\xC3\xA8");
    assert_int_equal(text_characters(file_name_clean(*state, longest)), FILE_NAME_MOST);
    assert_string_equal(file_name_clean(*state, NULL), "file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(photographs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_byte_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kept_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_on_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_such_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
