/* SPDX-License-Identifier: MIT */
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define UNKNOWN_CALL 0x77ULL

static struct svsm_registers marked(u64 rax)
{
	return (struct svsm_registers){
		.rax = rax,
		.rcx = 0x11,
		.rdx = 0x22,
		.rbx = 0x33,
		.rsi = 0x44,
		.rdi = 0x55,
		.r8 = 0x88,
		.r9 = 0x99,
		.r10 = 0xAA,
		.r11 = 0xBB,
		.r12 = 0xCC,
		.r13 = 0xDD,
		.r14 = 0xEE,
		.r15 = 0xFF,
	};
}

static void expect_marks(const struct svsm_registers *r)
{
	tap_expect("RCX", r->rcx, 0x11);
	tap_expect("RDX", r->rdx, 0x22);
	tap_expect("RBX", r->rbx, 0x33);
	tap_expect("RSI", r->rsi, 0x44);
	tap_expect("RDI", r->rdi, 0x55);
	tap_expect("R8", r->r8, 0x88);
	tap_expect("R9", r->r9, 0x99);
	tap_expect("R10", r->r10, 0xAA);
	tap_expect("R11", r->r11, 0xBB);
	tap_expect("R12", r->r12, 0xCC);
	tap_expect("R13", r->r13, 0xDD);
	tap_expect("R14", r->r14, 0xEE);
	tap_expect("R15", r->r15, 0xFF);
}

/* Without call_pending the host ran VMPL0 unasked: nothing may happen. */
static void test_not_pending(void)
{
	struct svsm_registers registers = marked(SVSM_CORE_QUERY_PROTOCOL);
	u8 after;
	tap_begin();
	tap_expect("host", svsm_call_pending(&registers, 0, &after), true);
	tap_expect("call_pending", after, 0);
	tap_expect("RAX", registers.rax, SVSM_CORE_QUERY_PROTOCOL);
	expect_marks(&registers);
	tap_end("5/3 ", "no call pending, nothing happens");
}

static void test_registers_kept(void)
{
	struct svsm_registers registers = marked(UNKNOWN_CALL);
	u8 after;
	tap_begin();
	tap_expect("host", svsm_call_pending(&registers, 1, &after), true);
	tap_expect("call_pending", after, 0);
	tap_expect("RAX", registers.rax, SVSM_ERR_UNSUPPORTED_CALL);
	expect_marks(&registers);
	tap_end("5/4 ", "a refused call changes RAX alone, call_pending comes back 0");
}

/* Any other value than 1 is reserved: an SVSM says so, or takes it for no call. */
static void test_odd_pending(u8 pending, const char *name)
{
	struct svsm_registers registers = marked(UNKNOWN_CALL);
	u8 after;
	tap_begin();
	tap_expect("host", svsm_call_pending(&registers, pending, &after), true);
	tap_expect_either("call_pending", after, 0, pending);
	tap_expect("RAX", registers.rax, after == 0 ? SVSM_ERR_INVALID_FORMAT : UNKNOWN_CALL);
	expect_marks(&registers);
	tap_end("5/5 ", name);
}

static void test_reserved_bytes(void)
{
	volatile u8 *area = memory_at(svsm_calling_area());
	tap_begin();
	for (u32 i = 3; i < 8; i++) {
		area[i] = 0xFF;
	}
	tap_expect("RAX", svsm_core(UNKNOWN_CALL, 0, 0, 0), SVSM_ERR_UNSUPPORTED_CALL);
	for (u32 i = 3; i < 8; i++) {
		area[i] = 0;
	}
	tap_end("5/6 ", "reserved bytes set do no harm");
}

static void test_other_transport(void)
{
	tap_begin();
	svsm_transport(SVSM_BY_MSR);
	struct svsm_registers registers = marked(UNKNOWN_CALL);
	tap_expect("outcome", svsm_call(&registers), SVSM_ANSWERED);
	tap_expect("RAX", registers.rax, SVSM_ERR_UNSUPPORTED_CALL);
	expect_marks(&registers);
	svsm_transport(SVSM_BY_GHCB);
	tap_end("5/7 ", "a call by the MSR protocol");
}

void test_calling_area(void)
{
	test_not_pending();
	test_registers_kept();
	test_odd_pending(2, "call_pending 2 is reserved");
	test_odd_pending(0xFF, "call_pending 255 is reserved");
	test_reserved_bytes();
	test_other_transport();
}
