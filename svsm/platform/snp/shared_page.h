/* SPDX-License-Identifier: MIT */
/* A page of the SVSM's own that the host shares: GHCB and doorbell. */
#pragma once

#include "base/err.h"

/*
 * Rescinds the page, has the host make it shared, maps it so and zeroes it. Works before there is a GHCB. ERR_HARDWARE when
 * PVALIDATE fails or finds the page rescinded already, ERR_HOST.
 */
err_t shared_page_make(void *page);
