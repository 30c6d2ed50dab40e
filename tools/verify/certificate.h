/* SPDX-License-Identifier: MIT */
/* One X.509 certificate, by libcrypto, whose headers have names in common with ours and stay in certificate.c. */
#pragma once

#include <copra/types.h>

struct certificate;

enum certificate_role {
	CERTIFICATE_AUTHORITY, /* RSA of 4096 bits, may sign certificates */
	CERTIFICATE_CHIP,      /* P-384, may not */
	CERTIFICATE_OTHER,
};

/*
 * Reads one certificate in DER, which must fill the bytes; NULL when it is none. Each certificate_share wants a certificate_free of its
 * own, which takes NULL, too; not by two threads.
 */
struct certificate *certificate_read(const u8 *der, size_t n);
struct certificate *certificate_share(struct certificate *certificate);
void certificate_free(struct certificate *certificate);

enum certificate_found {
	CERTIFICATE_FOUND,
	CERTIFICATE_NONE, /* the text has none any more */
	CERTIFICATE_BROKEN,
};

/* Reads one out of PEM text and moves *text and *n past it; *certificate is NULL unless it was found. */
enum certificate_found certificate_read_pem(const u8 **text, size_t *n, struct certificate **certificate);

enum certificate_role certificate_role(const struct certificate *certificate);
/* The subject's common name and organization, printable; into room, which is returned. */
#define CERTIFICATE_NAME_ROOM 160U
const char *certificate_name(const struct certificate *certificate, char room[CERTIFICATE_NAME_ROOM]);

bool certificate_equal(const struct certificate *a, const struct certificate *b);
/* Issuer's name and signature, which has to be RSASSA-PSS with SHA-384. */
bool certificate_issued_by(const struct certificate *certificate, const struct certificate *issuer);

/* Seconds since 1970: -1 not valid yet, 1 not valid any more, 0 valid. */
int certificate_validity(const struct certificate *certificate, s64 time);

/* An extension by its object identifier as text; a DER INTEGER of 0 to 255, or the bytes themselves (0: not there). */
bool certificate_number(const struct certificate *certificate, const char *oid, u8 *value);
size_t certificate_bytes(const struct certificate *certificate, const char *oid, u8 *out, size_t room);

/* ECDSA on P-384 with SHA-384 by the certificate's key; numbers are little endian in 72 bytes. */
bool certificate_verify(const struct certificate *certificate, const u8 *message, size_t n, const u8 r[72],
			const u8 s[72]);
