/* serve_cmd.c - the server as a command: until SIGTERM or SIGINT. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <malloc.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/house.h"
#include "web/server.h"

static const struct option_spec serve_options[] = {
    {"--listen", "ADDR:PORT", "监听地址，默认 127.0.0.1:8420",
     "where to listen; 127.0.0.1:8420 by default"},
    {"--tls-cert", "FILE", "证书（PEM）", "certificate (PEM)"},
    {"--tls-key", "FILE", "证书的私钥（PEM）", "its private key (PEM)"},
    {"--demo-clock", "SPEED", "演示时钟：每秒走多少秒",
     "for demonstrations: seconds of the world in a second"},
    {NULL, NULL, NULL, NULL},
};

static void say_where(const struct server *s, const char *address, bool tls)
{
    const char *colon = strrchr(address, ':');
    int n = colon ? (int)(colon - address) : 0;
    fprintf(stderr, "listening on %s://%.*s:%d\n", tls ? "https" : "http",
            n ? n : 7, n ? address : "0.0.0.0", server_port(s));
    fflush(stderr);
}

/* Posted by a signal, whichever thread takes it. */
static sem_t ending;

static void end(int which)
{
    (void)which;
    sem_post(&ending);
}

static void catch_signals(void)
{
    struct sigaction act = {.sa_handler = end, .sa_flags = SA_RESTART};
    sem_init(&ending, 0, 0);
    sigemptyset(&act.sa_mask);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    act.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &act, NULL);
}

static enum rc set_clock(struct cli *c)
{
    const char *text = cli_option(c, "--demo-clock");
    int64_t thousandths;
    if (!text) return OK;
    if (!text_to_decimal(text, 3, &thousandths) || thousandths <= 0 ||
        thousandths > 100000000)
        return fault_set(&c->fault, INVALID, "--demo-clock",
                         "must be a number above 0, up to 100000");
    store_set_speed(c->store, (double)thousandths / 1000);
    return OK;
}

/* Memory that calls give back is kept for the next, not for the kernel; two
 * arenas of malloc are enough for as many processors. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_ARENA_MAX, 2);
}

static int serve_run(struct cli *c)
{
    const char *address = cli_option(c, "--listen");
    struct server_options o = {
        .store = c->store,
        .address = address && address[0] ? address : "127.0.0.1:8420",
        .tls_cert = cli_option(c, "--tls-cert"),
        .tls_key = cli_option(c, "--tls-key"),
    };
    struct server *s = NULL;
    struct jobs jobs = {.store = c->store, .kinds = all_jobs,
                        .n_kinds = all_jobs_n, .rules = all_retention,
                        .n_rules = all_retention_n};
    keep_memory();
    catch_signals();
    enum rc rc = set_clock(c);
    if (!rc) rc = server_start(&s, &o, &c->fault);
    if (!rc) rc = jobs_start(&jobs, &c->fault);
    if (rc) {
        if (s) server_stop(s);
        return cli_fail(c, &c->fault);
    }
    say_where(s, o.address, o.tls_cert != NULL);
    while (sem_wait(&ending) != 0) assert(errno == EINTR);
    jobs_stop(&jobs);
    server_stop(s);
    return CLI_DONE;
}

const struct command serve_command = {
    .name = "serve", .operands = "", .zh = "启动网页与接口服务",
    .en = "serve the pages and the API", .flags = CLI_DB | CLI_CITY,
    .options = serve_options, .run = serve_run,
};
