/* Sending by SMTP, against a server that does as it is told: takes, defers, refuses, hangs up, falls silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/outcome.h"
#include "net/smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

static const char DROP[] = "drop";     /* closes instead of answering */
static const char SILENT[] = "silent"; /* answers nothing until the client leaves */

/* What the server says where it does not say yes; NULL: yes. */
struct script {
    const char *greeting, *mail, *rcpt, *data, *end, *auth;
    int once; /* the fault applies to so many messages only; 0: to all */
};

static struct {
    int listener, port, connections, taken, faults;
    struct script script;
    char message[16384]; /* the last one taken, as it came between DATA and the dot */
    pthread_t thread;
    void *mem;
} server;

static bool say(FILE *f, const char *line)
{
    char byte;

    if (line == DROP)
        return false;
    if (line == SILENT) {
        while (fread(&byte, 1, 1, f) == 1)
            continue;
        return false;
    }
    fprintf(f, "%s\r\n", line);
    return fflush(f) == 0;
}

static bool answer(FILE *f, const char *fault, const char *yes)
{
    if (fault && server.script.once && server.faults >= server.script.once)
        fault = NULL;
    if (fault)
        server.faults++;
    return say(f, fault ? fault : yes);
}

static bool take_message(FILE *f)
{
    char line[1100];

    server.message[0] = '\0';
    while (fgets(line, sizeof line, f)) {
        if (strcmp(line, ".\r\n") == 0) {
            if (!server.script.end)
                server.taken++;
            return answer(f, server.script.end, "250 taken");
        }
        if (strlen(server.message) + strlen(line) < sizeof server.message)
            strcat(server.message, line);
    }
    return false;
}

static void converse(FILE *f)
{
    const struct script *s = &server.script;
    char line[1100];
    bool on = answer(f, s->greeting, "220 here");

    while (on && fgets(line, sizeof line, f)) {
        if (strncasecmp(line, "EHLO", 4) == 0)
            on = say(f, s->auth ? "250-here\r\n250 AUTH PLAIN" : "250 here");
        else if (strncasecmp(line, "AUTH", 4) == 0)
            on = answer(f, s->auth, "235 welcome");
        else if (strncasecmp(line, "MAIL FROM:<rinnovi@legalmail.example>", 37) == 0)
            on = answer(f, s->mail, "250 fine");
        else if (strncasecmp(line, "RCPT TO:<rossi@pec.example>", 27) == 0)
            on = answer(f, s->rcpt, "250 fine");
        else if (strncasecmp(line, "DATA", 4) == 0)
            on = s->data ? answer(f, s->data, "354 go on") : say(f, "354 go on") && take_message(f);
        else if (strncasecmp(line, "QUIT", 4) == 0)
            say(f, "221 bye"), on = false;
        else
            on = say(f, strncasecmp(line, "RSET", 4) == 0 ? "250 fine" : "500 what?");
    }
}

static void *serve(void *arg)
{
    int s;

    (void)arg;
    while ((s = accept(server.listener, NULL, NULL)) >= 0) {
        FILE *f = fdopen(s, "r+");

        server.connections++;
        setvbuf(f, NULL, _IOLBF, 4096);
        converse(f);
        fclose(f);
    }
    return NULL;
}

static void start(struct script script)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    memset(&server, 0, sizeof server);
    server.mem = talloc_new(NULL);
    server.script = script;
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server.listener, 8), 0);
    assert_int_equal(getsockname(server.listener, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void stop(void)
{
    talloc_free(server.mem); /* the client leaves first */
    shutdown(server.listener, SHUT_RDWR);
    pthread_join(server.thread, NULL);
    close(server.listener);
}

static struct smtp *client(bool log_in)
{
    bool waits_in_vain = server.script.greeting || server.script.end == SILENT;
    struct smtp_options options = {.url = talloc_asprintf(server.mem, "smtp://127.0.0.1:%d", server.port),
                                   .timeout_seconds = waits_in_vain ? 1 : 60};
    struct smtp *smtp;

    if (log_in)
        options.user = "casella", options.password = "segreta";
    assert_int_equal(smtp_open(server.mem, &options, &smtp, NULL), DONE);
    return smtp;
}

static const struct mail MAIL = {.from_name = "Legalmail",
                                 .from = "rinnovi@legalmail.example",
                                 .to = "rossi@pec.example",
                                 .subject = "Scadenza",
                                 .text = "Buongiorno.\n.\nFine\n",
                                 .message_id = "outbox-42@legalmail.example",
                                 .date = {1900000000000000}};

static void messages_arrive_over_one_connection(void **state)
{
    (void)state;
    size_t length;
    char *bytes;

    start((struct script){0});
    struct smtp *smtp = client(false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(smtp_send(smtp, &MAIL, NULL), DONE);
    assert_int_equal(mail_format(server.mem, &MAIL, &bytes, &length, NULL), DONE);
    assert_string_equal(server.message, bytes);
    assert_int_equal(server.taken, 3);
    assert_int_equal(server.connections, 1);
    stop();
}

static void the_servers_words_decide(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct script script;
        enum outcome outcome;
        const char *words; /* in the problem's detail */
    } rows[] = {
        {"sender refused", {.mail = "550 5.7.1 not you"}, REFUSED, "550 5.7.1 not you"},
        {"recipient unknown", {.rcpt = "550 5.1.1 no such mailbox"}, REFUSED, "550 5.1.1 no such mailbox"},
        {"recipient, several lines", {.rcpt = "550-5.1.1 no such\r\n550 5.1.1 mailbox"}, REFUSED, "550 5.1.1 mailbox"},
        {"message refused", {.end = "554 5.6.0 spam"}, REFUSED, "554 5.6.0 spam"},
        {"data refused", {.data = "554 no"}, REFUSED, "554 no"},
        {"greylisted", {.rcpt = "451 4.7.1 later"}, BUSY, "451 4.7.1 later"},
        {"full", {.end = "452 4.2.2 full"}, BUSY, "452 4.2.2 full"},
        {"sender deferred", {.mail = "421 closing"}, BUSY, "421 closing"},
        {"no service", {.greeting = "421 too many"}, BUSY, ""},
        {"login refused", {.auth = "535 5.7.8 wrong password"}, BUSY, "535"},
        {"hangs up at once", {.greeting = "drop"}, BUSY, ""},
        {"hangs up after the recipient", {.rcpt = "drop"}, BUSY, ""},
        {"hangs up after the message", {.end = "drop"}, BUSY, ""},
        {"falls silent", {.end = "silent"}, BUSY, ""},
        {"is no mail server", {.greeting = "HTTP/1.1 200 OK"}, BUSY, ""},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        struct script script = rows[i].script;
        struct problem why = {0};
        const char **faults[] = {&script.greeting, &script.rcpt, &script.end};

        for (size_t n = 0; n < count_of(faults); n++)
            if (*faults[n])
                *faults[n] = strcmp(*faults[n], "drop") == 0     ? DROP
                             : strcmp(*faults[n], "silent") == 0 ? SILENT
                                                                 : *faults[n];
        start(script);
        enum outcome outcome = smtp_send(client(script.auth != NULL), &MAIL, &why);
        if (outcome != rows[i].outcome || why.code != PROBLEM_MAIL || !strstr(why.detail, rows[i].words))
            fail_msg("%s: %d %s", rows[i].what, outcome, why.detail);
        stop();
    }
}

static void after_a_fault_the_next_one_goes(void **state)
{
    (void)state;
    static const struct script scripts[] = {{.rcpt = "550 no such mailbox", .once = 1},
                                            {.rcpt = "451 later", .once = 1},
                                            {.mail = "421 closing", .once = 1}};

    for (size_t i = 0; i < count_of(scripts); i++) {
        start(scripts[i]);
        struct smtp *smtp = client(false);
        assert_int_not_equal(smtp_send(smtp, &MAIL, NULL), DONE);
        assert_int_equal(smtp_send(smtp, &MAIL, NULL), DONE);
        assert_int_equal(server.taken, 1);
        stop();
    }
}

static void without_tls_nothing_is_said_where_it_is_required(void **state)
{
    (void)state;
    struct smtp *smtp;

    start((struct script){0});
    struct smtp_options options = {.url = talloc_asprintf(server.mem, "smtp://127.0.0.1:%d", server.port),
                                   .timeout_seconds = 60,
                                   .require_tls = true};
    assert_int_equal(smtp_open(server.mem, &options, &smtp, NULL), DONE);
    assert_int_equal(smtp_send(smtp, &MAIL, NULL), BUSY);
    assert_int_equal(server.taken, 0);
    stop();
}

static void what_may_not_be_sent_is_refused_before(void **state)
{
    (void)state;
    struct mail mail = MAIL;

    start((struct script){0});
    struct smtp *smtp = client(false);
    mail.to = "rossi@pec.example>\r\nDATA";
    assert_int_equal(smtp_send(smtp, &mail, NULL), REFUSED);
    assert_int_equal(server.connections, 0);
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_arrive_over_one_connection),
        cmocka_unit_test(the_servers_words_decide),
        cmocka_unit_test(after_a_fault_the_next_one_goes),
        cmocka_unit_test(without_tls_nothing_is_said_where_it_is_required),
        cmocka_unit_test(what_may_not_be_sent_is_refused_before),
    };

    log_setup(LOG_ERROR, false); /* the server's faults are wanted */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
