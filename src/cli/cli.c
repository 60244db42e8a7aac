/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - messages, options and numbers (cli.h). */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/progress.h"

enum { MESSAGE = 640, SUBJECT = 300 };

static const struct cli_command *current;

/* ---- messages ---- */
void gn_cli_begin(const struct cli_command *command)
{
    current = command;
}

int(gn_cli_fail)(int status, const char *subject, const char *format, ...)
{
    char text[MESSAGE], clean[MESSAGE], about[SUBJECT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gn_cli_clean(clean, sizeof clean, text);
    gn_cli_progress_clear();
    fflush(stdout); /* what was printed before stands before it */
    fprintf(stderr, "gnomon%s%s: %s%s%s\n", current != NULL ? " " : "", current != NULL ? current->name : "",
            subject != NULL ? gn_cli_clean(about, sizeof about, subject) : "", subject != NULL ? ": " : "", clean);
    return status;
}

int gn_cli_fail_with(const struct gn_error *err, const char *subject)
{
    static const int statuses[] = {
        [GN_OK] = CLI_FAILED, [GN_BAD_INPUT] = CLI_BAD,    [GN_LIMIT] = CLI_LIMIT,     [GN_NO_MEMORY] = CLI_FAILED,
        [GN_IO] = CLI_FAILED, [GN_CANCELLED] = CLI_FAILED, [GN_INTERNAL] = CLI_FAILED,
    };
    const char *bug = err->status == GN_INTERNAL ? "internal error, please report: " : "";
    return gn_cli_fail(statuses[err->status], subject, "%s%s", bug, err->text);
}

int(gn_cli_no_memory)(void)
{
    return gn_cli_fail(CLI_FAILED, NULL, "out of memory");
}

void gn_cli_print_help(const struct cli_command *command)
{
    printf("usage: gnomon %s %s\n\n%s.\n%s", command->name, command->usage, command->purpose, command->help);
}

void gn_cli_help(void)
{
    gn_cli_print_help(current);
}

int gn_cli_flush(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return gn_cli_fail(CLI_FAILED, "standard output", "%s", errno != 0 ? strerror(errno) : "cannot be written");
    }
    return CLI_DONE;
}

/* ---- options ---- */
static int bad_option(char **argv, const char *what, int letter)
{
    char name[3] = {'-', (char)letter, 0};
    const char *subject = letter > 0 && letter < CLI_HELP ? name : argv[optind - 1];
    gn_cli_fail(CLI_BAD, NULL, "%s: %s; `gnomon help %s` lists the options", subject, what, current->name);
    return '?';
}

int gn_cli_option(int argc, char **argv, const char *letters, const struct option *longs)
{
    opterr = 0;
    int c = getopt_long(argc, argv, letters, longs, NULL);
    switch (c) {
    case ':':
        return bad_option(argv, "an argument is missing", optopt);
    case '?':
        return bad_option(argv, optopt >= CLI_HELP ? "takes no argument" : "no such option", optopt);
    case 'h':
        return CLI_HELP;
    default:
        return c;
    }
}

int gn_cli_arguments(int argc, char **argv, int least, int most)
{
    int n = argc - optind;
    if (n < least) {
        return gn_cli_fail(CLI_BAD, NULL, "too few arguments; usage: gnomon %s %s", current->name, current->usage);
    }
    if (n > most) {
        return gn_cli_fail(CLI_BAD, argv[optind + most], "one argument too many; usage: gnomon %s %s", current->name,
                           current->usage);
    }
    return CLI_DONE;
}

int gn_cli_program_arguments(const char **program, const char **input, int argc, char **argv)
{
    int status = gn_cli_arguments(argc, argv, 1, 2);
    if (status == CLI_DONE) {
        *program = argv[optind];
        *input = argc - optind > 1 ? argv[optind + 1] : NULL;
    }
    return status;
}

bool gn_cli_number(uint64_t *out, const char *text, const char *option)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    const char *legal = hex ? "0123456789abcdefABCDEF" : "0123456789";
    if (*digits == 0 || digits[strspn(digits, legal)] != 0) {
        gn_cli_fail(CLI_BAD, option, "%s is not a number", text);
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(digits, NULL, hex ? 16 : 10);
    if (errno == ERANGE) {
        gn_cli_fail(CLI_BAD, option, "%s is too large", text);
        return false;
    }
    *out = value;
    return true;
}

/* ---- text ---- */
const char *gn_cli_grouped(char out[static CLI_GROUPED], uint64_t n)
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), to = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            out[to++] = ',';
        }
        out[to++] = digits[i];
    }
    out[to] = 0;
    return out;
}

const char *gn_cli_clean(char *out, size_t out_n, const char *s)
{
    size_t i = 0;
    for (; i + 1 < out_n && s[i] != 0; i++) {
        out[i] = s[i] >= 0x20 && s[i] < 0x7f ? s[i] : '?';
    }
    out[i] = 0;
    return out;
}

double gn_cli_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
