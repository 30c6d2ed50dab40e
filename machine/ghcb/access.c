/* SPDX-License-Identifier: MIT */
#include "ghcb/access.h"

#include "base/mem.h"
#include "device/mmio.h"
#include "device/msr.h"
#include "device/port.h"
#include "rmp/view.h"

#define MMIO_SIZE_MAX 8U

/* Bytes of one port access; 0 when not exactly one size is given. */
static u32 port_size(u64 info1)
{
	switch (info1 & (IOIO_SIZE_8 | IOIO_SIZE_16 | IOIO_SIZE_32)) {
	case IOIO_SIZE_8:
		return 1;
	case IOIO_SIZE_16:
		return 2;
	case IOIO_SIZE_32:
		return 4;
	default:
		return 0;
	}
}

/* INS and OUTS: the guest moves the bytes between the shared buffer and its memory itself. */
static void port_string(struct ghcb_request *request, u16 port, u32 size)
{
	u8 buffer[GHCB_SHARED_BUFFER_SIZE];
	gpa_t at;
	u64 count = request->info2, n;
	bool in = (request->info1 & IOIO_IN) != 0;
	if (ckd_mul(&n, count, size) || !ghcb_scratch(request, n, &at)) {
		if (request->result == GHCB_RESULT_OK) {
			ghcb_refuse(request, GHCB_ERROR_INVALID_SCRATCH);
		}
		return;
	}
	enum err error = in ? ERR_OK : memory_read_shared(at, buffer, (size_t)n);
	for (u64 i = 0; error == ERR_OK && i < n; i += size) {
		u32 value = 0;
		if (in) {
			value = port_read(request->vcpu, port, size);
			memcpy(buffer + i, &value, size);
		} else {
			memcpy(&value, buffer + i, size);
			port_write(request->vcpu, port, size, value);
		}
	}
	if (error == ERR_OK && in) {
		error = memory_write_shared(at, buffer, (size_t)n);
	}
	if (error != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_SCRATCH);
	}
}

void access_port(struct ghcb_request *request)
{
	u32 size = port_size(request->info1);
	u16 port = (u16)(request->info1 >> IOIO_PORT_SHIFT);
	if (size == 0) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	if ((request->info1 & IOIO_STRING) != 0) {
		port_string(request, port, size);
		return;
	}
	if ((request->info1 & IOIO_IN) != 0) {
		request->rax = port_read(request->vcpu, port, size);
		request->returned = GHCB_BIT(GHCB_RAX);
		return;
	}
	u32 value = (u32)request->rax;
	port_write(request->vcpu, port, size, size == 4 ? value : value & ((1U << size * 8) - 1));
}

void access_msr(struct ghcb_request *request)
{
	u32 msr = (u32)request->rcx;
	if (request->info1 > 1) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	if (request->info1 == 1) {
		u64 value = (request->rdx & UINT32_MAX) << 32 | (request->rax & UINT32_MAX);
		if (!msr_guest_write(request->vcpu, msr, value)) {
			ghcb_raise_gp(request);
		}
		return;
	}
	u64 value;
	if (!msr_guest_read(request->vcpu, msr, &value)) {
		ghcb_raise_gp(request);
		return;
	}
	request->rax = value & UINT32_MAX;
	request->rdx = value >> 32;
	request->returned = GHCB_BIT(GHCB_RAX) | GHCB_BIT(GHCB_RDX);
}

void access_mmio(struct ghcb_request *request)
{
	u64 size = request->info2, value = 0;
	gpa_t at;
	if (size == 0) {
		return;
	}
	if (size > MMIO_SIZE_MAX) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	if (!ghcb_scratch(request, size, &at)) {
		return;
	}
	enum err error;
	if (request->code == GHCB_NAE_MMIO_READ) {
		error = mmio_read(request->vcpu, gpa(request->info1), (u32)size, &value);
		if (error == ERR_OK) {
			error = memory_write_shared(at, &value, (size_t)size);
		}
	} else {
		error = memory_read_shared(at, &value, (size_t)size);
		if (error == ERR_OK) {
			error = mmio_write(request->vcpu, gpa(request->info1), (u32)size, value);
		}
	}
	if (error != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}
