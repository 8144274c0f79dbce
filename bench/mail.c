/* bench/mail.c: mails handed to a server, next to bare libcurl that sends the same bytes on a connection it keeps. Both
 * to the same small server in this process, which takes everything. How fast the outbox is emptied, with reading,
 * rendering and the PDF of each mail, is told as well.
 *
 *     bench-mail [MAILS [ROUNDS]]      500 mails a measurement, 20 rounds */
#include "house.h"
#include "measure.h"

#include "jobs/jobs.h"
#include "link/mailer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

enum { MOST_ROUNDS = 50, ORDERS = 500, PDF_BYTES = 20000 };

/* ---- A server that takes everything ---- */

static atomic_long taken;

static void answer(int s, const char *text)
{
    if (send(s, text, strlen(text), MSG_NOSIGNAL) < 0)
        give_up("the client hung up");
}

/* Whether these bytes end the mail, whose last five so far are in `tail`. */
static bool ends_mail(const char *bytes, size_t length, char tail[5])
{
    for (size_t i = length > 5 ? length - 5 : 0; i < length; i++) {
        memmove(tail, tail + 1, 4);
        tail[4] = bytes[i];
    }
    return memcmp(tail, "\r\n.\r\n", 5) == 0;
}

static void *serve(void *arg)
{
    int s = (int)(intptr_t)arg;
    char buffer[65536], tail[5] = "";
    bool in_mail = false;
    ssize_t n;

    answer(s, "220 bench\r\n");
    while ((n = recv(s, buffer, sizeof buffer - 1, 0)) > 0) {
        if (in_mail) {
            if (!ends_mail(buffer, (size_t)n, tail))
                continue;
            in_mail = false;
            taken++;
            answer(s, "250 taken\r\n");
            continue;
        }
        buffer[n] = '\0';
        if (strncmp(buffer, "DATA", 4) == 0) {
            in_mail = true;
            memset(tail, 0, sizeof tail);
            answer(s, "354 go on\r\n");
        } else {
            answer(s, strncmp(buffer, "EHLO", 4) == 0 ? "250-bench\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
                                                      : "250 ok\r\n");
        }
    }
    close(s);
    return NULL;
}

static void *take_connections(void *arg)
{
    int listener = (int)(intptr_t)arg, s, on = 1;

    while ((s = accept(listener, NULL, NULL)) >= 0) {
        pthread_t thread;

        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)s) != 0)
            give_up("no thread");
        pthread_detach(thread);
    }
    return NULL;
}

static char *start_server(void *mem)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_t thread;

    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0 ||
        pthread_create(&thread, NULL, take_connections, (void *)(intptr_t)listener) != 0)
        give_up("no server");
    pthread_detach(thread);
    return talloc_asprintf(mem, "smtp://127.0.0.1:%d", ntohs(address.sin_port));
}

/* ---- The limit ---- */

struct source {
    const char *bytes;
    size_t length, at;
};

static size_t give_bytes(char *buffer, size_t size, size_t count, void *arg)
{
    struct source *s = arg;
    size_t n = size * count < s->length - s->at ? size * count : s->length - s->at;

    memcpy(buffer, s->bytes + s->at, n);
    s->at += n;
    return n;
}

static double send_bare(CURL *curl, const char *url, const struct mail *mail, int mails)
{
    void *mem = talloc_new(NULL);
    char *bytes;
    size_t length;
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    double begin = now_seconds();

    if (mail_format(mem, mail, &bytes, &length, NULL) != DONE)
        give_up("the mail cannot be written");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    for (int i = 0; i < mails; i++) {
        struct source source = {bytes, length, 0};

        curl_easy_setopt(curl, CURLOPT_READDATA, &source);
        if (curl_easy_perform(curl) != CURLE_OK)
            give_up("libcurl does not send");
    }
    begin = now_seconds() - begin;
    curl_slist_free_all(to);
    talloc_free(mem);
    return mails / begin;
}

/* ---- Ours ---- */

static double send_ours(const struct mailer *mailer, const struct mail *mail, int mails)
{
    double begin = now_seconds();
    struct problem why = {0};

    for (int i = 0; i < mails; i++)
        if (mailer->send(mailer->arg, mail, &why) != DONE)
            give_up("not sent: %s", why.detail);
    return mails / (now_seconds() - begin);
}

static struct house *current;
static int64_t next_order = 1;

static enum outcome place(struct db_tx *tx, void *arg)
{
    void *mem = talloc_new(NULL);
    enum outcome o = DONE;

    for (int64_t i = 0; i < ORDERS && o == DONE; i++) {
        struct placed_order placed;

        o = place_order(tx, mem, house_order(mem, current, *(int64_t *)arg + i), &placed, NULL);
        talloc_free_children(mem);
    }
    talloc_free(mem);
    return o;
}

/* Mails a second of the whole outbox: half acknowledge an order and carry the sheet for its transfer, the others tell
 * holders that their mailboxes expire. */
static double empty_outbox(void *mem, const struct mailer *mailer, int *sent)
{
    struct jobs_round round = {0};
    double begin;

    house_mailboxes(current, 0, next_order, ORDERS);
    house_write(current, place, &next_order);
    next_order += ORDERS;
    begin = now_seconds();
    if (jobs_once(mem, &(struct jobs_options){.shop = &current->shop, .views = current->views, .mailer = mailer},
                  &round) != DONE ||
        round.done < ORDERS || round.dead || round.later)
        give_up("%d of at least %d mails were sent", round.done, ORDERS);
    *sent = round.done;
    return round.done / (now_seconds() - begin);
}

int main(int count, char **arguments)
{
    int mails = count > 1 ? atoi(arguments[1]) : 500, rounds = count > 2 ? atoi(arguments[2]) : 20, sent;
    double bare[MOST_ROUNDS], ours[MOST_ROUNDS], whole;
    static char text[2000], html[8000], pdf[PDF_BYTES];
    void *mem = talloc_new(NULL);
    char *url = start_server(mem);
    struct mail_attachment attachment = {"bonifico.pdf", "application/pdf", pdf, sizeof pdf};
    struct mail mail = {.from_name = "Legalmail",
                        .from = "rinnovi@legalmail.example",
                        .to = "studio@example.org",
                        .subject = "Ordine 202600009505571 ricevuto",
                        .text = text,
                        .html = html,
                        .message_id = "outbox-42@legalmail.example",
                        .date = clock_now(),
                        .attachments = &attachment,
                        .attachment_count = 1};
    struct mailer mailer;
    CURL *curl;
    bool met;

    if (mails < 1 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-mail [MAILS [ROUNDS]]");
    for (size_t i = 0; i + 40 < sizeof text;)
        i += (size_t)sprintf(text + i, "Rinnovo 1 anno, Silver: 47,58 €\n");
    for (size_t i = 0; i + 60 < sizeof html;)
        i += (size_t)sprintf(html + i, "<tr><td>Rinnovo 1 anno, Silver<td>47,58 €</tr>\n");
    for (size_t i = 0; i < sizeof pdf; i++)
        pdf[i] = (char)(i * 2654435761u >> 13);
    current = house_open(mem, NULL, 2);
    curl = curl_easy_init();
    if (mailer_open(mem, &(struct smtp_options){.url = url}, 1, &mailer, NULL) != DONE)
        give_up("no mailer");
    for (int i = 0; i < rounds; i++) {
        bare[i] = send_bare(curl, url, &mail, mails);
        ours[i] = send_ours(&mailer, &mail, mails);
    }
    whole = empty_outbox(mem, &mailer, &sent);
    if (taken != 2L * rounds * mails + sent)
        give_up("%ld mails came", (long)taken);
    printf("libcurl %.0f mails/s, mailer %.0f/s; outbox with reading, rendering and PDFs %.0f/s\n",
           median(bare, (size_t)rounds), median(ours, (size_t)rounds), whole);
    met = at_least(0.9, median(ours, (size_t)rounds) / median(bare, (size_t)rounds), "mails, of libcurl's rate");
    curl_easy_cleanup(curl);
    house_close(current);
    talloc_free(mem);
    return met ? 0 : 1;
}
