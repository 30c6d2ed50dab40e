/* SPDX-License-Identifier: MIT */
/* The rules by section, and what they have in common. */
#pragma once

#include "igvm/check.h"

/* Notes why; the flaw stays that of the header's section. Returns the error. */
enum err igvm_refuse(struct igvm_check *check, enum err error, const char *what);
/* The same with a flaw of its own */
enum err igvm_refuse_as(struct igvm_check *check, enum igvm_flaw flaw, enum err error, const char *what);

/* The whole of [gpa, gpa + size) is addressable and made of 4 KiB pages, and not empty. */
err_t igvm_check_pages(struct igvm_check *check, u64 gpa, u64 size);

/* file_offset names `size` bytes in the file's data part; 0 is "no data". */
err_t igvm_check_data(struct igvm_check *check, u32 file_offset, u64 size);

bool igvm_is_one_bit(u32 mask);

/* Platform type of a mask of one bit that a platform has claimed */
u8 igvm_type_of_mask(const struct igvm_check *check, u32 mask);

err_t igvm_check_platform(struct igvm_check *check, const struct igvm_header *header);
err_t igvm_check_initialization(struct igvm_check *check, const struct igvm_header *header);
err_t igvm_check_directive(struct igvm_check *check, const struct igvm_header *header);
err_t igvm_check_context(struct igvm_check *check, const struct igvm_header *header);
