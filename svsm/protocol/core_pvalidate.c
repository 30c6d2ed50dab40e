/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE (58019, section 6.2). The header is copied, then all entries that are still to be done; what the guest does
 * to the list afterwards changes nothing. Entries are carried out in order, each decoded completely before it is applied.
 */
#include "base/align.h"
#include "base/clamp.h"
#include "guest/accept.h"
#include "guest/memory.h"
#include "protocol/core.h"

#define ENTRY_BYTES sizeof(u64)

struct list {
	gpa_t address;
	u32 entries;
	u32 next;         /* below entries */
	const u64 *rest;  /* copies of entries [next, entries) */
	bool rights_lost; /* the guest's translations have to be flushed */
	struct budget *budget;
};

struct change {
	gpa_t page;
	enum page_size size;
	bool validate;
	bool ignore_unchanged;
};

static enum err list_decode(struct request *request, struct list *list)
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
	*list = (struct list){
		.address = gpa(address),
		.entries = (u32)index_clamp(header.entries, room + 1),
		.rest = (u64 *)request->scratch,
		.budget = &request->budget,
	};
	list->next = (u32)index_clamp(header.next, list->entries);
	budget_spend(&request->budget, BUDGET_COPY + list->entries - list->next);
	u64 first = address + sizeof(header) + list->next * ENTRY_BYTES;
	return guest_read(gpa(first), request->scratch, (list->entries - list->next) * ENTRY_BYTES);
}

/* The list itself may not be taken away while it is worked on. */
static enum err entry_decode(u64 entry, gpa_t list, struct change *change)
{
	u64 size = entry & SVSM_PVALIDATE_SIZE_MASK;
	if ((entry & SVSM_PVALIDATE_RESERVED) != 0 || size > SVSM_PVALIDATE_SIZE_2M) {
		return ERR_INPUT;
	}
	*change = (struct change){
		.page = gpa_page(gpa(entry)),
		.size = size == SVSM_PVALIDATE_SIZE_2M ? PAGE_2M : PAGE_4K,
		.validate = (entry & SVSM_PVALIDATE_VALIDATE) != 0,
		.ignore_unchanged = (entry & SVSM_PVALIDATE_IGNORE_CF) != 0,
	};
	if (!is_aligned(change->page.raw, page_bytes(change->size))) {
		return ERR_INPUT;
	}
	return list.raw - change->page.raw < page_bytes(change->size) ? ERR_RANGE : ERR_OK;
}

static enum err change_apply(const struct change *change, u32 *code)
{
	enum err error = change->validate ? accept_validate(change->page, change->size, code)
					  : accept_rescind(change->page, change->size, code);
	return error == ERR_EXISTS && change->ignore_unchanged ? ERR_OK : error;
}

static u32 change_cost(const struct change *change)
{
	return budget_page(change->size, change->validate);
}

/* Goes on from list->next and leaves it at the first entry that is not done. */
static enum err list_apply(struct list *list, u32 *code)
{
	const u32 first = list->next;
	for (; list->next < list->entries; list->next++) {
		struct change change;
		enum err error = entry_decode(list->rest[list->next - first], list->address, &change);
		if (error == ERR_OK && list->next > first && !budget_fits(list->budget, change_cost(&change))) {
			error = ERR_INCOMPLETE;
		}
		if (error == ERR_OK) {
			budget_spend(list->budget, change_cost(&change));
			list->rights_lost = list->rights_lost || !change.validate;
			error = change_apply(&change, code);
		}
		if (error != ERR_OK) {
			return error;
		}
	}
	return ERR_OK;
}

/* RCX: the list. */
u64 core_pvalidate(struct request *request)
{
	struct list list;
	u32 code = 0;
	enum err error = list_decode(request, &list);
	if (error != ERR_OK) {
		return core_result(error, 0);
	}
	error = list_apply(&list, &code);
	if (list.rights_lost) {
		accept_flush();
	}
	u16 next = (u16)list.next;
	gpa_t field = gpa(list.address.raw + offsetof(struct svsm_pvalidate_header, next));
	enum err written = guest_write(field, &next, sizeof(next));
	return core_result(written != ERR_OK ? written : error, code);
}
