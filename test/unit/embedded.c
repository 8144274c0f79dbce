/* What the program carries with it is found, whole, and named by its contents. */
#include "base/embedded.h"
#include "base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <talloc.h>

static void files_are_found(void **state)
{
    (void)state;
    assert_true(embedded_file_count > 3);
    for (size_t i = 0; i < embedded_file_count; i++) {
        const struct embedded_file *f = &embedded_files[i];

        assert_ptr_equal(embedded_find(f->name), f);
        assert_int_equal(f->bytes[f->length], '\0');
        assert_true(i == 0 || strcmp(f[-1].name, f->name) < 0);
    }
    assert_null(embedded_find(""));
    assert_null(embedded_find("views"));
    assert_null(embedded_find("zzz"));
}

static void bytes_are_those_of_the_source(void **state)
{
    const struct embedded_file *f = embedded_find("sql/0001-foundations.sql");
    char path[1024], *bytes;
    FILE *file;

    (void)state;
    assert_non_null(f);
    snprintf(path, sizeof path, "%s/%s", getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".", f->name);
    file = fopen(path, "r");
    assert_non_null(file);
    bytes = talloc_size(NULL, f->length + 1);
    assert_int_equal(fread(bytes, 1, f->length + 1, file), f->length);
    assert_memory_equal(bytes, f->bytes, f->length);
    fclose(file);
    talloc_free(bytes);
}

static void folders_are_walked(void **state)
{
    size_t count, all;
    const struct embedded_file *first = embedded_below("views/page/", &count);

    (void)state;
    assert_non_null(first);
    assert_true(count > 1);
    for (size_t i = 0; i < count; i++)
        assert_true(text_starts(first[i].name, "views/page/"));
    assert_ptr_equal(embedded_below("", &all), embedded_files);
    assert_int_equal(all, embedded_file_count);
    assert_null(embedded_below("views/nowhere/", &count));
    assert_int_equal(count, 0);
}

static void assets_are_named_by_contents(void **state)
{
    size_t wire = 0;

    (void)state;
    for (const struct embedded_asset *a = embedded_assets; a->plain; a++) {
        unsigned char hash[crypto_hash_sha256_BYTES];
        void *mem = talloc_new(NULL);

        crypto_hash_sha256(hash, a->bytes, a->length);
        assert_non_null(strstr(a->url, talloc_asprintf(mem, ".%s.", text_hex(mem, hash, 4))));
        assert_true(text_starts(a->url, "/static/"));
        assert_string_equal(embedded_asset_url(a->plain), a->url);
        if (a->gzip) {
            assert_true(a->gzip_length < a->length);
            assert_memory_equal(a->gzip, "\x1f\x8b\x08\0\0\0\0", 7); /* no name and no time in it */
        }
        wire += a->gzip ? a->gzip_length : a->length;
        talloc_free(mem);
    }
    assert_null(embedded_asset_url("nothing.css"));
    assert_non_null(embedded_asset_url("bootstrap.min.css"));
    assert_non_null(embedded_asset_url("site.css"));
    assert_non_null(embedded_asset_url("icons.css"));
    print_message("a first visit loads %zu bytes of assets\n", wire);
    assert_true(wire < 130 * 1000);
}

static void icons_are_masks(void **state)
{
    (void)state;
    for (const struct embedded_asset *a = embedded_assets; a->plain; a++)
        if (strcmp(a->plain, "icons.css") == 0) {
            assert_non_null(strstr(a->bytes, ".bi-arrow-right::before{--icon:url(\"data:image/svg+xml,%3Csvg"));
            assert_null(strstr(a->bytes, "<"));
            return;
        }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_found),    cmocka_unit_test(bytes_are_those_of_the_source),
        cmocka_unit_test(folders_are_walked), cmocka_unit_test(assets_are_named_by_contents),
        cmocka_unit_test(icons_are_masks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
