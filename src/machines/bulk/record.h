/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - bulk instructions as records: which words an operation touches, in which order, and what it makes of them.
 *
 * The caller (the recorder, or a test) has memory and lists of records; the functions here ask it for accesses and for new records. */
#ifndef GN_MACHINES_BULK_RECORD_H
#define GN_MACHINES_BULK_RECORD_H

#include "machines/machine.h"

struct bulk_access {
    struct mx_word_access w;
    uint8_t perm;
};

struct bulk_keccak_record { /* of MX_KECCAK; its rounds are filled from it too */
    struct mx_record r;
    struct bulk_access word[25];
};
struct bulk_sha256_record { /* of MX_SHA256; its rounds are filled from it too */
    struct mx_record r;
    struct bulk_access state[4], block[8];
};
struct bulk_head_record {            /* of MX_COPY, MX_FILL */
    struct mx_record r;              /* a, b, old: values of ra, rb, rd */
    uint32_t end_source, end_target; /* words in the token that comes back */
    uint64_t end_pending;
};
struct bulk_row_record { /* of the bodies of MX_COPY, MX_FILL */
    uint32_t ts, left;   /* bytes before the row */
    uint32_t source,
        target; /* numbers, in their spaces, of the word whose bytes complete the target, and of the target */
    uint8_t
        shift; /* 1 ... 8: byte k of the target is byte k + shift of the last source word and `source`, one after the other */
    uint8_t offset, count; /* bytes of the target that are written */
    uint8_t byte;          /* FILL */
    bool fresh, reads;     /* reads the last source word too; reads `source` */
    uint64_t pending;      /* the last source word; COPY that shifts only */
    uint32_t source_c2, target_c2;
    struct bulk_access low, high, to;
};

/* The caller's memory and lists. */
struct bulk_host {
    void *ctx;
    /* An access to the word at address (a multiple of 8), at time ts, that leaves it as it is; false: no such word, and the caller knows. */
    bool (*touch)(void *ctx, uint64_t address, uint32_t ts, struct bulk_access *out);
    /* what the last access left: the access's `after` and the word */
    void (*store)(void *ctx, uint64_t address, uint64_t value);
    void *(*append)(void *ctx, enum mx_class class); /* a zeroed record; NULL: no memory, and the caller knows */
};

/* rec->r is filled in; false if the host said so. */
bool bulk_record_keccak(struct bulk_keccak_record *rec, const struct bulk_host *host);
bool bulk_record_sha256(struct bulk_sha256_record *rec, const struct bulk_host *host);
bool bulk_record_copy(struct bulk_head_record *rec, const struct bulk_host *host);
bool bulk_record_fill(struct bulk_head_record *rec, const struct bulk_host *host);

#endif
