/* SPDX-License-Identifier: MIT */
/*
 * At boot there is nobody to report an error to: a step that fails ends the SVSM, and says which it was. A page that the host has
 * taken away is a reason by itself.
 */
#pragma once

#include "base/err.h"
#include "dev/log.h"
#include "platform/platform.h"

static inline void require(enum err error, enum terminate_reason reason, const char *what)
{
	if (error != ERR_OK) {
		log_error("%s: %s", what, err_name(error));
		platform_terminate(error == ERR_LOST ? TERMINATE_PAGE_NOT_VALIDATED : reason);
	}
}
