/* SPDX-License-Identifier: Apache-2.0 */
/* binding.h - how a statement's bytes reach the machine's constraints.  Freestanding. */
#ifndef GN_ZKVM_BINDING_H
#define GN_ZKVM_BINDING_H

#include "air/witness.h"
#include "gnomon/verify.h"

/* Values and strings for the engine; holds what `statement` points to, so it must not be copied. */
struct gn_binding {
    struct air_statement statement;
    struct air_public_bytes bytes[1];
};
/* False if this machine cannot say it.  The bytes must outlive the binding. */
GN_NODISCARD bool gn_binding_open(struct gn_binding *b, const struct gn_statement *s, const uint8_t *bytes, size_t n);

#endif
