/* SPDX-License-Identifier: MIT */
/* The guest's memory, from the host's map to a page-state table. */
#pragma once

#include <copra/boot.h>

#include "selftest/selftest.h"

/* False, and a failed check, when the host gives too little. */
bool ground_prepare(const struct boot_layout *layout, struct selftest_ground *ground);
