/* SPDX-License-Identifier: MIT */
#include <copra/sev.h>
#include <copra/vmsa.h>

#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

#define GROUP "6.3/5 CREATE_VCPU: "
#define NO_VMPL 255U

/*
 * For whom the bad VMSAs are: another CPU where there is one. For our own every VMSA is refused, so then it is not seen which of
 * its faults does it.
 */
static u64 target;

static volatile struct vmsa *vmsa_page(void)
{
	return (volatile struct vmsa *)page_at(PAGE_VMSA);
}

/* What SVSM (58019) section 6.3 asks of a new VMSA: the guest's VMPL, EFER.SVME, its features. */
static void write_good_vmsa(void)
{
	page_fill(PAGE_NEW_AREA, 0);
	smp_fill(page_address(PAGE_VMSA), 1);
}

static u64 create(u64 vmsa, u64 area, u64 apic_id)
{
	return svsm_core(SVSM_CORE_CREATE_VCPU, vmsa, area, apic_id);
}

static u64 destroy(u64 vmsa)
{
	return svsm_core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0);
}

/* One that must be refused; if it is not, the pages come back for the tests behind it. */
static u64 create_refused(u64 vmsa, u64 area, u64 apic_id)
{
	u64 result = create(vmsa, area, apic_id);
	if (result == SVSM_SUCCESS) {
		destroy(vmsa);
	}
	return result;
}

/* A refused VMSA is an ordinary page afterwards: we can still read and write it. */
static void expect_page_ours(void)
{
	page_fill(PAGE_VMSA, 3);
	tap_expect("the page afterwards", page_value(PAGE_VMSA), 3);
	page_fill(PAGE_NEW_AREA, 4);
	tap_expect("the other page afterwards", page_value(PAGE_NEW_AREA), 4);
}

enum vmsa_damage {
	DAMAGE_VMPL_0,
	DAMAGE_VMPL_ABOVE,
	DAMAGE_VMPL_NONE,
	DAMAGE_NO_SVME,
	DAMAGE_NO_FEATURES,
	DAMAGE_MORE_FEATURES,
	DAMAGE_ALL_FEATURES,
};

static void damage(enum vmsa_damage which)
{
	volatile struct vmsa *vmsa = vmsa_page();
	switch (which) {
	case DAMAGE_VMPL_0:
		vmsa->vmpl = 0;
		break;
	case DAMAGE_VMPL_ABOVE:
		vmsa->vmpl = (u8)(smp_vmpl() - 1);
		break;
	case DAMAGE_VMPL_NONE:
		vmsa->vmpl = NO_VMPL;
		break;
	case DAMAGE_NO_SVME:
		vmsa->efer &= ~EFER_SVME;
		break;
	case DAMAGE_NO_FEATURES:
		vmsa->sev_features = 0;
		break;
	case DAMAGE_MORE_FEATURES:
		vmsa->sev_features = smp_features() ^ SEV_FEATURE_RESTRICTED_INJECTION;
		break;
	case DAMAGE_ALL_FEATURES:
		vmsa->sev_features = UINT64_MAX;
		break;
	}
}

static const char *const damage_names[] = {
	[DAMAGE_VMPL_0] = "VMSA of VMPL0",
	[DAMAGE_VMPL_ABOVE] = "VMSA of the VMPL above the guest's",
	[DAMAGE_VMPL_NONE] = "VMSA of VMPL 255",
	[DAMAGE_NO_SVME] = "VMSA without EFER.SVME",
	[DAMAGE_NO_FEATURES] = "VMSA without SNP",
	[DAMAGE_MORE_FEATURES] = "VMSA with a feature the guest does not have",
	[DAMAGE_ALL_FEATURES] = "VMSA with all features",
};

static void test_damaged(enum vmsa_damage which)
{
	write_good_vmsa();
	damage(which);
	tap_begin();
	tap_expect("RAX", create_refused(page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA), target),
		   SVSM_ERR_INVALID_PARAMETER);
	expect_page_ours();
	tap_end(GROUP, damage_names[which]);
}

static void test_unknown_cpu(u64 apic_id, const char *name)
{
	write_good_vmsa();
	tap_begin();
	tap_expect("RAX", create_refused(page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA), apic_id),
		   SVSM_ERR_INVALID_PARAMETER);
	expect_page_ours();
	tap_end("6.3/4 CREATE_VCPU: ", name);
}

/* What is not aligned is a parameter. Which of the two codes other addresses that are wrong in themselves get is open. */
static void test_refused_pages(u64 vmsa, u64 area, const char *name)
{
	bool is_aligned = (vmsa | area) % PAGE_SIZE == 0;
	write_good_vmsa();
	tap_begin();
	tap_expect_either("RAX", create_refused(vmsa, area, target), SVSM_ERR_INVALID_PARAMETER,
			  is_aligned ? SVSM_ERR_INVALID_ADDRESS : SVSM_ERR_INVALID_PARAMETER);
	expect_page_ours();
	tap_end("6.3/3 CREATE_VCPU: ", name);
}

static void test_pages(void)
{
	u64 vmsa = page_address(PAGE_VMSA);
	u64 area = page_address(PAGE_NEW_AREA);
	test_refused_pages(vmsa + 8, area, "VMSA misaligned");
	test_refused_pages(vmsa, area + 8, "calling area misaligned");
	test_refused_pages(vmsa, vmsa, "VMSA and calling area are one page");
	test_refused_pages(svsm_calling_area(), area, "VMSA is the calling area in use");
	test_refused_pages(vmsa, svsm_calling_area(), "calling area is the one in use");
	test_refused_pages(vmsa, 0, "calling area is page 0, which is not ours");
	test_refused_pages(LARGE_REGION, area, "VMSA aligned to 2 MiB");
}

/* The VMSA that we run on lies somewhere in the SVSM's memory: none of its pages may be deleted. */
static void test_delete_own(void)
{
	u64 wrong = 0;
	tap_begin();
	const struct svsm_place *svsm = svsm_place();
	for (u64 page = svsm->base; page < svsm->base + svsm->size; page += PAGE_SIZE) {
		u64 result = destroy(page);
		wrong += result != SVSM_ERR_INVALID_PARAMETER && result != SVSM_ERR_INVALID_ADDRESS;
	}
	tap_expect("pages of the SVSM that were not refused", wrong, 0);
	tap_end("6.4/2 DELETE_VCPU: ", "of every page of the SVSM, our own VMSA among them");
}

static void test_delete_unknown(void)
{
	tap_begin();
	tap_expect("RAX", destroy(page_address(PAGE_VMSA)), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.4/3 DELETE_VCPU: ", "of an ordinary page");

	tap_begin();
	tap_expect("RAX", destroy(page_address(PAGE_VMSA) + 8), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.4/3 DELETE_VCPU: ", "of a misaligned address");

	tap_begin();
	tap_expect("RAX", destroy(svsm_calling_area()), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.4/3 DELETE_VCPU: ", "of the calling area");
}

/* While a VMSA and its calling area are registered, nothing else may be done with their pages. */
static void expect_registered_pages_held(void)
{
	u64 vmsa = page_address(PAGE_VMSA);
	u64 area = page_address(PAGE_NEW_AREA);
	u64 second = page_address(PAGE_SECOND);
	tap_expect("rescinding the VMSA", svsm_validate_one(svsm_entry(vmsa, ENTRY_RESCIND)), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("rescinding its area", svsm_validate_one(svsm_entry(area, ENTRY_RESCIND)), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("REMAP_CA to the VMSA", svsm_core(SVSM_CORE_REMAP_CA, vmsa, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("REMAP_CA to its area", svsm_core(SVSM_CORE_REMAP_CA, area, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("a list in the VMSA", list_call(vmsa), SVSM_ERR_INVALID_ADDRESS);
	tap_expect_either("the same VMSA again", create(vmsa, second, smp_apic_id(1)), SVSM_ERR_INVALID_ADDRESS,
			  SVSM_ERR_INVALID_PARAMETER);
	tap_expect_either("its area as a VMSA", create(area, second, smp_apic_id(1)), SVSM_ERR_INVALID_ADDRESS,
			  SVSM_ERR_INVALID_PARAMETER);
}

static void test_other_cpu(void)
{
	if (smp_count() < 2) {
		tap_skip("6.3/6 CREATE_VCPU: ", "for another CPU, and DELETE_VCPU", "there is one CPU only");
		return;
	}
	target = smp_apic_id(1);
	write_good_vmsa();
	tap_begin();
	tap_expect("RAX", create(page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA), target), SVSM_SUCCESS);
	expect_registered_pages_held();
	tap_expect("RAX of DELETE_VCPU", destroy(page_address(PAGE_VMSA)), SVSM_SUCCESS);
	tap_expect("RAX of DELETE_VCPU again", destroy(page_address(PAGE_VMSA)), SVSM_ERR_INVALID_PARAMETER);
	expect_page_ours();
	tap_end("6.3/6 CREATE_VCPU: ", "for another CPU, whose pages are held until DELETE_VCPU");
}

/* The CPU that asks runs from a VMSA of its own already. */
static void test_own_cpu(void)
{
	write_good_vmsa();
	tap_begin();
	tap_expect("RAX", create_refused(page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA), smp_apic_id(0)),
		   SVSM_ERR_INVALID_PARAMETER);
	expect_page_ours();
	tap_end("6.3/4 CREATE_VCPU: ", "for the CPU that asks");
}

void test_vcpus(void)
{
	target = smp_apic_id(0);
	test_other_cpu();
	test_own_cpu();
	for (u32 i = 0; i < ARRAY_SIZE(damage_names); i++) {
		test_damaged((enum vmsa_damage)i);
	}
	test_unknown_cpu(0x7FFFFFFF, "APIC ID 0x7fffffff");
	test_unknown_cpu(0xFFFFFFFF, "APIC ID 0xffffffff");
	test_unknown_cpu(0xFF, "APIC ID 255");
	test_pages();
	test_delete_unknown();
	test_delete_own();
}
