/* SPDX-License-Identifier: MIT */
#include "guest/prepare.h"

#include "base/align.h"
#include "cpu/cpuid.h"
#include "guest/accept.h"
#include "guest/firmware.h"
#include "guest/initial_vmsa.h"
#include "guest/linux.h"
#include "guest/page_state.h"
#include "guest/page_state_storage.h"
#include "guest/published.h"
#include "guest/request.h"
#include "guest/require.h"
#include "guest/rights.h"
#include "guest/vcpu.h"
#include "mm/frames.h"
#include "mm/own_map.h"

static struct memory_map map;
static struct vcpu vcpus[BOOT_MAX_CPUS]; /* one for each CPU that the SVSM itself runs on */

static void memory_map_read(const struct boot_layout *layout)
{
	struct memory_map_error why = {0};
	struct span bytes = span_of(own_address(gpa(layout->memory_map)), (size_t)layout->memory_map_bytes);
	enum err error = memory_map_parse(bytes, &map, &why);
	if (error != ERR_OK) {
		log_error("the host's memory map, entry %u: %s", why.entry, why.what);
	}
	require(error, TERMINATE_MEMORY_MAP, "memory map");
	require(memory_map_check_limit(&map, own_map_cbit()), TERMINATE_MEMORY_MAP, "memory above the C-bit");
	require(memory_map_reserve(&map, layout->base, layout->size), TERMINATE_MEMORY_MAP, "own memory in the map");
	for (u32 i = 0; i < layout->guest.range_count; i++) {
		const struct boot_range *range = &layout->guest.ranges[i];
		require(memory_map_include(&map, range->gpa, range->size), TERMINATE_MEMORY_MAP,
			"the image in the map");
	}
}

/* Which of the host's failures it was: the page's state, the page itself; or neither, then `otherwise`. */
static void require_pages(enum err error, enum terminate_reason otherwise, const char *what)
{
	enum terminate_reason reason = otherwise;
	if (error == ERR_HOST) {
		reason = TERMINATE_PAGE_STATE;
	} else if (error == ERR_HARDWARE) {
		reason = TERMINATE_VALIDATION;
	}
	require(error, reason, what);
}

static void page_states_prepare(const struct boot_layout *layout, u64 keep)
{
	struct page_state_storage storage;
	require_pages(page_state_storage_reserve(layout, &map, keep, &storage), TERMINATE_NO_MEMORY,
		      "page-state table");
	require(page_states_init(&map, storage.start, storage.bytes), TERMINATE_NO_MEMORY, "page-state table");
	log_info("guest: %llu MiB of RAM, page-state table %llu KiB",
		 (unsigned long long)(memory_map_bytes(&map, MEMORY_RAM) >> 20),
		 (unsigned long long)(storage.bytes >> 10));
}

static void ranges_accept(const struct boot_guest *guest)
{
	for (u32 i = 0; i < guest->range_count; i++) {
		const struct boot_range *range = &guest->ranges[i];
		u64 pages = range->size / PAGE_SIZE;
		if (range->kind == BOOT_RANGE_LOADED) {
			require_pages(accept_loaded(gpa(range->gpa), pages), TERMINATE_GUEST_PREPARE, "loaded pages");
		} else {
			require_pages(accept_range(gpa(range->gpa), pages), TERMINATE_GUEST_PREPARE, "zeroed pages");
		}
	}
}

/*
 * OVMF starts other CPUs by the host's APIC ID list; without one it waits for them for ever. It is told of one CPU then, and the
 * kernel finds the rest in the ACPI tables.
 */
static u32 firmware_cpus(const struct cpu_list *cpus)
{
	return cpus->listed ? cpus->count : 1;
}

static void kind_prepare(const struct boot_layout *layout, const struct cpu_list *cpus)
{
	const struct boot_guest *guest = &layout->guest;
	if (guest->kind == BOOT_GUEST_FIRMWARE) {
		require(firmware_prepare(guest, &map, firmware_cpus(cpus)), TERMINATE_GUEST_PREPARE, "firmware");
		return;
	}
	require_pages(accept_remaining(), TERMINATE_GUEST_PREPARE, "the guest's RAM");
	require(identity_map_write(guest), TERMINATE_GUEST_PREPARE, "identity map");
	if (guest->kind == BOOT_GUEST_LINUX) {
		require(linux_prepare(guest, &map), TERMINATE_GUEST_PREPARE, "boot_params");
	}
}

/* In memory of the SVSM's own: the guest has no page to spare for it that it would know of. */
static void vcpu_prepare(const struct boot_guest *guest, const struct cpu_list *cpus)
{
	void *page = NULL;
	require(vcpus_init(vcpus, cpus->apic_ids, cpus->count), TERMINATE_GUEST_PREPARE, "vCPUs");
	require(frames_take(1, &page), TERMINATE_NO_MEMORY, "VMSA");
	initial_vmsa_fill(page, guest, own_map_cbit());
	require(vcpu_create_first(platform_apic_id(), own_gpa(page), gpa(guest->calling_area)), TERMINATE_GUEST_PREPARE,
		"vCPU");
}

void guest_prepare(const struct boot_layout *layout, const struct cpu_list *cpus, u64 keep)
{
	const struct boot_guest *guest = &layout->guest;
	if (guest->kind == BOOT_GUEST_NONE) {
		platform_terminate(TERMINATE_NO_GUEST);
	}
	require(rights_init(guest->vmpl), TERMINATE_LAYOUT_INVALID, "guest VMPL");
	memory_map_read(layout);
	page_states_prepare(layout, keep);
	ranges_accept(guest);
	require(published_write(layout, cpuid_table()), TERMINATE_GUEST_PREPARE, "CPUID and secrets pages");
	kind_prepare(layout, cpus);
	vcpu_prepare(guest, cpus);
	log_info("guest ready, VMPL %u", guest->vmpl);
}

void guest_serve(struct request_cpu *cpu)
{
	enum err error = request_loop(cpu);
	log_error("guest: %s", err_name(error));
	platform_terminate(TERMINATE_GUEST_FAILED);
}
