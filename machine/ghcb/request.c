/* SPDX-License-Identifier: MIT */
#include "ghcb/request.h"

#include "base/mem.h"
#include "base/range.h"
#include "mm/memory.h"
#include "trace/trace.h"

#define GHCB_FIELDS_END 0x400U
#define GHCB_TRAILER 0xFFAU /* version, usage */
#define BITMAP_OFFSET 0x3F0U
/* From RCX to the bitmap: read in one piece. Of what lies before only RAX is looked at. */
#define TAIL_OFFSET 0x308U
#define TAIL_SIZE (GHCB_FIELDS_END - TAIL_OFFSET)
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

static u64 tail_field(const u64 tail[TAIL_SIZE / sizeof(u64)], u32 offset)
{
	return tail[(offset - TAIL_OFFSET) / sizeof(u64)];
}

static void request_take(struct ghcb_request *request, const u64 tail[TAIL_SIZE / sizeof(u64)])
{
	const u64 bitmap[2] = {tail_field(tail, BITMAP_OFFSET), tail_field(tail, BITMAP_OFFSET + sizeof(u64))};
	for (u32 i = 0; i < GHCB_REGISTERS; i++) {
		if (bitmap_has(bitmap, register_offsets[i])) {
			request->valid |= GHCB_BIT(i);
		}
	}
	request->code = tail_field(tail, register_offsets[GHCB_EXITCODE]);
	request->info1 = tail_field(tail, register_offsets[GHCB_INFO1]);
	request->info2 = tail_field(tail, register_offsets[GHCB_INFO2]);
	request->scratch = tail_field(tail, register_offsets[GHCB_SCRATCH]);
	request->rbx = tail_field(tail, register_offsets[GHCB_RBX]);
	request->rcx = tail_field(tail, register_offsets[GHCB_RCX]);
	request->rdx = tail_field(tail, register_offsets[GHCB_RDX]);
	request->xcr0 = tail_field(tail, register_offsets[GHCB_XCR0]);
}

enum err ghcb_request_read(struct ghcb_request *request, struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	*request = (struct ghcb_request){.vcpu = vcpu, .context = context, .page = context->ghcb_msr};
	u64 tail[TAIL_SIZE / sizeof(u64)];
	struct {
		u16 version;
		u32 usage;
	} packed trailer;
	enum err error = memory_read_shared(gpa(request->page + TAIL_OFFSET), tail, sizeof(tail));
	if (error == ERR_OK) {
		error = memory_read_shared(gpa(request->page + register_offsets[GHCB_RAX]), &request->rax, sizeof(u64));
	}
	if (error == ERR_OK) {
		error = memory_read_shared(gpa(request->page + GHCB_TRAILER), &trailer, sizeof(trailer));
	}
	if (error == ERR_OK) {
		request_take(request, tail);
		request->version = trailer.version;
		request->usage = trailer.usage;
	}
	return error;
}

static void field_write(const struct ghcb_request *request, u32 offset, const void *from, size_t n)
{
	/* The page was shared when it was read. If another CPU of the guest took it away since, there is no one to tell. */
	if (memory_write_shared(gpa(request->page + offset), from, n) != ERR_OK) {
		trace(TRACE_REFUSED, request->vcpu, "ghcb-lost", "page=0x%llx offset=0x%x",
		      (unsigned long long)request->page, offset);
	}
}

void ghcb_request_answer(const struct ghcb_request *request)
{
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
			field_write(request, register_offsets[i], &values[i], sizeof(u64));
		}
	}
	bitmap_set(bitmap, register_offsets[GHCB_INFO1]);
	bitmap_set(bitmap, register_offsets[GHCB_INFO2]);
	const u64 results[2] = {request->result, request->result2};
	field_write(request, register_offsets[GHCB_INFO1], results, sizeof(results));
	field_write(request, BITMAP_OFFSET, bitmap, sizeof(bitmap));
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
