/* bench.c - the machine's own limit, measured beside the program.
 *
 *   bench bare DIR SECONDS ROWS   runs the statements traced from one real
 *                                 report, in a bare loop on SQLite, ROWS a
 *                                 commit; prints rows/s and CPU us a row
 *   bench post PORT TOKEN SECONDS CONNECTIONS
 *                                 posts reports over keep-alive connections;
 *                                 prints answers/s, refusals, p50 and p99 ms
 *   bench batch PORT TOKEN SECONDS ROWS
 *                                 the same by batches of ROWS lines
 *   bench follow DIR SECONDS RATE submits RATE reports a second and prints
 *                                 how long after its commit the followers
 *                                 had taken in a report: p50 and p99 ms
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "intake/intake.h"
#include "ledger/follower.h"
#include "registry/person.h"
#include "store/keys.h"

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double now_s(void) { return (double)clock_ns() / 1e9; }

static void must(enum rc rc, const struct fault *f)
{
    if (!rc) return;
    fprintf(stderr, "bench: %s %s\n", f->detail ? f->detail : "?",
            f->args[0]);
    exit(2);
}

/* ---- one report, traced ---- */

struct traced {
    const char *sql;
    struct db_arg args[24];
    size_t n;
};
struct trace {
    struct arena arena;
    struct traced at[64];
    size_t n;
};

static void note(void *ctx, const char *sql, const struct db_arg *args,
                 size_t n)
{
    struct trace *t = ctx;
    assert(t->n < COUNT_OF(t->at) && n <= 24);
    struct traced *one = &t->at[t->n++];
    one->sql = arena_strdup(&t->arena, sql);
    one->n = n;
    for (size_t i = 0; i < n; i++) {
        one->args[i] = args[i];
        if (args[i].type != DB_TEXT && args[i].type != DB_BLOB) continue;
        if (args[i].p)
            one->args[i].p = arena_strndup(&t->arena, args[i].p, args[i].n);
    }
}

static enum rc make_community(struct work *w, void *arg)
{
    struct person_id *person = arg;
    struct community c = {.name = "bench", .zone = "Asia/Shanghai"};
    enum rc rc = community_create(w, &c);
    struct person p;
    shape_clear(&person_shape, &p);
    p.name = "bench";
    if (!rc) rc = person_create(w, &p, 0);
    *person = p.id;
    return rc;
}

static enum rc submit(struct work *w, void *arg)
{
    const struct report_kind *k = report_kind_find("temperature");
    struct report *r = arena_alloc(w->arena, report_shape(k)->size);
    bool again;
    shape_clear(report_shape(k), r);
    static const char json[] = "{\"temperature_c\":36.5}";
    enum rc rc = shape_from_json(report_shape(k), r, json, strlen(json),
                                 w->arena, &w->fault);
    if (rc) return rc;
    struct person_id *person = arg;
    w->person = *person;
    return report_submit(w, k, r, &again);
}

static void trace_one(const char *path, struct trace *t)
{
    struct store *s;
    struct fault f;
    struct keys *keys;
    struct arena a;
    struct work w;
    struct person_id person;
    struct store_options o = {.url = path, .create = true, .migrate = true};
    must(store_open(&s, &o, &f), &f);
    must(keys_make(&keys, NULL, &f), &f);
    store_set_keys(s, keys);
    must(followers_start(s, NULL, 0, &f), &f);
    arena_init(&a, ARENA_MAX);
    work_init(&w, s, &a, (struct community_id){0});
    account_act_as_system(&w);
    must(store_write(&w, make_community, &person), &w.fault);
    w.person = person;
    must(store_write(&w, submit, &person), &w.fault);
    w.notes = NULL;
    store_trace(s, note, t);
    must(store_write(&w, submit, &person), &w.fault);
    store_trace(s, NULL, NULL);
    arena_release(&a);
    store_close(s);
}

/* ---- the bare loop ---- */

static void check(sqlite3 *db, int code)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
        return;
    fprintf(stderr, "bench: %s\n", sqlite3_errmsg(db));
    exit(2);
}

static void bind_arg(sqlite3_stmt *st, int at, const struct db_arg *a)
{
    if (a->type == DB_INT && a->i != NONE) sqlite3_bind_int64(st, at, a->i);
    else if (a->type == DB_REAL) sqlite3_bind_double(st, at, a->r);
    else if (a->type == DB_TEXT && a->p)
        sqlite3_bind_text(st, at, a->p, (int)a->n, SQLITE_STATIC);
    else if (a->type == DB_BLOB && a->p)
        sqlite3_bind_blob(st, at, a->p, (int)a->n, SQLITE_STATIC);
    else sqlite3_bind_null(st, at);
}

/* Once a commit rather than once a row: what the ledger does to its head. */
static bool is_of_commit(const char *sql)
{
    return strstr(sql, "ledger_head") != NULL;
}

static void run_one(sqlite3 *db, sqlite3_stmt *st, const struct traced *t,
                    int64_t next)
{
    int n = sqlite3_bind_parameter_count(st);
    bool insert = strncmp(t->sql, "INSERT", 6) == 0;
    for (int i = 1; i <= n; i++) {
        long k = strtol(sqlite3_bind_parameter_name(st, i) + 1, NULL, 10);
        /* $2 of an insert is what must differ: an id, a sequence. */
        if (insert && k == 2) sqlite3_bind_int64(st, i, next);
        else bind_arg(st, i, &t->args[k - 1]);
    }
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {}
    check(db, code);
    sqlite3_reset(st);
}

static int bare(const char *dir, double seconds, int rows)
{
    struct trace *t = calloc(1, sizeof *t);
    struct arena a;
    arena_init(&a, ARENA_MAX);
    arena_init(&t->arena, ARENA_MAX);
    char *path = arena_printf(&a, "%s/bare-%d.db", dir, (int)getpid());
    trace_one(path, t);
    sqlite3 *db;
    check(NULL, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db, "PRAGMA journal_mode=WAL;"
                               "PRAGMA synchronous=FULL;"
                               "PRAGMA cache_size=-16384;"
                               "PRAGMA wal_autocheckpoint=4000;"
                               "PRAGMA foreign_keys=ON", NULL, NULL, NULL));
    sqlite3_stmt *st[64];
    for (size_t i = 0; i < t->n; i++)
        check(db, sqlite3_prepare_v3(db, t->at[i].sql, -1, 1, &st[i], NULL));
    int64_t next = INT64_C(1) << 61, done = 0;
    double start = now_s(), cpu = cpu_s();
    while (now_s() - start < seconds) {
        check(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (int r = 0; r < rows; r++, next++, done++)
            for (size_t i = 0; i < t->n; i++)
                if (r == 0 || !is_of_commit(t->at[i].sql))
                    run_one(db, st[i], &t->at[i], next);
        check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    }
    double took = now_s() - start;
    printf("%.0f %.2f\n", (double)done / took,
           (cpu_s() - cpu) / (double)done * 1e6);
    for (size_t i = 0; i < t->n; i++) sqlite3_finalize(st[i]);
    sqlite3_close(db);
    arena_release(&t->arena);
    free(t);
    unlink(path);
    arena_release(&a);
    return 0;
}

/* ---- a client ---- */

enum { ANSWER_MAX = 1 << 16, TIMES_MAX = 4000000 };

struct client {
    int fd;
    size_t sent, got;
    double started;
    char answer[ANSWER_MAX];
};

struct load {
    const char *request;
    size_t len;
    int epoll;
    int64_t good, refused;
    float *ms;
    size_t times;
};

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("bench: connect");
        exit(2);
    }
    return fd;
}

static void send_one(struct load *l, struct client *c)
{
    c->started = now_s();
    c->got = 0;
    for (c->sent = 0; c->sent < l->len;) {
        ssize_t n = write(c->fd, l->request + c->sent, l->len - c->sent);
        if (n <= 0) {
            fprintf(stderr, "bench: the connection was closed\n");
            exit(2);
        }
        c->sent += (size_t)n;
    }
}

/* A whole answer: headers and Content-Length bytes behind them. */
static bool is_whole(const struct client *c)
{
    const char *end = strstr(c->answer, "\r\n\r\n");
    const char *length = strcasestr(c->answer, "content-length:");
    if (!end || !length || length > end) return false;
    size_t n = (size_t)strtol(length + 15, NULL, 10);
    return c->got >= (size_t)(end + 4 - c->answer) + n;
}

static void take(struct load *l, struct client *c)
{
    ssize_t n = read(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got);
    if (n <= 0) {
        fprintf(stderr, "bench: the server hung up\n");
        exit(2);
    }
    c->got += (size_t)n;
    c->answer[c->got] = '\0';
    if (!is_whole(c)) return;
    bool good = strncmp(c->answer + 9, "20", 2) == 0;
    if (good) l->good++;
    else if (l->refused++ == 0) fprintf(stderr, "%.300s\n", c->answer);
    if (l->times < TIMES_MAX)
        l->ms[l->times++] = (float)((now_s() - c->started) * 1e3);
    send_one(l, c);
}

static int by_ms(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int drive(struct load *l, int port, double seconds, int connections)
{
    struct client *all = calloc((size_t)connections, sizeof *all);
    l->epoll = epoll_create1(0);
    l->ms = malloc(TIMES_MAX * sizeof *l->ms);
    assert(all && l->ms);
    for (int i = 0; i < connections; i++) {
        all[i].fd = dial(port);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(l->epoll, EPOLL_CTL_ADD, all[i].fd, &e);
    }
    double start = now_s();
    for (int i = 0; i < connections; i++) send_one(l, &all[i]);
    while (now_s() - start < seconds) {
        struct epoll_event e[64];
        int n = epoll_wait(l->epoll, e, 64, 100);
        for (int i = 0; i < n; i++) take(l, e[i].data.ptr);
    }
    double took = now_s() - start;
    qsort(l->ms, l->times, sizeof *l->ms, by_ms);
    printf("%.0f %lld %.2f %.2f\n", (double)l->good / took,
           (long long)l->refused,
           l->times ? (double)l->ms[l->times / 2] : 0,
           l->times ? (double)l->ms[l->times * 99 / 100] : 0);
    for (int i = 0; i < connections; i++) close(all[i].fd);
    free(all);
    free(l->ms);
    return 0;
}

static void request(struct buf *b, const char *path, const char *token,
                    const char *type, const struct buf *body)
{
    buf_printf(b, "POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer "
                  "%s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
               path, token, type, body->len);
    buf_add(b, body->at, body->len);
}

/* ---- followers ---- */

/* When the nth report was committed, and when the last follower had it. */
struct follow {
    struct unit unit;
    struct work work;
    struct arena arena;
    struct person_id person;
    double committed;
};
static struct follow *follows;
static double *seen;
static size_t follows_n, seen_n;

static enum rc probe_run(struct work *w, const struct ledger_entry *e,
                         size_t n)
{
    (void)w;
    double t = now_s();
    for (size_t i = 0; i < n; i++)
        if (strcmp(e[i].kind, "report.received") == 0 && seen_n < follows_n)
            seen[seen_n++] = t;
    return OK;
}
static const struct follower probe = {"probe", probe_run};

static enum rc submit_follow(struct work *w, void *arg)
{
    return submit(w, &((struct follow *)arg)->person);
}

static void note_commit(struct unit *u)
{
    ((struct follow *)u->arg)->committed = now_s();
}

static void submit_at_rate(struct store *s, struct community_id community,
                           struct person_id person, double rate)
{
    double start = now_s();
    for (size_t i = 0; i < follows_n; i++) {
        struct follow *f = &follows[i];
        while (now_s() - start < (double)i / rate) usleep(100);
        arena_init(&f->arena, ARENA_MAX);
        work_init(&f->work, s, &f->arena, community);
        account_act_as_system(&f->work);
        f->person = person;
        f->unit = (struct unit){.work = &f->work, .run = submit_follow,
                                .done = note_commit, .arg = f};
        must(store_submit(s, &f->unit), &f->work.fault);
    }
}

/* Both counted before the load begins, and reports keep their order, so the
 * nth committed is the nth seen. */
static int follow(const char *dir, double seconds, double rate)
{
    extern const struct follower watch_follower;
    static const struct follower *const list[] = {&watch_follower, &probe};
    struct store *s;
    struct fault f;
    struct keys *keys;
    struct arena a;
    struct work w;
    struct person_id person;
    arena_init(&a, ARENA_MAX);
    struct store_options o = {.create = true, .migrate = true,
        .url = arena_printf(&a, "%s/follow-%d.db", dir, (int)getpid())};
    must(store_open(&s, &o, &f), &f);
    must(keys_make(&keys, NULL, &f), &f);
    store_set_keys(s, keys);
    must(followers_start(s, list, COUNT_OF(list), &f), &f);
    work_init(&w, s, &a, (struct community_id){0});
    account_act_as_system(&w);
    must(store_write(&w, make_community, &person), &w.fault);
    must(followers_wait(s, &f), &f);
    follows_n = (size_t)(seconds * rate);
    follows = calloc(follows_n, sizeof *follows);
    seen = calloc(follows_n, sizeof *seen);
    float *ms = calloc(follows_n, sizeof *ms);
    assert(follows && seen && ms);
    submit_at_rate(s, w.community, person, rate);
    must(followers_wait(s, &f), &f);
    store_close(s);
    assert(seen_n == follows_n); /* each exactly once */
    for (size_t i = 0; i < follows_n; i++) {
        ms[i] = (float)((seen[i] - follows[i].committed) * 1e3);
        if (ms[i] < 0) ms[i] = 0;
        arena_release(&follows[i].arena);
    }
    qsort(ms, follows_n, sizeof *ms, by_ms);
    printf("%.2f %.2f\n", (double)ms[follows_n / 2],
           (double)ms[follows_n * 99 / 100]);
    free(follows);
    free(seen);
    free(ms);
    arena_release(&a);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "follow") == 0)
        return follow(argv[2], strtod(argv[3], NULL), strtod(argv[4], NULL));

    if (argc == 5 && strcmp(argv[1], "bare") == 0)
        return bare(argv[2], strtod(argv[3], NULL),
                    (int)strtol(argv[4], NULL, 10));
    if (argc != 6) {
        fprintf(stderr, "see bench.c\n");
        return 2;
    }
    bool batch = strcmp(argv[1], "batch") == 0;
    long count = strtol(argv[5], NULL, 10);
    static const char one[] = "{\"temperature_c\":36.5,"
                              "\"symptoms\":[\"cough\"],\"note\":\"\"}";
    struct buf body, b;
    buf_init(&body, (size_t)16 << 20);
    buf_init(&b, (size_t)16 << 20);
    for (long i = 0; i < (batch ? count : 1); i++) {
        buf_puts(&body, one);
        if (batch) buf_putc(&body, '\n');
    }
    request(&b, batch ? "/api/reports/temperature/batch"
                      : "/api/reports/temperature", argv[3],
            batch ? "application/x-ndjson" : "application/json", &body);
    struct load l = {.request = b.at, .len = b.len};
    int code = drive(&l, (int)strtol(argv[2], NULL, 10),
                     strtod(argv[4], NULL), batch ? 2 : (int)count);
    buf_release(&body);
    buf_release(&b);
    return code;
}
