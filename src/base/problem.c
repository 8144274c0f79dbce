/* base/problem.c: the table of problem.def, and how a problem is filled and told. */
#include "base/problem.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int status;
    const char *slug, *msgid;
} KNOWN[] = {
#define PROBLEM(code, status, slug, text) [PROBLEM_##code] = {status, slug, text},
#include "base/problem.def"
#undef PROBLEM
};

/* Copies what fits, never half a character. */
static void cut(char *to, size_t room, const char *from, size_t length)
{
    if (length >= room) {
        length = room - 1;
        while (length > 0 && ((unsigned char)from[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

static void like_printf(4, 0)
    fill(struct problem *why, enum problem_code code, const char *field, const char *format, va_list args)
{
    char detail[4 * sizeof why->detail];

    int length = vsnprintf(detail, sizeof detail, format, args);
    why->code = code;
    cut(why->field, sizeof why->field, field ? field : "", field ? strlen(field) : 0);
    cut(why->detail, sizeof why->detail, detail, length < 0 ? 0 : strlen(detail));
}

enum outcome problem_set(struct problem *why, enum problem_code code, const char *field, const char *format, ...)
{
    va_list args;

    if (why == NULL)
        return REFUSED;
    va_start(args, format);
    fill(why, code, field, format, args);
    va_end(args);
    return REFUSED;
}

enum outcome problems_add(struct problems *all, enum problem_code code, const char *field, const char *format, ...)
{
    va_list args;

    if (all == NULL)
        return REFUSED;
    if (all->count < count_of(all->item)) {
        va_start(args, format);
        fill(&all->item[all->count], code, field, format, args);
        va_end(args);
    }
    all->count++;
    return REFUSED;
}

static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
        return N_("non c'è");
    case EACCES:
    case EPERM:
        return N_("manca il permesso");
    case EISDIR:
        return N_("è una cartella");
    case ENOTDIR:
        return N_("non è in una cartella");
    case EEXIST:
        return N_("c'è già");
    case ENOSPC:
        return N_("il disco è pieno");
    default:
        return strerror(error);
    }
}

enum outcome problem_unreadable(struct problem *why, const char *path)
{
    return problem_set(why, PROBLEM_UNREADABLE, "", "%.120s: %s", path, reason(errno));
}

enum outcome problem_unwritable(struct problem *why, const char *path)
{
    return problem_set(why, PROBLEM_UNWRITABLE, "", "%.120s: %s", path,
                       errno == ENOENT ? N_("la cartella non c'è") : reason(errno));
}

int problem_status(enum problem_code code)
{
    return KNOWN[code].status;
}
const char *problem_slug(enum problem_code code)
{
    return KNOWN[code].slug;
}
const char *problem_msgid(enum problem_code code)
{
    return KNOWN[code].msgid;
}

/* Details that are put together from parts: mostly what is wrong with a file. Elsewhere it is a label or a sentence, a
 * msgid itself, or what somebody typed. */
static bool has_parts(enum problem_code code)
{
    switch (code) {
    case PROBLEM_CSV:
    case PROBLEM_STATEMENT_FORMAT:
    case PROBLEM_STATEMENT_BALANCE:
    case PROBLEM_SDI_NOTICE:
    case PROBLEM_CONFIG:
    case PROBLEM_UNREADABLE:
    case PROBLEM_UNWRITABLE:
    case PROBLEM_BAD_REQUEST:
    case PROBLEM_OUT_OF_RANGE:
    case PROBLEM_NAME_LENGTH:
        return true;
    default:
        return false;
    }
}

char *problem_text(void *mem, const char *language, const struct problem *problem)
{
    const char *text = i18n(language, problem_msgid(problem->code));
    const char *hole = strstr(text, "{}");
    struct text_buffer b = text_buffer(mem);

    if (hole == NULL) {
        text_put(&b, text);
    } else {
        text_put_bytes(&b, text, (size_t)(hole - text));
        text_put(&b, has_parts(problem->code) ? i18n_filled(mem, language, problem->detail)
                     : problem->detail[0]     ? i18n(language, problem->detail)
                                              : "");
        text_put(&b, hole + 2);
    }
    return b.bytes;
}
