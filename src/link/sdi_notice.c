#include "link/sdi_notice.h"
#include "base/i18n.h"
#include "base/text.h"
#include "link/signature.h"
#include "link/xml_stream.h"
#include <string.h>
#include <talloc.h>

enum {
    START,
    ROOT, /* ROOT + kind is the root of that kind */
    VERDICT = ROOT + SDI_KINDS,
    ERRORS,
    ERROR,
    CODE,
    ERROR_TEXT,
    HINT,
    SDI_ID,
    ABOUT,
    HASH,
    EC_CODE,
    SAID,
    NOTE,
};

static const struct root {
    const char *name;
    enum sdi_kind kind;
} ROOTS[] = {
    {"RicevutaConsegna", SDI_RC},
    {"NotificaScarto", SDI_NS},
    {"RicevutaScarto", SDI_NS},
    {"NotificaMancataConsegna", SDI_MC},
    {"RicevutaImpossibilitaRecapito", SDI_MC},
    {"NotificaEsito", SDI_NE},
    {"NotificaDecorrenzaTermini", SDI_DT},
    {"AttestazioneTrasmissioneFattura", SDI_AT},
    {"MetadatiInvioFile", SDI_MT},
    {"FileMetadati", SDI_MT},
    {"NotificaEsitoCommittente", SDI_EC},
    {"ScartoEsitoCommittente", SDI_SE},
};

static const char *const NAMESPACES[] = {
    "http://www.fatturapa.gov.it/sdi/messaggi/v1.0",
    "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0",
};

#define TEXT_MOST  300 /* bytes */
#define OF_ROOTS   (count_of(ROOTS))
#define IN_EACH    6
#define STEPS_MOST (OF_ROOTS + SDI_KINDS * IN_EACH + 16)

/* What stands in every root; a notice's own identifier is not that of the archive it came in, nor of the verdict in it.
 */
static const struct xml_step EACH[IN_EACH] = {
    {0, "IdentificativoSdI", SDI_ID, true}, {0, "NomeFile", ABOUT, true},   {0, "Hash", HASH, true},
    {0, "HashFileOriginale", HASH, true},   {0, "Descrizione", SAID, true}, {0, "Note", NOTE, true},
};
static const struct xml_step OTHERS[] = {
    {ROOT + SDI_NE, "EsitoCommittente", VERDICT, false},
    {ROOT + SDI_EC, "Esito", EC_CODE, true},
    {VERDICT, "Esito", EC_CODE, true},
    {VERDICT, "Descrizione", SAID, true},
    {ROOT + SDI_NS, "ListaErrori", ERRORS, false},
    {ERRORS, "Errore", ERROR, false},
    {ERROR, "Codice", CODE, true},
    {ERROR, "Descrizione", ERROR_TEXT, true},
    {ERROR, "Suggerimento", HINT, true},
};

struct reading {
    void *mem;
    struct sdi_notice *notice;
    bool rooted;
};

static size_t all_steps(struct xml_step *steps)
{
    size_t n = 0;

    for (size_t i = 0; i < OF_ROOTS; i++)
        steps[n++] = (struct xml_step){START, ROOTS[i].name, (unsigned char)(ROOT + ROOTS[i].kind), false};
    for (int kind = 0; kind < SDI_KINDS; kind++)
        for (size_t i = 0; i < IN_EACH; i++) {
            steps[n] = EACH[i];
            steps[n++].from = (unsigned char)(ROOT + kind);
        }
    memcpy(&steps[n], OTHERS, sizeof OTHERS);
    return n + count_of(OTHERS);
}

static enum outcome open_element(void *arg, struct xml_stream *in, int place, const char *namespace_uri,
                                 const char *attribute)
{
    struct reading *r = arg;

    (void)attribute;
    if (!r->rooted) {
        if (!text_same(namespace_uri, NAMESPACES[0]) && !text_same(namespace_uri, NAMESPACES[1]))
            return xml_stream_refuse(in, N_("non è nello spazio dei nomi dei messaggi dello SdI"));
        r->rooted = true;
        r->notice->kind = (enum sdi_kind)(place - ROOT);
    }
    if (place == ERROR && r->notice->error_count < SDI_ERRORS_MOST)
        r->notice->errors[r->notice->error_count++] = (struct sdi_error){"", ""};
    return DONE;
}

/* One line of plain text, not too long: what people are shown. */
static const char *plain(void *mem, char *text)
{
    size_t n = strnlen(text, TEXT_MOST);

    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) /* no half character */
        n--;
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return text_is_plain(text, n) ? talloc_strndup(mem, text, n) : "";
}

static void set_once(const char **field, const char *text)
{
    if (!**field)
        *field = text;
}

static enum outcome close_element(void *arg, struct xml_stream *in, int place, char *text)
{
    struct reading *r = arg;
    struct sdi_notice *n = r->notice;
    struct sdi_error *last = n->error_count ? &n->errors[n->error_count - 1] : NULL;

    (void)in;
    switch (place) {
    case SDI_ID:
        set_once(&n->sdi_id, plain(r->mem, text));
        break;
    case ABOUT:
        set_once(&n->about, plain(r->mem, text));
        break;
    case HASH:
        set_once(&n->sha256, plain(r->mem, text));
        break;
    case EC_CODE:
        set_once(&n->verdict, plain(r->mem, text));
        break;
    case SAID:
    case NOTE:
        set_once(&n->said, plain(r->mem, text));
        break;
    case CODE:
        if (last)
            set_once(&last->code, plain(r->mem, text));
        break;
    case ERROR_TEXT:
    case HINT:
        if (last)
            last->text =
                *last->text ? talloc_asprintf(r->mem, "%s (%s)", last->text, plain(r->mem, text)) : plain(r->mem, text);
        break;
    }
    return DONE;
}

/* ---- What it says as a whole ---- */

static enum outcome wrong(struct problem *why, const char *what)
{
    return problem_set(why, PROBLEM_SDI_NOTICE, "", "%s", what);
}

static bool is_digits(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n >= 1 && n <= 12 && !text[n];
}

static enum outcome check(const char *name, const struct sdi_notice *n, struct problem *why)
{
    char named[SDI_NAME], about[SDI_NAME];
    enum sdi_kind kind;

    if (sdi_notice_stem(name, named, &kind) != DONE)
        return wrong(why, N_("il nome del file non è quello di una notifica"));
    if (kind != n->kind)
        return wrong(why, N_("il nome del file dice un altro tipo di notifica"));
    if (!is_digits(n->sdi_id))
        return wrong(why, N_("manca l'IdentificativoSdI"));
    if (n->kind == SDI_NE && strcmp(n->verdict, "EC01") != 0 && strcmp(n->verdict, "EC02") != 0)
        return wrong(why, N_("l'esito non è EC01 né EC02"));
    if (n->kind == SDI_NS && !n->error_count)
        return wrong(why, N_("lo scarto non dice perché"));
    if (n->kind == SDI_EC || n->kind == SDI_SE)
        return DONE;
    if (sdi_file_stem(n->about, about) != DONE)
        return wrong(why, N_("NomeFile non è il nome di una fattura"));
    return strcmp(named, about) == 0 ? DONE : wrong(why, N_("il nome del file e NomeFile indicano fatture diverse"));
}

/* A CMS file is opened for what it holds; who signed it is not asked, as of the XAdES signature inside. */
static enum outcome unwrap(void *mem, const char *name, const void **bytes, size_t *length, struct problem *why)
{
    size_t n = strlen(name), der_length;
    const unsigned char *der;
    struct cms_seen seen = {0};

    if (n < 4 || strcmp(name + n - 4, ".p7m") != 0)
        return DONE;
    der = cms_unwrap(mem, *bytes, *length, &der_length);
    if (der)
        cms_check(mem, der, der_length, NULL, 0, (struct instant){0}, NULL, &seen);
    if (!der || !seen.content || seen.state == SIGNATURE_BROKEN)
        return wrong(why, N_("la busta firmata (.p7m) non si apre"));
    *bytes = seen.content;
    *length = seen.content_length;
    return DONE;
}

enum outcome sdi_notice_read(void *mem, const char *name, const void *bytes, size_t length, struct sdi_notice *notice,
                             struct problem *why)
{
    struct xml_step steps[STEPS_MOST];
    struct reading r = {.mem = mem, .notice = notice};
    struct xml_reader reader = {.steps = steps,
                                .step_count = all_steps(steps),
                                .code = PROBLEM_SDI_NOTICE,
                                .wrong_root = N_("non è un messaggio dello SdI"),
                                .not_xml = N_("non è XML"),
                                .open = open_element,
                                .close = close_element,
                                .arg = &r};
    char *advice;
    enum outcome o;

    *notice = (struct sdi_notice){.sdi_id = "", .about = "", .verdict = "", .sha256 = "", .said = ""};
    if (length > SDI_NOTICE_MOST)
        return wrong(why, N_("è troppo grande"));
    TRY(unwrap(mem, name, &bytes, &length, why));
    reader.ahead = bytes;
    reader.ahead_length = length;
    o = xml_stream_read(-1, &reader, why);
    advice = o == REFUSED ? strstr(why->detail, "; ") : NULL;
    if (advice)
        *advice = '\0'; /* which is about statements of banks */
    TRY(o);
    return check(name, notice, why);
}
