/* base/embedded.h: the files the program carries with it, put in by tools/embed.py when it is built. All of it is
 * static, read-only, and each file is followed by a NUL that its length does not count. */
#pragma once

#include <stddef.h>

/* "views/page/area.html", "brands/legalmail/brand.yaml", "sql/0001-foundations.sql", "docs/openapi.json", "po/en.mo" */
struct embedded_file {
    const char *name, *bytes;
    size_t length;
};

const struct embedded_file *embedded_find(const char *name); /* NULL: none of that name */

/* The files whose names begin with `prefix`, in order of name: the first of *count, or NULL. "" gives all. */
const struct embedded_file *embedded_below(const char *prefix, size_t *count);

/* A web asset: what pages call "site.css" is served for ever as "/static/site.4f2a9c01.css". */
struct embedded_asset {
    const char *plain, *url, *content_type;
    const void *bytes;
    size_t length;
    const void *gzip; /* NULL: no smaller */
    size_t gzip_length;
};

extern const struct embedded_asset embedded_assets[]; /* ends with a row whose `plain` is NULL */
const char *embedded_asset_url(const char *plain);    /* NULL: no such asset */

/* Made by tools/embed.py. */
extern const struct embedded_file embedded_files[]; /* in order of name; ends with a row whose `name` is NULL */
extern const size_t embedded_file_count;
