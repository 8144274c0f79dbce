#include "rules/taxid.h"

#include "rules/code.h"
#include <stdbool.h>
#include <string.h>
#include <talloc.h>

#define PERSON_CODE 16
#define BODY_CODE   11

/* Where a codice fiscale holds digits, or the letters of omocodia in their stead. */
static const unsigned char DIGIT_AT[] = {6, 7, 9, 10, 12, 13, 14};

char *taxid_clean(void *mem, const char *typed)
{
    size_t room = (typed != NULL ? strlen(typed) : 0) + 1;
    char *clean = talloc_array(mem, char, room);
    const char *number;

    code_clean(typed != NULL ? typed : "", clean, room);
    number = clean + (strncmp(clean, "IT:", 3) == 0 ? 3 : strncmp(clean, "IT", 2) == 0 ? 2 : 0);
    if (code_is_digits(number, strlen(number))) /* else these are the first letters of a surname */
        memmove(clean, number, strlen(number) + 1);
    return clean;
}

/* The digit that a character of a digit's place stands for; -1 for none. */
static int omocodia_digit(char c)
{
    static const char LETTERS[] = "LMNPQRSTUV";
    const char *place;

    if (code_is_digit(c))
        return c - '0';
    place = c != '\0' ? strchr(LETTERS, c) : NULL;
    return place != NULL ? (int)(place - LETTERS) : -1;
}

/* 16 characters, letters and digits (or their substitutes) each in its place. */
static bool is_person_code(const char *code)
{
    size_t next = 0;

    if (strnlen(code, PERSON_CODE + 1) != PERSON_CODE)
        return false;
    for (size_t i = 0; i < PERSON_CODE; i++) {
        if (next < count_of(DIGIT_AT) && i == DIGIT_AT[next]) {
            if (omocodia_digit(code[i]) < 0)
                return false;
            next++;
        } else if (!code_is_capital(code[i])) {
            return false;
        }
    }
    return strchr("ABCDEHLMPRST", code[8]) != NULL;
}

static bool birthday_exists(const char *code)
{
    static const char MONTHS[] = "ABCDEHLMPRST";
    static const unsigned char DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = omocodia_digit(code[6]) * 10 + omocodia_digit(code[7]);
    int day = omocodia_digit(code[9]) * 10 + omocodia_digit(code[10]);
    long month = strchr(MONTHS, code[8]) - MONTHS;
    int last = DAYS[month] + (month == 1 && year % 4 == 0);

    if (day > 40)
        day -= 40;
    return day >= 1 && day <= last;
}

/* Doubled digits in even places lose 9 when they pass it; the sum must be a multiple of 10. */
static bool body_digits_hold(const char *digits)
{
    int sum = 0;

    for (int i = 0; i < BODY_CODE; i++) {
        int digit = digits[i] - '0';

        if (i % 2 == 1 && (digit *= 2) > 9)
            digit -= 9;
        sum += digit;
    }
    return sum % 10 == 0 && strncmp(digits, "0000000", 7) != 0;
}

enum outcome tax_code_check(const char *code, const char *field, struct problem *why)
{
    if (code_is_digits(code, BODY_CODE))
        return body_digits_hold(code) ? DONE : problem_set(why, PROBLEM_TAX_CODE_CHECK, field, "");
    if (!is_person_code(code))
        return problem_set(why, PROBLEM_TAX_CODE_FORMAT, field, "");
    if (code_check_letter(code, PERSON_CODE - 1) != code[PERSON_CODE - 1] || !birthday_exists(code))
        return problem_set(why, PROBLEM_TAX_CODE_CHECK, field, "");
    return DONE;
}

enum outcome vat_number_check(const char *number, const char *field, struct problem *why)
{
    int office;

    if (!code_is_digits(number, BODY_CODE))
        return problem_set(why, PROBLEM_VAT_NUMBER_FORMAT, field, "");
    office = (number[7] - '0') * 100 + (number[8] - '0') * 10 + (number[9] - '0');
    if (!body_digits_hold(number) ||
        !((office >= 1 && office <= 100) || office == 120 || office == 121 || office == 888 || office == 999))
        return problem_set(why, PROBLEM_VAT_NUMBER_CHECK, field, "");
    return DONE;
}

char *tax_code_base(void *mem, const char *code)
{
    char *base = talloc_strdup(mem, code);

    if (is_person_code(code)) {
        for (size_t i = 0; i < count_of(DIGIT_AT); i++)
            base[DIGIT_AT[i]] = (char)('0' + omocodia_digit(code[DIGIT_AT[i]]));
        base[PERSON_CODE - 1] = code_check_letter(base, PERSON_CODE - 1);
    }
    return base;
}
