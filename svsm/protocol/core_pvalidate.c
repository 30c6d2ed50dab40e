/* SPDX-License-Identifier: MIT */
/* SVSM_CORE_PVALIDATE (58019, section 6.2). Entries are carried out in order, each decoded completely before it is applied. */
#include "guest/accept.h"
#include "protocol/core_calls.h"
#include "protocol/core_list.h"
#include "protocol/core_result.h"

struct change {
	gpa_t page;
	enum page_size size;
	bool validate;
	bool ignore_unchanged;
};

static enum err entry_decode(const struct core_list *list, struct change *change)
{
	u64 entry = core_list_entry(list);
	if ((entry & SVSM_PVALIDATE_RESERVED) != 0) {
		return ERR_INPUT;
	}
	change->validate = (entry & SVSM_PVALIDATE_VALIDATE) != 0;
	change->ignore_unchanged = (entry & SVSM_PVALIDATE_IGNORE_CF) != 0;
	return core_entry_page(list, entry, &change->page, &change->size);
}

static enum err change_apply(const struct change *change, u32 *code)
{
	enum err error = change->validate ? accept_validate(change->page, change->size, code)
					  : accept_rescind(change->page, change->size, code);
	return error == ERR_EXISTS && change->ignore_unchanged ? ERR_OK : error;
}

/* Goes on from list->next and leaves it at the first entry that is not done. */
static enum err list_apply(struct core_list *list, bool *rights_lost, u32 *code)
{
	for (; list->next < list->entries; list->next++) {
		struct change change;
		enum err error = entry_decode(list, &change);
		if (error == ERR_OK) {
			error = core_list_afford(list, budget_page(change.size, change.validate));
		}
		if (error == ERR_OK) {
			*rights_lost = *rights_lost || !change.validate;
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
	struct core_list list;
	bool rights_lost = false;
	u32 code = 0;
	enum err error = core_list_read(request, &list);
	if (error != ERR_OK) {
		return core_result(error, 0);
	}
	error = list_apply(&list, &rights_lost, &code);
	if (rights_lost) {
		accept_flush();
	}
	return core_list_answer(&list, error, code);
}
