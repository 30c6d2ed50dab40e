/* SPDX-License-Identifier: MIT */
#include "guest/rights.h"

#include "platform/platform.h"

static u32 guest_vmpl;

enum err rights_init(u32 vmpl)
{
	if (vmpl == 0 || vmpl >= VMPL_COUNT) {
		return ERR_INPUT;
	}
	guest_vmpl = vmpl;
	return ERR_OK;
}

u32 rights_guest_vmpl(void)
{
	return guest_vmpl;
}

/* The guest's VMPL last: a page that is half done gives it nothing. */
static u32 rights_set(void *window, enum page_size size, u32 guest_rights, bool vmsa)
{
	for (u32 vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
		u32 code = vmpl == guest_vmpl ? RMP_SUCCESS : platform_permit(window, size, vmpl, 0, vmsa);
		if (code != RMP_SUCCESS) {
			return code;
		}
	}
	return platform_permit(window, size, guest_vmpl, guest_rights, vmsa);
}

u32 rights_grant(void *window, enum page_size size)
{
	return rights_set(window, size, RMP_PERM_ALL, false);
}

u32 rights_revoke(void *window, enum page_size size)
{
	return rights_set(window, size, 0, false);
}

u32 rights_make_vmsa(void *window)
{
	return rights_set(window, PAGE_4K, RMP_PERM_READ, true);
}
