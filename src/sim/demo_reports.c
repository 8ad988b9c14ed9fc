/* demo_reports.c - fevers of the demonstration community, and who tells.
 *
 * Each day has streams of dice of its own, named by its index; who is ill
 * today follows from the onsets of the last SPAN days, drawn again each time.
 * So a day is the same whichever days were asked for before.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/demo_inside.h"

#define SPAN 6 /* days back that an onset can still matter */
#define MINUTES 1440
#define LAST_PLATEAU 6 /* new fevers a day once the cluster has grown */

static void stream_open(struct random *r, const struct demo_world *w,
                        const char *what, int day)
{
    char name[40];
    snprintf(name, sizeof name, "demo %s %d", what, day);
    random_seed(r, w->seed, name);
}

static int dice(struct random *r, int low, int high)
{
    return low + (int)random_below(r, (uint64_t)(high - low + 1));
}

static bool lives_here_once(const struct demo_world *w, int person)
{
    const struct demo_person *p = &w->people[person];
    return p->household >= 0 && p->double_of < 0;
}

static void fever_mark(bool *febrile, int person, int from, int days, int on)
{
    if (from <= on && on < from + days) febrile[person] = true;
}

/* A first fever in a home: mark it, and those whom it infects there. */
static void onset_follow(const struct demo_world *w, struct random *r,
                         int person, int from, int days, int on, bool *febrile)
{
    fever_mark(febrile, person, from, days, on);
    const struct demo_household *home =
        &w->households[w->people[person].household];
    for (int i = home->first; i < home->first + home->size; i++)
        if (i != person && random_below(r, 10) == 0) {
            int later = from + dice(r, 1, 4);
            fever_mark(febrile, i, later, dice(r, 1, 3), on);
        }
}

static void background_mark(const struct demo_world *w, int from, int on,
                            bool *febrile)
{
    struct random r;
    stream_open(&r, w, "onset", from);
    for (int i = 0; i < DEMO_PEOPLE; i++) {
        if (!lives_here_once(w, i)) continue;
        if (random_below(&r, 1000000000) >= w->onsets_per_1e9) continue;
        onset_follow(w, &r, i, from, dice(&r, 1, 3), on, febrile);
    }
}

static bool cluster_may_take(const struct demo_world *w, int person)
{
    for (int i = 0; i < CASTS; i++)
        if (w->cast[i] == person) return false;
    return true;
}

/* Residents of two neighbouring buildings stand next to each other in
 * people[]: one run of indexes to draw from. */
static void cluster_mark(const struct demo_world *w, int from, int on,
                         bool *febrile)
{
    static const int growth[] = {2, 3, 5, 7, 9};
    if (from < w->cluster_from) return;
    int age = from - w->cluster_from;
    int left = age < (int)COUNT_OF(growth) ? growth[age] : LAST_PLATEAU;
    int first = -1, last = -1;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        const struct demo_household *home = &w->households[h];
        int number = home->building + 1;
        if (number != DEMO_CLUSTER_FIRST && number != DEMO_CLUSTER_LAST)
            continue;
        if (first < 0) first = home->first;
        last = home->first + home->size - 1;
    }
    struct random r;
    stream_open(&r, w, "cluster", from);
    bool taken[DEMO_RESIDENTS] = {false};
    while (left > 0) {
        int i = dice(&r, first, last);
        if (taken[i] || !cluster_may_take(w, i)) continue;
        taken[i] = true;
        onset_follow(w, &r, i, from, dice(&r, 3, 5), on, febrile);
        left--;
    }
}

size_t demo_febrile_day(const struct demo_world *w, int day_index,
                        bool *febrile)
{
    assert(day_index >= -100000);
    memset(febrile, 0, DEMO_PEOPLE * sizeof *febrile);
    for (int from = day_index - SPAN; from <= day_index; from++) {
        background_mark(w, from, day_index, febrile);
        cluster_mark(w, from, day_index, febrile);
    }
    size_t n = 0;
    for (int i = 0; i < DEMO_PEOPLE; i++) n += febrile[i];
    return n;
}

/* Reporting is a habit: some do it on most days, the others on none.  The
 * campaign wins over most of the others.  Habit and zeal, in 1,000ths, make
 * 20 % (250 x 800) and 80 % (900 x 889); zeal is higher on Mondays. */
static bool person_reports(struct random *r, bool campaign, int habit,
                           int weekday, bool febrile)
{
    static const int weekday_per_cent[7] = {108, 105, 103, 100, 100, 94, 90};
    int zeal = (campaign ? 889 : 800) * weekday_per_cent[weekday - 1] / 100;
    if (febrile) zeal = zeal * 6 / 5;
    return dice(r, 0, 999) < zeal && habit < (campaign ? 900 : 250);
}

static int minute_draw(struct random *r)
{
    int when = dice(r, 0, 99);
    if (when < 60) return dice(r, 6 * 60 + 30, 10 * 60);
    if (when < 85) return dice(r, 18 * 60, 21 * 60 + 30);
    return dice(r, 10 * 60, 18 * 60);
}

static struct demo_report report_draw(struct random *r, int person,
                                      bool febrile)
{
    static const int well[DEMO_SYMPTOMS] = {15, 10, 15, 12, 2, 5, 2, 1};
    static const int ill[DEMO_SYMPTOMS] = {600, 400, 500, 400, 60, 80, 15, 50};
    struct demo_report t = {.person = person};
    t.minute = (int16_t)minute_draw(r);
    int least = febrile ? DEMO_FEVER : 360, width = febrile ? 11 : 6;
    int above = dice(r, 0, width);
    above += dice(r, 0, width);
    t.temperature = (int16_t)(least + above);
    const int *per_1000 = febrile ? ill : well;
    for (int i = 0; i < DEMO_SYMPTOMS; i++)
        if (dice(r, 0, 999) < per_1000[i]) t.symptoms |= UINT32_C(1) << i;
    return t;
}

/* Stable counting sort by minute. */
static void reports_sort(const struct demo_report *from, size_t n,
                         struct demo_report *to)
{
    size_t start[MINUTES + 1] = {0};
    for (size_t i = 0; i < n; i++) start[from[i].minute + 1]++;
    for (int m = 0; m < MINUTES; m++) start[m + 1] += start[m];
    for (size_t i = 0; i < n; i++) to[start[from[i].minute]++] = from[i];
}

size_t demo_reports_day(struct demo_world *w, int day_index,
                        const struct demo_report **out)
{
    struct random habits, r;
    random_seed(&habits, w->seed, "demo habits");
    stream_open(&r, w, "report", day_index);
    demo_febrile_day(w, day_index, w->febrile);
    bool campaign = day_index >= w->campaign_from;
    struct day day = {w->today.n - DEMO_DAYS + day_index};
    int weekday = day_weekday(day);
    size_t n = 0;
    for (int i = 0; i < DEMO_PEOPLE; i++) {
        int habit = dice(&habits, 0, 999);
        if (i == w->tenant) habit = 0;
        if (!lives_here_once(w, i)) continue;
        int building = w->households[w->people[i].household].building;
        if (strcmp(w->buildings[building].code, DEMO_SILENT) == 0) continue;
        if (person_reports(&r, campaign, habit, weekday, w->febrile[i]))
            w->unsorted[n++] = report_draw(&r, i, w->febrile[i]);
    }
    reports_sort(w->unsorted, n, w->reports);
    *out = w->reports;
    return n;
}
