/* SPDX-License-Identifier: MIT */
#include "base/align.h"
#include "task/loader.h"
#include "task/syscall_parts.h"

static u64 result_of(enum err error)
{
	switch (error) {
	case ERR_OK:
		return 0;
	case ERR_NO_MEMORY:
	case ERR_NOT_FOUND:
		return syscall_error(LINUX_ENOMEM);
	case ERR_STATE:
		return syscall_error(LINUX_EACCES);
	default:
		return syscall_error(LINUX_EINVAL);
	}
}

/* Any access but none lets ring 3 read. */
static u32 rights_of(u64 protection)
{
	u32 rights = protection != 0 ? SPACE_READ : 0;
	rights |= (protection & LINUX_PROT_WRITE) != 0 ? SPACE_WRITE : 0;
	return rights | ((protection & LINUX_PROT_EXEC) != 0 ? SPACE_EXECUTE : 0);
}

static bool protection_is_known(u64 protection)
{
	return (protection & ~(u64)(LINUX_PROT_READ | LINUX_PROT_WRITE | LINUX_PROT_EXEC)) == 0;
}

/* False when there is no such range. */
static bool range_make(u64 address, u64 bytes, struct space_range *range)
{
	u64 whole = 0;
	if (bytes == 0 || !is_aligned(address, PAGE_SIZE) || !align_up(bytes, PAGE_SIZE, &whole)) {
		return false;
	}
	*range = (struct space_range){address, whole / PAGE_SIZE};
	return true;
}

static err_t break_move(struct process *process, u64 old_end, u64 new_end)
{
	if (new_end > old_end) {
		struct space_range more = {old_end, (new_end - old_end) / PAGE_SIZE};
		return space_add(&process->space, more, SPACE_READ | SPACE_WRITE);
	}
	if (new_end < old_end) {
		return space_remove(&process->space, (struct space_range){new_end, (old_end - new_end) / PAGE_SIZE});
	}
	return ERR_OK;
}

/* Like Linux: the new end, or the old one when it stays. */
u64 syscall_brk(struct process *process, u64 address)
{
	u64 old_end = 0;
	u64 new_end = 0;
	if (address < process->break_start || address > LOADER_MMAP_START ||
	    !align_up(process->break_end, PAGE_SIZE, &old_end) || !align_up(address, PAGE_SIZE, &new_end)) {
		return process->break_end;
	}
	if (break_move(process, old_end, new_end) == ERR_OK) {
		process->break_end = address;
	}
	return process->break_end;
}

/* Private anonymous memory at a place of our choice. */
u64 syscall_mmap(struct process *process, const struct trap_frame *frame)
{
	struct space_range range;
	u64 protection = frame->rdx;
	u64 flags = frame->r10;
	u64 needed = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS;
	if (!range_make(0, frame->rsi, &range) || !protection_is_known(protection) || (flags & needed) != needed ||
	    (flags & (LINUX_MAP_FIXED | LINUX_MAP_FIXED_NOREPLACE)) != 0) {
		return syscall_error(LINUX_EINVAL);
	}
	if ((protection & LINUX_PROT_EXEC) != 0) {
		return syscall_error(LINUX_EACCES);
	}
	enum err error = space_find_gap(&process->space, LOADER_MMAP_START, range.pages, &range.start);
	if (error == ERR_OK) {
		error = space_add(&process->space, range, rights_of(protection));
	}
	return error == ERR_OK ? range.start : syscall_error(LINUX_ENOMEM);
}

u64 syscall_munmap(struct process *process, u64 address, u64 bytes)
{
	struct space_range range;
	return range_make(address, bytes, &range) ? result_of(space_remove(&process->space, range))
						  : syscall_error(LINUX_EINVAL);
}

u64 syscall_mprotect(struct process *process, u64 address, u64 bytes, u64 protection)
{
	struct space_range range;
	if (bytes == 0 && is_aligned(address, PAGE_SIZE)) {
		return 0;
	}
	if (!range_make(address, bytes, &range) || !protection_is_known(protection)) {
		return syscall_error(LINUX_EINVAL);
	}
	enum err error = space_protect(&process->space, range, rights_of(protection));
	return error == ERR_RANGE ? syscall_error(LINUX_ENOMEM) : result_of(error);
}
