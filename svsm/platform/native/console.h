/* SPDX-License-Identifier: MIT */
/* A 16550 serial port, written byte by byte. */
#pragma once

#include <copra/types.h>

/* port: first I/O port; 0 for none, then nothing is written. */
void console_init(u16 port);
