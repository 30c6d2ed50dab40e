/* SPDX-License-Identifier: MIT */
#include "ghcb/page_state.h"

#include "fault/fault.h"
#include "ghcb/psc_rules.h"
#include "mm/memory.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

/* 4 KiB pages whose state one call may change; the guest calls again for the rest. */
#define PAGES_PER_CALL 32768U

struct psc_buffer {
	struct psc_header header;
	u64 entries[PSC_MAX_ENTRIES];
};
_Static_assert(sizeof(struct psc_buffer) == GHCB_SHARED_BUFFER_SIZE, "the buffer is the GHCB's shared buffer");

static enum err state_change(gpa_t page, enum page_size size, u32 op)
{
	switch (op) {
	case PSC_OP_PRIVATE:
		return rmp_make_private(page, size);
	case PSC_OP_SHARED:
		return rmp_make_shared(page, size);
	default: /* PSMASH and UNSMASH: this host chooses sizes itself */
		return ERR_OK;
	}
}

static enum err state_change_traced(struct vcpu *vcpu, gpa_t page, enum page_size size, u32 op)
{
	u64 argument;
	if (vcpu->vmpl == 0 && fault_due(FAULT_PSC_IGNORED, vcpu, &argument)) {
		return ERR_OK;
	}
	enum err error = memory_is_ram(page, page_bytes(size)) ? state_change(page, size, op) : ERR_RANGE;
	vcpu_context(vcpu)->counters.page_state_changes += page_bytes(size) / PAGE_SIZE;
	trace(TRACE_RMP, vcpu, "psc", "gpa=0x%llx size=%s op=%u error=\"%s\"", (unsigned long long)page.raw,
	      size == PAGE_2M ? "2M" : "4K", op, err_name(error));
	return error;
}

static u64 error_code(enum err error)
{
	return error == ERR_RANGE ? PSC_ERROR_ENTRY : PSC_ERROR_GENERIC;
}

/* A 2 MiB entry that was begun, by whomever, goes on page by page. */
static enum err entry_run(struct vcpu *vcpu, struct psc_entry *entry)
{
	if (entry->size == PAGE_2M && entry->done == 0) {
		enum err error = state_change_traced(vcpu, gpa(entry->page), PAGE_2M, entry->op);
		entry->done = error == ERR_OK ? entry->pages : 0;
		return error;
	}
	while (entry->done < entry->pages) {
		gpa_t page = gpa(entry->page + (u64)entry->done * PAGE_SIZE);
		enum err error = state_change_traced(vcpu, page, PAGE_4K, entry->op);
		if (error != ERR_OK) {
			return error;
		}
		entry->done++;
	}
	return ERR_OK;
}

/* From cur_entry on, as far as the call's budget goes. Returns SW_EXITINFO2. */
static u64 buffer_run(struct vcpu *vcpu, struct psc_buffer *buffer)
{
	struct psc_header *header = &buffer->header;
	if (!psc_header_valid(header)) {
		return PSC_ERROR_HEADER;
	}
	u32 budget = PAGES_PER_CALL;
	while (header->current_entry <= header->end_entry && budget > 0) {
		u64 *raw = &buffer->entries[header->current_entry];
		struct psc_entry entry;
		if (!psc_entry_decode(*raw, &entry)) {
			return PSC_ERROR_ENTRY;
		}
		u32 left = entry.pages - entry.done;
		enum err error = entry_run(vcpu, &entry);
		*raw = (*raw & ~PSC_ENTRY_CURRENT_PAGE_MASK) | entry.done;
		if (error != ERR_OK) {
			return error_code(error);
		}
		budget -= left < budget ? left : budget;
		header->current_entry++;
	}
	return 0;
}

void page_state_nae(struct ghcb_request *request)
{
	gpa_t at;
	struct psc_buffer buffer;
	if (!ghcb_scratch(request, sizeof(buffer.header), &at)) {
		return;
	}
	u64 offset = at.raw - request->page - GHCB_SHARED_BUFFER_OFFSET;
	size_t n = (size_t)(GHCB_SHARED_BUFFER_SIZE - offset);
	if (memory_read_shared(at, &buffer, n) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_SCRATCH);
		return;
	}
	u64 needed = sizeof(buffer.header) + ((u64)buffer.header.end_entry + 1) * sizeof(u64);
	request->result2 = needed <= n || buffer.header.current_entry > buffer.header.end_entry
				   ? buffer_run(request->vcpu, &buffer)
				   : PSC_ERROR_HEADER;
	if (request->result2 != 0) {
		request->context->counters.vmgexits_refused++;
		trace(TRACE_REFUSED, request->vcpu, "psc-refused", "cur=%u end=%u result=0x%llx",
		      buffer.header.current_entry, buffer.header.end_entry, (unsigned long long)request->result2);
	}
	if (memory_write_shared(at, &buffer, n) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_SCRATCH);
	}
}

enum err page_state_msr(struct vcpu *vcpu, u64 page, u32 op)
{
	if (op != PSC_OP_PRIVATE && op != PSC_OP_SHARED) {
		return ERR_INPUT;
	}
	return state_change_traced(vcpu, gpa(page), PAGE_4K, op);
}
