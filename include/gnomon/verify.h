/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - the verifier, libgnomon-verify: reads a proof file (docs/proof_file.md) and says what it proves.
 *
 *     static unsigned char scratch[...];                        at least gn_proof_scratch() bytes
 *     struct gn_statement statement;
 *     enum gn_verdict v = gn_proof_verify(&statement, key_id, file, file_n, scratch, scratch_n);
 *     if (v == GN_ACCEPT) ...                                   the program with this key id ended as the statement says
 *
 * The key id is what the caller trusts: it fixes program, machine and parameters, and `gnomon setup PROGRAM` computes it.
 * Nothing here allocates, does input or output, or keeps state; all functions are total on any bytes and may be called from
 * several threads.  Proofs are short, not hiding: a proof may tell something about the input beyond the statement. */
#ifndef GNOMON_VERIFY_H
#define GNOMON_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gnomon/preset.h"
#include "gnomon/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GN_ID_BYTES     32  /* of a key id */
#define GN_RECORD_BYTES 256 /* of a verifying key record */

/* ---- what a proof says ---- */

/* The run of a program: how it ended and what it made public.  Pointers lead into the bytes it was read from. */
enum gn_outcome {
    GN_OUTCOME_EXITED, /* by exit(code) */
    GN_OUTCOME_ILLEGAL,
    GN_OUTCOME_PC,
    GN_OUTCOME_LOAD,
    GN_OUTCOME_STORE,
    GN_OUTCOME_MISALIGNED,
    GN_OUTCOME_BREAKPOINT,
    GN_OUTCOMES
};
/* What kind of program made a statement. */
enum gn_front_end { GN_FRONT_RISCV = 1, GN_FRONT_SBPF = 2 };
#define GN_REGION_BYTES 256 /* the public beginning of the output region at 0xA001_0000 */
struct gn_statement {
    uint32_t front_end;   /* enum gn_front_end */
    const uint8_t *bytes; /* all of it: what the proof binds */
    size_t bytes_n;
    /* RISC-V only (a Solana kernel's statement: docs/statement.md) */
    uint32_t outcome;       /* enum gn_outcome; all but EXITED are faults */
    uint64_t exit_code;     /* EXITED; 0 otherwise */
    uint64_t fault_pc;      /* faults; 0 otherwise: of the instruction */
    uint64_t fault_address; /* faults; 0 otherwise: what was accessed or jumped to */
    const uint8_t *region;  /* GN_REGION_BYTES */
    const uint8_t *output;  /* what the program wrote */
    size_t output_n;
};

/* Reads the bytes that a proof binds; false if no run has this statement: it then does not verify either. */
GN_API bool gn_statement_read(struct gn_statement *out, const uint8_t *bytes, size_t n);

/* ---- keys ---- */

/* A verifying key record, decoded (docs/proof_file.md). */
struct gn_key_info {
    uint32_t preset;    /* GN_PRESET_... */
    uint32_t release;   /* machine release that made it: major << 16 | minor << 8 | patch */
    uint32_t front_end; /* enum gn_front_end */
    uint32_t kernel_version;
    uint32_t sbpf_version, address_mode; /* 0 for RISC-V */
    uint64_t entry;                      /* address of the first instruction */
    uint8_t air_digest[32];              /* of the machine's constraints */
    uint8_t program_root[32];            /* of the preprocessed columns: program and initial memory */
    uint8_t program_hash[32];            /* BLAKE3 of the ELF file */
    uint32_t rate_log2;                  /* of the preprocessed stack */
    uint32_t pages[8];                   /* of the preprocessed tables, 256 rows each */
};

/* False for a record that no setup writes. */
GN_API bool gn_key_read(struct gn_key_info *out, const uint8_t record[GN_RECORD_BYTES]);
GN_API void gn_key_hash(uint8_t id[GN_ID_BYTES], const uint8_t record[GN_RECORD_BYTES]);
/* What this library verifies. */
GN_API const uint8_t *gn_machine_digest(void); /* AIR digest, 32 bytes */
GN_API uint32_t gn_machine_release(void);
GN_API uint32_t gn_machine_kernel_version(void);

/* ---- proof files ---- */

/* The parts of a proof file, nothing of them verified. */
struct gn_proof_parts {
    uint32_t format, preset;
    const uint8_t *record; /* GN_RECORD_BYTES */
    const uint8_t *statement;
    size_t statement_n;
    const uint8_t *body; /* what docs/protocol.md section 12 puts behind the key record */
    size_t body_n;
};
/* GN_ACCEPT if the file has the form of a proof file that this library reads.  On GN_REJECT_HEADER format is set if the
 * magic was there, and 0 if not. */
GN_API enum gn_verdict gn_proof_split(struct gn_proof_parts *out, const uint8_t *file, size_t n);

/* Memory that gn_proof_verify needs, whatever the proof. */
GN_API size_t gn_proof_scratch(void);

/* GN_ACCEPT: the program with this key id, on some input, ended as *statement says (its pointers lead into file).  Otherwise
 * the first check that failed, and *statement is all 0. */
GN_API enum gn_verdict gn_proof_verify(struct gn_statement *statement, const uint8_t key_id[GN_ID_BYTES],
                                       const uint8_t *file, size_t file_n, void *scratch, size_t scratch_n);

#ifdef __cplusplus
}
#endif

#endif
