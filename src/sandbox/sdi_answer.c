/* sandbox/sdi_answer.c: the simulated SdI's notices, by wire format, unsigned. */
#include "base/text.h"
#include "rules/sdi.h"
#include "sandbox/sdi_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

static const struct {
    const char *public_root, *private_root;
} ROOTS[SDI_KINDS] = {
    [SDI_RC] = {"RicevutaConsegna", "RicevutaConsegna"},
    [SDI_NS] = {"NotificaScarto", "RicevutaScarto"},
    [SDI_MC] = {"NotificaMancataConsegna", "RicevutaImpossibilitaRecapito"},
    [SDI_NE] = {"NotificaEsito", "NotificaEsito"},
    [SDI_DT] = {"NotificaDecorrenzaTermini", "NotificaDecorrenzaTermini"},
    [SDI_AT] = {"AttestazioneTrasmissioneFattura", "AttestazioneTrasmissioneFattura"},
    [SDI_MT] = {"MetadatiInvioFile", "FileMetadati"},
};

static const struct {
    const char *code, *text;
} ERRORS[] = {
    {"00001", "Nome file non valido"},
    {"00002", "Nome file duplicato"},
    {"00200", "File non conforme al formato"},
    {"00305", "Partita IVA o codice fiscale del cessionario/committente non valido"},
    {"00311", "Codice destinatario non valido"},
    {"00404", "Fattura duplicata"},
};

struct answering {
    void *mem;
    const struct sdi_sandbox *sdi;
    const char *name; /* of the invoice's file */
    json_t *file;
    bool is_public;
};

static const char *error_text(const char *code)
{
    for (size_t i = 0; i < count_of(ERRORS); i++)
        if (strncmp(ERRORS[i].code, code, 5) == 0)
            return ERRORS[i].text;
    return "Errore simulato";
}

static void put(struct text_buffer *out, const char *element, const char *text)
{
    text_put_format(out, "<%s>", element);
    text_put_html(out, text, strlen(text));
    text_put_format(out, "</%s>\n", element);
}

static void put_instant(struct text_buffer *out, const char *element, struct instant at)
{
    char text[INSTANT_TEXT];

    instant_rfc3339(at, text);
    put(out, element, text);
}

/* "00305+00311" */
static void put_errors(struct text_buffer *out, const char *codes)
{
    text_put(out, "<ListaErrori>\n");
    for (const char *c = codes; *c; c += strcspn(c, "+"), c += *c == '+') {
        text_put_format(out, "<Errore><Codice>%.5s</Codice><Descrizione>%s</Descrizione></Errore>\n", c, error_text(c));
    }
    text_put(out, "</ListaErrori>\n");
}

static void put_recipient(const struct answering *a, struct text_buffer *out)
{
    text_put(out, "<Destinatario>\n");
    put(out, "Codice", json_string_value(json_object_get(a->file, "recipient")));
    put(out, "Descrizione", "Destinatario di prova");
    text_put(out, "</Destinatario>\n");
}

static void put_content(const struct answering *a, struct text_buffer *out, enum sdi_kind kind, const char *detail)
{
    const char *id = talloc_asprintf(a->mem, "%lld", (long long)json_integer_value(json_object_get(a->file, "id")));

    put(out, "IdentificativoSdI", id);
    put(out, "NomeFile", a->name);
    if (!a->is_public && kind != SDI_MT)
        put(out, "Hash", json_string_value(json_object_get(a->file, "sha256")));
    if (kind == SDI_RC || kind == SDI_NS || kind == SDI_MC || kind == SDI_AT)
        put_instant(out, "DataOraRicezione", a->sdi->now);
    if (kind == SDI_RC)
        put_instant(out, "DataOraConsegna", a->sdi->now);
    if (kind == SDI_RC || kind == SDI_AT)
        put_recipient(a, out);
    if (kind == SDI_NS)
        put_errors(out, detail);
    if (kind == SDI_MC)
        put(out, "Descrizione", "Non è stato possibile recapitare la fattura");
    if (kind == SDI_NE) {
        text_put(out, "<EsitoCommittente>\n");
        put(out, "IdentificativoSdI", id);
        put(out, "Esito", detail);
        if (strcmp(detail, "EC02") == 0)
            put(out, "Descrizione", "Importo non dovuto");
        text_put(out, "</EsitoCommittente>\n");
    }
    if (kind == SDI_DT)
        put(out, "Descrizione", "Decorsi 15 giorni senza esito");
    put(out, "MessageId", "100");
    if (kind == SDI_AT)
        put(out, "HashFileOriginale", json_string_value(json_object_get(a->file, "sha256")));
}

static char *notice(const struct answering *a, enum sdi_kind kind, const char *detail)
{
    const char *root = a->is_public ? ROOTS[kind].public_root : ROOTS[kind].private_root;
    struct text_buffer out = text_buffer(a->mem);

    text_put_format(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ns:%s xmlns:ns=\"%s\" versione=\"1.0\">\n",
                    root,
                    a->is_public ? "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
                                 : "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0");
    put_content(a, &out, kind, detail);
    text_put_format(&out, "</ns:%s>\n", root);
    return out.bytes;
}

enum outcome sdi_put_file(void *mem, const char *folder, const char *name, const void *bytes, size_t length,
                          struct problem *why)
{
    char *beside = talloc_asprintf(mem, "%s/.%s.part", folder, name),
         *path = talloc_asprintf(mem, "%s/%s", folder, name);
    FILE *file = fopen(beside, "we");
    bool written = file && fwrite(bytes, 1, length, file) == length && fflush(file) == 0;

    if (file && fclose(file) != 0)
        written = false;
    if (written && rename(beside, path) == 0)
        return DONE;
    return problem_unwritable(why, path);
}

/* As the PEC operator wraps it: SdI's mail is an attachment of the envelope, postacert.eml. */
static char *envelope(void *mem, const char *name, const char *xml)
{
    return talloc_asprintf(mem,
                           "From: sdi01@pec.fatturapa.it\r\nX-Trasporto: posta-certificata\r\nContent-Type: "
                           "multipart/mixed; boundary=\"fuori\"\r\n\r\n--fuori\r\nContent-Type: text/plain\r\n\r\n"
                           "Messaggio di posta certificata\r\n--fuori\r\nContent-Type: message/rfc822; "
                           "name=\"postacert.eml\"\r\nContent-Disposition: inline; filename=\"postacert.eml\"\r\n\r\n"
                           "From: sdi01@pec.fatturapa.it\r\nSubject: %s\r\nContent-Type: multipart/mixed; "
                           "boundary=\"dentro\"\r\n\r\n--dentro\r\nContent-Type: application/xml; name=\"%s\"\r\n"
                           "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n%s\r\n--dentro--\r\n--fuori--\r\n",
                           name, name, name, xml);
}

static enum outcome deliver(const struct answering *a, const char *kind, const char *xml, struct problem *why)
{
    int number = (int)json_integer_value(json_object_get(a->file, "notices")) + 1;
    char *maildir = talloc_asprintf(a->mem, "%s/new", a->sdi->notices), stem[SDI_NAME];
    char *name, *mail;

    if (sdi_file_stem(a->name, stem) != DONE)
        snprintf(stem, sizeof stem, "%.*s", (int)strcspn(a->name, "."), a->name);
    name = talloc_asprintf(a->mem, "%s_%s_%03d.xml", stem, kind, number);
    json_object_set_new(a->file, "notices", json_integer(number));
    if (access(maildir, W_OK) != 0)
        return sdi_put_file(a->mem, a->sdi->notices, name, xml, strlen(xml), why);
    mail = envelope(a->mem, name, xml);
    return sdi_put_file(a->mem, maildir, name, mail, strlen(mail), why);
}

enum outcome sdi_answer_write(void *mem, const struct sdi_sandbox *sdi, const char *name, json_t *file,
                              const char *answer, int *written, struct problem *why)
{
    struct answering a = {mem, sdi, name, file, json_is_true(json_object_get(file, "public"))};
    char *steps = talloc_strdup(mem, answer), *rest = NULL, *xml = NULL;
    enum sdi_kind kind = SDI_RC;

    for (char *step = strtok_r(steps, ",", &rest); step; step = strtok_r(NULL, ",", &rest)) {
        char *detail = strchr(step, ':');

        if (detail)
            *detail++ = '\0';
        if (strcmp(step, "none") == 0)
            continue;
        if (strcmp(step, "garbage") == 0)
            xml = talloc_strndup(mem, notice(&a, SDI_RC, ""), 150);
        else if (strcmp(step, "twice") != 0 || !xml) {
            if (sdi_kind_of(step, &kind) != DONE || !ROOTS[kind].public_root)
                return problem_set(why, PROBLEM_NOT_A_CHOICE, "answer", "%s", step);
            xml = notice(&a, kind, detail ? detail : kind == SDI_NS ? "00305" : "EC01");
        }
        TRY(deliver(&a, sdi_kind_name(kind), xml, why));
        ++*written;
    }
    return DONE;
}
