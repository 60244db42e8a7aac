/* SPDX-License-Identifier: Apache-2.0 */
/* vm_trace_test.c - execution_trace.json of small runs, read and followed by vm_trace_check.py (a program of its own, so that the writer's idea of JSON is not its own
 * judge), and its lines for rows of every kind. */
#include "vm_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vm/trace.h"

static struct vm_memory *memory;
static struct guest guest;
static char text[1 << 16]; /* the trace as written */

/* files for vm_trace_check.py, and what it will have to say: one start of Python for all */
enum { FILES = 16, PATH = 32 };
static char paths[FILES][PATH];
static const char *summaries[FILES];
static unsigned files_n;

static int setup(void **state)
{
    (void)state;
    memory = guest_memory();
    guest_map(memory, DATA, 4096, VM_READ | VM_WRITE);
    guest_map(memory, DATA + 4096, 3, VM_READ);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gn_vm_memory_destroy(memory);
    for (unsigned i = 0; i < files_n; i++) {
        unlink(paths[i]);
    }
    return 0;
}

static const struct vm_trace_options all = {.from = 0, .to = UINT64_MAX};

/* Runs to the end; an environment call returns 5 in x10 and 0 in x11, except the last, which ends the run. */
static enum vm_stop run_served(struct vm_trace *t)
{
    while (true) {
        enum vm_stop stop = gn_vm_run(&guest.vm, 1000, gn_vm_trace_observe, t);
        if (stop != VM_STOP_ECALL || guest.rows[guest.vm.row].next == guest.vm.row) {
            return stop;
        }
        guest.vm.regs[10] = 5;
        guest.vm.regs[11] = 0;
        guest.vm.row = guest.rows[guest.vm.row].next;
    }
}

static void keep_text(FILE *file)
{
    rewind(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    assert_true(n < sizeof text - 1);
    text[n] = 0;
}

static enum vm_stop trace_guest(const struct vm_trace_options *options, const char *summary)
{
    assert_true(files_n < FILES);
    char *path = strcpy(paths[files_n], "/tmp/gnomon_trace_XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    summaries[files_n++] = summary;
    FILE *file = fdopen(fd, "w+");
    assert_non_null(file);
    struct vm_trace t;
    struct gn_error err;
    assert_int_equal(gn_vm_trace_begin(&t, file, &guest.vm, options, &err), GN_OK);
    enum vm_stop stop = run_served(&t);
    struct vm_trace_final final = {.outcome = stop == VM_STOP_FAULT ? "faulted" : "exited",
                                   .exited = stop == VM_STOP_ECALL,
                                   .exit_code = 7,
                                   .fault = guest.vm.fault,
                                   .fault_pc = guest.vm.fault_pc,
                                   .fault_address = guest.vm.fault_address};
    assert_int_equal(gn_vm_trace_end(&t, &guest.vm, &final, &err), GN_OK);
    keep_text(file);
    fclose(file);
    return stop;
}

static void assert_says(const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("no %s in\n%s", part, text);
    }
}

static void assert_says_not(const char *part)
{
    if (strstr(text, part) != NULL) {
        fail_msg("%s in\n%s", part, text);
    }
}

/* 0 movi, 1 an AMO of four rows, 2 unaligned store, 3 lr, 4 sc, 5 sc (fails), 6 ecall, 7 an addition that changes nothing, 8 branch, 9 ecall */
static void everything(void)
{
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = DATA});
    guest_row(&guest, (struct vm_insn){.op = VM_AMOLW, .rd = VM_REG_HIDDEN, .ra = 5});
    guest_micro_row(&guest,
                    (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_HIDDEN2, .ra = VM_REG_HIDDEN, .imm = (uint64_t)-1});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_SW, .ra = 5, .rb = VM_REG_HIDDEN2});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_MOV, .rd = 5, .ra = VM_REG_HIDDEN});
    guest_row(&guest, (struct vm_insn){.op = VM_SH, .ra = 6, .rb = 7, .imm = 15});
    guest_row(&guest, (struct vm_insn){.op = VM_LAD, .rd = 8, .ra = 6});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_RESERVED, .ra = 6, .imm = 1});
    for (unsigned i = 0; i < 2; i++) { /* as the front end does it, but without branches beyond the row at hand */
        guest_row(&guest, (struct vm_insn){.op = VM_AMOLD, .rd = VM_REG_HIDDEN, .ra = 6});
        guest_micro_row(&guest, (struct vm_insn){.op = VM_ADDI, .rd = VM_REG_HIDDEN2, .ra = 6, .imm = 1});
        uint32_t compared =
            guest_micro_row(&guest, (struct vm_insn){.op = VM_BNE, .ra = VM_REG_HIDDEN2, .rb = VM_REG_RESERVED});
        guest_micro_row(&guest, (struct vm_insn){.op = VM_SD, .ra = 6, .rb = 7});
        uint32_t done = guest_micro_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 9, .imm = 0});
        guest.rows[compared].target = guest_micro_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 9, .imm = 1});
        guest.rows[done].next = guest_micro_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_RESERVED});
    }
    guest_row(&guest, (struct vm_insn){.op = VM_ECALL});
    guest_row(&guest, (struct vm_insn){.op = VM_ADDI, .rd = 10, .ra = 10, .imm = 1});
    uint32_t branch = guest_row(&guest, (struct vm_insn){.op = VM_BNE, .ra = 10, .rb = 11});
    guest.rows[branch].target = branch + 1;
    guest_end(&guest);
    const uint64_t zeros[3] = {0};
    assert_true(gn_vm_memory_write(memory, DATA, zeros, sizeof zeros));
    guest.vm.regs[6] = DATA + 8;
    guest.vm.regs[7] = 0x1122334455667788;
    guest.vm.regs[11] = 3;
}

static void test_everything(void **state)
{
    (void)state;
    everything();
    assert_int_equal(trace_guest(&all, "steps 10 accesses 7 changes 8"), VM_STOP_ECALL);
    assert_says("\"initial\":{\"step\":0,\"pc\":\"0x80000000\",\"registers\":{\"x6\":\"0x90000008\",\"x7\":"
                "\"0x1122334455667788\",\"x11\":\"0x3\"},");
    assert_says("\"memory\":[{\"base\":\"0x90000000\",\"size\":\"0x1000\",\"read\":true,\"write\":true},{\"base\":"
                "\"0x90001000\",\"size\":\"0x3\",\"read\":true,\"write\":false}]}");
    assert_says("{\"step\":0,\"pc\":\"0x80000000\",\"opcode\":\"movi\",\"operands\":\"x5, "
                "0x90000000\",\"core\":[{\"opcode\":\"movi\",\"operands\":\"x5, 0x90000000\",\"b\":\"0x90000000\"}],"
                "\"registers\":{\"x5\":{\"before\":\"0x0\",\"after\":\"0x90000000\"}},\"memory\":[]}");
    /* the AMO: its own address register is overwritten at the end, hidden registers do not appear */
    assert_says("{\"step\":1,\"pc\":\"0x80000004\",\"opcode\":\"amolw\"");
    assert_says(
        "\"registers\":{\"x5\":{\"before\":\"0x90000000\",\"after\":\"0x0\"}},\"memory\":[{\"address\":\"0x90000000\","
        "\"width\":4,\"write\":false,\"before\":\"0x0\",\"after\":\"0x0\"},"
        "{\"address\":\"0x90000000\",\"width\":4,\"write\":true,\"before\":\"0x0\",\"after\":\"0xffffffff\"}]}");
    assert_says("\"registers\":{},\"memory\":[{\"address\":\"0x90000017\",\"width\":2,\"write\":true,\"before\":"
                "\"0x0\",\"after\":\"0x7788\"}]}");
    assert_says(
        "{\"reserved\":{\"before\":\"0x0\",\"after\":\"0x90000009\"}},"); /* lr reads 0 into x8, which is no change */
    assert_says("\"reserved\":{\"before\":\"0x90000009\",\"after\":\"0x0\"}");
    assert_says("\"registers\":{\"x9\":{\"before\":\"0x0\",\"after\":\"0x1\"}},\"memory\":[{"); /* the sc that fails */
    assert_says("\"opcode\":\"ecall\",\"operands\":\"\",\"core\":[{\"opcode\":\"ecall\",\"operands\":\"\"}],"
                "\"registers\":{\"x10\":{\"before\":\"0x0\",\"after\":\"0x5\"},\"x11\":{\"before\":\"0x3\",\"after\":"
                "\"0x0\"}}");
    assert_says("\"a\":\"0x6\",\"b\":\"0x0\",\"taken\":true}]");
    assert_says(
        "\"final\":{\"step\":10,\"pc\":\"0x80000024\",\"outcome\":\"exited\",\"exit_code\":\"0x7\",\"registers\":{");
    assert_says_not("hidden\":");
    assert_says_not("x34");
}

static void test_window(void **state)
{
    (void)state;
    everything();
    trace_guest(&(struct vm_trace_options){.from = 1, .to = 3}, "steps 2 accesses 3 changes 1");
    assert_says("\"from\":1,\"to\":3");
    assert_says("{\"step\":1,");
    assert_says("{\"step\":2,");
    assert_says_not("{\"step\":3,");
    everything();
    trace_guest(&(struct vm_trace_options){.from = 9, .to = 100}, "steps 1 accesses 0 changes 0");
    everything();
    trace_guest(&(struct vm_trace_options){.from = 5, .to = 5}, "steps 0 accesses 0 changes 0");
    everything();
    trace_guest(&(struct vm_trace_options){.from = 1000, .to = UINT64_MAX}, "steps 0 accesses 0 changes 0");
}

/* Running up to a step without an observer, then tracing: numbers go on, the initial state is the one there. */
static void test_late_begin(void **state)
{
    (void)state;
    everything();
    assert_int_equal(gn_vm_run(&guest.vm, 3, NULL, NULL), VM_STOP_LIMIT);
    trace_guest(&all, "steps 7 accesses 4 changes 6");
    assert_says("\"initial\":{\"step\":3,\"pc\":\"0x8000000c\"");
    assert_says("{\"step\":3,");
}

static void test_faults(void **state)
{
    (void)state;
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 1});
    guest_row(&guest, (struct vm_insn){.op = VM_LD, .rd = 5, .ra = 5, .imm = 15});
    guest_end(&guest);
    assert_int_equal(trace_guest(&all, "steps 1 accesses 0 changes 1"), VM_STOP_FAULT);
    assert_says("\"final\":{\"step\":1,\"pc\":\"0x80000004\",\"outcome\":\"faulted\",\"fault\":{\"name\":\"bad load "
                "address\",\"pc\":\"0x80000004\",\"address\":\"0x10\"},"
                "\"registers\":{\"x5\":\"0x1\"}}");
    /* in a later row: the instruction is no step */
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 1});
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_HIDDEN, .imm = 1});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_LD, .rd = 5, .ra = 5});
    guest_end(&guest);
    assert_int_equal(trace_guest(&all, "steps 1 accesses 0 changes 1"), VM_STOP_FAULT);
    /* and without a place to stand */
    guest_init(&guest, memory);
    guest_end(&guest);
    guest.vm.row = VM_NO_ROW;
    assert_int_equal(trace_guest(&all, "steps 0 accesses 0 changes 0"), VM_STOP_FAULT);
    assert_says("\"initial\":{\"step\":0,\"pc\":null,");
}

/* Two rows of an instruction write one register: the first value before, the last one after. */
static void test_two_writes(void **state)
{
    (void)state;
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 1});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_ADDI, .rd = 5, .ra = 5, .imm = 1});
    guest_end(&guest);
    trace_guest(&all, "steps 2 accesses 0 changes 1");
    assert_says("\"registers\":{\"x5\":{\"before\":\"0x0\",\"after\":\"0x2\"}}");
}

/* The last test: all traces that the others have written. */
static void test_all_are_followed(void **state)
{
    (void)state;
    char command[1024], answer[128];
    size_t n = (size_t)snprintf(command, sizeof command, "%s -I -S %s", PYTHON3, CHECKER);
    for (unsigned i = 0; i < files_n; i++) {
        n += (size_t)snprintf(command + n, sizeof command - n, " %s", paths[i]);
    }
    assert_true(n < sizeof command);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    for (unsigned i = 0; i < files_n; i++) {
        assert_non_null(fgets(answer, sizeof answer, pipe));
        answer[strcspn(answer, "\n")] = 0;
        assert_string_equal(answer, summaries[i]);
    }
    assert_int_equal(pclose(pipe), 0);
    assert_true(files_n >= 10);
}

static void strange_text(void *ctx, char *out, size_t out_n, uint64_t pc)
{
    (void)ctx;
    snprintf(out, out_n, "op\"\\\n  \x01%c\xff, %x", 0x7f, (unsigned)pc);
}

static void test_disassembler(void **state)
{
    (void)state;
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 1});
    guest_end(&guest);
    trace_guest(&(struct vm_trace_options){.to = UINT64_MAX, .disassemble = strange_text},
                "steps 2 accesses 0 changes 1");
    assert_says("\"opcode\":\"op\\\"\\\\\\u000a\",\"operands\":\"\\u0001\\u007f\\u00ff, "
                "80000000\",\"core\":[{\"opcode\":\"movi\"");
}

static void test_output_errors(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL) {
        skip();
    }
    everything();
    struct vm_trace t;
    struct gn_error err;
    assert_int_equal(gn_vm_trace_begin(&t, full, &guest.vm, &all, &err), GN_OK); /* still in stdio's buffer */
    run_served(&t);
    assert_int_equal(gn_vm_trace_end(&t, &guest.vm, &(struct vm_trace_final){.outcome = "exited"}, &err), GN_IO);
    assert_true(err.status == GN_IO && strstr(err.text, "trace") != NULL);
    fclose(full);
    full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(gn_vm_trace_begin(&t, full, &guest.vm, &all, &err), GN_IO);
    fclose(full);
}

/* Rows that jump back within an instruction: more events than can be kept. */
static void test_too_long(void **state)
{
    (void)state;
    guest_init(&guest, memory);
    guest_row(&guest, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = 20});
    uint32_t loop = guest_micro_row(&guest, (struct vm_insn){.op = VM_ADDI, .rd = 5, .ra = 5, .imm = (uint64_t)-1});
    guest_micro_row(&guest, (struct vm_insn){.op = VM_BNE, .ra = 5, .rb = VM_REG_ZERO, .target = loop});
    guest_end(&guest);
    FILE *file = tmpfile();
    assert_non_null(file);
    struct vm_trace t;
    struct gn_error err;
    assert_int_equal(gn_vm_trace_begin(&t, file, &guest.vm, &all, &err), GN_OK);
    assert_int_equal(run_served(&t), VM_STOP_ECALL);
    assert_int_equal(gn_vm_trace_end(&t, &guest.vm, &(struct vm_trace_final){.outcome = "exited"}, &err), GN_INTERNAL);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),       cmocka_unit_test(test_window),
        cmocka_unit_test(test_late_begin),       cmocka_unit_test(test_faults),
        cmocka_unit_test(test_two_writes),       cmocka_unit_test(test_disassembler),
        cmocka_unit_test(test_output_errors),    cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_all_are_followed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
