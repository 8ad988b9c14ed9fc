/* cli.c - the table of commands, options, and what every command needs.  See
 * cli.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/account.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/house.h"
#include "place/place.h"
#include "store/keys.h"

#define COMMAND(name) extern const struct command name##_command;
#include "cli/commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &name##_command,
#include "cli/commands.def"
#undef COMMAND
    NULL,
};

/* What the flags of a command add to its options. */
static const struct option_spec common[] = {
    {"--db", "FILE|postgres://…", "数据库", "the database"},
    {"--community", "NAME", "多个社区时指明是哪一个",
     "which community, where there are several"},
    {"--purpose", "TEXT", "查看个人信息的目的（记入存证）",
     "for what personal data is looked at (entered in the ledger)"},
    {"--json", NULL, "以 JSON 输出", "print JSON"},
    {NULL, NULL, NULL, NULL},
};

static enum language language_of_user(void)
{
    const char *s = getenv("LC_ALL");
    if (text_is_empty(s)) s = getenv("LC_MESSAGES");
    if (text_is_empty(s)) s = getenv("LANG");
    return s && text_starts(s, "en") ? LANG_EN : LANG_ZH;
}

static const char *in(const struct cli *c, const char *zh, const char *en)
{
    return c->language == LANG_ZH ? zh : en;
}

/* ---- help ---- */

static void print_options(const struct cli *c, const struct option_spec *o)
{
    for (; o && o->name; o++)
        printf("  %s%s%s\n      %s\n", o->name, o->value ? " " : "",
               o->value ? o->value : "", in(c, o->zh, o->en));
}

static void print_command(const struct cli *c, const struct command *cmd)
{
    printf("renlin %s%s%s\n\n%s\n\n", cmd->name, cmd->operands[0] ? " " : "",
           cmd->operands, in(c, cmd->zh, cmd->en));
    print_options(c, cmd->options);
    if (cmd->flags & CLI_DB) print_options(c, common);
    else print_options(c, common + 3);
}

static int help_run(struct cli *c)
{
    if (c->operands) {
        for (size_t i = 0; commands[i]; i++) {
            if (strcmp(commands[i]->name, c->operand[0]) != 0) continue;
            print_command(c, commands[i]);
            return CLI_DONE;
        }
        fault_set(&c->fault, INVALID, "", "there is no command %s",
                  c->operand[0]);
        return cli_fail(c, &c->fault);
    }
    printf("%s\n\n", in(c, "韧邻：社区应急。用法：renlin 命令 [选项]",
                        "Renlin: a community in an emergency.  "
                        "Usage: renlin COMMAND [OPTIONS]"));
    for (size_t i = 0; commands[i]; i++)
        printf("  %-10s %s\n", commands[i]->name,
               in(c, commands[i]->zh, commands[i]->en));
    printf("\n%s\n", in(c, "详情：renlin help 命令",
                        "More: renlin help COMMAND"));
    return CLI_DONE;
}

const struct command help_command = {
    .name = "help", .operands = "[COMMAND]", .zh = "命令一览，或一个命令的用法",
    .en = "what there is, or how one command is used", .run = help_run,
};

/* ---- options ---- */

static size_t options_of(const struct command *cmd)
{
    size_t n = 0;
    while (cmd->options && cmd->options[n].name) n++;
    assert(n <= CLI_OPTIONS_MAX);
    return n;
}

const char *cli_option(const struct cli *c, const char *name)
{
    for (size_t i = 0; i < options_of(c->command); i++)
        if (strcmp(c->command->options[i].name, name) == 0)
            return c->value[i];
    abort(); /* an option that the command does not declare */
}

int64_t cli_int(const struct cli *c, const char *name, int64_t fallback,
                int64_t min, int64_t max)
{
    const char *text = cli_option(c, name);
    int64_t n = fallback;
    if (!text || text_to_int(text, min, max, &n)) return n;
    struct fault f;
    char low[32], high[32];
    text_from_decimal(low, min, 0);
    text_from_decimal(high, max, 0);
    fault_set(&f, INVALID, name, "must be from %s to %s", low, high);
    exit(cli_fail(c, &f));
}

int cli_fail(const struct cli *c, const struct fault *f)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_puts(&b, "renlin: ");
    if (f->row) {
        buf_puts(&b, in(c, "第 ", "line "));
        buf_int(&b, f->row);
        buf_puts(&b, in(c, " 行：", ": "));
    }
    if (f->field[0]) {
        buf_puts(&b, f->field);
        buf_puts(&b, in(c, "：", ": "));
    }
    words_fault(&b, c->language, f);
    if (f->remedy) {
        buf_puts(&b, in(c, "。", ". "));
        words_remedy(&b, c->language, f);
    }
    fprintf(stderr, "%s\n", b.at);
    buf_release(&b);
    return CLI_USAGE;
}

void cli_progress(const struct cli *c, const char *what, int64_t done,
                  int64_t all)
{
    if (!isatty(STDERR_FILENO)) return;
    fprintf(stderr, "\r%s %lld/%lld%s", words_in(c->language, what),
            (long long)done, (long long)all, done == all ? "\n" : "");
}

/* The slot for an option of this name; NULL: no such option. */
static const char **slot_of(struct cli *c, const char *name, bool *is_flag)
{
    const struct command *cmd = c->command;
    for (size_t i = 0; i < options_of(cmd); i++) {
        if (strcmp(cmd->options[i].name, name) != 0) continue;
        *is_flag = cmd->options[i].value == NULL;
        return &c->value[i];
    }
    *is_flag = false;
    if (cmd->flags & CLI_DB) {
        if (strcmp(name, "--db") == 0) return &c->db;
        if (strcmp(name, "--community") == 0) return &c->community;
        if (strcmp(name, "--purpose") == 0) return &c->purpose;
    }
    return NULL;
}

static enum rc take_option(struct cli *c, char **argv, int argc, int *i)
{
    char *text = argv[*i];
    bool flag;
    if (strcmp(text, "--json") == 0) {
        c->json = true;
        return OK;
    }
    const char *eq = strchr(text, '=');
    size_t n = eq ? (size_t)(eq - text) : strlen(text);
    const char *name = arena_strndup(&c->arena, text, n);
    const char **slot = slot_of(c, name, &flag);
    if (!slot)
        return fault_set(&c->fault, INVALID, name, "is not an option here");
    if (*slot)
        return fault_set(&c->fault, INVALID, name, "was given twice");
    if (flag && eq)
        return fault_set(&c->fault, INVALID, name, "takes no value");
    if (flag) *slot = "";
    else if (eq) *slot = eq + 1;
    else if (*i + 1 < argc) *slot = argv[++*i];
    else return fault_set(&c->fault, INVALID, name, "needs a value");
    return OK;
}

/* How many operands a command takes at least and at most, from its usage. */
static void operand_bounds(const char *usage, int *least, int *most)
{
    *least = *most = 0;
    for (const char *s = usage; *s; s++) {
        if (s != usage && s[-1] != ' ') continue;
        ++*most;
        if (*s != '[') ++*least;
    }
}

static enum rc parse(struct cli *c, int argc, char **argv)
{
    int least, most;
    operand_bounds(c->command->operands, &least, &most);
    for (int i = 0; i < argc; i++) {
        enum rc rc = OK;
        if (text_starts(argv[i], "--")) rc = take_option(c, argv, argc, &i);
        else if (c->operands < most) c->operand[c->operands++] = argv[i];
        else rc = fault_set(&c->fault, INVALID, argv[i],
                            "is one operand too many");
        if (rc) return rc;
    }
    if (c->operands < least)
        return fault_set(&c->fault, INVALID, c->command->operands,
                         "is missing");
    if (c->command->flags & CLI_DB && text_is_empty(c->db))
        return fault_set(&c->fault, INVALID, "--db", "is missing");
    if (c->command->flags & CLI_PERSONAL && text_is_blank(c->purpose))
        return fault_set(&c->fault, INVALID, "--purpose",
                         "say for what purpose you look at personal data");
    return OK;
}

/* ---- the database ---- */

static bool is_url(const char *s) { return strstr(s, "://") != NULL; }

/* Keys lie beside the file, or where RENLIN_KEYS says. */
static enum rc make_keys_of(struct cli *c, struct keys **out)
{
    const char *path = getenv("RENLIN_KEYS");
    struct stat st;
    if (text_is_empty(path)) {
        if (is_url(c->db))
            return fault_set(&c->fault, INVALID, "RENLIN_KEYS",
                             "name a file for the keys of this database");
        path = arena_printf(&c->arena, "%s.keys", c->db);
    }
    if (stat(path, &st) == 0) return keys_open_file(out, path, &c->fault);
    return keys_make(out, path, &c->fault);
}

static enum rc find_community(struct work *w, void *arg)
{
    struct cli *c = arg;
    struct community found;
    return community_find(w, c->community, &found);
}

enum rc cli_open(struct cli *c, const struct store_options *o, bool make_keys)
{
    struct keys *keys = NULL;
    enum rc rc = store_open(&c->store, o, &c->fault);
    if (rc) return rc;
    if (make_keys) rc = make_keys_of(c, &keys);
    else if (!(c->command->flags & CLI_NO_KEYS))
        rc = keys_load(&keys, is_url(o->url) ? NULL : o->url, &c->fault);
    if (rc) return rc;
    if (keys) store_set_keys(c->store, keys);
    int64_t applied, known;
    rc = store_schema(c->store, &applied, &known, &c->fault);
    if (rc) return rc;
    if (applied != known)
        return fault_set(&c->fault, INVALID, "db",
                         "the schema is not this program's: run renlin "
                         "migrate");
    work_init(&c->work, c->store, &c->arena, (struct community_id){0});
    account_act_as_system(&c->work);
    c->work.language = c->language;
    c->work.purpose = c->purpose ? c->purpose : "";
    if (!o->read_only)
        rc = followers_start(c->store, all_followers, all_followers_n,
                             &c->fault);
    if (rc || c->command->flags & CLI_CITY) return rc;
    rc = store_read(&c->work, find_community, c);
    if (rc) c->fault = c->work.fault;
    return rc;
}

void cli_close(struct cli *c)
{
    store_close(c->store);
    c->store = NULL;
}

static enum rc open_as_flags_say(struct cli *c)
{
    bool read_only = c->command->flags & CLI_READ_ONLY;
    struct store_options o = {
        .url = c->db, .read_only = read_only,
        /* A file follows its program; a city's database its owner. */
        .migrate = !read_only && !is_url(c->db)};
    return cli_open(c, &o, false);
}

static const struct command *find(const char *name)
{
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return &help_command;
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    return NULL;
}

int cli_main(int argc, char **argv)
{
    struct cli c = {.language = language_of_user()};
    arena_init(&c.arena, (size_t)1 << 30);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error like others */
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--version") == 0) {
        printf("renlin %s\n", RENLIN_VERSION);
        return CLI_DONE;
    }
    int code;
    c.command = find(name);
    if (!c.command) {
        fault_set(&c.fault, INVALID, "", "there is no command %s", name);
        code = cli_fail(&c, &c.fault);
    } else {
        enum rc rc = parse(&c, argc > 2 ? argc - 2 : 0, argv + 2);
        if (!rc && c.command->flags & CLI_DB) rc = open_as_flags_say(&c);
        code = rc ? cli_fail(&c, &c.fault) : c.command->run(&c);
    }
    cli_close(&c);
    arena_release(&c.arena);
    if (fflush(stdout) != 0) code = CLI_USAGE;
    return code;
}
