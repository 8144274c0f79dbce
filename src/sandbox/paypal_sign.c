#include "base/i18n.h"
#include "base/log.h"
#include "sandbox/paypal.h"
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>
#include <zlib.h>

enum { KEY_BITS = 2048, VALID_DAYS = 365 };

struct signer {
    EVP_PKEY *authority_key, *key;
    X509 *authority, *certificate;
    char name[SANDBOX_ID], folder[64], file[80];
    const char *chain;
};

static int release(struct signer *g)
{
    X509_free(g->authority);
    X509_free(g->certificate);
    EVP_PKEY_free(g->authority_key);
    EVP_PKEY_free(g->key);
    if (*g->file)
        unlink(g->file);
    if (*g->folder)
        rmdir(g->folder);
    return 0;
}

static bool extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool added;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_name(X509_NAME *name, const char *common)
{
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const void *)"PayPal (ambiente di prova)", -1, -1,
                                      0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const void *)common, -1, -1, 0) == 1;
}

/* A certificate of `key`, signed by `issuer`; by itself when that is NULL. */
static X509 *certify(EVP_PKEY *key, const char *common, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *x = X509_new();
    uint64_t serial;
    bool made = x && RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
                X509_set_version(x, X509_VERSION_3) == 1 &&
                ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(x), -3600) &&
                X509_time_adj_ex(X509_getm_notAfter(x), VALID_DAYS, 0, NULL) && X509_set_pubkey(x, key) == 1 &&
                set_name(X509_get_subject_name(x), common) &&
                X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x)) == 1 &&
                extend(x, issuer ? issuer : x, NID_subject_key_identifier, "hash");

    if (made && issuer)
        made = extend(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
               extend(x, issuer, NID_key_usage, "critical,digitalSignature") &&
               extend(x, issuer, NID_authority_key_identifier, "keyid") &&
               extend(x, issuer, NID_subject_alt_name, "DNS:messageverificationcerts.paypal.com");
    else if (made)
        made = extend(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
               extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
    if (made && X509_sign(x, issuer_key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

static bool write_authority(struct signer *g)
{
    const char *temporary = getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 40 ? getenv("TMPDIR") : "/tmp";
    char pattern[sizeof g->folder];
    FILE *file;
    bool written;

    snprintf(pattern, sizeof pattern, "%.40s/casella-XXXXXX", temporary);
    if (!mkdtemp(pattern))
        return false;
    memcpy(g->folder, pattern, sizeof pattern);
    snprintf(g->file, sizeof g->file, "%s/ca.pem", g->folder);
    file = fopen(g->file, "wx");
    written = file && PEM_write_X509(file, g->authority) == 1;
    return file && fclose(file) == 0 && written;
}

static bool write_chain(struct signer *g)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    long length;
    bool written = out && PEM_write_bio_X509(out, g->certificate) == 1 && PEM_write_bio_X509(out, g->authority) == 1;

    if (written) {
        length = BIO_get_mem_data(out, &text);
        g->chain = talloc_strndup(g, text, (size_t)length);
    }
    BIO_free(out);
    return written;
}

enum outcome signer_make(void *mem, struct signer **signer, struct problem *why)
{
    struct signer *g = talloc_zero(mem, struct signer);
    char first[SANDBOX_ID], second[SANDBOX_ID];

    talloc_set_destructor(g, release);
    snprintf(g->name, sizeof g->name, "CERT-%s-%s", sandbox_id(first, "", 8, "0123456789abcdef"),
             sandbox_id(second, "", 8, "0123456789abcdef"));
    if ((g->authority_key = EVP_RSA_gen(KEY_BITS)) && (g->key = EVP_RSA_gen(KEY_BITS)) &&
        (g->authority = certify(g->authority_key, "Autorità di prova", NULL, g->authority_key)) &&
        (g->certificate = certify(g->key, "messageverificationcerts.paypal.com", g->authority, g->authority_key)) &&
        write_authority(g) && write_chain(g)) {
        *signer = g;
        return DONE;
    }
    talloc_free(g);
    return problem_set(why, PROBLEM_CONFIG, "", N_("certificato di prova: %s"), strerror(errno));
}

const char *signer_ca_file(const struct signer *g)
{
    return g->file;
}

const char *signer_name(const struct signer *g)
{
    return g->name;
}

const char *signer_chain(const struct signer *g)
{
    return g->chain;
}

char *signer_message(void *mem, const char *id, const char *time, const char *webhook_id, const void *body,
                     size_t length)
{
    return talloc_asprintf(mem, "%s|%s|%s|%lu", id, time, webhook_id, crc32_z(0, body, length));
}

char *signer_sign(const struct signer *g, void *mem, const char *message)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[KEY_BITS / 8];
    size_t length = sizeof raw;
    char *text = NULL;

    if (context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, g->key) == 1 &&
        EVP_DigestSign(context, raw, &length, (const void *)message, strlen(message)) == 1) {
        text = talloc_array(mem, char, (unsigned)(length / 3 * 4 + 8));
        EVP_EncodeBlock((void *)text, raw, (int)length);
    }
    EVP_MD_CTX_free(context);
    return text ? text : talloc_strdup(mem, "");
}

bool signer_verify(const struct signer *g, const char *message, const char *base64)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[KEY_BITS / 8 + 8];
    size_t length = strlen(base64);
    bool right = false;

    /* 256 bytes make 344 characters, the last two of them padding */
    if (context && length == (KEY_BITS / 8 + 2) / 3 * 4 && EVP_DecodeBlock(raw, (const void *)base64, (int)length) > 0)
        right = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, g->key) == 1 &&
                EVP_DigestVerify(context, raw, KEY_BITS / 8, (const void *)message, strlen(message)) == 1;
    EVP_MD_CTX_free(context);
    return right;
}
