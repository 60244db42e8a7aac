/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - see options.h. */
#include "cli/options.h"

#include <string.h>

#include "cli/bytecode.h"
#include "gnomon/gnomon.h"
#include "svm/case.h"

enum { NAME = 40 }; /* "--" and an option's name, for messages */

/* "-h" and what the table has, for getopt_long: option i is value CLI_OPTIONS + i, by its letter, too */
struct spelling {
    char letters[3 + 2 * CLI_OPTIONS_MAX];
    struct option longs[CLI_OPTIONS_MAX + 2];
};

static void spell(struct spelling *s, const struct cli_option *options, size_t n)
{
    char *letter = s->letters;
    *letter++ = ':'; /* a missing argument is another error than an unknown option */
    *letter++ = 'h';
    for (size_t i = 0; i < n; i++) {
        int argument = options[i].flag == NULL ? required_argument : no_argument;
        s->longs[i] = (struct option){options[i].name, argument, NULL, CLI_OPTIONS + (int)i};
        if (options[i].letter != 0) {
            *letter++ = options[i].letter;
            if (argument == required_argument) {
                *letter++ = ':';
            }
        }
    }
    *letter = 0;
    s->longs[n] = (struct option){"help", no_argument, NULL, CLI_HELP};
    s->longs[n + 1] = (struct option){NULL, 0, NULL, 0};
}

static const struct cli_option *find(const struct cli_option *options, size_t n, int value)
{
    for (size_t i = 0; i < n; i++) {
        if (value == CLI_OPTIONS + (int)i || (options[i].letter != 0 && value == options[i].letter)) {
            return &options[i];
        }
    }
    return NULL;
}

static int take(const struct cli_option *o, char *text)
{
    if (o->seen != NULL) {
        *o->seen = true;
    }
    if (o->flag != NULL) {
        *o->flag = true;
    } else if (o->text != NULL) {
        *o->text = text;
    } else if (o->number != NULL) {
        char name[NAME];
        snprintf(name, sizeof name, "--%s", o->name);
        return gn_cli_number(o->number, text, name) ? CLI_DONE : CLI_BAD;
    } else {
        return o->take(o->to, text);
    }
    return CLI_DONE;
}

int gn_cli_parse(const struct cli_option *options, size_t options_n, int argc, char **argv)
{
    struct spelling s;
    int c, status = CLI_DONE;
    spell(&s, options, options_n);
    while (status == CLI_DONE && (c = gn_cli_option(argc, argv, s.letters, s.longs)) != -1) {
        const struct cli_option *o = find(options, options_n, c);
        if (c == CLI_HELP) {
            gn_cli_help();
            status = CLI_HELP;
        } else {
            status = o != NULL ? take(o, optarg) : CLI_BAD;
        }
    }
    return status;
}

/* ---- options of several commands ---- */
bool gn_cli_chosen(const struct cli_choice *c)
{
    return c->programs != NULL || c->instruction != CLI_ONLY;
}

int gn_cli_take_instruction(void *to, char *text)
{
    uint64_t n;
    int *instruction = to;
    if (!gn_cli_number(&n, text, "--instruction")) {
        return CLI_BAD;
    }
    *instruction = n < SVM_CASE_INSTRUCTIONS_MAX ? (int)n : SVM_CASE_INSTRUCTIONS_MAX;
    return CLI_DONE;
}

int gn_cli_take_bytecode(void *to, char *text)
{
    (void)to;
    return gn_cli_bytecode_option(text) ? CLI_DONE : CLI_BAD;
}

int gn_cli_take_preset(void *to, char *text)
{
    uint32_t *preset = to;
    for (*preset = 1; *preset < GN_PRESETS; ++*preset) {
        if (strcmp(text, gn_preset_name(*preset)) == 0) {
            return CLI_DONE;
        }
    }
    return gn_cli_fail(CLI_BAD, "--preset", "%s is not one of fast, compact, fast-100, compact-100", text);
}

int gn_cli_take_threads(void *to, char *text)
{
    uint64_t n;
    unsigned *threads = to;
    if (!gn_cli_number(&n, text, "--threads")) {
        return CLI_BAD;
    }
    if (n == 0 || n > 256) {
        return gn_cli_fail(CLI_BAD, "--threads", "%s is not a number from 1 to 256", text);
    }
    *threads = (unsigned)n;
    return CLI_DONE;
}

int gn_cli_take_max_memory(void *to, char *text)
{
    static const char units[] = "KMGT", option[] = "--max-memory";
    uint64_t *out = to;
    size_t n = strlen(text);
    const char *unit = n > 1 ? strchr(units, text[n - 1]) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    if (unit != NULL) {
        text[n - 1] = 0;
    }
    if (!gn_cli_number(out, text, option)) {
        return CLI_BAD;
    }
    if (unit != NULL) {
        text[n - 1] = *unit;
    }
    if (*out > UINT64_MAX >> shift || *out == 0) {
        return gn_cli_fail(CLI_BAD, option, "%s is %s", text, *out == 0 ? "nothing" : "too large");
    }
    *out <<= shift;
    return CLI_DONE;
}
