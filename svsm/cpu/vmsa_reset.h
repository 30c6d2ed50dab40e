/* SPDX-License-Identifier: MIT */
/* What the VMSAs that the SVSM makes have in common. Pure: runs on the host as well. */
#pragma once

#include <copra/vmsa.h>

struct vmsa_segment vmsa_segment_of(u16 selector, u16 attributes, u32 limit, u64 base);
/* The architectural reset state (APM volume 2, table 14-1) but for code, data segments and control registers. */
void vmsa_reset_fill(struct vmsa *vmsa);
/* DS, ES, FS, GS and SS alike. */
void vmsa_data_segments_fill(struct vmsa *vmsa, struct vmsa_segment data);
