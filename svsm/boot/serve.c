/* SPDX-License-Identifier: MIT */
#include "boot/serve.h"

#include "boot/others.h"
#include "cpu/per_cpu.h"
#include "dev/log.h"
#include "guest/prepare.h"
#include "guest/request.h"
#include "task/services.h"

/* The boot CPU's */
static struct request_cpu request_cpu;

void boot_serve(const struct boot_layout *layout)
{
	const struct cpu *cpu = cpu_current();
	struct cpu_list cpus;
	services_init(layout);
	others_prepare(layout, &cpus);
	log_info("on CPU %u, APIC ID %u, of %u", cpu->index, cpu->apic_id, cpus.count);
	guest_prepare(layout, &cpus);
	others_start();
	guest_serve(&request_cpu);
}
