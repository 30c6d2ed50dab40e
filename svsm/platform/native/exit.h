/* SPDX-License-Identifier: MIT */
/* The end of the virtual machine. */
#pragma once

#include <copra/native.h>

#include "base/compiler.h"

/* code: NATIVE_EXIT_*, written to the debug exit port. Where there is no such device the processor halts. */
noreturn_fn void native_exit(unsigned int code);
