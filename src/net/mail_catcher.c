#include "net/mail_catcher.h"
#include "base/log.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* Letters, digits and dashes: nothing that means something in a path. */
static bool id_is_sound(const char *id)
{
    size_t length = strlen(id);

    for (const char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return false;
    return length > 0 && length < 100;
}

static json_t *attachment(const struct mail_attachment *a)
{
    size_t room = sodium_base64_encoded_len(a->length, sodium_base64_VARIANT_ORIGINAL);
    char *text = talloc_array(NULL, char, (unsigned)room);
    json_t *data;

    sodium_bin2base64(text, room, a->bytes, a->length, sodium_base64_VARIANT_ORIGINAL);
    data = json_pack("{s:s, s:s, s:s}", "name", a->name, "content_type", a->content_type, "base64", text);
    talloc_free(text);
    return data;
}

enum outcome mail_catcher_send(void *arg, const struct mail *mail, struct problem *why)
{
    const char *folder = arg;
    char id[100], path[600], part[620];
    json_t *data, *attachments = json_array();
    int failed;

    snprintf(id, sizeof id, "%.*s", (int)strcspn(mail->message_id, "@"), mail->message_id);
    if (!id_is_sound(id))
        return problem_set(why, PROBLEM_BAD_REQUEST, "message_id", "%s", "Message-ID");
    for (size_t i = 0; i < mail->attachment_count; i++)
        json_array_append_new(attachments, attachment(&mail->attachments[i]));
    data = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s*, s:o}", "id", id, "sent_us", (json_int_t)mail->date.us,
                     "from", mail->from, "to", mail->to, "subject", mail->subject, "text", mail->text, "html",
                     mail->html, "attachments", attachments);
    snprintf(path, sizeof path, "%s/%s.json", folder, id);
    snprintf(part, sizeof part, "%s.part", path);
    failed = !data || json_dump_file(data, part, JSON_COMPACT) != 0 || rename(part, path) != 0;
    json_decref(data);
    if (failed) {
        log_error("mail_catcher.write", LOG_TEXT("path", path), LOG_TEXT("why", strerror(errno)));
        return BUSY;
    }
    return DONE;
}

enum outcome mail_catcher_read(const char *folder, const char *id, json_t **mail)
{
    char path[600];

    if (!id_is_sound(id))
        return REFUSED;
    snprintf(path, sizeof path, "%s/%s.json", folder, id);
    *mail = json_load_file(path, 0, NULL);
    return *mail ? DONE : REFUSED;
}

static int newest_first(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    json_int_t tx = json_integer_value(json_object_get(x, "sent_us")),
               ty = json_integer_value(json_object_get(y, "sent_us"));

    if (tx != ty)
        return tx < ty ? 1 : -1;
    return -strverscmp(json_string_value(json_object_get(x, "id")), json_string_value(json_object_get(y, "id")));
}

static json_t *load_head(const char *folder, const char *file)
{
    char path[900];
    json_t *mail;

    snprintf(path, sizeof path, "%s/%s", folder, file);
    mail = json_load_file(path, 0, NULL);
    if (!json_is_integer(json_object_get(mail, "sent_us")) || !json_is_string(json_object_get(mail, "id"))) {
        json_decref(mail);
        return NULL;
    }
    json_object_del(mail, "text");
    json_object_del(mail, "html");
    return mail;
}

enum outcome mail_catcher_list(const char *folder, json_t **mails)
{
    DIR *dir = opendir(folder);
    json_t **all = NULL;
    size_t count = 0;

    if (!dir)
        return log_broken("mail_catcher.list", LOG_TEXT("folder", folder), LOG_TEXT("why", strerror(errno)));
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        json_t *mail =
            length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0 ? load_head(folder, entry->d_name) : NULL;

        if (!mail)
            continue;
        all = talloc_realloc(NULL, all, json_t *, (unsigned)(count + 1));
        all[count++] = mail;
    }
    closedir(dir);
    if (count)
        qsort(all, count, sizeof *all, newest_first);
    *mails = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(*mails, all[i]);
    talloc_free(all);
    return DONE;
}
