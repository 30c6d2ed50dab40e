/* SPDX-License-Identifier: MIT */
#include "platform/snp/host.h"

#include <copra/ghcb.h>
#include <copra/sev.h>

#include "base/compiler.h"
#include "base/span.h"
#include "cpu/cpuid.h"
#include "cpu/instructions.h"
#include "platform/platform.h"
#include "platform/snp/console.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/flush.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/ghcb_msr.h"
#include "platform/snp/interrupts.h"
#include "platform/snp/processor.h"
#include "platform/snp/shared_page.h"
#include "platform/snp/terminate.h"
#include "platform/start.h"

#define STATUS_OF(features) ((features) << SEV_STATUS_FEATURES_SHIFT)
#define STATUS_NEEDED (SEV_STATUS_SEV | SEV_STATUS_SEV_ES | STATUS_OF(SEV_FEATURE_SNP_ACTIVE))
/* The image's measured VMSA decides on restricted injection; the others change nothing for a kernel without debug registers, IBS or SMT. */
#define STATUS_TOLERATED \
	STATUS_OF(SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP | SEV_FEATURE_PREVENT_HOST_IBS | \
		  SEV_FEATURE_BTB_ISOLATION | SEV_FEATURE_SMT_PROTECTION)

struct needed_feature {
	u64 bit;
	struct span line;
};
#define FEATURE(bit, name) \
	{ \
		bit, \
		{ \
			(const u8 *)("svsm: the host lacks " name "\n"), sizeof("svsm: the host lacks " name "\n") - 1 \
		} \
	}

static const struct needed_feature needed_features[] = {
	FEATURE(GHCB_FEATURE_AP_CREATION, "the GHCB feature AP creation (bit 1)"),
	FEATURE(GHCB_FEATURE_MULTI_VMPL, "the GHCB feature multi-VMPL (bit 5)"),
};

static const char *injection_state = "not looked at yet";
static u64 guest_features;
static u64 offered_features;

/* SEV_STATUS is the processor's word, not the host's: reading it is never intercepted (APM volume 2, section 15.34.10). */
static void status_check(void)
{
	u64 status = msr_read(MSR_SEV_STATUS);
	if ((status & STATUS_NEEDED) != STATUS_NEEDED || (status & ~(STATUS_NEEDED | STATUS_TOLERATED)) != 0) {
		platform_terminate(TERMINATE_SEV_STATUS);
	}
}

static void version_check(void)
{
	if (ghcb_msr_check_version() != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_VERSION);
	}
}

/* What a feature is needed for that is missing can be said only once there is a GHCB, and that takes the SNP feature. */
static u64 features_read(void)
{
	u64 features;
	if (ghcb_msr_features(&features) != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
	if ((features & GHCB_FEATURE_SNP) == 0) {
		platform_terminate(TERMINATE_HOST_FEATURES);
	}
	offered_features = features;
	return features;
}

static void features_check(u64 features)
{
	bool missing = false;
	for (size_t i = 0; i < ARRAY_SIZE(needed_features); i++) {
		const struct needed_feature *needed = &needed_features[i];
		if ((features & needed->bit) == 0) {
			platform_console_write((const char *)needed->line.p, needed->line.n);
			missing = true;
		}
	}
	if (missing) {
		platform_terminate(TERMINATE_HOST_FEATURES);
	}
}

/* The table holds the launch CPU's ID at best; the host knows each CPU's (extended topology first, then leaf 1). */
static u32 apic_id_read(void)
{
	u32 value;
	enum err error;
	if (cpuid_find(0xB, 0).ebx != 0) {
		error = ghcb_msr_cpuid(0xB, GHCB_MSR_CPUID_EDX, &value);
	} else {
		error = ghcb_msr_cpuid(1, GHCB_MSR_CPUID_EBX, &value);
		value >>= 24;
	}
	if (error != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
	return value;
}

u64 platform_guest_features(void)
{
	return guest_features;
}

static bool injection_is_restricted(void)
{
	return (host_own_features() & SEV_FEATURE_RESTRICTED_INJECTION) != 0;
}

static bool doorbell_is_offered(void)
{
	return injection_is_restricted() && (offered_features & GHCB_FEATURE_RESTRICTED_INJECTION) != 0;
}

/* Without a doorbell the SVSM takes no interrupts. It needs none; its calls then end only when they are done. */
static void injection_begin(struct cpu *cpu, struct hv_doorbell *page)
{
	if (doorbell_is_offered() && doorbell_init(cpu, page) != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
	interrupts_begin();
	if (platform_interrupts()) {
		injection_state = "timer and IPIs";
	} else if (doorbell_is_offered()) {
		injection_state = "none, the host has no x2APIC for VMPL0";
	} else {
		injection_state = injection_is_restricted() ? "none, the host does not offer restricted injection"
							    : "none, the image was built without restricted injection";
	}
}

/* Two CPUs and neither INVLPGB nor IPIs: nobody could make the other forget what the guest has lost. */
static void flushes_begin(struct cpu *cpu, u32 most_cpus)
{
	static const char line[] = "svsm: neither INVLPGB nor interrupts\n";
	flush_begin(processor_flushes_others());
	flush_join(cpu);
	if (!processor_flushes_others() && !platform_interrupts() && most_cpus > 1) {
		platform_console_write(line, sizeof(line) - 1);
		platform_terminate(TERMINATE_CPUID_INVALID);
	}
}

const char *platform_interrupts_text(void)
{
	return injection_state;
}

static void page_share(void *page)
{
	enum err error = shared_page_make(page);
	if (error != ERR_OK) {
		platform_terminate(error == ERR_HARDWARE ? TERMINATE_VALIDATION : TERMINATE_PAGE_STATE);
	}
}

void host_share(struct host_pages pages)
{
	page_share(pages.ghcb);
	page_share(pages.doorbell);
}

void host_join(struct cpu *cpu, struct host_pages pages)
{
	enum err error = ghcb_init(cpu, pages.ghcb);
	if (error == ERR_OK && doorbell_is_offered()) {
		error = doorbell_init(cpu, pages.doorbell);
	}
	if (error == ERR_OK) {
		error = interrupts_join();
	}
	if (error != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
	flush_join(cpu);
}

u64 host_features(void)
{
	return offered_features;
}

u64 host_own_features(void)
{
	return (msr_read(MSR_SEV_STATUS) & (STATUS_NEEDED | STATUS_TOLERATED)) >> SEV_STATUS_FEATURES_SHIFT;
}

void host_meet(struct cpu *cpu, const struct boot_layout *layout, struct host_pages pages)
{
	guest_features = layout->guest.sev_features;
	terminate_begin();
	status_check();
	version_check();
	u64 features = features_read();
	cpu->apic_id = apic_id_read();
	page_share(pages.ghcb);
	if (ghcb_init(cpu, pages.ghcb) != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
	console_init((u16)layout->serial_port);
	features_check(features);
	page_share(pages.doorbell);
	injection_begin(cpu, pages.doorbell);
	flushes_begin(cpu, layout->max_vcpus);
}
