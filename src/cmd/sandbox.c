/* cmd/sandbox.c: `casella sandbox axerve|paypal|stripe`: one simulated payment provider as a process of its own, for
 * whoever stops and starts the shop beside it. */
#include "sandbox/sandbox.h"
#include "base/text.h"
#include "cmd/sandbox.h"
#include "cmd/server.h"
#include "sandbox/sdi.h"
#include <sodium.h>
#include <talloc.h>

#define LISTEN                                                                                                         \
    {                                                                                                                  \
        "listen", N_("INDIRIZZO:PORTA"), N_("dove ascoltare: solo 127.0.0.1 o [::1]; predefinito una porta libera")    \
    }
#define WEBHOOK                                                                                                        \
    {                                                                                                                  \
        "webhook", N_("URL"), N_("dove si notifica; senza, non si notifica")                                           \
    }
#define SHOP_NAME                                                                                                      \
    {                                                                                                                  \
        "shop-name", N_("NOME"), N_("il venditore, come lo mostrano le pagine")                                        \
    }

static const struct cmd_option AXERVE_OPTIONS[] = {
    LISTEN,
    {"shop-login", N_("CODICE"), N_("codice esercente (shopLogin); predefinito GESPAY00000")},
    {"api-key", N_("SEGRETO"), N_("chiave; senza, se ne inventa una")},
    SHOP_NAME,
    {0},
};

static const struct cmd_option PAYPAL_OPTIONS[] = {
    LISTEN,
    WEBHOOK,
    {"client-id", N_("CODICE"), N_("codice dell'applicazione; predefinito esempio-pec")},
    {"secret", N_("SEGRETO"), N_("il suo segreto; senza, se ne inventa uno")},
    {"webhook-id", N_("CODICE"), N_("codice delle notifiche, che entra nella firma; predefinito WH-ESEMPIO-PEC")},
    {0},
};

static const struct cmd_option STRIPE_OPTIONS[] = {
    LISTEN,
    WEBHOOK,
    {"secret-key", N_("SEGRETO"), N_("chiave sk_test_…; senza, se ne inventa una")},
    {"webhook-secret", N_("SEGRETO"), N_("segreto whsec_… delle notifiche; senza, se ne inventa uno")},
    SHOP_NAME,
    {0},
};

char *sandbox_secret(void *mem, const char *prefix)
{
    unsigned char random[20];

    randombytes_buf(random, sizeof random);
    return talloc_asprintf(mem, "%s%s", prefix, text_hex(mem, random, sizeof random));
}

static const char *given(const struct cmd *cmd, const char *option, const char *otherwise)
{
    const char *value = cmd_value(cmd, option);

    return value && *value ? value : otherwise;
}

static const char *given_secret(const struct cmd *cmd, const char *option, const char *prefix)
{
    return given(cmd, option, sandbox_secret(cmd->mem, prefix));
}

/* What whoever started it needs for setting up the link; the credentials that are not this provider's are left out. */
static void print_line(const struct sandbox *sandbox, const struct sandbox_options *o)
{
    cmd_print_json(json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "provider",
                             ((const char *const[]){"axerve", "paypal", "stripe"})[o->what], "url",
                             sandbox_url(sandbox), "origin", sandbox_origin(sandbox), "ca_file",
                             sandbox_ca_file(sandbox), "shop_login", o->shop_login, "api_key", o->api_key, "client_id",
                             o->client_id, "secret", o->secret, "webhook_id", o->webhook_id, "secret_key",
                             o->secret_key, "webhook_secret", o->webhook_secret));
    fflush(stdout);
}

static enum outcome run(struct cmd *cmd, struct sandbox_options *options)
{
    struct sandbox *sandbox;

    if (!cmd_is_simulated(cmd))
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("un fornitore simulato vive solo accanto a un archivio simulato")));
    db_close(cmd->db); /* it is not needed any more, and may be thrown away meanwhile */
    cmd->db = NULL;
    options->simulated = true;
    options->listen = given(cmd, "listen", "127.0.0.1:0");
    options->webhook_url = given(cmd, "webhook", NULL);
    options->shop_name = given(cmd, "shop-name", NULL);
    server_hold_signals();
    TRY(sandbox_start(cmd->mem, options, &sandbox, &cmd->why));
    print_line(sandbox, options);
    server_wait();
    sandbox_stop(sandbox);
    return DONE;
}

static enum outcome run_axerve(struct cmd *cmd)
{
    return run(cmd, &(struct sandbox_options){.what = SANDBOX_AXERVE,
                                              .shop_login = given(cmd, "shop-login", "GESPAY00000"),
                                              .api_key = given_secret(cmd, "api-key", "")});
}

static enum outcome run_paypal(struct cmd *cmd)
{
    return run(cmd, &(struct sandbox_options){.what = SANDBOX_PAYPAL,
                                              .client_id = given(cmd, "client-id", "esempio-pec"),
                                              .secret = given_secret(cmd, "secret", ""),
                                              .webhook_id = given(cmd, "webhook-id", "WH-ESEMPIO-PEC")});
}

static enum outcome run_stripe(struct cmd *cmd)
{
    return run(cmd, &(struct sandbox_options){.what = SANDBOX_STRIPE,
                                              .secret_key = given_secret(cmd, "secret-key", "sk_test_"),
                                              .webhook_secret = given_secret(cmd, "webhook-secret", "whsec_")});
}

/* ---- SdI ---- */

static const struct cmd_option SDI_OPTIONS[] = {
    {"outgoing", N_("CARTELLA"), N_("dove il negozio mette le fatture, o i messaggi che le portano")},
    {"notices", N_("CARTELLA"), N_("dove mettere le notifiche: una cartella, o un maildir")},
    {"answer", N_("RISPOSTA"),
     N_("RC, MC, AT, DT, NE:EC01, NE:EC02, NS:CODICE, garbage, twice, anche più d'una con la virgola; none: nessuna")},
    {"waiting", NULL, N_("risponde ai file già presi e lasciati senza risposta")},
    {0},
};

/* One turn: whoever wants another runs it again. */
static enum outcome run_sdi(struct cmd *cmd)
{
    struct sdi_sandbox sdi = {.outgoing = cmd_value(cmd, "outgoing"),
                              .notices = cmd_value(cmd, "notices"),
                              .answer = cmd_value(cmd, "answer"),
                              .waiting = cmd_flag(cmd, "waiting")};
    struct sdi_sandbox_turn turn;

    if (!sdi.outgoing || !sdi.notices)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), sdi.outgoing ? "notices" : "outgoing");
    if (!cmd_is_simulated(cmd))
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("uno SdI simulato vive solo accanto a un archivio simulato")));
    TRY(cmd_now(cmd, &sdi.now));
    TRY(sdi_sandbox_turn(cmd->mem, &sdi, &turn, &cmd->why));
    cmd_print_json(json_pack("{s:i, s:i}", "files", turn.files, "notices", turn.notices));
    return DONE;
}

const struct cmd_command CMD_SANDBOX[] = {
    {"axerve", "", 0, 0, N_("carte, come Axerve (Banca Sella); in JSON dice indirizzo e credenziali"), AXERVE_OPTIONS,
     NEEDS_DATABASE | LOGS, run_axerve, NULL},
    {"paypal", "", 0, 0, N_("PayPal, allo stesso modo"), PAYPAL_OPTIONS, NEEDS_DATABASE | LOGS, run_paypal, NULL},
    {"stripe", "", 0, 0, N_("Stripe, allo stesso modo"), STRIPE_OPTIONS, NEEDS_DATABASE | LOGS, run_stripe, NULL},
    {"sdi", "", 0, 0, N_("il Sistema di Interscambio: prende le fatture da una cartella e risponde con le notifiche"),
     SDI_OPTIONS, NEEDS_DATABASE, run_sdi, NULL},
    {0},
};
