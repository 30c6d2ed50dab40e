/* SPDX-License-Identifier: MIT */
/* What of a VMSA survives on KVM, which builds and measures the VMSAs itself, after all pages. */
#include <copra/psp.h>
#include <copra/vmsa.h>

#include <string.h>

#include "check/rules.h"

#define CR0_REAL 0x30ULL
#define CR0_PROTECTED 0x31ULL
#define CR4_MCE 0x40ULL

#define FIELD(name) \
	{ \
		offsetof(struct vmsa, name), sizeof(((struct vmsa *)0)->name) \
	}

/* QEMU's target/i386/sev.c copies these into its processor, and nothing else. */
static const struct {
	size_t at;
	size_t n;
} taken[] = {
	FIELD(es),   FIELD(cs),    FIELD(ss),      FIELD(ds),           FIELD(fs),  FIELD(gs),  FIELD(gdtr),
	FIELD(ldtr), FIELD(idtr),  FIELD(tr),      FIELD(efer),         FIELD(cr4), FIELD(cr3), FIELD(cr0),
	FIELD(dr7),  FIELD(dr6),   FIELD(rflags),  FIELD(rip),          FIELD(rsp), FIELD(rax), FIELD(pat),
	FIELD(rcx),  FIELD(rdx),   FIELD(rbx),     FIELD(rbp),          FIELD(rsi), FIELD(rdi), FIELD(r8),
	FIELD(r9),   FIELD(r10),   FIELD(r11),     FIELD(r12),          FIELD(r13), FIELD(r14), FIELD(r15),
	FIELD(xcr0), FIELD(mxcsr), FIELD(x87_fcw), FIELD(sev_features),
};

static void check_fields(const struct vmsa *vmsa, const struct igvm_header *header, const struct consumer *consumer,
			 struct findings *findings)
{
	u8 rest[sizeof(*vmsa)];
	memcpy(rest, vmsa, sizeof(rest));
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		memset(rest + taken[i].at, 0, taken[i].n);
	}
	for (size_t at = 0; at < sizeof(rest); at++) {
		if (rest[at] != 0) {
			finding_error(findings, header, "the VMSA's byte 0x%zx is set, which %s does not take over", at,
				      consumer->title);
			return;
		}
	}
}

static void check_registers(const struct vmsa *vmsa, const struct igvm_header *header, struct findings *findings)
{
	if (vmsa->cr0 != CR0_REAL && vmsa->cr0 != CR0_PROTECTED) {
		finding_error(findings, header, "the VMSA's CR0 is 0x%llx; KVM measures 0x30 (real mode) or 0x31",
			      (unsigned long long)vmsa->cr0);
	}
	if ((vmsa->efer & EFER_SVME) == 0) {
		finding_error(findings, header, "the VMSA's EFER.SVME is clear; KVM sets and measures it");
	}
	if ((vmsa->cr4 & CR4_MCE) == 0) {
		finding_error(findings, header, "the VMSA's CR4.MCE is clear; KVM sets and measures it");
	}
	if (vmsa->vmpl != 0) {
		finding_error(findings, header, "the VMSA is for VMPL %u; a guest starts at VMPL 0", vmsa->vmpl);
	}
}

static void check_context(const struct igvm_file *file, const struct igvm_header *header,
			  const struct consumer *consumer, struct findings *findings)
{
	struct igvm_vhs_vp_context context;
	struct vmsa vmsa;
	u8 platform;
	igvm_decode_vp_context(header, &context);
	if (igvm_platform_of(file, context.compatibility_mask, &platform) != ERR_OK ||
	    (platform != IGVM_PLATFORM_SEV_SNP && platform != IGVM_PLATFORM_SEV_ES) ||
	    span_copy(file->bytes, context.file_offset, &vmsa, sizeof(vmsa)) != ERR_OK) {
		return;
	}
	if (platform == IGVM_PLATFORM_SEV_SNP && context.gpa != LAUNCH_VMSA_GPA) {
		finding_error(findings, header, "the VMSA is at 0x%llx; KVM measures it at 0xfffffffff000",
			      (unsigned long long)context.gpa);
	}
	check_registers(&vmsa, header, findings);
	if (consumer->is_qemu) {
		check_fields(&vmsa, header, consumer, findings);
	}
}

void check_vmsas(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	u32 snp = 0;
	bool seen = false;
	(void)!igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP, &snp);
	while (igvm_next(&iterator, &header)) {
		bool launched = header.type == IGVM_VHT_PAGE_DATA || header.type == IGVM_VHT_PARAMETER_INSERT;
		if (header.type == IGVM_VHT_VP_CONTEXT) {
			check_context(file, &header, consumer, findings);
			seen = seen || igvm_header_applies(&header, snp);
		} else if (seen && launched && igvm_header_applies(&header, snp)) {
			finding_error(findings, &header, "the page comes after a VMSA; KVM measures VMSAs last");
			seen = false; /* once is enough */
		}
	}
}
