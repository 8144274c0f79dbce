/* Runs a fuzz target over files and folders of files, without a fuzzer: for compilers that have none, and as a test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t replayed;

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    uint8_t *bytes;
    size_t size;

    if (!file || fstat(fileno(file), &about) != 0) {
        perror(path);
        exit(1);
    }
    bytes = malloc((size_t)about.st_size + 1); /* no larger, so that a sanitizer sees a read past the end */
    size = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
    bytes = realloc(bytes, size ? size : 1);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* before, so that the last line names the culprit */
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    replayed++;
}

static void replay(const char *path)
{
    struct dirent **entry;
    int count = scandir(path, &entry, NULL, alphasort);

    if (count < 0) {
        replay_file(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char inner[4096];

        snprintf(inner, sizeof inner, "%s/%s", path, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.')
            replay(inner);
        free(entry[i]);
    }
    free(entry);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%zu inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
