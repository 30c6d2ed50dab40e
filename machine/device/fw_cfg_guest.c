/* SPDX-License-Identifier: MIT */
#include "device/fw_cfg_guest.h"

#include "base/mem.h"
#include "device/fw_cfg_dma.h"
#include "device/fw_cfg_host.h"
#include "device/fw_cfg_items.h"
#include "rmp/view.h"
#include "trace/trace.h"
#include "x86/lock.h"

#define KEY_WRITE_CHANNEL 0x4000U
#define DMA_SIGNATURE_HIGH 0x51454D55U /* "QEMU CFG" */
#define DMA_SIGNATURE_LOW 0x20434647U

static struct {
	struct lock lock;
	u16 key;
	struct fw_cfg_item item;
	u32 offset;
	u32 dma_high;

	/* The piece of one of QEMU's items that was read last */
	bool cached;
	u32 cache_offset;
} fw_cfg;

static u8 fw_cfg_cache[PAGE_SIZE] aligned_to(PAGE_SIZE);

/* QEMU ignores the bit that once chose a channel for writing: with it, too, a key is that of its item. */
static void fw_cfg_select(u16 key)
{
	key &= (u16)~KEY_WRITE_CHANNEL;
	fw_cfg.key = key;
	fw_cfg.item = fw_cfg_item_find(key);
	fw_cfg.offset = 0;
	fw_cfg.cached = false;
}

/* The bytes of one of QEMU's items around the offset, up to the end of the cache's page. */
static struct span qemu_bytes(void)
{
	u32 start = fw_cfg.offset & ~(PAGE_SIZE - 1);
	if (!fw_cfg.cached || fw_cfg.cache_offset != start) {
		fw_cfg.cached = fw_cfg_host_read(fw_cfg.key, start, fw_cfg_cache, PAGE_SIZE) == ERR_OK;
		fw_cfg.cache_offset = start;
	}
	u32 skip = fw_cfg.offset - start;
	return fw_cfg.cached ? span_of(fw_cfg_cache + skip, PAGE_SIZE - skip) : span_of(NULL, 0);
}

/* The next bytes of the selected item, at most n, some if n is not 0; zeros where it has none. Advances. */
static struct span item_take(u32 n)
{
	static const u8 zeros[PAGE_SIZE];
	struct span rest = span_of(NULL, 0);
	if (fw_cfg.item.kind == FW_CFG_QEMU) {
		rest = qemu_bytes();
	} else if (fw_cfg.offset < fw_cfg.item.bytes.n) {
		rest = span_of(fw_cfg.item.bytes.p + fw_cfg.offset, fw_cfg.item.bytes.n - fw_cfg.offset);
	}
	if (rest.n == 0) {
		rest = span_of(zeros, sizeof(zeros));
	}
	rest.n = rest.n < n ? rest.n : n;
	if (ckd_add(&fw_cfg.offset, fw_cfg.offset, (u32)rest.n)) {
		fw_cfg.offset = UINT32_MAX;
	}
	return rest;
}

static enum err dma_read(u64 address, u32 n)
{
	while (n > 0) {
		struct span bytes = item_take(n);
		enum err error = memory_write_shared(gpa(address), bytes.p, bytes.n);
		if (error != ERR_OK) {
			return error;
		}
		address += bytes.n;
		n -= (u32)bytes.n;
	}
	return ERR_OK;
}

/* Only QEMU's own files are written, and only as far as QEMU lets anybody. */
static enum err dma_write(u64 address, u32 n)
{
	fw_cfg.cached = false;
	if (fw_cfg.item.kind != FW_CFG_QEMU || n > sizeof(fw_cfg_cache)) {
		return ERR_UNSUPPORTED;
	}
	enum err error = memory_read_shared(gpa(address), fw_cfg_cache, n);
	if (error == ERR_OK) {
		error = fw_cfg_host_write(fw_cfg.key, fw_cfg.offset, fw_cfg_cache, n);
		fw_cfg.offset += n;
	}
	return error;
}

static enum err dma_perform(u32 control, u32 length, u64 address)
{
	if ((control & FW_CFG_DMA_SELECT) != 0) {
		fw_cfg_select((u16)(control >> FW_CFG_DMA_KEY_SHIFT));
	}
	if ((control & FW_CFG_DMA_READ) != 0) {
		return dma_read(address, length);
	}
	if ((control & FW_CFG_DMA_WRITE) != 0) {
		return dma_write(address, length);
	}
	if ((control & FW_CFG_DMA_SKIP) != 0 && ckd_add(&fw_cfg.offset, fw_cfg.offset, length)) {
		fw_cfg.offset = UINT32_MAX;
	}
	return ERR_OK;
}

static void dma_run(const struct vcpu *vcpu, u64 descriptor_address)
{
	struct fw_cfg_dma d;
	if (memory_read_shared(gpa(descriptor_address), &d, sizeof(d)) != ERR_OK) {
		trace(TRACE_REFUSED, vcpu, "fw-cfg-refused", "descriptor=0x%llx",
		      (unsigned long long)descriptor_address);
		return;
	}
	u32 control = __builtin_bswap32(d.control), length = __builtin_bswap32(d.length);
	u64 address = __builtin_bswap64(d.address);
	enum err error = dma_perform(control, length, address);
	trace(TRACE_IO, vcpu, "fw-cfg-dma", "control=0x%x length=%u gpa=0x%llx error=\"%s\"", control, length,
	      (unsigned long long)address, err_name(error));
	u32 result = __builtin_bswap32(error == ERR_OK ? 0 : FW_CFG_DMA_ERROR);
	if (memory_write_shared(gpa(descriptor_address), &result, sizeof(result)) != ERR_OK) {
		trace(TRACE_REFUSED, vcpu, "fw-cfg-refused", "descriptor=0x%llx",
		      (unsigned long long)descriptor_address);
	}
}

u32 fw_cfg_guest_read(u16 port, u32 size)
{
	u32 value = 0;
	lock_take(&fw_cfg.lock);
	if (port == FW_CFG_PORT_DATA && size == 1) {
		value = item_take(1).p[0];
	} else if (port == FW_CFG_PORT_DMA && size == 4) {
		value = __builtin_bswap32(DMA_SIGNATURE_HIGH);
	} else if (port == FW_CFG_PORT_DMA + 4 && size == 4) {
		value = __builtin_bswap32(DMA_SIGNATURE_LOW);
	}
	lock_release(&fw_cfg.lock);
	return value;
}

void fw_cfg_guest_write(struct vcpu *vcpu, u16 port, u32 size, u32 value)
{
	lock_take(&fw_cfg.lock);
	if (port == FW_CFG_PORT_SELECT && size == 2) {
		fw_cfg_select((u16)value);
	} else if (port == FW_CFG_PORT_DMA && size == 4) {
		fw_cfg.dma_high = __builtin_bswap32(value);
	} else if (port == FW_CFG_PORT_DMA + 4 && size == 4) {
		u64 address = (u64)fw_cfg.dma_high << 32 | __builtin_bswap32(value);
		fw_cfg.dma_high = 0;
		dma_run(vcpu, address);
	}
	lock_release(&fw_cfg.lock);
}
