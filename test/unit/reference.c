/* The 15-digit causale: made, checked, and found again in what payers type and banks cut. */
#include "found.h"

#define B "202600000421715"

static void makes(void **state)
{
    static const struct {
        int year;
        int64_t number;
        const char *reference;
    } ROWS[] = {
        {2026, 95055, A},
        {2026, 4217, B},
        {2026, 1, "202600000000153"},
        {0, 1, "000000000000195"},
        {2027, 999999999, "202799999999949"},
        {9999, 999999999, "999999999999956"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char text[REFERENCE_TEXT];

        assert_string_equal(reference_make(ROWS[i].year, ROWS[i].number, text), ROWS[i].reference);
        assert_true(reference_valid(text));
    }
}

static void tells_its_number(void **state)
{
    (void)state;
    assert_int_equal(reference_number(A), 95055);
    assert_int_equal(reference_number("999999999999956"), 999999999);
    assert_int_equal(reference_number("000000000000195"), 1);
}

static void groups(void **state)
{
    char text[20];

    (void)state;
    assert_string_equal(reference_grouped(A, text), "202600 009505 571");
}

static void checks(void **state)
{
    static const char *const BAD[] = {
        "", "2", "20260000950557", A "1", "0" A, "20260000950557A", " " A, "202600009505572", "202600 009505 571"};

    (void)state;
    assert_true(reference_valid("123456789012334"));
    for (size_t i = 0; i < count_of(BAD); i++)
        assert_false(reference_valid(BAD[i]));
}

static void every_slip_of_a_digit_is_noticed(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[REFERENCE_TEXT];

        reference_make(2013 + (int)draw(100), 1 + draw(999999999), text);
        assert_true(reference_valid(text));
        for (int i = 0; i < 15; i++) {
            char kept = text[i];

            for (char digit = '0'; digit <= '9'; digit++) {
                text[i] = digit;
                assert_int_equal(reference_valid(text), digit == kept);
            }
            text[i] = kept;
            if (i > 0 && text[i - 1] != text[i]) {
                text[i] = text[i - 1];
                text[i - 1] = kept;
                assert_false(reference_valid(text));
                text[i - 1] = text[i];
                text[i] = kept;
            }
        }
    }
}

static void hold(const struct row *rows, size_t count)
{
    found_are(NULL, rows, count);
    found_are(&(struct code_forms){0}, rows, count);
}

static void one_piece(void **state)
{
    static const struct row ROWS[] = {
        /* alone and in a sentence */
        {{A}, {A}, 0},
        {{"RINNOVO CASELLA " A}, {A}, 0},
        {{"causale:" A "."}, {A}, 0},
        {{"(" A ")"}, {A}, 0},
        {{"n. " A ", 2 anni"}, {A}, 0},
        {{"Rif." A "/2 anni"}, {A}, 0},
        {{"N\u00B0" A}, {A}, 0},
        {{"n\u00BA" A}, {A}, 0},
        {{"30,50\u20AC" A}, {A}, 0},
        {{"ORD_" A}, {A}, 0},
        {{A " 15/03/2027"}, {A}, 0},
        {{"12 " A " 34"}, {A}, 0},
        {{A "-1"}, {A}, 0},
        /* grouped */
        {{"202600 009505 571"}, {A}, 0},
        {{"202600.009505.571"}, {A}, 0},
        {{"2026-0000-9505-571"}, {A}, 0},
        {{"2026/00009505571"}, {A}, 0},
        {{"2026 0000-9505/57.1"}, {A}, 0},
        {{"2 0 2 6 0 0 0 0 9 5 0 5 5 7 1"}, {A}, 0},
        {{"202600\u00A0009505\u00A0571"}, {A}, 0},
        {{"202600   009505\t571"}, {A}, 0},
        {{"202600 009505 571 15/03/2027"}, {A}, 0},
        {{"del 1/1 202600 009505 571"}, {A}, 0},
        {{"pos. 12 202600 009505 571 LM7"}, {A}, 0},
        {{"202600\u2013009505\u2013571"}, {A}, 0},
        /* grouped too loosely */
        {{"202600 - 009505 - 571"}, {0}, 0},
        {{"202600--009505571"}, {0}, 0},
        {{"202600. 009505571"}, {0}, 0},
        {{"202600,009505,571"}, {0}, 0},
        {{"202600_009505_571"}, {0}, 0},
        {{"202600:009505571"}, {0}, 0},
        {{"202600\u20AC009505571"}, {0}, 0},
        /* inside a longer run, or of another length */
        {{"1" A}, {0}, 0},
        {{A "0"}, {0}, 0},
        {{"000" A "000"}, {0}, 0},
        {{A B}, {0}, 0},
        {{"20260000950557"}, {0}, 0},
        {{"202600 009505 5710"}, {0}, 0},
        {{"1202600 009505 571"}, {0}, 0},
        {{""}, {0}, 0},
        {{"BONIFICO DA ROSSI MARIO"}, {0}, 0},
        /* letters joined */
        {{"RLM" A}, {0}, 0},
        {{A "X"}, {0}, 0},
        {{"X" A " " A "X"}, {0}, 0},
        {{"\u00E8" A}, {0}, 0},
        {{A "\u00E0"}, {0}, 0},
        {{A "\u0663"}, {0}, 0},
        {{"202600 009505 571A"}, {0}, 0},
        {{"A202600 009505 571"}, {0}, 0},
        {{"202600 0A9505 571"}, {0}, 0},
        {{"RLM95055"}, {0}, 0},
        {{"RLM 95055 LM 202600"}, {0}, 0},
        {{"\xC3" A}, {0}, 0},
        {{A "\xC3"}, {0}, 0},
        {{"202600\xC3"
          "009505571"},
         {0},
         0},
        {{"\x80" A}, {0}, 0},
        /* several */
        {{A " " B}, {A, B}, 0},
        {{B "/" A}, {B, A}, 0},
        {{A "+" A}, {A}, 0},
        {{A " 202600 009505 571 " A}, {A}, 0},
        {{"202600 009505 571 202600 000421 715"}, {A, B}, 0},
        {{A " " B " 202600000000153 123456789012334 000000000000195"}, {A, B, "202600000000153", "123456789012334"}, 0},
        /* wrong check digits */
        {{"202600009505572"}, {0}, 1},
        {{"202600 009505 572"}, {0}, 1},
        {{"202600009505572 202600 009505 570,"}, {0}, 1}, /* the second belongs to a chain of 30 */
        {{"202600009505572; 202600 009505 570,"}, {0}, 2},
        {{A " al posto di 202600009505572"}, {A}, 1},
        {{"202600 009505 572 15/03/2027"}, {0}, 0},
        {{"202600 009505 572 A15"}, {0}, 1},
        {{"IT60 X054 2811 1101 0000 0123 456"}, {0}, 0}, /* four groups of this IBAN are 15 digits */
        {{"CARTA 4111 1111 1111 1111"}, {0}, 0},
    };

    (void)state;
    hold(ROWS, count_of(ROWS));
}

static void pieces(void **state)
{
    static const struct row ROWS[] = {
        {{"RINNOVO 2026000", "09505571"}, {A}, 0},
        {{"RINNOVO 2026000", "09505571 CASELLA"}, {A}, 0},
        {{"202600 0095", "05 571"}, {A}, 0},
        {{"202600 009505 ", " 571"}, {A}, 0},
        {{"202600-", "009505-571"}, {A}, 0},
        {{"2026", "0000", "9505", "571"}, {A}, 0},
        {{"RINNOVO", "2026000", "09505571", "CASELLA"}, {A}, 0}, /* only with blanks between */
        {{"RINNOVO", A, "CASELLA"}, {A}, 0},
        {{A, A}, {A}, 0},
        {{A, B}, {A, B}, 0},
        {{"", A, ""}, {A}, 0},
        /* a piece by itself wins: what joining would add or spoil does not count */
        {{A, "1"}, {A}, 0},
        {{"7", A}, {A}, 0},
        {{A, "2026000", "00421715"}, {A}, 0},
        {{A, "1234567", "89012345"}, {A}, 0},
        /* a piece's own wrong reference stays the answer when joining finds nothing */
        {{"202600009505572", "1"}, {0}, 1},
        {{"202600009505572", "1234567", "89012345"}, {0}, 1},
        /* and gives way when joining finds a right one */
        {{"202600009505572", "X 2026000", "09505571"}, {A}, 0}, /* joined, an X touches the wrong one */
        {{"202600009505572,", "X 2026000", "09505571"}, {A}, 1},
        /* no piece has a candidate: the first joined reading that has one is told */
        {{"2026000", "09505572"}, {0}, 1},
        {{"X", "2026000", "09505572", "X"}, {0}, 1},
        /* cut by a letter or made longer, also when joined */
        {{"2026000", "A09505571"}, {0}, 0},
        {{"12026000", "09505571"}, {0}, 0},
        {{"2026000", "095055710"}, {0}, 0},
        {{"caff\xC3",
          "\xA8"
          "2026000",
          "09505571"},
         {0},
         0}, /* a cut letter still joins */
    };

    (void)state;
    hold(ROWS, count_of(ROWS));
}

static void slip_codes(void **state)
{
    static const struct row ROWS[] = {
        {{"120260000950557134"}, {A}, 0},     {{"COD.CLIENTE 120260000950557134 TD 896"}, {A}, 0},
        {{"1202600009", "50557134"}, {A}, 0}, {{A " 120260000950557134"}, {A}, 0},
        {{"120260000950557135"}, {0}, 0},  /* remainder wrong */
        {{"120260000950557235"}, {0}, 0},  /* reference wrong, remainder right */
        {{"025257650095110900"}, {0}, 0},  /* somebody else's */
        {{"1120260000950557134"}, {0}, 0}, /* inside a longer run */
        {{"120260000950557134X"}, {0}, 0},    {{"120260000950557134 202600009505572"}, {A}, 1},
    };

    (void)state;
    hold(ROWS, count_of(ROWS));
}

static void absent_pieces(void **state)
{
    const char *const parts[] = {NULL, A, NULL};
    struct references found;

    (void)state;
    references_find(parts, 3, &found);
    assert_int_equal(found.valid_count, 1);
    references_find(NULL, 0, &found);
    assert_int_equal(found.valid_count + found.invalid_count, 0);
}

/* Writes a reference in random groups inside random words, cuts it at random places, and finds it. */
static void any_grouping_and_any_cut(void **state)
{
    static const char *const GAPS[] = {"", " ", ".", "-", "/", "  "};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char reference[REFERENCE_TEXT], text[128] = "PEC ", piece[4][128];
        const char *parts[4];
        size_t count = 1 + draw(4), from = 0;
        struct references found;
        bool there = false;

        reference_make(2026, 1 + draw(999999999), reference);
        for (size_t i = 0; i < 15; i++) {
            strcat(text, (char[]){reference[i], '\0'});
            strcat(text, i < 14 ? GAPS[draw(3) ? 0 : draw(count_of(GAPS))] : " GRAZIE");
        }
        for (size_t i = 0; i < count; i++) {
            size_t to = i + 1 < count ? from + draw((uint32_t)(strlen(text) - from + 1)) : strlen(text);

            snprintf(piece[i], sizeof piece[i], "%.*s", (int)(to - from), text + from);
            parts[i] = piece[i];
            from = to;
        }
        references_find(parts, count, &found);
        for (size_t i = 0; i < found.valid_count; i++)
            there = there || strcmp(found.valid[i], reference) == 0;
        if (!there)
            fail_msg("%s not found in \"%s\"", reference, text);
    }
}

/* Bytes of every kind: nothing is read or written out of place, and what is found really stands there. */
static void hostile_bytes(void **state)
{
    static const char ALPHABET[] = "0123456789012345678901234567890123456789 ./-\xC3\xA8\xE2\x80\x93X,\nRLMLM_";

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[200], digits[200];
        const char *parts[2] = {text, text + 100};
        size_t length = draw(sizeof text), count = 0;
        struct references found;

        for (size_t i = 0; i < length; i++)
            text[i] = draw(20) ? ALPHABET[draw(sizeof ALPHABET - 1)] : (char)(1 + draw(255));
        text[length] = '\0';
        parts[1] = length > 100 ? text + 100 : "";
        codes_find(parts, 2, &FORMS, &found);
        assert_true(found.valid_count <= 4);
        references_find(parts, 2, &found);
        for (size_t i = 0; i < length; i++)
            if (text[i] >= '0' && text[i] <= '9')
                digits[count++] = text[i];
        for (size_t i = 0; i < found.valid_count; i++) {
            size_t at = 0;

            assert_true(reference_valid(found.valid[i]));
            while (at + 15 <= count && memcmp(digits + at, found.valid[i], 15) != 0)
                at++;
            if (parts[1][0] == '\0')
                assert_true(at + 15 <= count);
        }
    }
}

/* A megabyte of each: work that grew with the square of the length would not end. */
static void long_texts(void **state)
{
    static const char *const UNITS[] = {
        "1",  "1 ",   "1.",     "12-",  "1  ", "123456789012345", "123456789012345 ", "-", " ",
        "a1", "\xC3", "R.L.M.", "LM1 ", "R ",  "RLM95055 ",       "RLM123."};
    enum { LENGTH = 1 << 20 };
    char *text = malloc(LENGTH + 32);

    (void)state;
    for (size_t i = 0; i < count_of(UNITS); i++) {
        const char *parts[2] = {text, text};
        size_t unit = strlen(UNITS[i]);
        struct references found;

        for (size_t at = 0; at < LENGTH; at += unit)
            memcpy(text + at, UNITS[i], unit + 1);
        codes_find(parts, 2, &FORMS, &found);
        assert_true(found.valid_count <= 4);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes),
        cmocka_unit_test(tells_its_number),
        cmocka_unit_test(groups),
        cmocka_unit_test(checks),
        cmocka_unit_test(every_slip_of_a_digit_is_noticed),
        cmocka_unit_test(one_piece),
        cmocka_unit_test(pieces),
        cmocka_unit_test(absent_pieces),
        cmocka_unit_test(slip_codes),
        cmocka_unit_test(any_grouping_and_any_cut),
        cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
