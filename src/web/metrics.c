/* metrics.c - what the program is doing, for Prometheus (text format 0.0.4).
 *
 * Numbers of the machine only: nothing about communities or people.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <unistd.h>

#include "ledger/follower.h"
#include "web/inside.h"

static void head(struct buf *b, const char *name, const char *type,
                 const char *help)
{
    buf_printf(b, "# HELP renlin_%s %s\n# TYPE renlin_%s %s\n", name, help,
               name, type);
}

static void one(struct buf *b, const char *name, const char *type,
                const char *help, int64_t n)
{
    head(b, name, type, help);
    buf_printf(b, "renlin_%s %lld\n", name, (long long)n);
}

static void write_store(struct buf *b, struct store *store)
{
    static const char *const most_s[STORE_BUCKETS] = {
        "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "+Inf"};
    struct store_stats st;
    store_stats(store, &st);
    head(b, "unit_held_seconds", "histogram",
         "How long a unit of work held the writer.");
    int64_t sum = 0;
    for (size_t i = 0; i < STORE_BUCKETS; i++) {
        sum += st.held[i];
        buf_printf(b, "renlin_unit_held_seconds_bucket{le=\"%s\"} %lld\n",
                   most_s[i], (long long)sum);
    }
    buf_printf(b, "renlin_unit_held_seconds_sum %.6f\n"
               "renlin_unit_held_seconds_count %lld\n",
               (double)st.held_ns / 1e9, (long long)sum);
    one(b, "commits_total", "counter", "Durable commits.", st.commits);
    one(b, "commits_failed_total", "counter", "Commits that failed.",
        st.failed_commits);
    one(b, "statements_total", "counter", "SQL statements.", st.statements);
    one(b, "units_waiting", "gauge", "Units in the writer's queue.",
        st.waiting);
    one(b, "wal_bytes", "gauge", "Size of the write-ahead log.",
        st.wal_bytes);
    one(b, "store_writable", "gauge", "1 if the last commit worked.",
        st.writable);
}

static int64_t resident_bytes(void)
{
    long long pages = 0, all = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%lld %lld", &all, &pages) != 2) pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

void metrics_write(struct server *s, struct buf *b)
{
    write_store(b, s->store);
    head(b, "http_requests_total", "counter",
         "Answers by hundreds of their status.");
    for (int i = 2; i <= 5; i++)
        buf_printf(b, "renlin_http_requests_total{class=\"%dxx\"} %lld\n", i,
                   (long long)s->answered[i]);
    head(b, "http_seconds_total", "counter",
         "Time from the headers to the end of the answer, summed.");
    buf_printf(b, "renlin_http_seconds_total %.6f\n",
               (double)s->answered_ns / 1e9);
    one(b, "http_connections", "gauge", "Open connections.",
        s->n_connections);
    one(b, "http_connections_reaped_total", "counter",
        "Connections past their deadline.", s->reaped);
    one(b, "http_calls_away", "gauge", "Calls at the writer or a worker.",
        s->n_away);
    one(b, "streams", "gauge", "Open event streams.", s->live.n);
    one(b, "followers_lag_entries", "gauge",
        "Entries that the slowest follower has not read.",
        followers_lag(s->store));
    one(b, "resident_bytes", "gauge", "Resident memory.", resident_bytes());
}
