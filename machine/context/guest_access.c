/* SPDX-License-Identifier: MIT */
/* Page walks: AMD64 APM volume 2 (24593), chapter 5; privacy of walks and fetches: section 15.34. */
#include "context/guest_access.h"

#include "base/align.h"
#include "base/mem.h"
#include "mm/memory_setup.h"
#include "mm/own_memory.h"
#include "rmp/rmp.h"
#include "x86/control.h"

#define PTE_PRESENT 0x1ULL
#define PTE_WRITE 0x2ULL
#define PTE_USER 0x4ULL
#define PTE_ACCESSED 0x20ULL
#define PTE_DIRTY 0x40ULL
#define PTE_LARGE 0x80ULL
#define PTE_NO_EXECUTE (1ULL << 63)
#define PTE_ADDRESS 0x000FFFFFFFFFF000ULL
#define CR0_WP (1ULL << 16)

struct walk {
	u32 levels;
	u32 index_bits; /* 9, or 10 for tables of 32-bit entries */
	u64 rights;     /* PTE_WRITE, PTE_USER of all levels; PTE_NO_EXECUTE of any */
	u64 entry;
	u8 *place; /* where the entry was read */
	u32 shift; /* of the page that was found */
};

/* The machine's pointer to guest memory, if this context may access it so. */
static u8 *page_pointer(const struct vcpu *vcpu, gpa_t address, bool private_view, u8 permission)
{
	const struct rmp_entry *entry = rmp_find(gpa_page(address));
	if (entry == NULL || entry->assigned != private_view) {
		return NULL;
	}
	if (private_view && !entry->validated) {
		return NULL;
	}
	if (private_view && vcpu->vmpl != 0 && (entry->permissions[vcpu->vmpl - 1] & permission) == 0) {
		return NULL;
	}
	return own_pointer(memory_physical(address));
}

static struct walk walk_start(const struct vmsa *vmsa)
{
	struct walk walk = {.index_bits = 9, .rights = PTE_WRITE | PTE_USER, .entry = vmsa->cr3};
	if ((vmsa->cr4 & CR4_PAE) == 0) {
		walk.levels = 2;
		walk.index_bits = 10;
		walk.entry &= 0xFFFFF000U;
	} else if ((vmsa->efer & EFER_LMA) == 0) {
		walk.levels = 3;
		walk.entry &= 0xFFFFFFE0U;
	} else {
		walk.levels = (vmsa->cr4 & CR4_LA57) != 0 ? 5 : 4;
		walk.entry &= PTE_ADDRESS;
	}
	return walk;
}

static u64 entry_read(const u8 *pointer, const struct walk *walk)
{
	u64 wide = 0;
	__builtin_memcpy(&wide, pointer, walk->index_bits == 10 ? sizeof(u32) : sizeof(u64));
	return wide;
}

/* Other CPUs of the guest may write the same byte at this moment. */
static void entry_mark(u8 *place, u8 bits)
{
	if ((__atomic_load_n(place, __ATOMIC_RELAXED) & bits) != bits) {
		__atomic_fetch_or(place, bits, __ATOMIC_RELAXED);
	}
}

static bool entry_is_page(const struct vmsa *vmsa, const struct walk *walk, u32 level)
{
	if (level == 1) {
		return true;
	}
	bool large_allowed = level == 2 ? walk->index_bits == 9 || (vmsa->cr4 & CR4_PSE) != 0
					: level == 3 && (vmsa->efer & EFER_LMA) != 0;
	return large_allowed && (walk->entry & PTE_LARGE) != 0;
}

/* One level: reads the entry, notes rights, sets the accessed bit. */
static enum access_outcome walk_step(const struct vcpu *vcpu, struct walk *walk, u32 level, struct access *access)
{
	u32 shift = PAGE_SHIFT + (level - 1) * walk->index_bits;
	u64 width = walk->index_bits == 10 ? sizeof(u32) : sizeof(u64);
	u64 index = access->address >> shift & ((1ULL << walk->index_bits) - 1);
	u64 base = level == walk->levels ? walk->entry : walk->entry & PTE_ADDRESS;
	gpa_t where = gpa((base & ~memory_cbit_mask()) + index * width);
	u8 *pointer = page_pointer(vcpu, where, true, RMP_PERM_READ);
	if (pointer == NULL) {
		access->broken = where;
		return ACCESS_BROKEN;
	}
	walk->place = pointer;
	walk->entry = entry_read(pointer, walk);
	if ((walk->entry & PTE_PRESENT) == 0) {
		access->error_code = access->flags;
		return ACCESS_PAGE_FAULT;
	}
	/* The entries of the PAE pointer table have no rights and no accessed bit. */
	if (walk->levels != 3 || level != 3) {
		walk->rights &= walk->entry | PTE_NO_EXECUTE;
		walk->rights |= walk->entry & PTE_NO_EXECUTE;
		entry_mark(pointer, PTE_ACCESSED);
	}
	walk->shift = shift;
	return ACCESS_OK;
}

static bool rights_allow(const struct vmsa *vmsa, const struct walk *walk, u32 flags)
{
	bool user = (flags & PAGE_FAULT_USER) != 0;
	if (user && (walk->rights & PTE_USER) == 0) {
		return false;
	}
	if ((flags & PAGE_FAULT_WRITE) != 0 && (walk->rights & PTE_WRITE) == 0 && (user || (vmsa->cr0 & CR0_WP) != 0)) {
		return false;
	}
	bool no_execute = (vmsa->efer & EFER_NXE) != 0 && (walk->rights & PTE_NO_EXECUTE) != 0;
	return (flags & PAGE_FAULT_FETCH) == 0 || !no_execute;
}

static void page_result(const struct walk *walk, struct access *access)
{
	u64 mask = (1ULL << walk->shift) - 1;
	u64 entry = walk->index_bits == 10 ? walk->entry & 0xFFFFF000U : walk->entry & PTE_ADDRESS;
	access->private_view = (entry & memory_cbit_mask()) != 0 || walk->index_bits == 10;
	access->gpa = gpa((entry & ~mask & ~memory_cbit_mask()) | (access->address & mask));
	access->size = walk->shift > PAGE_SHIFT ? PAGE_2M : PAGE_4K;
	if ((access->flags & PAGE_FAULT_FETCH) != 0) {
		access->private_view = true;
	}
}

enum access_outcome guest_translate(struct vcpu *vcpu, struct access *access)
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	if ((vmsa->cr0 & CR0_PG) == 0) {
		access->gpa = gpa(access->address & 0xFFFFFFFFU);
		access->private_view = true;
		access->size = PAGE_4K;
		return ACCESS_OK;
	}
	struct walk walk = walk_start(vmsa);
	for (u32 level = walk.levels; level > 0; level--) {
		enum access_outcome outcome = walk_step(vcpu, &walk, level, access);
		if (outcome != ACCESS_OK) {
			return outcome;
		}
		if (entry_is_page(vmsa, &walk, level)) {
			break;
		}
	}
	if (!rights_allow(vmsa, &walk, access->flags)) {
		access->error_code = access->flags | PAGE_FAULT_PRESENT;
		return ACCESS_PAGE_FAULT;
	}
	if ((access->flags & PAGE_FAULT_WRITE) != 0) {
		entry_mark(walk.place, PTE_DIRTY);
	}
	page_result(&walk, access);
	return ACCESS_OK;
}

/* The host pointer to the byte at access->address. */
static enum access_outcome byte_find(struct vcpu *vcpu, struct access *access, u8 **pointer)
{
	enum access_outcome outcome = guest_translate(vcpu, access);
	if (outcome != ACCESS_OK) {
		return outcome;
	}
	u8 permission = (access->flags & PAGE_FAULT_WRITE) != 0 ? RMP_PERM_WRITE : RMP_PERM_READ;
	*pointer = page_pointer(vcpu, access->gpa, access->private_view, permission);
	if (*pointer == NULL) {
		access->broken = access->gpa;
		return ACCESS_BROKEN;
	}
	return ACCESS_OK;
}

enum access_outcome guest_copy(struct vcpu *vcpu, struct access *access, void *bytes, size_t n)
{
	u8 *parts[2] = {NULL, NULL};
	size_t left = PAGE_SIZE - (access->address & (PAGE_SIZE - 1));
	size_t first = n < left ? n : left;
	enum access_outcome outcome = byte_find(vcpu, access, &parts[0]);
	if (outcome == ACCESS_OK && n > first) {
		access->address += first;
		outcome = byte_find(vcpu, access, &parts[1]);
	}
	if (outcome != ACCESS_OK) {
		return outcome;
	}
	u8 *own = bytes;
	if ((access->flags & PAGE_FAULT_WRITE) != 0) {
		memcpy(parts[0], own, first);
		memcpy(parts[1] == NULL ? parts[0] : parts[1], own + first, n - first);
	} else {
		memcpy(own, parts[0], first);
		memcpy(own + first, parts[1] == NULL ? parts[0] : parts[1], n - first);
	}
	return ACCESS_OK;
}

u32 guest_fetch(struct vcpu *vcpu, u8 bytes[INSTRUCTION_MAX])
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	bool long_mode = (vmsa->efer & EFER_LMA) != 0 && (vmsa->cs.attributes & 0x200U) != 0;
	u64 address = long_mode ? vmsa->rip : (u32)(vmsa->cs.base + vmsa->rip);
	u32 count = 0;
	while (count < INSTRUCTION_MAX) {
		struct access access = {.address = address + count, .flags = PAGE_FAULT_FETCH};
		if (vmsa->cpl == 3) {
			access.flags |= PAGE_FAULT_USER;
		}
		u32 left = (u32)(PAGE_SIZE - (access.address & (PAGE_SIZE - 1)));
		u32 n = INSTRUCTION_MAX - count < left ? INSTRUCTION_MAX - count : left;
		if (guest_copy(vcpu, &access, bytes + count, n) != ACCESS_OK) {
			break;
		}
		count += n;
	}
	return count;
}
