/* SPDX-License-Identifier: MIT */
/* What a CPU may do in a turn. */
#include <copra/sev.h>

#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/memory.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"
#include "storm/storm.h"

#define SMALL_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define LIST_ENTRIES 32U
#define CAPACITY 511U
#define REWRITES 8U
#define CORE_CALLS 16U /* numbers from here on are no calls */

static u32 below(u32 limit)
{
	return random_below(&storm_self()->random, limit);
}

static u64 own_page(enum storm_page page)
{
	return storm_page(cpu_current()->index, page);
}

/* Results of PVALIDATE that depend on what the others do. */
static bool is_common_result(u64 result)
{
	switch (result) {
	case SVSM_SUCCESS:
	case SVSM_ERR_INCOMPLETE:
	case SVSM_ERR_INVALID_ADDRESS:
	case SVSM_ERR_INVALID_PARAMETER:
	case SVSM_ERR_BUSY:
	case SVSM_ERR_CORE_NO_CHANGE:
	case SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZE_MISMATCH:
		return true;
	default:
		return false;
	}
}

static u64 common_entry(void)
{
	u64 flags = random_next(&storm_self()->random) & (ENTRY_VALIDATE | ENTRY_ANY);
	u64 block = STORM_COMMON + (u64)below(STORM_COMMON_BLOCKS) * LARGE_PAGE_SIZE;
	switch (below(16)) {
	case 0:
		return svsm_entry(storm_foreign(), flags);
	case 1:
		return random_next(&storm_self()->random) | SVSM_PVALIDATE_RESERVED;
	case 2:
	case 3:
		return svsm_entry(block, flags | ENTRY_LARGE);
	default:
		return svsm_entry(block + (u64)below(SMALL_PAGES) * PAGE_SIZE, flags);
	}
}

static volatile struct svsm_pvalidate_header *list_write(u64 list, u32 entries)
{
	volatile struct svsm_pvalidate_header *header = memory_at(list);
	volatile u64 *words = (volatile u64 *)(header + 1);
	header->entries = (u16)entries;
	header->next = 0;
	header->reserved = 0;
	for (u32 i = 0; i < entries && i < LIST_ENTRIES; i++) {
		words[i] = common_entry();
	}
	return header;
}

/* next only ever moves on, and is at the end after success. */
static void turn_common(void)
{
	u64 list = below(2) ? own_page(STORM_LIST) : svsm_calling_area() + sizeof(struct svsm_calling_area);
	u32 entries = 1 + below(LIST_ENTRIES);
	volatile struct svsm_pvalidate_header *header = list_write(list, entries);
	u64 result = storm_call(SVSM_CORE_PVALIDATE, list, 0, 0);
	storm_expect(is_common_result(result), SVSM_CORE_PVALIDATE, result);
	storm_expect((result == SVSM_SUCCESS) == (header->next == entries), SVSM_CORE_PVALIDATE, header->next);
}

/* Pages lent to the SVSM, and back: whoever asks gets those that another one lent. An SVSM need not have the calls. */
static void turn_lend(void)
{
	u64 list = own_page(STORM_LIST);
	u32 call = below(2) ? SVSM_CORE_DEPOSIT_MEM : SVSM_CORE_WITHDRAW_MEM;
	u32 entries = 1 + below(LIST_ENTRIES);
	volatile struct svsm_pvalidate_header *header = list_write(list, entries);
	volatile u64 *words = (volatile u64 *)(header + 1);
	for (u32 i = 0; i < entries; i++) {
		words[i] = common_entry() & ~(ENTRY_VALIDATE | ENTRY_ANY);
	}
	u64 result = storm_call(call, list, 0, 0);
	storm_expect(is_common_result(result) || result == SVSM_ERR_UNSUPPORTED_CALL, call, result);
}

static void turn_bad_list(void)
{
	u64 list = own_page(STORM_LIST);
	volatile struct svsm_pvalidate_header *header = list_write(list, 1);
	header->entries = (u16)(below(2) ? 0 : CAPACITY + 1 + below(0x8000));
	header->next = (u16)below(0x10000);
	u64 result = storm_call(SVSM_CORE_PVALIDATE, list, 0, 0);
	storm_expect(result == SVSM_ERR_INVALID_PARAMETER, SVSM_CORE_PVALIDATE, result);
	result = storm_call(SVSM_CORE_PVALIDATE, storm_foreign() & ~7ULL, 0, 0);
	storm_expect(result == SVSM_ERR_INVALID_ADDRESS, SVSM_CORE_PVALIDATE, result);
	result = storm_call(SVSM_CORE_PVALIDATE, list + 1 + below(7), 0, 0);
	storm_expect(result == SVSM_ERR_INVALID_PARAMETER, SVSM_CORE_PVALIDATE, result);
}

static u64 own_entry(u64 entry)
{
	volatile struct svsm_pvalidate_header *header = list_write(own_page(STORM_LIST), 1);
	*(volatile u64 *)(header + 1) = entry;
	return storm_call(SVSM_CORE_PVALIDATE, own_page(STORM_LIST), 0, 0);
}

/* Nobody else names this page: everything must go well. */
static void own_round_trip(u64 page, u64 size)
{
	volatile u64 *word = memory_at(page);
	*word = page + 1;
	u64 result = own_entry(svsm_entry(page, ENTRY_RESCIND | size));
	if (size == ENTRY_LARGE && result == SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZE_MISMATCH) {
		return; /* it was split by an earlier turn */
	}
	storm_expect(result == SVSM_SUCCESS, SVSM_CORE_PVALIDATE, result);
	if (below(2)) {
		storm_expect(host_page_state(page, size != 0, PSC_OP_SHARED), 0, page);
		storm_expect(host_page_state(page, size != 0, PSC_OP_PRIVATE), 0, page);
	}
	result = own_entry(svsm_entry(page, ENTRY_VALIDATE | size));
	storm_expect(result == SVSM_SUCCESS, SVSM_CORE_PVALIDATE, result);
	word = memory_at(page);
	storm_expect(*word == 0, SVSM_CORE_PVALIDATE, *word);
}

static void turn_own(void)
{
	u64 block = storm_own(cpu_current()->index);
	if (below(32) == 0) {
		storm_recover();
	} else if (below(4) == 0) {
		own_round_trip(block, ENTRY_LARGE);
	} else {
		own_round_trip(block + (u64)below(SMALL_PAGES) * PAGE_SIZE, 0);
	}
}

static bool rescind_stretch(u64 start, u32 pages)
{
	u64 list = own_page(STORM_LIST);
	volatile struct svsm_pvalidate_header *header = list_write(list, 0);
	volatile u64 *words = (volatile u64 *)(header + 1);
	header->entries = (u16)pages;
	for (u32 i = 0; i < pages; i++) {
		words[i] = svsm_entry(start + (u64)i * PAGE_SIZE, ENTRY_RESCIND | ENTRY_ANY);
	}
	u64 result;
	do {
		result = storm_call(SVSM_CORE_PVALIDATE, list, 0, 0);
	} while (result == SVSM_ERR_INCOMPLETE);
	return result == SVSM_SUCCESS;
}

/* Until the page is ours, or was. */
static void spare_delete(void)
{
	u64 result = storm_call(SVSM_CORE_DELETE_VCPU, own_page(STORM_VMSA), 0, 0);
	while (result == SVSM_ERR_BUSY || result == SVSM_ERR_CORE_VCPU_IN_USE || result == SVSM_ERR_INCOMPLETE) {
		smp_relax();
		result = storm_call(SVSM_CORE_DELETE_VCPU, own_page(STORM_VMSA), 0, 0);
	}
	storm_expect(result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_PARAMETER, SVSM_CORE_DELETE_VCPU, result);
}

/* An incarnation before this one may have been stopped in the middle of anything. */
void storm_recover_all(void)
{
	spare_delete();
	storm_tpm_forget();
	storm_recover();
}

/* Rescinded piece by piece, then one large page again. */
void storm_recover(void)
{
	u64 block = storm_own(cpu_current()->index);
	bool good = rescind_stretch(block, SMALL_PAGES / 2);
	good &= rescind_stretch(block + LARGE_PAGE_SIZE / 2, SMALL_PAGES / 2);
	good &= host_page_state(block, true, PSC_OP_SHARED) && host_page_state(block, true, PSC_OP_PRIVATE);
	good &= own_entry(svsm_entry(block, ENTRY_VALIDATE | ENTRY_LARGE)) == SVSM_SUCCESS;
	storm_expect(good, SVSM_CORE_PVALIDATE, block);
}

static void turn_remap(void)
{
	struct storm_cpu *self = storm_self();
	u64 places[] = {self->home, own_page(STORM_AREA), storm_contested(), storm_foreign(), self->home + 8};
	u64 place = places[below(ARRAY_SIZE(places))];
	self->calls++;
	u64 result = svsm_remap(place);
	bool own = place == self->home || place == own_page(STORM_AREA);
	bool refused =
		result == SVSM_ERR_INVALID_ADDRESS || result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_BUSY;
	storm_expect(own ? result == SVSM_SUCCESS : result == SVSM_SUCCESS || refused, SVSM_CORE_REMAP_CA, result);
}

/* Calls that there are not, with anything in the registers. */
static void turn_unknown(void)
{
	struct random *random = &storm_self()->random;
	u64 protocol = below(2) ? 0 : 0x100 + (u64)below(0x10000);
	u64 call = CORE_CALLS + (u64)below(0x10000);
	struct svsm_registers r = {
		.rax = protocol << 32 | call, .rcx = random_next(random), .rdx = random_next(random)};
	u64 rcx = r.rcx;
	storm_self()->calls++;
	storm_expect(svsm_call(&r) == SVSM_ANSWERED, call, r.rax);
	storm_expect(r.rax == (protocol ? SVSM_ERR_UNSUPPORTED_PROTOCOL : SVSM_ERR_UNSUPPORTED_CALL), call, r.rax);
	storm_expect(r.rcx == rcx, call, r.rcx);
}

/* The field of a VMSA that says its VMPL shares a word with others, which are zero here. */
#define VMPL_WORD (offsetof(struct vmsa, vmpl) & ~7ULL)
#define VMPL_SHIFT (offsetof(struct vmsa, vmpl) % 8 * 8)

/* What CREATE_VCPU judges a VMSA by, right or wrong, into the page that another CPU may be having made one. */
static void turn_rewrite(void)
{
	u64 vmsa = storm_page(below(smp_count()), STORM_VMSA);
	for (u32 i = 0; i < REWRITES; i++) {
		u64 wrong = below(2);
		switch (below(3)) {
		case 0:
			memory_store(vmsa + VMPL_WORD, (smp_vmpl() ^ wrong) << VMPL_SHIFT);
			break;
		case 1:
			memory_store(vmsa + offsetof(struct vmsa, efer), wrong ? 0 : EFER_SVME);
			break;
		default:
			memory_store(vmsa + offsetof(struct vmsa, sev_features), smp_features() ^ wrong << below(64));
			break;
		}
	}
}

/* A VMSA is as it was checked, whoever writes to it. But for EFER.SVME: another CPU may have replaced it already, which stops it. */
static bool vmsa_is_good(u64 vmsa)
{
	return (memory_load(vmsa + VMPL_WORD) >> VMPL_SHIFT & 0xFF) == smp_vmpl() &&
	       memory_load(vmsa + offsetof(struct vmsa, sev_features)) == smp_features();
}

/*
 * vCPUs that nobody runs, which all CPUs make and replace, while others write to their VMSAs. A VMSA of ours is ours again only when it was
 * deleted or refused.
 */
static void turn_spare(void)
{
	u32 ids[SMP_SPARES];
	u32 count = smp_spares(ids);
	u64 vmsa = own_page(STORM_VMSA);
	if (count == 0) {
		return;
	}
	smp_fill(vmsa, cpu_current()->index);
	u64 result = storm_call(SVSM_CORE_CREATE_VCPU, vmsa, own_page(STORM_VMSA_AREA), ids[below(count)]);
	storm_expect(result == SVSM_SUCCESS || result == SVSM_ERR_BUSY || result == SVSM_ERR_INVALID_PARAMETER,
		     SVSM_CORE_CREATE_VCPU, result);
	if (result == SVSM_SUCCESS) {
		storm_expect(vmsa_is_good(vmsa), SVSM_CORE_CREATE_VCPU, vmsa);
		spare_delete();
	}
}

/* What is wrong with it is one of five things; the CPU that it is for may be at work. */
static void turn_bad_create(void)
{
	u64 vmsa = own_page(STORM_BAD_VMSA);
	u64 area = own_page(STORM_VMSA_AREA);
	u32 apic_id = smp_apic_id(below(smp_count()));
	volatile struct vmsa *content = memory_at(vmsa);
	smp_fill(vmsa, cpu_current()->index);
	switch (below(5)) {
	case 0:
		content->vmpl = (u8)(smp_vmpl() ^ (1U + below(3)));
		break;
	case 1:
		content->efer = 0;
		break;
	case 2:
		content->sev_features ^= 1ULL << below(64);
		break;
	case 3:
		apic_id = 0x10000 + below(0x10000);
		break;
	default:
		area = storm_foreign() & ~0xFFFULL;
		break;
	}
	u64 result = storm_call(SVSM_CORE_CREATE_VCPU, vmsa, area, apic_id);
	bool refused =
		result == SVSM_ERR_INVALID_ADDRESS || result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_BUSY;
	storm_expect(refused, SVSM_CORE_CREATE_VCPU, result);
}

static void turn_bad_delete(void)
{
	u64 places[] = {own_page(STORM_LIST), svsm_calling_area(), storm_foreign(), STORM_COMMON,
			own_page(STORM_LIST) + 8};
	u64 result = storm_call(SVSM_CORE_DELETE_VCPU, places[below(ARRAY_SIZE(places))], 0, 0);
	bool refused =
		result == SVSM_ERR_INVALID_ADDRESS || result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_BUSY;
	storm_expect(refused, SVSM_CORE_DELETE_VCPU, result);
}

void storm_turn(void)
{
	struct storm_cpu *self = storm_self();
	static void (*const turns[])(void) = {
		turn_common, turn_lend,       turn_common,     turn_common,  turn_own,     turn_bad_list, turn_remap,
		turn_spare,  turn_bad_create, turn_bad_delete, turn_unknown, turn_rewrite, storm_tpm_turn};
	turns[below(ARRAY_SIZE(turns))]();
	__atomic_fetch_add(&self->turns, 1, __ATOMIC_RELAXED);
}
