#include "web/field_name.h"
#include "base/i18n.h"
#include <stdbool.h>
#include <string.h>
#include <talloc.h>

static const struct {
    const char *field, *name;
    bool always; /* several of its kind stand on one form */
} FIELD[] = {
    {"name", N_("Nome"), false},
    {"tax_code", N_("Codice fiscale"), false},
    {"vat_number", N_("Partita IVA"), false},
    {"street", N_("Indirizzo"), false},
    {"postcode", N_("CAP"), false},
    {"city", N_("Comune"), false},
    {"province", N_("Provincia"), false},
    {"country", N_("Paese"), false},
    {"sdi_code", N_("Codice destinatario"), false},
    {"email", N_("E-mail"), false},
    {"phone", N_("Telefono"), false},
    {"user_name", N_("Nome utente"), false},
    {"days", N_("Giorni"), true},
    {"note", N_("Nota"), false},
    {"note_order", N_("Nota"), true},
    {"note_split", N_("Nota"), true},
    {"note_wallet", N_("Nota"), true},
    {"note_transfer", N_("Nota"), true},
    {"note_foreign", N_("Nota"), true},
    {"abi", N_("ABI"), true},
    {"cab", N_("CAB"), true},
    {"drawer", N_("Chi lo firma"), true},
    {"dated_on", N_("Data"), true},
    {"done_note", N_("Che cosa è stato fatto"), true},
    {"password", N_("Password"), false},
    {"password_again", N_("Password ripetuta"), false},
    {"current", N_("Password attuale"), false},
    {"signer_name", N_("Nome di chi firma"), true},
    {"signer_tax_code", N_("Codice fiscale di chi firma"), true},
    {"name_1", N_("Primo nome"), true},
    {"name_2", N_("Secondo nome"), true},
    {"name_3", N_("Terzo nome"), true},
};

const char *field_fault(void *mem, const char *language, const struct problem *fault)
{
    const char *text = problem_text(mem, language, fault);

    for (size_t i = 0; i < count_of(FIELD); i++) {
        if (strcmp(FIELD[i].field, fault->field) != 0)
            continue;
        if (fault->code == PROBLEM_REQUIRED)
            return talloc_asprintf(mem, i18n(language, N_("%s: campo obbligatorio.")), i18n(language, FIELD[i].name));
        if (FIELD[i].always)
            return talloc_asprintf(mem, "%s: %s", i18n(language, FIELD[i].name), text);
    }
    return text;
}
