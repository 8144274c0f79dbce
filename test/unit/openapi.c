/* The API's description says what the API does: every route is in it, it describes no other, and it holds together; and
 * whatever a page of the desk does, an endpoint does. */
#include "base/embedded.h"
#include "shop/operator.h"
#include "twins.h"
#include "web/routes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* One route serves what the description tells apart. */
static const struct {
    const char *described, *route;
} SAME[] = {
    {"/api/v1/invoices/{id}", "/api/v1/invoices/{file}"},
    {"/api/v1/invoices/{id}.pdf", "/api/v1/invoices/{file}"},
    {"/api/v1/invoices/{id}.xml", "/api/v1/invoices/{file}"},
};

static const char *route_of(const char *described)
{
    for (size_t i = 0; i < count_of(SAME); i++)
        if (strcmp(SAME[i].described, described) == 0)
            return SAME[i].route;
    return described;
}

static const char *method_name(enum http_method method)
{
    return method == HTTP_GET ? "get" : method == HTTP_POST ? "post" : "delete";
}

static json_t *document(void)
{
    const struct embedded_file *file = embedded_find("docs/openapi.json");
    json_error_t error;
    json_t *read;

    assert_non_null(file);
    read = json_loadb(file->bytes, file->length, JSON_REJECT_DUPLICATES, &error);
    if (!read)
        fail_msg("docs/openapi.json:%d: %s", error.line, error.text);
    return read;
}

static void every_route_is_described(void **state)
{
    json_t *doc = document(), *paths = json_object_get(doc, "paths"), *operations;
    const char *path;

    (void)state;
    for (const struct http_route *r = API_ROUTES; r->pattern; r++) {
        bool found = false;

        json_object_foreach(paths, path, operations)
        {
            found |= strcmp(route_of(path), r->pattern) == 0 && json_object_get(operations, method_name(r->method));
        }
        if (!found)
            fail_msg("%s %s is not described", method_name(r->method), r->pattern);
    }
    json_decref(doc);
}

static void nothing_else_is_described(void **state)
{
    json_t *doc = document(), *operations, *operation;
    const char *path, *method;

    (void)state;
    json_object_foreach(json_object_get(doc, "paths"), path, operations)
    {
        json_object_foreach(operations, method, operation)
        {
            const struct http_route *r = API_ROUTES;

            while (r->pattern &&
                   (strcmp(route_of(path), r->pattern) != 0 || strcmp(method, method_name(r->method)) != 0))
                r++;
            if (!r->pattern)
                fail_msg("%s %s is described, and there is no such route", method, path);
        }
    }
    json_decref(doc);
}

/* A parameter as it is declared, whether in place or by reference. */
static json_t *resolved(json_t *doc, json_t *value)
{
    const char *reference = json_string_value(json_object_get(value, "$ref"));
    char name[120], *save = NULL;

    if (!reference)
        return value;
    assert_memory_equal(reference, "#/", 2);
    snprintf(name, sizeof name, "%s", reference + 2);
    value = doc;
    for (char *part = strtok_r(name, "/", &save); part && value; part = strtok_r(NULL, "/", &save))
        value = json_object_get(value, part);
    if (!value)
        fail_msg("%s leads nowhere", reference);
    return value;
}

static void resolve_all(json_t *doc, json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    if (json_object_get(value, "$ref"))
        resolved(doc, value);
    json_object_foreach(value, name, member)
    {
        resolve_all(doc, member);
    }
    json_array_foreach(value, i, member)
    {
        resolve_all(doc, member);
    }
}

static bool declares(json_t *doc, json_t *operation, const char *in, const char *name, size_t length)
{
    json_t *parameter;
    size_t i;

    json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
    {
        json_t *p = resolved(doc, parameter);
        const char *declared = json_string_value(json_object_get(p, "name"));

        if (strcmp(json_string_value(json_object_get(p, "in")), in) == 0 && strlen(declared) == length &&
            memcmp(declared, name, length) == 0)
            return true;
    }
    return false;
}

static void check_operation(json_t *doc, const char *path, const char *method, json_t *operation)
{
    const char *key = "Idempotency-Key";

    for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{'))
        if (!declares(doc, operation, "path", at + 1, strcspn(at + 1, "}")))
            fail_msg("%s %s does not declare the parameter at %s", method, path, at);
    assert_int_equal(declares(doc, operation, "header", key, strlen(key)), strcmp(method, "post") == 0);
    /* Without a key one gets in where the description says so, and nowhere else. */
    assert_int_equal(json_object_get(operation, "security") != NULL,
                     strcmp(path, "/healthz") == 0 || strcmp(path, "/metrics") == 0 || strstr(path, "openapi") != NULL);
    assert_int_equal(json_object_get(json_object_get(operation, "responses"), "401") == NULL,
                     json_object_get(operation, "security") != NULL);
}

static void it_holds_together(void **state)
{
    json_t *doc = document(), *operations, *operation, *seen = json_object();
    const char *path, *method;

    (void)state;
    assert_string_equal(json_string_value(json_object_get(doc, "openapi")), "3.1.0");
    resolve_all(doc, doc);
    json_object_foreach(json_object_get(doc, "paths"), path, operations)
    {
        json_object_foreach(operations, method, operation)
        {
            const char *id = json_string_value(json_object_get(operation, "operationId"));

            assert_non_null(id);
            assert_null(json_object_get(seen, id));
            json_object_set_new(seen, id, json_true());
            check_operation(doc, path, method, operation);
        }
    }
    json_decref(seen);
    json_decref(doc);
}

/* ---- Pages of the desk ---- */

static const struct http_route *route_at(const struct http_route *routes, enum http_method method, const char *root,
                                         const char *path)
{
    const struct http_route *r = routes;

    while (r->pattern && (r->method != method || strncmp(r->pattern, root, strlen(root)) != 0 ||
                          strcmp(r->pattern + strlen(root), path) != 0))
        r++;
    return r->pattern ? r : NULL;
}

static const struct twin *twin_of(const struct http_route *page)
{
    const struct twin *t = page->method == HTTP_GET ? READ : WRITE;

    while (t->page && strcmp(t->page, page->pattern + strlen("/office")) != 0)
        t++;
    return t->page ? t : NULL;
}

static void every_page_has_its_endpoint(void **state)
{
    (void)state;
    for (const struct http_route *page = OFFICE_ROUTES; page->pattern; page++) {
        const struct twin *t = twin_of(page);
        const struct http_route *endpoint;

        if (!t)
            fail_msg("%s %s: which endpoint does the same? (test/unit/twins.h)", method_name(page->method),
                     page->pattern);
        if (!t->endpoint) {
            assert_true(t->why && t->why[0]);
            continue;
        }
        endpoint = route_at(API_ROUTES, page->method, "/api/v1", t->endpoint);
        if (!endpoint)
            fail_msg("%s has no endpoint %s", page->pattern, t->endpoint);
        /* Where an endpoint names a right of the desk's, it is the page's: neither opens more than the other. */
        if (endpoint->data && page->data)
            assert_int_equal(*(const enum office_right *)endpoint->data, *(const enum office_right *)page->data);
    }
}

static void no_twin_is_left_over(void **state)
{
    (void)state;
    for (const struct twin *t = READ; t->page; t++)
        if (!route_at(OFFICE_ROUTES, HTTP_GET, "/office", t->page))
            fail_msg("there is no page %s", t->page);
    for (const struct twin *t = WRITE; t->page; t++)
        if (!route_at(OFFICE_ROUTES, HTTP_POST, "/office", t->page))
            fail_msg("there is no page that is sent to %s", t->page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described), cmocka_unit_test(nothing_else_is_described),
        cmocka_unit_test(it_holds_together),        cmocka_unit_test(every_page_has_its_endpoint),
        cmocka_unit_test(no_twin_is_left_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
