/* SPDX-License-Identifier: MIT */
/* What is done through windows: copies, PVALIDATE and RMPADJUST. */
#include <copra/sev.h>

#include "platform/platform.h"
#include "platform/snp/instructions.h"
#include "platform/snp/window_access.h"

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	struct validate_result result = {0};
	u32 rmp_size = size == PAGE_2M ? RMP_PAGE_SIZE_2M : RMP_PAGE_SIZE_4K;
	bool unchanged = false;
	result.code = window_validate(window, rmp_size, validate ? 1 : 0, &unchanged);
	result.unchanged = result.code == RMP_SUCCESS && unchanged;
	return result;
}

u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	u64 attributes = vmpl | (u64)permissions << RMPADJUST_PERM_SHIFT | (vmsa ? RMPADJUST_VMSA : 0);
	return window_permit(window, size == PAGE_2M ? RMP_PAGE_SIZE_2M : RMP_PAGE_SIZE_4K, attributes);
}

enum err platform_clear(void *window, enum page_size size)
{
	return platform_code_error(window_clear(window, page_bytes(size)));
}

enum err platform_window_read(void *to, const void *window, size_t n)
{
	return platform_code_error(window_read(to, window, n));
}

enum err platform_window_write(void *window, const void *from, size_t n)
{
	return platform_code_error(window_write(window, from, n));
}

enum err platform_window_and(u64 *word, u64 mask)
{
	return platform_code_error(window_and(word, mask));
}

enum err platform_window_or(u64 *word, u64 mask)
{
	return platform_code_error(window_or(word, mask));
}
