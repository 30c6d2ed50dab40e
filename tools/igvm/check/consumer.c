/* SPDX-License-Identifier: MIT */
#include "check/consumer.h"

#include <copra/igvm_defs.h>

#include <string.h>

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
#define FAILS "does not know it and fails the launch"

static const struct consumer consumers[] = {
	{
		.name = "qemu-10.1",
		.title = "QEMU 10.1",
		.platforms = QEMU_PLATFORMS,
		.initialization = INITIALIZATION(IGVM_VHT_GUEST_POLICY),
		.directives = QEMU_DIRECTIVES,
		.otherwise = FAILS,
		.every_mask = true,
		.is_qemu = true,
		.makes_vmsas = true,
	},
	{
		.name = "qemu-10.2",
		.title = "QEMU 10.2",
		.platforms = QEMU_PLATFORMS,
		.initialization = INITIALIZATION(IGVM_VHT_GUEST_POLICY),
		.directives = QEMU_DIRECTIVES,
		.otherwise = FAILS,
		.every_mask = true,
		.is_qemu = true,
		.makes_vmsas = true,
		.native_context = true,
	},
	{
		.name = "qemu-11",
		.title = "QEMU 11",
		.platforms = QEMU_PLATFORMS,
		.initialization = INITIALIZATION(IGVM_VHT_GUEST_POLICY),
		.directives = QEMU_DIRECTIVES | DIRECTIVE(IGVM_VHT_MADT),
		.otherwise = FAILS,
		.every_mask = true,
		.is_qemu = true,
		.makes_vmsas = true,
		.native_context = true,
	},
	{
		.name = "cloud-hypervisor",
		.title = "Cloud Hypervisor",
		.platforms = PLATFORM(IGVM_PLATFORM_SEV_SNP),
		.initialization = EVERYTHING,
		.directives = COMMON_DIRECTIVES | DIRECTIVE(IGVM_VHT_COMMAND_LINE),
		.otherwise = "does not know it and aborts",
	},
	{
		.name = "openvmm",
		.title = "OpenVMM",
		.platforms = PLATFORM(IGVM_PLATFORM_VSM_ISOLATION) | PLATFORM(IGVM_PLATFORM_SEV_SNP),
		.initialization = EVERYTHING,
		.directives = EVERYTHING & ~DIRECTIVE(IGVM_VHT_VBS_MEASUREMENT),
		.otherwise = "does not know it",
	},
	{
		.name = "kvm",
		.title = "KVM",
		.platforms = QEMU_PLATFORMS | PLATFORM(IGVM_PLATFORM_TDX),
		.initialization = EVERYTHING,
		.directives = EVERYTHING,
		.otherwise = "",
		.makes_vmsas = true,
		.native_context = true,
	},
	{
		.name = "hyper-v",
		.title = "Hyper-V",
		.platforms = PLATFORM(IGVM_PLATFORM_VSM_ISOLATION) | PLATFORM(IGVM_PLATFORM_SEV_SNP) |
			     PLATFORM(IGVM_PLATFORM_TDX),
		.initialization = EVERYTHING,
		.directives = EVERYTHING,
		.otherwise = "",
	},
};

const struct consumer *consumer_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(consumers); i++) {
		if (strcmp(consumers[i].name, name) == 0) {
			return &consumers[i];
		}
	}
	return NULL;
}
