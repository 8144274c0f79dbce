/* web/demo_mail.c: GET /demo/mail, /demo/mail/{id}, /demo/mail/{id}/{attachment}: what the demonstration would have
 * sent. */

#include "base/i18n.h"
#include "net/mail_catcher.h"
#include "shop/present.h"
#include "web/foreign.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 50

static json_t *sent_at(const json_t *mail)
{
    return present_instant((struct instant){json_integer_value(json_object_get(mail, "sent_us"))});
}

void demo_mails(struct http_request *req)
{
    const char *from = form_value(&req->query, "da");
    size_t first = from ? strtoul(from, NULL, 10) : 0, count;
    json_t *mails, *list;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (mail_catcher_list(p.web->demo_mail, &mails) != DONE) {
        page_failed(&p, BROKEN, NULL);
        return;
    }
    count = json_array_size(mails);
    list = json_array();
    for (size_t i = first; i < count && i < first + PAGE_SIZE; i++) {
        json_t *mail = json_array_get(mails, i);
        json_int_t attachments = (json_int_t)json_array_size(json_object_get(mail, "attachments"));

        json_object_set_new(mail, "sent_at", sent_at(mail));
        json_object_set_new(mail, "attachment_count", attachments ? json_integer(attachments) : json_false());
        json_array_append(list, mail);
    }
    json_decref(mails);
    page_set(&p, "mail", json_false());
    page_set(&p, "mails", list);
    page_set(&p, "first_url", first ? json_string("/demo/mail") : json_false());
    page_set(&p, "more_url",
             first + PAGE_SIZE < count ? json_sprintf("/demo/mail?da=%zu", first + PAGE_SIZE) : json_false());
    page_show(&p, 200, "demo_mail", N_("Posta inviata"));
}

/* ---- One mail, and its parts ---- */

static void show(struct page *p, const char *id, json_t *mail)
{
    json_t *attachment, *parts = json_object_get(mail, "attachments");
    size_t i;

    json_array_foreach(parts, i, attachment)
    {
        size_t bytes = json_string_length(json_object_get(attachment, "base64")) / 4 * 3;

        json_object_set_new(attachment, "href", json_sprintf("/demo/mail/%s/%zu", id, i));
        json_object_set_new(attachment, "size", json_sprintf("%zu kB", (bytes + 1023) / 1024));
    }
    json_object_set_new(mail, "sent_at", sent_at(mail));
    json_object_set_new(mail, "html_url", json_sprintf("/demo/mail/%s/html", id));
    page_set(p, "mail", mail);
    foreign_may_be_framed(p->req);
    page_show(p, 200, "demo_mail", N_("Posta inviata"));
}

/* Mails carry their styles inside; the page that frames them lends them nothing. */
static void send_html(struct page *p, const json_t *mail)
{
    const char *html = json_string_value(json_object_get(mail, "html"));

    http_set_header(
        p->req, "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'");
    http_reply(p->req, 200, "text/html; charset=utf-8", html ? html : "", html ? strlen(html) : 0);
}

static void send_attachment(struct page *p, const json_t *mail, const char *number)
{
    const json_t *a = json_array_get(json_object_get(mail, "attachments"), strtoul(number, NULL, 10));
    const char *base64 = json_string_value(json_object_get(a, "base64"));
    size_t room = base64 ? strlen(base64) : 0, length = 0;
    unsigned char *bytes = talloc_array(p->mem, unsigned char, (unsigned)room + 1);

    if (!base64 ||
        sodium_base642bin(bytes, room, base64, room, NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
        page_problem(p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    http_inline(p->req, "%s", json_string_value(json_object_get(a, "name")));
    http_reply(p->req, 200, json_string_value(json_object_get(a, "content_type")), bytes, length);
}

void demo_mail(struct http_request *req)
{
    const char *id = http_parameter(req, "id"), *part = http_parameter(req, "attachment");
    json_t *mail;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (mail_catcher_read(p.web->demo_mail, id, &mail) != DONE) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    if (!part) {
        show(&p, id, mail); /* takes the mail over */
        return;
    }
    if (strcmp(part, "html") == 0)
        send_html(&p, mail);
    else
        send_attachment(&p, mail, part);
    json_decref(mail);
}
