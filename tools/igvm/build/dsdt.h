/* SPDX-License-Identifier: MIT */
/* acpi/dsdt.asl, compiled. */
#pragma once

#include "base/span.h"

extern const struct span dsdt_aml;
