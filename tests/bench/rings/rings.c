/* SPDX-License-Identifier: MIT */
/*
 * A plugin for QEMU's emulation that counts instructions by who executes them, on one CPU: machine, SVSM, its ring 3, guest. Machine and
 * SVSM have the same addresses, so the machine's VMRUN says which of them it is; ring 3 lies below the guest's program.
 *
 *   -plugin rings.so,out=FILE,left=ADDRESS,mark=ADDRESS
 *
 * left: what the machine executes first when the guest has left. mark: whenever the guest comes there, one line goes to FILE:
 * instructions of ring 3, of the SVSM's ring 0, entries into ring 3, instructions of the guest, and the most that SVSM and ring 3
 * executed between two of the guest's own since the last line.
 */
#include <copra/boot.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rings/qemu_plugin.h"

#define UPPER_HALF (1ULL << 63)

enum who {
	MACHINE,
	SVSM,
	RING_3,
	GUEST,
	WHO_COUNT
};

struct block {
	uint64_t start, end;
	uint64_t instructions;
};

int qemu_plugin_version = RINGS_PLUGIN_VERSION;

static FILE *out;
static uint64_t left, mark;
static uint64_t counts[WHO_COUNT];
static uint64_t entries; /* into ring 3 */
static uint64_t absence; /* of the guest: what VMPL0 has executed since */
static uint64_t longest_absence;
static bool in_guest; /* any VMPL of it */
static enum who before;

static enum who block_owner(const struct block *block)
{
	if (!in_guest) {
		return MACHINE;
	}
	if (block->start >= UPPER_HALF) {
		return SVSM;
	}
	return block->start < BOOT_PROGRAM_ADDRESS ? RING_3 : GUEST;
}

static void counts_write(void)
{
	fprintf(out, "%llu %llu %llu %llu %llu\n", (unsigned long long)counts[RING_3], (unsigned long long)counts[SVSM],
		(unsigned long long)entries, (unsigned long long)counts[GUEST], (unsigned long long)longest_absence);
	longest_absence = 0;
}

static void absence_count(enum who who, uint64_t instructions)
{
	if (who == GUEST) {
		longest_absence = absence > longest_absence ? absence : longest_absence;
		absence = 0;
	} else if (who != MACHINE) {
		absence += instructions;
	}
}

static void block_runs(unsigned int vcpu, void *userdata)
{
	const struct block *block = userdata;
	in_guest = in_guest && block->start != left;
	enum who who = block_owner(block);
	absence_count(who, block->instructions);
	if (who == GUEST && block->start == mark) {
		counts_write();
	}
	entries += who == RING_3 && before != RING_3;
	counts[who] += block->instructions;
	before = who;
	in_guest = in_guest || block->end == left; /* it ends with VMRUN */
}

/* The block is never freed: QEMU may run it whenever it likes. */
static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, count - 1);
	struct block *block = malloc(sizeof(*block));
	if (block == NULL) {
		abort();
	}
	block->start = qemu_plugin_tb_vaddr(tb);
	block->end = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
	block->instructions = count;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void end(qemu_plugin_id_t id, void *userdata)
{
	fclose(out);
}

static bool option_take(const char *word)
{
	if (strncmp(word, "out=", 4) == 0) {
		out = fopen(word + 4, "w");
	} else if (strncmp(word, "left=", 5) == 0) {
		left = strtoull(word + 5, NULL, 0);
	} else if (strncmp(word, "mark=", 5) == 0) {
		mark = strtoull(word + 5, NULL, 0);
	} else {
		return false;
	}
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	bool good = true;
	for (int i = 0; i < argc; i++) {
		good = option_take(argv[i]) && good;
	}
	if (!good || out == NULL || left == 0 || mark == 0) {
		fputs("rings: the options are out=FILE,left=ADDRESS,mark=ADDRESS\n", stderr);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, end, NULL);
	return 0;
}
