/* SPDX-License-Identifier: MIT */
/* The first instructions (start.S), and the image that they belong to. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

extern char image_start[], image_text_end[], image_rodata_end[], image_end[];

/* Where start.S goes, at the place where QEMU loaded the image (main.c). */
noreturn_fn void boot_main(void);

/* The image goes to its final place, and on with `next` there. */
noreturn_fn void boot_move(void *to, u64 size, u64 root, void (*next)(void));
