/* SPDX-License-Identifier: MIT */
/* What an image does once its kernel stands; chosen at link time. */
#pragma once

#include <copra/boot.h>

#include "base/compiler.h"

/* With a guest: prepares it, starts the other CPUs and serves (boot/serve.c). Without: runs the self-tests (selftest/main.c). */
noreturn_fn void boot_serve(const struct boot_layout *layout);
