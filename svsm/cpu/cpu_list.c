/* SPDX-License-Identifier: MIT */
#include "cpu/cpu_list.h"

#include "base/clamp.h"

err_t cpu_list_init(struct cpu_list *list, u32 count, u32 limit)
{
	u32 most = limit < BOOT_MAX_CPUS ? limit : BOOT_MAX_CPUS;
	*list = (struct cpu_list){0};
	if (count == 0 || count > most) {
		return ERR_RANGE;
	}
	list->count = (u32)index_clamp(count, (u64)most + 1);
	return ERR_OK;
}

/* Appends an ID that is not there yet. */
static bool append(struct cpu_list *list, u32 *n, u32 apic_id)
{
	for (u32 i = 0; i < *n; i++) {
		if (list->apic_ids[i] == apic_id) {
			return false;
		}
	}
	list->apic_ids[(*n)++] = apic_id;
	return true;
}

static enum err fill(struct cpu_list *list, const u32 *apic_ids, u32 own)
{
	u32 n = 0;
	bool found = false;
	(void)append(list, &n, own);
	for (u32 i = 0; i < list->count; i++) {
		if (apic_ids[i] == own && !found) {
			found = true;
			continue;
		}
		/* n reaches count before the list ends only when own is not in it. */
		if (n == list->count || !append(list, &n, apic_ids[i])) {
			return ERR_INPUT;
		}
	}
	return ERR_OK;
}

err_t cpu_list_take(struct cpu_list *list, const u32 *apic_ids, u32 own)
{
	list->listed = true;
	return fill(list, apic_ids, own);
}

err_t cpu_list_number(struct cpu_list *list, u32 own)
{
	u32 apic_ids[BOOT_MAX_CPUS];
	for (u32 i = 0; i < BOOT_MAX_CPUS; i++) {
		apic_ids[i] = i;
	}
	list->listed = false;
	return fill(list, apic_ids, own);
}
