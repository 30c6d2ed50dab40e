/* SPDX-License-Identifier: MIT */
#include "platform/native/console.h"

#include "cpu/instructions.h"
#include "platform/native/instructions.h"
#include "platform/platform.h"

/* Registers of a 16550, from its first port */
#define UART_DATA 0U
#define UART_INTERRUPTS 1U
#define UART_FIFO 2U
#define UART_LINE_CONTROL 3U
#define UART_LINE_STATUS 5U
#define UART_8N1 3U
#define UART_FIFO_ON 1U
#define UART_SENDER_EMPTY 0x20U
/* How often the status is read before a byte is given up: nobody can be told that the console stands still. */
#define WAIT_LIMIT 100000U

static u16 console_port;

void console_init(u16 port)
{
	console_port = port;
	if (port == 0) {
		return;
	}
	port_write_u8((u16)(port + UART_INTERRUPTS), 0);
	port_write_u8((u16)(port + UART_LINE_CONTROL), UART_8N1);
	port_write_u8((u16)(port + UART_FIFO), UART_FIFO_ON);
}

/* A port without a device reads as ones and so is ready. */
static bool sender_ready(void)
{
	for (u32 i = 0; i < WAIT_LIMIT; i++) {
		if ((port_read_u8((u16)(console_port + UART_LINE_STATUS)) & UART_SENDER_EMPTY) != 0) {
			return true;
		}
		cpu_relax();
	}
	return false;
}

void platform_console_write(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && console_port != 0; i++) {
		if (!sender_ready()) {
			console_port = 0;
			return;
		}
		port_write_u8(console_port + UART_DATA, (u8)bytes[i]);
	}
}
