#include "net/smtp.h"
#include "base/log.h"
#include "base/text.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct smtp {
    struct smtp_options options;
    const char *folder; /* of a "file:" URL, else NULL */
    CURL *curl;         /* keeps the connection */
    char said[200];     /* the server's last refusal, in its own words */
};

static enum outcome unsent(struct problem *why, enum outcome outcome, const char *text)
{
    (void)!problem_set(why, PROBLEM_MAIL, "", "%s", text);
    return outcome;
}

/* ---- To a folder ---- */

static enum outcome write_all(int file, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(file, bytes + done, length - done);

        if (n < 0 && errno != EINTR)
            return BROKEN;
        done += n > 0 ? (size_t)n : 0;
    }
    return fsync(file) == 0 ? DONE : BROKEN;
}

static enum outcome sync_folder(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    return synced ? DONE : BROKEN;
}

/* Readers of the folder see whole messages only: written beside, then renamed. */
static enum outcome store(struct smtp *smtp, const struct mail *mail, const char *bytes, size_t length, void *mem)
{
    char *beside = talloc_asprintf(mem, "%s/.%s.%d.part", smtp->folder, mail->message_id, (int)gettid());
    char *path = talloc_asprintf(mem, "%s/%s.eml", smtp->folder, mail->message_id);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    enum outcome outcome = file < 0 ? BROKEN : write_all(file, bytes, length);

    if (file >= 0 && close(file) != 0)
        outcome = BROKEN;
    if (outcome == DONE && rename(beside, path) == 0 && sync_folder(smtp->folder) == DONE)
        return DONE;
    log_error("mail.store", LOG_TEXT("file", path), LOG_TEXT("why", strerror(errno)));
    unlink(beside);
    return BROKEN;
}

/* ---- To a server ---- */

struct upload {
    const char *bytes;
    size_t length, sent;
};

static size_t give(char *buffer, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t left = upload->length - upload->sent, n = size * count < left ? size * count : left;

    memcpy(buffer, upload->bytes + upload->sent, n);
    upload->sent += n;
    return n;
}

/* libcurl asks to start over when a kept connection turned out to be dead. */
static int rewind_upload(void *arg, curl_off_t offset, int origin)
{
    struct upload *upload = arg;

    if (origin != SEEK_SET || offset < 0 || (size_t)offset > upload->length)
        return CURL_SEEKFUNC_FAIL;
    upload->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* Each line that the server says. */
static size_t listen_to(char *line, size_t size, size_t count, void *arg)
{
    struct smtp *smtp = arg;
    size_t length = size * count, kept = length;

    while (kept && strchr("\r\n", line[kept - 1]))
        kept--;
    if (kept >= 3 && (*line == '4' || *line == '5')) {
        kept = kept < sizeof smtp->said ? kept : sizeof smtp->said - 1;
        for (size_t i = 0; i < kept; i++)
            smtp->said[i] = (char)(line[i] >= ' ' && line[i] < 0x7f ? line[i] : '?');
        smtp->said[kept] = '\0';
    }
    return length;
}

/* A refused login is our configuration's fault, not the message's: it stays to be sent. */
static enum outcome judge(struct smtp *smtp, CURLcode code, struct problem *why)
{
    const char *words = smtp->said[0] ? smtp->said : curl_easy_strerror(code);

    if (code == CURLE_OK)
        return DONE;
    if (smtp->said[0] == '5' && code != CURLE_LOGIN_DENIED && strncmp(smtp->said, "530", 3) != 0)
        return unsent(why, REFUSED, words);
    log_warning("mail.later", LOG_TEXT("server", smtp->options.url), LOG_TEXT("why", words));
    return unsent(why, BUSY, words);
}

static enum outcome transmit(struct smtp *smtp, const struct mail *mail, const char *bytes, size_t length, void *mem,
                             struct problem *why)
{
    struct upload upload = {bytes, length, 0};
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    CURL *curl = smtp->curl;
    CURLcode code;

    smtp->said[0] = '\0';
    if (!to)
        return log_broken("mail.memory");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, talloc_asprintf(mem, "<%s>", mail->from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)length);
    code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return judge(smtp, code, why);
}

enum outcome smtp_send(struct smtp *smtp, const struct mail *mail, struct problem *why)
{
    void *mem = talloc_new(smtp);
    enum outcome outcome;
    char *bytes;
    size_t length;

    outcome = mail_format(mem, mail, &bytes, &length, why);
    if (outcome == DONE && smtp->folder && (strchr(mail->message_id, '/') || mail->message_id[0] == '.'))
        outcome = unsent(why, REFUSED, "message-id");
    if (outcome == DONE)
        outcome = smtp->folder ? store(smtp, mail, bytes, length, mem) : transmit(smtp, mail, bytes, length, mem, why);
    talloc_free(mem);
    return outcome;
}

/* ---- Opening ---- */

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int release(struct smtp *smtp)
{
    curl_easy_cleanup(smtp->curl);
    return 0;
}

static enum outcome open_curl(struct smtp *smtp)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const struct smtp_options *options = &smtp->options;
    long seconds = options->timeout_seconds > 0 ? options->timeout_seconds : 30;
    CURL *curl;

    pthread_once(&once, start_curl);
    if (!(curl = smtp->curl = curl_easy_init()))
        return log_broken("mail.curl");
    curl_easy_setopt(curl, CURLOPT_URL, options->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_FTP_RESPONSE_TIMEOUT,
                     seconds); /* of SMTP's answers as well, also to the last QUIT */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(options->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (options->user && *options->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password ? options->password : "");
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_upload);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, listen_to);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp);
    return DONE;
}

enum outcome smtp_open(void *mem, const struct smtp_options *options, struct smtp **made, struct problem *why)
{
    struct smtp *smtp = talloc_zero(mem, struct smtp);
    struct stat status;

    talloc_set_destructor(smtp, release);
    smtp->options = *options;
    smtp->options.url = talloc_strdup(smtp, options->url);
    if (text_starts(options->url, "file:")) {
        smtp->folder = smtp->options.url + strlen("file:");
        if (stat(smtp->folder, &status) != 0 || !S_ISDIR(status.st_mode) || access(smtp->folder, W_OK) != 0)
            return talloc_free(smtp), problem_unwritable(why, options->url);
    } else if (!text_starts(options->url, "smtp://") && !text_starts(options->url, "smtps://")) {
        return talloc_free(smtp),
               problem_set(why, PROBLEM_CONFIG, "", "%.120s: smtp://, smtps://, file:", options->url);
    } else if (open_curl(smtp) != DONE) {
        talloc_free(smtp);
        return BROKEN;
    }
    *made = smtp;
    return DONE;
}
