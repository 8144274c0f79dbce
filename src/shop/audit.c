#include "shop/audit.h"
#include "base/text.h"
#include "shop/chain.h"
#include "store/audit.h"
#include "store/invoice.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define FILES_LATER 30 /* days within which an invoice's file is written, or written anew where SdI rejected it */

struct work {
    struct shop *shop;
    void *mem, *scratch; /* scratch: of the transaction that runs */
    struct audit_report *report;
    struct audit_mark from, to;
};

static enum outcome found(void *arg, const char *invariant, const char *what)
{
    struct work *w = arg;
    struct audit_report *r = w->report;

    if (r->count == AUDIT_FAULTS_LISTED)
        return DONE;
    if (!r->faults)
        r->faults = talloc_array(w->mem, struct audit_fault, AUDIT_FAULTS_LISTED);
    r->faults[r->count++] = (struct audit_fault){invariant, talloc_strdup(r->faults, what)};
    return DONE;
}

static enum outcome fault(struct work *w, const char *invariant, const char *format, ...) like_printf(3, 4);
static enum outcome fault(struct work *w, const char *invariant, const char *format, ...)
{
    va_list arguments;
    char *what;
    enum outcome o;

    va_start(arguments, format);
    what = talloc_vasprintf(NULL, format, arguments);
    va_end(arguments);
    o = found(w, invariant, what);
    talloc_free(what);
    return o;
}

/* ---- Mailboxes ---- */

static enum outcome check_renewed(struct db_tx *tx, void *row, void *arg)
{
    const struct audit_renewed *m = row;
    char is[DAY_TEXT], should[DAY_TEXT];
    struct day end;

    (void)tx;
    if (m->years < 1 || m->years > 1000)
        return fault(arg, "mailbox.expiry", "%s: %" PRId64 " years", m->address, m->years);
    /* With an anchor, so many years at once end on the same day as one after another. */
    end = day_add_months(m->first_expires_on, (int)m->years * 12, m->anchor);
    if (day_same(end, m->expires_on))
        return DONE;
    return fault(arg, "mailbox.expiry", "%s: %s, not %s", m->address, day_iso(m->expires_on, is), day_iso(end, should));
}

/* D4. */
static enum outcome check_first(struct db_tx *tx, void *row, void *arg)
{
    struct work *w = arg;
    const struct audit_first *m = row;
    const struct brand *brand = brand_by_id(w->shop->brands, m->brand);
    char is[DAY_TEXT], should[DAY_TEXT];
    struct day end;

    (void)tx;
    if (!brand) /* check_phase says so */
        return DONE;
    end = day_add_months(m->activated_on, (int)m->years * 12, 0);
    if (brand->purchase.ends_day_before)
        end = day_plus(end, -1);
    if (day_same(end, m->first_expires_on))
        return DONE;
    return fault(w, "purchase.term", "%s: %s, not %s", m->address, day_iso(m->first_expires_on, is),
                 day_iso(end, should));
}

static enum outcome check_phase(struct db_tx *tx, void *row, void *arg)
{
    struct work *w = arg;
    const struct audit_phase *p = row;
    const struct brand *brand = brand_by_id(w->shop->brands, p->brand);
    struct renewal_policy policy;
    struct allowed should;

    (void)tx;
    if (!brand)
        return fault(w, "mailbox.phase", "%s: brand %s", p->address, p->brand);
    policy = brand_renewal(brand, p->own_domain);
    should = term_allows(p->expires_on, &policy);
    if (day_same(should.send_until, p->allowed.send_until) &&
        day_same(should.receive_until, p->allowed.receive_until) &&
        day_same(should.read_until, p->allowed.read_until) && day_same(should.renew_until, p->allowed.renew_until))
        return DONE;
    if (p->mailboxes == 1)
        return fault(w, "mailbox.phase", "%s", p->address);
    return fault(w, "mailbox.phase", "%s (+ %" PRId64 ")", p->address, p->mailboxes - 1);
}

static enum outcome check_anchor(struct db_tx *tx, void *row, void *arg)
{
    const struct audit_anchor *a = row;

    (void)tx;
    if (day_split(a->first_expires_on).day == a->anchor)
        return DONE;
    return fault(arg, "mailbox.anchor", "%s: %d", a->address, a->anchor);
}

/* ---- Papers ---- */

/* "-12.30", as banks write a balance. */
static bool balance(const char *text, struct money *amount)
{
    bool negative = *text == '-';

    text += negative || *text == '+';
    if (money_parse(text, strlen(text), amount) != DONE)
        return false;
    if (negative)
        amount->cents = -amount->cents;
    return true;
}

static enum outcome check_statement(struct db_tx *tx, void *row, void *arg)
{
    const struct audit_statement *s = row;
    struct money opening, closing, sum;

    (void)tx;
    if (!*s->opening || !*s->closing)
        return DONE;
    if (balance(s->opening, &opening) && balance(s->closing, &closing) && money_add(opening, s->booked, &sum) == DONE &&
        sum.cents == closing.cents)
        return DONE;
    return fault(arg, "bank.statement", "%s %s: %s … %s", s->account, s->name, s->opening, s->closing);
}

static bool holds(const struct db_blob *xml, const char *element, const char *value)
{
    char *text = talloc_asprintf(NULL, "<%s>%s</%s>", element, value, element);
    bool held = memmem(xml->bytes, xml->length, text, strlen(text)) != NULL;

    talloc_free(text);
    return held;
}

static enum outcome check_file(struct db_tx *tx, void *row, void *arg)
{
    const struct audit_file *f = row;
    unsigned char digest[crypto_hash_sha256_BYTES];
    bool note = strcmp(f->kind, INVOICE_CREDIT_NOTE) == 0;
    char hex[sizeof digest * 2 + 1], number[48], net[MONEY_TEXT], vat[MONEY_TEXT], gross[MONEY_TEXT];
    const char *wrong = NULL;

    (void)tx;
    crypto_hash_sha256(digest, f->bytes.bytes, f->bytes.length);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    snprintf(number, sizeof number, "%s%" PRId64 "/%" PRId64, note ? "NC-" : "", f->year, f->number);
    if (strcmp(hex, f->sha256) != 0)
        wrong = "SHA-256";
    else if (!holds(&f->bytes, "TipoDocumento", note ? "TD04" : "TD01"))
        wrong = "TipoDocumento";
    else if (!holds(&f->bytes, "Numero", number))
        wrong = "Numero";
    else if (!holds(&f->bytes, "ImponibileImporto", money_decimal(f->net, net)))
        wrong = "ImponibileImporto";
    else if (!holds(&f->bytes, "Imposta", money_decimal(f->vat, vat)))
        wrong = "Imposta";
    else if (!holds(&f->bytes, "ImportoTotaleDocumento", money_decimal(f->gross, gross)))
        wrong = "ImportoTotaleDocumento";
    if (day_split(f->issued_on).year != f->year)
        TRY(fault(arg, "invoice.dates", "%s %s", f->brand, number));
    return wrong ? fault(arg, "invoice.file", "%s: %s", f->name, wrong) : DONE;
}

/* ---- All of it, in one snapshot ---- */

static enum outcome check_rows(struct db_tx *tx, struct work *w)
{
    struct audit_renewed renewed;
    struct audit_first first;
    struct audit_phase phase;
    struct audit_anchor anchor;
    struct audit_statement statement;
    struct audit_file file;

    TRY(audit_each_renewed(tx, w->scratch, &renewed, check_renewed, w));
    TRY(audit_each_first(tx, w->scratch, &first, check_first, w));
    TRY(audit_each_phase(tx, w->scratch, &phase, check_phase, w));
    TRY(audit_each_anchor(tx, w->scratch, &anchor, check_anchor, w));
    TRY(audit_each_statement(tx, w->scratch, &statement, check_statement, w));
    return audit_each_file(tx, w->scratch, w->from.files, &file, check_file, w);
}

static enum outcome check_chain(struct db_tx *tx, struct work *w)
{
    struct chain_check *chain = &w->to.chain;
    struct audit_report *r = w->report;
    bool more = true;

    while (more) {
        void *piece = talloc_new(w->scratch);
        enum outcome o = chain_walk(tx, piece, chain, CHAIN_PIECE, &more);

        talloc_free(piece);
        TRY(o);
    }
    TRY(events_unsealed(tx, &r->unsealed_events));
    r->events = chain->seq + r->unsealed_events;
    if (chain->broken_at)
        return fault(w, "event.chain", "seal %" PRId64, chain->broken_at);
    chain->whole_seq = chain->seq;
    memcpy(chain->whole_hash, chain->hash, sizeof chain->hash);
    return DONE;
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    struct audit_report *r = w->report;
    struct audit_counts counts;

    talloc_free(r->faults);
    *r = (struct audit_report){0};
    w->to = (struct audit_mark){.chain = w->from.chain, .files = day_plus(db_today(tx), -FILES_LATER)};
    TRY(audit_count(tx, &counts));
    r->orders = counts.orders;
    r->mailboxes = counts.mailboxes;
    r->invoices = counts.invoices;
    r->bank_entries = counts.bank_entries;
    TRY(audit_sets(tx, w->scratch, found, w));
    TRY(check_rows(tx, w));
    return check_chain(tx, w);
}

enum outcome audit_from(struct shop *shop, void *mem, struct audit_mark *mark, struct audit_report *report)
{
    struct work w = {.shop = shop, .mem = mem, .scratch = talloc_new(mem), .report = report, .from = *mark};
    enum outcome o;

    *report = (struct audit_report){0};
    o = db_read(shop->db, "audit", look, &w);
    talloc_free(w.scratch);
    if (o == DONE)
        *mark = w.to;
    return o;
}

enum outcome audit(struct shop *shop, void *mem, struct audit_report *report)
{
    return audit_from(shop, mem, &(struct audit_mark){.files = {0}}, report);
}
