/* SPDX-License-Identifier: MIT */
/* What the SVSM says of itself in the secrets page. */
#include <copra/sev.h>
#include <copra/svsm.h>

#include "conformance/tap.h"
#include "conformance/tests.h"

static void test_place(const struct secrets_page *secrets)
{
	tap_begin();
	tap_expect("size is 0", secrets->svsm_size == 0, false);
	tap_expect("base in its page", secrets->svsm_base % PAGE_SIZE, 0);
	tap_expect("size in its page", secrets->svsm_size % PAGE_SIZE, 0);
	tap_end("4.1/1 ", "the secrets page says where the SVSM is");
}

static void test_calling_area_named(const struct secrets_page *secrets)
{
	u64 area = secrets->svsm_calling_area;
	tap_begin();
	tap_expect("calling area in its page", area % PAGE_SIZE, 0);
	tap_expect("calling area inside the SVSM", area - secrets->svsm_base < secrets->svsm_size, false);
	tap_end("4.1/2 ", "the secrets page names a calling area of ours, which works");
}

static void test_level(const struct secrets_page *secrets)
{
	u64 keys = 0;
	u32 vmpl = secrets->svsm_guest_vmpl;
	tap_begin();
	tap_expect("version is 0", secrets->svsm_max_version == 0, false);
	tap_end("4.1/3 ", "the secrets page says which version there is");

	tap_begin();
	tap_expect("VMPL is from 1 to 3", vmpl >= 1 && vmpl < VMPL_COUNT, true);
	for (u32 level = 0; level < vmpl && level < VMPL_COUNT; level++) {
		for (u32 i = 0; i < sizeof(secrets->vmpck[level]); i++) {
			keys |= secrets->vmpck[level][i];
		}
	}
	tap_expect("key bytes of more privileged VMPLs", keys, 0);
	tap_end("4.1/4 ", "the secrets page says our VMPL, and has no key of the VMPLs above it");
}

void test_discovery(const struct secrets_page *secrets)
{
	test_place(secrets);
	test_calling_area_named(secrets);
	test_level(secrets);
}
