/* SPDX-License-Identifier: MIT */
#include "ghcb/request.h"

#include "base/range.h"
#include "rmp/view.h"
#include "trace/trace.h"

#define GHCB_TRAILER 0xFF8U /* two bytes reserved, version, usage */
#define GHCB_VERSION_SHIFT 16U
#define GHCB_USAGE_SHIFT 32U
#define BITMAP_OFFSET 0x3F0U
#define EVENT_GP (EVENT_VALID | EVENT_ERROR_CODE_VALID | EVENT_TYPE_EXCEPTION | 13U)

static const u16 register_offsets[GHCB_REGISTERS] = {
	[GHCB_CPL] = 0x0CB,   [GHCB_XSS] = 0x140,     [GHCB_RAX] = 0x1F8,      [GHCB_RBX] = 0x318,
	[GHCB_RCX] = 0x308,   [GHCB_RDX] = 0x310,     [GHCB_EXITCODE] = 0x390, [GHCB_INFO1] = 0x398,
	[GHCB_INFO2] = 0x3A0, [GHCB_SCRATCH] = 0x3A8, [GHCB_XCR0] = 0x3E8,
};

/* The valid bit of the qword at offset o is bit o / 8 of the bitmap. */
static bool bitmap_has(const u64 bitmap[2], u32 offset)
{
	return (bitmap[offset / 512] >> (offset / 8 & 63U) & 1U) != 0;
}

static void bitmap_set(u64 bitmap[2], u32 offset)
{
	bitmap[offset / 512] |= 1ULL << (offset / 8 & 63U);
}

/* The guest may write meanwhile: each field is read once, whole. */
static u64 field_read(const u8 *page, u32 offset)
{
	return __atomic_load_n((const u64 *)(const void *)(page + offset), __ATOMIC_RELAXED);
}

static void field_write(u8 *page, u32 offset, u64 value)
{
	__atomic_store_n((u64 *)(void *)(page + offset), value, __ATOMIC_RELAXED);
}

static void request_take(struct ghcb_request *request, const u8 *page)
{
	const u64 bitmap[2] = {field_read(page, BITMAP_OFFSET), field_read(page, BITMAP_OFFSET + sizeof(u64))};
	for (u32 i = 0; i < GHCB_REGISTERS; i++) {
		if (bitmap_has(bitmap, register_offsets[i])) {
			request->valid |= GHCB_BIT(i);
		}
	}
	request->code = field_read(page, register_offsets[GHCB_EXITCODE]);
	request->info1 = field_read(page, register_offsets[GHCB_INFO1]);
	request->info2 = field_read(page, register_offsets[GHCB_INFO2]);
	request->scratch = field_read(page, register_offsets[GHCB_SCRATCH]);
	request->rax = field_read(page, register_offsets[GHCB_RAX]);
	request->rbx = field_read(page, register_offsets[GHCB_RBX]);
	request->rcx = field_read(page, register_offsets[GHCB_RCX]);
	request->rdx = field_read(page, register_offsets[GHCB_RDX]);
	request->xcr0 = field_read(page, register_offsets[GHCB_XCR0]);
	u64 trailer = field_read(page, GHCB_TRAILER);
	request->version = (u16)(trailer >> GHCB_VERSION_SHIFT);
	request->usage = (u32)(trailer >> GHCB_USAGE_SHIFT);
}

/* The GHCB is one page: its fields are read, each once, where it lies. */
enum err ghcb_request_read(struct ghcb_request *request, struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	*request = (struct ghcb_request){.vcpu = vcpu, .context = context, .page = context->ghcb_msr};
	u8 *page;
	enum err error = memory_shared_page(gpa(request->page), &page);
	if (error == ERR_OK) {
		request_take(request, page);
	}
	return error;
}

void ghcb_lost(const struct ghcb_request *request, enum err error)
{
	request->context->counters.vmgexits_refused++;
	trace(TRACE_REFUSED, request->vcpu, "ghcb-lost", "page=0x%llx error=\"%s\"", (unsigned long long)request->page,
	      err_name(error));
}

void ghcb_request_answer(const struct ghcb_request *request)
{
	u8 *page;
	enum err error = memory_shared_page(gpa(request->page), &page);
	if (error != ERR_OK) {
		ghcb_lost(request,
			  error); /* it was shared when it was read: another CPU of the guest took it away since */
		return;
	}
	const u64 values[GHCB_REGISTERS] = {
		[GHCB_RAX] = request->rax,
		[GHCB_RBX] = request->rbx,
		[GHCB_RCX] = request->rcx,
		[GHCB_RDX] = request->rdx,
	};
	u64 bitmap[2] = {0};
	for (u32 i = GHCB_RAX; i <= GHCB_RDX; i++) {
		if ((request->returned & GHCB_BIT(i)) != 0) {
			bitmap_set(bitmap, register_offsets[i]);
			field_write(page, register_offsets[i], values[i]);
		}
	}
	bitmap_set(bitmap, register_offsets[GHCB_INFO1]);
	bitmap_set(bitmap, register_offsets[GHCB_INFO2]);
	field_write(page, register_offsets[GHCB_INFO1], request->result);
	field_write(page, register_offsets[GHCB_INFO2], request->result2);
	field_write(page, BITMAP_OFFSET, bitmap[0]);
	field_write(page, BITMAP_OFFSET + sizeof(u64), bitmap[1]);
}

void ghcb_refuse(struct ghcb_request *request, u32 error)
{
	request->result = GHCB_RESULT_MALFORMED;
	request->result2 = error;
	request->returned = 0;
	request->context->counters.vmgexits_refused++;
	trace(TRACE_REFUSED, request->vcpu, "ghcb-refused", "code=0x%llx info1=0x%llx info2=0x%llx error=%u",
	      (unsigned long long)request->code, (unsigned long long)request->info1, (unsigned long long)request->info2,
	      error);
}

void ghcb_raise_gp(struct ghcb_request *request)
{
	request->result = GHCB_RESULT_EXCEPTION;
	request->result2 = EVENT_GP;
	request->returned = 0;
	trace(TRACE_REFUSED, request->vcpu, "ghcb-gp", "code=0x%llx info1=0x%llx rcx=0x%llx",
	      (unsigned long long)request->code, (unsigned long long)request->info1, (unsigned long long)request->rcx);
}

bool ghcb_scratch(struct ghcb_request *request, u64 n, gpa_t *at)
{
	u64 buffer = request->page + GHCB_SHARED_BUFFER_OFFSET;
	if (!range_within(request->scratch, n, buffer, GHCB_SHARED_BUFFER_SIZE)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_SCRATCH);
		return false;
	}
	*at = gpa(request->scratch);
	return true;
}
