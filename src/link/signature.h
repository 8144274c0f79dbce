/* link/signature.h: digital signatures on the papers that people send (L36), behind struct signature_reader: CMS files (.p7m, RFC 5652,
 * ETSI EN 319 122) in DER, BER, PEM or bare base64, with their document inside, and signed PDFs (ISO 32000-1 §12.8, ETSI EN 319 142),
 * adbe.pkcs7.detached and ETSI.CAdES.detached.
 *
 * A signature is right when its bytes are; who made it is another matter, told by the authorities that were configured. Whether a
 * certificate was revoked is not asked, and a timestamp is not looked at: the instant is the signer's word. */
#pragma once

#include "shop/ports.h"

/* `authorities`: a PEM file of certificates, or a folder of such files; NULL: none, and everything right is `untrusted`. REFUSED
 * (PROBLEM_UNREADABLE or _CONFIG) where nothing can be read there. */
enum outcome signature_open(void *mem, const char *authorities, struct signature_reader *reader, struct problem *why) must_check;

/* ---- signature_cms.c ---- */

struct x509_store_st;
struct cms_seen {
    enum signature_state state; /* NONE: no CMS at all */
    const char *fault;          /* of a broken one: msgid, what to do */
    char *signer, *tax_code;
    struct instant signed_at;
    void *content; /* of one that is not detached */
    size_t content_length;
};

/* The DER or BER of a CMS file however it is written; NULL: it is none. */
const unsigned char *cms_unwrap(void *mem, const void *bytes, size_t length, size_t *der_length);
/* Checks all that signed it. `detached`: what is signed, NULL where it stands inside. `said_at`: when the document says that it was
 * signed, for those whose signature does not say. */
void cms_check(void *mem, const unsigned char *der, size_t length, const void *detached, size_t detached_length, struct instant said_at,
               struct x509_store_st *authorities, struct cms_seen *seen);

/* ---- signature_pdf.c ---- */

/* A signature in a PDF: the ranges it covers, and its CMS as it stands there in hexadecimal. */
struct pdf_signature {
    size_t hole, hole_length; /* covered are the bytes before the hole, and those from behind it to `end` */
    size_t end;
    const char *hex;
    size_t hex_length;
    bool known;               /* of a kind that can be checked */
    struct instant said_at;   /* /M; 0: not said */
};

/* The next one whose dictionary stands after `*from`, which moves on. REFUSED: there are no more. BROKEN: one whose ranges or hole are
 * wrong. */
enum outcome pdf_next_signature(const void *bytes, size_t length, size_t *from, struct pdf_signature *found) must_check;
