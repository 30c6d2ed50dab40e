/* SPDX-License-Identifier: MIT */
/*
 * What the launcher tells the machine, through QEMU's fw_cfg files opt/copra/NAME:
 *   igvm     the file to load
 *   options  words separated by spaces or newlines: memory=BYTES trace=CLASS,... counters withhold=FEATURE,... cbit=N report-version=N fault=... dump=ADDRESS:BYTES
 *            (docs/machine.md)
 *   kernel, initrd, cmdline  for firmware's own direct boot; shown to the guest as the classic fw_cfg items
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/* No hypervisor feature but a bit of CPUID, in a place that GHCB_FEATURE_* leaves free. */
#define OPTIONS_WITHHELD_INVLPGB (1ULL << 63)

struct options {
	struct span igvm;
	struct span kernel, initrd, cmdline; /* empty when not given */
	u64 memory; /* bytes of RAM that the guest has; the rest of QEMU's is the machine's own */
	u32 trace_classes;
	bool counters;
	u64 withheld_features; /* GHCB_FEATURE_* that the host does not offer */
	u32 cbit;              /* 0: what the processor allows */
	u32 report_version;    /* of attestation reports, 2 or 3; 0: not given */
	struct span faults;    /* text of the fault plan */
	u64 dump_start;        /* memory that is written to the trace at the end, with the RMP */
	u64 dump_size;         /* 0: nothing */
};

/*
 * Reads everything once, into RAM of the machine's own, and enables the trace classes asked for. Errors are traced (event
 * option-error): ERR_HARDWARE without fw_cfg DMA, ERR_NOT_FOUND without an IGVM file, ERR_NO_MEMORY, ERR_INPUT.
 */
err_t options_read(struct options *options);

/* For the rest of the run. options_read does it. */
void options_keep(const struct options *options);
/* What was kept; all zero before. */
const struct options *options_get(void);

/*
 * Parses the text of opt/copra/options into *options. ERR_INPUT: an unknown word or a bad value, which *bad then names.
 */
err_t options_parse(struct span text, struct options *options, struct span *bad);
