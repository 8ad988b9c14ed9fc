/* cli.h - one table of commands, one way to call them.
 *
 *     renlin COMMAND [--option VALUE | --flag | operand] …
 *
 * A command is a constant in its room's thing_cmd.c, listed in commands.def.
 * Options are declared with it, so parsing, usage errors and `renlin help`
 * come from the table.  Result on stdout, messages on stderr; exit 0 done, 1
 * the thing asked about is not so, 2 bad input or usage.  The command line
 * acts as the operator of the machine (account_act_as_system).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"
#include "store/store.h"

enum { CLI_DONE, CLI_NOT_SO, CLI_USAGE };
enum { CLI_OPTIONS_MAX = 16, CLI_OPERANDS_MAX = 8 };

enum {
    CLI_DB = 1,       /* opens --db and, unless CLI_CITY, --community */
    CLI_READ_ONLY = 2, /* no writer thread, no migration */
    CLI_CITY = 4,     /* does not choose a community */
    CLI_PERSONAL = 8, /* prints personal data: refuses without --purpose */
    CLI_NO_KEYS = 16, /* works without the keys of the database */
};

struct option_spec {
    const char *name;   /* "--seed" */
    const char *value;  /* "N"; NULL for a flag */
    const char *zh, *en; /* one sentence each */
};

struct cli;
struct command {
    const char *name;            /* "import" */
    const char *operands;        /* "ROSTER", "" none; "[X]" optional */
    const char *zh, *en;         /* what it does, one sentence each */
    unsigned flags;
    const struct option_spec *options; /* ends with a NULL name */
    int (*run)(struct cli *c);
};

struct cli {
    const struct command *command;
    enum language language;
    const char *value[CLI_OPTIONS_MAX]; /* as in command->options; "" flag */
    const char *operand[CLI_OPERANDS_MAX];
    int operands;
    const char *db, *community, *purpose;
    bool json;
    struct arena arena;
    struct store *store;         /* open when CLI_DB */
    struct work work;            /* of the operator, in the community */
    struct fault fault;
};

/* NULL if it was not given. */
const char *cli_option(const struct cli *c, const char *name);
/* A whole number, or the fallback; exits 2 naming the option if it is none. */
int64_t cli_int(const struct cli *c, const char *name, int64_t fallback,
                int64_t min, int64_t max);
/* Says why on stderr, in the caller's language, and gives the exit code. */
int cli_fail(const struct cli *c, const struct fault *f);
/* A progress line on a terminal; nothing in a pipe. */
void cli_progress(const struct cli *c, const char *what, int64_t done,
                  int64_t all);
/* Opens a database as the flags say; used by commands that open their own. */
enum rc cli_open(struct cli *c, const struct store_options *o, bool make_keys)
    MUST_USE;
void cli_close(struct cli *c);

extern const struct command *const commands[]; /* ends with NULL */
int cli_main(int argc, char **argv);
