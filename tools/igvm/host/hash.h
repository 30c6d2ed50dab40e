/* SPDX-License-Identifier: MIT */
/* SHA-384 of libcrypto, in the form that lib/igvm asks for. */
#pragma once

#include "igvm/igvm.h"

extern const struct igvm_hash host_hash;
