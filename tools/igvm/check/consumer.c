/* SPDX-License-Identifier: MIT */
#include "check/consumer.h"

#include <copra/igvm_defs.h>

#include "base/compiler.h"

#define INITIALIZATION(type) (1U << ((type)-IGVM_VHT_INITIALIZATION_FIRST))
#define DIRECTIVE(type) (1U << ((type)-IGVM_VHT_DIRECTIVE_FIRST))
#define PLATFORM(type) (1U << (type))
#define EVERYTHING UINT32_MAX

#define QEMU_PLATFORMS \
	(PLATFORM(IGVM_PLATFORM_NATIVE) | PLATFORM(IGVM_PLATFORM_SEV) | PLATFORM(IGVM_PLATFORM_SEV_ES) | \
	 PLATFORM(IGVM_PLATFORM_SEV_SNP))
#define COMMON_DIRECTIVES \
	(DIRECTIVE(IGVM_VHT_PAGE_DATA) | DIRECTIVE(IGVM_VHT_VP_CONTEXT) | DIRECTIVE(IGVM_VHT_PARAMETER_AREA) | \
	 DIRECTIVE(IGVM_VHT_PARAMETER_INSERT) | DIRECTIVE(IGVM_VHT_MEMORY_MAP) | \
	 DIRECTIVE(IGVM_VHT_VP_COUNT_PARAMETER) | DIRECTIVE(IGVM_VHT_REQUIRED_MEMORY) | \
	 DIRECTIVE(IGVM_VHT_SNP_ID_BLOCK))
#define QEMU_DIRECTIVES (COMMON_DIRECTIVES | DIRECTIVE(IGVM_VHT_ENVIRONMENT_INFO_PARAMETER))

/* Its releases differ in few things. */
#define QEMU(name, more_directives, has_native_context) \
	{ \
		.title = (name), .platforms = QEMU_PLATFORMS, .initialization = INITIALIZATION(IGVM_VHT_GUEST_POLICY), \
		.directives = QEMU_DIRECTIVES | (more_directives), \
		.otherwise = "does not know it and fails the launch", .every_mask = true, .is_qemu = true, \
		.makes_vmsas = true, .native_context = (has_native_context), \
	}

enum {
	QEMU_10_1,
	QEMU_10_2,
	QEMU_11,
	CLOUD_HYPERVISOR,
	OPENVMM,
	KVM,
	HYPER_V,
};

const char *const consumer_names[] = {
	[QEMU_10_1] = "qemu-10.1", [QEMU_10_2] = "qemu-10.2",
	[QEMU_11] = "qemu-11",     [CLOUD_HYPERVISOR] = "cloud-hypervisor",
	[OPENVMM] = "openvmm",     [KVM] = "kvm",
	[HYPER_V] = "hyper-v",     NULL,
};

static const struct consumer consumers[] = {
	[QEMU_10_1] = QEMU("QEMU 10.1", 0, false),
	[QEMU_10_2] = QEMU("QEMU 10.2", 0, true),
	[QEMU_11] = QEMU("QEMU 11", DIRECTIVE(IGVM_VHT_MADT), true),
	[CLOUD_HYPERVISOR] =
		{
			.title = "Cloud Hypervisor",
			.platforms = PLATFORM(IGVM_PLATFORM_SEV_SNP),
			.initialization = EVERYTHING,
			.directives = COMMON_DIRECTIVES | DIRECTIVE(IGVM_VHT_COMMAND_LINE),
			.otherwise = "does not know it and aborts",
		},
	[OPENVMM] =
		{
			.title = "OpenVMM",
			.platforms = PLATFORM(IGVM_PLATFORM_VSM_ISOLATION) | PLATFORM(IGVM_PLATFORM_SEV_SNP),
			.initialization = EVERYTHING,
			.directives = EVERYTHING & ~DIRECTIVE(IGVM_VHT_VBS_MEASUREMENT),
			.otherwise = "does not know it",
		},
	[KVM] =
		{
			.title = "KVM",
			.platforms = QEMU_PLATFORMS | PLATFORM(IGVM_PLATFORM_TDX),
			.initialization = EVERYTHING,
			.directives = EVERYTHING,
			.otherwise = "",
			.makes_vmsas = true,
			.native_context = true,
		},
	[HYPER_V] =
		{
			.title = "Hyper-V",
			.platforms = PLATFORM(IGVM_PLATFORM_VSM_ISOLATION) | PLATFORM(IGVM_PLATFORM_SEV_SNP) |
				     PLATFORM(IGVM_PLATFORM_TDX),
			.initialization = EVERYTHING,
			.directives = EVERYTHING,
			.otherwise = "",
		},
};

const struct consumer *consumer_get(u32 index)
{
	return index < ARRAY_SIZE(consumers) ? &consumers[index] : NULL;
}
