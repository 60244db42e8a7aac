/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.h - from a run of the executor to the records of which tables are filled.
 *
 *     mx_recorder_create(&r, program, input, input_n, &err);
 *     gn_vm_run(&vm, limit, mx_recorder_observe, r);      as often as one likes
 *     mx_recorder_halt(r, row, &err)                      row of the HALT instruction
 *     mx_recorder_finish(&run, r, &err)                           what stores and witness.h read; valid while r lives
 */
#ifndef GN_MACHINES_RECORDER_H
#define GN_MACHINES_RECORDER_H

#include "machines/machine.h"

struct mx_recorder;

/* Registers are all 0 and memory is its regions' images and the input at the beginning, as the verifier has it.  The input is kept, not copied; GN_LIMIT if it is
 * longer than MX_INPUT_MAX. */
GN_NODISCARD enum gn_status mx_recorder_create(struct mx_recorder **out, const struct mx_program *program,
                                               const uint8_t *input, size_t input_n, struct gn_error *err);
void mx_recorder_destroy(struct mx_recorder *r);

/* A vm_observer (ctx: the recorder).  Failures are sticky: mx_recorder_halt reports the first one. */
void mx_recorder_observe(void *ctx, const struct vm *vm, const struct vm_event *event);

GN_NODISCARD enum gn_status mx_recorder_halt(struct mx_recorder *r, uint32_t core_row, struct gn_error *err);

/* The records of a class: n of them, mx_class_def.record_bytes each, in the order of execution. */
const void *mx_recorder_records(const struct mx_recorder *r, enum mx_class class, size_t *n);

/* Fills out (all but arena). */
GN_NODISCARD enum gn_status mx_recorder_finish(struct mx_run *out, struct mx_recorder *r, struct gn_error *err);

/* Gives back all memory but the statement's, when the tables are filled: a proof has use for it.  Of a finished run only the statement remains valid. */
void mx_recorder_forget(struct mx_recorder *r);

#endif
