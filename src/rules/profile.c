#include "rules/profile.h"
#include "base/text.h"
#include "rules/email.h"
#include <string.h>

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

enum outcome user_name_check(void *mem, const char **user_name, struct problem *why)
{
    const char *name = text_lower(mem, text_trim(mem, *user_name ? *user_name : ""));
    size_t length = strlen(name);

    *user_name = name;
    if (!length)
        return problem_set(why, PROBLEM_REQUIRED, "user_name", "%s", "");
    if (strchr(name, '@'))
        return problem_set(why, PROBLEM_USER_NAME_EMAIL, "user_name", "%s", "");
    if (length < USER_NAME_LEAST || length > USER_NAME_MOST || !is_letter_or_digit(name[0]) ||
        !is_letter_or_digit(name[length - 1]))
        return problem_set(why, PROBLEM_USER_NAME_FORMAT, "user_name", "%s", "");
    for (const char *c = name; *c; c++)
        if (!is_letter_or_digit(*c) && !strchr("._-", *c))
            return problem_set(why, PROBLEM_USER_NAME_FORMAT, "user_name", "%s", "");
    return DONE;
}

bool phone_valid(const char *phone)
{
    size_t digits = 0;

    for (const char *c = phone; *c; c++) {
        if (*c >= '0' && *c <= '9')
            digits++;
        else if (!strchr(" -./()", *c) && !(*c == '+' && c == phone))
            return false;
    }
    return digits >= 6 && digits <= 15;
}

bool billing_begun(const struct billing *b)
{
    const char *const said[] = {b->tax_code, b->vat_number, b->street,   b->postcode,
                                b->city,     b->province,   b->sdi_code, b->sdi_pec};

    for (size_t i = 0; i < count_of(said); i++)
        if (!text_is_blank(said[i]))
            return true;
    return false;
}

static bool told(const struct problems *all, const char *field)
{
    for (size_t i = 0; i < all->count && i < count_of(all->item); i++)
        if (strcmp(all->item[i].field, field) == 0)
            return true;
    return false;
}

static void check_billing(void *mem, struct billing *b, struct problems *all)
{
    struct problems faults = {0};

    b->country = text_is_blank(b->country) ? "IT" : text_upper(mem, text_trim(mem, b->country));
    if (!billing_begun(b)) {
        *b = (struct billing){b->kind, b->name, "", "", "", "", "", "", b->country, "", "", b->email};
        return;
    }
    if (billing_check(mem, b, &faults) == DONE)
        return;
    for (size_t i = 0; i < faults.count && i < count_of(faults.item); i++)
        if (!told(all, faults.item[i].field))
            (void)!problems_add(all, faults.item[i].code, faults.item[i].field, "%s", faults.item[i].detail);
}

enum outcome profile_check(void *mem, struct profile *p, struct problems *all)
{
    struct billing *b = &p->billing;
    struct problem why;

    b->name = text_trim(mem, b->name ? b->name : "");
    b->email = text_lower(mem, text_trim(mem, b->email ? b->email : ""));
    p->phone = text_trim(mem, p->phone ? p->phone : "");
    if (!told(all, "name") && !b->name[0])
        (void)!problems_add(all, PROBLEM_REQUIRED, "name", "%s", "");
    else if (!told(all, "name") && text_characters(b->name) > PROFILE_NAME_MOST)
        (void)!problems_add(all, PROBLEM_TOO_LONG, "name", "%d", PROFILE_NAME_MOST);
    if (p->may_lack_user_name && text_is_blank(p->user_name))
        p->user_name = "";
    else if (!told(all, "user_name") && user_name_check(mem, &p->user_name, &why) != DONE)
        (void)!problems_add(all, why.code, why.field, "%s", "");
    if (!told(all, "email") && !email_valid(b->email))
        (void)!problems_add(all, b->email[0] ? PROBLEM_NOT_AN_EMAIL : PROBLEM_REQUIRED, "email", "%s", "");
    if (!told(all, "phone") && p->phone[0] && !phone_valid(p->phone))
        (void)!problems_add(all, PROBLEM_PHONE, "phone", "%s", "");
    check_billing(mem, b, all);
    return all->count ? REFUSED : DONE;
}
