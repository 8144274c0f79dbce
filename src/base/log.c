/* base/log.c: a line is made in one buffer on the stack and leaves in one write(2), so that lines never mix and logging
 * works when memory is short. What comes from outside is escaped in both forms: nobody can forge a line. */
#include "base/log.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VALUE_MOST 1000 /* bytes of one field's text */

static enum log_level least_level = LOG_INFO;
static bool as_json;

static const char *const NAME[] = {"debug", "info", "warning", "error"};

struct line {
    char bytes[6000];
    size_t length;
    bool full; /* something did not fit */
};

static void put(struct line *line, const char *bytes, size_t length)
{
    if (line->full || length > sizeof line->bytes - 2 - line->length) { /* 2: "}\n" */
        line->full = true;
        return;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static void put_number(struct line *line, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    put_text(line, text);
}

/* Bytes of the UTF-8 character at `text`, 0 when it is none. Only the shape counts here: enough for a parser not to
 * choke. */
static size_t character(const char *text)
{
    unsigned char c = (unsigned char)text[0];
    size_t length = c < 0x80                ? 1
                    : c >= 0xC2 && c < 0xE0 ? 2
                    : c >= 0xE0 && c < 0xF0 ? 3
                    : c >= 0xF0 && c < 0xF5 ? 4
                                            : 0;

    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

static void put_quoted(struct line *line, const char *text)
{
    char escape[8];

    put_text(line, "\"");
    for (size_t i = 0; text[i] != '\0';) {
        unsigned char c = (unsigned char)text[i];
        size_t length = character(text + i);
        if (i + length > VALUE_MOST) {
            put_text(line, "…");
            break;
        }
        if (c == '"' || c == '\\') {
            put(line, (char[]){'\\', (char)c}, 2);
        } else if (c < 0x20 || c == 0x7F) {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            put_text(line, escape);
        } else if (length == 0) {
            put_text(line, "\\ufffd");
        } else {
            put(line, text + i, length);
        }
        i += length > 0 ? length : 1;
    }
    put_text(line, "\"");
}

/* A value that reads as one word stays bare in the form for people. */
static bool is_word(const char *text)
{
    size_t i = 0;
    for (; text[i] != '\0' && i < VALUE_MOST; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\' || text[i] == '=')
            return false;
    return i > 0 && text[i] == '\0';
}

static void put_field(struct line *line, const struct log_field *field)
{
    size_t before = line->length;

    put_text(line, as_json ? ",\"" : " ");
    put_text(line, field->name);
    put_text(line, as_json ? "\":" : "=");
    if (field->text == NULL)
        put_number(line, field->number);
    else if (!as_json && is_word(field->text))
        put_text(line, field->text);
    else
        put_quoted(line, field->text);
    if (line->full)
        line->length = before; /* a whole field or none */
}

/* The place as the sources name it, whatever folder the compiler ran in. */
static const char *place(const char *file)
{
    const char *found = strstr(file, "src/");
    return found ? found + 4 : file;
}

static void emit(struct line *line)
{
    if (as_json)
        line->bytes[line->length++] = '}';
    line->bytes[line->length++] = '\n';
    for (size_t sent = 0; sent < line->length;) {
        ssize_t n = write(STDERR_FILENO, line->bytes + sent, line->length - sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nowhere left to say so */
        sent += (size_t)n;
    }
}

void log_setup(enum log_level least, bool json)
{
    least_level = least;
    as_json = json;
}

void log_write(enum log_level level, const char *file, int number, const char *event, const struct log_field *fields)
{
    if (level < least_level)
        return;
    int kept_errno = errno;
    struct line line = {.length = 0};
    char when[INSTANT_TEXT];

    instant_rfc3339(clock_now(), when);
    put_text(&line, as_json ? "{\"time\":\"" : "");
    put_text(&line, when);
    put_text(&line, as_json ? "\",\"level\":\"" : " ");
    put_text(&line, NAME[level]);
    put_text(&line, as_json ? "\",\"event\":\"" : " ");
    put_text(&line, event);
    put_text(&line, as_json ? "\",\"at\":\"" : " (");
    put_text(&line, place(file));
    put_text(&line, ":");
    put_number(&line, number);
    put_text(&line, as_json ? "\"" : ")");
    for (; fields->name != NULL; fields++)
        put_field(&line, fields);
    emit(&line);
    errno = kept_errno;
}
