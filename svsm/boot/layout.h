/* SPDX-License-Identifier: MIT */
/* Checks the measured layout page (copra/boot.h). Pure: runs on the host as well. */
#pragma once

#include <copra/boot.h>

#include "base/err.h"

/*
 * at: guest-physical address of the page itself. ERR_INPUT (magic, version, alignment, reserved fields, kinds), ERR_RANGE (something
 * lies outside of where it must lie, or overlaps); *what says which field.
 */
err_t layout_check(const struct boot_layout *layout, u64 at, const char **what);
