/* SPDX-License-Identifier: MIT */
#include "boot/boot.h"

#include "mm/own_tables.h"
#include "trace/end.h"

static struct memory_plan plan;

const struct memory_plan *boot_memory_plan(void)
{
	return &plan;
}

void boot_main(void)
{
	const char *why = NULL;
	if (memory_plan_make(&plan, &why) != ERR_OK) {
		machine_end(END_OPTION_ERROR, NULL, "text=\"%s\"", why);
	}
	u64 size = (u64)(image_end - image_start);
	u64 root = own_tables_build(&plan, size);
	boot_move(own_pointer(plan.own_start), size, root, machine_main);
}
