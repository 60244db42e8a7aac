/* SPDX-License-Identifier: Apache-2.0 */
/* isa.h - the forms of core instructions: which fields of struct vm_insn an operation uses (isa.def). */
#ifndef GN_VM_ISA_H
#define GN_VM_ISA_H

#include "vm/vm.h"

enum vm_form {
    VM_FORM_D_I,
    VM_FORM_D_A,
    VM_FORM_D_AB,
    VM_FORM_D_AI,
    VM_FORM_AB_T,
    VM_FORM_AI_T,
    VM_FORM_T,
    VM_FORM_DI_T,
    VM_FORM_D_A_I_J,
    VM_FORM_LOAD,
    VM_FORM_STORE,
    VM_FORM_AB,
    VM_FORM_NONE,
    VM_FORM_I,
    VM_FORM_STOREI,
    VM_FORM_A,
    VM_FORM_C_AB,
    VM_FORMS
};

/* C: rd, but read */
enum { VM_USES_D = 1, VM_USES_A = 2, VM_USES_B = 4, VM_USES_I = 8, VM_USES_T = 16, VM_USES_C = 32 };

/* op < VM_OPS */
enum vm_form gn_vm_op_form(enum vm_op op);
/* VM_USES_* of the form */
unsigned gn_vm_form_uses(enum vm_form form);

#endif
