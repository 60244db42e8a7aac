/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - reading whole files, and writing files that are there whole or not at all.
 *
 * An output is written to a temporary file in the target's folder, which takes the target's name only when the command has
 * succeeded.  Interruption (Ctrl-C, termination, hang-up, a closed pipe) removes it.  A target that exists and is not a
 * regular file (a pipe, /dev/null) is written directly, "-" is standard output.  A link is followed, not replaced.  One
 * output is open at a time. */
#ifndef GN_CLI_FILES_H
#define GN_CLI_FILES_H

#include "base/buffer.h"
#include "cli/cli.h"

/* The whole of path ("-": standard input), at most limit bytes.  CLI_DONE, or the exit status after a message.  The caller
 * frees out, also after a failure. */
int gn_cli_read(struct gn_buffer *out, const char *path, uint64_t limit);
/* The same for what no honest file of its kind is longer than: over the limit it is malformed (CLI_BAD, not CLI_LIMIT). */
int gn_cli_read_bounded(struct gn_buffer *out, const char *path, uint64_t limit);

struct cli_output {
    const char *path; /* as the user wrote it, for messages */
    FILE *stream;     /* write here */
    char *target;     /* NULL: written directly */
    char *temporary;
};
/* Opens path so that a later failure is unlikely.  CLI_DONE, or the exit status after a message. */
int gn_cli_output_open(struct cli_output *o, const char *path);
int gn_cli_output_commit(struct cli_output *o);   /* a failure is said, and nothing is left */
void gn_cli_output_discard(struct cli_output *o); /* nothing remains; does nothing after commit */

/* At start: standard streams exist (so that no file takes their number), signals remove the temporary. */
void gn_cli_files_begin(void);

#endif
