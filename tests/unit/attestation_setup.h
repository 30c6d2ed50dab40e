/* SPDX-License-Identifier: MIT */
/* A guest that asks for evidence, on models of the services, of the host and of the PSP. */
#pragma once

#include <copra/svsm.h>

#include "fake_attest.h"
#include "guest/request.h"
#include "svsm_setup.h"

#define OPERATION (GUEST_PRIVATE + 0x10008) /* as Linux has it: behind the head of a calling area */
#define NONCE (GUEST_PRIVATE + 0x11FE0)     /* over a page's end */
#define REPORT (GUEST_PRIVATE + 0x20000)
#define MANIFEST (GUEST_PRIVATE + 0x21000)
#define CERTIFICATES (GUEST_PRIVATE + 0x22000)
#define LAST_PAGE (GUEST_PRIVATE + 4 * MIB - PAGE_SIZE)
#define STEPS 5U /* calls that evidence takes: manifest, message, to the host, back, report */
#define SECOND 1000000000ULL
#define KEY_SIZE 64U
#define TABLE_SIZE (48U + KEY_SIZE)

/* What it asks for, and where; attest_write_operation puts it there. */
extern struct svsm_attest_operation attest_operation;
/* What the last call left. */
extern struct request attest_registers;
extern struct secrets_page attest_secrets;
extern u8 attest_pages[PLATFORM_MESSAGE_PAGES * PAGE_SIZE];

/* cmocka set-up: a guest, services with a key, an honest host, an operation that asks for all there is. */
int setup_attestation(void **state);
void attest_setup_operation(void);
void attest_write_operation(void);
void attest_write_nonce(u8 seed);

/* One call by the CPU with that APIC ID. */
u64 attest_call_on(u32 apic_id, u32 call, u64 rcx);
/* One call that must leave the registers alone: there are no sizes to tell. */
u64 attest_call_untold(u32 call);
/* Calls again as Linux does, while the answer is INCOMPLETE or BUSY. */
u64 attest_call_until_done(u32 call);
u64 attest_query_protocol(u32 version);

/* The report's data are made of nonce and manifest. */
void attest_assert_binds(const void *manifest, size_t size);
/* Nothing has been written to that buffer. */
bool attest_is_untouched(u64 address);
