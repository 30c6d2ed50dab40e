/* SPDX-License-Identifier: MIT */
#include "device/fw_cfg_items.h"

#include "base/mem.h"
#include "cpu/vcpu.h"
#include "device/fw_cfg_host.h"
#include "mm/memory.h"
#include "mm/own_memory.h"
#include "options.h"
#include "trace/trace.h"

/* Keys; QEMU documentation, fw_cfg, and the pc machines' own */
#define KEY_RAM_SIZE 0x03U
#define KEY_CPU_COUNT 0x05U
#define KEY_KERNEL_ADDRESS 0x07U
#define KEY_KERNEL_SIZE 0x08U
#define KEY_INITRD_ADDRESS 0x0AU
#define KEY_INITRD_SIZE 0x0BU
#define KEY_CPU_MAX 0x0FU
#define KEY_KERNEL_ENTRY 0x10U
#define KEY_KERNEL_DATA 0x11U
#define KEY_INITRD_DATA 0x12U
#define KEY_CMDLINE_ADDRESS 0x13U
#define KEY_CMDLINE_SIZE 0x14U
#define KEY_CMDLINE_DATA 0x15U
#define KEY_SETUP_ADDRESS 0x16U
#define KEY_SETUP_SIZE 0x17U
#define KEY_SETUP_DATA 0x18U
#define KEY_FILE_FIRST 0x20U
#define KEY_E820_LEGACY 0x8003U

#define SETUP_SECTORS_OFFSET 0x1F1U
#define SETUP_SECTORS_DEFAULT 4U
#define SECTOR_SIZE 512U
#define ACPI_RAM 1U
#define FOUR_GIB (1ULL << 32)

#define HIDDEN_MAX 32U
#define DIRECTORY_FILES_MAX 511U
#define E820_ENTRIES_MAX 8U

struct e820_entry {
	u64 address;
	u64 length;
	u32 type;
} packed;
LAYOUT_SIZE(struct e820_entry, 20);

struct directory {
	u32 count; /* big endian */
	struct fw_cfg_file files[DIRECTORY_FILES_MAX];
};

static struct {
	bool made;
	u64 ram_size;
	u16 cpu_count;
	u32 kernel_size, initrd_size, cmdline_size, setup_size;
	struct span kernel, setup, cmdline;
	struct e820_entry e820[E820_ENTRIES_MAX];
	u32 e820_count;
	u16 e820_key;
	u16 hidden[HIDDEN_MAX];
	u32 hidden_count;
	struct span directory;
} items;

static bool name_begins(const struct fw_cfg_file *file, const char *prefix)
{
	for (size_t i = 0; prefix[i] != '\0'; i++) {
		if (i == FW_CFG_FILE_NAME_SIZE || file->name[i] != prefix[i]) {
			return false;
		}
	}
	return true;
}

/* The machine's own, and what QEMU makes of the kernel it was given: the machine. */
static bool file_is_hidden(const struct fw_cfg_file *file)
{
	return name_begins(file, "opt/copra/") || name_begins(file, "genroms/") || name_begins(file, "etc/boot/");
}

static void file_add(struct directory *directory, u32 *count, const struct fw_cfg_file *file)
{
	u16 key = __builtin_bswap16(file->key);
	if (file_is_hidden(file)) {
		if (items.hidden_count < HIDDEN_MAX) {
			items.hidden[items.hidden_count++] = key;
		}
		return;
	}
	struct fw_cfg_file *added = &directory->files[(*count)++];
	*added = *file;
	if (name_begins(file, "etc/e820")) {
		items.e820_key = key;
		added->size = __builtin_bswap32(items.e820_count * (u32)sizeof(struct e820_entry));
	}
}

static void directory_make(void)
{
	struct directory *directory = memory_own_pages((sizeof(struct directory) + PAGE_SIZE - 1) / PAGE_SIZE);
	static struct directory host;
	if (directory == NULL || fw_cfg_host_read(FW_CFG_FILE_DIRECTORY, 0, &host, (u32)sizeof(host)) != ERR_OK) {
		trace(TRACE_ALWAYS, NULL, "fw-cfg-lost", "error=\"the file directory could not be read\"");
		return;
	}
	u32 host_count = __builtin_bswap32(host.count), count = 0;
	for (u32 i = 0; i < host_count && i < DIRECTORY_FILES_MAX; i++) {
		file_add(directory, &count, &host.files[i]);
	}
	directory->count = __builtin_bswap32(count);
	items.directory = span_of(directory, sizeof(u32) + count * sizeof(struct fw_cfg_file));
}

static void memory_make(void)
{
	u32 count;
	const struct memory_range *ranges = memory_ranges(&count);
	u64 low_end = 0;
	for (u32 i = 0; i < count && items.e820_count + 1 < E820_ENTRIES_MAX; i++) {
		if (ranges[i].start >= FOUR_GIB) {
			items.e820[++items.e820_count] = (struct e820_entry){ranges[i].start, ranges[i].size, ACPI_RAM};
			items.ram_size += ranges[i].size;
		} else {
			low_end = ranges[i].start + ranges[i].size;
		}
	}
	/* Like QEMU's: low memory in one piece, with the hole for video memory and ROMs that every PC knows of. */
	items.e820[0] = (struct e820_entry){0, low_end, ACPI_RAM};
	items.e820_count++;
	items.ram_size += low_end;
}

/* A bzImage is shown in two parts, as QEMU does; Linux boot protocol, setup_sects. */
static void kernel_make(const struct options *options)
{
	struct span kernel = options->kernel;
	u32 sectors = kernel.n > SETUP_SECTORS_OFFSET ? kernel.p[SETUP_SECTORS_OFFSET] : 0;
	u64 setup = (u64)((sectors == 0 ? SETUP_SECTORS_DEFAULT : sectors) + 1) * SECTOR_SIZE;
	setup = setup < kernel.n ? setup : kernel.n;
	items.setup = span_of(kernel.p, (size_t)setup);
	items.kernel = span_of(kernel.p + setup, kernel.n - (size_t)setup);
	items.setup_size = (u32)setup;
	items.kernel_size = (u32)items.kernel.n;
	items.initrd_size = (u32)options->initrd.n;
	if (options->cmdline.n > 0) {
		u8 *text = memory_own_pages(options->cmdline.n / PAGE_SIZE + 1);
		if (text != NULL) {
			memcpy(text, options->cmdline.p, options->cmdline.n);
			items.cmdline = span_of(text, options->cmdline.n + 1);
			items.cmdline_size = (u32)items.cmdline.n;
		}
	}
}

static void items_make(void)
{
	items.made = true;
	items.cpu_count = (u16)vcpu_count();
	memory_make();
	kernel_make(options_get());
	directory_make();
}

static struct fw_cfg_item item_bytes(const void *p, size_t n)
{
	return (struct fw_cfg_item){.kind = FW_CFG_BYTES, .bytes = span_of(p, n)};
}

static struct fw_cfg_item item_span(struct span bytes)
{
	return (struct fw_cfg_item){.kind = FW_CFG_BYTES, .bytes = bytes};
}

static struct fw_cfg_item file_find(u16 key)
{
	if (key == items.e820_key && key != 0) {
		return item_bytes(items.e820, items.e820_count * sizeof(struct e820_entry));
	}
	for (u32 i = 0; i < items.hidden_count; i++) {
		if (items.hidden[i] == key) {
			return (struct fw_cfg_item){.kind = FW_CFG_EMPTY};
		}
	}
	return (struct fw_cfg_item){.kind = FW_CFG_QEMU};
}

struct fw_cfg_item fw_cfg_item_find(u16 key)
{
	if (!items.made) {
		items_make();
	}
	switch (key) {
	case KEY_RAM_SIZE:
		return item_bytes(&items.ram_size, sizeof(items.ram_size));
	case KEY_CPU_COUNT:
	case KEY_CPU_MAX:
		return item_bytes(&items.cpu_count, sizeof(items.cpu_count));
	case KEY_KERNEL_SIZE:
		return item_bytes(&items.kernel_size, sizeof(items.kernel_size));
	case KEY_KERNEL_DATA:
		return item_span(items.kernel);
	case KEY_INITRD_SIZE:
		return item_bytes(&items.initrd_size, sizeof(items.initrd_size));
	case KEY_INITRD_DATA:
		return item_span(options_get()->initrd);
	case KEY_CMDLINE_SIZE:
		return item_bytes(&items.cmdline_size, sizeof(items.cmdline_size));
	case KEY_CMDLINE_DATA:
		return item_span(items.cmdline);
	case KEY_SETUP_SIZE:
		return item_bytes(&items.setup_size, sizeof(items.setup_size));
	case KEY_SETUP_DATA:
		return item_span(items.setup);
	case FW_CFG_FILE_DIRECTORY:
		return item_span(items.directory);
	case KEY_KERNEL_ADDRESS:
	case KEY_KERNEL_ENTRY:
	case KEY_INITRD_ADDRESS:
	case KEY_CMDLINE_ADDRESS:
	case KEY_SETUP_ADDRESS:
	case KEY_E820_LEGACY:
		return (struct fw_cfg_item){.kind = FW_CFG_EMPTY};
	default:
		return key >= KEY_FILE_FIRST ? file_find(key) : (struct fw_cfg_item){.kind = FW_CFG_QEMU};
	}
}
