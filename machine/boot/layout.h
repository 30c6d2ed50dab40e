/* SPDX-License-Identifier: MIT */
/* Where the machine's image and its view of memory lie. Shared with assembly and the linker script's numbers. */
#pragma once

#define IMAGE_VIRTUAL 0xFFFFFFFF80000000  /* the image runs here, wherever its pages are */
#define IMAGE_LOAD 0x1000000              /* where QEMU puts it: guest RAM, left again at once */
#define DIRECT_VIRTUAL 0xFFFF800000000000 /* physical address 0; 1 GiB pages */
#define TRAMPOLINE 0x8000                 /* real-mode code that starts the other CPUs; borrowed guest RAM */

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS 0x18
