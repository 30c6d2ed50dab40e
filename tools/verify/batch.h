/* SPDX-License-Identifier: MIT */
#pragma once

#include "verify/job.h"
#include "verify/options.h"

/* Verifies each line of a file, on several threads; results in the order of the lines. Exit status: 1 when any was refused. */
int batch_run(const struct verify_options *options, const struct demands *demands, const struct trust *trust);
