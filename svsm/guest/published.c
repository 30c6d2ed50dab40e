/* SPDX-License-Identifier: MIT */
#include "guest/published.h"

#include "guest/memory.h"
#include "guest/secrets.h"
#include "mm/frames.h"
#include "mm/own_map.h"

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
