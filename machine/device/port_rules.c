/* SPDX-License-Identifier: MIT */
/* Intel ICH9 datasheet, sections 10.8 (A20, resets), 13.7 (APM), 13.8.3.7 (SMI_EN); QEMU's isa-debug-exit and vmport. */
#include "device/port_rules.h"

#define TRACE_PORT 0xE9U
#define DEBUG_EXIT_FIRST 0xF4U
#define DEBUG_EXIT_LAST 0xF7U
#define VMWARE_FIRST 0x5658U
#define VMWARE_LAST 0x565FU
/* The second serial port is VMPL0's: the SVSM's last words must not be mixed with what a guest prints. */
#define SVSM_SERIAL_FIRST 0x2F8U
#define SVSM_SERIAL_LAST 0x2FFU

#define SMI_COMMAND_PORT 0xB2U
#define SMI_ACPI_ENABLE 2U /* QEMU's ICH9 raises no SMI for these two */
#define SMI_ACPI_DISABLE 3U
#define SMI_ENABLE_SIZE 4U

#define FAST_A20_PORT 0x92U
#define FAST_RESET 1U
#define A20_OPEN 2U
#define RESET_CONTROL_PORT 0xCF9U
#define RESET_CONTROL_CPU (1U << 2)
#define KEYBOARD_DATA 0x60U
#define KEYBOARD_COMMAND 0x64U
#define KEYBOARD_WRITE_OUTPUT 0xD1U
#define KEYBOARD_CLOSE_A20 0xDDU
#define KEYBOARD_PULSE 0xF0U /* F0 to FF: bits that are 0 are pulsed; bit 0 is the reset line */

static bool touches(u16 port, u32 size, u32 first, u32 last)
{
	return port <= last && first < port + size;
}

bool port_is_hidden(u32 vmpl, u16 port, u32 size)
{
	return touches(port, size, TRACE_PORT, TRACE_PORT) || touches(port, size, DEBUG_EXIT_FIRST, DEBUG_EXIT_LAST) ||
	       touches(port, size, VMWARE_FIRST, VMWARE_LAST) ||
	       (vmpl != 0 && touches(port, size, SVSM_SERIAL_FIRST, SVSM_SERIAL_LAST));
}

bool port_straddles(u16 port, u32 size, u16 first, u16 last)
{
	return touches(port, size, first, last) && (port < first || port + size - 1 > last);
}

/* The keyboard controller's output port: bit 0 is the processor's reset line, bit 1 the A20 gate. */
static bool keyboard_permitted(struct port_state *state, u16 port, u32 size, u32 *value)
{
	if (size != 1) {
		return false;
	}
	bool output_port = state->output_port_next;
	state->output_port_next = port == KEYBOARD_COMMAND && *value == KEYBOARD_WRITE_OUTPUT;
	if (port == KEYBOARD_COMMAND) {
		return *value != KEYBOARD_CLOSE_A20;
	}
	if (output_port) {
		*value |= A20_OPEN;
	}
	return !output_port || (*value & 1U) != 0;
}

bool port_write_permitted(struct port_state *state, u16 pm_base, u16 port, u32 size, u32 *value)
{
	if (port == KEYBOARD_DATA || port == KEYBOARD_COMMAND) {
		return keyboard_permitted(state, port, size, value);
	}
	if (port == FAST_A20_PORT && size == 1) {
		*value |= A20_OPEN;
		return true;
	}
	if (port == SMI_COMMAND_PORT && size == 1) {
		return *value == SMI_ACPI_ENABLE || *value == SMI_ACPI_DISABLE;
	}
	u32 smi_enable = pm_base + PORT_SMI_ENABLE;
	return !touches(port, size, SMI_COMMAND_PORT, SMI_COMMAND_PORT) &&
	       !touches(port, size, FAST_A20_PORT, FAST_A20_PORT) &&
	       !touches(port, size, KEYBOARD_DATA, KEYBOARD_DATA) &&
	       !touches(port, size, KEYBOARD_COMMAND, KEYBOARD_COMMAND) &&
	       !touches(port, size, smi_enable, smi_enable + SMI_ENABLE_SIZE - 1);
}

bool port_write_resets(u16 port, u32 value)
{
	switch (port) {
	case RESET_CONTROL_PORT:
		return (value & RESET_CONTROL_CPU) != 0;
	case KEYBOARD_COMMAND:
		return (value & 0xF1) == KEYBOARD_PULSE;
	case FAST_A20_PORT:
		return (value & FAST_RESET) != 0;
	default:
		return false;
	}
}
