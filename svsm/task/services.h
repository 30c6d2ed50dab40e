/* SPDX-License-Identifier: MIT */
/* The services of an image, for boot. Who asks them includes task/service.h. */
#pragma once

#include <copra/boot.h>

#include "task/service.h"

/* Notes where the executable is. Nothing runs before the first request. */
void services_init(const struct boot_layout *layout);
