#include "rules/email.h"

#include "base/outcome.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define ADDRESS_BYTES 254
#define LOCAL_BYTES   64
#define LABEL_BYTES   63

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool local_valid(const char *local, size_t length)
{
    if (length == 0 || length > LOCAL_BYTES || local[0] == '.' || local[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = local[i];

        if (c == '.'    ? local[i - 1] == '.'
            : c == '\'' ? i == 0 || i + 1 == length || !is_letter(local[i - 1]) || !is_letter(local[i + 1])
                        : !is_letter(c) && !is_digit(c) && strchr("!#$%&*+/=?^_`{|}~-", c) == NULL)
            return false;
    }
    return true;
}

/* Whether what follows xn-- decodes (RFC 3492 §6.2), to at least one code point of Unicode; the code points do not
 * matter. */
static bool punycode_valid(const char *code, size_t length)
{
    enum { BASE = 36, TMAX = 26, SKEW = 38, DAMP = 700 };
    uint32_t n = 128, i = 0, bias = 72, count = 0;
    size_t at = 0;

    for (size_t k = length; k-- > 0;)
        if (code[k] == '-') {
            count = (uint32_t)k;
            at = k + 1;
            break;
        }
    if (at == length || (at > 0 && count == 0))
        return false;
    while (at < length) {
        uint32_t before = i, weight = 1, delta, k;

        for (k = BASE;; k += BASE) {
            uint32_t digit, threshold = k <= bias ? 1 : k >= bias + TMAX ? TMAX : k - bias;

            if (at == length)
                return false;
            digit = is_digit(code[at]) ? (uint32_t)(code[at] - '0') + 26 : (uint32_t)((code[at] | 0x20) - 'a');
            at++;
            if (digit >= BASE || digit > (UINT32_MAX - i) / weight)
                return false;
            i += digit * weight;
            if (digit < threshold)
                break;
            if (weight > UINT32_MAX / (BASE - threshold))
                return false;
            weight *= BASE - threshold;
        }
        count++;
        delta = before == 0 ? i / DAMP : (i - before) / 2;
        delta += delta / count;
        for (k = 0; delta > (BASE - 1) * TMAX / 2; k += BASE)
            delta /= BASE - 1;
        bias = k + BASE * delta / (delta + SKEW);
        if (i / count > 0x10FFFF - n)
            return false;
        n += i / count;
        i = i % count + 1;
    }
    return true;
}

static bool label_valid(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_BYTES || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(label[i]) && !is_digit(label[i]) && label[i] != '-')
            return false;
    if (length >= 4 && label[2] == '-' && label[3] == '-') /* reserved for encodings, of which one exists */
        return strncasecmp(label, "xn", 2) == 0 && punycode_valid(label + 4, length - 4);
    return true;
}

static bool last_label_valid(const char *label)
{
    static const char *const UNREACHABLE[] = {"test", "invalid", "local", "localhost", "onion", "arpa"};

    for (size_t i = 0; i < count_of(UNREACHABLE); i++)
        if (strcasecmp(label, UNREACHABLE[i]) == 0)
            return false;
    if (strncasecmp(label, "xn--", 4) == 0)
        return true;
    for (size_t i = 0; label[i] != '\0'; i++)
        if (!is_letter(label[i]))
            return false;
    return label[1] != '\0'; /* no country and no registry has one letter */
}

static bool domain_valid(const char *domain)
{
    const char *label = domain, *dot;

    while ((dot = strchr(label, '.')) != NULL) {
        if (!label_valid(label, (size_t)(dot - label)))
            return false;
        label = dot + 1;
    }
    return label != domain && label_valid(label, strlen(label)) && last_label_valid(label);
}

bool email_valid(const char *address)
{
    const char *at;

    if (address == NULL || strnlen(address, ADDRESS_BYTES + 1) > ADDRESS_BYTES || (at = strchr(address, '@')) == NULL)
        return false;
    return local_valid(address, (size_t)(at - address)) && domain_valid(at + 1);
}
