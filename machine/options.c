/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <copra/ghcb.h>

#include "base/align.h"
#include "trace/trace.h"
#include "words.h"

#define CBIT_MIN 32U
#define CBIT_MAX 51U

struct name_bit {
	const char *name;
	u64 bits;
};

static const struct name_bit trace_names[] = {
	{"refused", TRACE_REFUSED},     {"vmgexit", TRACE_VMGEXIT}, {"rmp", TRACE_RMP},   {"vmpl", TRACE_VMPL},
	{"interrupt", TRACE_INTERRUPT}, {"io", TRACE_IO},           {"exit", TRACE_EXIT}, {"npf", TRACE_NPF},
	{"all", 0xFFFFFFFFU},
};

static const struct name_bit feature_names[] = {
	{"snp", GHCB_FEATURE_SNP},
	{"ap-creation", GHCB_FEATURE_AP_CREATION},
	{"restricted-injection", GHCB_FEATURE_RESTRICTED_INJECTION},
	{"apic-id-list", GHCB_FEATURE_APIC_ID_LIST},
	{"multi-vmpl", GHCB_FEATURE_MULTI_VMPL},
	{"invlpgb", OPTIONS_WITHHELD_INVLPGB},
};

static struct options kept;

void options_keep(const struct options *options)
{
	kept = *options;
}

const struct options *options_get(void)
{
	return &kept;
}

/* A list of names separated by commas; each must be known. */
static enum err parse_names(struct span list, const struct name_bit *names, size_t count, u64 *bits)
{
	if (list.n == 0) {
		return ERR_INPUT;
	}
	while (list.n > 0) {
		struct span name = word_take(&list, ',');
		size_t i = 0;
		while (i < count && !word_is(name, names[i].name)) {
			i++;
		}
		if (i == count) {
			return ERR_INPUT;
		}
		*bits |= names[i].bits;
	}
	return ERR_OK;
}

static enum err parse_memory(struct span value, struct options *options)
{
	if (options->memory != 0) { /* the boot code has taken the first already */
		return ERR_INPUT;
	}
	enum err error = word_number(value, &options->memory);
	if (error != ERR_OK || options->memory == 0 || !is_aligned(options->memory, LARGE_PAGE_SIZE)) {
		return ERR_INPUT;
	}
	return ERR_OK;
}

static enum err parse_trace(struct span value, struct options *options)
{
	u64 classes = 0;
	enum err error = parse_names(value, trace_names, ARRAY_SIZE(trace_names), &classes);
	options->trace_classes |= (u32)classes;
	return error;
}

static enum err parse_cbit(struct span value, struct options *options)
{
	u64 number;
	enum err error = word_number(value, &number);
	if (error != ERR_OK || number < CBIT_MIN || number > CBIT_MAX) {
		return ERR_INPUT;
	}
	options->cbit = (u32)number;
	return ERR_OK;
}

static enum err parse_report_version(struct span value, struct options *options)
{
	u64 version;
	if (word_number(value, &version) != ERR_OK || (version != 2 && version != 3)) {
		return ERR_INPUT;
	}
	options->report_version = (u32)version;
	return ERR_OK;
}

/* Whole pages. */
static enum err parse_dump(struct span value, struct options *options)
{
	u64 end;
	struct span start = word_take(&value, ':');
	enum err error = word_number(start, &options->dump_start);
	if (error == ERR_OK) {
		error = word_number(value, &options->dump_size);
	}
	if (error != ERR_OK || options->dump_size == 0 ||
	    !is_aligned(options->dump_start | options->dump_size, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	return ckd_add(&end, options->dump_start, options->dump_size) ? ERR_INPUT : ERR_OK;
}

static enum err parse_word(struct span word, struct options *options)
{
	if (word_is(word, "counters")) {
		options->counters = true;
		return ERR_OK;
	}
	if (word_skip(&word, "memory=")) {
		return parse_memory(word, options);
	}
	if (word_skip(&word, "trace=")) {
		return parse_trace(word, options);
	}
	if (word_skip(&word, "withhold=")) {
		return parse_names(word, feature_names, ARRAY_SIZE(feature_names), &options->withheld_features);
	}
	if (word_skip(&word, "cbit=")) {
		return parse_cbit(word, options);
	}
	if (word_skip(&word, "report-version=")) {
		return parse_report_version(word, options);
	}
	if (word_skip(&word, "dump=")) {
		return parse_dump(word, options);
	}
	if (word_skip(&word, "fault=")) {
		options->faults = word;
		return ERR_OK;
	}
	return ERR_INPUT;
}

static enum err parse_line(struct span line, struct options *options, struct span *bad)
{
	while (line.n > 0) {
		struct span word = word_take(&line, ' ');
		if (word.n != 0 && parse_word(word, options) != ERR_OK) {
			*bad = word;
			return ERR_INPUT;
		}
	}
	return ERR_OK;
}

enum err options_parse(struct span text, struct options *options, struct span *bad)
{
	enum err error = ERR_OK;
	while (error == ERR_OK && text.n > 0) {
		error = parse_line(word_take(&text, '\n'), options, bad);
	}
	return error;
}
