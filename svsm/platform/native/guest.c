/* SPDX-License-Identifier: MIT */
#include "platform/native/guest.h"

#include "cpu/instructions.h"
#include "platform/platform.h"

err_t platform_vcpu_register(u32 apic_id, u32 vmpl, gpa_t vmsa, u64 sev_features)
{
	bool known = apic_id == platform_apic_id() && sev_features == platform_guest_features();
	return known ? ERR_OK : ERR_HOST;
}

err_t platform_guest_run(u32 vmpl)
{
	return native_guest_turn() ? ERR_OK : ERR_HOST;
}

/* No interrupt is on its way that could end a halt. */
void platform_idle(void)
{
	cpu_relax();
}

u64 platform_guest_features(void)
{
	return 0;
}

/* There is no PSP. */
err_t platform_messages_begin(void *pages)
{
	return ERR_UNSUPPORTED;
}

err_t platform_message_carry(struct platform_message *message)
{
	return ERR_UNSUPPORTED;
}
