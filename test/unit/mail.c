/* Messages as they go on the wire: taken apart again, and never with a line that an address or a subject smuggled in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "net/smtp.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>
#include <unistd.h>

static void *mem;

static int begin(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const struct mail PLAIN = {
    .from_name = "Legalmail",
    .from = "rinnovi@legalmail.example",
    .to = "rossi@pec.example",
    .subject = "Scadenza",
    .text = "Buongiorno.\n",
    .message_id = "outbox-42@legalmail.example",
    .date = {1900000000000000}, /* Sun, 17 Mar 2030 17:46:40 UTC */
};

static char *formatted(const struct mail *mail)
{
    struct problem why = {0};
    size_t length;
    char *bytes;

    if (mail_format(mem, mail, &bytes, &length, &why) != DONE)
        fail_msg("refused: %s %s", why.field, why.detail);
    assert_int_equal(strlen(bytes), length);
    return bytes;
}

/* ---- Reading it again ---- */

static char *unfold(const char *text)
{
    char *line = talloc_strdup(mem, text), *to = line;

    for (const char *p = line; *p; p++)
        if (p[0] == '\r' && p[1] == '\n' && (p[2] == ' ' || p[2] == '\t'))
            p++;
        else
            *to++ = *p;
    *to = '\0';
    return line;
}

static const char *header(const char *message, const char *name)
{
    char *head = talloc_strndup(mem, message, (size_t)(strstr(message, "\r\n\r\n") + 2 - message));
    size_t length = strlen(name);

    head = unfold(head);
    for (char *line = head; *line; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return talloc_strndup(mem, line + length + 2, strcspn(line + length + 2, "\r"));
    return NULL;
}

static size_t unbase64(const char *text, size_t length, char *out)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t group = 0;
    size_t n = 0, digits = 0;

    for (size_t i = 0; i < length && text[i] != '='; i++) {
        const char *digit = text[i] ? strchr(DIGITS, text[i]) : NULL;

        if (!digit) {
            assert_true(text[i] == '\r' || text[i] == '\n');
            continue;
        }
        group = group << 6 | (uint32_t)(digit - DIGITS);
        if (++digits % 4 != 1)
            out[n++] = (char)(group >> (6 - 2 * ((digits - 1) % 4)));
    }
    return n;
}

static const char *unwords(const char *text)
{
    char *out = talloc_zero_size(mem, strlen(text) + 1), *to = out;

    while (*text) {
        const char *stop;

        if (strncmp(text, "=?UTF-8?B?", 10) != 0) {
            *to++ = *text++;
            continue;
        }
        stop = strstr(text, "?=");
        assert_non_null(stop);
        assert_true(stop + 2 - text <= 75);
        size_t n = unbase64(text + 10, (size_t)(stop - text - 10), to);
        assert_true(text_is_utf8(to, n)); /* no character is split */
        to += n;
        text = stop + 2 + (strncmp(stop + 2, " =?", 3) == 0);
    }
    return out;
}

static char *unquote(const char *text, size_t length)
{
    char *out = talloc_zero_size(mem, length + 1), *to = out;

    for (size_t i = 0; i < length; i++) {
        unsigned byte;

        if (text[i] != '=')
            *to++ = text[i];
        else if (text[i + 1] == '\r')
            i += 2;
        else
            assert_int_equal(sscanf(text + i + 1, "%2X", &byte), 1), *to++ = (char)byte, i += 2;
    }
    return out;
}

/* The n-th part between the boundary that `message` names, headers and all. */
static char *part(const char *message, int n)
{
    const char *type = header(message, "Content-Type"), *mark = strstr(type, "boundary=\"");
    char *delimiter, *at;

    assert_non_null(mark);
    delimiter = talloc_asprintf(mem, "\r\n--%.*s", (int)strcspn(mark + 10, "\""), mark + 10);
    at = strstr(message, delimiter);
    for (int i = 0; i < n && at; i++)
        at = strstr(at + strlen(delimiter), delimiter);
    if (!at || strncmp(at + strlen(delimiter), "--", 2) == 0)
        return NULL;
    at += strlen(delimiter) + 2;
    return talloc_strndup(mem, at, (size_t)(strstr(at, delimiter) - at));
}

static char *body(const char *text)
{
    const char *encoding = header(text, "Content-Transfer-Encoding"), *at = strstr(text, "\r\n\r\n") + 4;
    char *out;

    if (strcmp(encoding, "quoted-printable") == 0)
        return unquote(at, strlen(at));
    out = talloc_zero_size(mem, strlen(at) + 1);
    unbase64(at, strlen(at), out);
    return out;
}

static void lines_are_short_ascii(const char *message)
{
    for (const char *line = message; *line;) {
        size_t length = strcspn(line, "\r\n");

        if (length > 78 || strncmp(line + length, "\r\n", 2) != 0)
            fail_msg("%.*s", (int)length, line);
        for (size_t i = 0; i < length; i++)
            assert_true(line[i] >= ' ' && line[i] < 0x7f);
        line += length + 2;
    }
}

/* ---- The tests ---- */

static void a_plain_message_is_plain(void **state)
{
    (void)state;
    const char *message = formatted(&PLAIN);

    assert_string_equal(message, "Date: Sun, 17 Mar 2030 17:46:40 +0000\r\n"
                                 "From: \"Legalmail\"\r\n <rinnovi@legalmail.example>\r\n"
                                 "To: <rossi@pec.example>\r\n"
                                 "Subject: Scadenza\r\n"
                                 "Message-ID: <outbox-42@legalmail.example>\r\n"
                                 "Auto-Submitted: auto-generated\r\n"
                                 "MIME-Version: 1.0\r\n"
                                 "Content-Type: text/plain; charset=UTF-8\r\n"
                                 "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                                 "Buongiorno.\r\n");
}

static void texts_survive_the_encodings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Perché la casella scade il 15/03/2027? 30,50 €\r\n",
        "a=b\r\nriga con blanchi alla fine   \r\n\r\n.\r\n..\r\nFrom qui\r\n",
        "ààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààààà\r\n",
        "una riga molto lunga senza alcuna fine, che va oltre i settantasei caratteri previsti e poi ancora\r\n",
        "emoji 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀\r\n",
        "tab\tin mezzo\t\r\n",
    };
    static const char *const subjects[] = {
        "Scadenza",
        "La casella è in scadenza",
        "Oggetto molto lungo che supera i settantasei caratteri previsti per una riga di intestazione",
        "àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù àèìòù",
        "=?UTF-8?B?YQ==?=",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        "",
    };

    for (size_t i = 0; i < count_of(texts); i++) {
        struct mail mail = PLAIN;

        mail.text = texts[i];
        const char *message = formatted(&mail);
        lines_are_short_ascii(message);
        assert_string_equal(body(message), texts[i]);
        assert_null(strstr(strstr(message, "\r\n\r\n"), "\r\n."));
    }
    for (size_t i = 0; i < count_of(subjects); i++) {
        struct mail mail = PLAIN;

        mail.subject = mail.from_name = subjects[i];
        const char *message = formatted(&mail);
        lines_are_short_ascii(message);
        assert_string_equal(unwords(header(message, "Subject")), subjects[i]);
        if ((unsigned char)subjects[i][0] >= 0x80)
            assert_true(text_starts(unwords(header(message, "From")), subjects[i]));
    }
}

static void attachments_come_back_byte_for_byte(void **state)
{
    (void)state;
    unsigned char bytes[1000];
    struct mail_attachment attached[] = {{"fattura-2026-1.pdf", "application/pdf", bytes, sizeof bytes},
                                         {"perché \"no\".xml", "application/xml", "<a/>", 4},
                                         {"vuoto.txt", "text/plain", "", 0}};
    struct mail mail = PLAIN;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    mail.html = "<p>Perché <b>no</b></p>\r\n";
    mail.attachments = attached;
    mail.attachment_count = count_of(attached);
    mail.reply_to = "aiuto@legalmail.example";
    const char *message = formatted(&mail);
    lines_are_short_ascii(message);
    assert_string_equal(header(message, "Reply-To"), "<aiuto@legalmail.example>");
    const char *both = part(message, 0);
    assert_non_null(strstr(header(both, "Content-Type"), "multipart/alternative"));
    assert_string_equal(body(part(both, 0)), "Buongiorno.\r\n");
    assert_string_equal(body(part(both, 1)), mail.html);
    assert_string_equal(header(part(both, 1), "Content-Type"), "text/html; charset=UTF-8");
    assert_null(part(both, 2));
    const char *pdf = part(message, 1);
    assert_string_equal(header(pdf, "Content-Type"), "application/pdf");
    assert_string_equal(header(pdf, "Content-Disposition"), "attachment; filename=\"fattura-2026-1.pdf\"");
    assert_memory_equal(body(pdf), bytes, sizeof bytes);
    assert_string_equal(header(part(message, 2), "Content-Disposition"),
                        "attachment; filename=\"perch__ _no_.xml\"; filename*=UTF-8''perch%C3%A9%20%22no%22.xml");
    assert_string_equal(body(part(message, 2)), "<a/>");
    assert_string_equal(body(part(message, 3)), "");
    assert_null(part(message, 4));
}

static void injected_headers_are_refused(void **state)
{
    (void)state;
    static const char *const wrong_addresses[] = {
        "",
        "rossi",
        "@pec.example",
        "rossi@",
        "a@b@c.example",
        "rossi@pec.example\r\nBcc: x@y.example",
        "a b@c.it",
        "<a@b.example>",
        "a@b.example,c@d.e",
        "a@b.example\n",
        "à@b.example",
        "a;b@c.example",
        "\"a\"@b.example",
        "a@b.example\t",
        "a\x7f@b.example",
    };
    static const char *const wrong_lines[] = {"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x1b[0m", "a\xff"};
    struct problem why;
    size_t length;
    char *bytes;

    for (size_t i = 0; i < count_of(wrong_addresses) * 4; i++) {
        struct mail mail = PLAIN;
        const char **places[] = {&mail.from, &mail.to, &mail.reply_to, &mail.message_id};

        *places[i % 4] = wrong_addresses[i / 4];
        if (mail_format(mem, &mail, &bytes, &length, &why) != REFUSED || why.code != PROBLEM_MAIL)
            fail_msg("place %zu: %s", i % 4, wrong_addresses[i / 4]);
    }
    for (size_t i = 0; i < count_of(wrong_lines) * 4; i++) {
        struct mail_attachment attached = {"a", "text/plain", "", 0};
        struct mail mail = PLAIN;
        const char **places[] = {&mail.subject, &mail.from_name, &attached.name, &attached.content_type};

        mail.attachments = &attached;
        mail.attachment_count = 1;
        *places[i % 4] = wrong_lines[i / 4];
        if (mail_format(mem, &mail, &bytes, &length, NULL) != REFUSED)
            fail_msg("place %zu: %s", i % 4, wrong_lines[i / 4]);
    }
}

static void a_folder_takes_whole_messages(void **state)
{
    (void)state;
    char folder[] = "/tmp/casella-mail-XXXXXX", read[4096] = "";
    struct mail mail = PLAIN;
    struct smtp_options options = {0};
    struct smtp *smtp;
    struct problem why;
    int files = 0;

    assert_non_null(mkdtemp(folder));
    options.url = talloc_asprintf(mem, "file:%s", folder);
    assert_int_equal(smtp_open(mem, &options, &smtp, &why), DONE);
    assert_int_equal(smtp_send(smtp, &mail, &why), DONE);
    assert_int_equal(smtp_send(smtp, &mail, &why), DONE); /* again: the same file */
    mail.message_id = "../fuori@legalmail.example";
    assert_int_equal(smtp_send(smtp, &mail, &why), REFUSED);
    mail.message_id = ".nascosto@legalmail.example";
    assert_int_equal(smtp_send(smtp, &mail, &why), REFUSED);
    char *path = talloc_asprintf(mem, "%s/%s.eml", folder, PLAIN.message_id);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(read, 1, sizeof read - 1, file) > 0);
    fclose(file);
    assert_string_equal(read, formatted(&PLAIN));
    DIR *all = opendir(folder);
    for (struct dirent *entry; (entry = readdir(all));)
        files += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(all);
    assert_int_equal(files, 1);
    unlink(path);
    rmdir(folder);
    mail = PLAIN;
    assert_int_equal(smtp_send(smtp, &mail, &why), BROKEN); /* the folder has gone */
    assert_int_equal(smtp_open(mem, &options, &smtp, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_UNWRITABLE);
    assert_int_equal(smtp_open(mem, &(struct smtp_options){.url = "http://x"}, &smtp, &why), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_message_is_plain),
        cmocka_unit_test(texts_survive_the_encodings),
        cmocka_unit_test(attachments_come_back_byte_for_byte),
        cmocka_unit_test(injected_headers_are_refused),
        cmocka_unit_test(a_folder_takes_whole_messages),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
