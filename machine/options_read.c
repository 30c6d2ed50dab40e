/* SPDX-License-Identifier: MIT */
#include "mm/own_memory.h"
#include "options.h"

#include "device/fw_cfg_host.h"
#include "trace/trace.h"

/* The whole file, or nothing when there is none of that name. */
static enum err file_read(const char *name, struct span *out)
{
	u16 key;
	u32 size;
	enum err error = fw_cfg_host_find(name, &key, &size);
	if (error == ERR_NOT_FOUND || (error == ERR_OK && size == 0)) {
		return ERR_OK;
	}
	if (error != ERR_OK) {
		return error;
	}
	void *bytes = memory_own_pages(((u64)size + PAGE_SIZE - 1) / PAGE_SIZE);
	if (bytes == NULL) {
		return ERR_NO_MEMORY;
	}
	*out = span_of(bytes, size);
	return fw_cfg_host_read(key, 0, bytes, size);
}

struct option_file {
	const char *name;
	struct span *content;
};

static enum err files_read(struct options *options, struct span *text)
{
	const struct option_file files[] = {
		{"opt/copra/options", text},
		{"opt/copra/igvm", &options->igvm},
		{"opt/copra/kernel", &options->kernel},
		{"opt/copra/initrd", &options->initrd},
		{"opt/copra/cmdline", &options->cmdline},
	};
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		enum err error = file_read(files[i].name, files[i].content);
		if (error != ERR_OK) {
			trace(TRACE_ALWAYS, NULL, "option-error", "file=%s error=\"%s\"", files[i].name,
			      err_name(error));
			return error;
		}
	}
	return ERR_OK;
}

enum err options_read(struct options *options)
{
	if (fw_cfg_host_start() != ERR_OK) {
		trace(TRACE_ALWAYS, NULL, "option-error", "error=\"QEMU's fw_cfg device with DMA is missing\"");
		return ERR_HARDWARE;
	}
	*options = (struct options){0};
	struct span text = {0};
	enum err error = files_read(options, &text);
	if (error != ERR_OK) {
		return error;
	}
	struct span bad;
	if (options_parse(text, options, &bad) != ERR_OK) {
		trace(TRACE_ALWAYS, NULL, "option-error", "word=\"%.*s\"", (int)bad.n, (const char *)bad.p);
		return ERR_INPUT;
	}
	if (options->igvm.n == 0) {
		trace(TRACE_ALWAYS, NULL, "option-error", "file=opt/copra/igvm error=\"missing or empty\"");
		return ERR_NOT_FOUND;
	}
	/* Launchers differ in whether they end the command line with a zero. */
	if (options->cmdline.n > 0 && options->cmdline.p[options->cmdline.n - 1] == 0) {
		options->cmdline.n--;
	}
	trace_classes = options->trace_classes;
	options_keep(options);
	return ERR_OK;
}
