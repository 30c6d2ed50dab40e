/* SPDX-License-Identifier: MIT */
/* As much of an instruction as an exit needs: where its opcode is, and what comes behind it. The processor reports no next RIP. */
#pragma once

#include "context/guest_access.h"
#include "cpu/cpu.h"

enum instruction {
	INSTRUCTION_OTHER,
	INSTRUCTION_VMGEXIT, /* VMMCALL with F3 or F2 */
	INSTRUCTION_VMMCALL,
	INSTRUCTION_PVALIDATE,
	INSTRUCTION_RMPADJUST,
	INSTRUCTION_RMPQUERY,
	INSTRUCTION_INVLPGB,
	INSTRUCTION_TLBSYNC,
	INSTRUCTION_WRITE_CR8, /* operand register in modrm_register */
	INSTRUCTION_TWO_BYTES, /* 0F xx */
	INSTRUCTION_ONE_BYTE,
};

struct decoded {
	enum instruction kind;
	u32 length; /* of prefixes and opcode bytes, with ModRM where the kind has one */
	u8 modrm_register;
	u8 bytes[INSTRUCTION_MAX];
	u32 fetched;
};

/* Reads and decodes the instruction at RIP. kind is INSTRUCTION_OTHER and length 0 when it cannot be read. */
void instruction_decode(struct vcpu *vcpu, struct decoded *decoded);

/* RIP goes behind an instruction that was carried out here. */
void instruction_advance(struct cpu *cpu, u32 length);
