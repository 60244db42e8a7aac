/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h - what the kernel's bulk operations do; internal to vm/. */
#ifndef GN_VM_BULK_H
#define GN_VM_BULK_H

#include "vm/vm.h"

/* Does the operation.  False: it faults, nothing has changed; *address: what it named. */
bool gn_vm_bulk(struct vm *vm, const struct vm_insn *insn, uint64_t *address);

#endif
