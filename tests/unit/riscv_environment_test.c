/* SPDX-License-Identifier: Apache-2.0 */
/* riscv_environment_test.c - input framing, memory at entry, output and its limits, step limit. */
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "differential/assembler.h"

enum { T0 = 5, T1 = 6, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };

struct run {
    struct assembler a;
    struct rv_program *p;
    struct rv_machine m;
    struct gn_error err;
};

static void start(struct run *r, const void *input, size_t n)
{
    struct gn_buffer elf = assembler_elf(&r->a);
    assert_int_equal(gn_riscv_load(&r->p, elf.data, elf.size, &r->err), GN_OK);
    assert_int_equal(gn_riscv_start(&r->m, r->p, input, n, &r->err), GN_OK);
    gn_buffer_free(&elf);
}

static void stop(struct run *r)
{
    gn_riscv_result_free(&r->m.result);
    gn_riscv_stop(&r->m);
    gn_riscv_free(r->p);
    assembler_free(&r->a);
    memset(r, 0, sizeof *r);
}

/* u64 0, u64 length, data, zeros up to 8 bytes; nothing behind */
static void input_is_framed(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 17; n++) {
        struct run r = {0};
        uint8_t input[17], seen[48];
        memset(input, 0xab, sizeof input);
        emit_exit(&r.a, 0);
        start(&r, n == 0 ? NULL : input, n);
        size_t size = 16 + (n + 7) / 8 * 8;
        assert_true(gn_vm_memory_read(r.m.vm.memory, RV_INPUT_BASE, seen, size));
        assert_int_equal(load_le64(seen), 0);
        assert_int_equal(load_le64(seen + 8), n);
        for (size_t i = 16; i < size; i++) {
            assert_int_equal(seen[i], i - 16 < n ? 0xab : 0);
        }
        assert_false(gn_vm_memory_read(r.m.vm.memory, RV_INPUT_BASE + size, seen, 1));
        assert_false(gn_vm_memory_read(r.m.vm.memory, RV_INPUT_BASE - 1, seen, 1));
        stop(&r);
    }
}

static void too_much_input_is_refused(void **state)
{
    (void)state;
    struct run r = {0};
    struct gn_buffer elf;
    uint8_t byte = 0;
    emit_exit(&r.a, 0);
    elf = assembler_elf(&r.a);
    assert_int_equal(gn_riscv_load(&r.p, elf.data, elf.size, &r.err), GN_OK);
    assert_int_equal(gn_riscv_start(&r.m, r.p, &byte, RV_INPUT_MAX - 15, &r.err), GN_LIMIT); /* not read */
    gn_buffer_free(&elf);
    stop(&r);
}

static void memory_at_entry(void **state)
{
    (void)state;
    static const struct {
        uint64_t first, last; /* of a region */
    } regions[] = {{TEXT, TEXT + 35},
                   {POOL, POOL + 2},
                   {RV_OUTPUT_BASE, RV_OUTPUT_BASE + RV_OUTPUT_SIZE - 1},
                   {RV_RAM_BASE, RV_RAM_END - 1u}};
    struct run r = {0};
    uint8_t bytes[3] = {7, 8, 9}, seen;
    for (int i = 0; i < 9; i++) {
        emit(&r.a, RV_ADDI, 0, 0, 0, 0);
    }
    gn_buffer_append(&r.a.pool, bytes, 3);
    gn_buffer_append(&r.a.data, bytes, 3);
    start(&r, NULL, 0);
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        assert_true(gn_vm_memory_read(r.m.vm.memory, regions[i].first, &seen, 1));
        assert_true(gn_vm_memory_read(r.m.vm.memory, regions[i].last, &seen, 1));
        assert_false(gn_vm_memory_read(r.m.vm.memory, regions[i].first - 1, &seen, 1));
        assert_false(gn_vm_memory_read(r.m.vm.memory, regions[i].last + 1, &seen, 1));
    }
    assert_true(gn_vm_memory_read(r.m.vm.memory, DATA + 2, &seen, 1));
    assert_int_equal(seen, 9);
    assert_true(gn_vm_memory_read(r.m.vm.memory, DATA + 3, &seen, 1));
    assert_int_equal(seen, 0);
    for (unsigned i = 0; i < VM_REGS; i++) {
        assert_int_equal(r.m.vm.regs[i], 0);
    }
    stop(&r);
}

/* write(fd, DATA, n) `times`, then exit(5) with what write returned last in t0 */
static void writer(struct run *r, int64_t fd, uint64_t n, uint64_t times)
{
    uint8_t bytes[4] = {'a', 'b', 'c', 'd'};
    gn_buffer_append(&r->a.data, bytes, sizeof bytes);
    emit_constant(&r->a, T1, times);
    emit_constant(&r->a, A1, DATA);
    emit_constant(&r->a, A2, n);
    emit_constant(&r->a, A7, 64);
    uint64_t head = here(&r->a);
    emit(&r->a, RV_ADDI, A0, 0, 0, fd);
    emit(&r->a, RV_ECALL, 0, 0, 0, 0);
    emit(&r->a, RV_ADDI, T1, T1, 0, -1);
    emit(&r->a, RV_BNE, 0, T1, 0, (int64_t)(head - here(&r->a)));
    emit(&r->a, RV_ADDI, T0, A0, 0, 0);
    emit_exit(&r->a, 5);
}

static void output_is_collected(void **state)
{
    (void)state;
    struct run r = {0};
    writer(&r, 1, 3, 3);
    start(&r, NULL, 0);
    assert_int_equal(gn_riscv_run(&r.m, UINT64_MAX, NULL, NULL, &r.err), GN_OK);
    assert_int_equal(r.m.result.outcome, RV_EXITED);
    assert_int_equal(r.m.result.exit_code, 5);
    assert_int_equal(r.m.result.output.size, 9);
    assert_memory_equal(r.m.result.output.data, "abcabcabc", 9);
    assert_int_equal(r.m.result.diagnostics.size, 0);
    assert_int_equal(r.m.vm.regs[T0], 3);
    stop(&r);
}

/* 1 MiB is the limit; a byte more is refused, not cut off */
static void public_output_has_a_limit(void **state)
{
    (void)state;
    for (uint64_t over = 0; over < 2; over++) {
        struct run r = {0};
        writer(&r, 1, RV_PUBLIC_MAX / 4, 4 + over);
        start(&r, NULL, 0);
        enum gn_status status = gn_riscv_run(&r.m, UINT64_MAX, NULL, NULL, &r.err);
        assert_int_equal(status, over ? GN_LIMIT : GN_OK);
        if (over) {
            assert_non_null(strstr(r.err.text, "public output"));
        } else {
            assert_int_equal(r.m.result.output.size, RV_PUBLIC_MAX);
        }
        stop(&r);
    }
}

/* of which the rest is dropped, and not even read: 2^40 bytes from DATA would be unreadable */
static void diagnostics_are_cut_off(void **state)
{
    (void)state;
    struct run r = {0};
    writer(&r, 2, RV_PUBLIC_MAX, 3);
    emit_constant(&r.a, T1, 0);
    start(&r, NULL, 0);
    assert_int_equal(gn_riscv_run(&r.m, UINT64_MAX, NULL, NULL, &r.err), GN_OK);
    assert_int_equal(r.m.result.outcome, RV_EXITED);
    assert_int_equal(r.m.result.diagnostics.size, RV_PUBLIC_MAX);
    assert_int_equal(r.m.result.output.size, 0);
    assert_int_equal(r.m.vm.regs[T0], RV_PUBLIC_MAX);
    stop(&r);
}

/* limited runs go on where they stopped and come to the same end; the limit counts from the start */
static void steps_are_limited(void **state)
{
    (void)state;
    uint64_t steps = 0;
    for (uint64_t at_a_time = 0; at_a_time < 3; at_a_time++) {
        struct run r = {0};
        writer(&r, 1, 2, 5);
        start(&r, NULL, 0);
        if (at_a_time == 0) {
            assert_int_equal(gn_riscv_run(&r.m, UINT64_MAX, NULL, NULL, &r.err), GN_OK);
            steps = r.m.result.steps;
        }
        for (uint64_t limit = 0; at_a_time != 0 && limit < steps; limit += at_a_time) {
            assert_int_equal(gn_riscv_run(&r.m, limit, NULL, NULL, &r.err), GN_OK);
            assert_int_equal(r.m.result.outcome, RV_STEP_LIMIT);
            assert_int_equal(r.m.result.steps, limit);
        }
        assert_int_equal(gn_riscv_run(&r.m, steps, NULL, NULL, &r.err), GN_OK);
        assert_int_equal(r.m.result.outcome, RV_EXITED);
        assert_int_equal(r.m.result.steps, steps);
        assert_memory_equal(r.m.result.output.data, "ababababab", 10);
        stop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_is_framed),           cmocka_unit_test(too_much_input_is_refused),
        cmocka_unit_test(memory_at_entry),           cmocka_unit_test(output_is_collected),
        cmocka_unit_test(public_output_has_a_limit), cmocka_unit_test(diagnostics_are_cut_off),
        cmocka_unit_test(steps_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
