/* SPDX-License-Identifier: Apache-2.0 */
/* rom.h - setup's view of a program: core instructions as Rom rows. */
#ifndef GN_MACHINES_ROM_H
#define GN_MACHINES_ROM_H

#include "machines/machine.h"

/* core (with its kernel) and regions (with their images) are kept, not copied.  user: whose code the rows are that are not the kernel's.  Regions: user's
 * and kernel's, without the input, which belongs to a run.  GN_LIMIT names what no class can prove: code outside of text, immediates that no class takes.  FAULT rows get
 * no Rom row: no class takes them. */
GN_NODISCARD enum gn_status mx_program_create(struct mx_program **out, const struct vm_program *core,
                                              enum mx_privilege user, const struct mx_region *regions,
                                              uint32_t regions_n, struct gn_error *err);
/* Ascending, disjoint, each in one window, none where Input makes words, none of the user's kind in the kernel's window; each word of one kind (memory/image.c). */
GN_NODISCARD enum gn_status mx_regions_check(const struct mx_program *p, struct gn_error *err);
void mx_program_destroy(struct mx_program *p);

/* all classes, in the order of classes.def */
extern const struct mx_class_def *const mx_classes[];
extern const unsigned mx_classes_n;
extern const struct mx_store_def *const mx_stores[];
extern const unsigned mx_stores_n;
const struct mx_class_def *mx_class_find(enum mx_class class); /* NULL if there is none */

#endif
