/* SPDX-License-Identifier: MIT */
/*
 * Has its SVSM attest ATTEST_COUNT times, for tests/bench. The first time also starts the vTPM and is not counted. It calls as Linux
 * does, with its operation in the calling area.
 */
#include "base/compiler.h"
#include "base/mem.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/instructions.h"
#include "runtime/svsm.h"

#define NONCE_SIZE 64U
#define CERTIFICATE_PAGES 4U

noreturn_fn void program_main(u64 calling_area);

static u8 area[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 report[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 manifest[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 certificates[CERTIFICATE_PAGES * PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 nonce[NONCE_SIZE];
static u32 calls;

static bool attest(void)
{
	struct svsm_attest_operation operation = {
		.report = {(u64)report, sizeof(report), 0},
		.nonce = {.address = (u64)nonce, .size = sizeof(nonce)},
		.manifest = {(u64)manifest, sizeof(manifest), 0},
		.certificates = {(u64)certificates, sizeof(certificates), 0},
		.service = SVSM_GUID_VTPM,
	};
	struct svsm_registers registers;
	u8 *place = area + sizeof(struct svsm_calling_area);
	nonce[0]++;
	do {
		memcpy(place, &operation, sizeof(operation));
		registers = (struct svsm_registers){
			.rax = (u64)SVSM_PROTOCOL_ATTESTATION << 32 | SVSM_ATTEST_SINGLE_SERVICE,
			.rcx = (u64)place,
		};
		calls++;
		if (svsm_call(&registers) != SVSM_ANSWERED) {
			return false;
		}
	} while (registers.rax == SVSM_ERR_INCOMPLETE || registers.rax == SVSM_ERR_BUSY);
	return registers.rax == SVSM_SUCCESS;
}

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	bool good = svsm_core(SVSM_CORE_REMAP_CA, (u64)area, 0, 0) == SVSM_SUCCESS;
	svsm_use((u64)area);
	good &= attest();
	calls = 0;
	u64 start = read_tsc();
	for (u32 i = 1; i < ATTEST_COUNT; i++) {
		good &= attest();
	}
	u64 end = read_tsc();
	host_print("attestations %s count=%u calls=%u ticks=%llu\n", good ? "ok" : "failed", ATTEST_COUNT, calls,
		   (unsigned long long)(end - start));
	host_power_off();
}
