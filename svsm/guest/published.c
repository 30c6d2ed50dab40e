/* SPDX-License-Identifier: MIT */
#include "guest/published.h"

#include <copra/svsm.h>

#include "base/mem.h"
#include "guest/memory.h"
#include "mm/frames.h"
#include "mm/own_map.h"

void secrets_publish(struct secrets_page *out, const struct secrets_page *in, const struct boot_layout *layout)
{
	memcpy(out, in, sizeof(*out));
	for (u32 vmpl = 0; vmpl < layout->guest.vmpl; vmpl++) {
		memset(out->vmpck[vmpl], 0, sizeof(out->vmpck[vmpl]));
	}
	out->svsm_base = layout->base;
	out->svsm_size = layout->size;
	out->svsm_calling_area = layout->guest.calling_area;
	out->svsm_max_version = SVSM_CORE_VERSION;
	out->svsm_guest_vmpl = (u8)layout->guest.vmpl;
	memset(out->svsm_reserved, 0, sizeof(out->svsm_reserved));
}

err_t published_write(const struct boot_layout *layout, const struct cpuid_page *cpuid)
{
	void *page = NULL;
	enum err error = frames_take(1, &page);
	if (error != ERR_OK) {
		return error;
	}
	error = guest_write(gpa(layout->guest.calling_area), page, PAGE_SIZE);
	if (error == ERR_OK) {
		error = guest_write(gpa(layout->guest.cpuid), cpuid, sizeof(*cpuid));
	}
	if (error == ERR_OK) {
		secrets_publish(page, own_address(gpa(layout->secrets)), layout);
		error = guest_write(gpa(layout->guest.secrets), page, PAGE_SIZE);
	}
	frames_return(page, 1);
	return error;
}
