/* desk.c - worlds made and taken down, units held open.  See desk.h.
 *
 * A unit held open is a unit that waits on the writer's thread until the test
 * lets it end; meanwhile the test's thread uses its connection. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/follower.h"
#include "store/keys.h"

static struct desk *left_open; /* by a test that failed */

bool desk_has_pg(void)
{
    const char *url = getenv("RENLIN_TEST_PG");
    return url && url[0];
}

/* ---- where the data is ---- */

static char pg_name[64], pg_url[512];
static PGconn *pg_server, *pg_own; /* to the server's and to our database */

/* The server's address with another database and cheap commits. */
static void pg_address(char *out, size_t n, const char *name)
{
    const char *url = getenv("RENLIN_TEST_PG");
    const char *end = strrchr(url, '/');
    snprintf(out, n, "%.*s/%s?gssencmode=disable"
             "&options=-csynchronous_commit%%3Doff",
             (int)(end - url), url, name);
}

static void pg_say(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
}

static void pg_drop(void)
{
    char sql[128];
    snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", pg_name);
    PQclear(PQexec(pg_server, sql));
    PQfinish(pg_server);
    PQfinish(pg_own);
}

static void pg_make(void)
{
    char sql[128];
    snprintf(pg_name, sizeof pg_name, "renlin_test_%d", (int)getpid());
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", pg_name);
    pg_server = PQconnectdb(getenv("RENLIN_TEST_PG"));
    pg_say(pg_server, sql);
    atexit(pg_drop);
    pg_address(pg_url, sizeof pg_url, pg_name);
    pg_own = PQconnectdb(pg_url);
}

/* One database a process, emptied before every test: rows are few, so
 * deleting them is much faster than making tables. */
static const char *pg_fresh(void)
{
    static const char empty[] =
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables"
        " WHERE schemaname='public' AND tablename<>'schema_version' LOOP"
        " EXECUTE format('DELETE FROM %I', t); END LOOP; END $$";
    if (!pg_own) pg_make();
    else pg_say(pg_own, empty);
    return pg_url;
}

static char file_url[128], file_keys[160];

static void file_remove(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[160];
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(name, sizeof name, "%s%s", file_url, ends[i]);
        unlink(name);
    }
}

static void keys_remove(void)
{
    file_remove();
    unlink(file_keys);
}

/* Where files live in memory.  Keys are made once: every store of this
 * process opens the same. */
static void name_files(void)
{
    struct stat st;
    struct keys *k;
    struct fault f;
    const char *dir = stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp";
    if (file_url[0]) return;
    snprintf(file_url, sizeof file_url, "%s/renlin-desk-%d.db", dir,
             (int)getpid());
    snprintf(file_keys, sizeof file_keys, "%s.keys", file_url);
    unlink(file_keys); /* of a process long gone */
    desk_assert_rc(OK, keys_make(&k, file_keys, &f), &f, __FILE__, __LINE__);
    keys_free(k);
    atexit(keys_remove);
}

/* ---- the town ---- */

static enum rc make_place(struct work *w, enum place_level level,
                          struct place_id parent, const char *code,
                          struct place_id *out)
{
    struct place p;
    shape_clear(&place_shape, &p);
    p.level = level;
    p.parent = parent;
    p.code = code;
    p.since = day_of(2020, 1, 1);
    enum rc rc = place_create(w, &p);
    *out = p.id;
    return rc;
}

static enum rc make_building(struct work *w, struct town *t, int i)
{
    struct arena *a = w->arena;
    enum rc rc = make_place(w, PLACE_BUILDING, t->root,
                            arena_printf(a, "%d", i + 1), &t->building[i]);
    if (!rc)
        rc = make_place(w, PLACE_UNIT, t->building[i],
                        arena_printf(a, "%d-1", i + 1), &t->unit[i]);
    for (int k = 0; !rc && k < 2; k++)
        rc = make_place(w, PLACE_HOUSEHOLD, t->unit[i],
                        arena_printf(a, "%d-1-10%d", i + 1, k + 1),
                        &t->door[2 * i + k]);
    if (rc) return rc;
    return place_group_add(w, t->grid[i / 2], t->building[i],
                           day_of(2020, 1, 1), PLACE_OPEN);
}

static enum rc make_person(struct work *w, struct town *t, int i)
{
    static const char *const names[TOWN_PEOPLE] = {
        "赵一", "赵二", "钱三", "孙四", "李五", "周六", "吴七"};
    struct person p;
    shape_clear(&person_shape, &p);
    p.name = names[i];
    p.sex = i % 2;
    p.birth = day_of(1950 + i, 1, 1);
    p.household = t->door[i ? i - 1 : 0];
    p.idno = arena_printf(w->arena, "ID-%04d", i);
    p.phone = arena_printf(w->arena, "139-%04d", i);
    enum rc rc = person_create(w, &p, 0);
    t->person[i] = p.id;
    return rc;
}

struct founding {
    const char *name;
    struct town *town;
};

static enum rc found_town(struct work *w, void *arg)
{
    struct founding *f = arg;
    struct town *t = f->town;
    struct community c = {.name = f->name, .zone = "Asia/Shanghai",
                          .demo = 1, .hotline = "12345"};
    struct place root;
    enum rc rc = community_create(w, &c);
    t->community = c.community;
    if (!rc) rc = place_by_code(w, PLACE_COMMUNITY, f->name, &root);
    if (rc) return rc;
    t->root = root.id;
    for (int i = 0; !rc && i < TOWN_GRIDS; i++)
        rc = make_place(w, PLACE_GRID, t->root,
                        arena_printf(w->arena, "G%d", i + 1), &t->grid[i]);
    for (int i = 0; !rc && i < TOWN_BUILDINGS; i++)
        rc = make_building(w, t, i);
    for (int i = 0; !rc && i < TOWN_PEOPLE; i++) rc = make_person(w, t, i);
    return rc;
}

static void settle_town(struct desk *d, const char *name, struct town *t)
{
    struct work w;
    struct founding f = {name, t};
    work_init(&w, d->store, &d->arena, (struct community_id){0});
    account_act_as_system(&w);
    desk_assert_rc(OK, store_write(&w, found_town, &f), &w.fault, __FILE__,
                   __LINE__);
}

/* ---- open, close ---- */

static struct instant morning(void)
{
    struct instant t = {0};
    bool ok = instant_parse("2026-11-24T08:00:00Z", &t);
    assert(ok);
    return t;
}

/* ---- every statement that a test of a room ran ---- */

static FILE *said;
static char *said_text;
static size_t said_n;

/* SQLite's statements are noted; PostgreSQL's are the same text. */
static void note_statements(struct store *s)
{
    if (!store_is_sqlite(s)) return;
    if (!said) said = open_memstream(&said_text, &said_n);
    assert(said);
    store_log_statements(s, said);
}

/* `alike`: ids and dice as the seed says; only one store of a database. */
static struct store *open_store(const struct desk *d, struct instant now,
                                bool alike)
{
    struct store *s;
    struct keys *k;
    struct fault f;
    struct store_options o = {.url = d->url, .create = true, .migrate = true,
                              .repeatable = alike, .seed = 1,
                              .clock = {.world = now}};
    memset(&f, 0, sizeof f);
    desk_assert_rc(OK, store_open(&s, &o, &f), &f, __FILE__, __LINE__);
    /* WRITE holds a unit open while the test goes on: it runs once. */
    store_set_careful(s, true);
    desk_assert_rc(OK, keys_open_file(&k, file_keys, &f), &f, __FILE__,
                   __LINE__);
    store_set_keys(s, k);
    note_statements(s);
    desk_assert_rc(OK, followers_start(s, NULL, 0, &f), &f, __FILE__,
                   __LINE__);
    return s;
}

struct desk *desk_open(bool pg)
{
    if (left_open) desk_close(left_open);
    struct desk *d = calloc(1, sizeof *d);
    assert(d);
    left_open = d;
    arena_init(&d->arena, ARENA_MAX);
    name_files();
    file_remove();
    d->url = pg ? pg_fresh() : file_url;
    d->store = open_store(d, morning(), true);
    settle_town(d, "甲社区", &d->here);
    settle_town(d, "乙社区", &d->there);
    d->community = d->here.community;
    d->other = d->there.community;
    desk_as_system(d);
    return d;
}

static void let_go(void);

void desk_close(struct desk *d)
{
    let_go();
    store_close(d->store);
    arena_release(&d->arena);
    left_open = NULL;
    free(d);
}

void desk_reopen(struct desk *d)
{
    /* Ids begin again at the clock: let it be one that has given none. */
    struct instant now = {store_now(d->store).ms + MS_PER_MINUTE};
    store_close(d->store);
    d->store = NULL;
    d->store = open_store(d, now, true);
    d->work.store = d->store;
    d->work.now = now;
}

/* ---- who works ---- */

static void begin_work(struct desk *d, struct work *w,
                       struct community_id community)
{
    work_init(w, d->store, &d->arena, community);
    account_act_as_system(w);
}

void desk_as_system(struct desk *d)
{
    begin_work(d, &d->work, d->community);
}

struct work *desk_work(struct desk *d)
{
    struct work *w = ARENA_NEW(&d->arena, struct work);
    begin_work(d, w, d->community);
    return w;
}

void desk_later(struct desk *d, int64_t ms)
{
    store_set_now(d->store, (struct instant){d->work.now.ms + ms});
    d->work.now = store_now(d->store);
}

static enum rc make_account(struct work *w, void *arg)
{
    return account_create(w, arg);
}

static enum rc act_as(struct work *w, void *arg)
{
    struct account *a = arg;
    struct community c;
    enum rc rc = community_load(w, &c);
    return rc ? rc : account_act_as(w, a->id);
}

static void act(struct desk *d, struct community_id community, enum role role,
                struct place_id scope, struct person_id person)
{
    struct work *w = &d->work;
    struct account a;
    shape_clear(&account_shape, &a);
    begin_work(d, w, community);
    a.name = arena_printf(&d->arena, "%s-%d", role_names[role],
                          ++d->accounts);
    a.role = role;
    a.scope = scope;
    a.person = person;
    assert_rc(OK, desk_write(d, make_account, &a));
    w->notes = NULL;
    w->caps = 0;
    assert_rc(OK, desk_read(d, act_as, &a));
}

void desk_as(struct desk *d, enum role role, struct place_id scope)
{
    act(d, d->community, role, scope, (struct person_id){0});
}

void desk_as_person(struct desk *d, enum role role, struct place_id scope,
                    struct person_id person)
{
    act(d, d->community, role, scope, person);
}

void desk_as_stranger(struct desk *d, enum role role)
{
    act(d, d->other, role, (struct place_id){0}, d->there.person[0]);
}

/* ---- units ---- */

/* A work is used for many units here: what the last one left is dropped. */
static void wipe(struct work *w)
{
    w->notes = NULL;
    memset(&w->fault, 0, sizeof w->fault);
}

enum rc desk_write(struct desk *d, unit_fn *run, void *arg)
{
    wipe(&d->work);
    return store_write(&d->work, run, arg);
}

enum rc desk_read(struct desk *d, unit_fn *run, void *arg)
{
    wipe(&d->work);
    return store_read(&d->work, run, arg);
}

enum stage { WAITING, OPEN, CLOSING, DONE };
struct held {
    struct unit unit;
    pthread_t thread; /* a reader's */
    struct work *work;
    enum stage stage;
    enum rc rc;
};
static struct held writing = {.stage = DONE}, reading = {.stage = DONE};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void set_stage(struct held *h, enum stage stage)
{
    pthread_mutex_lock(&lock);
    h->stage = stage;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void wait_stage(struct held *h, enum stage stage)
{
    pthread_mutex_lock(&lock);
    while (h->stage < stage) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static enum rc hold_open(struct work *w, void *arg)
{
    struct held *h = arg;
    (void)w;
    set_stage(h, OPEN);
    wait_stage(h, CLOSING);
    return h->rc;
}

static void held_done(struct unit *u)
{
    writing.rc = u->rc;
    set_stage(&writing, DONE);
}

bool desk_begin(struct work *w)
{
    wipe(w);
    assert(writing.stage == DONE);
    writing = (struct held){.unit = {.work = w, .run = hold_open,
                                     .done = held_done, .arg = &writing},
                            .work = w, .stage = WAITING};
    enum rc rc = store_submit(w->store, &writing.unit);
    if (rc) {
        writing.rc = rc;
        writing.stage = DONE;
        return false;
    }
    wait_stage(&writing, OPEN);
    return writing.stage == OPEN;
}

static enum rc end_held(struct held *h, enum rc rc)
{
    if (h->stage == OPEN) {
        h->rc = rc;
        set_stage(h, CLOSING);
        wait_stage(h, DONE);
    }
    return h->rc;
}

enum rc desk_end(struct work *w, enum rc rc)
{
    assert(writing.work == w);
    return end_held(&writing, rc);
}

static void *read_main(void *arg)
{
    struct held *h = arg;
    h->rc = store_read(h->work, hold_open, h);
    set_stage(h, DONE);
    return NULL;
}

bool desk_look(struct work *w)
{
    wipe(w);
    assert(reading.stage == DONE);
    reading = (struct held){.work = w, .stage = WAITING};
    int failed = pthread_create(&reading.thread, NULL, read_main, &reading);
    assert(!failed);
    wait_stage(&reading, OPEN);
    return reading.stage == OPEN;
}

enum rc desk_looked(struct work *w, enum rc rc)
{
    assert(reading.work == w);
    rc = end_held(&reading, rc);
    pthread_join(reading.thread, NULL);
    return rc;
}

void desk_must(bool began)
{
    if (!began) fail_msg("the unit did not begin");
}

/* What a test that failed in the middle of a unit left open. */
static void let_go(void)
{
    if (writing.stage != DONE) (void)!desk_end(writing.work, FAILED);
    if (reading.stage != DONE) (void)!desk_looked(reading.work, FAILED);
}

/* ---- races ---- */

struct runner {
    pthread_t thread;
    struct arena arena;
    struct work work;
    unit_fn *run;
    void *arg;
    pthread_barrier_t *start;
    enum rc rc;
};

static void *runner_main(void *arg)
{
    struct runner *r = arg;
    pthread_barrier_wait(r->start);
    r->rc = store_write(&r->work, r->run, r->arg);
    return NULL;
}

int desk_race(struct desk *d, unit_fn *run, void *arg, int n, enum rc rc)
{
    enum { RUNNERS_MAX = 32 };
    struct runner all[RUNNERS_MAX];
    pthread_barrier_t start;
    int came = 0;
    assert(n >= 2 && n <= RUNNERS_MAX);
    struct store *second = open_store(d, d->work.now, false);
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (int i = 0; i < n; i++) {
        struct runner *r = &all[i];
        arena_init(&r->arena, ARENA_MAX);
        r->work = d->work;
        wipe(&r->work);
        r->work.arena = &r->arena;
        r->work.store = i % 2 ? second : d->store;
        r->run = run;
        r->arg = arg;
        r->start = &start;
        int failed = pthread_create(&r->thread, NULL, runner_main, r);
        assert(!failed);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(all[i].thread, NULL);
        came += all[i].rc == rc;
        arena_release(&all[i].arena);
    }
    pthread_barrier_destroy(&start);
    store_close(second);
    return came;
}

/* ---- what is so ---- */

struct counted {
    const char *sql, *text;
    int64_t n;
};

static enum rc count_rows(struct work *w, void *arg)
{
    struct counted *c = arg;
    if (!c->text) return db_int(w, &c->n, c->sql);
    return db_int(w, &c->n, c->sql, c->text);
}

static int64_t count_of(struct desk *d, const char *sql, const char *text)
{
    struct counted c = {sql, text, 0};
    struct work w;
    begin_work(d, &w, d->community);
    store_log_statements(d->store, NULL); /* the test's own question */
    desk_assert_rc(OK, store_read(&w, count_rows, &c), &w.fault, __FILE__,
                   __LINE__);
    note_statements(d->store);
    return c.n;
}

int64_t desk_count(struct desk *d, const char *sql)
{
    return count_of(d, sql, NULL);
}

int64_t desk_entries(struct desk *d, const char *kind)
{
    return count_of(d, "SELECT count(*) FROM ledger_entry"
                       " WHERE community=$1 AND kind=$2", kind);
}

void desk_assert_rc(enum rc want, enum rc got, const struct fault *f,
                    const char *file, int line)
{
    if (want == got) return;
    if (got)
        print_error("%s (%s): %s [%s] [%s]\n", rc_name(got), f->field,
                    f->detail ? f->detail : "", f->args[0], f->args[1]);
    print_error("wanted %s, got %s\n", rc_name(want), rc_name(got));
    _fail(file, line);
}

/* ---- no statement reads all of a table that grows ---- */

/* Tables of one row a community or fewer, or of the engine itself. */
static bool may_be_scanned(const char *what)
{
    static const char *const small[] = {
        "CONSTANT ROW", "community", "ledger_head", "h", "schema_version",
        "sqlite_schema", "(subquery", "SUBQUERY", "rows", "test_"};
    for (size_t i = 0; i < COUNT_OF(small); i++)
        if (strncmp(what, small[i], strlen(small[i])) == 0) return true;
    return false;
}

/* Does the statement say itself that it wants all of a community: by having
 * no other condition, or by being one of `renlin verify` (or of the tests that
 * tamper for it)? */
static bool wants_all(const char *sql)
{
    static const char *const verify[] = {
        "coalesce(r.n, 0) AS subjects", "reading_subject s LEFT JOIN",
        "ledger_secret WHERE community=$1 AND (seq<0",
        "person=(SELECT min(person)",
        /* job_test.c's own rule of retention */
        "name=$2 AND due<$3 ORDER BY id LIMIT"};
    const char *rest = strstr(sql, "community=$1");
    rest = rest ? rest + strlen("community=$1") : "";
    if (!*rest || strncmp(rest, " ORDER BY", 9) == 0) return true;
    for (size_t i = 0; i < COUNT_OF(verify); i++)
        if (strstr(sql, verify[i])) return true;
    return false;
}

/* One line of a plan: what is wrong with it, or NULL. */
static const char *plan_fault(const char *line, const char *sql)
{
    static const char all[] = "PRIMARY KEY (community=?)";
    size_t n = strlen(line);
    if (strncmp(line, "SCAN ", 5) == 0 && !may_be_scanned(line + 5))
        return "reads a whole table";
    if (n >= sizeof all && strcmp(line + n + 1 - sizeof all, all) == 0 &&
        !wants_all(sql))
        return "reads a whole community";
    return NULL;
}

static int explain(sqlite3 *c, const char *text)
{
    sqlite3_stmt *st;
    int faults = 0;
    char *sql = arena_printf(&test_arena, "EXPLAIN QUERY PLAN %s", text);
    /* What does not compile is a test's, meant to fail. */
    if (sqlite3_prepare_v2(c, sql, -1, &st, NULL)) return 0;
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(st, 3);
        const char *why = plan_fault(line, text);
        if (!why) continue;
        print_error("%s: %s\n    %s\n", why, line, text);
        faults++;
    }
    sqlite3_finalize(st);
    return faults;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What was said, a statement a line, each once. */
static size_t said_lines(char ***out)
{
    size_t n = 0, cap = 0, kept = 0;
    char **lines = NULL, *next;
    fflush(said);
    char *all = arena_strndup(&test_arena, said_text, said_n);
    for (char *line = all; *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next) *next++ = '\0';
        lines = arena_grow(&test_arena, lines, n, &cap, n + 1, sizeof *lines);
        lines[n++] = line;
    }
    qsort(lines, n, sizeof *lines, by_text);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(lines[i], lines[i - 1]) != 0)
            lines[kept++] = lines[i];
    *out = lines;
    return kept;
}

/* Runs last of all files, on what the tests before it said. */
DESK_TEST(no_statement_reads_all_of_a_table_that_grows)
{
    sqlite3 *c;
    char **lines;
    int faults = 0;
    if (!store_is_sqlite(d->store)) return;
    size_t n = said_lines(&lines);
    assert_int_equal(sqlite3_open(d->url, &c), SQLITE_OK);
    for (size_t i = 0; i < n; i++) faults += explain(c, lines[i]);
    sqlite3_close(c);
    assert_true(n > 10);
    assert_int_equal(faults, 0);
}
