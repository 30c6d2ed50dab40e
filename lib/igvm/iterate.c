/* SPDX-License-Identifier: MIT */
#include "igvm/iterate.h"

#include "igvm/layout.h"

static enum err skip_padding(struct span *rest, u32 length)
{
	struct span padding;
	size_t n = (IGVM_HEADER_ALIGNMENT - length % IGVM_HEADER_ALIGNMENT) % IGVM_HEADER_ALIGNMENT;
	return span_take(rest, n, &padding);
}

enum err igvm_take_header(struct igvm_iterator *iterator, struct igvm_header *header)
{
	struct span rest = iterator->rest;
	u32 type;
	u32 length;
	struct span content;
	if (span_take_u32(&rest, &type) != ERR_OK || span_take_u32(&rest, &length) != ERR_OK ||
	    span_take(&rest, length, &content) != ERR_OK || skip_padding(&rest, length) != ERR_OK) {
		return ERR_TRUNCATED;
	}
	*header = (struct igvm_header){
		.index = iterator->index,
		.type = type,
		.offset = iterator->offset,
		.content = content,
	};
	if (!igvm_section_of(type, &header->section)) {
		header->section = IGVM_SECTION_DIRECTIVE; /* igvm_open refuses the file */
	}
	iterator->offset += iterator->rest.n - rest.n;
	iterator->rest = rest;
	iterator->index++;
	return ERR_OK;
}

struct igvm_iterator igvm_headers(const struct igvm_file *file)
{
	return (struct igvm_iterator){
		.file = file,
		.rest = file->headers,
		.offset = (u64)(file->headers.p - file->bytes.p),
	};
}

bool igvm_next(struct igvm_iterator *iterator, struct igvm_header *header)
{
	return iterator->rest.n > 0 && igvm_take_header(iterator, header) == ERR_OK;
}

bool igvm_header_at(const struct igvm_file *file, u64 offset, u32 index, struct igvm_header *header)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct span skipped;
	if (offset < iterator.offset || span_take(&iterator.rest, offset - iterator.offset, &skipped) != ERR_OK) {
		return false;
	}
	iterator.offset = offset;
	iterator.index = index;
	return igvm_next(&iterator, header);
}

enum err igvm_platform_of(const struct igvm_file *file, u32 mask, u8 *platform_type)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header) && header.section == IGVM_SECTION_PLATFORM) {
		struct igvm_vhs_supported_platform platform;
		igvm_decode_supported_platform(&header, &platform);
		if (platform.compatibility_mask == mask) {
			*platform_type = platform.platform_type;
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err igvm_platform_mask(const struct igvm_file *file, u8 platform_type, u32 *mask)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		struct igvm_vhs_supported_platform platform;
		if (header.type != IGVM_VHT_SUPPORTED_PLATFORM) {
			continue;
		}
		igvm_decode_supported_platform(&header, &platform);
		if (platform.platform_type == platform_type) {
			*mask = platform.compatibility_mask;
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err igvm_guest_policy(const struct igvm_file *file, u32 mask, u64 *policy)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	u64 first = 0;
	bool found = false;
	while (igvm_next(&iterator, &header)) {
		struct igvm_vhs_guest_policy content;
		if (header.type != IGVM_VHT_GUEST_POLICY || !igvm_header_applies(&header, mask)) {
			continue;
		}
		igvm_decode_guest_policy(&header, &content);
		if (found && content.policy != first) {
			return ERR_EXISTS;
		}
		first = content.policy;
		found = true;
	}
	if (found) {
		*policy = first;
	}
	return found ? ERR_OK : ERR_NOT_FOUND;
}
