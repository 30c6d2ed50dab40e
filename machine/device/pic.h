/* SPDX-License-Identifier: MIT */
/*
 * Initialisation of the two 8259 interrupt controllers (Intel 8259A data sheet, "Initialization Command Words"). Until its second
 * word comes, a controller that was told the first one has vector base 0 and no mask, and the machine takes interrupts whatever
 * the guest's IF says. So the words are kept until all are there, and then sent at once.
 */
#pragma once

#include <copra/types.h>

#define PIC_FIRST_BASE 0x20U  /* command port; data port is the next */
#define PIC_SECOND_BASE 0xA0U /* the same of the second controller */
#define PIC_MAX_WORDS 4U

struct pic {
	u8 words[PIC_MAX_WORDS];
	u32 count;  /* words kept */
	u32 wanted; /* words that the first one announced, 0 when no initialisation is under way */
};

enum pic_write {
	PIC_PASS,    /* not part of an initialisation: for the device */
	PIC_KEPT,    /* more words have to come */
	PIC_SEND,    /* words[0] goes to the command port, the others to the data port */
	PIC_REFUSED, /* a vector base among the exceptions, which the machine's own processor would take for one */
};

bool pic_is_port(u16 port, u32 size);

/* What becomes of the guest's write of one byte to the command or the data port. */
enum pic_write pic_take(struct pic *pic, bool command, u8 value);
