/* SPDX-License-Identifier: MIT */
#include "selftest/guest.h"

#include <copra/sev.h>
#include <copra/svsm.h>
#include <copra/vmsa.h>

#include "guest/request.h"
#include "guest/rights.h"
#include "guest/vcpu.h"
#include "platform/platform.h"
#include "selftest/tap.h"

static struct {
	struct guest_pages pages;
	const struct guest_step *steps;
	u32 count;
	u32 next;
} play;

static struct vcpu vcpu;
static struct request_cpu cpu;

static err_t page_write(gpa_t page, size_t offset, const void *from, size_t n)
{
	u8 *window = platform_window_open(WINDOW_SLOT_GUEST, page, PAGE_4K, WINDOW_PRIVATE);
	enum err error = platform_window_write(window + offset, from, n);
	platform_window_close(WINDOW_SLOT_GUEST);
	return error;
}

static u64 page_read(gpa_t page, size_t offset, size_t n)
{
	u64 value = 0;
	const u8 *window = platform_window_open(WINDOW_SLOT_GUEST, page, PAGE_4K, WINDOW_PRIVATE);
	enum err error = platform_window_read(&value, window + offset, n);
	platform_window_close(WINDOW_SLOT_GUEST);
	return error == ERR_OK ? value : ~0ULL;
}

static void register_write(size_t offset, u64 value)
{
	tap_require(page_write(play.pages.vmsa, offset, &value, sizeof(value)), "a register of the guest");
}

#define VMSA_READ(field) page_read(play.pages.vmsa, offsetof(struct vmsa, field), sizeof(u64))

static void step_begin(const struct guest_step *step)
{
	const u8 pending = step->silent ? 0 : 1;
	register_write(offsetof(struct vmsa, rax), step->rax);
	register_write(offsetof(struct vmsa, rcx), step->rcx);
	register_write(offsetof(struct vmsa, rdx), step->rdx);
	register_write(offsetof(struct vmsa, r8), step->r8);
	register_write(offsetof(struct vmsa, guest_exitcode), SVM_EXIT_VMGEXIT);
	tap_require(page_write(play.pages.calling_area, offsetof(struct svsm_calling_area, call_pending), &pending, 1),
		    "the calling area");
}

static void step_judge(const struct guest_step *step)
{
	gpa_t area = step->moved ? step->area : play.pages.calling_area;
	bool answered = VMSA_READ(rax) == step->result && VMSA_READ(rcx) == step->result_rcx;
	bool may_run = (VMSA_READ(efer) & EFER_SVME) != 0;
	bool taken = page_read(area, offsetof(struct svsm_calling_area, call_pending), 1) == 0;
	tap_check(answered && may_run && taken, step->what);
	if (step->moved) {
		play.pages.calling_area = area;
	}
}

bool guest_turn(void)
{
	if (play.next > 0) {
		step_judge(&play.steps[play.next - 1]);
	}
	if (play.next == play.count) {
		return false;
	}
	step_begin(&play.steps[play.next]);
	play.next++;
	return true;
}

static err_t vmsa_write(gpa_t page)
{
	const u8 vmpl = (u8)rights_guest_vmpl();
	const u64 efer = EFER_SVME;
	const u64 features = platform_guest_features();
	enum err error = page_write(page, offsetof(struct vmsa, vmpl), &vmpl, sizeof(vmpl));
	if (error == ERR_OK) {
		error = page_write(page, offsetof(struct vmsa, efer), &efer, sizeof(efer));
	}
	if (error == ERR_OK) {
		error = page_write(page, offsetof(struct vmsa, sev_features), &features, sizeof(features));
	}
	return error;
}

enum err guest_play(struct guest_pages pages, const struct guest_step *steps, u32 count)
{
	u32 apic_id = platform_apic_id();
	play.pages = pages;
	play.steps = steps;
	play.count = count;
	play.next = 0;
	enum err error = vcpus_init(&vcpu, &apic_id, 1);
	if (error == ERR_OK) {
		error = vmsa_write(pages.vmsa);
	}
	if (error == ERR_OK) {
		error = vcpu_create_first(apic_id, pages.vmsa, pages.calling_area);
	}
	/* The VMSA was the guest's to write a moment ago. */
	platform_flush_guest();
	tap_check(error == ERR_OK, "a vCPU is made");
	return error == ERR_OK ? request_loop(&cpu) : error;
}
