/* SPDX-License-Identifier: MIT */
/*
 * A guest as it is when it starts: firmware loaded, some memory accepted, the first vCPU and its calling area there.
 * The addresses are those of the malformed-call list, svsm_core_cases.h.
 */
#pragma once

#include <copra/vmsa.h>

#include "guest/page_state.h"
#include "guest/vcpu.h"
#include "platform/fake/fake.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

#define GUEST_VMPL 2U
#define GUEST_RAM_END (64 * MIB) /* RAM is [0, 64 MiB) and [4 GiB, 4 GiB + 32 MiB) */
#define GUEST_HIGH_RAM (4 * GIB)
#define GUEST_HOLE (64 * MIB)        /* no memory here */
#define SVSM_BASE 0xFF000000ULL      /* 2 MiB */
#define SVSM_VMSA 0xFF101000ULL      /* of the first vCPU */
#define GUEST_FIRMWARE 0xFFC00000ULL /* to 4 GiB; loaded */

#define GUEST_LOADED 0x800000ULL       /* 64 pages, loaded by the launch */
#define GUEST_CALLING_AREA 0x80F000ULL /* of the first vCPU, APIC ID 0 */
#define GUEST_PRIVATE (16 * MIB)       /* 4 MiB, accepted in 2 MiB pages */
#define GUEST_SHARED (32 * MIB)        /* from here on nothing is accepted */
#define GUEST_OTHER_VMSA 0x1001000ULL  /* of APIC ID 1, in the private block */
#define GUEST_OTHER_AREA 0x1002000ULL
#define GUEST_RETIRED_VMSA 0x1003000ULL /* replaced by the one above */

/* cmocka set-up: all of the above. */
int setup_guest(void **state);
/* cmocka teardown: windows balanced, lock free. */
int teardown_guest(void **state);

enum page_state setup_state(u64 address);
/* True when VMPL 2 has all rights to the page and VMPL 1 and 3 have none. */
bool setup_is_granted(u64 address);
/* True when VMPL 1 to 3 have no right. */
bool setup_is_closed(u64 address);
/* Writes a VMSA that can run to the guest's page, as the guest would. */
void setup_write_vmsa(u64 address);
/* VMSA of the first vCPU, as the test sees it. */
struct vmsa *setup_first_vmsa(void);
/* The record of an APIC ID. */
struct vcpu *setup_vcpu(u32 apic_id);
