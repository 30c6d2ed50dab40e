/* SPDX-License-Identifier: MIT */
/* What `igvm sign` was asked for. */
#pragma once

#include "igvm/igvm.h"

struct sign_options {
	const char *path;
	const char *output;
	const char *id_key;
	const char *author_key;
	u8 family_id[16];
	u8 image_id[16];
	u32 guest_svn;
	enum igvm_zero_pages zero_pages;
};

/* False when the command ends here, with *status: after --help or a message. */
bool sign_options_read(int count, char **words, struct sign_options *options, int *status);
