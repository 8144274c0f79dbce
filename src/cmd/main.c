/* cmd/main.c: `casella`: the tree of commands, and how one of them is run. */
#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include <curl/curl.h>
#include <libxml/parser.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const struct cmd_command COMMANDS[] = {
    {"serve", "", 0, 0, N_("portale, API e lavori"), SERVE_OPTIONS, NEEDS_VIEWS | OWN_DATABASE | LOGS, cmd_serve, NULL},
    {"work", "", 0, 0, N_("i lavori soltanto: posta, registri"), WORK_OPTIONS, NEEDS_SHOP | NEEDS_VIEWS | LOGS,
     cmd_work, NULL},
    {"demo", "", 0, 0, N_("dimostrazione con 2.000 caselle inventate"), DEMO_OPTIONS, NEEDS_VIEWS | OWN_DATABASE,
     cmd_demo, NULL},
    {"migrate", "", 0, 0, N_("crea l'archivio o lo aggiorna"), MIGRATE_OPTIONS, OWN_DATABASE, cmd_migrate, NULL},
    {"brand", "", 0, 0, N_("marchi"), NULL, 0, NULL, CMD_BRAND},
    {"bank", "", 0, 0, N_("estratti conto"), NULL, 0, NULL, CMD_BANK},
    {"cash", "", 0, 0, N_("la cassa di un giorno: contabilità e pagamenti a confronto"), CASH_OPTIONS, NEEDS_SHOP,
     cmd_cash, NULL},
    {"payment", "", 0, 0, N_("pagamenti presso i fornitori"), NULL, 0, NULL, CMD_PAYMENT},
    {"refund", "", 0, 0, N_("rimborsi"), NULL, 0, NULL, CMD_REFUND},
    {"wallet", "", 0, 0, N_("conti prepagati"), NULL, 0, NULL, CMD_WALLET},
    {"proof", "", 0, 0, N_("contabili: prove di pagamento ricevute"), NULL, 0, NULL, CMD_PROOF},
    {"cheque", "", 0, 0, N_("assegni"), NULL, 0, NULL, CMD_CHEQUE},
    {"holder", "", 0, 0, N_("cambi di intestatario"), NULL, 0, NULL, CMD_HOLDER},
    {"review", "", 0, 0, N_("documenti delle attivazioni"), NULL, 0, NULL, CMD_REVIEW},
    {"activation", "", 0, 0, N_("caselle in attivazione"), NULL, 0, NULL, CMD_ACTIVATION},
    {"day", "", 0, 0, N_("il giro del giorno"), NULL, 0, NULL, CMD_DAY},
    {"mailbox", "", 0, 0, N_("caselle"), NULL, 0, NULL, CMD_MAILBOX},
    {"convention", "", 0, 0, N_("convenzioni con Ordini e Collegi"), NULL, 0, NULL, CMD_CONVENTION},
    {"autorenew", "", 0, 0, N_("rinnovi automatici"), NULL, 0, NULL, CMD_AUTORENEW},
    {"name", "", 0, 0, N_("nomi per caselle nuove"), NULL, 0, NULL, CMD_NAME},
    {"order", "", 0, 0, N_("ordini"), NULL, 0, NULL, CMD_ORDER},
    {"invoice", "", 0, 0, N_("fatture"), NULL, 0, NULL, CMD_INVOICE},
    {"mail", "", 0, 0, N_("posta in uscita"), NULL, 0, NULL, CMD_MAIL},
    {"bounce", "", 0, 0, N_("posta che torna indietro"), NULL, 0, NULL, CMD_BOUNCE},
    {"user", "", 0, 0, N_("account"), NULL, 0, NULL, CMD_USER},
    {"person", "", 0, 0, N_("dati di una persona, per chi li chiede"), NULL, 0, NULL, CMD_PERSON},
    {"domain", "", 0, 0, N_("domini dei clienti e le loro caselle"), NULL, 0, NULL, CMD_DOMAIN},
    {"log", "", 0, 0, N_("riferimenti ai log del gestore"), NULL, 0, NULL, CMD_LOG},
    {"operator", "", 0, 0, N_("operatori"), NULL, 0, NULL, CMD_OPERATOR},
    {"webhook", "", 0, 0, N_("programmi avvisati di ciò che accade"), NULL, 0, NULL, CMD_WEBHOOK},
    {"key", "", 0, 0, N_("chiavi dell'API"), NULL, 0, NULL, CMD_KEY},
    {"clock", "", 0, 0, N_("orologio di un archivio simulato"), NULL, 0, NULL, CMD_CLOCK},
    {"sandbox", "", 0, 0, N_("fornitori di pagamento simulati, accanto a un archivio simulato"), NULL, 0, NULL,
     CMD_SANDBOX},
    {"notice", "", 0, 0, N_("avvisi di scadenza"), NULL, 0, NULL, CMD_NOTICE},
    {"price", "", 0, 0, N_("listino"), NULL, 0, NULL, CMD_PRICE},
    {"text", "", 0, 0, N_("testi: condizioni, consensi e mail"), NULL, 0, NULL, CMD_TEXT},
    {"report", N_("NOME"), 1, 1, N_("un rapporto: expiries, renewals, timing, income, churn, queues"),
     CMD_REPORT_OPTIONS, NEEDS_SHOP, cmd_report, NULL},
    {"audit", "", 0, 0, N_("ricalcola ogni invariante ed elenca ciò che non torna"), NULL, NEEDS_SHOP, cmd_audit, NULL},
    {0},
};

const struct cmd_command CMD_ROOT = {"casella", "", 0,    0,       N_("Vendita e rinnovo di caselle PEC."),
                                     NULL,      0,  NULL, COMMANDS};

/* Italian unless the environment asks for another language that we have. */
static const char *environment_language(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    char two[3] = "";

    for (size_t i = 0; i < count_of(NAMES) && !two[0]; i++)
        if (getenv(NAMES[i]))
            snprintf(two, sizeof two, "%.2s", getenv(NAMES[i]));
    return view_language(two);
}

static bool start_libraries(void)
{
    const struct embedded_file *english = embedded_find("po/en.mo");

    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return false;
    xmlInitParser();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a quota is an error of the write */
    return !english || i18n_add("en", english->bytes, english->length);
}

static int exit_status(struct cmd *cmd, enum outcome o)
{
    cmd_progress_end();
    if (o == DONE && (fflush(stdout) != 0 || ferror(stdout))) {
        cmd_say(cmd, "%s", cmd_text(cmd, N_("i risultati non si possono scrivere")));
        return 3;
    }
    if (cmd->wrong_usage)
        return 2;
    if (o == REFUSED && !cmd->told)
        cmd_tell_problem(cmd, NULL, &cmd->why);
    if (o == BUSY)
        cmd_say(cmd, "%s", cmd_text(cmd, N_("l'archivio è occupato o non risponde: riprovare tra poco")));
    if (o == BROKEN)
        cmd_say(cmd, "%s", cmd_text(cmd, N_("guasto interno; il registro qui sopra dice dove")));
    if (o != DONE && cmd->command && cmd->command->needs & PIPED)
        return 75; /* EX_TEMPFAIL of sysexits.h */
    return o == DONE ? 0 : o == REFUSED ? 1 : 3;
}

static enum outcome run(struct cmd *cmd)
{
    enum log_level least = cmd->command->needs & LOGS ? LOG_INFO : LOG_WARNING;
    enum outcome o;

    log_setup(cmd_flag(cmd, "verbose") ? LOG_DEBUG : least, cmd_flag(cmd, "log-json"));
    o = cmd_open(cmd);
    if (o == DONE)
        o = cmd->command->run(cmd);
    if (cmd->db)
        db_close(cmd->db);
    return o;
}

int main(int argc, char **argv)
{
    void *mem = talloc_named_const(NULL, 0, "casella");
    struct cmd cmd = {.mem = mem, .language = environment_language()};
    bool help;
    int status;

    if (!start_libraries()) {
        fputs("casella: sodium, curl, po/en.mo\n", stderr);
        return 3;
    }
    if (argc == 1) {
        cmd.path = talloc_strdup(mem, CMD_ROOT.name);
        cmd_help(&cmd, &CMD_ROOT, stderr);
        return 2;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("casella " CASELLA_VERSION);
        return 0;
    }
    if (cmd_parse(&cmd, argc, argv, &help) != DONE)
        status = exit_status(&cmd, REFUSED);
    else if (help)
        cmd_help(&cmd, cmd.command, stdout), status = exit_status(&cmd, DONE);
    else
        status = exit_status(&cmd, run(&cmd));
    talloc_free(mem);
    return status;
}
