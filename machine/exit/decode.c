/* SPDX-License-Identifier: MIT */
/* AMD64 APM volume 3 (24594), section 1.2 (prefixes) and appendix A (opcode maps). */
#include "exit/decode.h"

#define REX_B 0x1U
#define REX_R 0x4U

struct prefixes {
	u32 count;
	u8 repeat; /* F2, F3 or 0 */
	u8 lock;
	u8 rex;
};

static bool prefix_take(struct prefixes *prefixes, u8 byte)
{
	switch (byte) {
	case 0xF2:
	case 0xF3:
		prefixes->repeat = byte;
		return true;
	case 0xF0:
		prefixes->lock = byte;
		return true;
	case 0x26:
	case 0x2E:
	case 0x36:
	case 0x3E:
	case 0x64:
	case 0x65:
	case 0x66:
	case 0x67:
		return true;
	default:
		return false;
	}
}

static struct prefixes prefixes_read(const struct decoded *decoded, bool long_mode)
{
	struct prefixes prefixes = {0};
	const u8 *bytes = decoded->bytes;
	while (prefixes.count < decoded->fetched && prefix_take(&prefixes, bytes[prefixes.count])) {
		prefixes.count++;
	}
	if (long_mode && prefixes.count < decoded->fetched && (bytes[prefixes.count] & 0xF0) == 0x40) {
		prefixes.rex = bytes[prefixes.count++];
	}
	return prefixes;
}

/* 0F 01 with a register ModRM byte. */
static enum instruction group_kind(u8 modrm, u8 repeat)
{
	switch (modrm) {
	case 0xD9:
		return repeat != 0 ? INSTRUCTION_VMGEXIT : INSTRUCTION_VMMCALL;
	case 0xFD:
		return repeat == 0xF3 ? INSTRUCTION_RMPQUERY : INSTRUCTION_OTHER;
	case 0xFE:
		return repeat == 0xF3 ? INSTRUCTION_RMPADJUST : repeat == 0 ? INSTRUCTION_INVLPGB : INSTRUCTION_OTHER;
	case 0xFF:
		return repeat == 0xF2 ? INSTRUCTION_PVALIDATE : repeat == 0 ? INSTRUCTION_TLBSYNC : INSTRUCTION_OTHER;
	default:
		return INSTRUCTION_OTHER;
	}
}

static void opcode_decode(struct decoded *decoded, const struct prefixes *prefixes)
{
	const u8 *opcode = decoded->bytes + prefixes->count;
	u32 left = decoded->fetched - prefixes->count;
	if (left >= 3 && opcode[0] == 0x0F && opcode[1] == 0x01) {
		decoded->kind = group_kind(opcode[2], prefixes->repeat);
		decoded->length = prefixes->count + 3;
	} else if (left >= 3 && opcode[0] == 0x0F && opcode[1] == 0x22) {
		bool cr8 = (prefixes->rex & REX_R) != 0 || prefixes->lock != 0;
		decoded->kind = cr8 ? INSTRUCTION_WRITE_CR8 : INSTRUCTION_OTHER;
		decoded->modrm_register = (u8)((opcode[2] & 7) | ((prefixes->rex & REX_B) != 0 ? 8 : 0));
		decoded->length = prefixes->count + 3;
	} else if (left >= 2 && opcode[0] == 0x0F) {
		decoded->kind = INSTRUCTION_TWO_BYTES;
		decoded->length = prefixes->count + 2;
	} else if (left >= 1) {
		decoded->kind = INSTRUCTION_ONE_BYTE;
		decoded->length = prefixes->count + 1;
	}
}

void instruction_decode(struct vcpu *vcpu, struct decoded *decoded)
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	bool long_mode = (vmsa->efer & EFER_LMA) != 0 && (vmsa->cs.attributes & 0x200U) != 0;
	decoded->kind = INSTRUCTION_OTHER;
	decoded->length = 0;
	decoded->fetched = guest_fetch(vcpu, decoded->bytes);
	struct prefixes prefixes = prefixes_read(decoded, long_mode);
	opcode_decode(decoded, &prefixes);
}

void instruction_advance(struct cpu *cpu, u32 length)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	vmsa->rip += length;
	if ((vmsa->cs.attributes & 0x200U) == 0) {
		vmsa->rip = (u32)vmsa->rip;
	}
	cpu->int_state[cpu->vcpu->vmpl] = 0;
}
