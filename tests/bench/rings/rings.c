/* SPDX-License-Identifier: MIT */
/*
 * A plugin for QEMU's emulation that counts instructions by who executes them: machine, SVSM, its ring 3, guest. Machine and
 * SVSM have the same addresses, so the machine's VMRUN says which of them it is; ring 3 lies below the guest's program.
 *
 *   -plugin rings.so,out=FILE,left=ADDRESS[,mark=ADDRESS]
 *
 * left: what the machine executes first when the guest has left. mark: whenever the guest comes there, one line goes to FILE; without a
 * mark, one at the end. It has, of all CPUs together, instructions of ring 3, of the SVSM's ring 0, entries into ring 3, instructions of
 * the guest, and the most that SVSM and ring 3 executed on one CPU between two of the guest's own since the last line.
 */
#include <copra/boot.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rings/qemu_plugin.h"

#define UPPER_HALF (1ULL << 63)
#define CPUS_MAX 64U

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

/* Each is its own CPU's alone: they may be emulated on threads. */
static struct cpu {
	uint64_t counts[WHO_COUNT];
	uint64_t entries; /* into ring 3 */
	uint64_t absence; /* of the guest: what VMPL0 has executed since */
	uint64_t longest_absence;
	bool in_guest; /* any VMPL of it */
	enum who before;
} __attribute__((aligned(64))) cpus[CPUS_MAX];

static enum who block_owner(const struct cpu *cpu, const struct block *block)
{
	if (!cpu->in_guest) {
		return MACHINE;
	}
	if (block->start >= UPPER_HALF) {
		return SVSM;
	}
	return block->start < BOOT_PROGRAM_ADDRESS ? RING_3 : GUEST;
}

static void counts_write(void)
{
	struct cpu all = {.entries = 0};
	for (unsigned i = 0; i < CPUS_MAX; i++) {
		for (unsigned who = 0; who < WHO_COUNT; who++) {
			all.counts[who] += cpus[i].counts[who];
		}
		all.entries += cpus[i].entries;
		all.absence = cpus[i].longest_absence > all.absence ? cpus[i].longest_absence : all.absence;
		cpus[i].longest_absence = 0;
	}
	fprintf(out, "%llu %llu %llu %llu %llu\n", (unsigned long long)all.counts[RING_3],
		(unsigned long long)all.counts[SVSM], (unsigned long long)all.entries,
		(unsigned long long)all.counts[GUEST], (unsigned long long)all.absence);
}

static void absence_count(struct cpu *cpu, enum who who, uint64_t instructions)
{
	if (who == GUEST) {
		cpu->longest_absence = cpu->absence > cpu->longest_absence ? cpu->absence : cpu->longest_absence;
		cpu->absence = 0;
	} else if (who != MACHINE) {
		cpu->absence += instructions;
	}
}

static void block_runs(unsigned int vcpu, void *userdata)
{
	const struct block *block = userdata;
	struct cpu *cpu = &cpus[vcpu % CPUS_MAX];
	cpu->in_guest = cpu->in_guest && block->start != left;
	enum who who = block_owner(cpu, block);
	absence_count(cpu, who, block->instructions);
	if (who == GUEST && block->start == mark) {
		counts_write();
	}
	cpu->entries += who == RING_3 && cpu->before != RING_3;
	cpu->counts[who] += block->instructions;
	cpu->before = who;
	cpu->in_guest = cpu->in_guest || block->end == left; /* it ends with VMRUN */
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
	if (mark == 0) {
		counts_write();
	}
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
	if (!good || out == NULL || left == 0) {
		fputs("rings: the options are out=FILE,left=ADDRESS[,mark=ADDRESS]\n", stderr);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, end, NULL);
	return 0;
}
