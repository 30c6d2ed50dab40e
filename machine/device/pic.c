/* SPDX-License-Identifier: MIT */
#include "device/pic.h"

#define ICW1 0x10U
#define ICW1_FOURTH 0x01U
#define ICW1_SINGLE 0x02U
#define FIRST_INTERRUPT 32U

static bool touches(u16 port, u32 size, u16 base)
{
	return port <= base + 1U && port + size > base;
}

bool pic_is_port(u16 port, u32 size)
{
	return touches(port, size, PIC_FIRST_BASE) || touches(port, size, PIC_SECOND_BASE);
}

static enum pic_write keep(struct pic *pic, u8 value)
{
	pic->words[pic->count++] = value;
	if (pic->count < pic->wanted) {
		return PIC_KEPT;
	}
	pic->wanted = 0;
	return pic->words[1] < FIRST_INTERRUPT ? PIC_REFUSED : PIC_SEND;
}

enum pic_write pic_take(struct pic *pic, bool command, u8 value)
{
	if (command && (value & ICW1) != 0) {
		pic->count = 0;
		pic->wanted = 2U + ((value & ICW1_SINGLE) == 0 ? 1U : 0U) + ((value & ICW1_FOURTH) != 0 ? 1U : 0U);
		return keep(pic, value);
	}
	return command || pic->wanted == 0 ? PIC_PASS : keep(pic, value);
}
