/* SPDX-License-Identifier: MIT */
#include "cpu/fpu.h"

#include "base/mem.h"
#include "x86/control.h"
#include "x86/instructions.h"

#define LEAF_XSAVE 0xDU
#define XSAVE_COMPACT (1U << 1)
#define XCR0_X87 1ULL
#define XCR0_SSE 2ULL
#define XCR0_AVX 4ULL
#define XCR0_ALL (XCR0_X87 | XCR0_SSE | XCR0_AVX)

/* The image of FXSAVE and, in its standard format, of XSAVE with AVX. AMD64 APM volume 1 (24592), section 11.4 and 11.5. */
struct fpu_image {
	u16 fcw, fsw;
	u8 tags;
	u8 reserved_05;
	u16 fop;
	u64 rip, dp;
	u32 mxcsr, mxcsr_mask;
	u8 registers[8][16];
	u8 xmm[256];
	u8 reserved_1a0[96];
	u64 components; /* XSAVE's header: which parts follow or differ from their reset state */
	u8 reserved_208[56];
	u8 ymm_high[256];
} aligned_to(64);
LAYOUT_AT(struct fpu_image, registers, 0x20);
LAYOUT_AT(struct fpu_image, xmm, 0xA0);
LAYOUT_AT(struct fpu_image, components, 0x200);
LAYOUT_AT(struct fpu_image, ymm_high, 0x240);

#define X87_REGISTER_SIZE 10U
#define TAG_EMPTY 3U

/* Set by fpu_enable, on every CPU to the same. */
static bool has_xsave;

bool fpu_has_xsave(void)
{
	return has_xsave;
}

/* XCR0 as a guest may have it: x87 always, AVX only with SSE. */
static u64 xcr0_valid(u64 xcr0)
{
	u64 known = (xcr0 & XCR0_ALL) | XCR0_X87;
	return (known & XCR0_SSE) == 0 ? known & ~XCR0_AVX : known;
}

/* Saves what is loaded; with XSAVE the guest's XCR0 too. */
static void image_save(struct fpu_image *image, struct vmsa *vmsa)
{
	if (!has_xsave) {
		fpu_save(image);
		return;
	}
	vmsa->xcr0 = xcr0_read();
	xcr0_write(XCR0_ALL);
	extended_save(image, XCR0_ALL);
	memcpy(vmsa->ymm_high, image->ymm_high, sizeof(vmsa->ymm_high));
}

static void image_load(struct fpu_image *image, const struct vmsa *vmsa)
{
	if (!has_xsave) {
		fpu_load(image);
		return;
	}
	xcr0_write(XCR0_ALL);
	memcpy(image->ymm_high, vmsa->ymm_high, sizeof(image->ymm_high));
	image->components = XCR0_ALL;
	extended_load(image, XCR0_ALL);
	xcr0_write(xcr0_valid(vmsa->xcr0));
}

void fpu_enable(void)
{
	has_xsave = cpuid_read(0, 0).eax >= LEAF_XSAVE && (cpuid_read(LEAF_XSAVE, 1).eax & XSAVE_COMPACT) != 0;
	u64 cr4 = cr4_read() | CR4_OSFXSR | CR4_OSXMMEXCPT;
	cr4_write(has_xsave ? cr4 | CR4_OSXSAVE : cr4);
}

void fpu_to_vmsa(struct vmsa *vmsa)
{
	struct fpu_image image = {0};
	image_save(&image, vmsa);
	vmsa->x87_fcw = image.fcw;
	vmsa->x87_fsw = image.fsw;
	vmsa->x87_fop = image.fop;
	vmsa->x87_rip = image.rip;
	vmsa->x87_dp = image.dp;
	vmsa->mxcsr = image.mxcsr;
	u16 tags = 0;
	for (u32 i = 0; i < 8; i++) {
		tags |= (u16)((image.tags >> i & 1) != 0 ? 0 : TAG_EMPTY << (i * 2));
		memcpy(vmsa->x87_registers + (size_t)i * X87_REGISTER_SIZE, image.registers[i], X87_REGISTER_SIZE);
	}
	vmsa->x87_ftw = tags;
	memcpy(vmsa->xmm, image.xmm, sizeof(vmsa->xmm));
}

void fpu_from_vmsa(const struct vmsa *vmsa)
{
	struct fpu_image image = {
		.fcw = vmsa->x87_fcw,
		.fsw = vmsa->x87_fsw,
		.fop = vmsa->x87_fop,
		.rip = vmsa->x87_rip,
		.dp = vmsa->x87_dp,
		.mxcsr = vmsa->mxcsr & 0xFFFFU,
	};
	for (u32 i = 0; i < 8; i++) {
		image.tags |= (u8)((vmsa->x87_ftw >> (i * 2) & 3) != TAG_EMPTY ? 1U << i : 0);
		memcpy(image.registers[i], vmsa->x87_registers + (size_t)i * X87_REGISTER_SIZE, X87_REGISTER_SIZE);
	}
	memcpy(image.xmm, vmsa->xmm, sizeof(image.xmm));
	image_load(&image, vmsa);
}
