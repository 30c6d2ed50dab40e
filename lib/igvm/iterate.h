/* SPDX-License-Identifier: MIT */
/* The iteration step that says why it ends; igvm_next is for files that were checked. */
#pragma once

#include "igvm/igvm.h"

/* The next header; ERR_TRUNCATED when its type, length, content or padding are not all there. */
err_t igvm_take_header(struct igvm_iterator *iterator, struct igvm_header *header);
