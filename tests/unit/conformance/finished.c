/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "guest/page_state.h"
#include "host.h"
#include "platform/fake/fake.h"

/* docs/page-states.md: what the RMP says of a page in that state. */
static bool agrees(enum page_state state, const struct fake_entry *entry)
{
	u8 rights = entry->permissions[HOST_GUEST_VMPL];
	switch (state) {
	case PAGE_STATE_SHARED:
		return !entry->validated;
	case PAGE_STATE_PRIVATE:
	case PAGE_STATE_CALLING_AREA:
		return entry->assigned && entry->validated && !entry->vmsa && rights == RMP_PERM_ALL;
	case PAGE_STATE_VMSA:
		return entry->assigned && entry->validated && entry->vmsa && rights == RMP_PERM_READ;
	case PAGE_STATE_DEPOSITED:
	case PAGE_STATE_SVSM:
		return entry->assigned && entry->validated && rights == 0;
	default:
		return false;
	}
}

/* All CPUs are idle. */
void host_finished(void)
{
	u32 wrong = 0;
	for (u64 page = 0; page < HOST_RAM_END; page += PAGE_SIZE) {
		struct page_states_locked states = page_states_lock();
		enum page_state state = page_state_get(states, gpa(page));
		page_states_unlock(states);
		struct fake_entry entry = fake_entry(gpa(page));
		/* Pages that a test had the host take away keep their state: docs/page-states.md */
		if (!agrees(state, &entry) && entry.validated) {
			wrong++;
			printf("not ok - page 0x%llx: state %d, RMP %d %d %d rights 0x%x\n", (unsigned long long)page,
			       (int)state, entry.assigned, entry.validated, entry.vmsa,
			       entry.permissions[HOST_GUEST_VMPL]);
		}
	}
	if (wrong != 0) {
		exit(1);
	}
}
