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

u32 rights_grant(void *window, enum page_size size)
{
	return platform_permit(window, size, guest_vmpl, RMP_PERM_ALL, false);
}

u32 rights_revoke(void *window, enum page_size size)
{
	return platform_permit(window, size, guest_vmpl, 0, false);
}

u32 rights_make_vmsa(void *window)
{
	return platform_permit(window, PAGE_4K, guest_vmpl, RMP_PERM_READ, true);
}
