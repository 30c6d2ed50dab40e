/* SPDX-License-Identifier: MIT */
/* What the host and the PSP do to the table. Processor instructions: instructions.c. */
#include "base/align.h"
#include "mm/memory.h"
#include "rmp/content.h"
#include "rmp/nested.h"
#include "rmp/rmp_setup.h"
#include "rmp/table.h"
#include "rmp/view.h"

/* All pages of the operand are RAM and may be changed by the host. */
static enum err update_check(gpa_t page, enum page_size size)
{
	if (!is_aligned(page.raw, page_bytes(size)) || !memory_is_ram(page, page_bytes(size))) {
		return ERR_RANGE;
	}
	const struct rmp_entry *entries = rmp_entry_at(page);
	for (u32 i = 0; i < rmp_page_count(size); i++) {
		if (entries[i].in_use) {
			return ERR_BUSY;
		}
	}
	return ERR_OK;
}

/* A large page changes cheaply when no part of it was ever private or all of it is one large entry. */
static void content_change(gpa_t page, enum page_size size, bool assigned)
{
	const struct rmp_entry *entries = rmp_entry_at(page);
	u32 changing = 0;
	for (u32 i = 0; i < rmp_page_count(size); i++) {
		changing += entries[i].assigned != assigned;
	}
	if (changing == rmp_page_count(size)) {
		content_scramble(memory_page(page), page, size);
		return;
	}
	for (u32 i = 0; changing > 0 && i < rmp_page_count(size); i++) {
		gpa_t one = gpa(page.raw + (u64)i * PAGE_SIZE);
		if (entries[i].assigned != assigned) {
			content_scramble(memory_page(one), one, PAGE_4K);
		}
	}
}

static enum err update_locked(gpa_t page, enum page_size size, struct rmp_entry value)
{
	enum err error = update_check(page, size);
	if (error == ERR_OK) {
		struct rmp_entry *entries = rmp_entry_at(page);
		if (size == PAGE_4K && entries->large) {
			rmp_smash(page);
		}
		content_change(page, size, value.assigned);
		for (u32 i = 0; i < rmp_page_count(size); i++) {
			entries[i] = value;
		}
		nested_changed(page, size);
	}
	return error;
}

static struct rmp_entry private_entry(enum page_size size)
{
	return (struct rmp_entry){.assigned = 1, .large = size == PAGE_2M};
}

enum err rmp_make_private(gpa_t page, enum page_size size)
{
	rmp_lock();
	enum err error = update_locked(page, size, private_entry(size));
	rmp_unlock();
	return error;
}

enum err rmp_make_shared(gpa_t page, enum page_size size)
{
	rmp_lock();
	enum err error = update_locked(page, size, (struct rmp_entry){.assigned = 0});
	rmp_unlock();
	return error;
}

static bool any_assigned(gpa_t page, enum page_size size)
{
	const struct rmp_entry *entries = rmp_entry_at(page);
	bool any = false;
	for (u32 i = 0; i < rmp_page_count(size); i++) {
		any = any || entries[i].assigned;
	}
	return any;
}

enum err rmp_imply_private(gpa_t page, enum page_size size)
{
	rmp_lock();
	enum err error = memory_is_ram(page, page_bytes(size)) && any_assigned(page, size) ? ERR_EXISTS : ERR_OK;
	if (error == ERR_OK) {
		error = update_locked(page, size, private_entry(size));
	}
	rmp_unlock();
	return error;
}

enum err rmp_imply_shared(gpa_t page)
{
	rmp_lock();
	const struct rmp_entry *entry = rmp_entry_at(page);
	enum err error = entry != NULL && (!entry->assigned || entry->validated) ? ERR_EXISTS : ERR_OK;
	if (error == ERR_OK) {
		error = update_locked(page, PAGE_4K, (struct rmp_entry){.assigned = 0});
	}
	rmp_unlock();
	return error;
}

enum err rmp_launch(gpa_t page, bool vmsa)
{
	rmp_lock();
	enum err error = update_check(page, PAGE_4K);
	if (error == ERR_OK) {
		struct rmp_entry *entry = rmp_entry_at(page);
		if (entry->large) {
			rmp_smash(page);
		}
		*entry = (struct rmp_entry){.assigned = 1, .validated = 1, .vmsa = vmsa};
		nested_changed(page, PAGE_4K);
	}
	rmp_unlock();
	return error;
}

/* The page keeps its machine-physical address; a fresh content and a cleared entry are what the guest would see. */
enum err rmp_remap(gpa_t page)
{
	rmp_lock();
	enum err error = update_check(page, PAGE_4K);
	struct rmp_entry *entry = rmp_entry_at(page);
	if (error == ERR_OK && !entry->assigned) {
		error = ERR_STATE;
	}
	if (error == ERR_OK) {
		if (entry->large) {
			rmp_smash(page);
		}
		content_scramble(memory_page(page), page, PAGE_4K);
		*entry = (struct rmp_entry){.assigned = 1};
		nested_changed(page, PAGE_4K);
	}
	rmp_unlock();
	return error;
}

bool rmp_vmsa_take(gpa_t page)
{
	struct rmp_entry *entry = rmp_entry_at(page);
	rmp_lock(); /* the bit shares its byte with what other CPUs change */
	bool runs = entry != NULL && rmp_entry_runs(entry);
	if (runs) {
		entry->in_use = true;
	}
	rmp_unlock();
	return runs;
}

void rmp_vmsa_release(gpa_t page)
{
	struct rmp_entry *entry = rmp_entry_at(page);
	rmp_lock();
	entry->in_use = false;
	rmp_unlock();
}
