/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_DEPOSIT_MEM and SVSM_CORE_WITHDRAW_MEM (58019, sections 6.5 and 6.6, tables 7 and 8). All that the SVSM needs is reserved at
 * boot, so whatever is deposited can be withdrawn.
 */
#include "base/align.h"
#include "guest/accept.h"
#include "guest/deposit.h"
#include "guest/memory.h"
#include "protocol/core_calls.h"
#include "protocol/core_list.h"
#include "protocol/core_result.h"

static enum err entry_deposit(struct core_list *list, u32 *code)
{
	gpa_t page;
	enum page_size size;
	u64 entry = core_list_entry(list);
	enum err error = (entry & SVSM_DEPOSIT_RESERVED) != 0 ? ERR_INPUT : core_entry_page(list, entry, &page, &size);
	if (error == ERR_OK) {
		error = core_list_afford(list, budget_page(size, false));
	}
	return error == ERR_OK ? deposit_take(page, size, code) : error;
}

/* The calling area says whether there is something to withdraw. */
static enum err available_tell(const struct request *request)
{
	u8 available = deposit_pages() != 0 ? 1 : 0;
	u64 field = request->vcpu->calling_area.raw + offsetof(struct svsm_calling_area, mem_available);
	return guest_write(gpa(field), &available, sizeof(available));
}

/* RCX: the list. */
u64 core_deposit_memory(struct request *request)
{
	struct core_list list;
	u32 code = 0;
	enum err error = core_list_read(request, &list);
	if (error != ERR_OK) {
		return core_result(error, 0);
	}
	while (error == ERR_OK && list.next < list.entries) {
		error = entry_deposit(&list, &code);
		list.next += error == ERR_OK ? 1 : 0;
	}
	accept_flush();
	enum err told = available_tell(request);
	return core_list_answer(&list, error == ERR_OK ? told : error, code);
}

/* How many entries there is room for, up to the end of the page: one at least. What stands there is not looked at, but has to be there. */
static enum err room_find(const struct request *request, u32 *room)
{
	struct svsm_pvalidate_header header;
	*room = (u32)((PAGE_SIZE - request->rcx % PAGE_SIZE) / sizeof(u64)) - 1;
	if (!is_aligned(request->rcx, sizeof(u64)) || *room == 0) {
		return ERR_INPUT;
	}
	return guest_read(gpa(request->rcx), &header, sizeof(header));
}

/* Pages into the scratch page, behind the header, as many as there is time for. Returns how many. */
static u32 entries_withdraw(struct request *request, u32 room)
{
	u64 *list = (u64 *)request->scratch + 1;
	gpa_t page;
	u32 entries = 0;
	while (entries < room && deposit_return(&page, &request->budget) == ERR_OK) {
		list[entries++] = page.raw;
	}
	return entries;
}

/* RCX: where the list goes. It is never incomplete: mem_available says whether there is more. */
u64 core_withdraw_memory(struct request *request)
{
	u32 room;
	enum err error = room_find(request, &room);
	if (error != ERR_OK) {
		return core_result(error, 0);
	}
	u32 entries = entries_withdraw(request, room);
	*(struct svsm_pvalidate_header *)request->scratch = (struct svsm_pvalidate_header){.entries = (u16)entries};
	error = guest_write(gpa(request->rcx), request->scratch, sizeof(u64) + entries * sizeof(u64));
	if (error == ERR_OK) {
		error = available_tell(request);
	}
	return core_result(error, 0);
}
