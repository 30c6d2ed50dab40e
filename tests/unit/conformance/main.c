/* SPDX-License-Identifier: MIT */
/*
 * A program of guests/ on the host, against the SVSM's services on platform/fake. Its TAP goes to stdout; the exit status says whether all
 * was well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <copra/psp.h>
#include <copra/vmsa.h>
#include <copra/vtpm.h>

#include "fake_attest.h"
#include "guest/accept.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "guest/secrets.h"
#include "guest/vcpu.h"
#include "host.h"
#include "platform/fake/fake.h"
#include "protocol/evidence.h"

#define FIRST_VMSA (HOST_SVSM_BASE + 0x101000)

noreturn_fn void program_main(u64 calling_area, const struct secrets_page *secrets);

static void require_ok(enum err error, const char *what)
{
	if (error != ERR_OK) {
		fprintf(stderr, "set-up: %s: %s\n", what, err_name(error));
		exit(1);
	}
}

static void set_up_memory(void)
{
	struct memory_map map = {.count = 1, .ranges = {{0, HOST_RAM_END, MEMORY_RAM}}};
	require_ok(memory_map_reserve(&map, HOST_SVSM_BASE, HOST_SVSM_SIZE), "own memory");
	u64 bytes = page_states_bytes(&map);
	void *storage = calloc(1, bytes);
	require_ok(storage == NULL ? ERR_NO_MEMORY : page_states_init(&map, storage, bytes), "page states");
	require_ok(rights_init(HOST_GUEST_VMPL), "rights");
	fake_launch(gpa(HOST_SVSM_BASE), HOST_SVSM_SIZE / PAGE_SIZE);
	require_ok(accept_range(gpa(HOST_CALLING_AREA), LARGE_PAGE_SIZE / PAGE_SIZE), "calling area");
	require_ok(accept_range(gpa(HOST_TEST_PAGES), LARGE_PAGE_SIZE / PAGE_SIZE), "test pages");
}

static fake_service_fn *attest_respond;

/* Every TPM command is answered with eight random bytes, when it is asked for the third time at the latest. */
static enum err respond(enum service service, const struct service_request *request, struct service_reply *reply)
{
	static const u8 response[] = {0x80, 0x01, 0, 0, 0, 20, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
	static const enum err waits[] = {ERR_INCOMPLETE, ERR_BUSY, ERR_OK};
	static u32 calls;
	if (service != SERVICE_VTPM || request->operation != VTPM_COMMAND) {
		return attest_respond(service, request, reply);
	}
	enum err error = waits[__atomic_fetch_add(&calls, 1U, __ATOMIC_RELAXED) % ARRAY_SIZE(waits)];
	if (error != ERR_OK) {
		return error;
	}
	reply->status = VTPM_DONE;
	reply->size = sizeof(response);
	memcpy(reply->payload, response, sizeof(response));
	return ERR_OK;
}

/* The PSP's page, of which the guest gets its own, and the attestation service its key. */
static void set_up_services(struct secrets_page *published)
{
	static const struct boot_layout layout = {
		.base = HOST_SVSM_BASE,
		.size = HOST_SVSM_SIZE,
		.guest = {.vmpl = HOST_GUEST_VMPL, .calling_area = HOST_CALLING_AREA},
	};
	static u8 message_pages[PLATFORM_MESSAGE_PAGES * PAGE_SIZE];
	static struct secrets_page secrets;
	memset(secrets.vmpck, 0x4B, sizeof(secrets.vmpck));
	secrets_publish(published, &secrets, &layout);
	fake_attest_reset();
	attest_respond = fake_service.respond;
	fake_service.respond = respond;
	evidence_begin(&secrets, HOST_GUEST_VMPL, message_pages);
	fake_service.shared = true;
}

static void set_up_vcpus(void)
{
	static struct vcpu vcpus[HOST_CPUS];
	u32 apic_ids[HOST_CPUS];
	struct vmsa *vmsa = fake_bytes(gpa(FIRST_VMSA));
	vmsa->vmpl = HOST_GUEST_VMPL;
	vmsa->efer = EFER_SVME;
	vmsa->sev_features = SEV_FEATURE_SNP_ACTIVE;
	for (u32 i = 0; i < HOST_CPUS; i++) {
		apic_ids[i] = i;
	}
	require_ok(vcpus_init(vcpus, apic_ids, HOST_CPUS), "vCPUs");
	require_ok(vcpu_create_first(0, gpa(FIRST_VMSA), gpa(HOST_CALLING_AREA)), "first vCPU");
}

int main(void)
{
	static struct secrets_page secrets;
	setvbuf(stdout, NULL, _IOLBF, 0);
	fake_reset();
	set_up_memory();
	set_up_vcpus();
	set_up_services(&secrets);
	host_start();
	program_main(HOST_CALLING_AREA, &secrets);
}
