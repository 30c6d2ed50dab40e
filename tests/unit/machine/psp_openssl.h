/* SPDX-License-Identifier: MIT */
/* What OpenSSL makes of messages, reports and certificates. Its headers and ours have names in common. */
#pragma once

#include <copra/psp.h>

/* Seals or opens a message in its page; false when it does not open. */
bool openssl_gcm(const u8 *key, u8 *page, bool seal);

/* The machine's table of certificates; the test supplies it. */
const u8 *certificate_table(void);

/* Certificates are counted as they stand in the table: ARK, ASK, VCEK. */
const char *openssl_subject(u32 index);
bool openssl_certified(u32 index, u32 issuer);
bool openssl_signed_by_vcek(const struct attestation_report *report);
void openssl_vcek_point(u8 point[97]);
