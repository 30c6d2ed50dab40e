/* SPDX-License-Identifier: MIT */
/* What is done through windows, where every page can be touched: the ledger says what an RMP would. */
#include <copra/sev.h>

#include "base/align.h"
#include "base/mem.h"
#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "platform/native/ledger.h"
#include "x86/page_entry.h"

/* The page behind a window, or of the SVSM's own memory. */
static gpa_t page_of(const void *address)
{
	u64 page = align_down((u64)address, PAGE_SIZE);
	u64 small = page - (u64)own_map_window(0);
	u64 large = page - (u64)own_map_window_large(0);
	if (small < LARGE_PAGE_SIZE) {
		return gpa(*own_map_window_entry((u32)(small / PAGE_SIZE)) & PAGE_ENTRY_ADDRESS);
	}
	if (large < (u64)OWN_MAP_LARGE_WINDOWS * LARGE_PAGE_SIZE) {
		u64 entry = *own_map_window_large_entry((u32)(large / LARGE_PAGE_SIZE));
		return gpa((entry & PAGE_ENTRY_ADDRESS) + large % LARGE_PAGE_SIZE);
	}
	return own_gpa((const void *)page);
}

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	struct ledger_change change = ledger_validate(page_of(window), size, validate);
	return (struct validate_result){.code = change.code, .unchanged = change.unchanged};
}

/* There is one privilege level, so that there is nothing to be permitted. */
u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	if (vmpl == 0 || vmpl >= VMPL_COUNT || (permissions & ~RMP_PERM_DEFINED) != 0 || (vmsa && size == PAGE_2M)) {
		return RMP_FAIL_INPUT;
	}
	return ledger_is_validated(page_of(window)) ? RMP_SUCCESS : PLATFORM_PAGE_LOST;
}

/* What hardware would do with an access to such a page: #VC with error code 0x404. */
static err_t access_check(const void *window)
{
	return ledger_is_validated(page_of(window)) ? ERR_OK : ERR_LOST;
}

enum err platform_clear(void *window, enum page_size size)
{
	enum err error = access_check(window);
	if (error == ERR_OK) {
		bytes_zero(window, page_bytes(size));
	}
	return error;
}

enum err platform_window_read(void *to, const void *window, size_t n)
{
	enum err error = access_check(window);
	if (error == ERR_OK) {
		memcpy(to, window, n);
	}
	return error;
}

enum err platform_window_write(void *window, const void *from, size_t n)
{
	enum err error = access_check(window);
	if (error == ERR_OK) {
		memcpy(window, from, n);
	}
	return error;
}

enum err platform_window_and(u64 *word, u64 mask)
{
	enum err error = access_check(word);
	if (error == ERR_OK) {
		__atomic_fetch_and(word, mask, __ATOMIC_SEQ_CST);
	}
	return error;
}

enum err platform_window_or(u64 *word, u64 mask)
{
	enum err error = access_check(word);
	if (error == ERR_OK) {
		__atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST);
	}
	return error;
}

/* The content stays as it is, which is one of the things that an undefined content may be. */
enum err platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	return ledger_assign(start, pages, view == WINDOW_PRIVATE) == ERR_OK ? ERR_OK : ERR_HOST;
}

void platform_flush_guest(void)
{
	/* No guest runs, so nothing remembers a translation of its. */
}
