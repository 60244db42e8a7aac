/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - as program.h, in the machine: the kernel's RV64 code and the program's rows in the executor. */
#ifndef GN_TESTS_KERNEL_MACHINE_H
#define GN_TESTS_KERNEL_MACHINE_H

#include "solana/solana.h"
#include "svm/statement.h"
#include "tables.h"

struct machine_seen {
    uint64_t rows, steps; /* of the last run: all rows, instructions of the program */
    struct tables_area area;
};
/* limit: of instructions between calls of the executor; tables: the run is recorded, and its tables are checked, row by row; prove: and proven */
GN_NODISCARD enum gn_status machine_run(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf,
                                        bool by_hash, uint64_t limit, bool tables, bool prove, struct gn_arena *arena,
                                        struct machine_seen *seen, struct gn_error *err);

#endif
