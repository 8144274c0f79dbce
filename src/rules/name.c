#include "rules/name.h"
#include "base/i18n.h"
#include <stdio.h>
#include <string.h>

/* Addresses by which others reach, or believe they reach, the provider itself: RFC 2142, the role addresses that
 * machines and certificate authorities write to, and the offices that a swindler would like to be. */
static const char *const RESERVED[] = {
    "abuse",
    "accounting",
    "admin",
    "administrator",
    "amministratore",
    "amministrazione",
    "anonymous",
    "assistenza",
    "autoconfig",
    "autodiscover",
    "billing",
    "certificazione",
    "contabilita",
    "contatti",
    "customercare",
    "daemon",
    "dmarc",
    "fatturazione",
    "gestore",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "localhost",
    "mail",
    "mailer",
    "mailerdaemon",
    "noc",
    "nobody",
    "noreply",
    "pec",
    "postacertificata",
    "postmaster",
    "privacy",
    "ricevute",
    "root",
    "security",
    "sicurezza",
    "ssladmin",
    "ssladministrator",
    "sslwebmaster",
    "support",
    "supporto",
    "sysadmin",
    "system",
    "tlsreport",
    "titolari",
    "usenet",
    "webmaster",
    "www",
};

static bool is_sign(char c)
{
    return c == '.' || c == '_' || c == '-';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* ---- Look-alikes ---- */

static const char *past_signs(const char *at)
{
    while (is_sign(*at))
        at++;
    return at;
}

/* The next letter as a reader sees it, 0 at the end. */
static char next_look(const char **at)
{
    const char *here = past_signs(*at), *after = past_signs(here + (*here != '\0'));

    *at = after;
    if ((*here == 'r' && *after == 'n') || (*here == 'v' && *after == 'v')) {
        *at = after + 1;
        return *here == 'r' ? 'm' : 'w';
    }
    return *here == '0' ? 'o' : *here == '1' || *here == 'i' ? 'l' : *here;
}

bool names_alike(const char *a, const char *b)
{
    char one, other;

    do {
        one = next_look(&a);
        other = next_look(&b);
    } while (one == other && one != '\0');
    return one == other;
}

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < count_of(RESERVED); i++)
        if (names_alike(name, RESERVED[i]))
            return true;
    return false;
}

/* ---- One name ---- */

static bool well_formed(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool edge = i == 0 || i + 1 == length;

        if (!is_word(name[i]) && (!is_sign(name[i]) || edge || is_sign(name[i - 1])))
            return false;
    }
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

enum outcome name_check(const char *typed, const char *field, char name[NAME_TEXT], struct problem *why)
{
    size_t length;

    name[0] = '\0';
    typed += strspn(typed, " \t");
    length = strlen(typed);
    while (length > 0 && (typed[length - 1] == ' ' || typed[length - 1] == '\t'))
        length--;
    if (length == 0)
        return problem_set(why, PROBLEM_REQUIRED, field, "%s", "");

    char all[8 * NAME_TEXT]; /* more than anybody types; what is longer has no form to speak of */
    size_t kept = length < sizeof all - 1 ? length : sizeof all - 1;

    for (size_t i = 0; i < kept; i++)
        all[i] = lower(typed[i]);
    all[kept] = '\0';
    if (!well_formed(all, kept))
        return problem_set(why, PROBLEM_NAME_FORMAT, field, "%s", "");
    if (length < NAME_LEAST || length > NAME_MOST)
        return problem_set(why, PROBLEM_NAME_LENGTH, field, N_("da %d a %d"), NAME_LEAST, NAME_MOST);
    if (is_reserved(all))
        return problem_set(why, PROBLEM_NAME_RESERVED, field, "%s", "");
    memcpy(name, all, length + 1);
    return DONE;
}

/* ---- The three ---- */

enum outcome names_check(const char *const typed[NAMES], char names[NAMES][NAME_TEXT], struct problems *all)
{
    size_t before = all->count;

    for (int i = 0; i < NAMES; i++) {
        char field[16];
        struct problem why;

        snprintf(field, sizeof field, "name_%d", i + 1);
        if (name_check(typed[i] ? typed[i] : "", field, names[i], &why) != DONE) {
            (void)!problems_add(all, why.code, field, "%s", why.detail);
            continue;
        }
        for (int j = 0; j < i; j++)
            if (strcmp(names[j], names[i]) == 0) {
                (void)!problems_add(all, PROBLEM_NAME_REPEATED, field, "%s", "");
                names[i][0] = '\0';
                break;
            }
    }
    return all->count == before ? DONE : REFUSED;
}
