/* How fast a bank statement is read, next to the limit in the same run: libxml2's bare reader that looks at nothing.
 *
 *     bench-statement [ENTRIES [ROUNDS]]      100000 entries, 5 rounds
 *
 * Prints each round's two times, the ratio of the best ones (above 1: faster than the bare reader) and the process's
 * peak memory. Exit 1 when the ratio is below 0.9 or the peak reaches 64 MiB. */
#include "link/statement.h"

#include <libxml/xmlreader.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define OPENING 100000000 /* cents */

static int cents_of(long number)
{
    return 1098 + (int)(number % 89) * 122;
}

/* The shape in which Italian banks send an incoming SEPA transfer; figures and names invented. */
static void put_entry(FILE *out, long number)
{
    int cents = cents_of(number);

    fprintf(out,
            "<Ntry><NtryRef>%ld</NtryRef><Amt Ccy=\"EUR\">%d.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
            "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-15</Dt></BookgDt><ValDt><Dt>2026-01-15</Dt></ValDt>"
            "<AcctSvcrRef>03268%012ld</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
            "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>48//</Cd><Issr>CBI</Issr></Prtry></BkTxCd>\n"
            "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><ClrSysRef>0326803203%020ld</ClrSysRef></Refs>"
            "<Amt Ccy=\"EUR\">%d.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>STUDIO ROSSI &amp; "
            "BIANCHI %ld</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>IT60X0542811101%012ld</IBAN></Id></DbtrAcct></RltdPties>"
            "<RltdAgts><DbtrAgt><FinInstnId><BICFI>BLOPIT22XXX</BICFI><ClrSysMmbId><MmbId>05428</MmbId></ClrSysMmbId>"
            "</FinInstnId></DbtrAgt></RltdAgts><RmtInf><Ustrd>RINNOVO PEC ORDINE RLM%ld RIF 2026%011ld</Ustrd></RmtInf>"
            "<AddtlTxInf>BONIFICO A VOSTRO FAVORE DISPOSTO DA STUDIO ROSSI %ld</AddtlTxInf></TxDtls></NtryDtls>"
            "<AddtlNtryInf>BONIFICO A VOSTRO FAVORE</AddtlNtryInf></Ntry>\n",
            number, cents / 100, cents % 100, number, number, cents / 100, cents % 100, number, number, number, number,
            number);
}

static void put_balance(FILE *out, const char *code, long cents)
{
    fprintf(
        out,
        "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%ld.%02ld</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        "<Dt><Dt>2026-01-15</Dt></Dt></Bal>\n",
        code, cents / 100, cents % 100);
}

static int make_statement(long entries)
{
    char path[] = "/tmp/bench-statement-XXXXXX";
    int file = mkstemp(path);
    FILE *out = file < 0 ? NULL : fdopen(dup(file), "w");
    long sum = OPENING;

    if (!out)
        return -1;
    unlink(path);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
          "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"
          "<BkToCstmrStmt><GrpHdr><MsgId>BENCH-1</MsgId><CreDtTm>2026-01-15T20:00:00</CreDtTm></GrpHdr><Stmt>"
          "<Id>BENCH-1</Id><Acct><Id><IBAN>IT62C0326803203052886541770</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
          out);
    for (long i = 0; i < entries; i++)
        sum += cents_of(i);
    put_balance(out, "OPBD", OPENING);
    put_balance(out, "CLBD", sum);
    for (long i = 0; i < entries; i++)
        put_entry(out, i);
    fputs("</Stmt></BkToCstmrStmt></Document>\n", out);
    return fclose(out) == 0 ? file : -1;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double time_bare_reader(int file)
{
    double begin = seconds();
    xmlTextReader *reader;

    lseek(file, 0, SEEK_SET);
    reader = xmlReaderForFd(dup(file), NULL, NULL, 0);
    while (xmlTextReaderRead(reader) == 1)
        ;
    xmlFreeTextReader(reader);
    return seconds() - begin;
}

struct tally {
    long payments;
    int64_t cents;
};

static enum outcome count_payment(void *arg, const struct statement_payment *payment)
{
    struct tally *tally = arg;

    tally->payments++;
    tally->cents += payment->amount.cents;
    return DONE;
}

static double time_statement(int file, long entries)
{
    struct tally tally = {0};
    const struct statement_sink sink = {.payment = count_payment, .arg = &tally};
    struct problem why = {0};
    double begin = seconds();

    lseek(file, 0, SEEK_SET);
    if (statement_read(file, &sink, &why) != DONE || tally.payments != entries) {
        fprintf(stderr, "%ld payments read: %s\n", tally.payments, why.detail);
        exit(3);
    }
    return seconds() - begin;
}

int main(int argc, char **argv)
{
    long entries = argc > 1 ? atol(argv[1]) : 100000, rounds = argc > 2 ? atol(argv[2]) : 5;
    double bare = 1e9, ours = 1e9;
    struct rusage use;
    int file = make_statement(entries);

    if (file < 0) {
        perror("bench-statement");
        return 3;
    }
    long size = (long)lseek(file, 0, SEEK_END);
    printf("%ld entries, %.1f MB\n", entries, (double)size / 1e6);
    for (long i = 0; i < rounds; i++) {
        double a = time_bare_reader(file), b = time_statement(file, entries);
        printf("round %ld: bare reader %.3f s, statement_read %.3f s\n", i + 1, a, b);
        bare = a < bare ? a : bare;
        ours = b < ours ? b : ours;
    }
    getrusage(RUSAGE_SELF, &use);
    double ratio = bare / ours, peak = (double)use.ru_maxrss / 1024;
    printf("best: %.0f entries/s, %.1f MB/s; ratio to the bare reader %.2f; peak memory %.1f MiB\n",
           (double)entries / ours, (double)size / 1e6 / ours, ratio, peak);
    return ratio >= 0.9 && peak < 64 ? 0 : 1;
}
