/* SPDX-License-Identifier: MIT */
#include "protocol/core_list.h"

#include "base/align.h"
#include "base/clamp.h"
#include "guest/memory.h"
#include "protocol/core_result.h"

#define ENTRY_BYTES sizeof(u64)

err_t core_list_read(struct request *request, struct core_list *list)
{
	struct svsm_pvalidate_header header;
	u64 address = request->rcx;
	if (!is_aligned(address, ENTRY_BYTES)) {
		return ERR_INPUT;
	}
	enum err error = guest_read(gpa(address), &header, sizeof(header));
	if (error != ERR_OK) {
		return error;
	}
	u64 room = (PAGE_SIZE - address % PAGE_SIZE - sizeof(header)) / ENTRY_BYTES;
	if (header.entries > room || header.next >= header.entries) {
		return ERR_INPUT;
	}
	u32 entries = (u32)index_clamp(header.entries, room + 1);
	u32 first = (u32)index_clamp(header.next, entries);
	*list = (struct core_list){
		.address = gpa(address),
		.entries = entries,
		.first = first,
		.next = first,
		.rest = (u64 *)request->scratch,
		.budget = &request->budget,
	};
	budget_spend(&request->budget, BUDGET_COPY + entries - first);
	gpa_t rest = gpa(address + sizeof(header) + first * ENTRY_BYTES);
	return guest_read(rest, request->scratch, (entries - first) * ENTRY_BYTES);
}

u64 core_list_entry(const struct core_list *list)
{
	return list->rest[list->next - list->first];
}

err_t core_list_afford(struct core_list *list, u32 units)
{
	if (list->next > list->first && !budget_fits(list->budget, units)) {
		return ERR_INCOMPLETE;
	}
	budget_spend(list->budget, units);
	return ERR_OK;
}

u64 core_list_answer(const struct core_list *list, enum err error, u32 code)
{
	u16 next = (u16)list->next;
	gpa_t field = gpa(list->address.raw + offsetof(struct svsm_pvalidate_header, next));
	enum err written = guest_write(field, &next, sizeof(next));
	return core_result(written != ERR_OK ? written : error, code);
}

/* The list itself may not be taken away while it is worked on. */
err_t core_entry_page(const struct core_list *list, u64 entry, gpa_t *page, enum page_size *size)
{
	u64 size_bits = entry & SVSM_PVALIDATE_SIZE_MASK;
	*page = gpa_page(gpa(entry));
	*size = size_bits == SVSM_PVALIDATE_SIZE_2M ? PAGE_2M : PAGE_4K;
	if (size_bits > SVSM_PVALIDATE_SIZE_2M || !is_aligned(page->raw, page_bytes(*size))) {
		return ERR_INPUT;
	}
	return list->address.raw - page->raw < page_bytes(*size) ? ERR_RANGE : ERR_OK;
}
