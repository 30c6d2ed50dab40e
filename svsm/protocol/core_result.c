/* SPDX-License-Identifier: MIT */
#include "protocol/core_result.h"

#include <copra/svsm.h>

u64 core_result(enum err error, u32 code)
{
	switch (error) {
	case ERR_OK:
		return SVSM_SUCCESS;
	case ERR_INCOMPLETE:
		return SVSM_ERR_INCOMPLETE;
	case ERR_UNSUPPORTED:
		return SVSM_ERR_UNSUPPORTED_CALL;
	case ERR_RANGE:
	case ERR_LOST:
		return SVSM_ERR_INVALID_ADDRESS;
	case ERR_INPUT:
	case ERR_NOT_FOUND:
	case ERR_STATE:
		return SVSM_ERR_INVALID_PARAMETER;
	case ERR_BUSY:
		return SVSM_ERR_BUSY;
	case ERR_HARDWARE:
		return SVSM_ERR_PROTOCOL_BASE + code;
	case ERR_EXISTS:
	case ERR_HOST: /* the hardware saw no change where there had to be one */
		return SVSM_ERR_CORE_NO_CHANGE;
	default:
		return SVSM_ERR_INVALID_REQUEST;
	}
}
