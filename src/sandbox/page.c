#include "base/embedded.h"
#include "base/i18n.h"
#include "sandbox/parts.h"
#include <string.h>
#include <talloc.h>

static const char *const LANGUAGES[PAGE_LANGUAGES] = {"it", "en"};
static const char *const PAGES[] = {"axerve", "challenge", "paypal_login", "paypal_pay", "stripe", "note"};

static int language_index(const char *language)
{
    return language && strncmp(language, "en", 2) == 0;
}

/* ---- Templates ---- */

static const char *partial(void *arg, const char *name)
{
    char path[100];
    const struct embedded_file *file;

    (void)arg;
    snprintf(path, sizeof path, "views/part/sandbox/%s.html", name);
    file = embedded_find(path);
    return file ? file->bytes : NULL;
}

static const char *translate(void *arg, const char *text)
{
    return i18n(arg, text);
}

static enum outcome load_files(struct sandbox *s, struct problem *why)
{
    const struct embedded_asset *a = embedded_assets;

    while (a->plain && strcmp(a->plain, "sandbox.css") != 0)
        a++;
    if (!a->plain)
        return problem_set(why, PROBLEM_CONFIG, "", "sandbox.css");
    s->files = talloc_zero_array(s, struct http_file, 2);
    s->files[0] = (struct http_file){.name = strrchr(a->url, '/') + 1,
                                     .content_type = a->content_type,
                                     .bytes = a->bytes,
                                     .gzip = a->gzip,
                                     .length = a->length,
                                     .gzip_length = a->gzip_length};
    return DONE;
}

enum outcome pages_load(struct sandbox *s, struct problem *why)
{
    _Static_assert(count_of(PAGES) <= count_of(((struct sandbox *)0)->page), "room for every page");
    for (size_t i = 0; i < count_of(PAGES); i++) {
        const char *text = partial(NULL, PAGES[i]);

        for (size_t l = 0; l < PAGE_LANGUAGES; l++)
            TRY(template_parse(s, PAGES[i], text ? text : "",
                               &(struct template_source){partial, translate, (void *)(uintptr_t)LANGUAGES[l]},
                               &s->page[i][l], why));
    }
    return load_files(s, why);
}

/* ---- Showing ---- */

void hosted_page_show(struct http_request *req, int status, const char *name, const char *language, json_t *data)
{
    struct sandbox *s = sandbox_of(req);
    struct text_buffer out = text_buffer(req->mem);
    int l = language_index(language);
    size_t i = 0;

    while (strcmp(PAGES[i], name) != 0)
        i++;
    json_object_set_new(data, "lang", json_string(LANGUAGES[l]));
    json_object_set_new(data, "provider", json_string(s->provider->name));
    json_object_set_new(data, "style", json_string(embedded_asset_url("sandbox.css")));
    template_render(s->page[i][l], data, &out);
    json_decref(data);
    /* The form leads back to the shop, on another origin: browsers check the whole way of a form. */
    http_set_header(req, "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
                    "form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'");
    http_set_header(req, "Content-Language", LANGUAGES[l]);
    http_reply(req, status, "text/html; charset=utf-8", out.bytes, out.length);
}

void hosted_page_gone(struct http_request *req, int status, const char *language, const char *title, const char *text)
{
    language = LANGUAGES[language_index(language)];
    hosted_page_show(req, status, "note", language,
                     json_pack("{s:s, s:s}", "title", i18n(language, title), "text", i18n(language, text)));
}

void hosted_page_otherwise(struct http_request *req)
{
    const struct problem *why = http_refusal(req);
    struct call c = {.sandbox = sandbox_of(req), .req = req};

    if (req->method == HTTP_GET && http_header(req, "Accept") && strstr(http_header(req, "Accept"), "text/html")) {
        hosted_page_gone(req, problem_status(why->code), "it", N_("Pagina non trovata"),
                         N_("L'indirizzo non esiste in questo ambiente di prova."));
        return;
    }
    c.sandbox->provider->broken(&c, problem_status(why->code));
    http_reply_json(req, c.status, c.answer);
}

const char *hosted_page_sum(void *mem, int64_t cents, const char *currency, const char *language)
{
    char text[MONEY_TEXT];
    const char *sign = strcasecmp(currency, "EUR") == 0 ? "€" : currency;

    if (language_index(language))
        return talloc_asprintf(mem, "%s%s", sign, money_decimal(money(cents), text));
    return talloc_asprintf(mem, "%s %s", money_italian(money(cents), text), sign);
}

/* ---- Addresses ---- */

bool sandbox_url_is_absolute(const char *url)
{
    const char *host = text_starts(url, "http://") ? url + 7 : text_starts(url, "https://") ? url + 8 : NULL;

    if (!host || strlen(url) > 1000 || strspn(host, "/?#@") > 0 || !*host)
        return false;
    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '"' || *c == '<' || *c == '>')
            return false;
    return true;
}

char *sandbox_url_with(void *mem, const char *url, const char *const *pairs)
{
    const char *fragment = url + strcspn(url, "#");
    char *query = client_form(mem, pairs);
    char mark = memchr(url, '?', (size_t)(fragment - url)) ? '&' : '?';

    return talloc_asprintf(mem, "%.*s%c%s%s", (int)(fragment - url), url, mark, query, fragment);
}
