/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h - KECCAK, POSEIDON2, SHA256, COPY, FILL, DECLARE: what the kernel's bulk operations do; internal to vm/. */
#ifndef GN_VM_BULK_H
#define GN_VM_BULK_H

#include "vm/vm.h"

/* Executes the row's effect on memory.  Otherwise nothing has changed: the fault, and the address to report. */
enum vm_fault gn_vm_bulk(struct vm *vm, const struct vm_insn *insn, uint64_t *address);

#endif
