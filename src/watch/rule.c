/* rule.c - a report kind's rule of watching, and the table of detectors.
 * A rule that parses can be judged: every value is within its range. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/detector.h"

static struct verdict judge_smallcount(const int32_t *counts,
                                       const int32_t *due, size_t days,
                                       double rate_per_1000,
                                       const struct watch_rule *rule)
{
    struct smallcount_options o = {.rate_per_1000 = rate_per_1000,
                                   .alpha = rule->alpha,
                                   .window_days = rule->window_days,
                                   .least_persons = rule->least_persons};
    return smallcount_judge(counts, due, days, &o);
}

static struct verdict judge_cusum(const int32_t *counts, const int32_t *due,
                                  size_t days, double rate_per_1000,
                                  const struct watch_rule *rule)
{
    struct cusum_options o = {rate_per_1000, rule->k, rule->h};
    return cusum_judge(counts, due, days, &o);
}

#define DETECTOR(name, sentence, judge) {name, sentence, judge},
const struct detector detectors[] = {
#include "watch/detectors.def"
    {NULL, NULL, NULL},
};

const char *const watch_levels[] = {"household", "building", "community",
                                    NULL};
const char *const watch_dues[] = {"reports", "residents", NULL};

static int word_index(const char *const *words, const char *text, size_t n)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == n && memcmp(words[i], text, n) == 0) return i;
    return -1;
}

static bool detector_find(const char *text, size_t n, int *index)
{
    for (int i = 0; detectors[i].name; i++) {
        const char *name = detectors[i].name;
        if (strlen(name) != n || memcmp(name, text, n) != 0) continue;
        *index = i;
        return true;
    }
    return false;
}

struct rule_key {
    const char *name;
    double least, most; /* both allowed */
    bool whole;
};
enum { KEY_K, KEY_H, KEY_ALPHA, KEY_WINDOW, KEY_LEAST, KEY_RATE, KEYS };
static const struct rule_key keys[KEYS] = {
    [KEY_K] = {"k", 0.001, 1000, false},
    [KEY_H] = {"h", 0.001, 10000, false},
    [KEY_ALPHA] = {"alpha", 1e-12, 0.5, false},
    [KEY_WINDOW] = {"window", 1, 28, true},
    [KEY_LEAST] = {"least", 1, 1000, true},
    [KEY_RATE] = {"rate", SMALLCOUNT_RATE_LEAST, 1000, false},
};

static void rule_set(struct watch_rule *rule, int key, double value)
{
    if (key == KEY_K) rule->k = value;
    if (key == KEY_H) rule->h = value;
    if (key == KEY_ALPHA) rule->alpha = value;
    if (key == KEY_WINDOW) rule->window_days = (int)value;
    if (key == KEY_LEAST) rule->least_persons = (int)value;
    if (key == KEY_RATE) rule->rate_per_1000 = value;
}

/* One `key=value`, n bytes, name of the key `name` bytes long. */
static enum rc pair_parse(const char *at, size_t name, size_t n,
                          struct watch_rule *out, struct fault *f)
{
    const char *value = at + name + 1;
    size_t len = n - name - 1;
    if (name == 2 && memcmp(at, "by", 2) == 0) {
        int level = word_index(watch_levels, value, len);
        if (level < 0)
            return fault_set(f, INVALID, "by",
                             "by is household, building or community");
        out->by = (enum watch_level)level;
        return OK;
    }
    if (name == 3 && memcmp(at, "due", 3) == 0) {
        int due = word_index(watch_dues, value, len);
        if (due < 0)
            return fault_set(f, INVALID, "due",
                             "due is reports or residents");
        out->due = (enum watch_due)due;
        return OK;
    }
    for (int key = 0; key < KEYS; key++) {
        const struct rule_key *k = &keys[key];
        if (strlen(k->name) != name || memcmp(at, k->name, name) != 0)
            continue;
        char text[32], *end;
        if (len == 0 || len >= sizeof text || strchr("0123456789.", *value)
            == NULL)
            return fault_set(f, INVALID, k->name, "this is not a number");
        memcpy(text, value, len);
        text[len] = '\0';
        double x = strtod(text, &end);
        if (*end || text[strspn(text, "0123456789.e-")])
            return fault_set(f, INVALID, k->name, "this is not a number");
        if (!(x >= k->least && x <= k->most)
            || (k->whole && x != (double)(int)x))
            return fault_set(f, INVALID, k->name,
                             "the value is outside its range");
        rule_set(out, key, x);
        return OK;
    }
    return fault_set(f, INVALID, "watch", "a rule has no such key");
}

enum rc watch_rule_parse(const char *text, struct watch_rule *out,
                         struct fault *f)
{
    *out = (struct watch_rule){.by = WATCH_BUILDING,
                               .rate_per_1000 = WATCH_RATE};
    const char *at = text + strspn(text, " ");
    size_t n = strcspn(at, " ");
    if (!detector_find(at, n, &out->detector))
        return fault_set(f, INVALID, "watch", "there is no such detector");
    for (at += n; *(at += strspn(at, " ")); at += n) {
        n = strcspn(at, " ");
        size_t name = strcspn(at, "=");
        if (name >= n)
            return fault_set(f, INVALID, "watch",
                             "a rule is a name and pairs key=value");
        enum rc rc = pair_parse(at, name, n, out, f);
        if (rc) return rc;
    }
    return OK;
}

struct verdict watch_judge(const struct watch_rule *rule,
                           const int32_t *counts, const int32_t *due,
                           size_t days, double rate_per_1000)
{
    return detectors[rule->detector].judge(counts, due, days, rate_per_1000,
                                           rule);
}

double watch_alpha(double alarms_per_month, int64_t places)
{
    assert(alarms_per_month > 0 && places > 0);
    double alpha = alarms_per_month / (30.44 * (double)places);
    return alpha < 0.5 ? alpha : 0.5;
}
