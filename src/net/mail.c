#include "base/i18n.h"
#include "base/text.h"
#include "net/smtp.h"
#include <pthread.h>
#include <string.h>
#include <talloc.h>

/* A message as RFC 5322 and MIME want it: lines of at most 76 characters, ASCII alone on the wire. */

enum {
    ADDRESS = 254, /* RFC 5321 §4.5.3.1 */
    LINE = 76,
    LINE_BYTES = LINE / 4 * 3, /* in a line of base64 */
    WORD_BYTES = 42,           /* of UTF-8 in an encoded word: 56 of base64 and 12 around it, below RFC 2047's 75 */
};

/* "=_" can stand in neither quoted-printable nor base64, so that no content holds a boundary. */
#define MIXED       "=_mixed_of_this_message"
#define ALTERNATIVE "=_alternative_of_this_message"

static enum outcome refuse(struct problem *why, const char *field, const char *what)
{
    return problem_set(why, PROBLEM_MAIL, field, "%s", what);
}

/* ---- Is it fit to be sent? ---- */

/* One "@" between visible ASCII without what has a meaning in headers and SMTP. Stricter than RFC 5321, which allows
 * quoted names. */
static bool is_address(const char *text)
{
    size_t length = text ? strlen(text) : 0, at = length ? strcspn(text, "@") : 0;

    if (length > ADDRESS || at == 0 || at + 1 >= length || strchr(text + at + 1, '@'))
        return false;
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("<>()[]\\,;:\"", *p))
            return false;
    return true;
}

static bool is_line(const char *text, size_t most)
{
    return text && strlen(text) <= most && text_is_plain(text, strlen(text));
}

static enum outcome check(const struct mail *mail, struct problem *why)
{
    if (!is_address(mail->from))
        return refuse(why, "from", N_("mittente"));
    if (!is_address(mail->to))
        return refuse(why, "to", N_("destinatario"));
    if (mail->reply_to && !is_address(mail->reply_to))
        return refuse(why, "reply_to", N_("indirizzo di risposta"));
    if (!is_address(mail->message_id))
        return refuse(why, "message_id", N_("identificativo"));
    if (mail->from_name && !is_line(mail->from_name, 200))
        return refuse(why, "from_name", N_("nome del mittente"));
    if (!is_line(mail->subject, 500))
        return refuse(why, "subject", N_("oggetto"));
    if (!mail->text || !text_is_utf8(mail->text, strlen(mail->text)) ||
        (mail->html && !text_is_utf8(mail->html, strlen(mail->html))))
        return refuse(why, "text", N_("testo"));
    for (size_t i = 0; i < mail->attachment_count; i++)
        if (!is_line(mail->attachments[i].name, 200) || !*mail->attachments[i].name ||
            !is_line(mail->attachments[i].content_type, 100) || strpbrk(mail->attachments[i].content_type, ";\""))
            return refuse(why, "attachments", N_("allegato"));
    return DONE;
}

/* ---- Headers ---- */

/* Digits in pairs, for twelve bits at once: attachments are most of what is sent. */
static char pairs[1 << 12][2];

static void make_pairs(void)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < count_of(pairs); i++) {
        pairs[i][0] = DIGITS[i >> 6];
        pairs[i][1] = DIGITS[i & 63];
    }
}

/* How many characters. */
static size_t base64(char *out, const unsigned char *bytes, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t n = 0, i = 0;

    pthread_once(&once, make_pairs);
    for (; i + 3 <= length; i += 3, n += 4) {
        memcpy(out + n, pairs[bytes[i] << 4 | bytes[i + 1] >> 4], 2);
        memcpy(out + n + 2, pairs[(bytes[i + 1] & 15) << 8 | bytes[i + 2]], 2);
    }
    if (i < length) {
        unsigned char second = i + 1 < length ? bytes[i + 1] : 0;

        memcpy(out + n, pairs[bytes[i] << 4 | second >> 4], 2);
        memcpy(out + n + 2, pairs[(second & 15) << 8], 2);
        memset(out + n + 4 - (3 - (length - i)), '=', 3 - (length - i));
        n += 4;
    }
    return n;
}

static void put_base64(struct text_buffer *out, const unsigned char *bytes, size_t length)
{
    char line[LINE + 2];

    for (size_t i = 0, had; i < length; i += had) {
        size_t n;

        had = length - i < LINE_BYTES ? length - i : LINE_BYTES;
        n = base64(line, bytes + i, had);
        line[n++] = '\r', line[n++] = '\n';
        text_put_bytes(out, line, n);
    }
}

static bool is_ascii(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p >= 0x80)
            return false;
    return true;
}

/* Unstructured text: as it is when it is short ASCII, in encoded words that split no character otherwise. "=?" is
 * encoded as well, or a reader would decode it. */
static void put_words(struct text_buffer *out, const char *text)
{
    size_t length = strlen(text);

    if (is_ascii(text) && length <= 60 && !strstr(text, "=?")) {
        text_put(out, text);
        return;
    }
    for (size_t i = 0, n; i < length; i += n) {
        char word[LINE];

        n = length - i < WORD_BYTES ? length - i : WORD_BYTES;
        while (i + n < length && ((unsigned char)text[i + n] & 0xc0) == 0x80)
            n--;
        text_put(out, i ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        text_put_bytes(out, word, base64(word, (const unsigned char *)text + i, n));
        text_put(out, "?=");
    }
}

static void put_quoted(struct text_buffer *out, const char *text)
{
    text_put(out, "\"");
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            text_put(out, "\\");
        text_put_bytes(out, p, 1);
    }
    text_put(out, "\"");
}

static void put_from(struct text_buffer *out, const struct mail *mail)
{
    text_put(out, "From: ");
    if (mail->from_name && *mail->from_name) {
        if (is_ascii(mail->from_name) && strlen(mail->from_name) <= 60)
            put_quoted(out, mail->from_name);
        else
            put_words(out, mail->from_name);
        text_put(out, "\r\n ");
    }
    text_put_format(out, "<%s>\r\n", mail->from);
}

static void put_date(struct text_buffer *out, struct instant i)
{
    static const char DAYS_[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char MONTHS[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t seconds = i.us / SECONDS(1);
    struct day day = {(int32_t)(seconds / 86400)};
    struct ymd date = day_split(day);
    int second = (int)(seconds % 86400);

    text_put_format(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", DAYS_[day_weekday(day) - 1], date.day,
                    MONTHS[date.month - 1], date.year, second / 3600, second / 60 % 60, second % 60);
}

/* filename in plain ASCII for all, and filename* for those who can (RFC 6266's manner, as mail programs take it too).
 */
static void put_filename(struct text_buffer *out, const char *name)
{
    struct text_buffer plain = text_buffer(out->mem);

    for (const char *p = name; *p; p++)
        text_put_bytes(&plain, (unsigned char)*p < 0x80 && !strchr("\"\\/", *p) ? p : "_", 1);
    text_put_format(out, "Content-Disposition: attachment;\r\n filename=\"%s\"", plain.bytes);
    if (!is_ascii(name)) {
        text_put(out, ";\r\n filename*=UTF-8''");
        for (const unsigned char *p = (const unsigned char *)name; *p; p++)
            text_put_format(out,
                            *p < 0x80 && (*p == '-' || *p == '.' || *p == '_' || (*p >= '0' && *p <= '9') ||
                                          (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'))
                                ? "%c"
                                : "%%%02X",
                            *p);
    }
    text_put(out, "\r\n");
}

/* ---- Bodies ---- */

static bool line_ends(const char *p)
{
    return *p == '\0' || *p == '\n' || (*p == '\r' && p[1] == '\n');
}

/* How many characters from here on stand for themselves, at most so many. A blank at the end of its line does not. */
static size_t plain_run(const char *text, size_t most)
{
    size_t n = 0;

    while (n < most && text[n] >= ' ' && text[n] <= '~' && text[n] != '=')
        n++;
    return n && text[n - 1] == ' ' && line_ends(text + n) ? n - 1 : n;
}

/* RFC 2045 §6.7. Any end of line becomes CR LF; blanks at a line's end are encoded, and so is "From " and a lone dot's
 * line. */
static void put_quoted_printable(struct text_buffer *out, const char *text)
{
    static const char HEX[] = "0123456789ABCDEF";
    char line[LINE + 2];
    size_t n = 0;

    for (const char *p = text; *p;) {
        size_t run = n == 0 && (*p == '.' || *p == 'F') ? 0 : plain_run(p, LINE - 1 - n);

        memcpy(line + n, p, run);
        n += run;
        p += run;
        if (!*p)
            break;
        if (line_ends(p)) {
            p += *p == '\r' ? 2 : 1;
            line[n++] = '\r', line[n++] = '\n';
            text_put_bytes(out, line, n);
            n = 0;
        } else if (n + 3 > LINE - 1) {
            line[n++] = '=', line[n++] = '\r', line[n++] = '\n';
            text_put_bytes(out, line, n);
            n = 0;
        } else {
            line[n++] = '=';
            line[n++] = HEX[(unsigned char)*p >> 4];
            line[n++] = HEX[(unsigned char)*p & 15];
            p++;
        }
    }
    if (n)
        line[n++] = '\r', line[n++] = '\n';
    text_put_bytes(out, line, n);
}

static void put_text(struct text_buffer *out, const char *subtype, const char *text)
{
    text_put_format(out, "Content-Type: text/%s; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
                    subtype);
    put_quoted_printable(out, text);
}

static void put_body(struct text_buffer *out, const struct mail *mail)
{
    if (!mail->html) {
        put_text(out, "plain", mail->text);
        return;
    }
    text_put(out, "Content-Type: multipart/alternative;\r\n boundary=\"" ALTERNATIVE "\"\r\n\r\n--" ALTERNATIVE "\r\n");
    put_text(out, "plain", mail->text);
    text_put(out, "\r\n--" ALTERNATIVE "\r\n");
    put_text(out, "html", mail->html);
    text_put(out, "\r\n--" ALTERNATIVE "--\r\n");
}

static void put_attachment(struct text_buffer *out, const struct mail_attachment *attachment)
{
    text_put_format(out, "\r\n--" MIXED "\r\nContent-Type: %s\r\n", attachment->content_type);
    put_filename(out, attachment->name);
    text_put(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    put_base64(out, attachment->bytes, attachment->length);
}

enum outcome mail_format(void *mem, const struct mail *mail, char **bytes, size_t *length, struct problem *why)
{
    struct text_buffer out = text_buffer(mem);

    TRY(check(mail, why));
    put_date(&out, mail->date);
    put_from(&out, mail);
    text_put_format(&out, "To: <%s>\r\n", mail->to);
    if (mail->reply_to)
        text_put_format(&out, "Reply-To: <%s>\r\n", mail->reply_to);
    text_put(&out, "Subject: ");
    put_words(&out, mail->subject);
    text_put_format(&out, "\r\nMessage-ID: <%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
                    mail->message_id);
    if (mail->attachment_count) {
        text_put(&out, "Content-Type: multipart/mixed;\r\n boundary=\"" MIXED "\"\r\n\r\n--" MIXED "\r\n");
        put_body(&out, mail);
        for (size_t i = 0; i < mail->attachment_count; i++)
            put_attachment(&out, &mail->attachments[i]);
        text_put(&out, "\r\n--" MIXED "--\r\n");
    } else {
        put_body(&out, mail);
    }
    *bytes = out.bytes;
    *length = out.length;
    return DONE;
}
