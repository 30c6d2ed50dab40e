/* SPDX-License-Identifier: MIT */
/*
 * Sequences of calls by a hostile guest, through the request loop. The input is a little program: each turn of the guest writes
 * lists and VMSAs where it likes (as far as its rights go), has the host change pages, and calls. After each call every
 * page's state, RMP entry and rights must belong together.
 */
#include <string.h>

#include "base/span.h"
#include "core_guest.h"
#include "guest/request.h"

#define MAX_TURNS 64U
#define MAX_ENTRIES 8U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span input;
static u32 turns;
static u64 last_list;
static u64 last_vmsa;
static bool faulty; /* instructions fail now and then: pages may be left as a failure leaves them */

static u8 take(void)
{
	u8 value;
	return span_take_u8(&input, &value) == ERR_OK ? value : 0;
}

/* Mostly one of the few places where something is, or where the guest wrote before; now and then any number. */
static u64 take_address(void)
{
	static const u64 bases[] = {0,         GUEST_BLOCK,         2 * GUEST_BLOCK, 3 * GUEST_BLOCK,
				    SVSM_BASE, FIRST_AREA - 0x1000, 0xA00000,        0xFFFFFFFFFFFF0000ULL};
	u64 raw = 0;
	u8 choice = take();
	if (choice == 0xFD || choice == 0xFE) {
		return choice == 0xFD ? last_list : last_vmsa;
	}
	if (choice == 0xFF && span_take_u64(&input, &raw) == ERR_OK) {
		return raw;
	}
	u64 offset = (choice & 0x80) != 0 ? take() : 0;
	return bases[choice & 7] + ((u64)(choice >> 3 & 0xF) << PAGE_SHIFT) + offset * 8;
}

static void write_list(void)
{
	u64 list[1 + MAX_ENTRIES] = {0};
	gpa_t at = gpa(take_address());
	u32 n = take() % (MAX_ENTRIES + 1);
	u16 header[4] = {(u16)n, 0, 0, 0};
	if ((take() & 7) == 0) {
		header[0] = (u16)(take() << 4);
		header[1] = take();
	}
	memcpy(list, header, sizeof(header));
	for (u32 i = 1; i <= n; i++) {
		u8 flags = take();
		u64 address = take_address();
		list[i] = (flags & 0x80) != 0 ? address : (address & ~0xFFFULL) | (flags & 0xF);
	}
	last_list = at.raw;
	(void)fake_guest_store(GUEST_VMPL, at, list, sizeof(list));
}

static void write_vmsa(void)
{
	struct vmsa vmsa = {.vmpl = GUEST_VMPL, .efer = EFER_SVME, .sev_features = SEV_FEATURE_SNP_ACTIVE};
	u8 flaw = take();
	vmsa.vmpl = flaw == 1 ? take() : vmsa.vmpl;
	vmsa.efer = flaw == 2 ? take_address() : vmsa.efer;
	vmsa.sev_features = flaw == 3 ? take() : vmsa.sev_features;
	last_vmsa = take_address() & ~0xFFFULL;
	(void)fake_guest_store(GUEST_VMPL, gpa(last_vmsa), &vmsa, sizeof(vmsa));
}

/* An honest host: it changes pages that are not validated, as the guest asks. */
static void change_page(void)
{
	u8 choice = take();
	u64 bytes = (choice & 1) != 0 ? GUEST_BLOCK : PAGE_SIZE;
	u64 page = take_address() & ~(bytes - 1);
	for (u64 at = page; at - page < bytes; at += PAGE_SIZE) {
		if (at >= GUEST_RAM_BYTES || fake_entry(gpa(at)).validated) {
			return;
		}
	}
	fake.faults.small_pages = (choice & 2) != 0;
	(void)!platform_page_state(gpa(page), bytes / PAGE_SIZE, (choice & 4) != 0 ? WINDOW_PRIVATE : WINDOW_SHARED);
}

/* A host that takes any page away, VMSAs and the calling area among them. */
static void take_page(void)
{
	u64 page = take_address() & ~(PAGE_SIZE - 1ULL);
	if (page < GUEST_RAM_BYTES) {
		faulty = true;
		(void)!platform_page_state(gpa(page), 1, WINDOW_SHARED);
	}
}

static void arrange_fault(void)
{
	u8 choice = take();
	u32 code = choice >> 1 & 7;
	faulty = true;
	code = code == RMP_SUCCESS ? RMP_FAIL_INPUT : code; /* no processor says so and does nothing */
	if ((choice & 1) != 0) {
		fake.faults.validate_countdown = choice >> 4;
		fake.faults.validate_code = code;
	} else {
		fake.faults.permit_countdown = choice >> 4;
		fake.faults.permit_code = code;
	}
}

static void prepare_turn(void)
{
	for (u32 i = take() & 3; i > 0; i--) {
		switch (take() % 6) {
		case 0:
		case 1:
			write_list();
			break;
		case 2:
			write_vmsa();
			break;
		case 3:
			change_page();
			break;
		case 4:
			take_page();
			break;
		default:
			arrange_fault();
		}
	}
}

static gpa_t current_area(void)
{
	struct vcpu *vcpu;
	expect(vcpu_current(&vcpu) == ERR_OK);
	return vcpu->calling_area;
}

static bool play(void *context, struct vmsa *vmsa)
{
	const u8 pending = take();
	if (!faulty) {
		guest_agrees();
	}
	if (input.n == 0 || turns++ == MAX_TURNS) {
		return false;
	}
	prepare_turn();
	u8 call = take();
	vmsa->rax = call < 0xF0 ? (u64)call % 10 : (u64)(call & 7) << 32 | take();
	vmsa->rcx = vmsa->rax == SVSM_CORE_QUERY_PROTOCOL ? (u64)take() << 32 | take() : take_address();
	vmsa->rdx = take_address();
	vmsa->r8 = take() & 3;
	vmsa->guest_exitcode = (pending & 0xF0) == 0xF0 ? SVM_EXIT_INTR : SVM_EXIT_VMGEXIT;
	(void)fake_guest_store(GUEST_VMPL, current_area(), &pending, 1);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct request_cpu cpu;
	memset(&cpu, 0, sizeof(cpu));
	input = span_of(data, size);
	turns = 0;
	last_list = 0;
	last_vmsa = 0;
	faulty = false;
	guest_setup();
	fake.guest = play;
	expect(request_loop(&cpu) == ERR_HOST);
	return 0;
}
