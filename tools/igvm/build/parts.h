/* SPDX-License-Identifier: MIT */
/* The parts of an image. Each enters its pages and its share of the layout; errors are reported, then false. */
#pragma once

#include "build/image.h"
#include "build/options.h"

/* The SVSM: kernel segments, page tables, fixed pages, heap. First of all. */
bool build_kernel(struct image *image, const struct build_options *options);
/* The launch state of the first vCPU, after build_kernel: one for each platform. */
void build_vmsa(struct image *image, u64 sev_features);
void build_native_context(struct image *image);

/* One of these, or none */
bool build_firmware(struct image *image, const struct build_options *options);
bool build_linux(struct image *image, const struct build_options *options);
bool build_program(struct image *image, const struct build_options *options);

/* Pages that Linux and programs get alike: secrets, CPUID, calling area, page tables and stack (guest_places.h). */
bool build_guest_pages(struct image *image);
/* A range of pages that were put in the image, as e820 shows it */
bool build_loaded_range(struct image *image, u64 gpa, u64 size, u32 e820, const char *what);
