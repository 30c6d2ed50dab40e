/* SPDX-License-Identifier: MIT */
/* Every address that a call takes, at every place that is not the guest's own private memory. */
#include <copra/sev.h>
#include <copra/vmsa.h>

#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/host.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

struct address_case {
	const char *group;
	u64 (*call)(u64 address);
	bool takes_shared;    /* a shared page is a matter of state here, not of address */
	bool takes_rescinded; /* and so is a page given back */
	u64 or_result;        /* the specification's second choice, or the same */
};

static u64 call_remap(u64 address)
{
	return svsm_core(SVSM_CORE_REMAP_CA, address, 0, 0);
}

static u64 call_entry(u64 address, u64 flags)
{
	u64 list = list_in_calling_area();
	list_entry(list, 0, svsm_entry(address, flags));
	list_header(list, 1, 0);
	u64 result = list_call(list);
	tap_expect("next", list_next(list), 0);
	return result;
}

static u64 call_validate(u64 address)
{
	return call_entry(address, ENTRY_VALIDATE);
}

static u64 call_rescind(u64 address)
{
	return call_entry(address, ENTRY_RESCIND);
}

static u64 call_rescind_any(u64 address)
{
	return call_entry(address, ENTRY_RESCIND | ENTRY_ANY);
}

/* Another CPU where there is one: for our own every call is refused, so then it is not seen that it is the address. */
static u32 some_cpu(void)
{
	return smp_apic_id(smp_count() > 1 ? 1 : 0);
}

static u64 call_create_vmsa(u64 address)
{
	return svsm_core(SVSM_CORE_CREATE_VCPU, address, page_address(PAGE_NEW_AREA), some_cpu());
}

static u64 call_create_area(u64 address)
{
	smp_fill(page_address(PAGE_VMSA), 1);
	return svsm_core(SVSM_CORE_CREATE_VCPU, page_address(PAGE_VMSA), address, some_cpu());
}

static u64 call_delete(u64 address)
{
	return svsm_core(SVSM_CORE_DELETE_VCPU, address, 0, 0);
}

static const struct address_case cases[] = {
	{"6.1/2 REMAP_CA to ", call_remap, false, false, SVSM_ERR_INVALID_ADDRESS},
	{"6.2/2 PVALIDATE list in ", list_call, false, false, SVSM_ERR_INVALID_ADDRESS},
	{"6.2/8 PVALIDATE validates ", call_validate, true, true, SVSM_ERR_INVALID_ADDRESS},
	{"6.2/8 PVALIDATE rescinds ", call_rescind, true, true, SVSM_ERR_INVALID_ADDRESS},
	{"6.2/8 PVALIDATE rescinds (any state) ", call_rescind_any, true, true, SVSM_ERR_INVALID_ADDRESS},
	{"6.3/1 CREATE_VCPU with a VMSA in ", call_create_vmsa, false, false, SVSM_ERR_INVALID_PARAMETER},
	{"6.3/2 CREATE_VCPU with a calling area in ", call_create_area, false, false, SVSM_ERR_INVALID_PARAMETER},
	{"6.4/1 DELETE_VCPU of ", call_delete, false, false, SVSM_ERR_INVALID_PARAMETER},
};

/* Whether this place is a matter of state for this call, not of address. */
static bool is_taken(const struct address_case *c, u64 address)
{
	return (c->takes_shared && address == host_ghcb_address()) ||
	       (c->takes_rescinded && address == page_address(PAGE_RESCINDED));
}

static void test_case(const struct address_case *c, const struct foreign_place *places, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		if (!is_taken(c, places[i].address)) {
			tap_begin();
			tap_expect_either("RAX", c->call(places[i].address), SVSM_ERR_INVALID_ADDRESS, c->or_result);
			tap_end(c->group, places[i].name);
		}
	}
}

void test_addresses(void)
{
	u32 count;
	const struct foreign_place *places = foreign_places(&count);
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		test_case(&cases[i], places, count);
	}
}
