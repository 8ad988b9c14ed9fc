/* verify_cmd.c - does the ledger of a database hold?  Needs no key and
 * changes nothing.
 *
 *     ok: 1042 entries, root 0ac4…
 *     entry 17: the leaf is not the hash of the body
 *
 * A line for each community; where there are several, its name comes first.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "cli/cli.h"
#include "intake/intake.h"
#include "registry/person_batch.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "place/place.h"
#include "store/keys.h"

/* A community's ledger and what came of it. */
struct verdict {
    const struct community *of; /* NULL: the database as a whole */
    const char *kept;           /* the checkpoint to hold against it */
    int64_t entries;
    struct digest root;
};

/* Does the row that an entry's digest stands for still say the same? */
static enum rc row_check(struct work *w, const char *kind, int64_t thing,
                         const struct digest *digest, bool *same)
{
    if (strcmp(kind, "import.done") == 0)
        return person_batch_check(w, kind, thing, digest, same);
    return report_row_check(w, kind, thing, digest, same);
}

static enum rc verify_one(struct work *w, void *arg)
{
    struct verdict *v = arg;
    return ledger_verify(w, v->kept, row_check, &v->entries,
                         &v->root);
}

/* ---- saying it ---- */

static bool names_entry(const struct fault *f)
{
    return f->detail && strcmp(f->detail, "entry %s: %s") == 0;
}

/* "entry N" is part of what scripts read; the reason is for people. */
static void put_reason(const struct cli *c, const struct fault *f,
                       struct buf *b)
{
    if (names_entry(f)) buf_puts(b, words_in(c->language, f->args[1]));
    else words_fault(b, c->language, f);
}

static void put_json(const struct cli *c, const struct verdict *v,
                     const struct fault *f, struct buf *b)
{
    struct buf reason;
    buf_printf(b, "{\"ok\":%s", f ? "false" : "true");
    if (v->of) {
        buf_puts(b, ",\"community\":");
        buf_json(b, v->of->name);
    }
    if (!f) {
        buf_printf(b, ",\"entries\":%lld,\"root\":\"",
                   (long long)v->entries);
        buf_hex(b, v->root.b, sizeof v->root.b);
        buf_puts(b, "\"}\n");
        return;
    }
    if (names_entry(f)) buf_printf(b, ",\"entry\":%s", f->args[0]);
    buf_init(&reason, 4096);
    put_reason(c, f, &reason);
    buf_puts(b, ",\"reason\":");
    buf_json(b, reason.at);
    buf_puts(b, "}\n");
    buf_release(&reason);
}

static void put_text(const struct cli *c, const struct verdict *v,
                     const struct fault *f, bool named, struct buf *b)
{
    if (named) buf_printf(b, "%s: ", v->of->name);
    if (!f) {
        buf_printf(b, "ok: %lld entries, root ", (long long)v->entries);
        buf_hex(b, v->root.b, sizeof v->root.b);
    } else {
        if (names_entry(f)) buf_printf(b, "entry %s: ", f->args[0]);
        put_reason(c, f, b);
    }
    buf_putc(b, '\n');
}

/* f NULL: it holds.  The exit code. */
static int say(const struct cli *c, const struct verdict *v,
               const struct fault *f, bool named)
{
    struct buf b;
    buf_init(&b, 16384);
    if (c->json) put_json(c, v, f, &b);
    else put_text(c, v, f, named, &b);
    fputs(b.at, stdout);
    buf_release(&b);
    return f ? CLI_NOT_SO : CLI_DONE;
}

static int say_not_so(const struct cli *c, const struct fault *f)
{
    return say(c, &(struct verdict){0}, f, false);
}

/* ---- the database ---- */

/* What SQLite finds wrong with its file, beside what the ledger covers. */
struct file_row {
    const char *integrity_check;
};
static const struct field file_row_fields[] = {
    FIELD(file_row, integrity_check, F_TEXT, 0),
};
static const struct shape file_row_shape = SHAPE(file_row, file_row_fields);

static enum rc check_file(struct work *w, void *arg)
{
    struct file_row row;
    (void)arg;
    enum rc rc = db_city_one(w, &file_row_shape, &row,
                             "PRAGMA integrity_check(1)");
    if (!rc && strcmp(row.integrity_check, "ok") != 0)
        return work_fail(w, FAILED, "", "the database file is damaged");
    return rc;
}

/* Signatures are checked where the keys are; all else needs none. */
static void take_keys(struct cli *c, const char *url)
{
    struct keys *keys = NULL;
    struct fault f;
    bool is_url = strstr(url, "://") != NULL;
    if (!keys_load(&keys, is_url ? NULL : url, &f)) {
        store_set_keys(c->store, keys);
        return;
    }
    fprintf(stderr, "%s\n",
            words_in(c->language, "the keys of this database are not here: "
                                  "signatures are not checked"));
}

/* A database that does not open is damaged, unless it is not there, busy, or
 * of another version of the program. */
static int open_failed(struct cli *c, enum rc rc)
{
    int64_t applied = 0, known = 0;
    struct fault f;
    bool other = rc == INVALID && c->store &&
                 store_schema(c->store, &applied, &known, &f) == OK &&
                 applied > 0;
    if (rc == NOT_FOUND || rc == BUSY || other)
        return cli_fail(c, &c->fault);
    return say_not_so(c, &c->fault);
}

/* ---- a checkpoint kept elsewhere ---- */

static enum rc read_kept(struct cli *c, const char *path, char **out,
                         struct checkpoint *said)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return fault_set(&c->fault, NOT_FOUND, "--checkpoint",
                         "cannot read %s: %s", path, strerror(errno));
    *out = arena_alloc(&c->arena, CHECKPOINT_NOTE_MAX + 2);
    size_t n = fread(*out, 1, CHECKPOINT_NOTE_MAX + 1, f);
    (*out)[n] = '\0';
    fclose(f);
    if (strlen(*out) == n && !checkpoint_parse(*out, said, &c->fault))
        return OK;
    return fault_set(&c->fault, INVALID, "--checkpoint",
                     "this is no checkpoint");
}

static bool is_of(const struct checkpoint *said, const struct community *m)
{
    char origin[64];
    snprintf(origin, sizeof origin, "renlin/%lld",
             (long long)m->community.v);
    return strcmp(said->origin, origin) == 0;
}

/* ---- the command ---- */

struct communities {
    struct community *items;
    size_t n;
};

static enum rc list_them(struct work *w, void *arg)
{
    struct communities *all = arg;
    return community_list(w, &all->items, &all->n);
}

/* What is wrong with the file as such is the answer only where the ledger
 * holds: else the entry says more. */
static int verify_all(struct cli *c, const struct communities *all,
                      const struct fault *file, const char *kept,
                      const struct checkpoint *said)
{
    int code = CLI_DONE;
    bool used = !kept;
    for (size_t i = 0; i < all->n; i++) {
        struct verdict v = {.of = &all->items[i]};
        if (kept && is_of(said, v.of)) v.kept = kept;
        used = used || v.kept;
        c->work.community = v.of->community;
        enum rc rc = store_read(&c->work, verify_one, &v);
        if (rc == BUSY) return cli_fail(c, &c->work.fault);
        if (say(c, &v, rc ? &c->work.fault : file, all->n > 1))
            code = CLI_NOT_SO;
    }
    if (used) return code;
    fault_set(&c->fault, INVALID, "checkpoint",
              "the checkpoint is of another ledger");
    return say_not_so(c, &c->fault);
}

static int verify_database(struct cli *c, const char *kept,
                           const struct checkpoint *said)
{
    struct communities all = {0};
    struct fault file;
    enum rc rc = OK, rc_file = OK;
    if (store_is_sqlite(c->store))
        rc_file = store_read(&c->work, check_file, NULL);
    file = c->work.fault;
    if (rc_file != BUSY) rc = store_read(&c->work, list_them, &all);
    if (!rc && all.n == 0)
        rc = work_fail(&c->work, FAILED, "", "there is no community here");
    if (rc_file == BUSY || rc == BUSY)
        return cli_fail(c, &c->work.fault);
    if (rc) return say_not_so(c, &c->work.fault);
    return verify_all(c, &all, rc_file ? &file : NULL, kept, said);
}

static const struct option_spec options[] = {
    {"--db", "FILE", "要校验的数据库", "the database to check"},
    {"--checkpoint", "FILE", "另行保存的检查点，存证须是它的延续",
     "a checkpoint kept elsewhere, which the ledger must extend"},
    {NULL, NULL, NULL, NULL},
};

static int run(struct cli *c)
{
    const char *path = cli_option(c, "--checkpoint");
    char *kept = NULL;
    struct checkpoint said;
    enum rc rc = OK;
    c->db = cli_option(c, "--db");
    if (!c->db || !c->db[0])
        rc = fault_set(&c->fault, INVALID, "--db", "is missing");
    if (!rc && path) rc = read_kept(c, path, &kept, &said);
    if (rc) return cli_fail(c, &c->fault);
    struct store_options o = {.url = c->db, .read_only = true};
    rc = cli_open(c, &o, false);
    if (rc) return open_failed(c, rc);
    take_keys(c, c->db);
    return verify_database(c, kept, &said);
}

/* Opens the database itself (no CLI_DB): one that is damaged is an answer
 * here, not a wrong call. */
const struct command verify_command = {
    .name = "verify", .operands = "",
    .zh = "校验存证：逐条重算，指出第一条不符的记录",
    .en = "compute the ledger again and name the first entry that does not "
          "hold",
    .flags = CLI_READ_ONLY | CLI_CITY | CLI_NO_KEYS, .options = options,
    .run = run,
};
