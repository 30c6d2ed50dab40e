/* SPDX-License-Identifier: MIT */
#include "platform/snp/apic_ids.h"

#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/host.h"

err_t apic_ids_ask(void *page, u32 *apic_ids, u32 count)
{
	struct ghcb_call call = {
		.code = GHCB_NAE_APIC_ID_LIST,
		.info1 = own_gpa(page).raw,
		.rax = 1,
		.pass = GHCB_PASS_RAX,
	};
	const volatile u32 *words = page; /* the number of IDs, then they */
	CHECK(count < PAGE_SIZE / sizeof(u32));
	if ((host_features() & GHCB_FEATURE_APIC_ID_LIST) == 0) {
		return ERR_UNSUPPORTED;
	}
	enum err error = ghcb_exchange(&call);
	if (error == ERR_OK && words[0] != count) {
		error = ERR_HOST;
	}
	for (u32 i = 0; error == ERR_OK && i < count; i++) {
		apic_ids[i] = words[1 + i];
	}
	bytes_zero(page, PAGE_SIZE);
	return error;
}
