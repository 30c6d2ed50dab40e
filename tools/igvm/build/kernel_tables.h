/* SPDX-License-Identifier: MIT */
/* The SVSM's page tables as copra/boot.h describes them. */
#pragma once

#include "build/image.h"
#include "elf/elf.h"

/* How many pages the tables of an SVSM with `size` bytes of memory take. */
u32 kernel_tables_pages(u64 size);

/* Builds them at layout.page_tables, enters their pages in the image and their places in the layout. */
err_t kernel_tables_build(struct image *image, const struct elf_file *elf);
