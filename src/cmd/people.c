#include "cmd/people.h"
#include "base/text.h"
#include "rules/code.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const char *const FIRST[] = {"Anna",   "Bruno",  "Carla", "Dario",  "Elena",  "Fabio",  "Giulia", "Ivo",
                                    "Laura",  "Marco",  "Nadia", "Oreste", "Paola",  "Quinto", "Rita",   "Sergio",
                                    "Teresa", "Ugo",    "Vera",  "Zeno",   "Alba",   "Biagio", "Cinzia", "Donato",
                                    "Ester",  "Flavio", "Gemma", "Ilario", "Livia",  "Mauro",  "Noemi",  "Olga",
                                    "Pietro", "Rocco",  "Sonia", "Tullio", "Ursula", "Vasco",  "Wanda",  "Zita"};
static const char *const LAST[] = {
    "Provetti", "Esempi",     "Campioni",  "Fittizi",   "Inventati", "Finzioni",   "Modelli",   "Bozzetti",
    "Cartoni",  "Simulati",   "Provini",   "Saggi",     "Ipotesi",   "Fantasini",  "Tracciati", "Facsimili",
    "Abbozzi",  "Schizzi",    "Copioni",   "Collaudi",  "Tentativi", "Rodaggi",    "Varianti",  "Repliche",
    "Ritagli",  "Segnaposti", "Prototipi", "Falsetti",  "Bandelli",  "Cassettini", "Postelli",  "Sigilloni",
    "Ricevuti", "Protocolli", "Fascicoli", "Timbretti", "Registri",  "Allegati",   "Recapiti",  "Mittenti"};
static const char *const TRADE[] = {"Officine",   "Studio tecnico", "Farmacia", "Libreria", "Cantina",  "Panificio",
                                    "Tipografia", "Autotrasporti",  "Vivai",    "Ottica",   "Edilizia", "Sartoria"};
static const struct {
    const char *city, *postcode, *province;
} PLACE[] = {{"Roma", "00144", "RM"},   {"Milano", "20121", "MI"},  {"Torino", "10121", "TO"},
             {"Napoli", "80133", "NA"}, {"Bologna", "40121", "BO"}, {"Firenze", "50122", "FI"},
             {"Bari", "70121", "BA"},   {"Palermo", "90133", "PA"}, {"Verona", "37121", "VR"},
             {"Genova", "16121", "GE"}, {"Trieste", "34121", "TS"}, {"Cagliari", "09124", "CA"}};

struct people people(uint64_t seed)
{
    return (struct people){.state = seed | 1};
}

uint32_t people_random(struct people *p, uint32_t below) /* xorshift64* */
{
    p->state ^= p->state >> 12;
    p->state ^= p->state << 25;
    p->state ^= p->state >> 27;
    return (uint32_t)((p->state * 0x2545F4914F6CDD1D) >> 33) % below;
}

/* ---- Tax numbers ---- */

/* Three consonants of a name, then its vowels, then X: as the codice fiscale takes them, but for its rule of the fourth
 * consonant. */
static void three_letters(const char *name, char out[4])
{
    size_t count = 0;

    for (int vowels = 0; vowels < 2; vowels++)
        for (const char *c = name; *c && count < 3; c++) {
            char capital = (char)(*c & ~0x20);

            if (code_is_capital(capital) && (strchr("AEIOU", capital) != NULL) == (vowels == 1))
                out[count++] = capital;
        }
    while (count < 3)
        out[count++] = 'X';
    out[3] = '\0';
}

static char *tax_code(void *mem, struct people *p, const char *first, const char *last)
{
    char surname[4], name[4];
    char *code;

    three_letters(last, surname);
    three_letters(first, name);
    code = talloc_asprintf(mem, "%s%s%02u%c%02uZ999_", surname, name, 40 + people_random(p, 60),
                           "ABCDEHLMPRST"[people_random(p, 12)],
                           1 + people_random(p, 28) + (people_random(p, 2) ? 40 : 0));
    code[15] = code_check_letter(code, 15);
    return code;
}

static char *vat_number(void *mem, struct people *p)
{
    char *number = talloc_asprintf(mem, "99%05u999_", (unsigned)(p->made % 100000));
    int sum = 0;

    for (int i = 0; i < 10; i++) {
        int digit = number[i] - '0';

        if (i % 2 == 1 && (digit *= 2) > 9)
            digit -= 9;
        sum += digit;
    }
    number[10] = (char)('0' + (10 - sum % 10) % 10);
    return number;
}

/* ---- Holders ---- */

static char *mail_name(void *mem, const char *text)
{
    char *name = text_lower(mem, text);

    for (char *c = name; *c; c++)
        if (*c == ' ')
            *c = '.';
    return name;
}

static void fill_address(void *mem, struct people *p, struct billing *b)
{
    size_t place = people_random(p, count_of(PLACE));

    b->street = talloc_asprintf(mem, "Via dell'Esempio %u", 1 + people_random(p, 180));
    b->postcode = PLACE[place].postcode;
    b->city = PLACE[place].city;
    b->province = PLACE[place].province;
    b->country = "IT";
    b->sdi_code = b->sdi_pec = "";
}

static struct billing holder(void *mem, struct people *p, enum holder_kind kind, const char *name, const char *first,
                             const char *last)
{
    struct billing b = {.kind = (int)kind, .name = name, .tax_code = "", .vat_number = ""};

    p->made++;
    fill_address(mem, p, &b);
    b.email = talloc_asprintf(mem, "%s.%d@posta.example", mail_name(mem, last), p->made);
    if (kind != HOLDER_COMPANY && kind != HOLDER_PUBLIC_BODY)
        b.tax_code = tax_code(mem, p, first, last);
    if (kind != HOLDER_PERSON)
        b.vat_number = vat_number(mem, p);
    if (kind == HOLDER_COMPANY || kind == HOLDER_PUBLIC_BODY)
        b.tax_code = b.vat_number;
    if (kind == HOLDER_PUBLIC_BODY)
        b.sdi_code = "UFZZ99";
    else if (kind != HOLDER_PERSON)
        b.sdi_code = "ZZZ9999";
    return b;
}

struct person people_next(void *mem, struct people *p)
{
    const char *first = FIRST[people_random(p, count_of(FIRST))], *last = LAST[people_random(p, count_of(LAST))];
    uint32_t dice = people_random(p, 100);
    enum holder_kind kind = dice < 45   ? HOLDER_PERSON
                            : dice < 65 ? HOLDER_FREELANCE
                            : dice < 75 ? HOLDER_SOLE_TRADER
                            : dice < 98 ? HOLDER_COMPANY
                                        : HOLDER_PUBLIC_BODY;
    char *name = talloc_asprintf(mem, "%s %s", first, last), *called = name;
    struct person person;

    if (kind == HOLDER_COMPANY)
        name = called = talloc_asprintf(mem, "%s %s S.r.l.", TRADE[people_random(p, count_of(TRADE))], last);
    if (kind == HOLDER_SOLE_TRADER)
        name = talloc_asprintf(mem, "%s di %s %s", TRADE[people_random(p, count_of(TRADE))], first, last);
    if (kind == HOLDER_PUBLIC_BODY)
        name = called = talloc_asprintf(mem, "Comune di %s", last);
    person.billing = holder(mem, p, kind, name, first, last);
    if (text_starts(called + strlen(called) - 6, "S.r.l."))
        called = talloc_strndup(mem, called, strlen(called) - 7);
    person.local = talloc_asprintf(mem, "%s.%d", mail_name(mem, called), p->made);
    return person;
}

struct billing people_named(void *mem, struct people *p, enum holder_kind kind, const char *name)
{
    return holder(mem, p, kind, name, FIRST[people_random(p, count_of(FIRST))], LAST[people_random(p, count_of(LAST))]);
}
