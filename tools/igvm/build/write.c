/* SPDX-License-Identifier: MIT */
#include <copra/psp.h>

#include <stdlib.h>

#include "build/image.h"
#include "host/file.h"
#include "host/report.h"
#include "igvm/write.h"

#define MASK 0x1U /* the only platform of the file */

enum area {
	AREA_MEMORY_MAP = 0,
	AREA_HOST_INFO = 1,
};

#define HOST_INFO_VP_COUNT 0U
#define HOST_INFO_ENVIRONMENT 4U

static int compare_pages(const void *left, const void *right)
{
	const struct image_page *a = left;
	const struct image_page *b = right;
	return (a->gpa > b->gpa) - (a->gpa < b->gpa);
}

static bool sort_pages(struct image *image)
{
	qsort(image->pages, image->count, sizeof(image->pages[0]), compare_pages);
	for (size_t i = 1; i < image->count; i++) {
		if (image->pages[i].gpa == image->pages[i - 1].gpa) {
			return report("two parts of the image lie at 0x%llx", (unsigned long long)image->pages[i].gpa);
		}
	}
	return true;
}

static void put_pages(struct igvm_writer *w, const struct image *image)
{
	for (size_t i = 0; i < image->count; i++) {
		const struct image_page *page = &image->pages[i];
		const struct igvm_vhs_page_data content = {
			.gpa = page->gpa,
			.compatibility_mask = MASK,
			.file_offset = igvm_write_data(w, span_of(page->data, page->data == NULL ? 0 : PAGE_SIZE)),
			.data_type = page->type,
		};
		igvm_write_page(w, &content);
	}
}

static void put_parameters(struct igvm_writer *w, const struct boot_layout *layout)
{
	igvm_write_area(w, AREA_MEMORY_MAP, layout->memory_map_bytes);
	igvm_write_parameter(w, IGVM_VHT_MEMORY_MAP, AREA_MEMORY_MAP, 0);
	igvm_write_insert(w, MASK, AREA_MEMORY_MAP, layout->memory_map);
	igvm_write_area(w, AREA_HOST_INFO, PAGE_SIZE);
	igvm_write_parameter(w, IGVM_VHT_VP_COUNT_PARAMETER, AREA_HOST_INFO, HOST_INFO_VP_COUNT);
	igvm_write_parameter(w, IGVM_VHT_ENVIRONMENT_INFO_PARAMETER, AREA_HOST_INFO, HOST_INFO_ENVIRONMENT);
	igvm_write_insert(w, MASK, AREA_HOST_INFO, layout->host_info);
}

/* A host that builds VMSAs itself measures them last: so does the file. */
static void put_context(struct igvm_writer *w, const struct image *image)
{
	bool native = image->platform == IGVM_PLATFORM_NATIVE;
	struct span vmsa = span_of(&image->vmsa, sizeof(image->vmsa));
	struct span record = span_of(&image->native, sizeof(image->native));
	const struct igvm_vhs_vp_context context = {
		.gpa = native ? 0 : LAUNCH_VMSA_GPA,
		.compatibility_mask = MASK,
		.file_offset = igvm_write_data(w, native ? record : vmsa),
	};
	igvm_write_vp_context(w, &context);
}

/* Native contexts came with version 2 of the format. */
static void put_all(struct igvm_writer *w, const struct image *image)
{
	const struct boot_layout *layout = &image->layout;
	if (image->platform == IGVM_PLATFORM_NATIVE) {
		igvm_write_version_2(w, IGVM_ARCHITECTURE_X64);
	}
	igvm_write_platform(w, MASK, image->platform);
	if (image->platform == IGVM_PLATFORM_SEV_SNP) {
		igvm_write_policy(w, MASK, image->policy);
	}
	igvm_write_required_memory(w, MASK, layout->base, (u32)layout->size);
	put_pages(w, image);
	put_parameters(w, layout);
	put_context(w, image);
}

bool image_write(struct image *image, const char *path)
{
	struct igvm_writer w;
	struct span file;
	if (!sort_pages(image)) {
		return false;
	}
	igvm_write_begin(&w, NULL, 0, 0);
	put_all(&w, image);
	size_t size = igvm_write_size(&w);
	u8 *out = allocate(size);
	igvm_write_begin(&w, out, size, w.header_bytes);
	put_all(&w, image);
	enum err error = igvm_write_end(&w, &file);
	bool done = error == ERR_OK ? file_write(path, file)
				    : report("cannot make the IGVM file (%zu bytes): %s", size, err_name(error));
	free(out);
	return done;
}
