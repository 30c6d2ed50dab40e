/* SPDX-License-Identifier: MIT */
/* The rules, by matter; the file was accepted by igvm_open. */
#pragma once

#include "check/consumer.h"
#include "check/findings.h"

/* All of them; consumer NULL: the format's own */
void check_file(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings);

/* Pages that a platform would be given twice */
void check_overlaps(const struct igvm_file *file, struct findings *findings);

/* Parameters past the end of their areas or over one another, areas that nobody gets */
void check_parameters(const struct igvm_file *file, struct findings *findings);

/* What a platform's file should have and has not */
void check_completeness(const struct igvm_file *file, struct findings *findings);

/* What the consumer refuses or ignores */
void check_consumer(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings);

/* The VMSAs as KVM makes and measures them */
void check_vmsas(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings);
