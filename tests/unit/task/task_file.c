/* SPDX-License-Identifier: MIT */
#include "task/task_file.h"

#include "elf/elf.h"
#include "elf/layout.h"
#include "task/task_model.h"
#include "unit.h"

struct file {
	struct elf_header header;
	struct elf_program_header code, data;
};

static void spoil(struct file *file, enum task_file_flaw flaw)
{
	u64 far = flaw == TASK_FILE_TOO_HIGH ? 0x20000000ULL : 0;
	file->header.entry += far;
	file->code.virtual_address += far;
	file->data.virtual_address += far;
	switch (flaw) {
	case TASK_FILE_NOT_ELF:
		file->header.identification[0] = 'x';
		break;
	case TASK_FILE_WRITABLE_CODE:
		file->code.flags |= ELF_WRITE;
		break;
	case TASK_FILE_LOW:
		file->code.virtual_address = 0;
		file->header.entry = 0x200;
		break;
	case TASK_FILE_SHIFTED:
		file->code.virtual_address += 8;
		break;
	case TASK_FILE_ZEROS_IN_CODE:
		file->code.memory_size += 8;
		break;
	case TASK_FILE_TOO_LARGE:
		file->data.memory_size = 0x1000000;
		break;
	case TASK_FILE_SHARED_PAGE:
		file->data.virtual_address = TASK_FILE_BASE + 0xF00;
		break;
	default:
		break;
	}
}

void task_file_spoil(u8 *bytes, enum task_file_flaw flaw)
{
	struct file file = {
		.header =
			{
				.identification = {0x7F, 'E', 'L', 'F', 2, 1, 1},
				.type = ELF_TYPE_EXECUTABLE,
				.machine = ELF_MACHINE_X86_64,
				.entry = TASK_FILE_ENTRY,
				.program_header_offset = sizeof(struct elf_header),
				.program_header_size = sizeof(struct elf_program_header),
				.program_header_count = 2,
			},
		.code = {ELF_SEGMENT_LOAD, ELF_READ | ELF_EXECUTE, 0, TASK_FILE_BASE, 0, 0x300, 0x300, PAGE_SIZE},
		.data = {ELF_SEGMENT_LOAD, ELF_READ | ELF_WRITE, PAGE_SIZE + 8, TASK_FILE_DATA, 0, 8, 0x2100,
			 PAGE_SIZE},
	};
	spoil(&file, flaw);
	memset(bytes, 0, TASK_FILE_SIZE);
	memcpy(bytes, &file, sizeof(file));
	memcpy(bytes + 0x200, "code", 4);
	memcpy(bytes + PAGE_SIZE + 8, "data", 4);
}

struct span task_file(enum task_file_flaw flaw)
{
	u8 bytes[TASK_FILE_SIZE];
	task_file_spoil(bytes, flaw);
	return span_of(model_file(bytes, sizeof(bytes)), sizeof(bytes));
}
