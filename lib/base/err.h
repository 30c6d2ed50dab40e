/* SPDX-License-Identifier: MIT */
/* One error type for all of Copra's own code. Boundaries translate it into a specification's codes. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

enum err {
	ERR_OK = 0,
	ERR_INPUT,       /* malformed: alignment, reserved bits, magic, length */
	ERR_RANGE,       /* an address or size is outside of what is allowed, or overflows */
	ERR_TRUNCATED,   /* the bytes end before the structure does */
	ERR_UNSUPPORTED, /* well formed, but not offered here */
	ERR_NOT_FOUND,
	ERR_EXISTS,     /* would be there twice */
	ERR_STATE,      /* not allowed in the present state */
	ERR_BUSY,       /* in use by another CPU; try again */
	ERR_NO_MEMORY,  /* a fixed pool or a buffer of the caller's is full */
	ERR_HOST,       /* the host answered with an error, or not as the specification says */
	ERR_HARDWARE,   /* an instruction reported a failure that software could not foresee */
	ERR_INCOMPLETE, /* stopped half-way at a defined point; call again */
	ERR_LOST,       /* the memory behind an address is not there any more: the host has taken it away */
};

/* Every function that returns enum err is declared with this, so that no error is dropped. */
#define err_t must_check enum err

/* A short English name of the error, never NULL. */
const char *err_name(enum err error);
