#include "base/guard.h"
#include "base/i18n.h"
#include "base/log.h"
#include "net/http_parts.h"
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <talloc.h>

enum { WORTH_PACKING = 1024 };

/* On every answer, unless the handler set its own. */
static const struct http_line ALWAYS[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "font-src 'self'; connect-src 'self'; "
                                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

static struct exchange *exchange_of(struct http_request *req)
{
    return (struct exchange *)req;
}

/* ---- Headers ---- */

static bool sendable(const char *name, const char *value)
{
    static const char *const OURS[] = {"Content-Length", "Transfer-Encoding", "Connection", "Date"};

    for (size_t i = 0; i < count_of(OURS); i++)
        if (strcasecmp(name, OURS[i]) == 0)
            return false;
    for (const char *p = name; *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", *p))
            return false;
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return false;
    return *name;
}

static void append_line(struct exchange *x, const char *name, const char *value)
{
    x->lines = talloc_realloc(x->req.mem, x->lines, struct http_line, x->line_count + 1);
    x->lines[x->line_count++] = (struct http_line){talloc_strdup(x->req.mem, name), talloc_strdup(x->req.mem, value)};
}

static bool is_set(const struct exchange *x, const char *name)
{
    for (size_t i = 0; i < x->line_count; i++)
        if (strcasecmp(x->lines[i].name, name) == 0)
            return true;
    return false;
}

void http_set_header(struct http_request *req, const char *name, const char *value)
{
    struct exchange *x = exchange_of(req);

    if (!sendable(name, value)) {
        log_error("http.header", LOG_TEXT("name", name), LOG_INT("request", req->id));
        return;
    }
    for (size_t i = 0; i < x->line_count; i++)
        if (strcasecmp(x->lines[i].name, name) == 0) {
            x->lines[i].value = talloc_strdup(req->mem, value);
            return;
        }
    append_line(x, name, value);
}

like_printf(3, 0) static void name_file(struct http_request *req, const char *use, const char *format, va_list values)
{
    char *name = talloc_vasprintf(req->mem, format, values);

    http_set_header(req, "Content-Disposition", talloc_asprintf(req->mem, "%s; filename=\"%s\"", use, name));
}

void http_attachment(struct http_request *req, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    name_file(req, "attachment", format, values);
    va_end(values);
}

void http_inline(struct http_request *req, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    name_file(req, "inline", format, values);
    va_end(values);
}

void http_set_cookie(struct http_request *req, const char *name, const char *value, const char *path, int max_age)
{
    struct text_buffer line = text_buffer(req->mem);

    text_put_format(&line, "%s=%s; Path=%s; HttpOnly; SameSite=Lax", name, value, path);
    if (req->secure)
        text_put(&line, "; Secure");
    if (max_age >= 0)
        text_put_format(&line, "; Max-Age=%d", max_age);
    if (!sendable(name, line.bytes) || strpbrk(name, "=;, ") || strpbrk(value, ";, \"\\") || strpbrk(path, ";,"))
        log_error("http.cookie", LOG_TEXT("name", name), LOG_INT("request", req->id));
    else
        append_line(exchange_of(req), "Set-Cookie", line.bytes);
}

/* ---- The answer ---- */

/* libmicrohttpd copies names and values, but not the bytes: they must last as long as the exchange. */
static void answer(struct exchange *x, int status, const char *content_type, const void *bytes, size_t length)
{
    char id[24];

    x->status = status;
    x->sent = length;
    x->response = MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (!x->response)
        return;
    for (size_t i = 0; i < count_of(ALWAYS); i++)
        if (!is_set(x, ALWAYS[i].name))
            MHD_add_response_header(x->response, ALWAYS[i].name, ALWAYS[i].value);
    if (x->req.secure && !is_set(x, "Strict-Transport-Security"))
        MHD_add_response_header(x->response, "Strict-Transport-Security", "max-age=31536000");
    if (content_type && *content_type)
        MHD_add_response_header(x->response, "Content-Type", content_type);
    for (size_t i = 0; i < x->line_count; i++)
        MHD_add_response_header(x->response, x->lines[i].name, x->lines[i].value);
    snprintf(id, sizeof id, "%llu", (unsigned long long)x->req.id);
    MHD_add_response_header(x->response, "X-Request-Id", id);
    reply_queued = true;
}

static bool compressible(const char *content_type)
{
    static const char *const TYPES[] = {"text/html", "application/json", "application/problem+json"};

    for (size_t i = 0; i < count_of(TYPES); i++)
        if (header_has_type(content_type, TYPES[i]))
            return true;
    return false;
}

void http_reply(struct http_request *req, int status, const char *content_type, const void *bytes, size_t length)
{
    http_reply_kept(req, status, content_type, talloc_memdup(req->mem, bytes, length), length);
}

void http_reply_kept(struct http_request *req, int status, const char *content_type, const void *bytes, size_t length)
{
    struct exchange *x = exchange_of(req);
    void *packed = NULL;
    size_t packed_length;

    if (x->response) {
        log_error("http.answered-twice", LOG_TEXT("path", req->path), LOG_INT("request", req->id));
        return;
    }
    if (!sendable("Content-Type", content_type ? content_type : "")) {
        log_error("http.header", LOG_TEXT("name", "Content-Type"), LOG_INT("request", req->id));
        content_type = "application/octet-stream";
    }
    if (x->server->options.compress && length > WORTH_PACKING && compressible(content_type) &&
        !is_set(x, "Content-Encoding")) {
        append_line(x, "Vary", "Accept-Encoding");
        if (accepts_gzip(req) && (packed = gzip_bytes(x, bytes, length, &packed_length)))
            append_line(x, "Content-Encoding", "gzip");
    }
    if (packed)
        answer(x, status, content_type, packed, packed_length);
    else
        answer(x, status, content_type, bytes, length);
}

void http_hang_up(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (info)
        shutdown(info->connect_fd,
                 SHUT_RDWR); /* the answer that is still needed to end the exchange then finds nobody */
    answer(x, 503, NULL, "", 0);
}

void http_redirect(struct http_request *req, const char *location)
{
    static const struct problem UNSENDABLE = {.code = PROBLEM_BROKEN};

    if (!*location || !sendable("Location", location)) {
        log_error("http.redirect", LOG_TEXT("path", req->path), LOG_INT("request", req->id));
        reply_plain(exchange_of(req), &UNSENDABLE);
        return;
    }
    http_set_header(req, "Location", location);
    http_reply(req, 303, NULL, "", 0);
}

static void reply_json_as(struct http_request *req, int status, const char *content_type, json_t *body)
{
    static const struct problem UNWRITABLE = {.code = PROBLEM_BROKEN};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    json_decref(body);
    if (text) {
        http_reply(req, status, content_type, text, strlen(text));
        free(text);
        return;
    }
    log_error("http.json", LOG_TEXT("path", req->path), LOG_INT("request", req->id));
    reply_plain(exchange_of(req), &UNWRITABLE);
}

void http_reply_json(struct http_request *req, int status, json_t *body)
{
    reply_json_as(req, status, "application/json", body);
}

/* ---- Problems ---- */

static json_t *problem_json(struct http_request *req, const struct problem *problem, const char *language)
{
    const char *slug = problem_slug(problem->code);
    char *text = problem_text(req->mem, language, problem);
    json_t *object = json_pack("{s:o, s:s, s:s, s:i}", "type", json_sprintf("/problems/%s", slug), "code", slug,
                               "title", text, "status", problem_status(problem->code));

    if (problem->detail[0] && text_is_utf8(problem->detail, strlen(problem->detail)))
        json_object_set_new(object, "detail", json_string(problem->detail));
    if (problem->field[0] && text_is_utf8(problem->field, strlen(problem->field)))
        json_object_set_new(object, "field", json_string(problem->field));
    return object;
}

static void prepare_problem(struct http_request *req, enum problem_code code, const char *language)
{
    if (code == PROBLEM_BUSY && !is_set(exchange_of(req), "Retry-After"))
        http_set_header(req, "Retry-After", "2");
    http_set_header(req, "Content-Language", language);
}

void http_reply_problem(struct http_request *req, const struct problem *problem, const char *language)
{
    prepare_problem(req, problem->code, language);
    reply_json_as(req, problem_status(problem->code), "application/problem+json", problem_json(req, problem, language));
}

void http_reply_problems(struct http_request *req, const struct problems *all, const char *language)
{
    size_t kept = all->count < count_of(all->item) ? all->count : count_of(all->item);
    json_t *errors = json_array(), *body;
    int status = 422;

    for (size_t i = 0; i < kept; i++) {
        const struct problem *item = &all->item[i];

        json_array_append_new(errors,
                              json_pack("{s:s+, s:s, s:s}", "field", item->field, "", "code", problem_slug(item->code),
                                        "detail", problem_text(req->mem, language, item)));
    }
    if (all->count == 1) {
        body = problem_json(req, &all->item[0], language);
        status = problem_status(all->item[0].code);
    } else {
        body = json_pack("{s:s, s:s, s:s, s:i}", "type", "/problems/invalid-input", "code", "invalid-input", "title",
                         i18n(language, N_("Alcuni dati non sono validi.")), "status", status);
    }
    json_object_set_new(body, "errors", errors);
    prepare_problem(req, PROBLEM_NONE, language);
    reply_json_as(req, status, "application/problem+json", body);
}

void reply_plain(struct exchange *x, const struct problem *problem)
{
    const char *accept = http_header(&x->req, "Accept");
    struct text_buffer page = text_buffer(x->req.mem);
    char *text;

    if (!accept || !strstr(accept, "text/html")) {
        http_reply_problem(&x->req, problem, "it");
        return;
    }
    text = problem_text(x->req.mem, "it", problem);
    text_put(&page, "<!doctype html><html lang=\"it\"><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    text_put_html(&page, text, strlen(text));
    text_put(&page, "</title><p>");
    text_put_html(&page, text, strlen(text));
    text_put(&page, "</p></html>\n");
    prepare_problem(&x->req, problem->code, "it");
    http_reply(&x->req, problem_status(problem->code), "text/html; charset=utf-8", page.bytes, page.length);
}

/* ---- Embedded files ---- */

void reply_file(struct exchange *x)
{
    const struct http_file *file = x->file;
    bool packed = file->gzip && accepts_gzip(&x->req);

    append_line(x, "Cache-Control", "public, max-age=31536000, immutable");
    if (file->gzip)
        append_line(x, "Vary", "Accept-Encoding");
    if (packed)
        append_line(x, "Content-Encoding", "gzip");
    answer(x, 200, file->content_type, packed ? file->gzip : file->bytes, packed ? file->gzip_length : file->length);
}

void *gzip_bytes(struct exchange *x, const void *bytes, size_t length, size_t *packed)
{
    struct worker *worker = x->worker;
    z_stream *zip = worker ? &worker->zip : NULL;
    void *out;

    if (!zip || length > UINT32_MAX / 2)
        return NULL;
    if (!worker->zip_ready) {
        if (deflateInit2(zip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            return NULL;
        worker->zip_ready = true;
    } else if (deflateReset(zip) != Z_OK) {
        return NULL;
    }
    out = talloc_size(x->req.mem, length); /* no room for more than it was: not worth it then */
    zip->next_in = (Bytef *)(uintptr_t)bytes;
    zip->avail_in = (uInt)length;
    zip->next_out = out;
    zip->avail_out = (uInt)length;
    if (deflate(zip, Z_FINISH) != Z_STREAM_END)
        return NULL;
    *packed = length - zip->avail_out;
    return out;
}
