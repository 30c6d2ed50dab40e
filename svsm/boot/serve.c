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

void boot_serve(const struct boot_layout *layout)
{
	const struct cpu *cpu = cpu_current();
	struct cpu_list cpus;
	services_init(layout);
	others_prepare(layout, &cpus);
	attestation_begin(layout);
	log_info("on CPU %u, APIC ID %u, of %u", cpu->index, cpu->apic_id, cpus.count);
	guest_prepare(layout, &cpus);
	others_start();
	guest_serve(&request_cpu);
}
