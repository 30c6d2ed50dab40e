/* SPDX-License-Identifier: MIT */
#include "boot/memory_map.h"

#include "base/align.h"
#include "boot/fw_cfg.h"

#define FOUR_GIB (1ULL << 32)
#define RAM_LIMIT (1ULL << 39) /* what the nested tables and the first part of the direct map reach */
#define GUEST_MINIMUM (32ULL << 20)
#define OPTION_BYTES 4096U
#define E820_RAM_TYPE 1U

struct e820_entry {
	u64 start;
	u64 size;
	u32 type;
} packed;
LAYOUT_SIZE(struct e820_entry, 20);

/* QEMU: one RAM entry from 0, one from 4 GiB when it does not all fit below. */
static enum err ram_find(u64 *low, u64 *high)
{
	struct e820_entry entries[32];
	u16 selector;
	u32 size;
	enum err error = fw_cfg_find("etc/e820", &selector, &size);
	if (error != ERR_OK) {
		return error;
	}
	size = size < sizeof(entries) ? size : (u32)sizeof(entries);
	fw_cfg_read(selector, entries, size);
	*low = 0;
	*high = 0;
	for (u32 i = 0; i < size / sizeof(entries[0]); i++) {
		if (entries[i].type == E820_RAM_TYPE && entries[i].start == 0) {
			*low = entries[i].size;
		} else if (entries[i].type == E820_RAM_TYPE && entries[i].start == FOUR_GIB) {
			*high = entries[i].size;
		}
	}
	return *low == 0 ? ERR_NOT_FOUND : ERR_OK;
}

static bool digits_read(const char *text, size_t n, u64 *value)
{
	*value = 0;
	size_t i = 0;
	for (; i < n && text[i] >= '0' && text[i] <= '9'; i++) {
		if (ckd_mul(value, *value, 10U) || ckd_add(value, *value, (u32)(text[i] - '0'))) {
			return false;
		}
	}
	return i > 0;
}

/* The number behind memory= in the options; 0 without one. Checked again, in full, by options_read. */
static u64 guest_memory_option(void)
{
	static const char key[] = "memory=";
	const size_t key_size = sizeof(key) - 1;
	char text[OPTION_BYTES];
	u16 selector;
	u32 size;
	if (fw_cfg_find("opt/copra/options", &selector, &size) != ERR_OK) {
		return 0;
	}
	size = size < sizeof(text) ? size : (u32)sizeof(text);
	fw_cfg_read(selector, text, size);
	for (size_t i = 0; i + key_size <= size; i++) {
		size_t same = 0;
		while (same < key_size && text[i + same] == key[same]) {
			same++;
		}
		u64 value;
		bool start = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n';
		if (start && same == key_size && digits_read(text + i + key_size, size - i - key_size, &value)) {
			return value;
		}
	}
	return 0;
}

enum err memory_plan_make(struct memory_plan *plan, const char **why)
{
	u64 low, high;
	enum err error = ram_find(&low, &high);
	if (error != ERR_OK) {
		*why = "fw_cfg etc/e820 is missing: not started by QEMU?";
		return error;
	}
	if (high > RAM_LIMIT - FOUR_GIB) {
		*why = "QEMU's RAM ends above 512 GiB";
		return ERR_RANGE;
	}
	u64 guest = guest_memory_option();
	u64 own = guest == 0 ? MEMORY_OWN_DEFAULT : low + high - guest;
	if (guest > low + high || own < MEMORY_OWN_MINIMUM) {
		*why = "memory= leaves the machine less than 40 MiB of QEMU's RAM";
		return ERR_RANGE;
	}
	if (own > low || low - own < GUEST_MINIMUM) {
		*why = "memory= leaves the guest less than 32 MiB below 4 GiB";
		return ERR_RANGE;
	}
	plan->own_start = align_down(low - own, LARGE_PAGE_SIZE);
	plan->own_end = align_down(low, LARGE_PAGE_SIZE);
	plan->low_end = plan->own_start;
	plan->high_end = FOUR_GIB + align_down(high, LARGE_PAGE_SIZE);
	return ERR_OK;
}
