/* SPDX-License-Identifier: MIT */
#include "base/err.h"

const char *err_name(enum err error)
{
	static const char *const names[] = {
		[ERR_OK] = "ok",
		[ERR_INPUT] = "malformed",
		[ERR_RANGE] = "out of range",
		[ERR_TRUNCATED] = "truncated",
		[ERR_UNSUPPORTED] = "not supported",
		[ERR_NOT_FOUND] = "not found",
		[ERR_EXISTS] = "exists already",
		[ERR_STATE] = "not allowed in this state",
		[ERR_BUSY] = "busy",
		[ERR_NO_MEMORY] = "out of memory",
		[ERR_HOST] = "host error",
		[ERR_HARDWARE] = "hardware error",
		[ERR_INCOMPLETE] = "incomplete",
		[ERR_LOST] = "taken away by the host",
	};
	return (size_t)error < ARRAY_SIZE(names) ? names[error] : "unknown";
}
