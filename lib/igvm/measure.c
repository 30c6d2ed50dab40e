/* SPDX-License-Identifier: MIT */
#include "igvm/measure.h"

#include "base/mem.h"
#include "igvm/layout.h"

static const u8 zero_page[PAGE_SIZE];

void igvm_measure_snp_page(const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE], u8 page_type, u64 gpa,
			   const u8 contents[LAUNCH_DIGEST_SIZE])
{
	struct page_info info;
	memset(&info, 0, sizeof(info));
	memcpy(info.digest, digest, LAUNCH_DIGEST_SIZE);
	if (contents != NULL) {
		memcpy(info.contents, contents, LAUNCH_DIGEST_SIZE);
	}
	info.length = sizeof(info);
	info.page_type = page_type;
	info.gpa = gpa;
	hash->sha384(hash->context, span_of(&info, sizeof(info)), digest);
}

static void measure_page(const struct igvm_launch_page *page, const struct igvm_hash *hash,
			 u8 digest[LAUNCH_DIGEST_SIZE])
{
	u8 contents[LAUNCH_DIGEST_SIZE];
	if (page->page_type != PAGE_TYPE_NORMAL && page->page_type != PAGE_TYPE_VMSA) {
		igvm_measure_snp_page(hash, digest, page->page_type, page->gpa, NULL);
		return;
	}
	/* igvm_open saw to it that data is a whole page or nothing. */
	struct span data = page->data.n == PAGE_SIZE ? page->data : span_of(zero_page, sizeof(zero_page));
	hash->sha384(hash->context, data, contents);
	igvm_measure_snp_page(hash, digest, page->page_type, page->gpa, contents);
}

static void measure_insert(const struct igvm_file *file, const struct igvm_header *header, const struct igvm_hash *hash,
			   u8 digest[LAUNCH_DIGEST_SIZE])
{
	struct igvm_vhs_parameter_insert insert;
	igvm_decode_parameter_insert(header, &insert);
	u64 bytes = igvm_area_bytes(file, insert.parameter_area_index);
	for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
		igvm_measure_snp_page(hash, digest, PAGE_TYPE_UNMEASURED, insert.gpa + at, NULL);
	}
}

static void measure_header(const struct igvm_file *file, const struct igvm_header *header,
			   const struct igvm_snp_launch *launch, const struct igvm_hash *hash,
			   u8 digest[LAUNCH_DIGEST_SIZE])
{
	struct igvm_launch_page page;
	if (igvm_launch_page(file, header, launch->mask, launch->zero_pages, &page)) {
		measure_page(&page, hash, digest);
	} else if (header->type == IGVM_VHT_PARAMETER_INSERT && igvm_header_applies(header, launch->mask)) {
		measure_insert(file, header, hash, digest);
	}
}

enum err igvm_measure_snp(const struct igvm_file *file, u32 mask, enum igvm_zero_pages zero_pages,
			  const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE])
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	if (mask == 0) {
		return ERR_INPUT;
	}
	const struct igvm_snp_launch launch = {.mask = mask, .zero_pages = zero_pages};
	memset(digest, 0, LAUNCH_DIGEST_SIZE);
	while (igvm_next(&iterator, &header)) {
		measure_header(file, &header, &launch, hash, digest);
	}
	return ERR_OK;
}

void igvm_measure_snp_processors(const struct igvm_file *file, const struct igvm_snp_launch *launch,
				 const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE])
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_launch_page page = {.gpa = LAUNCH_VMSA_GPA, .page_type = PAGE_TYPE_VMSA};
	bool found = false;
	memset(digest, 0, LAUNCH_DIGEST_SIZE);
	while (igvm_next(&iterator, &header)) {
		if (header.type != IGVM_VHT_VP_CONTEXT) {
			measure_header(file, &header, launch, hash, digest);
		} else if (!found) {
			found = igvm_launch_page(file, &header, launch->mask, launch->zero_pages, &page);
		}
	}
	for (u32 i = 0; i < launch->processors.count; i++) {
		page.data = igvm_processor_vmsa(file, launch->mask, &launch->processors, (u16)i);
		measure_page(&page, hash, digest);
	}
}
