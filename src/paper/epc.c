/* paper/epc.c: the text of a transfer for the payer's app (EPC069-12). */
#include "paper/epc.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "rules/iban.h"
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <talloc.h>

#define PAYLOAD_LIMIT 331 /* bytes */
#define AMOUNT_LIMIT  99999999999

static const char *const CHARSET[] = {NULL,         "UTF-8",      "ISO-8859-1",  "ISO-8859-2", "ISO-8859-4",
                                      "ISO-8859-5", "ISO-8859-7", "ISO-8859-10", "ISO-8859-15"};

enum element {
    TAG,
    VERSION,
    ENCODING,
    IDENTIFICATION,
    BIC,
    NAME,
    IBAN,
    AMOUNT,
    PURPOSE,
    REFERENCE,
    REMITTANCE,
    INFORMATION,
    ELEMENTS
};

static enum outcome out_of_range(struct problem *why, const char *field, const char *limits)
{
    return problem_set(why, PROBLEM_OUT_OF_RANGE, field, "%s", limits);
}

static bool empty(const char *text)
{
    return !text || !*text;
}

/* A free text of at most `limit` characters without line ends, which would shift the elements after it. */
static enum outcome check_text(const char *text, size_t limit, const char *field, struct problem *why)
{
    if (empty(text))
        return DONE;
    if (!text_is_plain(text, strlen(text)))
        return out_of_range(why, field, N_("testo su una riga"));
    if (text_characters(text) > limit)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, field, "1-%zu", limit);
    return DONE;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_code(char c)
{
    return is_upper(c) || is_digit(c);
}

/* ISO 9362: 4 letters or digits of the bank, 2 letters of the country, 2 of the place, 3 of the branch or none. */
static enum outcome check_bic(void *mem, const char *typed, bool required, const char **bic, struct problem *why)
{
    char *clean;
    size_t n = 0;

    *bic = "";
    if (empty(typed))
        return required ? out_of_range(why, "bic", "8, 11") : DONE;
    if (strlen(typed) > 32)
        return out_of_range(why, "bic", "8, 11");
    clean = talloc_array(mem, char, strlen(typed) + 1);
    for (const char *c = typed; *c; c++)
        if (*c != ' ')
            clean[n++] = (char)toupper((unsigned char)*c);
    clean[n] = '\0';
    if (n != 8 && n != 11)
        return out_of_range(why, "bic", "8, 11");
    for (size_t i = 0; i < n; i++)
        if (i == 4 || i == 5 ? !is_upper(clean[i]) : !is_code(clean[i]))
            return out_of_range(why, "bic", "A-Z, 0-9");
    *bic = clean;
    return DONE;
}

/* ISO 11649: RF, two check digits, 1-21 letters or digits; moved to the end and read as a number it is 1 mod 97. */
static enum outcome check_reference(const char *reference, struct problem *why)
{
    size_t n;
    int rest = 0;

    if (empty(reference))
        return DONE;
    n = strlen(reference);
    if (n < 5 || n > 25 || strncmp(reference, "RF", 2) != 0 || !is_digit(reference[2]) || !is_digit(reference[3]))
        return out_of_range(why, "reference", "RF…, 5-25");
    for (size_t i = 0; i < n; i++) {
        char c = reference[(i + 4) % n];

        if (!is_code(c))
            return out_of_range(why, "reference", "A-Z, 0-9");
        rest = is_digit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest == 1 ? DONE : out_of_range(why, "reference", "ISO 11649");
}

static enum outcome check_purpose(const char *purpose, struct problem *why)
{
    if (empty(purpose))
        return DONE;
    if (strlen(purpose) != 4)
        return out_of_range(why, "purpose", "4");
    for (int i = 0; i < 4; i++)
        if (!is_code(purpose[i]))
            return out_of_range(why, "purpose", "A-Z, 0-9");
    return DONE;
}

static enum outcome amount_text(void *mem, const struct epc_transfer *t, const char **text, struct problem *why)
{
    char decimal[MONEY_TEXT];
    size_t n;

    *text = "";
    if (t->open_amount)
        return t->amount.cents == 0 ? DONE : out_of_range(why, "amount", "0");
    if (t->amount.cents < 1 || t->amount.cents > AMOUNT_LIMIT)
        return out_of_range(why, "amount", "0.01-999999999.99");
    money_decimal(t->amount, decimal);
    n = strlen(decimal);
    while (t->short_amount && (decimal[n - 1] == '0' || decimal[n - 1] == '.')) {
        n--;
        if (decimal[n] == '.')
            break;
    }
    *text = talloc_asprintf(mem, "EUR%.*s", (int)n, decimal);
    return DONE;
}

static enum outcome convert(void *mem, int charset, char *utf8, char **payload, size_t *length, struct problem *why)
{
    size_t left = strlen(utf8), room = left + 1;
    char *out = talloc_array(mem, char, room), *in = utf8;
    iconv_t to;
    bool whole;

    *payload = out;
    if (charset == 1) {
        memcpy(out, utf8, room);
        *length = left;
        return DONE;
    }
    to = iconv_open(CHARSET[charset], "UTF-8");
    if (to == (iconv_t)-1)
        return log_broken("epc.charset", LOG_TEXT("charset", CHARSET[charset]), LOG_INT("errno", errno));
    whole = iconv(to, &in, &left, &out, &room) == 0 && left == 0; /* these are single-byte sets: the room is enough */
    iconv_close(to);
    if (!whole)
        return out_of_range(why, "charset", CHARSET[charset]);
    *length = (size_t)(out - *payload);
    *out = '\0';
    return DONE;
}

static enum outcome check(void *mem, const struct epc_transfer *t, const char *element[ELEMENTS], char iban[IBAN_TEXT],
                          struct problem *why)
{
    if (t->version != 1 && t->version != 2)
        return out_of_range(why, "version", "1-2");
    if (t->charset < 1 || t->charset >= (int)count_of(CHARSET))
        return out_of_range(why, "charset", "1-8");
    if (text_is_blank(t->name))
        return out_of_range(why, "name", "1-70");
    TRY(check_text(t->name, 70, "name", why));
    TRY(check_bic(mem, t->bic, t->version == 1, &element[BIC], why));
    TRY(iban_check(t->iban ? t->iban : "", "iban", iban, why));
    TRY(amount_text(mem, t, &element[AMOUNT], why));
    TRY(check_purpose(t->purpose, why));
    TRY(check_reference(t->reference, why));
    TRY(check_text(t->remittance, 140, "remittance", why));
    TRY(check_text(t->information, 70, "information", why));
    if (!empty(t->reference) && !empty(t->remittance))
        return out_of_range(why, "remittance", "0");
    return DONE;
}

enum outcome epc_payload(void *mem, const struct epc_transfer *t, char **payload, size_t *length, struct problem *why)
{
    const char *element[ELEMENTS] = {[TAG] = "BCD", [IDENTIFICATION] = "SCT"};
    char iban[IBAN_TEXT];
    struct text_buffer lines;
    int last = INFORMATION;

    TRY(check(mem, t, element, iban, why));
    element[VERSION] = t->version == 1 ? "001" : "002";
    element[ENCODING] = talloc_asprintf(mem, "%d", t->charset);
    element[NAME] = t->name;
    element[IBAN] = iban;
    element[PURPOSE] = t->purpose;
    element[REFERENCE] = t->reference;
    element[REMITTANCE] = t->remittance;
    element[INFORMATION] = t->information;
    while (!t->every_line && empty(element[last]))
        last--;
    lines = text_buffer(mem);
    for (int i = TAG; i <= last; i++) {
        text_put(&lines, i ? "\n" : "");
        text_put(&lines, element[i] ? element[i] : "");
    }
    TRY(convert(mem, t->charset, lines.bytes, payload, length, why));
    if (*length > PAYLOAD_LIMIT)
        return out_of_range(why, "payload", "331");
    return DONE;
}
