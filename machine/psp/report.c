/* SPDX-License-Identifier: MIT */
#include "psp/report.h"

#include "base/mem.h"
#include "psp/crypto.h"
#include "psp/identity.h"
#include "x86/instructions.h"

#define SIGNATURE_P384_SHA384 1U
#define ABI_BUILD 1U
#define ABI_MINOR 55U
#define ABI_MAJOR 1U
#define PLATFORM_SMT (1ULL << 0)
/* Reports of version 3 name a processor, and verifiers choose the meaning of TCB versions by it: that of a Milan. */
#define CPU_FAMILY 0x19U
#define CPU_MODEL 0x01U
#define CPU_STEPPING 0x01U

static void report_of_guest(const struct psp_guest *guest, struct attestation_report *report)
{
	report->guest_svn = guest->guest_svn;
	report->policy = guest->policy;
	memcpy(report->family_id, guest->family_id, sizeof(report->family_id));
	memcpy(report->image_id, guest->image_id, sizeof(report->image_id));
	memcpy(report->measurement, guest->measurement, sizeof(report->measurement));
	memcpy(report->id_key_digest, guest->id_key_digest, sizeof(report->id_key_digest));
	memcpy(report->author_key_digest, guest->author_key_digest, sizeof(report->author_key_digest));
	memcpy(report->report_id, guest->report_id, sizeof(report->report_id));
	memset(report->report_id_ma, 0xFF, sizeof(report->report_id_ma)); /* no migration agent */
	report->key_info = guest->author_key ? REPORT_KEY_INFO_AUTHOR : 0;
	report->launch_tcb = guest->tcb;
}

static void report_of_platform(u32 version, struct attestation_report *report)
{
	report->version = version;
	report->platform_info = PLATFORM_SMT;
	report->current_tcb = psp_identity.tcb;
	report->reported_tcb = psp_identity.tcb;
	report->committed_tcb = psp_identity.tcb;
	if (version >= 3) {
		report->cpu_family = CPU_FAMILY;
		report->cpu_model = CPU_MODEL;
		report->cpu_stepping = CPU_STEPPING;
	}
	memcpy(report->chip_id, psp_identity.chip_id, sizeof(report->chip_id));
	report->current_build = report->committed_build = ABI_BUILD;
	report->current_minor = report->committed_minor = ABI_MINOR;
	report->current_major = report->committed_major = ABI_MAJOR;
}

u64 report_make(const struct psp_guest *guest, u32 vmpl, const u8 data[64], struct attestation_report *report)
{
	struct ecdsa_signature signature;
	memset(report, 0, sizeof(*report));
	report_of_guest(guest, report);
	report_of_platform(guest->report_version, report);
	report->vmpl = vmpl;
	memcpy(report->report_data, data, sizeof(report->report_data));
	report->signature_algorithm = SIGNATURE_P384_SHA384;
	u64 start = tsc_read();
	ecdsa_sign(psp_identity.key, span_of(report, REPORT_SIGNED_SIZE), &signature);
	u64 ticks = tsc_read() - start;
	memcpy(report->signature_r, signature.r, sizeof(signature.r));
	memcpy(report->signature_s, signature.s, sizeof(signature.s));
	return ticks;
}
