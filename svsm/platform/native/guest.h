/* SPDX-License-Identifier: MIT */
/* There is no less privileged level for a guest to run at; the image plays one. */
#pragma once

#include <copra/types.h>

/* Supplied by the image (selftest/guest.c): one turn of the guest. False when it does not want to run any more. */
bool native_guest_turn(void);
