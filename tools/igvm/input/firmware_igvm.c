/* SPDX-License-Identifier: MIT */
#include "input/firmware_igvm.h"

#include <string.h>

#include "base/range.h"
#include "igvm/igvm.h"

#define FOUR_GIB 0x100000000ULL
#define LOWEST (FOUR_GIB - FIRMWARE_MAX_SIZE)
#define PAGES (FIRMWARE_MAX_SIZE / PAGE_SIZE)

/* Which pages below 4 GiB the file gives, counted from the top */
struct found {
	bool page[PAGES];
	size_t count;
};

bool firmware_is_igvm(struct span file)
{
	u32 magic;
	return span_copy(file, 0, &magic, sizeof(magic)) == ERR_OK && magic == IGVM_MAGIC;
}

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

/* The page's data, empty for zeros; false for headers that give SEV-SNP no page of an image. */
static bool is_page(const struct igvm_file *file, const struct igvm_header *header, u32 mask, u64 *gpa,
		    struct span *data)
{
	struct igvm_vhs_page_data page;
	if (header->type != IGVM_VHT_PAGE_DATA || !igvm_header_applies(header, mask)) {
		return false;
	}
	igvm_decode_page_data(header, &page);
	*gpa = page.gpa;
	*data = span_of(NULL, 0);
	(void)!igvm_header_data(file, header, data);
	return page.data_type == IGVM_PAGE_NORMAL && (page.flags & IGVM_PAGE_DATA_SHARED) == 0;
}

/* Pages of zeros elsewhere are memory that the firmware's metadata names as well. */
static enum err note_page(u64 gpa, struct span data, struct found *found, const char **what)
{
	if (!range_within(gpa, PAGE_SIZE, LOWEST, FIRMWARE_MAX_SIZE)) {
		return data.n > 0 ? refuse(ERR_RANGE, "it has data outside of the 16 MiB below 4 GiB", what) : ERR_OK;
	}
	size_t number = (size_t)((FOUR_GIB - gpa) / PAGE_SIZE) - 1;
	if (found->page[number]) {
		return refuse(ERR_INPUT, "it gives a page twice", what);
	}
	found->page[number] = true;
	found->count++;
	return ERR_OK;
}

static enum err find_pages(const struct igvm_file *file, u32 mask, size_t *pages, const char **what)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct found found = {.count = 0};
	struct span data;
	u64 gpa;
	while (igvm_next(&iterator, &header)) {
		enum err error =
			is_page(file, &header, mask, &gpa, &data) ? note_page(gpa, data, &found, what) : ERR_OK;
		if (error != ERR_OK) {
			return error;
		}
	}
	*pages = 0;
	while (*pages < PAGES && found.page[*pages]) {
		*pages += 1;
	}
	if (*pages == 0 || *pages != found.count) {
		return refuse(ERR_INPUT, "its pages are no firmware image that ends at 4 GiB", what);
	}
	return ERR_OK;
}

static void copy_pages(const struct igvm_file *file, u32 mask, u8 *room)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct span data;
	u64 gpa;
	while (igvm_next(&iterator, &header)) {
		if (is_page(file, &header, mask, &gpa, &data) && data.n > 0) {
			memcpy(room + (gpa - LOWEST), data.p, data.n);
		}
	}
}

enum err firmware_unwrap(struct span file, u8 *room, struct span *image, const char **what)
{
	struct igvm_file opened;
	struct igvm_error why;
	u32 mask;
	size_t pages;
	enum err error = igvm_open(file, &opened, &why);
	if (error != ERR_OK) {
		return refuse(error, why.what, what);
	}
	if (igvm_platform_mask(&opened, IGVM_PLATFORM_SEV_SNP, &mask) != ERR_OK) {
		return refuse(ERR_INPUT, "it is an IGVM file, but not for SEV-SNP", what);
	}
	error = find_pages(&opened, mask, &pages, what);
	if (error != ERR_OK) {
		return error;
	}
	copy_pages(&opened, mask, room);
	*image = span_of(room + FIRMWARE_MAX_SIZE - pages * PAGE_SIZE, pages * PAGE_SIZE);
	return ERR_OK;
}
