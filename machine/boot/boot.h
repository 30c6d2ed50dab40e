/* SPDX-License-Identifier: MIT */
/* The first steps, in order: start.S, boot_main at the place where QEMU loaded the image, machine_main at the final one. */
#pragma once

#include "base/compiler.h"
#include "boot/memory_map.h"

extern char image_start[], image_text_end[], image_rodata_end[], image_end[];

noreturn_fn void boot_main(void);
noreturn_fn void machine_main(void);

/* start.S */
noreturn_fn void boot_move(void *to, u64 size, u64 root, void (*next)(void));

/* The plan that boot_main made; valid in machine_main. */
const struct memory_plan *boot_memory_plan(void);
