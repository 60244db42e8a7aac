/* SPDX-License-Identifier: Apache-2.0 */
/* What the sBPF front end makes of every operation, of every version, has a row: in one class, or, for memory, in classes that share the addresses.  Apart is what is no
 * instruction. */
#include "cm.h"

#include <string.h>

#include "machines/rom.h"
#include "sbpf/sbpf.h"

static const int32_t constants[] = {0,  1,      -1,     16,         31,        32,        63,
                                    64, 0x7fff, 0x8000, 0x12345678, INT32_MAX, INT32_MIN, -0x10000};
#define CONSTANTS (sizeof constants / sizeof *constants)

enum { SLOTS = 4 };

static void put_slot(uint8_t *slot, uint8_t opcode, unsigned dst, unsigned src, int16_t off, int32_t imm)
{
    slot[0] = opcode;
    slot[1] = (uint8_t)(dst | src << 4);
    memcpy(slot + 2, &off, 2);
    memcpy(slot + 4, &imm, 4);
}

/* Verified: the first row has a class; false: refused. */
static bool try_operation(enum sbpf_version version, uint8_t opcode, unsigned dst, unsigned src, int32_t imm)
{
    uint8_t text[8 * SLOTS];
    put_slot(text, opcode, dst, src, 1, imm);
    put_slot(text + 8, opcode == 0x18 ? 0 : 0x95, 0, 0, 0, imm);
    put_slot(text + 16, 0x95, 0, 0, 0, 0);
    put_slot(text + 24, 0x95, 0, 0, 0, 0);
    struct sbpf_bare bare = {.version = version,
                             .text = text,
                             .text_n = sizeof text,
                             .text_address = SBPF_PROGRAM,
                             .rodata_address = SBPF_PROGRAM};
    struct sbpf_program *p;
    struct gn_error err;
    if (gn_sbpf_load_bare(&p, &bare, &err) != GN_OK) {
        fail_msg("%s", err.text);
    }
    bool legal = gn_sbpf_verify(p, &err) == GN_OK;
    if (legal) {
        struct vm_program core;
        struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
        assert_int_equal(gn_sbpf_lower(&core, p, SBPF_CLASSIC, &syscalls, &err), GN_OK);
        const struct vm_insn *row = &core.rows[0];
        unsigned takers = 0, by_address = 0;
        for (unsigned i = 0; i < mx_classes_n; i++) {
            if (mx_classes[i]->takes != NULL && mx_classes[i]->takes(row)) {
                takers++;
                by_address += mx_classes[i]->fits != NULL;
            }
        }
        if (row->op != VM_FAULT && (takers == 0 || (takers > 1 && by_address != takers))) {
            char name[64];
            gn_vm_format(name, sizeof name, row);
            fail_msg("version %d, operation %02x, constant %d: %u classes take %s", version, opcode, imm, takers, name);
        }
        gn_sbpf_core_free(&core);
    }
    gn_sbpf_free(p);
    return legal;
}

static void every_operation_has_a_row(void **state)
{
    (void)state;
    static const unsigned operations[] = {91, 91, 100, 113}; /* as the reference has them */
    for (int version = SBPF_V0; version <= SBPF_V3; version++) {
        unsigned legal = 0;
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            bool any = false;
            for (unsigned i = 0; i < CONSTANTS; i++) {
                any = try_operation((enum sbpf_version)version, (uint8_t)opcode, 3, 7, constants[i]) || any;
                any = try_operation((enum sbpf_version)version, (uint8_t)opcode, 3, 3, constants[i]) || any;
            }
            legal += any;
        }
        assert_int_equal(legal, operations[version]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operation_has_a_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
