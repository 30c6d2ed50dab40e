/* SPDX-License-Identifier: MIT */
/*
 * The guest's vCPUs: per APIC ID the VMSA and calling area in force. A VMSA that another one has replaced stays a VMSA page that
 * cannot run (EFER.SVME is clear) until the guest deletes it, and needs no memory here, so a guest that abandons VMSAs
 * exhausts nothing.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

enum vcpu_activity {
	VCPU_ABSENT = 0, /* no VMSA */
	VCPU_READY,      /* may run at the guest's VMPL */
	VCPU_SERVED,     /* its CPU handles a request of it: VMSA and calling area are ours */
	VCPU_CHANGING,   /* being created, replaced or deleted */
};

struct vcpu {
	u32 apic_id;
	u32 activity;   /* enum vcpu_activity, atomic */
	u32 inside;     /* atomic: its CPU is in the SVSM, and looks at the activity before it leaves */
	u64 generation; /* counts changes of vmsa and calling_area, from 1 on; never comes round */
	gpa_t vmsa;
	gpa_t calling_area;
	bool registered; /* atomic; the SVSM made it known to the host; otherwise that is the guest's business */
	u64 waits_since; /* nanoseconds of the clock; while `waited` is not 0 */
	u32 waited; /* vTPM calls in a row that were answered "again"; for protocol/vtpm.c, while the vCPU is served */
};

/* True while VMSA and calling area are those of the boot. Firmware keeps them; Linux moves its calling area first of all. */
static inline bool vcpu_is_original(const struct vcpu *vcpu)
{
	return vcpu->registered && vcpu->generation == 1;
}

/*
 * Sets up the pool: one vCPU per APIC ID. The storage belongs to this module from then on. ERR_INPUT when count is 0 or an ID is
 * there twice.
 */
err_t vcpus_init(struct vcpu *storage, const u32 *apic_ids, u32 count);

/*
 * For boot: the first VMSA of an APIC ID. The caller has filled the VMSA page (guest memory in state private, or private memory of
 * the SVSM's own) and the calling area is a private guest page. Sets the VMSA bit, the states, and registers it with the
 * host. ERR_RANGE, ERR_STATE (has one), ERR_NOT_FOUND (APIC ID), ERR_INPUT (alignment, VMSA content), ERR_HARDWARE, ERR_LOST, ERR_HOST.
 */
err_t vcpu_create_first(u32 apic_id, gpa_t vmsa, gpa_t calling_area);

/*
 * The guest creates a vCPU. The VMSA's content is checked after the guest's rights to it are gone. Errors:
 * ERR_RANGE      addresses: VMSA 2 MiB aligned, not private guest memory, the same page
 * ERR_NOT_FOUND  no such APIC ID
 * ERR_STATE      the caller's own APIC ID
 * ERR_INPUT      addresses not 4 KiB aligned; VMSA content: VMPL, EFER.SVME, SEV_FEATURES
 * ERR_BUSY       the vCPU is served or changed by another CPU, or a page is
 * ERR_HARDWARE   *code holds RMP_FAIL_*
 * ERR_LOST       the host has taken away the new VMSA, or the one that must stop
 * On error both pages and the guest's rights are as before.
 * A vCPU that runs is called into the SVSM first, where there are interrupts: so its CPU is not in the VMSA that is stopped. One
 * that does not come in time, or has no interrupts, leaves it by itself: the write that stops it waits for that.
 */
err_t vcpu_create(u32 apic_id, gpa_t vmsa, gpa_t calling_area, u32 *code);
/* The guest deletes a VMSA. ERR_NOT_FOUND (no VMSA of the guest's), ERR_STATE (the caller runs from it), ERR_BUSY, ERR_HARDWARE, ERR_LOST. */
err_t vcpu_delete(gpa_t vmsa, u32 *code);
/*
 * The caller's vCPU moves to another calling area, whose first 8 bytes become zero. The present one is fine and changes nothing.
 * ERR_INPUT (alignment), ERR_RANGE, ERR_BUSY, ERR_LOST.
 */
err_t vcpu_remap_calling_area(struct vcpu *vcpu, gpa_t calling_area);

/* The vCPU of the CPU we run on; ERR_NOT_FOUND when its APIC ID is not in the pool. */
err_t vcpu_current(struct vcpu **vcpu);
/*
 * For the request loop: its CPU leaves the SVSM, for the guest when that is true, else to wait. While another CPU changes the vCPU it
 * stays, but not for ever. vcpu_enter: it is back.
 */
bool vcpu_leave(struct vcpu *vcpu);
void vcpu_enter(struct vcpu *vcpu);
/* From VCPU_READY to VCPU_SERVED and back; false when it is absent or being changed. */
bool vcpu_is_ready(const struct vcpu *vcpu);
bool vcpu_is_changing(const struct vcpu *vcpu);
bool vcpu_serve_begin(struct vcpu *vcpu);
void vcpu_serve_end(struct vcpu *vcpu);
