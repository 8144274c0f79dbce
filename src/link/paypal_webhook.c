/* link/paypal_webhook.c: what PayPal sends us (PAYMENTS §4.6). The signature is checked here, by the certificate that
 * the notice names; where that certificate cannot be had or not be traced, PayPal is asked whether the notice is its
 * own. */
#include "base/log.h"
#include "base/text.h"
#include "link/paypal.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>
#include <zlib.h>

enum { CERTIFICATE_MOST = 65536, CHAIN_MOST = 8, BODY_MOST = 1024 * 1024 };

struct notice {
    const char *id, *time, *signature, *certificate_url, *algorithm;
    const char *body;
    size_t length;
    struct instant at;
    bool on_paypal; /* the certificate lies there, not with a sandbox */
};

static enum outcome forged(struct problem *why, const char *what)
{
    return problem_set(why, PROBLEM_NOTIFICATION, "", "%.100s", what);
}

static const char *header(void *mem, const struct gateway_notice *notice, const char *name, size_t most)
{
    const char *value = notice->header(notice->header_arg, name);

    return value && strlen(value) <= most && text_is_plain(value, strlen(value)) ? talloc_strdup(mem, value) : "";
}

/* ---- Where the certificate lies ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* At PayPal, over https; or where our own calls go, which is a sandbox's place. */
static bool certificate_url_good(const struct paypal *p, void *mem, struct notice *n)
{
    struct client_url url;

    if (client_url_read(mem, n->certificate_url, &url) != DONE)
        return false;
    n->on_paypal = strcmp(url.scheme, "https") == 0 && url.port == 443 &&
                   (strcmp(url.host, "paypal.com") == 0 || ends_with(url.host, ".paypal.com"));
    return n->on_paypal || (client_url_allowed(&url) && strcmp(url.scheme, p->origin.scheme) == 0 &&
                            strcmp(url.host, p->origin.host) == 0 && url.port == p->origin.port);
}

static const char *certificate_kept(struct paypal *p, void *mem, const char *url)
{
    const char *pem = NULL;

    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < PAYPAL_CERTIFICATES && !pem; i++)
        if (p->certificate[i].url && strcmp(p->certificate[i].url, url) == 0)
            pem = talloc_strdup(mem, p->certificate[i].pem);
    pthread_mutex_unlock(&p->lock);
    return pem;
}

static void certificate_keep(struct paypal *p, const char *url, const char *pem)
{
    pthread_mutex_lock(&p->lock);
    talloc_free(p->certificate[p->next_certificate].url);
    talloc_free(p->certificate[p->next_certificate].pem);
    p->certificate[p->next_certificate].url = talloc_strdup(p, url);
    p->certificate[p->next_certificate].pem = talloc_strdup(p, pem);
    p->next_certificate = (p->next_certificate + 1) % PAYPAL_CERTIFICATES;
    pthread_mutex_unlock(&p->lock);
}

/* NULL: it is not to be had now. Kept only once it has proved good. */
static const char *certificate_fetch(struct paypal *p, void *mem, const char *url)
{
    struct client_request request = {.method = "GET", .url = url};
    struct client_answer answer;

    if (client_call(p->client, mem, &request, &answer, NULL) != DONE || answer.status != 200 ||
        answer.length > CERTIFICATE_MOST || strlen(answer.body) != answer.length)
        return NULL;
    return answer.body;
}

/* ---- The certificate ---- */

struct chain {
    X509 *leaf;
    STACK_OF(X509) * others;
};

static void chain_free(struct chain *chain)
{
    X509_free(chain->leaf);
    sk_X509_pop_free(chain->others, X509_free);
}

static void chain_read(const char *pem, struct chain *chain)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *more;

    *chain =
        (struct chain){.leaf = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL, .others = sk_X509_new_null()};
    while (chain->leaf && chain->others && sk_X509_num(chain->others) < CHAIN_MOST &&
           (more = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        if (!sk_X509_push(chain->others, more))
            X509_free(more);
    BIO_free(bio);
}

/* DONE: from one of our authorities, valid at that instant. BUSY: its issuer is not known here. */
static enum outcome chain_check(struct paypal *p, const struct chain *chain, struct instant at, struct problem *why)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int error = X509_V_ERR_OUT_OF_MEM;

    if (context && X509_STORE_CTX_init(context, p->authorities, chain->leaf, chain->others)) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);

        X509_VERIFY_PARAM_set_time(param, at.us / 1000000);
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
        error = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
        if (error == X509_V_OK && !X509_STORE_CTX_get0_chain(context))
            error = X509_V_ERR_UNSPECIFIED;
    }
    X509_STORE_CTX_free(context);
    if (error == X509_V_OK)
        return DONE;
    if (error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
        error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
        return BUSY;
    return forged(why, X509_verify_cert_error_string(error));
}

/* RSA with PKCS #1 v1.5 and SHA-256 over "id|time|webhook|crc32". */
static bool signature_good(struct paypal *p, void *mem, const struct notice *n, X509 *leaf)
{
    uLong crc = crc32(0L, (const Bytef *)n->body, (uInt)n->length);
    char *message = talloc_asprintf(mem, "%s|%s|%s|%lu", n->id, n->time, p->config.webhook_id, crc);
    EVP_PKEY *key = X509_get0_pubkey(leaf);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t length;
    bool good;

    good = context && key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= 2048 &&
           sodium_base642bin(signature, sizeof signature, n->signature, strlen(n->signature), NULL, &length, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, length, (const unsigned char *)message, strlen(message)) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

/* BUSY: cannot be told from here. */
static enum outcome check_here(struct paypal *p, void *mem, const struct notice *n, struct problem *why)
{
    const char *kept = certificate_kept(p, mem, n->certificate_url);
    const char *pem = kept ? kept : certificate_fetch(p, mem, n->certificate_url);
    enum outcome outcome;
    struct chain chain;

    if (!pem)
        return BUSY;
    chain_read(pem, &chain);
    if (!chain.leaf || !chain.others)
        outcome = forged(why, "certificate");
    else if (n->on_paypal && X509_check_host(chain.leaf, ".paypal.com", 0, 0, NULL) != 1)
        outcome = forged(why, "certificate");
    else
        outcome = chain_check(p, &chain, n->at, why);
    if (outcome == DONE && !signature_good(p, mem, n, chain.leaf))
        outcome = forged(why, "signature");
    chain_free(&chain);
    ERR_clear_error();
    if (outcome == DONE && !kept)
        certificate_keep(p, n->certificate_url, pem);
    return outcome;
}

/* ---- Asking PayPal ---- */

/* The event goes in as the bytes that came: written anew it might differ from what was signed. */
static enum outcome check_there(struct paypal *p, void *mem, const struct notice *n, struct problem *why)
{
    char *head =
        json_body(mem, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "auth_algo", n->algorithm, "cert_url",
                                 n->certificate_url, "transmission_id", n->id, "transmission_sig", n->signature,
                                 "transmission_time", n->time, "webhook_id", p->config.webhook_id));
    struct paypal_request request = {.method = "POST", .path = "/v1/notifications/verify-webhook-signature"};
    struct reply reply;

    request.body =
        talloc_asprintf(mem, "%.*s,\"webhook_event\":%.*s}", (int)strlen(head) - 1, head, (int)n->length, n->body);
    TRY(paypal_call(p, mem, &request, &reply, why));
    if (reply.status == 200 && json_is(reply.json, "verification_status", "SUCCESS"))
        return DONE;
    if (reply.status == 200 && json_is(reply.json, "verification_status", "FAILURE"))
        return forged(why, "verification_status");
    return provider_silent(why);
}

/* ---- The notice ---- */

static enum outcome read_headers(struct paypal *p, void *mem, const struct gateway_notice *notice, struct notice *n,
                                 struct problem *why)
{
    *n = (struct notice){.id = header(mem, notice, "PAYPAL-TRANSMISSION-ID", 100),
                         .time = header(mem, notice, "PAYPAL-TRANSMISSION-TIME", 40),
                         .signature = header(mem, notice, "PAYPAL-TRANSMISSION-SIG", 1400),
                         .certificate_url = header(mem, notice, "PAYPAL-CERT-URL", 500),
                         .algorithm = header(mem, notice, "PAYPAL-AUTH-ALGO", 40),
                         .body = notice->body,
                         .length = notice->length,
                         .at = notice->at};
    if (!*n->id || !*n->time || !*n->signature || strchr(n->id, '|') || strchr(n->time, '|'))
        return forged(why, "PAYPAL-TRANSMISSION");
    if (strcmp(n->algorithm, "SHA256withRSA") != 0)
        return forged(why, "PAYPAL-AUTH-ALGO");
    return certificate_url_good(p, mem, n) ? DONE : forged(why, "PAYPAL-CERT-URL");
}

/* Which payment it is about: the order, and our key as the resource bears it. A refund bears its own custom_id. */
static void read_event(void *mem, json_t *event, struct gateway_heard *heard)
{
    bool order = json_is(event, "resource_type", "checkout-order"), refund = json_is(event, "resource_type", "refund");

    heard->event_id = json_word(mem, event, "id", 100);
    heard->ref = json_word(mem, event, order ? "resource.id" : "resource.supplementary_data.related_ids.order_id", 50);
    heard->key = json_word(mem, event,
                           order    ? "resource.purchase_units.0.custom_id"
                           : refund ? "resource.invoice_id"
                                    : "resource.custom_id",
                           127);
}

enum outcome paypal_hear(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *heard,
                         struct problem *why)
{
    struct paypal *p = arg;
    json_t *event;
    struct notice n;
    enum outcome outcome;

    *heard = (struct gateway_heard){.event_id = "", .ref = "", .key = "", .covered = ""};
    if (notice->length == 0 || notice->length > BODY_MOST || memchr(notice->body, '\0', notice->length))
        return forged(why, "JSON");
    event = json_owned(mem, json_loadb(notice->body, notice->length, JSON_REJECT_DUPLICATES, NULL));
    if (!json_is_object(event))
        return forged(why, "JSON");
    if (*p->config.webhook_id) { /* without it nothing can be checked, and what comes is a hint */
        TRY(read_headers(p, mem, notice, &n, why));
        outcome = check_here(p, mem, &n, why);
        if (outcome == BUSY)
            outcome = check_there(p, mem, &n, why);
        TRY(outcome);
        heard->verified = true;
        heard->covered = talloc_asprintf(mem,
                                         "PAYPAL-TRANSMISSION-ID: %s\nPAYPAL-TRANSMISSION-TIME: %s\n"
                                         "PAYPAL-TRANSMISSION-SIG: %s\nPAYPAL-CERT-URL: %s\nPAYPAL-AUTH-ALGO: %s\n",
                                         n.id, n.time, n.signature, n.certificate_url, n.algorithm);
    }
    read_event(mem, event, heard);
    return DONE;
}
