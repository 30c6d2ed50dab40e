/* SPDX-License-Identifier: MIT */
/* ELF-64 structures. System V ABI, chapters 4 and 5. */
#pragma once

#include <copra/types.h>

struct elf_header {
	u8 identification[16];
	u16 type;
	u16 machine;
	u32 version;
	u64 entry;
	u64 program_header_offset;
	u64 section_header_offset;
	u32 flags;
	u16 header_size;
	u16 program_header_size;
	u16 program_header_count;
	u16 section_header_size;
	u16 section_header_count;
	u16 section_names_index;
};
LAYOUT_AT(struct elf_header, program_header_offset, 0x20);
LAYOUT_AT(struct elf_header, program_header_size, 0x36);
LAYOUT_SIZE(struct elf_header, 64);

struct elf_program_header {
	u32 type;
	u32 flags;
	u64 offset;
	u64 virtual_address;
	u64 physical_address;
	u64 file_size;
	u64 memory_size;
	u64 alignment;
};
LAYOUT_AT(struct elf_program_header, memory_size, 0x28);
LAYOUT_SIZE(struct elf_program_header, 56);

#define ELF_CLASS_64 2U
#define ELF_LITTLE_ENDIAN 1U
#define ELF_VERSION 1U
#define ELF_TYPE_EXECUTABLE 2U
#define ELF_MACHINE_X86_64 62U
#define ELF_SEGMENT_LOAD 1U
#define ELF_SEGMENT_DYNAMIC 2U
#define ELF_SEGMENT_INTERPRETER 3U
