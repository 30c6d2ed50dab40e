/* SPDX-License-Identifier: MIT */
#include "guest/vcpu_vmsa.h"

#include <copra/vmsa.h>

#include "guest/rights.h"
#include "platform/platform.h"

static struct vmsa *vmsa_window(gpa_t page)
{
	return platform_window_open(WINDOW_SLOT_TARGET, page, PAGE_4K, WINDOW_PRIVATE);
}

static enum err content_check(const struct vmsa *vmsa)
{
	u8 vmpl = 0;
	u64 efer = 0;
	u64 features = 0;
	enum err error = platform_window_read(&vmpl, &vmsa->vmpl, sizeof(vmpl));
	if (error == ERR_OK) {
		error = platform_window_read(&efer, &vmsa->efer, sizeof(efer));
	}
	if (error == ERR_OK) {
		error = platform_window_read(&features, &vmsa->sev_features, sizeof(features));
	}
	if (error != ERR_OK) {
		return error;
	}
	bool good = vmpl == rights_guest_vmpl() && (efer & EFER_SVME) != 0 && features == platform_guest_features();
	return good ? ERR_OK : ERR_INPUT;
}

enum err vmsa_check(gpa_t page)
{
	enum err error = content_check(vmsa_window(page));
	platform_window_close(WINDOW_SLOT_TARGET);
	return error;
}

enum err vmsa_close(gpa_t page, u32 *code)
{
	struct vmsa *window = vmsa_window(page);
	*code = rights_revoke(window, PAGE_4K);
	enum err error = platform_code_error(*code);
	if (error == ERR_OK) {
		platform_flush_guest();
		error = content_check(window);
	}
	platform_window_close(WINDOW_SLOT_TARGET);
	return error;
}

enum err vmsa_mark(gpa_t page, u32 *code)
{
	*code = rights_make_vmsa(vmsa_window(page));
	platform_window_close(WINDOW_SLOT_TARGET);
	return platform_code_error(*code);
}

enum err vmsa_open(gpa_t page, u32 *code)
{
	*code = rights_grant(vmsa_window(page), PAGE_4K);
	platform_window_close(WINDOW_SLOT_TARGET);
	return platform_code_error(*code);
}

/*
 * Without EFER.SVME the VMSA cannot be run (APM volume 2, section 15.5.1). A write to one that is in use waits for its exit (section
 * 15.36.12).
 */
enum err vmsa_stop(gpa_t page)
{
	enum err error = platform_window_and(&vmsa_window(page)->efer, ~EFER_SVME);
	platform_window_close(WINDOW_SLOT_TARGET);
	return error;
}

enum err vmsa_go_on(gpa_t page)
{
	enum err error = platform_window_or(&vmsa_window(page)->efer, EFER_SVME);
	platform_window_close(WINDOW_SLOT_TARGET);
	return error;
}
