/* link/signature_cms.c: one CMS message: whether its signatures are right, who made them, and by whose word that is so.
 */
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "link/signature.h"
#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#define SIGNERS_MOST 10
#define NAME_MOST    120 /* bytes of a signer's name */

/* ---- How it is written ---- */

/* SEQUENCE { OBJECT IDENTIFIER signedData …, its length in any form. */
static bool is_signed_data(const unsigned char *bytes, size_t length)
{
    static const unsigned char OID[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};

    return length > 20 && bytes[0] == 0x30 && memmem(bytes, 20, OID, sizeof OID);
}

static const unsigned char *from_base64(void *mem, const char *text, size_t length, size_t *der_length)
{
    const char *end = text + length;
    unsigned char *der;

    if (length > 11 && memcmp(text, "-----BEGIN ", 11) == 0) {
        text = memchr(text, '\n', length);
        if (!text)
            return NULL;
    } else if (length < 20 || text[0] != 'M') { /* 0x30 */
        return NULL;
    }
    der = talloc_size(mem, (size_t)(end - text) / 4 * 3 + 3);
    if (sodium_base642bin(der, talloc_get_size(der), text, (size_t)(end - text), "\r\n \t", der_length, &text,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return NULL;
    return is_signed_data(der, *der_length) ? der : NULL;
}

const unsigned char *cms_unwrap(void *mem, const void *bytes, size_t length, size_t *der_length)
{
    *der_length = length;
    return is_signed_data(bytes, length) ? bytes : from_base64(mem, bytes, length, der_length);
}

/* ---- Who and when ---- */

static char *name_entry(void *mem, X509 *certificate, int nid)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    unsigned char *utf8 = NULL;
    char *text = NULL;
    int length;

    if (at < 0)
        return NULL;
    length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length > 0 && length <= NAME_MOST && text_is_plain((char *)utf8, (size_t)length))
        text = talloc_strndup(mem, (char *)utf8, (size_t)length);
    OPENSSL_free(utf8);
    return text;
}

/* "TINIT-RSSMRA80A01H501U" (ETSI EN 319 412-1 §5.1.3), "IT:RSSMRA80A01H501U" before it. */
static char *tax_code(void *mem, X509 *certificate)
{
    static const char *const PREFIX[] = {"TINIT-", "IT:", "VATIT-"};
    char *number = name_entry(mem, certificate, NID_serialNumber);

    for (size_t i = 0; number && i < count_of(PREFIX); i++)
        if (strncmp(number, PREFIX[i], strlen(PREFIX[i])) == 0)
            return talloc_strdup(mem, number + strlen(PREFIX[i]));
    return NULL;
}

static void add_signer(void *mem, struct cms_seen *seen, X509 *certificate)
{
    char *name = name_entry(mem, certificate, NID_commonName), *code = tax_code(mem, certificate);

    if (name)
        seen->signer = seen->signer[0] ? talloc_asprintf(mem, "%s, %s", seen->signer, name) : name;
    if (code && !seen->tax_code[0])
        seen->tax_code = code;
}

static struct instant instant_of(const ASN1_TIME *time)
{
    struct tm tm;

    return ASN1_TIME_to_tm(time, &tm) == 1 ? (struct instant){(int64_t)timegm(&tm) * 1000000} : (struct instant){0};
}

static struct instant signing_time(CMS_SignerInfo *signer)
{
    int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
    ASN1_TYPE *value = at >= 0 ? X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0) : NULL;

    if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
        return (struct instant){0};
    return instant_of(value->value.asn1_string);
}

/* ---- By whose word ---- */

static bool may_sign(X509 *certificate)
{
    uint32_t usage = X509_get_key_usage(certificate); /* all bits where it says nothing */

    return usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
}

static bool is_known(X509 *certificate, STACK_OF(X509) * others, X509_STORE *authorities, struct instant at)
{
    X509_STORE_CTX *context = authorities ? X509_STORE_CTX_new() : NULL;
    bool known = false;

    if (context && X509_STORE_CTX_init(context, authorities, certificate, others)) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);

        X509_VERIFY_PARAM_set_time(param, at.us / 1000000);
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN); /* lists of trust name those that issue */
        known = X509_verify_cert(context) == 1;
    }
    X509_STORE_CTX_free(context);
    return known && may_sign(certificate);
}

/* What nobody can have signed yet is looked at as of now. */
static enum signature_state state_of(X509 *certificate, STACK_OF(X509) * others, X509_STORE *authorities,
                                     struct instant at)
{
    struct instant now = clock_now();

    if (!at.us || at.us > now.us + DAYS(1))
        at = now;
    if (instant_of(X509_get0_notBefore(certificate)).us > at.us ||
        instant_of(X509_get0_notAfter(certificate)).us < at.us)
        return SIGNATURE_EXPIRED;
    return is_known(certificate, others, authorities, at) ? SIGNATURE_VALID : SIGNATURE_UNTRUSTED;
}

/* ---- The message ---- */

static void fail(struct cms_seen *seen, const char *fault)
{
    seen->state = SIGNATURE_BROKEN;
    seen->fault = fault;
}

static bool is_weak(CMS_SignerInfo *signer)
{
    X509_ALGOR *digest = NULL;
    const ASN1_OBJECT *kind = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    if (digest)
        X509_ALGOR_get0(&kind, NULL, NULL, digest);
    return !kind || OBJ_obj2nid(kind) == NID_md5 || OBJ_obj2nid(kind) == NID_sha1;
}

static void look_at_signers(void *mem, CMS_ContentInfo *cms, struct instant said_at, X509_STORE *authorities,
                            struct cms_seen *seen)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    STACK_OF(X509) *others = CMS_get1_certs(cms);

    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
        CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, i);
        struct instant at = signing_time(signer);
        enum signature_state state;
        X509 *certificate = NULL;

        CMS_SignerInfo_get0_algs(signer, NULL, &certificate, NULL, NULL);
        if (!certificate || is_weak(signer)) {
            fail(seen, N_("è fatta con un programma superato; firmare di nuovo con un programma aggiornato"));
            break;
        }
        at = at.us ? at : said_at;
        state = state_of(certificate, others, authorities, at);
        seen->state = state > seen->state ? state : seen->state;
        seen->signed_at = at.us > seen->signed_at.us ? at : seen->signed_at;
        add_signer(mem, seen, certificate);
    }
    sk_X509_pop_free(others, X509_free);
}

/* The signatures themselves, whoever made them; what stands inside goes to `content`. OpenSSL 3.0 forgets to free its
 * own view of a memory BIO where a digest is unknown, so that one is read through a filter. */
static bool is_right(CMS_ContentInfo *cms, const void *detached, size_t detached_length, BIO *content)
{
    BIO *in = detached ? BIO_new_mem_buf(detached, (int)detached_length) : NULL;
    BIO *through = in ? BIO_new(BIO_f_null()) : NULL;
    bool right;

    if (through)
        in = BIO_push(through, in);
    right =
        (through || !detached) && CMS_verify(cms, NULL, NULL, in, content, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    BIO_free_all(in);
    return right;
}

static void check_message(void *mem, CMS_ContentInfo *cms, const void *detached, size_t detached_length,
                          struct instant said_at, X509_STORE *authorities, struct cms_seen *seen)
{
    int signers = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));
    BIO *content = BIO_new(BIO_s_mem());
    char *inside;
    long length;

    if (!content || signers < 1 || signers > SIGNERS_MOST)
        fail(seen, N_("nel file non c'è nessuna firma; firmarlo e inviarlo di nuovo"));
    else if (!detached && CMS_is_detached(cms))
        fail(seen, N_("nel file .p7m manca il documento; firmare lasciando il documento dentro il file"));
    else if (!is_right(cms, detached, detached_length, content))
        fail(seen, N_("il documento è stato modificato dopo la firma, oppure il file non è intero; firmarlo di nuovo"));
    else
        look_at_signers(mem, cms, said_at, authorities, seen);
    if (seen->state != SIGNATURE_BROKEN && !detached) {
        length = BIO_get_mem_data(content, &inside);
        seen->content = talloc_zero_size(mem, (size_t)length + 1);
        memcpy(seen->content, inside, (size_t)length);
        seen->content_length = (size_t)length;
    }
    BIO_free(content);
}

void cms_check(void *mem, const unsigned char *der, size_t length, const void *detached, size_t detached_length,
               struct instant said_at, struct x509_store_st *authorities, struct cms_seen *seen)
{
    BIO *in = length < INT32_MAX && detached_length < INT32_MAX ? BIO_new_mem_buf(der, (int)length) : NULL;
    CMS_ContentInfo *cms = in ? d2i_CMS_bio(in, NULL) : NULL;

    *seen = (struct cms_seen){.state = SIGNATURE_NONE, .signer = (char *)"", .tax_code = (char *)""};
    if (cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
        check_message(mem, cms, detached, detached_length, said_at, authorities, seen);
    else
        fail(seen, N_("il file non è intero; firmarlo e inviarlo di nuovo"));
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    ERR_clear_error();
}
