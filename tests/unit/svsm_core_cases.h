/* SPDX-License-Identifier: MIT */
/*
 * Malformed and borderline calls of the core protocol and what the SVSM answers, one line each. Every case starts from the guest
 * of svsm_setup.h and stands alone. A guest program can run the same lines with its own addresses.
 */
#pragma once

#include <copra/svsm.h>

#include "svsm_setup.h"

struct core_case {
	const char *name;
	u32 call;
	u64 rcx, rdx, r8;
	u64 result;
};

#define AREA_FREE (GUEST_PRIVATE + 0x12000)
#define VMSA_FREE (GUEST_PRIVATE + 0x11000) /* holds a VMSA that can run */
#define TOP_PAGE 0xFFFFFFFFFFFFF000ULL

static const struct core_case core_cases[] = {
	{"remap: the present one", SVSM_CORE_REMAP_CA, GUEST_CALLING_AREA, 0, 0, SVSM_SUCCESS},
	{"remap: another page", SVSM_CORE_REMAP_CA, AREA_FREE, 0, 0, SVSM_SUCCESS},
	{"remap: not aligned", SVSM_CORE_REMAP_CA, AREA_FREE + 8, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"remap: the present one, not aligned", SVSM_CORE_REMAP_CA, GUEST_CALLING_AREA + 1, 0, 0,
	 SVSM_ERR_INVALID_PARAMETER},
	{"remap: shared page", SVSM_CORE_REMAP_CA, GUEST_SHARED, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: no memory", SVSM_CORE_REMAP_CA, GUEST_HOLE, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: top of the address space", SVSM_CORE_REMAP_CA, TOP_PAGE, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: SVSM memory", SVSM_CORE_REMAP_CA, SVSM_BASE, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: a VMSA", SVSM_CORE_REMAP_CA, GUEST_OTHER_VMSA, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: a retired VMSA", SVSM_CORE_REMAP_CA, GUEST_RETIRED_VMSA, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"remap: another vCPU's", SVSM_CORE_REMAP_CA, GUEST_OTHER_AREA, 0, 0, SVSM_ERR_INVALID_ADDRESS},

	{"create: good", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE, 2, SVSM_SUCCESS},
	{"create: upper half of R8 ignored", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE, 1ULL << 32 | 2, SVSM_SUCCESS},
	{"create: replaces", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE, 1, SVSM_SUCCESS},
	{"create: replaces, same area", SVSM_CORE_CREATE_VCPU, VMSA_FREE, GUEST_OTHER_AREA, 1, SVSM_SUCCESS},
	{"create: VMSA not aligned", SVSM_CORE_CREATE_VCPU, VMSA_FREE + 8, AREA_FREE, 2, SVSM_ERR_INVALID_PARAMETER},
	{"create: VMSA 2 MiB aligned", SVSM_CORE_CREATE_VCPU, GUEST_PRIVATE, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area not aligned", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE + 8, 2, SVSM_ERR_INVALID_PARAMETER},
	{"create: same page", SVSM_CORE_CREATE_VCPU, VMSA_FREE, VMSA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA shared", SVSM_CORE_CREATE_VCPU, GUEST_SHARED + 0x1000, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA no memory", SVSM_CORE_CREATE_VCPU, GUEST_HOLE + 0x1000, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA in the SVSM", SVSM_CORE_CREATE_VCPU, SVSM_VMSA, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA in use", SVSM_CORE_CREATE_VCPU, GUEST_OTHER_VMSA, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA in use, same vCPU", SVSM_CORE_CREATE_VCPU, GUEST_OTHER_VMSA, AREA_FREE, 1,
	 SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA retired", SVSM_CORE_CREATE_VCPU, GUEST_RETIRED_VMSA, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: VMSA is an area", SVSM_CORE_CREATE_VCPU, GUEST_CALLING_AREA, AREA_FREE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area shared", SVSM_CORE_CREATE_VCPU, VMSA_FREE, GUEST_SHARED, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area in the SVSM", SVSM_CORE_CREATE_VCPU, VMSA_FREE, SVSM_BASE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area is a VMSA", SVSM_CORE_CREATE_VCPU, VMSA_FREE, GUEST_OTHER_VMSA, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area in use", SVSM_CORE_CREATE_VCPU, VMSA_FREE, GUEST_CALLING_AREA, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: area at the top", SVSM_CORE_CREATE_VCPU, VMSA_FREE, TOP_PAGE, 2, SVSM_ERR_INVALID_ADDRESS},
	{"create: unknown APIC ID", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE, 3, SVSM_ERR_INVALID_PARAMETER},
	{"create: the caller's APIC ID", SVSM_CORE_CREATE_VCPU, VMSA_FREE, AREA_FREE, 0, SVSM_ERR_INVALID_PARAMETER},
	{"create: VMSA of zeros", SVSM_CORE_CREATE_VCPU, VMSA_FREE + 0x4000, AREA_FREE, 2, SVSM_ERR_INVALID_PARAMETER},

	{"delete: good", SVSM_CORE_DELETE_VCPU, GUEST_OTHER_VMSA, 0, 0, SVSM_SUCCESS},
	{"delete: retired", SVSM_CORE_DELETE_VCPU, GUEST_RETIRED_VMSA, 0, 0, SVSM_SUCCESS},
	{"delete: not aligned", SVSM_CORE_DELETE_VCPU, GUEST_OTHER_VMSA + 8, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: zero", SVSM_CORE_DELETE_VCPU, 0, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: no VMSA", SVSM_CORE_DELETE_VCPU, VMSA_FREE, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: an area", SVSM_CORE_DELETE_VCPU, GUEST_OTHER_AREA, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: shared page", SVSM_CORE_DELETE_VCPU, GUEST_SHARED, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: no memory", SVSM_CORE_DELETE_VCPU, GUEST_HOLE, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: SVSM memory", SVSM_CORE_DELETE_VCPU, SVSM_BASE, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: the caller's", SVSM_CORE_DELETE_VCPU, SVSM_VMSA, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"delete: top of the address space", SVSM_CORE_DELETE_VCPU, TOP_PAGE, 0, 0, SVSM_ERR_INVALID_PARAMETER},

	{"deposit: not aligned", SVSM_CORE_DEPOSIT_MEM, AREA_FREE + 4, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"deposit: empty list", SVSM_CORE_DEPOSIT_MEM, AREA_FREE, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"deposit: shared list", SVSM_CORE_DEPOSIT_MEM, GUEST_SHARED, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"withdraw: nothing there", SVSM_CORE_WITHDRAW_MEM, AREA_FREE, 0, 0, SVSM_SUCCESS},
	{"withdraw: not aligned", SVSM_CORE_WITHDRAW_MEM, AREA_FREE + 1, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"withdraw: SVSM memory", SVSM_CORE_WITHDRAW_MEM, SVSM_BASE, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"withdraw: a VMSA", SVSM_CORE_WITHDRAW_MEM, GUEST_OTHER_VMSA, 0, 0, SVSM_ERR_INVALID_ADDRESS},
	{"vTOM: query", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_QUERY, 0, 0, SVSM_SUCCESS},
	{"vTOM: query, reserved bits", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_QUERY | 2, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"vTOM: query, the last bit", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_QUERY | 1ULL << 63, 0, 0,
	 SVSM_ERR_INVALID_PARAMETER},
	{"vTOM: set", SVSM_CORE_CONFIGURE_VTOM, 1ULL << 46, 0, 0, SVSM_ERR_INVALID_REQUEST},
	{"vTOM: set, all registers", SVSM_CORE_CONFIGURE_VTOM, 1ULL << 46 | 0x1E, 0, 0, SVSM_ERR_INVALID_REQUEST},
	{"vTOM: set, reserved bit 5", SVSM_CORE_CONFIGURE_VTOM, 0x20, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"vTOM: set, reserved bit 11", SVSM_CORE_CONFIGURE_VTOM, 0x802, 0, 0, SVSM_ERR_INVALID_PARAMETER},
	{"call 8", 8, 0, 0, 0, SVSM_ERR_UNSUPPORTED_CALL},
	{"call 2^32 - 1", UINT32_MAX, 0, 0, 0, SVSM_ERR_UNSUPPORTED_CALL},
};

/* SVSM_CORE_PVALIDATE: the list, and what is in it. */
struct pvalidate_case {
	const char *name;
	u64 rcx;
	u16 entries, next;
	u64 entry[2];
	u64 result;
	u16 next_after;
};

#define LIST (GUEST_PRIVATE + 0x20000)
#define LIST_ROOM 511U /* entries in a list at the start of a page */
#define ENTRY_4K(page, flags) ((page) | (flags))
#define ENTRY_2M(page, flags) ((page) | (flags) | SVSM_PVALIDATE_SIZE_2M)
#define ON SVSM_PVALIDATE_VALIDATE
#define OFF 0ULL
#define IGNORE SVSM_PVALIDATE_IGNORE_CF
#define NEW_PAGE GUEST_SHARED /* assigned by the host, 2 MiB aligned; the next block is in 4 KiB entries */
#define NEW_SMALL (GUEST_SHARED + 2 * MIB)
#define OLD_PAGE (GUEST_PRIVATE + 0x30000) /* private */
#define OLD_LARGE (GUEST_PRIVATE + 2 * MIB)

#define BAD_ADDRESS SVSM_ERR_INVALID_ADDRESS
#define BAD_PARAMETER SVSM_ERR_INVALID_PARAMETER
#define NO_CHANGE SVSM_ERR_CORE_NO_CHANGE
#define WRONG_SIZE (SVSM_ERR_PROTOCOL_BASE + 6)

static const struct pvalidate_case pvalidate_cases[] = {
	{"validate 4K", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, SVSM_SUCCESS, 1},
	{"validate 2M", LIST, 1, 0, {ENTRY_2M(NEW_PAGE, ON)}, SVSM_SUCCESS, 1},
	{"rescind 4K", LIST, 1, 0, {ENTRY_4K(OLD_PAGE, OFF)}, SVSM_SUCCESS, 1},
	{"rescind 2M", LIST, 1, 0, {ENTRY_2M(OLD_LARGE, OFF)}, SVSM_SUCCESS, 1},
	{"two entries", LIST, 2, 0, {ENTRY_4K(NEW_PAGE, ON), ENTRY_4K(OLD_PAGE, OFF)}, SVSM_SUCCESS, 2},
	{"from next on", LIST, 2, 1, {ENTRY_4K(1, 0xFF0), ENTRY_4K(OLD_PAGE, OFF)}, SVSM_SUCCESS, 2},
	{"list in the calling area", GUEST_CALLING_AREA + 8, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, SVSM_SUCCESS, 1},
	{"list at the end of a page", LIST + 4080, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, SVSM_SUCCESS, 1},

	{"list: not aligned", LIST + 4, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_PARAMETER, 0},
	{"list: no room for an entry", LIST + 4088, 1, 0, {0}, BAD_PARAMETER, 0},
	{"list: leaves the page", LIST + 4080, 2, 0, {ENTRY_4K(NEW_PAGE, ON), 0}, BAD_PARAMETER, 0},
	{"list: one too many", LIST, LIST_ROOM + 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_PARAMETER, 0},
	{"list: far too many", LIST, UINT16_MAX, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_PARAMETER, 0},
	{"list: empty", LIST, 0, 0, {0}, BAD_PARAMETER, 0},
	{"list: next is the count", LIST, 1, 1, {ENTRY_4K(NEW_PAGE, ON)}, BAD_PARAMETER, 1},
	{"list: next is beyond", LIST, 1, UINT16_MAX, {ENTRY_4K(NEW_PAGE, ON)}, BAD_PARAMETER, UINT16_MAX},
	{"list: shared", GUEST_SHARED, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_ADDRESS, 0},
	{"list: SVSM memory", SVSM_BASE, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_ADDRESS, 0},
	{"list: a VMSA", GUEST_OTHER_VMSA, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_ADDRESS, 0},
	{"list: no memory", GUEST_HOLE, 1, 0, {ENTRY_4K(NEW_PAGE, ON)}, BAD_ADDRESS, 0},

	{"entry: reserved bit 4", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, ON | 1 << 4)}, BAD_PARAMETER, 0},
	{"entry: reserved bit 11", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, ON | 1 << 11)}, BAD_PARAMETER, 0},
	{"entry: size 2", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, ON | 2)}, BAD_PARAMETER, 0},
	{"entry: size 3", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, ON | 3)}, BAD_PARAMETER, 0},
	{"entry: 2M not aligned", LIST, 1, 0, {ENTRY_2M(NEW_PAGE + 0x1000, ON)}, BAD_PARAMETER, 0},
	{"entry: 2M not aligned, around the list",
	 LIST,
	 1,
	 0,
	 {ENTRY_2M(GUEST_PRIVATE + 0x1000, OFF)},
	 BAD_PARAMETER,
	 0},
	{"entry: the second is bad",
	 LIST,
	 2,
	 0,
	 {ENTRY_4K(NEW_PAGE, ON), ENTRY_4K(OLD_PAGE, 1 << 5)},
	 BAD_PARAMETER,
	 1},
	{"entry: SVSM memory", LIST, 1, 0, {ENTRY_4K(SVSM_BASE, ON)}, BAD_ADDRESS, 0},
	{"entry: SVSM memory, rescind", LIST, 1, 0, {ENTRY_4K(SVSM_VMSA, OFF)}, BAD_ADDRESS, 0},
	{"entry: SVSM memory, 2M", LIST, 1, 0, {ENTRY_2M(SVSM_BASE, OFF | IGNORE)}, BAD_ADDRESS, 0},
	{"entry: no memory", LIST, 1, 0, {ENTRY_4K(GUEST_HOLE, ON)}, BAD_ADDRESS, 0},
	{"entry: no memory, 2M", LIST, 1, 0, {ENTRY_2M(GUEST_HOLE, ON)}, BAD_ADDRESS, 0},
	{"entry: top of the address space", LIST, 1, 0, {ENTRY_4K(TOP_PAGE, ON)}, BAD_ADDRESS, 0},
	{"entry: a VMSA", LIST, 1, 0, {ENTRY_4K(GUEST_OTHER_VMSA, OFF)}, BAD_ADDRESS, 0},
	{"entry: a VMSA, validate", LIST, 1, 0, {ENTRY_4K(GUEST_OTHER_VMSA, ON | IGNORE)}, BAD_ADDRESS, 0},
	{"entry: a retired VMSA", LIST, 1, 0, {ENTRY_4K(GUEST_RETIRED_VMSA, OFF)}, BAD_ADDRESS, 0},
	{"entry: 2M with a VMSA in it", LIST, 1, 0, {ENTRY_2M(GUEST_PRIVATE, OFF)}, BAD_ADDRESS, 0},
	{"entry: the own calling area", LIST, 1, 0, {ENTRY_4K(GUEST_CALLING_AREA, OFF)}, BAD_ADDRESS, 0},
	{"entry: another calling area", LIST, 1, 0, {ENTRY_4K(GUEST_OTHER_AREA, OFF)}, BAD_ADDRESS, 0},
	{"entry: the list itself", LIST, 1, 0, {ENTRY_4K(LIST, OFF)}, BAD_ADDRESS, 0},
	{"entry: 2M around the list", OLD_LARGE + 0x8000, 1, 0, {ENTRY_2M(OLD_LARGE, OFF)}, BAD_ADDRESS, 0},
	{"entry: validated already", LIST, 1, 0, {ENTRY_4K(OLD_PAGE, ON)}, NO_CHANGE, 0},
	{"entry: validated already, ignored", LIST, 1, 0, {ENTRY_4K(OLD_PAGE, ON | IGNORE)}, SVSM_SUCCESS, 1},
	{"entry: rescinded already", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, OFF)}, NO_CHANGE, 0},
	{"entry: rescinded already, ignored", LIST, 1, 0, {ENTRY_4K(NEW_PAGE, OFF | IGNORE)}, SVSM_SUCCESS, 1},
	{"entry: 2M validated already", LIST, 1, 0, {ENTRY_2M(OLD_LARGE, ON)}, NO_CHANGE, 0},
	{"entry: 2M of 4K entries", LIST, 1, 0, {ENTRY_2M(NEW_SMALL, ON)}, WRONG_SIZE, 0},
	{"entry: 2M half done", LIST, 2, 0, {ENTRY_4K(NEW_PAGE, ON), ENTRY_2M(NEW_PAGE, ON)}, WRONG_SIZE, 1},
};
