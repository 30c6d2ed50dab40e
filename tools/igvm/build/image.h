/* SPDX-License-Identifier: MIT */
/* The file to be, as pages and a layout page; written at the end, so that parts may come in any order. */
#pragma once

#include <copra/boot.h>
#include <copra/igvm_defs.h>
#include <copra/vmsa.h>

#include "base/span.h"

struct image_page {
	u64 gpa;
	const u8 *data; /* 4 KiB; NULL for zeros */
	u16 type;       /* IGVM_PAGE_NORMAL, _SECRETS, _CPUID */
};

struct image {
	struct image_page *pages;
	size_t count;
	size_t capacity;
	struct boot_layout layout;
	u8 platform;                       /* IGVM_PLATFORM_SEV_SNP or _NATIVE */
	struct vmsa vmsa;                  /* SEV-SNP */
	struct igvm_native_context native; /* native */
	u64 policy;                        /* SEV-SNP */
};

/* Copies are made only of pages that are not whole in data: data must live as long as the image. */
void image_add_bytes(struct image *image, u64 gpa, struct span data);
/* size bytes of zeros, measured as such */
void image_add_zeros(struct image *image, u64 gpa, u64 size);
/* A page that the PSP fills */
void image_add_special(struct image *image, u64 gpa, u16 type);

/*
 * Enters a range of the guest's in the layout. Reports and returns false when it overlaps the SVSM's memory or another
 * range, or when there are too many. what: what it is to the user.
 */
bool image_add_range(struct image *image, const struct boot_range *range, const char *what);

/* Sorts, checks that no page is there twice, and writes the IGVM file. Reports errors. */
bool image_write(struct image *image, const char *path);
