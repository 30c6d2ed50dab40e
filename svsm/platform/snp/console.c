/* SPDX-License-Identifier: MIT */
#include "platform/snp/console.h"

#include <copra/sev.h>

#include "platform/platform.h"
#include "platform/snp/ghcb.h"

#define UART_LINE_CONTROL 3U
#define UART_8N1 3U
#define IOIO_SEGMENT_DS (3U << 10)

static u16 console_port;
static bool console_failed;

/* One NAE IOIO (56421, section 4.1.3; the format of SW_EXITINFO1 is the VMCB's, APM volume 2, section 15.10.2). */
static void console_exit(struct ghcb_call call)
{
	call.code = SVM_EXIT_IOIO;
	/* Nobody can be told that the console does not work; it is not tried again. */
	if (ghcb_exchange(&call) != ERR_OK) {
		console_failed = true;
	}
}

void console_init(u16 port)
{
	console_port = port;
	if (port == 0) {
		return;
	}
	u64 line_control = (u64)port + UART_LINE_CONTROL;
	console_exit((struct ghcb_call){
		.info1 = line_control << IOIO_PORT_SHIFT | IOIO_ADDR_64 | IOIO_SIZE_8,
		.rax = UART_8N1,
		.pass = GHCB_PASS_RAX,
	});
}

void platform_console_write(const char *bytes, size_t n)
{
	while (n > 0 && console_port != 0 && !console_failed) {
		size_t part = n < GHCB_SHARED_BUFFER_SIZE ? n : GHCB_SHARED_BUFFER_SIZE;
		ghcb_buffer_write(bytes, part);
		console_exit((struct ghcb_call){
			.info1 = (u64)console_port << IOIO_PORT_SHIFT | IOIO_SEGMENT_DS | IOIO_ADDR_64 | IOIO_SIZE_8 |
				 IOIO_REP | IOIO_STRING,
			.info2 = part,
			.pass = GHCB_PASS_SCRATCH,
		});
		bytes += part;
		n -= part;
	}
}
