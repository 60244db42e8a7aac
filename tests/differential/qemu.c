/* SPDX-License-Identifier: Apache-2.0 */
/* qemu.c - see qemu.h. */
#include "differential/qemu.h"

#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define STEPS_MAX (UINT64_C(1) << 32)

extern char **environ;

void outcome_free(struct outcome *o)
{
    gn_buffer_free(&o->output);
}

bool write_file(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fwrite(bytes, 1, n, f) == n;
    return (f == NULL || fclose(f) == 0) && good && chmod(path, 0755) == 0;
}

bool read_file(const char *path, struct gn_buffer *to)
{
    uint8_t chunk[4096];
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        gn_buffer_append(to, chunk, n);
    }
    return fclose(f) == 0;
}

/* runs argv with standard input and output from and to files; the status that waitpid gives, -1 if it did not start */
static int run(char *const *argv, const char *in, const char *out)
{
    posix_spawn_file_actions_t files;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, in, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (posix_spawnp(&child, argv[0], &files, NULL, argv, environ) != 0 || waitpid(child, &status, 0) != child) {
        status = -1;
    }
    posix_spawn_file_actions_destroy(&files);
    return status;
}

struct outcome run_in_qemu(const char *qemu, const char *folder, const uint8_t *elf, size_t elf_n, const uint8_t *input,
                           size_t input_n)
{
    struct outcome o = {0};
    char program[512], in[512], out[512];
    snprintf(program, sizeof program, "%s/program.elf", folder);
    snprintf(in, sizeof in, "%s/input", folder);
    snprintf(out, sizeof out, "%s/output", folder);
    char *argv[] = {(char *)(uintptr_t)qemu, program, NULL};
    if (!write_file(program, elf, elf_n) || !write_file(in, input, input_n)) {
        snprintf(o.note, sizeof o.note, "cannot write below %s", folder);
        return o;
    }
    int status = run(argv, in, out);
    o.exited = status != -1 && WIFEXITED(status);
    o.code = o.exited ? (unsigned)WEXITSTATUS(status) : 0;
    if (!o.exited) {
        snprintf(o.note, sizeof o.note, "qemu ended with status 0x%x", (unsigned)status);
    }
    if (!read_file(out, &o.output)) {
        snprintf(o.note, sizeof o.note, "no output of qemu");
        o.exited = false;
    }
    return o;
}

struct outcome run_in_gnomon(const uint8_t *elf, size_t elf_n, const uint8_t *input, size_t input_n)
{
    struct outcome o = {0};
    struct rv_program *p = NULL;
    struct rv_machine m;
    struct gn_error err = {.text = ""};
    if (gn_riscv_load(&p, elf, elf_n, &err) != GN_OK || gn_riscv_start(&m, p, input, input_n, &err) != GN_OK) {
        snprintf(o.note, sizeof o.note, "%s", err.text);
        gn_riscv_free(p);
        return o;
    }
    enum gn_status status = gn_riscv_run(&m, STEPS_MAX, NULL, NULL, &err);
    o.exited = status == GN_OK && m.result.outcome == RV_EXITED;
    o.code = m.result.exit_code & 0xff;
    o.steps = m.result.steps;
    o.output = m.result.output;
    if (status != GN_OK) {
        snprintf(o.note, sizeof o.note, "%s", err.text);
    } else if (!o.exited) {
        snprintf(o.note, sizeof o.note, "fault %s at pc 0x%" PRIx64 ", address 0x%" PRIx64,
                 gn_vm_fault_name(m.result.fault), m.result.fault_pc, m.result.fault_address);
    }
    gn_buffer_free(&m.result.diagnostics);
    gn_buffer_free(&m.result.statement);
    gn_riscv_stop(&m);
    gn_riscv_free(p);
    return o;
}

bool same_outcome(const char *name, const struct outcome *qemu, const struct outcome *gnomon)
{
    if (!qemu->exited || !gnomon->exited || qemu->code != gnomon->code) {
        fprintf(stderr, "%s: qemu %s %u %s, Gnomon %s %u %s\n", name, qemu->exited ? "exit" : "no exit", qemu->code,
                qemu->note, gnomon->exited ? "exit" : "no exit", gnomon->code, gnomon->note);
    }
    size_t n = qemu->output.size < gnomon->output.size ? qemu->output.size : gnomon->output.size;
    for (size_t i = 0; i < n; i++) {
        if (qemu->output.data[i] != gnomon->output.data[i]) {
            fprintf(stderr, "%s: output differs at byte %zu (word %zu): qemu %02x, Gnomon %02x\n", name, i, i / 8,
                    qemu->output.data[i], gnomon->output.data[i]);
            return false;
        }
    }
    if (qemu->output.size != gnomon->output.size) {
        fprintf(stderr, "%s: qemu writes %zu bytes, Gnomon %zu\n", name, qemu->output.size, gnomon->output.size);
        return false;
    }
    return qemu->exited && gnomon->exited && qemu->code == gnomon->code;
}
