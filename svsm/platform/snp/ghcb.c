/* SPDX-License-Identifier: MIT */
#include "platform/snp/ghcb.h"

#include <copra/sev.h>

#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "platform/snp/ghcb_msr.h"
#include "platform/snp/instructions.h"

/* Bit of a field in the valid bitmap: one per 8 bytes (56421, section 2.6). All of ours lie in its second word. */
#define VALID_WORD 1U
#define VALID_BIT(field) (1ULL << (offsetof(struct ghcb, field) / 8 - 64))
#define VALID_RAX_WORD 0U
#define VALID_RAX_BIT (1ULL << (offsetof(struct ghcb, rax) / 8))
_Static_assert(offsetof(struct ghcb, rax) < 512, "RAX is in the first word of the bitmap");
#define VALID_ALWAYS (VALID_BIT(sw_exitcode) | VALID_BIT(sw_exitinfo1) | VALID_BIT(sw_exitinfo2))
#define VALID_ANSWER (VALID_BIT(sw_exitinfo1) | VALID_BIT(sw_exitinfo2))

err_t ghcb_init(struct cpu *cpu, struct ghcb *page)
{
	cpu->ghcb_page = own_gpa(page);
	enum err error = ghcb_msr_register(cpu->ghcb_page);
	if (error != ERR_OK) {
		return error;
	}
	page->version = GHCB_VERSION;
	page->usage = GHCB_USAGE_STANDARD;
	cpu->ghcb = page;
	return ERR_OK;
}

void ghcb_fill(const struct ghcb_call *call)
{
	volatile struct ghcb *ghcb = cpu_current()->ghcb;
	u64 valid[2] = {0, VALID_ALWAYS};
	CHECK(ghcb != NULL);
	ghcb->sw_exitcode = call->code;
	ghcb->sw_exitinfo1 = call->info1;
	ghcb->sw_exitinfo2 = call->info2;
	if ((call->pass & GHCB_PASS_RAX) != 0) {
		ghcb->rax = call->rax;
		valid[VALID_RAX_WORD] |= VALID_RAX_BIT;
	}
	if ((call->pass & GHCB_PASS_RCX) != 0) {
		ghcb->rcx = call->rcx;
		valid[VALID_WORD] |= VALID_BIT(rcx);
	}
	if ((call->pass & GHCB_PASS_RDX) != 0) {
		ghcb->rdx = call->rdx;
		valid[VALID_WORD] |= VALID_BIT(rdx);
	}
	if ((call->pass & GHCB_PASS_RBX) != 0) {
		ghcb->rbx = call->rbx;
		valid[VALID_WORD] |= VALID_BIT(rbx);
	}
	if ((call->pass & GHCB_PASS_SCRATCH) != 0) {
		ghcb->sw_scratch = cpu_current()->ghcb_page.raw + GHCB_SHARED_BUFFER_OFFSET;
		valid[VALID_WORD] |= VALID_BIT(sw_scratch);
	}
	ghcb->valid_bitmap[0] = valid[0];
	ghcb->valid_bitmap[1] = valid[1];
}

err_t ghcb_answer(struct ghcb_call *call)
{
	const volatile struct ghcb *ghcb = cpu_current()->ghcb;
	u64 valid = ghcb->valid_bitmap[VALID_WORD];
	u32 result = (u32)ghcb->sw_exitinfo1;
	call->info2 = ghcb->sw_exitinfo2;
	call->rax = (ghcb->valid_bitmap[VALID_RAX_WORD] & VALID_RAX_BIT) != 0 ? ghcb->rax : 0;
	call->rdx = (valid & VALID_BIT(rdx)) != 0 ? ghcb->rdx : 0;
	if ((valid & VALID_ANSWER) != VALID_ANSWER || result != GHCB_RESULT_OK) {
		return ERR_HOST;
	}
	return ERR_OK;
}

err_t ghcb_exchange(struct ghcb_call *call)
{
	ghcb_fill(call);
	vmgexit();
	return ghcb_answer(call);
}

void ghcb_clear(void)
{
	volatile struct ghcb *ghcb = cpu_current()->ghcb;
	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = 0;
	ghcb->sw_exitcode = SVM_EXIT_INVALID;
}

volatile u8 *ghcb_buffer(void)
{
	return cpu_current()->ghcb->shared_buffer;
}

void ghcb_buffer_write(const void *from, size_t n)
{
	volatile u8 *to = ghcb_buffer();
	const u8 *bytes = from;
	CHECK(n <= GHCB_SHARED_BUFFER_SIZE);
	for (size_t i = 0; i < n; i++) {
		to[i] = bytes[i];
	}
}
