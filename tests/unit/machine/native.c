/* SPDX-License-Identifier: MIT */
/* A native context as the machine starts it. */
#include "unit.h"

#include <copra/sev.h>

#include "load/native.h"

static const struct igvm_native_context context = {
	.rax = 1,
	.rcx = 2,
	.rdx = 3,
	.rbx = 4,
	.rsp = 5,
	.rbp = 6,
	.rsi = 7,
	.rdi = 8,
	.r8 = 9,
	.r9 = 10,
	.r10 = 11,
	.r11 = 12,
	.r12 = 13,
	.r13 = 14,
	.r14 = 15,
	.r15 = 16,
	.rip = 17,
	.rflags = 18,
	.idtr_base = 19,
	.idtr_limit = 20,
	.gdtr_limit = 21,
	.gdtr_base = 22,
	.code_selector = 8,
	.code_attributes = 0xC09B,
	.code_base = 23,
	.code_limit = 0xFFFFFFFF,
	.data_selector = 16,
	.data_attributes = 0xA093,
	.data_base = 24,
	.data_limit = 25,
	.gs_base = 26,
	.cr0 = 27,
	.cr3 = 28,
	.cr4 = 29,
	.efer = 0x900,
};

static struct vmsa vmsa;

static int setup(void **state)
{
	memset(&vmsa, 0, sizeof(vmsa));
	native_context_to_vmsa(&context, &vmsa);
	return 0;
}

static void takes_every_register(void **state)
{
	const u64 found[] = {vmsa.rax, vmsa.rcx, vmsa.rdx, vmsa.rbx, vmsa.rsp, vmsa.rbp,
			     vmsa.rsi, vmsa.rdi, vmsa.r8,  vmsa.r9,  vmsa.r10, vmsa.r11,
			     vmsa.r12, vmsa.r13, vmsa.r14, vmsa.r15, vmsa.rip, vmsa.rflags};
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		assert_int_equal(found[i], i + 1);
	}
	assert_int_equal(vmsa.cr0, 27);
	assert_int_equal(vmsa.cr3, 28);
	assert_int_equal(vmsa.cr4, 29);
	assert_int_equal(vmsa.efer, 0x900 | EFER_SVME);
}

static void expect_segment(struct vmsa_segment segment, struct vmsa_segment wanted)
{
	assert_memory_equal(&segment, &wanted, sizeof(wanted));
}

static void makes_segments(void **state)
{
	const struct vmsa_segment data = {16, 0xA93, 25, 24};
	expect_segment(vmsa.cs, (struct vmsa_segment){8, 0xC9B, 0xFFFFFFFF, 23});
	expect_segment(vmsa.ds, data);
	expect_segment(vmsa.es, data);
	expect_segment(vmsa.ss, data);
	expect_segment(vmsa.fs, data);
	expect_segment(vmsa.gs, (struct vmsa_segment){16, 0xA93, 25, 26});
	expect_segment(vmsa.gdtr, (struct vmsa_segment){0, 0, 21, 22});
	expect_segment(vmsa.idtr, (struct vmsa_segment){0, 0, 20, 19});
}

/* An ordinary guest: no SEV feature; what its context does not hold is as after a reset. */
static void leaves_the_rest_as_reset(void **state)
{
	assert_int_equal(vmsa.sev_features, 0);
	assert_int_equal(vmsa.vmpl, 0);
	assert_int_equal(vmsa.pat, 0x0007040600070406ULL);
	assert_int_equal(vmsa.dr6, 0xFFFF0FF0);
	assert_int_equal(vmsa.dr7, 0x400);
	assert_int_equal(vmsa.xcr0, 1);
	assert_int_equal(vmsa.mxcsr, 0x1F80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(takes_every_register, setup),
		cmocka_unit_test_setup(makes_segments, setup),
		cmocka_unit_test_setup(leaves_the_rest_as_reset, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
