/* SPDX-License-Identifier: MIT */
#include "platform/snp/doorbell.h"

#include "mm/own_map.h"
#include "platform/platform.h"
#include "platform/snp/ghcb.h"

extern const u8 doorbell_vmgexit_window[];
extern const u8 doorbell_vmgexit_window_end[];
extern const u8 doorbell_halt_window[];
extern const u8 doorbell_halt_window_end[];
extern const u8 doorbell_exit_cancel[];

err_t doorbell_init(struct cpu *cpu, struct hv_doorbell *page)
{
	u64 address = own_gpa(page).raw;
	struct ghcb_call call = {.code = GHCB_NAE_HV_DOORBELL, .info1 = HV_DOORBELL_SET, .info2 = address};
	enum err error = ghcb_exchange(&call);
	if (error != ERR_OK) {
		return error;
	}
	if (call.info2 != address) {
		return ERR_HOST;
	}
	cpu->doorbell = page;
	return ERR_OK;
}

const volatile u8 *doorbell_flags(void)
{
	static const u8 never;
	const volatile struct hv_doorbell *page = cpu_current()->doorbell;
	return page != NULL ? &page->flags : &never;
}

u8 doorbell_drain(void)
{
	struct cpu *cpu = cpu_current();
	volatile struct hv_doorbell *page = cpu->doorbell;
	/* The whole byte at once: what the host adds behind it comes with a new signal (56421, section 4.1.12). */
	u8 flags = __atomic_exchange_n(&page->flags, 0, __ATOMIC_ACQ_REL);
	u8 vector = __atomic_exchange_n(&page->vector, 0, __ATOMIC_ACQ_REL);
	if ((flags & HV_DOORBELL_FLAG_MC) != 0) {
		platform_terminate(TERMINATE_UNEXPECTED_TRAP);
	}
	cpu->nmis_dropped += (flags & HV_DOORBELL_FLAG_NMI) != 0 ? 1 : 0;
	return vector;
}

bool doorbell_wants_end(void)
{
	volatile struct hv_doorbell *page = cpu_current()->doorbell;
	return (__atomic_exchange_n(&page->no_eoi_required, 0, __ATOMIC_ACQ_REL) & HV_DOORBELL_NO_EOI) == 0;
}

static bool address_within(u64 address, const u8 *start, const u8 *end)
{
	return address >= (u64)start && address < (u64)end;
}

void doorbell_signalled(u64 *rip)
{
	if (address_within(*rip, doorbell_vmgexit_window, doorbell_vmgexit_window_end) ||
	    address_within(*rip, doorbell_halt_window, doorbell_halt_window_end)) {
		*rip = (u64)doorbell_exit_cancel;
	}
}
