/* cmd/cmd.h: the command line. Each command is a row of a tree, with its options, what it needs and what it runs;
 * parsing, --help, opening the database and telling what is wrong are the same for all (cmd.c, help.c, open.c, out.c).
 *
 * Results go to stdout, messages to stderr. Exit status: 0 done, 1 refused, 2 wrong usage, 3 broken; see PIPED. */
#pragma once

#include "base/i18n.h"
#include "shop/files.h"
#include "shop/shop.h"
#include "shop/views.h"
#include <jansson.h>
#include <stdio.h>

struct cmd;

struct cmd_option {
    const char *name;  /* "listen" */
    const char *value; /* what --help calls its value; NULL: a flag */
    const char *help;  /* msgid */
};

enum cmd_needs {
    NEEDS_BRANDS = 1,
    NEEDS_VIEWS = 2 | NEEDS_BRANDS,
    NEEDS_DATABASE = 4, /* there, up to date; --now is honoured */
    NEEDS_SHOP = NEEDS_DATABASE | NEEDS_BRANDS,
    OWN_DATABASE = 8, /* opens one by itself, since it may make it */
    LOGS = 16,        /* what it does is told by its log: a server */
    PIPED = 32,       /* a mail server runs it: whatever fails is for later, exit status 75 */
};

struct cmd_command {
    const char *name;
    const char *arguments;            /* what --help calls them; "" for none */
    int least, most;                  /* how many; most -1: any number */
    const char *help;                 /* msgid, one line */
    const struct cmd_option *options; /* ends with a row whose name is NULL; NULL: none */
    unsigned needs;
    enum outcome (*run)(struct cmd *cmd);
    const struct cmd_command *below; /* instead of run: a group's commands; ends with a row whose name is NULL */
};

struct cmd {
    void *mem; /* everything lives here until the end */
    const struct cmd_command *command;
    char *path; /* "casella bank import" */
    const char **arguments;
    size_t argument_count;
    const char *language;
    bool json;
    bool wrong_usage; /* exit 2; already told */
    bool told;        /* the problem has been told */

    struct brands brands; /* as `needs` says */
    struct views *views;
    struct db *db;
    struct shop shop;
    struct problem why;

    struct cmd_given {
        const struct cmd_option *option;
        const char *value;
    } * given;
    size_t given_count;
};

/* The tree; each row is in the file of its name. */
extern const struct cmd_command CMD_DOMAIN[], CMD_LOG[], CMD_PRICE[], CMD_TEXT[], CMD_NOTICE[];
extern const struct cmd_command CMD_ROOT;
extern const struct cmd_command CMD_ACTIVATION[], CMD_AUTORENEW[], CMD_CONVENTION[], CMD_HOLDER[], CMD_OPERATOR[], CMD_REVIEW[], CMD_WEBHOOK[];
extern const struct cmd_command CMD_BANK[], CMD_BOUNCE[], CMD_BRAND[], CMD_CHEQUE[], CMD_CLOCK[], CMD_DAY[], CMD_INVOICE[], CMD_KEY[], CMD_MAIL[],
    CMD_MAILBOX[], CMD_NAME[], CMD_ORDER[], CMD_PAYMENT[], CMD_PERSON[], CMD_PROOF[], CMD_REFUND[], CMD_SANDBOX[], CMD_USER[], CMD_WALLET[];
extern const struct cmd_option COMMON_OPTIONS[], SERVE_OPTIONS[], WORK_OPTIONS[], DEMO_OPTIONS[], MIGRATE_OPTIONS[], CASH_OPTIONS[],
    CMD_REPORT_OPTIONS[];
enum outcome cmd_serve(struct cmd *cmd), cmd_work(struct cmd *cmd), cmd_demo(struct cmd *cmd),
    cmd_migrate(struct cmd *cmd), cmd_audit(struct cmd *cmd), cmd_cash(struct cmd *cmd), cmd_report(struct cmd *cmd);

/* ---- cmd.c: reading the command line ---- */

/* DONE with cmd->command set; REFUSED with wrong_usage when it has been told what is wrong. *help: --help was asked
 * for. */
enum outcome cmd_parse(struct cmd *cmd, int argc, char **argv, bool *help) must_check;
const char *cmd_value(const struct cmd *cmd, const char *option); /* the last one given; NULL: none */
bool cmd_flag(const struct cmd *cmd, const char *option);
/* A number between two bounds; `otherwise` when the option is not given. REFUSED as wrong usage. */
enum outcome cmd_number(struct cmd *cmd, const char *option, int least, int most, int otherwise,
                        int *number) must_check;
/* Tells what is wrong with the usage, and where help is. Always REFUSED. */
enum outcome cmd_usage(struct cmd *cmd, const char *format, ...) like_printf(2, 3);

/* ---- given.c: options by a declared table ---- */

struct form_field;
/* Those that are given, checked like a form's; REFUSED as wrong usage. */
enum outcome cmd_fields(struct cmd *cmd, const struct form_field *fields, void *out) must_check;
/* The first line of stdin, for a password that must not stand among the arguments. */
enum outcome cmd_read_password(struct cmd *cmd, char **password) must_check;
enum outcome cmd_id(struct cmd *cmd, const char *typed, int64_t *id) must_check; /* the number of a row */

/* ---- help.c ---- */

void cmd_help(const struct cmd *cmd, const struct cmd_command *command, FILE *to);
const char *cmd_nearest(const char *typed, const char *const *names, size_t count); /* NULL: nothing is near */

/* ---- open.c: what commands stand on ---- */

const char *cmd_database_url(const struct cmd *cmd);
enum outcome cmd_now(struct cmd *cmd, struct instant *now) must_check; /* where the business's clock stands */
/* The path of a SQLite URL, NULL for PostgreSQL. */
const char *cmd_database_file(const char *url);
size_t cmd_migrations(void *mem, struct db_migration **migrations);
enum outcome cmd_open_brands(struct cmd *cmd) must_check;
enum outcome cmd_open_database(struct cmd *cmd, const char *url, int readers) must_check; /* as it stands, unchecked */
enum outcome cmd_check_database(struct cmd *cmd) must_check;                              /* up to date? then --now */
enum outcome cmd_open(struct cmd *cmd) must_check; /* all that the command needs */
bool cmd_is_simulated(struct cmd *cmd);
/* An RFC 3339 instant, or a date, which keeps the clock's time of day. REFUSED with PROBLEM_CLOCK_BACK for one that has passed: what
 * happened since would lie in the future. */
enum outcome cmd_set_clock(struct cmd *cmd, const char *typed) must_check;
enum outcome cmd_first_clock(struct cmd *cmd, const char *typed) must_check; /* of a database made just now: any */
/* Where mail goes: --smtp and its fellows. Without them the machine's own mail server, and from a simulated database
 * nothing but a folder. */
struct mailer;
enum outcome cmd_open_mailer(struct cmd *cmd, struct mailer *mailer) must_check;
#define CMD_MAIL_OPTIONS                                                                                               \
    {"smtp", N_("URL"), N_("smtp://HOST:PORTA, smtps://HOST o file:CARTELLA; predefinito smtp://localhost")},          \
        {"smtp-user", N_("NOME"),                                                                                      \
         N_("utente SMTP; la password è in CASELLA_SMTP_PASSWORD o nel file indicato sotto")},                         \
    {                                                                                                                  \
        "smtp-password-file", N_("FILE"), N_("file con la password SMTP")                                              \
    }
/* A maildir named by --bounces; NULL: none. */
enum outcome cmd_bounces(struct cmd *cmd, const char **folder) must_check;
#define CMD_BOUNCES_OPTION                                                                                             \
    {                                                                                                                  \
        "bounces", N_("CARTELLA"), N_("maildir in cui arriva la posta che torna indietro, da leggere di continuo")     \
    }
#define CMD_URL_OPTION                                                                                                 \
    {                                                                                                                  \
        "public-url", N_("URL"), N_("come il portale si raggiunge da fuori, per i collegamenti nei messaggi")          \
    }
/* Where what people send is kept: --files, CASELLA_FILES, or beside the SQLite file that `url` names; folder NULL where none of
 * them says. With --clamd or CASELLA_CLAMD the scanner, with --files-key or CASELLA_FILES_KEY, else FOLDER.key where there is
 * one, the key, with --signature-ca or CASELLA_SIGNATURE_CA whom signatures are believed. shop.files, which is *files and lasts as
 * long as the command, and shop.signatures are set. */
enum outcome cmd_open_files(struct cmd *cmd, const char *url, struct files *files) must_check;
/* For the demonstration: a key beside the folder, made the first time. A shop's key is never made or guessed for it. */
enum outcome cmd_make_files_key(struct cmd *cmd, struct files *files) must_check;
#define CMD_FILES_OPTIONS                                                                                              \
    {"files", N_("CARTELLA"),                                                                                          \
     N_("dove stanno i file ricevuti (anche CASELLA_FILES); predefinito: accanto all'archivio SQLite")},               \
        {"files-key", N_("FILE"),                                                                                      \
         N_("la chiave dei documenti inviati, 64 cifre esadecimali (anche CASELLA_FILES_KEY)")},                       \
        {"signature-ca", N_("FILE"),                                                                                   \
         N_("le autorità delle firme digitali, PEM, anche una cartella (anche CASELLA_SIGNATURE_CA)")},                \
    {                                                                                                                  \
        "clamd", N_("INDIRIZZO"),                                                                                      \
            N_("antivirus per i file ricevuti (anche CASELLA_CLAMD): /run/clamav/clamd.ctl o HOST:PORTA")              \
    }
/* The payment providers that the brands' files name and their webmails, with the secrets in --secrets or CASELLA_SECRETS, else those
 * of the environment (link/secrets.h); shop.gateways and shop.webmails are set. */
enum outcome cmd_open_gateways(struct cmd *cmd) must_check;
/* --public-url, where links in mails lead. Without it by the brands' hosts; on a simulated database, whose mails are read in its own portal,
 * within that. */
void cmd_know_address(struct cmd *cmd);
/* Fills cmd->shop.mailhosts; cmd_open_gateways does so too. */
/* shop.webhooks; `inside`, or CASELLA_WEBHOOK_INSIDE=1: also to addresses of our own network. */
enum outcome cmd_open_webhooks(struct cmd *cmd, bool inside) must_check;
enum outcome cmd_open_mailhosts(struct cmd *cmd) must_check;
/* The ways to SdI that the brands' files name; shop.sdi is set. Those by PEC only with a mailer. */
enum outcome cmd_open_sdi(struct cmd *cmd, const struct mailer *mailer) must_check;
#define CMD_SECRETS_OPTION                                                                                             \
    {                                                                                                                  \
        "secrets", N_("CARTELLA"),                                                                                     \
            N_("dove stanno i segreti dei fornitori di pagamento (anche CASELLA_SECRETS)")                             \
    }
/* A file that can be read twice: "-" and pipes are copied to a temporary one. Closed by the caller. */
enum outcome cmd_open_file(struct cmd *cmd, const char *name, int *file) must_check;
const struct actor *cmd_actor(struct cmd *cmd); /* door cli, the user who runs it */

/* ---- out.c: results and messages ---- */

const char *cmd_text(const struct cmd *cmd, const char *msgid)
    __attribute__((format_arg(2))); /* in the user's language */
void cmd_print_json(json_t *value); /* one value, one line; takes over the reference */
void cmd_say(const struct cmd *cmd, const char *format, ...) like_printf(2, 3); /* a message, to stderr */
void cmd_tell_problem(struct cmd *cmd, const char *about, const struct problem *why);
/* A fault of a row of a table. */
void cmd_tell_row(struct cmd *cmd, int line, const struct problem *why);
char *cmd_money(void *mem, struct money amount); /* "30,50 €" */
char *cmd_day(void *mem, struct day day);        /* "15/03/2027", "-" */

/* A list as JSON: "[" row "," row "]", or rows alone for people. */
struct cmd_list {
    bool json;
    size_t count;
};
void cmd_list_begin(struct cmd_list *list, const struct cmd *cmd);
void cmd_list_json(struct cmd_list *list, json_t *row); /* takes over the reference */
void cmd_list_end(struct cmd_list *list);

/* How far a long task is, on a terminal only; the arguments of a progress function. */
void cmd_progress(void *label, int64_t done, int64_t all);
void cmd_progress_end(void);
