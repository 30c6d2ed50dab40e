/* SPDX-License-Identifier: MIT */
#include "guest/secrets.h"

#include <copra/svsm.h>

#include "base/mem.h"

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
