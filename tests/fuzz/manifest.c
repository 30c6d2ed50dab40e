/* SPDX-License-Identifier: MIT */
/* Manifests: every line that is taken is a name and a value out of the text. */
#include "host/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest manifest = {.rest = span_of(data, size)};
	struct manifest_line line;
	while (manifest_next(&manifest, &line) == ERR_OK) {
		if (line.name.n == 0 || line.value.n == 0 || line.name.p < data ||
		    line.value.p + line.value.n > data + size) {
			abort();
		}
	}
	return 0;
}
