#include "base/i18n.h"
#include "web/office_money.h"
#include <string.h>
#include <talloc.h>

const char *office_word(struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return value && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(value) ? value : "";
}

const char *office_typed(struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return value && text_is_plain(value, strlen(value)) && text_characters(value) <= 100 ? text_trim(req->mem, value)
                                                                                         : "";
}

void office_amount(const char *typed, struct money *amount)
{
    char text[40], *comma;

    if (!typed[0] || strlen(typed) >= sizeof text)
        return;
    strcpy(text, typed);
    comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    (void)!money_parse(text, strlen(text), amount);
}

struct day office_day(struct http_request *req, const char *name)
{
    struct read_day {
        struct day day;
    } read = {{0}};
    const struct form_field FIELDS[] = {FORM_DAY(struct read_day, day, name, .optional = true), FORM_END};
    const char *value = form_value(&req->query, name);
    struct form_pair pair = {
        .name = name, .name_length = strlen(name), .value = value, .value_length = value ? strlen(value) : 0};
    struct form form = {.count = value != NULL, .pair = &pair};
    struct problems faults = {0};

    (void)!form_check(req->mem, FIELDS, &form, &read, &faults);
    return read.day;
}

void office_put_query(struct text_buffer *out, const char *name, const char *value)
{
    if (!value[0])
        return;
    text_put_format(out, "&%s=", name);
    for (const char *c = value; *c; c++)
        text_put_format(out, "%%%02X", (unsigned char)*c);
}

void office_put_brands(struct office *o, const char *chosen)
{
    const struct brands *all = o->page.shop->brands;
    json_t *brands = json_array();

    for (size_t i = 0; i < all->count && !o->operator.brand[0]; i++)
        json_array_append_new(brands, json_pack("{s:s, s:s, s:b}", "id", all->all[i].id, "name", all->all[i].name,
                                                "here", strcmp(all->all[i].id, chosen) == 0));
    page_set(&o->page, "has_brands", json_boolean(json_array_size(brands) > 1));
    page_set(&o->page, "brands", brands);
    page_set(&o->page, "brand_id", json_string(chosen));
}

void office_put_done(struct page *p, const struct office_done *done)
{
    const char *word = form_value(&p->req->query, "fatto");

    for (; word && done->word; done++)
        if (strcmp(done->word, word) == 0)
            page_set(p, "flash", json_string(page_text(p, done->text)));
}

struct money_scope office_scope(const struct office *o, const char *chosen)
{
    return money_scope_of(o->page.shop->brands, o->operator.brand[0] ? o->operator.brand : chosen);
}
