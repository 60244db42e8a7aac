/* SPDX-License-Identifier: Apache-2.0 */
/* bytecode.c - see bytecode.h. */
#include "cli/bytecode.h"

#include "cli/files.h"
#include "sbpf/sbpf.h"

static int bytecode = -1; /* its version; like the command's name (cli.c), it is one for the process */

bool gn_cli_bytecode_option(const char *text)
{
    uint64_t version;
    if (!gn_cli_number(&version, text, "--bytecode")) {
        return false;
    }
    if (version > SBPF_V3) {
        gn_cli_fail(CLI_BAD, "--bytecode", "%s is no version of sBPF: 0 to 3 are", text);
        return false;
    }
    bytecode = (int)version;
    return true;
}

bool gn_cli_bytecode(void)
{
    return bytecode >= 0;
}

int gn_cli_read_program(struct gn_buffer *out, const char *path, uint64_t limit)
{
    struct gn_buffer text;
    struct gn_error err;
    if (!gn_cli_bytecode()) {
        return gn_cli_read(out, path, limit);
    }
    *out = (struct gn_buffer){0};
    int status = gn_cli_read(&text, path, limit);
    if (status == CLI_DONE && gn_sbpf_wrap(out, (enum sbpf_version)bytecode, text.data, text.size, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, path);
    }
    gn_buffer_free(&text);
    return status;
}
