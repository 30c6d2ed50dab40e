/* SPDX-License-Identifier: MIT */
#include "load/load.h"

#include "base/align.h"
#include "base/mem.h"
#include "cpu/plain.h"
#include "fault/fault.h"
#include "ghcb/features.h"
#include "load/error.h"
#include "load/id_block.h"
#include "load/native.h"
#include "load/parameter.h"
#include "mm/memory.h"
#include "psp/cpuid.h"
#include "psp/launch.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

#define POLICY_DEFAULT (POLICY_RESERVED_ONE | POLICY_SMT)
#define CPUID_PAGES_MAX 4U

struct loader {
	struct igvm_file file;
	u32 mask; /* compatibility mask of SEV-SNP, or of the native platform where there is none */
	struct load_result *result;
	struct parameters parameters;
	gpa_t cpuid_pages[CPUID_PAGES_MAX];
	u32 cpuid_page_count;
	bool context_seen;
	bool id_block_seen;
	struct psp_id_auth id_auth;
};

/* The page at gpa, if it is RAM and nothing has been launched there. */
static enum err page_claim(const struct igvm_header *header, u64 address, void **page)
{
	if (!is_aligned(address, PAGE_SIZE)) {
		return load_refuse(ERR_INPUT, header, "page 0x%llx is not aligned", (unsigned long long)address);
	}
	*page = memory_page(gpa(address));
	const struct rmp_entry *entry = rmp_find(gpa(address));
	if (*page == NULL || entry == NULL) {
		return load_refuse(ERR_RANGE, header, "page 0x%llx is not RAM of this guest",
				   (unsigned long long)address);
	}
	if (entry->assigned != 0) {
		return load_refuse(ERR_EXISTS, header, "page 0x%llx is loaded twice", (unsigned long long)address);
	}
	return ERR_OK;
}

static enum err page_launch(struct loader *loader, const struct igvm_header *header, u64 address, u8 type)
{
	enum err error = plain_guest() ? ERR_OK : psp_launch_update(gpa(address), type, address);
	if (error != ERR_OK) {
		return load_refuse(error, header, "launching page 0x%llx: %s", (unsigned long long)address,
				   err_name(error));
	}
	loader->result->pages++;
	return ERR_OK;
}

static enum err page_fill(struct loader *loader, const struct igvm_header *header,
			  const struct igvm_vhs_page_data *data, u8 *page, u8 *type)
{
	struct span bytes = igvm_data(&loader->file, data->file_offset, PAGE_SIZE);
	memset(page, 0, PAGE_SIZE);
	memcpy(page, bytes.p, bytes.n);
	if (data->data_type != IGVM_PAGE_NORMAL && plain_guest()) {
		return load_refuse(ERR_UNSUPPORTED, header, "page data type %u on the native platform",
				   data->data_type);
	}
	switch (data->data_type) {
	case IGVM_PAGE_NORMAL:
		*type = (data->flags & IGVM_PAGE_DATA_UNMEASURED) != 0 ? PAGE_TYPE_UNMEASURED : PAGE_TYPE_NORMAL;
		return ERR_OK;
	case IGVM_PAGE_SECRETS:
		*type = PAGE_TYPE_SECRETS;
		if (psp_secrets_fill((struct secrets_page *)(void *)page) != ERR_OK) {
			return load_refuse(ERR_HARDWARE, header, "the processor gives no random numbers");
		}
		return ERR_OK;
	case IGVM_PAGE_CPUID:
		*type = PAGE_TYPE_CPUID;
		if (loader->cpuid_page_count == CPUID_PAGES_MAX) {
			return load_refuse(ERR_NO_MEMORY, header, "more than %u CPUID pages", CPUID_PAGES_MAX);
		}
		loader->cpuid_pages[loader->cpuid_page_count++] = gpa(data->gpa);
		cpuid_page_fill((struct cpuid_page *)(void *)page);
		return ERR_OK;
	default:
		return load_refuse(ERR_UNSUPPORTED, header, "page data type %u", data->data_type);
	}
}

static enum err load_page_data(struct loader *loader, const struct igvm_header *header)
{
	struct igvm_vhs_page_data data;
	igvm_decode_page_data(header, &data);
	if ((data.compatibility_mask & loader->mask) == 0) {
		return ERR_OK;
	}
	if ((data.flags & IGVM_PAGE_DATA_2MB) != 0) {
		return load_refuse(ERR_UNSUPPORTED, header, "2 MiB page data");
	}
	void *page;
	enum err error = page_claim(header, data.gpa, &page);
	if (error != ERR_OK) {
		return error;
	}
	u8 type = PAGE_TYPE_NORMAL;
	error = page_fill(loader, header, &data, page, &type);
	if (error != ERR_OK || (data.flags & IGVM_PAGE_DATA_SHARED) != 0) {
		return error;
	}
	return page_launch(loader, header, data.gpa, type);
}

static enum err load_parameter_insert(struct loader *loader, const struct igvm_header *header)
{
	struct igvm_vhs_parameter_insert insert;
	igvm_decode_parameter_insert(header, &insert);
	if ((insert.compatibility_mask & loader->mask) == 0) {
		return ERR_OK;
	}
	struct parameter_area *area = parameter_find(&loader->parameters, insert.parameter_area_index);
	if (area == NULL) {
		return load_refuse(ERR_NOT_FOUND, header, "no parameter area %u here", insert.parameter_area_index);
	}
	for (u64 offset = 0; offset < area->bytes; offset += PAGE_SIZE) {
		u64 address;
		void *page;
		if (ckd_add(&address, insert.gpa, offset)) {
			return load_refuse(ERR_RANGE, header, "the parameter area wraps");
		}
		enum err error = page_claim(header, address, &page);
		if (error != ERR_OK) {
			return error;
		}
		memcpy(page, area->p + offset, PAGE_SIZE);
		error = page_launch(loader, header, address, PAGE_TYPE_UNMEASURED);
		if (error != ERR_OK) {
			return error;
		}
	}
	area->inserted = true;
	return ERR_OK;
}

/* Where memory starts that holds the page and that the file wants for itself, loaded or not; 0 when it does not. */
static u64 required_start(const struct loader *loader, u64 page)
{
	struct igvm_iterator iterator = igvm_headers(&loader->file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		struct igvm_vhs_required_memory memory = {0};
		if (header.type == IGVM_VHT_REQUIRED_MEMORY) {
			igvm_decode_required_memory(&header, &memory);
		}
		if ((memory.compatibility_mask & loader->mask) != 0 && page - memory.gpa < memory.number_of_bytes) {
			return align_down(memory.gpa, PAGE_SIZE);
		}
	}
	return 0;
}

/* The highest page of [start, end) that the file has no use for. */
static bool page_find(const struct loader *loader, u64 start, u64 end, u64 *address)
{
	for (u64 page = end - PAGE_SIZE; page >= start; page -= PAGE_SIZE) {
		const struct rmp_entry *entry = rmp_find(gpa(page));
		bool used = entry == NULL || entry->assigned != 0;
		u64 required = used ? page : required_start(loader, page);
		if (required == 0) {
			*address = page;
			return true;
		}
		page = required;
	}
	return false;
}

/*
 * Where a VMSA lies whose address the host chooses (LAUNCH_VMSA_GPA): below 4 MiB under 4 GiB, or above. Firmware images lie above, the
 * SVSM below.
 */
static enum err vmsa_place(const struct loader *loader, const struct igvm_header *header, u64 *address)
{
	const u64 firmware = 0xFFC00000ULL, end = MEMORY_WINDOW_START + MEMORY_WINDOW_SIZE;
	if (page_find(loader, MEMORY_WINDOW_START, firmware, address) || page_find(loader, firmware, end, address)) {
		return ERR_OK;
	}
	return load_refuse(ERR_NO_MEMORY, header, "no page is left for the VMSA");
}

/* A host of real hardware sets the VM up with the features of its VMSA, and gives up where it has not got them. */
static enum err vmsa_features_check(const struct igvm_header *header, const struct vmsa *vmsa)
{
	u64 missing = vmsa->sev_features & ~ghcb_sev_features();
	if (missing == 0) {
		return ERR_OK;
	}
	return load_refuse(ERR_UNSUPPORTED, header, "the VMSA asks for SEV_FEATURES 0x%llx, which this host lacks%s",
			   (unsigned long long)missing,
			   (missing & SEV_FEATURE_RESTRICTED_INJECTION) != 0 ? " (restricted injection)" : "");
}

static void vmsa_fill(struct loader *loader, const struct igvm_vhs_vp_context *context, struct vmsa *vmsa)
{
	struct span bytes = igvm_data(&loader->file, context->file_offset, PAGE_SIZE);
	memset(vmsa, 0, PAGE_SIZE);
	if (plain_guest()) {
		struct igvm_native_context native = {0};
		memcpy(&native, bytes.p, bytes.n < sizeof(native) ? bytes.n : sizeof(native));
		native_context_to_vmsa(&native, vmsa);
		return;
	}
	memcpy(vmsa, bytes.p, bytes.n);
}

static enum err vmsa_launch(const struct igvm_header *header, gpa_t page, const struct igvm_vhs_vp_context *context)
{
	enum err error = plain_guest() ? rmp_launch(page, true) : psp_launch_update(page, PAGE_TYPE_VMSA, context->gpa);
	return error == ERR_OK ? ERR_OK : load_refuse(error, header, "launching the VMSA: %s", err_name(error));
}

static enum err load_vp_context(struct loader *loader, const struct igvm_header *header)
{
	struct igvm_vhs_vp_context context;
	igvm_decode_vp_context(header, &context);
	if ((context.compatibility_mask & loader->mask) == 0) {
		return ERR_OK;
	}
	if (context.vp_index != 0 || loader->context_seen) {
		return load_refuse(ERR_UNSUPPORTED, header, "only one VP context, of VP 0, is launched");
	}
	u64 address = context.gpa;
	bool chosen_here = plain_guest() || address == LAUNCH_VMSA_GPA;
	enum err error = chosen_here ? vmsa_place(loader, header, &address) : ERR_OK;
	void *page;
	if (error == ERR_OK) {
		error = page_claim(header, address, &page);
	}
	if (error != ERR_OK) {
		return error;
	}
	vmsa_fill(loader, &context, page);
	error = vmsa_features_check(header, page);
	if (error == ERR_OK) {
		error = vmsa_launch(header, gpa(address), &context);
	}
	if (error != ERR_OK) {
		return error;
	}
	loader->context_seen = true;
	loader->result->pages++;
	loader->result->vmsa = gpa(address);
	loader->result->sev_features = ((const struct vmsa *)page)->sev_features;
	return ERR_OK;
}

static enum err load_required_memory(struct loader *loader, const struct igvm_header *header)
{
	struct igvm_vhs_required_memory memory;
	igvm_decode_required_memory(header, &memory);
	if ((memory.compatibility_mask & loader->mask) == 0) {
		return ERR_OK;
	}
	if (!memory_is_ram(gpa(memory.gpa), memory.number_of_bytes)) {
		return load_refuse(ERR_RANGE, header, "required memory 0x%llx, 0x%x bytes, is not RAM of this guest",
				   (unsigned long long)memory.gpa, memory.number_of_bytes);
	}
	return ERR_OK;
}

static enum err load_id_block(struct loader *loader, const struct igvm_header *header)
{
	u32 mask;
	if (span_copy(header->content, 0, &mask, sizeof(mask)) != ERR_OK || (mask & loader->mask) == 0) {
		return ERR_OK;
	}
	if (loader->id_block_seen) {
		return load_refuse(ERR_EXISTS, header, "a second SNP ID block");
	}
	loader->id_block_seen = true;
	id_block_take(header, loader->result->policy, &loader->id_auth);
	return ERR_OK;
}

static enum err launch_finish(const struct loader *loader)
{
	if (plain_guest()) {
		return ERR_OK;
	}
	u32 status = psp_launch_finish(loader->id_block_seen ? &loader->id_auth : NULL);
	if (status != PSP_SUCCESS) {
		return load_refuse(ERR_INPUT, NULL, "the PSP refuses the ID block: %s", id_block_refusal(status));
	}
	return ERR_OK;
}

static enum err load_header(struct loader *loader, const struct igvm_header *header)
{
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		return load_page_data(loader, header);
	case IGVM_VHT_PARAMETER_AREA:
		return parameter_declare(&loader->parameters, &loader->file, header);
	case IGVM_VHT_PARAMETER_INSERT:
		return load_parameter_insert(loader, header);
	case IGVM_VHT_VP_CONTEXT:
		return load_vp_context(loader, header);
	case IGVM_VHT_REQUIRED_MEMORY:
		return load_required_memory(loader, header);
	case IGVM_VHT_SNP_ID_BLOCK:
		return load_id_block(loader, header);
	case IGVM_VHT_VP_COUNT_PARAMETER:
	case IGVM_VHT_SRAT:
	case IGVM_VHT_MADT:
	case IGVM_VHT_MMIO_RANGES:
	case IGVM_VHT_MEMORY_MAP:
	case IGVM_VHT_COMMAND_LINE:
	case IGVM_VHT_SLIT:
	case IGVM_VHT_PPTT:
	case IGVM_VHT_DEVICE_TREE:
	case IGVM_VHT_ENVIRONMENT_INFO_PARAMETER:
		return parameter_fill(&loader->parameters, header);
	default: /* platforms, policy (read before), relocation (not needed at the preferred address), error ranges */
		return ERR_OK;
	}
}

static enum err launch_start(struct loader *loader)
{
	struct load_result *result = loader->result;
	if (plain_guest()) {
		return ERR_OK;
	}
	result->policy = POLICY_DEFAULT;
	if (igvm_guest_policy(&loader->file, loader->mask, &result->policy) == ERR_EXISTS) {
		return load_refuse(ERR_INPUT, NULL, "there are two different guest policies");
	}
	if (psp_launch_start(result->policy) != ERR_OK) {
		return load_refuse(ERR_INPUT, NULL, "guest policy 0x%llx is not valid",
				   (unsigned long long)result->policy);
	}
	return ERR_OK;
}

/* False: the page has no such entry. */
static bool cpuid_page_spoil(struct cpuid_page *page, u64 leaf)
{
	bool spoiled = false;
	for (u32 i = 0; i < page->count; i++) {
		struct cpuid_entry *entry = &page->entries[i];
		if (entry->eax_in == leaf && entry->ecx_in == 0) {
			entry->eax = ~entry->eax;
			entry->ebx = ~entry->ebx;
			entry->ecx = ~entry->ecx;
			entry->edx = ~entry->edx;
			spoiled = true;
		}
	}
	return spoiled;
}

/* A host that changes CPUID pages after the PSP has filled them. */
static void load_commit_faults(const struct loader *loader)
{
	u64 leaf;
	if (!fault_due(FAULT_CPUID_CHANGED, NULL, &leaf)) {
		return;
	}
	bool spoiled = false;
	for (u32 i = 0; i < loader->cpuid_page_count; i++) {
		spoiled = cpuid_page_spoil(memory_page(loader->cpuid_pages[i]), leaf) || spoiled;
	}
	if (!spoiled) {
		fault_failed(FAULT_CPUID_CHANGED, NULL, ERR_NOT_FOUND);
	}
}

static void trace_load_done(const struct load_result *result)
{
	static const char digits[] = "0123456789abcdef";
	if (plain_guest()) {
		trace(TRACE_ALWAYS, NULL, "load-done", "pages=%llu platform=native", (unsigned long long)result->pages);
		return;
	}
	char hex[LAUNCH_DIGEST_SIZE * 2];
	for (u32 i = 0; i < LAUNCH_DIGEST_SIZE; i++) {
		hex[i * 2] = digits[result->digest[i] >> 4];
		hex[i * 2 + 1] = digits[result->digest[i] & 0xF];
	}
	trace(TRACE_ALWAYS, NULL, "load-done", "pages=%llu digest=%.*s", (unsigned long long)result->pages,
	      (int)sizeof(hex), hex);
}

static enum err load_open(struct span bytes, struct loader *loader)
{
	struct igvm_error why = {0};
	enum err error = igvm_open(bytes, &loader->file, &why);
	if (error != ERR_OK) {
		struct igvm_header at = {.index = why.header, .offset = why.offset};
		return load_refuse(error, &at, "%s", why.what);
	}
	error = igvm_platform_mask(&loader->file, IGVM_PLATFORM_SEV_SNP, &loader->mask);
	if (error == ERR_OK) {
		return ERR_OK;
	}
	error = igvm_platform_mask(&loader->file, IGVM_PLATFORM_NATIVE, &loader->mask);
	if (error != ERR_OK) {
		return load_refuse(error, NULL, "the file has no SEV-SNP platform, and no native one");
	}
	plain_guest_begin();
	return ERR_OK;
}

enum err load_igvm(struct span file, struct load_result *result)
{
	static struct loader loader;
	trace(TRACE_ALWAYS, NULL, "load-begin", "bytes=%zu", file.n);
	*result = (struct load_result){0};
	loader = (struct loader){.result = result};
	enum err error = load_open(file, &loader);
	if (error == ERR_OK) {
		error = launch_start(&loader);
	}
	if (error != ERR_OK) {
		return error;
	}
	struct igvm_iterator iterator = igvm_headers(&loader.file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		error = load_header(&loader, &header);
		if (error != ERR_OK) {
			return error;
		}
	}
	if (!loader.context_seen) {
		return load_refuse(ERR_NOT_FOUND, NULL, "the file has no VP context for its platform");
	}
	psp_launch_digest(result->digest);
	error = launch_finish(&loader);
	if (error != ERR_OK) {
		return error;
	}
	trace_load_done(result);
	load_commit_faults(&loader);
	return ERR_OK;
}
