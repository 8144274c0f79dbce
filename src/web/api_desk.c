/* web/api_desk.c: what the calls of the desk's work share. */

#include "web/api.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct operator api_desk(const struct call *c)
{
    return (struct operator){
        .brand = c->key.brand, .role = c->key.role, .email = (char *)"", .name = (char *)c->actor.name};
}

enum outcome api_passed(struct call *c, enum outcome outcome, const struct problem *why)
{
    return outcome == REFUSED && why->code != PROBLEM_NONE ? api_refuse(c, why->code, why->field, "%s", why->detail)
                                                           : outcome;
}

int64_t api_id(const struct http_request *req, const char *parameter)
{
    const char *text = http_parameter(req, parameter);
    size_t length = text ? strlen(text) : 0;

    return length > 0 && length <= 18 && strspn(text, "0123456789") == length ? atoll(text) : 0;
}

const char *api_text(struct call *c, const char *name)
{
    const char *value = form_value(&c->req->query, name);

    if (value && (strlen(value) > 400 || !text_is_plain(value, strlen(value))))
        (void)api_refuse(c, PROBLEM_NOT_TEXT, name, "%s", "");
    return value ? value : "";
}

void api_tell_once(struct call *c, const char *name, const char *secret)
{
    json_t *body;
    char *text;

    if (c->replayed)
        return;
    body = json_loads(c->answer, 0, NULL);
    json_object_set_new(body, name, json_string(secret));
    text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (text)
        c->answer = talloc_strdup(c->mem, text);
    free(text);
    http_set_header(c->req, "Cache-Control", "no-store");
}

void api_get(struct call *c, const char *const *known, api_work *work, void *arg)
{
    static const char *const NONE[] = {NULL};

    (void)!api_query(c, known ? known : NONE);
    if (c->faults.count)
        api_send_faults(c);
    else if (api_read(c, work, arg))
        api_send(c);
}

void api_post(struct call *c, const struct form_field *fields, void *form, api_work *work, void *arg)
{
    c->alone = true;
    if (fields)
        (void)api_body(c, fields, form);
    else
        api_check_empty(c);
    if (c->faults.count)
        api_send_faults(c);
    else if (api_write(c, work, arg))
        api_send(c);
}
