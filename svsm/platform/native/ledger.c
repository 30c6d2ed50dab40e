/* SPDX-License-Identifier: MIT */
#include "platform/native/ledger.h"

#include <copra/boot.h>
#include <copra/sev.h>

#include "base/mem.h"
#include "base/range.h"
#include "platform/platform.h"

enum entry {
	ENTRY_NONE, /* there is no entry */
	ENTRY_SHARED,
	ENTRY_ASSIGNED,
	ENTRY_VALIDATED,
};

static struct {
	u64 start, size; /* the SVSM's own memory */
	u8 own[BOOT_MAX_SIZE / PAGE_SIZE];
	u8 guest[LEDGER_GUEST_LIMIT / PAGE_SIZE];
} ledger;

static u8 *entry_find(u64 address)
{
	if (range_within(address, 1, ledger.start, ledger.size)) {
		return &ledger.own[(address - ledger.start) / PAGE_SIZE];
	}
	return address < LEDGER_GUEST_LIMIT ? &ledger.guest[address / PAGE_SIZE] : NULL;
}

static enum entry entry_at(u64 address)
{
	const u8 *entry = entry_find(address);
	return entry == NULL ? ENTRY_NONE : (enum entry) * entry;
}

void ledger_init(u64 start, u64 size, u64 loaded)
{
	ledger.start = start;
	ledger.size = size < BOOT_MAX_SIZE ? size : BOOT_MAX_SIZE;
	memset(ledger.guest, ENTRY_SHARED, sizeof(ledger.guest));
	memset(ledger.own, ENTRY_SHARED, sizeof(ledger.own));
	for (u64 at = 0; at < loaded && at < ledger.size; at += PAGE_SIZE) {
		ledger.own[at / PAGE_SIZE] = ENTRY_VALIDATED;
	}
}

enum err ledger_assign(gpa_t start, u64 pages, bool assigned)
{
	for (u64 i = 0; i < pages; i++) {
		if (entry_find(start.raw + i * PAGE_SIZE) == NULL) {
			return ERR_RANGE;
		}
	}
	for (u64 i = 0; i < pages; i++) {
		*entry_find(start.raw + i * PAGE_SIZE) = assigned ? ENTRY_ASSIGNED : ENTRY_SHARED;
	}
	return ERR_OK;
}

static bool uniform(u64 start, u64 bytes)
{
	for (u64 at = PAGE_SIZE; at < bytes; at += PAGE_SIZE) {
		if (entry_at(start + at) != entry_at(start)) {
			return false;
		}
	}
	return true;
}

struct ledger_change ledger_validate(gpa_t page, enum page_size size, bool validate)
{
	enum entry before = entry_at(page.raw);
	enum entry after = validate ? ENTRY_VALIDATED : ENTRY_ASSIGNED;
	if (before == ENTRY_NONE) {
		return (struct ledger_change){.code = RMP_FAIL_INPUT};
	}
	if (!uniform(page.raw, page_bytes(size))) {
		return (struct ledger_change){.code = RMP_FAIL_SIZE_MISMATCH};
	}
	if (before == ENTRY_SHARED) {
		return (struct ledger_change){.code = PLATFORM_PAGE_LOST};
	}
	for (u64 at = 0; at < page_bytes(size); at += PAGE_SIZE) {
		*entry_find(page.raw + at) = (u8)after;
	}
	return (struct ledger_change){.code = RMP_SUCCESS, .unchanged = before == after};
}

bool ledger_is_validated(gpa_t page)
{
	return entry_at(page.raw) == ENTRY_VALIDATED;
}
