/* SPDX-License-Identifier: MIT */
#include <copra/sev.h>

#include "base/compiler.h"
#include "cpu/trap.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "platform/snp/window_access.h"

_Static_assert(PLATFORM_PAGE_LOST == 0xFFFFFFFFU, "window_access.S knows another value");

extern const u8 window_read_word[];
extern const u8 window_read_byte[];
extern const u8 window_write_word[];
extern const u8 window_write_byte[];
extern const u8 window_clear_words[];
extern const u8 window_and_word[];
extern const u8 window_or_word[];
extern const u8 window_validate_page[];
extern const u8 window_permit_page[];
extern const u8 window_access_lost[];

static bool is_one_of(u64 rip, const u8 *const *accesses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rip == (u64)accesses[i]) {
			return true;
		}
	}
	return false;
}

/* Those that are also made to what is lent to ring 3. */
static bool is_copy(u64 rip)
{
	const u8 *const copies[] = {window_read_word, window_read_byte, window_write_word, window_write_byte,
				    window_clear_words};
	return is_one_of(rip, copies, ARRAY_SIZE(copies));
}

static bool is_operation(u64 rip)
{
	const u8 *const operations[] = {window_and_word, window_or_word, window_validate_page, window_permit_page};
	return is_one_of(rip, operations, ARRAY_SIZE(operations));
}

/*
 * CR2 says nothing with this #VC (APM volume 2, section 15.36.10), so the address is taken from the register. To look up what it
 * maps reads the page tables through their own mapping: if one of those is the page that the host replaced, this faults in
 * its turn, and that ends the SVSM.
 */
bool window_fault_fix(struct trap_frame *frame)
{
	if (frame->error_code != SVM_EXIT_PAGE_NOT_VALIDATED && frame->error_code != SVM_EXIT_NPF) {
		return false;
	}
	bool copy = is_copy(frame->rip);
	if (!copy && !is_operation(frame->rip)) {
		return false;
	}
	u64 address = frame->rip == (u64)window_clear_words ? frame->rdi : frame->rax;
	if (!own_map_is_guest_window(address) && !(copy && own_map_is_own(address))) {
		return false;
	}
	frame->rip = (u64)window_access_lost;
	return true;
}
