/* test/unit/signing.h: an authority, its signers, and what they sign: .p7m files and PDFs, made as a test runs. */
#pragma once

#include "base/clock.h"
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define SIGNING_DAY ((long)86400)

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

static inline int identity_forget(struct identity *i)
{
    EVP_PKEY_free(i->key);
    X509_free(i->certificate);
    return 0;
}

static inline void put_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* In force from and until so many seconds from now; `issuer` NULL: an authority of its own. */
static inline struct identity *identity(void *mem, const char *name, const char *serial_number, const struct identity *issuer,
                                        long from, long until)
{
    static long serial = 1;
    struct identity *i = talloc_zero(mem, struct identity);
    X509_NAME *subject;

    talloc_set_destructor(i, identity_forget);
    i->key = EVP_EC_gen("P-256");
    i->certificate = X509_new();
    X509_set_version(i->certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(i->certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(i->certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(i->certificate), until);
    X509_set_pubkey(i->certificate, i->key);
    subject = X509_get_subject_name(i->certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    if (serial_number)
        X509_NAME_add_entry_by_txt(subject, "serialNumber", MBSTRING_UTF8, (const unsigned char *)serial_number, -1, -1, 0);
    X509_set_issuer_name(i->certificate, issuer ? X509_get_subject_name(issuer->certificate) : subject);
    put_extension(i->certificate, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    put_extension(i->certificate, NID_key_usage, issuer ? "critical,nonRepudiation" : "critical,keyCertSign");
    assert_true(X509_sign(i->certificate, issuer ? issuer->key : i->key, EVP_sha256()) > 0);
    return i;
}

/* In a file of its own; returns its path. */
static inline char *identity_file(void *mem, const struct identity *i)
{
    char *path = talloc_strdup(mem, "/tmp/casella-ca-XXXXXX");
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, i->certificate), 1);
    fclose(file);
    return path;
}

struct signing {
    bool detached;
    const EVP_MD *digest;  /* NULL: SHA-256 */
    time_t at;             /* 0: now; -1: not said */
    const struct identity *second;
};

static inline void sign_by(CMS_ContentInfo *cms, const struct identity *who, const struct signing *how)
{
    CMS_SignerInfo *signer = CMS_add1_signer(cms, who->certificate, who->key, how->digest ? how->digest : EVP_sha256(),
                                             CMS_PARTIAL | (how->at == -1 ? CMS_NOATTR : 0));

    assert_non_null(signer);
    if (how->at > 0) {
        ASN1_TIME *time = ASN1_TIME_set(NULL, how->at);

        assert_int_equal(CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time, -1), 1);
        ASN1_TIME_free(time);
    }
}

static inline unsigned char *cms_of(void *mem, const void *bytes, size_t length, const struct identity *who,
                                    const struct signing *how, size_t *der_length)
{
    BIO *in = BIO_new_mem_buf(bytes, (int)length);
    unsigned flags = CMS_BINARY | CMS_PARTIAL | (how->detached ? CMS_DETACHED : 0);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, in, flags);
    unsigned char *der = NULL, *kept;
    int n;

    assert_non_null(cms);
    sign_by(cms, who, how);
    if (how->second)
        sign_by(cms, how->second, how);
    assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
    n = i2d_CMS_ContentInfo(cms, &der);
    assert_true(n > 0);
    kept = talloc_memdup(mem, der, (size_t)n);
    *der_length = (size_t)n;
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return kept;
}

#define HOLE ((size_t)8000) /* hexadecimal digits */

/* A whole PDF with a signature's dictionary appended to `before` (NULL: a new file), not signed yet; *range: what it covers. */
static inline char *pdf_to_sign(void *mem, const char *before, const char *filter, const char *said_at, size_t range[4])
{
    char *zeros = talloc_zero_size(mem, HOLE + 1), *file, *at;

    memset(zeros, '0', HOLE);
    file = talloc_asprintf(mem,
                           "%s2 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /M %s /ByteRange [0000000000 0000000000 "
                           "0000000000 0000000000] /Contents <%s> >>\nendobj\n",
                           before ? before : "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", filter, said_at, zeros);
    file = talloc_asprintf(mem, "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n%zu\n%%%%EOF\n", file,
                           strlen(file));
    at = strstr(file, zeros);
    range[0] = 0;
    range[1] = (size_t)(at - file) - 1;
    range[2] = range[1] + HOLE + 2;
    range[3] = strlen(file) - range[2];
    return file;
}

static inline void write_ranges(char *file, const size_t range[4])
{
    char text[64], *at = NULL;

    for (char *next = file; (next = strstr(next, "/ByteRange [")); next++)
        at = next; /* the last */
    snprintf(text, sizeof text, "/ByteRange [%010zu %010zu %010zu %010zu]", range[0], range[1], range[2], range[3]);
    assert_non_null(at);
    memcpy(at, text, strlen(text));
}

/* Signs what the ranges that stand in the file cover. */
static inline char *pdf_fill(void *mem, char *file, const size_t range[4], const struct identity *who, const struct signing *how)
{
    struct signing detached = *how;
    char *covered = talloc_size(mem, range[1] + range[3]), *hole = file + range[1] + 1;
    unsigned char *der;
    size_t length;

    memcpy(covered, file, range[1]);
    memcpy(covered + range[1], file + range[2], range[3]);
    detached.detached = true;
    der = cms_of(mem, covered, range[1] + range[3], who, &detached, &length);
    assert_true(2 * length <= HOLE);
    for (size_t i = 0; i < length; i++) {
        static const char HEX[] = "0123456789abcdef";

        hole[2 * i] = HEX[der[i] >> 4];
        hole[2 * i + 1] = HEX[der[i] & 15];
    }
    return file;
}

static inline char *signed_pdf(void *mem, const char *before, const char *filter, const struct identity *who, const struct signing *how)
{
    size_t range[4];
    char *file = pdf_to_sign(mem, before, filter, "(D:20261122104200+01'00')", range);

    write_ranges(file, range);
    return pdf_fill(mem, file, range, who, how);
}
