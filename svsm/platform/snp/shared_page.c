/* SPDX-License-Identifier: MIT */
#include "platform/snp/shared_page.h"

#include <copra/sev.h>

#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "platform/snp/ghcb_msr.h"
#include "platform/snp/instructions.h"

err_t shared_page_make(void *page)
{
	bool unchanged;
	if (pvalidate(page, RMP_PAGE_SIZE_4K, 0, &unchanged) != RMP_SUCCESS || unchanged) {
		return ERR_HARDWARE;
	}
	gpa_t address = own_gpa(page);
	bool by_msr = cpu_current()->ghcb == NULL;
	enum err error = by_msr ? ghcb_msr_page_share(address) : platform_page_state(address, 1, WINDOW_SHARED);
	if (error != ERR_OK) {
		return error;
	}
	own_map_share(page);
	bytes_zero(page, PAGE_SIZE);
	return ERR_OK;
}
