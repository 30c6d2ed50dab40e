/* SPDX-License-Identifier: MIT */
#include "show/names.h"

#include <copra/igvm_defs.h>

#include "base/compiler.h"
#include "igvm/igvm.h"

static const struct {
	u32 type;
	const char *name;
} headers[] = {
	{IGVM_VHT_SUPPORTED_PLATFORM, "SUPPORTED_PLATFORM"},
	{IGVM_VHT_GUEST_POLICY, "GUEST_POLICY"},
	{IGVM_VHT_RELOCATABLE_REGION, "RELOCATABLE_REGION"},
	{IGVM_VHT_PAGE_TABLE_RELOCATION_REGION, "PAGE_TABLE_RELOCATION_REGION"},
	{IGVM_VHT_CORIM_DOCUMENT, "CORIM_DOCUMENT"},
	{IGVM_VHT_CORIM_SIGNATURE, "CORIM_SIGNATURE"},
	{IGVM_VHT_CCA_POLICY, "CCA_POLICY"},
	{IGVM_VHT_PARAMETER_AREA, "PARAMETER_AREA"},
	{IGVM_VHT_PAGE_DATA, "PAGE_DATA"},
	{IGVM_VHT_PARAMETER_INSERT, "PARAMETER_INSERT"},
	{IGVM_VHT_VP_CONTEXT, "VP_CONTEXT"},
	{IGVM_VHT_REQUIRED_MEMORY, "REQUIRED_MEMORY"},
	{IGVM_VHT_VP_COUNT_PARAMETER, "VP_COUNT"},
	{IGVM_VHT_SRAT, "SRAT"},
	{IGVM_VHT_MADT, "MADT"},
	{IGVM_VHT_MMIO_RANGES, "MMIO_RANGES"},
	{IGVM_VHT_SNP_ID_BLOCK, "SNP_ID_BLOCK"},
	{IGVM_VHT_MEMORY_MAP, "MEMORY_MAP"},
	{IGVM_VHT_ERROR_RANGE, "ERROR_RANGE"},
	{IGVM_VHT_COMMAND_LINE, "COMMAND_LINE"},
	{IGVM_VHT_SLIT, "SLIT"},
	{IGVM_VHT_PPTT, "PPTT"},
	{IGVM_VHT_VBS_MEASUREMENT, "VBS_MEASUREMENT"},
	{IGVM_VHT_DEVICE_TREE, "DEVICE_TREE"},
	{IGVM_VHT_ENVIRONMENT_INFO_PARAMETER, "ENVIRONMENT_INFO"},
};

const char *name_of_header(u32 type)
{
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		if (headers[i].type == type) {
			return headers[i].name;
		}
	}
	return "unknown";
}

const char *name_of_platform(u8 type)
{
	static const char *const names[] = {"native", "vsm", "sev-snp", "tdx", "sev", "sev-es", "cca"};
	return type < ARRAY_SIZE(names) ? names[type] : "unknown";
}

const char *name_of_page(u16 data_type)
{
	static const char *const names[] = {"normal", "secrets", "cpuid", "cpuid-xf"};
	return data_type < ARRAY_SIZE(names) ? names[data_type] : "unknown";
}

const char *const zero_page_names[] = {
	[IGVM_ZERO_MEASURED] = "measured",
	[IGVM_ZERO_NATIVE] = "native",
	NULL,
};
