/* SPDX-License-Identifier: MIT */
/* CPUs: running the guest, and everything else of the contract. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/align.h"
#include "platform/fake/model.h"

#define MAX_REGISTERED 16U

static struct {
	u32 apic_id, vmpl;
	u64 vmsa;
	bool used;
} registered[MAX_REGISTERED];

_Thread_local u32 fake_apic_id;

void run_reset(void)
{
	memset(registered, 0, sizeof(registered));
	translations_stale = false;
}

void fake_reset(void)
{
	fake = (struct fake){0};
	fake_apic_id = 0;
	window_reset();
	memory_reset();
	run_reset();
}

static void host_register(u32 apic_id, u32 vmpl, gpa_t vmsa)
{
	for (u32 i = 0; i < MAX_REGISTERED; i++) {
		bool same = registered[i].apic_id == apic_id && registered[i].vmpl == vmpl;
		if (!registered[i].used || same) {
			registered[i].apic_id = apic_id;
			registered[i].vmpl = vmpl;
			registered[i].vmsa = vmsa.raw;
			registered[i].used = true;
			return;
		}
	}
	fake_fault("too many vCPUs", vmsa.raw);
}

void fake_register(u32 apic_id, u32 vmpl, gpa_t vmsa)
{
	model_lock();
	host_register(apic_id, vmpl, vmsa);
	model_unlock();
}

enum err platform_vcpu_register(u32 apic_id, u32 vmpl, gpa_t vmsa, u64 sev_features)
{
	__atomic_fetch_add(&fake.counters.registrations, 1U, __ATOMIC_RELAXED);
	if (fake.faults.register_refused || vmpl >= VMPL_COUNT || !is_aligned(vmsa.raw, PAGE_SIZE) ||
	    is_aligned(vmsa.raw, LARGE_PAGE_SIZE) || sev_features != platform_guest_features()) {
		return ERR_HOST;
	}
	fake_register(apic_id, vmpl, vmsa);
	return ERR_OK;
}

/* What VMRUN checks of a VMSA, APM volume 2, sections 15.5.1 and 15.36.12. */
static bool vmsa_can_run(u64 page, u32 vmpl)
{
	const struct fake_entry *entry = memory_effective_entry(page);
	const struct vmsa *vmsa = fake_bytes(gpa(page));
	return entry->assigned && entry->validated && entry->vmsa && !entry->large && vmsa->vmpl == vmpl &&
	       (vmsa->efer & EFER_SVME) != 0 && vmsa->sev_features == platform_guest_features();
}

bool fake_vmsa_can_run(u32 vmpl, gpa_t vmsa)
{
	model_lock();
	bool can_run = vmsa_can_run(vmsa.raw, vmpl);
	model_unlock();
	return can_run;
}

static struct vmsa *vmsa_find(u32 vmpl)
{
	for (u32 i = 0; i < MAX_REGISTERED; i++) {
		if (registered[i].used && registered[i].apic_id == fake_apic_id && registered[i].vmpl == vmpl &&
		    vmsa_can_run(registered[i].vmsa, vmpl)) {
			return fake_bytes(gpa(registered[i].vmsa));
		}
	}
	return NULL;
}

enum err platform_guest_run(u32 vmpl)
{
	const u32 kept_open = 1U << WINDOW_SLOT_VMSA | 1U << WINDOW_SLOT_CALLING_AREA;
	__atomic_fetch_add(&fake.counters.runs, 1U, __ATOMIC_RELAXED);
	if (translations_stale) {
		fake_fault("the guest runs with translations that have lost rights", 0);
	}
	if ((fake_open_windows() & ~kept_open) != 0) {
		fake_fault("the guest runs while a window is open", fake_open_windows());
	}
	model_lock();
	struct vmsa *vmsa = vmsa_find(vmpl);
	model_unlock();
	if (vmsa == NULL || fake.guest == NULL || !fake.guest(fake.context, vmsa)) {
		return ERR_HOST;
	}
	return ERR_OK;
}

err_t platform_messages_begin(void *pages)
{
	return fake.faults.messages_refused ? ERR_HOST : ERR_OK;
}

err_t platform_message_carry(struct platform_message *message)
{
	if (fake.message == NULL) {
		return ERR_UNSUPPORTED;
	}
	return fake.message(message) ? ERR_OK : ERR_HOST;
}

void platform_idle(void)
{
	__atomic_fetch_add(&fake.counters.idles, 1U, __ATOMIC_RELAXED);
	if (fake.idle == NULL || !fake.idle(fake.context, NULL)) {
		fake_fault("a CPU idles for ever", fake_apic_id);
	}
}

bool platform_interrupts(void)
{
	return fake.interrupts;
}

u32 platform_events_take(void)
{
	return __atomic_exchange_n(&fake.events, 0U, __ATOMIC_ACQ_REL);
}

const volatile u8 *platform_events_signal(void)
{
	static _Thread_local u8 signal;
	signal = __atomic_load_n(&fake.events, __ATOMIC_ACQUIRE) != 0 ? 0x80 : 0;
	return &signal;
}

/* Only counted: a test says itself when the timer runs out. */
void platform_timer_arm(u32 microseconds)
{
	if (!fake.interrupts || microseconds == 0) {
		fake_fault("a timer that never runs out", microseconds);
	}
	__atomic_fetch_add(&fake.counters.timers, 1U, __ATOMIC_RELAXED);
}

void platform_timer_stop(void)
{
	__atomic_fetch_and(&fake.events, ~PLATFORM_EVENT_TIMER, __ATOMIC_ACQ_REL);
}

void platform_cpu_kick(u32 apic_id)
{
	__atomic_fetch_add(&fake.counters.kicks, 1U, __ATOMIC_RELAXED);
	__atomic_store_n(&fake.kicked, apic_id, __ATOMIC_RELAXED);
	if (fake.kick != NULL) {
		(void)fake.kick(fake.context, NULL);
	}
}

void platform_terminate(enum terminate_reason reason)
{
	fake.reason = reason;
	if (fake.terminated != NULL) {
		longjmp(*fake.terminated, 1);
	}
	fprintf(stderr, "fake platform: terminated, reason %d\n", (int)reason);
	abort();
}

void platform_console_write(const char *bytes, size_t n)
{
	fwrite(bytes, 1, n, stderr);
}

u32 platform_cpu_index(void)
{
	return 0;
}

u32 platform_apic_id(void)
{
	another_acts(&fake.asked);
	return fake_apic_id;
}

u64 platform_guest_features(void)
{
	return SEV_FEATURE_SNP_ACTIVE;
}
