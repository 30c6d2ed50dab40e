/* SPDX-License-Identifier: MIT */
#include "boot/serve.h"

#include "boot/others.h"
#include "cpu/per_cpu.h"
#include "dev/log.h"
#include "guest/prepare.h"
#include "guest/request.h"
#include "guest/require.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "protocol/evidence.h"
#include "task/services.h"

/* The boot CPU's */
static struct request_cpu request_cpu;

/* Keys of VMPLs above the guest's leave the kernel here, before there is a guest. */
static void attestation_begin(const struct boot_layout *layout)
{
	void *pages = NULL;
	if (service_is_there(SERVICE_ATTEST)) {
		require(frames_take(PLATFORM_MESSAGE_PAGES, &pages), TERMINATE_NO_MEMORY, "pages for guest messages");
	}
	evidence_begin(own_address(gpa(layout->secrets)), layout->guest.vmpl, pages);
}

/* What of the heap's part for services is still to be taken; processes start when they are asked first. */
static u64 services_want(const struct boot_layout *layout, u64 taken)
{
	return layout->service != 0 && taken < BOOT_SERVICES_SIZE ? BOOT_SERVICES_SIZE - taken : 0;
}

void boot_serve(const struct boot_layout *layout)
{
	const struct cpu *cpu = cpu_current();
	struct cpu_list cpus;
	services_init(layout);
	others_prepare(layout, &cpus);
	u64 free = frames_free_bytes();
	attestation_begin(layout);
	u64 taken = free - frames_free_bytes();
	log_info("on CPU %u, APIC ID %u, of %u", cpu->index, cpu->apic_id, cpus.count);
	guest_prepare(layout, &cpus, services_want(layout, taken));
	others_start();
	guest_serve(&request_cpu);
}
