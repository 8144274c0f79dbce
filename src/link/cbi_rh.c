/* link/cbi_rh.c */
#include "link/cbi_rh.h"
#include "base/i18n.h"
#include "base/text.h"
#include "link/cbi_rh_record.h"
#include "link/statement_flat.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define TEXTS_MAX (64 * RH_WIDE)
#define AGAIN     "; " N_("chiedere alla banca un file corretto")

/* Texts of a movement, each grown record by record with its blanks. */
struct gathered {
    size_t length;
    char text[TEXTS_MAX + 1];
};

struct movement {
    bool filled, credit, reversal;
    amount_units units;
    struct day value_on, booked_on;
    int line;
    char number[11]; /* of report and movement */
    char reference[RH_ROOM], description[RH_ROOM], name[RH_ROOM], long_name[RH_ROOM], iban[RH_ROOM],
        end_to_end[RH_ROOM], reason[RH_ROOM];
    struct gathered remittance, free, continued;
};

struct cbi_rh {
    struct flat flat;
    struct lines *in;
    struct rh_record record;
    bool in_flow, in_report;
    size_t records, reports; /* of the flow */
    char flow[RH_WIDE + 1];  /* what RH and EF have in common */
    char support[RH_ROOM], report[8];
    struct day day; /* of the report */
    struct movement movement;
    char piece[3][TEXTS_MAX + 1];
};

bool cbi_rh_recognise(const struct first_bytes *first, struct lines *room)
{
    char *line;

    lines_look(room, first, NULL);
    do {
        if (lines_next(room, &line) != DONE || !line)
            return false;
    } while (text_is_blank(line));
    return text_starts(line, " RH") && strlen(line) >= 19 && strlen(line) <= RH_WIDE;
}

static bool gather(struct gathered *g, const struct rh_record *record, int from)
{
    size_t length;
    const char *text = rh_raw(record, from, RH_RECORD, &length);

    if (g->length + length > TEXTS_MAX)
        return false;
    memcpy(g->text + g->length, text, length);
    g->length += length;
    g->text[g->length] = '\0';
    return true;
}

/* ---- Movements ---- */

static enum outcome movement_end(struct cbi_rh *m)
{
    struct movement *e = &m->movement;
    struct flat *f = &m->flat;
    const char *texts[] = {m->piece[0], m->piece[1], m->piece[2], e->reason, e->description, e->end_to_end};
    size_t count = 0;

    if (!e->filled)
        return DONE;
    e->filled = false;
    flat_copy(m->piece[0], sizeof m->piece[0], e->remittance.text, e->remittance.length);
    flat_copy(m->piece[1], sizeof m->piece[1], e->free.text, e->free.length);
    flat_copy(m->piece[2], sizeof m->piece[2], e->continued.text, e->continued.length);
    for (size_t i = 0; i < count_of(texts); i++)
        if (*texts[i])
            f->pieces[count++] = texts[i];
    const char *said = count > 0 && f->pieces[0] != e->end_to_end ? f->pieces[0] : "";
    return flat_payment(f, e->units,
                        &(struct statement_payment){
                            .currency = f->currency,
                            .status = ENTRY_BOOKED,
                            .credit = e->credit,
                            .reversal = e->reversal,
                            .booked_on = e->booked_on,
                            .value_on = e->value_on,
                            .debtor = !e->credit      ? ""
                                      : *e->long_name ? e->long_name
                                                      : e->name,
                            .debtor_iban = e->credit ? e->iban : "",
                            .end_to_end_id = e->end_to_end,
                            .bank_reference = e->reference,
                            .return_reason = "",
                            .remittance = said,
                            .pieces = f->pieces,
                            .piece_count = count,
                            .line = e->line,
                        });
}

static enum outcome take_62(struct cbi_rh *m)
{
    struct movement *e = &m->movement;
    const struct rh_record *r = &m->record;
    char causale[RH_ROOM];
    bool negative;

    TRY(movement_end(m));
    if (!m->in_report)
        return lines_refuse(m->in, N_("un movimento (62) sta fuori da un rendiconto") AGAIN);
    e->value_on = (struct day){0};
    e->booked_on = m->day;
    if (!rh_day(r, 14, &e->value_on) || !rh_day(r, 20, &e->booked_on))
        return lines_refuse(m->in, N_("una data del movimento non è scritta come 150126") AGAIN);
    if (!rh_amount(r, 26, &negative, &e->units))
        return lines_refuse(m->in, N_("il segno o l'importo del movimento non è scritto come C000000000010,98") AGAIN);
    e->credit = !negative;
    rh_field(r, 4, 13, e->number, sizeof e->number);
    rh_field(r, 42, 43, causale, sizeof causale);
    e->reversal = strcmp(causale, "68") == 0;
    rh_field(r, 62, 77, e->reference, sizeof e->reference);
    if (e->reference[strspn(e->reference, "0 ")] == '\0')
        e->reference[0] = '\0';
    rh_field(r, 87, 120, e->description, sizeof e->description);
    e->name[0] = e->long_name[0] = e->iban[0] = e->end_to_end[0] = e->reason[0] = '\0';
    e->remittance.length = e->free.length = e->continued.length = 0;
    e->line = m->in->number;
    e->filled = true;
    return DONE;
}

static enum outcome take_63(struct cbi_rh *m)
{
    struct movement *e = &m->movement;
    const struct rh_record *r = &m->record;
    char own[RH_ROOM];
    bool fits = true;

    rh_field(r, 4, 13, own, sizeof own);
    if (!e->filled || strcmp(own, e->number) != 0)
        return lines_refuse(m->in, N_("un record 63 non segue il suo movimento (62)") AGAIN);
    if (rh_says(r, 14, "YYY")) {
        rh_field(r, 41, 80, e->name, sizeof e->name);
    } else if (rh_says(r, 14, "YY2")) {
        rh_field(r, 67, 100, e->iban, sizeof e->iban);
    } else if (rh_says(r, 14, "ZZ2")) {
        rh_field(r, 17, 120, e->long_name, sizeof e->long_name);
    } else if (rh_says(r, 14, "ZZ3")) {
        rh_field(r, 67, 120, e->reason, sizeof e->reason);
    } else if (rh_says(r, 14, "/ZZ4/")) {
        fits = gather(&e->continued, r, 19);
    } else if (rh_says(r, 14, "ID1")) {
        rh_field(r, 52, 86, e->end_to_end, sizeof e->end_to_end);
        if (strcasecmp(e->end_to_end, "NOTPROVIDED") == 0 || strcasecmp(e->end_to_end, "NOT PROVIDED") == 0 ||
            strcmp(e->end_to_end, "-") == 0)
            e->end_to_end[0] = '\0';
    } else if (rh_says(r, 14, "RI1") || rh_says(r, 14, "RI2")) {
        fits = gather(&e->remittance, r, 17);
    } else if (!rh_says(r, 14, "KKK") && !rh_says(r, 14, "ZZ1")) {
        fits = gather(&e->free, r, 14);
    }
    return fits ? DONE : lines_refuse(m->in, N_("un movimento ha troppi testi") AGAIN);
}

/* ---- Reports ---- */

/* The IBAN as stated, or from CIN, ABI, CAB and account where country and check digits are not. */
static void take_account(struct cbi_rh *m)
{
    char country[RH_ROOM], rest[RH_ROOM], abi[RH_ROOM], cab[RH_ROOM], account[RH_ROOM], text[4 * RH_ROOM];

    rh_field(&m->record, 100, 103, country, sizeof country);
    rh_field(&m->record, 52, 74, rest, sizeof rest);
    rh_field(&m->record, 53, 57, abi, sizeof abi);
    rh_field(&m->record, 58, 62, cab, sizeof cab);
    rh_field(&m->record, 63, 74, account, sizeof account);
    if (strlen(country) == 4)
        snprintf(text, sizeof text, "%s%s", country, rest);
    else
        snprintf(text, sizeof text, "%s/%s/%s", abi, cab, account);
    flat_account(m->flat.account, text);
}

static enum outcome take_61(struct cbi_rh *m)
{
    const struct rh_record *r = &m->record;
    struct flat *f = &m->flat;
    char currency[RH_ROOM];
    bool negative;

    if (m->in_report)
        return lines_refuse(m->in, N_("il rendiconto precedente non ha il saldo finale (64)") AGAIN);
    flat_open(f, "cbi-rh");
    m->in_report = true;
    m->reports++;
    rh_field(r, 4, 10, m->report, sizeof m->report);
    snprintf(f->id, sizeof f->id, "%.80s%s%s", m->support, *m->support ? " " : "", m->report);
    take_account(m);
    rh_field(r, 75, 77, currency, sizeof currency);
    if (strlen(currency) != strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") || (*currency && strlen(currency) != 3))
        return lines_refuse(m->in, N_("la valuta non è un codice di tre lettere") AGAIN);
    memcpy(f->currency, *currency ? currency : "EUR", 4);
    m->day = (struct day){0};
    if (!rh_day(r, 78, &m->day))
        return lines_refuse(m->in, N_("la data contabile non è scritta come 150126") AGAIN);
    if (!rh_amount(r, 84, &negative, &f->opening.units))
        return lines_refuse(m->in, N_("il saldo iniziale non è scritto come C000000001000,00") AGAIN);
    f->opening.units = negative ? -f->opening.units : f->opening.units;
    f->opening.stated = true;
    memcpy(f->opening.currency, f->currency, 4);
    return DONE;
}

static enum outcome take_64(struct cbi_rh *m)
{
    const struct rh_record *r = &m->record;
    struct flat *f = &m->flat;
    char currency[RH_ROOM], own[RH_ROOM];
    bool negative;

    TRY(movement_end(m));
    rh_field(r, 4, 10, own, sizeof own);
    if (!m->in_report || strcmp(own, m->report) != 0)
        return lines_refuse(m->in, N_("un saldo finale (64) non è di questo rendiconto") AGAIN);
    if (!rh_amount(r, 20, &negative, &f->closing.units))
        return lines_refuse(m->in, N_("il saldo finale non è scritto come C000000001010,98") AGAIN);
    f->closing.units = negative ? -f->closing.units : f->closing.units;
    f->closing.stated = true;
    rh_field(r, 11, 13, currency, sizeof currency);
    snprintf(f->closing.currency, sizeof f->closing.currency, "%.3s", currency);
    m->in_report = false;
    TRY(flat_check(f));
    if (f->head.check != BALANCE_RIGHT && !f->sink->accept_unbalanced) {
        char booked[AMOUNT_TEXT], sum[AMOUNT_TEXT];
        return problem_set(m->in->why, PROBLEM_STATEMENT_BALANCE, "",
                           N_("riga %d: saldo iniziale %s, movimenti %s: il saldo finale sarebbe %s e non %s") AGAIN,
                           m->in->number, f->head.opening, amount_text(f->booked, booked),
                           amount_text(f->opening.units + f->booked, sum), f->head.closing);
    }
    return flat_end(f);
}

/* ---- Flows ---- */

static void flow_name(const struct rh_record *r, char out[RH_WIDE + 1])
{
    size_t length;
    const char *text = rh_raw(r, 4, 39, &length);

    memcpy(out, text, length);
    out[length] = '\0';
}

static enum outcome take_rh(struct cbi_rh *m)
{
    if (m->in_flow)
        return lines_refuse(m->in, N_("comincia un flusso (RH) e il precedente non è finito (EF)") AGAIN);
    m->in_flow = true;
    m->records = 1;
    m->reports = 0;
    flow_name(&m->record, m->flow);
    rh_field(&m->record, 20, 39, m->support, sizeof m->support);
    return DONE;
}

static enum outcome take_ef(struct cbi_rh *m)
{
    char flow[RH_WIDE + 1];
    size_t reports, records;

    TRY(movement_end(m));
    if (m->in_report)
        return lines_refuse(m->in, N_("l'ultimo rendiconto non ha il saldo finale (64)") AGAIN);
    flow_name(&m->record, flow);
    if (strcmp(flow, m->flow) != 0)
        return lines_refuse(m->in, N_("la fine del flusso (EF) non è di questo flusso (RH)") AGAIN);
    if (!rh_number(&m->record, 46, 52, &reports) || !rh_number(&m->record, 83, 89, &records))
        return lines_refuse(m->in, N_("la fine del flusso (EF) non dice quanti rendiconti e record contiene") AGAIN);
    if (reports != m->reports)
        return lines_refuse(m->in, N_("il flusso ha %zu rendiconti e dice di averne %zu") AGAIN, m->reports, reports);
    if (records != m->records)
        return lines_refuse(m->in, N_("il flusso ha %zu record e dice di averne %zu") AGAIN, m->records, records);
    m->in_flow = false;
    return DONE;
}

static enum outcome on_line(struct cbi_rh *m, const char *line)
{
    const struct rh_record *r = &m->record;

    if (text_is_blank(line))
        return DONE;
    if (!rh_split(&m->record, line))
        return lines_refuse(m->in, N_("%s è più lungo di %d caratteri") AGAIN, N_("il record"), RH_RECORD);
    m->records++;
    if (rh_says(r, 1, " RH"))
        return take_rh(m);
    if (!m->in_flow)
        return lines_refuse(m->in, N_("il record sta fuori da un flusso (RH … EF)") AGAIN);
    if (rh_says(r, 1, " 61"))
        return take_61(m);
    if (rh_says(r, 1, " 62"))
        return take_62(m);
    if (rh_says(r, 1, " 63"))
        return take_63(m);
    if (rh_says(r, 1, " 64"))
        return take_64(m);
    if (rh_says(r, 1, " 65"))
        return m->in_report ? lines_refuse(m->in, N_("un record 65 sta prima del saldo finale (64)") AGAIN) : DONE;
    if (rh_says(r, 1, " EF"))
        return take_ef(m);
    return lines_refuse(m->in, N_("il record «%.3s» non è di una rendicontazione CBI") AGAIN,
                        text_is_plain(r->text, 3) ? r->text : "?");
}

enum outcome cbi_rh_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                         struct problem *why)
{
    struct cbi_rh *m = talloc_zero(NULL, struct cbi_rh);
    enum outcome o;
    char *line;

    m->flat.sink = sink;
    m->in = in;
    lines_begin(in, first, why);
    while ((o = lines_next(in, &line)) == DONE && line && (o = on_line(m, line)) == DONE)
        ;
    if (o == DONE && m->in_flow)
        o = lines_refuse(in,
                         N_("il file finisce a metà: manca la fine del flusso (EF); scaricarlo di nuovo dalla banca"));
    if (o == DONE && m->flat.statements == 0)
        o = lines_refuse(in, N_("il flusso non contiene nessun rendiconto") AGAIN);
    talloc_free(m);
    return o;
}
