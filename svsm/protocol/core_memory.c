/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_DEPOSIT_MEM and SVSM_CORE_WITHDRAW_MEM (58019, chapter 6). What was assumed of their lists is in docs/caveats.md. All that
 * the SVSM needs is reserved at boot, so whatever is deposited can be withdrawn.
 */
#include "base/align.h"
#include "base/clamp.h"
#include "guest/accept.h"
#include "guest/deposit.h"
#include "guest/memory.h"
#include "protocol/core.h"
#include "protocol/core_list.h"

/* What the most expensive page of a withdrawal costs, the search for it included. */
#define WITHDRAW_COST (BUDGET_LARGE_PAGE + LARGE_PAGE_SIZE / sizeof(u64) + 512 * BUDGET_BLOCK)

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

/* How many entries the guest's list has room for: what its header says, or the rest of the page where that is 0. */
static enum err room_read(const struct request *request, u32 *room)
{
	struct svsm_pvalidate_header header = {0};
	if (!is_aligned(request->rcx, sizeof(u64))) {
		return ERR_INPUT;
	}
	enum err error = guest_read(gpa(request->rcx), &header, sizeof(header));
	if (error != ERR_OK) {
		return error;
	}
	u64 most = (PAGE_SIZE - request->rcx % PAGE_SIZE - sizeof(header)) / sizeof(u64);
	if (header.entries > most) {
		return ERR_INPUT;
	}
	*room = (u32)(header.entries != 0 ? index_clamp(header.entries, most + 1) : most);
	return ERR_OK;
}

/* Entries into the scratch page, behind the header. ERR_INCOMPLETE only when not even one was found in time. */
static enum err entries_withdraw(struct request *request, u32 room, u32 *entries)
{
	u64 *list = (u64 *)request->scratch + 1;
	struct deposit_page page;
	enum err error = ERR_OK;
	while (*entries < room && (*entries == 0 || budget_fits(&request->budget, WITHDRAW_COST))) {
		error = deposit_return(&page, &request->budget);
		if (error != ERR_OK) {
			break;
		}
		list[(*entries)++] = page.page.raw | (page.size == PAGE_2M ? SVSM_PVALIDATE_SIZE_2M : 0);
	}
	return error == ERR_INCOMPLETE && *entries == 0 ? ERR_INCOMPLETE : ERR_OK;
}

/* RCX: where the list goes. */
u64 core_withdraw_memory(struct request *request)
{
	u32 room = 0;
	u32 entries = 0;
	enum err error = room_read(request, &room);
	if (error != ERR_OK) {
		return core_result(error, 0);
	}
	error = entries_withdraw(request, room, &entries);
	*(struct svsm_pvalidate_header *)request->scratch = (struct svsm_pvalidate_header){.entries = (u16)entries};
	enum err told = guest_write(gpa(request->rcx), request->scratch, sizeof(u64) + entries * sizeof(u64));
	if (told == ERR_OK) {
		told = available_tell(request);
	}
	return core_result(told != ERR_OK ? told : error, 0);
}
