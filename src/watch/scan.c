/* scan.c - the prospective space-time scan.  See scan.h.
 *
 * Expected cases of a zone over d days are weight(zone) * part(d) * scale:
 *   Poisson      weight = population,   part = d
 *   permutation  weight = cases ever,   part = cases of all places in d days
 * with scale = C / (all weight * part of all days).  Weight and part are
 * whole, their product is exact, so cylinders of equal standing have equal
 * ratios, and a tie with a replicate counts as one.
 *
 * A replicate only needs its maximum.  lose[c] is the least expected count
 * that c cases were tried with: from there on they cannot beat the best so
 * far, so that nearly all cylinders cost one comparison and no logarithm.  A
 * zone whose last place has no case in the window cannot beat the zone
 * without it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/scan.h"

#include <math.h>

#include "base/random.h"

const char *const scan_models[] = {"poisson", "permutation", NULL};

#define EULER 0.57721566490153286
#define PI 3.14159265358979324

struct run {
    const struct scan *s;
    int64_t cases, weight;   /* C, all weight */
    int64_t *place_weight;   /* [places] */
    int64_t *weight_until;   /* [places] running sum, to draw a place */
    int64_t *part;           /* [max_days + 1], by length of the window */
    double scale;
    uint32_t *near;          /* zones of all centres, end to end */
    size_t *zone;            /* [places + 1] where a centre's begin in near */
    bool *whole;             /* [near]: no twin of this place follows */
    int32_t *window;         /* [places * max_days] cases in the last d days;
                                filled anew by each replicate */
    bool *active;            /* [places] with a case in the longest window */
    int32_t *here;           /* [max_days] of the zone at hand */
    double *lose;            /* [cases + 1] */
    double *c_log_c;         /* [cases + 1] */
    struct arena *a;
};

struct cylinder {
    double llr;
    size_t centre, places, days;
    int64_t observed, weight;
};

static double expected(const struct run *r, int64_t weight, size_t days)
{
    return (double)(weight * r->part[days]) * r->scale;
}

/* 0 unless more is observed than expected. */
static double ratio(const struct run *r, int64_t c, double e)
{
    double n = (double)c, rest = (double)(r->cases - c);
    if (!(n > e)) return 0;
    double llr = r->c_log_c[c] - n * log(e) + r->c_log_c[r->cases - c];
    return rest > 0 ? llr - rest * log((double)r->cases - e) : llr;
}

/* --- before the scan: weights and zones ------------------------------- */

static enum rc check(const struct scan *s, struct fault *f)
{
    assert(s->places >= 1 && s->places <= SCAN_PLACES_MAX);
    assert(s->days >= 1 && s->days <= SCAN_DAYS_MAX);
    assert(s->max_days >= 1 && s->max_days <= s->days && s->min_cases >= 1);
    assert(s->max_share > 0 && s->max_share <= 1);
    assert(s->replicates >= 9 && s->replicates <= SCAN_REPLICATES_MAX);
    int64_t cases = 0, people = 0;
    for (size_t i = 0; i < s->places; i++) {
        const struct scan_place *p = &s->place[i];
        if (!isfinite(p->x) || !isfinite(p->y) || fabs(p->x) > 1e9
            || fabs(p->y) > 1e9)
            return fault_set(f, INVALID, "places",
                             "a place needs coordinates");
        if (p->population < 0 || (people += p->population)
                                     > SCAN_POPULATION_MAX)
            return fault_set(f, INVALID, "places",
                             "the population must be from 0 to a billion");
        int64_t own = 0;
        for (size_t t = 0; t < s->days; t++) {
            int32_t n = s->count[i * s->days + t];
            own += n;
            if (n < 0 || (cases += n) > SCAN_CASES_MAX)
                return fault_set(f, INVALID, "counts",
                                 "the cases must be from 0 to a million");
        }
        if (own && s->model == SCAN_POISSON && p->population == 0)
            return fault_set(f, INVALID, "places",
                             "a place with cases needs a population");
    }
    return OK;
}

static void weigh(struct run *r)
{
    const struct scan *s = r->s;
    bool poisson = s->model == SCAN_POISSON;
    r->place_weight = ARENA_ARRAY(r->a, s->places, int64_t);
    r->weight_until = ARENA_ARRAY(r->a, s->places, int64_t);
    r->part = ARENA_ARRAY(r->a, s->max_days + 1, int64_t);
    r->window = ARENA_ARRAY(r->a, s->places * s->max_days, int32_t);
    for (size_t i = 0; i < s->places; i++) {
        int64_t own = 0;
        for (size_t t = 0; t < s->days; t++) {
            int32_t n = s->count[i * s->days + t];
            size_t back = s->days - t; /* 1: the last day */
            own += n;
            if (back > s->max_days) continue;
            r->window[i * s->max_days + back - 1] = n;
            if (!poisson) r->part[back] += n;
        }
        r->cases += own;
        r->place_weight[i] = poisson ? s->place[i].population : own;
        r->weight += r->place_weight[i];
        r->weight_until[i] = r->weight;
    }
    for (size_t d = 1; d <= s->max_days; d++)
        r->part[d] = poisson ? (int64_t)d : r->part[d] + r->part[d - 1];
    double all = poisson ? (double)s->days : (double)r->cases;
    r->scale = (double)r->cases / ((double)r->weight * all);
}

struct neighbour { double distance, x, y; uint32_t place; };

static int by_distance(const void *left, const void *right)
{
    const struct neighbour *a = left, *b = right;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    if (a->y != b->y) return a->y < b->y ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* The centre's neighbours as far as zones may reach; whole[] says where one
 * may end.  Twins at one point enter together. */
static size_t zones_of(struct run *r, struct neighbour *n, uint32_t centre,
                       uint32_t *near, bool *whole)
{
    const struct scan_place *place = r->s->place, *c = &place[centre];
    size_t places = r->s->places, kept = 0;
    for (uint32_t i = 0; i < places; i++) {
        double dx = place[i].x - c->x, dy = place[i].y - c->y;
        n[i] = (struct neighbour){dx * dx + dy * dy, place[i].x, place[i].y,
                                  i};
    }
    qsort(n, places, sizeof *n, by_distance);
    for (size_t i = 0; i < places; i++) /* the centre before its twins */
        if (n[i].place == centre) {
            struct neighbour own = n[i];
            memmove(n + 1, n, i * sizeof *n);
            n[0] = own;
            break;
        }
    int64_t weight = 0;
    double most = r->s->max_share * (double)r->weight;
    for (size_t k = 0; k < places; k++) {
        weight += r->place_weight[n[k].place];
        if ((double)weight > most) break;
        bool last = k + 1 == places || n[k + 1].x != n[k].x
                    || n[k + 1].y != n[k].y;
        near[k] = n[k].place;
        whole[k] = last;
        if (last) kept = k + 1;
    }
    return kept;
}

static enum rc zones_make(struct run *r, struct fault *f)
{
    size_t places = r->s->places, cap = 0, n = 0;
    struct neighbour *by = ARENA_ARRAY(r->a, places, struct neighbour);
    uint32_t *near = ARENA_ARRAY(r->a, places, uint32_t);
    bool *whole = ARENA_ARRAY(r->a, places, bool);
    r->zone = ARENA_ARRAY(r->a, places + 1, size_t);
    cap = places * places;
    r->near = arena_try(r->a, cap * sizeof *r->near);
    r->whole = arena_try(r->a, cap * sizeof *r->whole);
    if (!r->near || !r->whole)
        return fault_set(f, INVALID, "places", "there are too many places");
    for (uint32_t i = 0; i < places; i++) {
        size_t own = zones_of(r, by, i, near, whole);
        memcpy(r->near + n, near, own * sizeof *near);
        memcpy(r->whole + n, whole, own * sizeof *whole);
        n += own;
        r->zone[i + 1] = n;
    }
    return OK;
}

/* window[][]: from cases on a day to cases in the days since it. */
static void window_add_up(struct run *r)
{
    size_t days = r->s->max_days;
    for (size_t i = 0; i < r->s->places; i++) {
        int32_t *own = r->window + i * days;
        for (size_t d = 1; d < days; d++) own[d] += own[d - 1];
        r->active[i] = own[days - 1] > 0;
    }
}

/* --- the best cylinder ------------------------------------------------ */

/* Smaller of equals first. */
static bool better(const struct cylinder *a, const struct cylinder *b)
{
    if (a->llr != b->llr) return a->llr > b->llr;
    if (a->places != b->places) return a->places < b->places;
    if (a->days != b->days) return a->days < b->days;
    return a->centre < b->centre;
}

/* Whether it brings cases: what brings none makes no zone better. */
static bool place_enters(struct run *r, uint32_t place, int64_t *weight)
{
    size_t days = r->s->max_days;
    *weight += r->place_weight[place];
    if (!r->active[place]) return false;
    for (size_t d = 0; d < days; d++)
        r->here[d] += r->window[place * days + d];
    return true;
}

static struct cylinder best_of_centre(struct run *r, size_t centre)
{
    struct cylinder best = {.centre = centre};
    size_t days = r->s->max_days;
    int64_t weight = 0;
    bool news = false;
    memset(r->here, 0, days * sizeof *r->here);
    for (size_t k = r->zone[centre]; k < r->zone[centre + 1]; k++) {
        news |= place_enters(r, r->near[k], &weight);
        if (!news || !r->whole[k]) continue;
        news = false;
        for (size_t d = 0; d < days; d++) {
            if (r->here[d] < r->s->min_cases) continue;
            struct cylinder c = {
                ratio(r, r->here[d], expected(r, weight, d + 1)), centre,
                k + 1 - r->zone[centre], d + 1, r->here[d], weight};
            if (c.llr > 0 && better(&c, &best)) best = c;
        }
    }
    return best;
}

/* The cylinders of one zone against the best so far. */
static double zone_scan(struct run *r, int64_t weight, double best)
{
    size_t days = r->s->max_days;
    for (size_t d = 0; d < days; d++) {
        int32_t c = r->here[d];
        double e = expected(r, weight, d + 1);
        if (!(e < r->lose[c])) continue;
        double llr = ratio(r, c, e);
        if (llr > best) best = llr;
        r->lose[c] = e; /* the ratio falls as e grows */
    }
    return best;
}

static double maximum(struct run *r)
{
    size_t days = r->s->max_days;
    double best = 0;
    for (int64_t c = 0; c <= r->cases; c++)
        r->lose[c] = c < r->s->min_cases ? 0 : (double)c;
    for (size_t centre = 0; centre < r->s->places; centre++) {
        int64_t weight = 0;
        bool news = false;
        memset(r->here, 0, days * sizeof *r->here);
        for (size_t k = r->zone[centre]; k < r->zone[centre + 1]; k++) {
            news |= place_enters(r, r->near[k], &weight);
            if (!news || !r->whole[k]) continue;
            best = zone_scan(r, weight, best);
            news = false;
        }
    }
    return best;
}

/* What replicates are measured with must see what the scan saw. */
static void check_short_cut(struct run *r, const struct cylinder *best,
                            size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, best[i].llr);
    assert(fabs(maximum(r) - most) <= 1e-9 * (1 + most));
}

/* --- chance ----------------------------------------------------------- */

/* The place that holds the i-th unit of weight. */
static size_t place_at(const struct run *r, int64_t i)
{
    size_t low = 0, high = r->s->places - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->weight_until[middle] > i) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* Every case falls anywhere, in proportion to the population. */
static void deal_poisson(struct run *r, struct random *random)
{
    size_t days = r->s->max_days;
    for (int64_t i = 0; i < r->cases; i++) {
        uint64_t back = random_below(random, r->s->days);
        if (back >= days) continue; /* not in any window */
        uint64_t who = random_below(random, (uint64_t)r->weight);
        r->window[place_at(r, (int64_t)who) * days + back]++;
    }
}

/* Days keep their cases and places theirs; who fell ill when is shuffled.
 * case_place[cases] may be in any order, so it is not dealt back. */
static void deal_permutation(struct run *r, struct random *random,
                             uint32_t *case_place)
{
    size_t days = r->s->max_days;
    uint64_t dealt = 0, all = (uint64_t)r->cases;
    for (size_t d = 0; d < days; d++)
        for (int64_t i = r->part[d]; i < r->part[d + 1]; i++, dealt++) {
            uint64_t k = dealt + random_below(random, all - dealt);
            uint32_t place = case_place[k];
            case_place[k] = case_place[dealt];
            case_place[dealt] = place;
            r->window[place * days + d]++;
        }
}

static double *chance(struct run *r)
{
    const struct scan *s = r->s;
    struct random random;
    random_seed(&random, s->seed, "scan");
    double *maxima = ARENA_ARRAY(r->a, (size_t)s->replicates, double);
    uint32_t *case_place = ARENA_ARRAY(r->a, (size_t)r->cases + 1, uint32_t);
    size_t n = 0;
    for (uint32_t i = 0; s->model == SCAN_PERMUTATION && i < s->places; i++)
        for (int64_t k = 0; k < r->place_weight[i]; k++) case_place[n++] = i;
    for (int i = 0; i < s->replicates; i++) {
        memset(r->window, 0, s->places * s->max_days * sizeof *r->window);
        if (s->model == SCAN_POISSON) deal_poisson(r, &random);
        else deal_permutation(r, &random, case_place);
        window_add_up(r);
        maxima[i] = maximum(r);
    }
    return maxima;
}

/* --- clusters --------------------------------------------------------- */

/* Gumbel's law by the moments of the maxima. */
static double gumbel_p(const double *x, int n, double llr)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++) mean += x[i] / n;
    for (int i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / (n - 1);
    if (!(variance > 0)) return 1;
    double sigma = sqrt(6 * variance) / PI;
    return -expm1(-exp(-(llr - mean + EULER * sigma) / sigma));
}

static struct scan_cluster cluster_of(struct run *r, const struct cylinder *c,
                                      const double *maxima)
{
    int all = r->s->replicates, reached = 0;
    for (int i = 0; i < all; i++) reached += maxima[i] >= c->llr;
    double p = (1.0 + reached) / (1.0 + all);
    double fitted = gumbel_p(maxima, all, c->llr);
    return (struct scan_cluster){
        .centre = c->centre, .place = r->near + r->zone[c->centre],
        .places = c->places, .start = r->s->days - c->days,
        .observed = c->observed, .expected = expected(r, c->weight, c->days),
        .llr = c->llr, .p = p, .gumbel_p = fitted,
        .recurrence_days = 1 / (reached || fitted > p ? p : fitted)};
}

static int by_standing(const void *left, const void *right)
{
    return better(left, right) ? -1 : better(right, left);
}

static void choose(struct run *r, struct cylinder *best, size_t n,
                   struct scan_result *out)
{
    struct scan_cluster *list = ARENA_ARRAY(r->a, n + 1, struct scan_cluster);
    bool *taken = ARENA_ARRAY(r->a, r->s->places, bool);
    if (n) qsort(best, n, sizeof *best, by_standing);
    for (size_t i = 0; i < n; i++) {
        const uint32_t *near = r->near + r->zone[best[i].centre];
        bool apart = true;
        for (size_t k = 0; k < best[i].places; k++) apart &= !taken[near[k]];
        if (!apart) continue;
        for (size_t k = 0; k < best[i].places; k++) taken[near[k]] = true;
        list[out->clusters] = cluster_of(r, &best[i], out->maxima);
        if (list[out->clusters].p < 1) out->clusters++;
    }
    out->cluster = list;
}

enum rc scan_run(const struct scan *s, struct scan_result *out,
                 struct arena *a, struct fault *f)
{
    *out = (struct scan_result){0};
    enum rc rc = check(s, f);
    if (rc) return rc;
    struct run r = {.s = s, .a = a};
    weigh(&r);
    out->cases = r.cases;
    if (r.cases == 0) {
        out->maxima = ARENA_ARRAY(a, (size_t)s->replicates, double);
        return OK;
    }
    rc = zones_make(&r, f);
    if (rc) return rc;
    r.here = ARENA_ARRAY(a, s->max_days, int32_t);
    r.active = ARENA_ARRAY(a, s->places, bool);
    r.lose = ARENA_ARRAY(a, (size_t)r.cases + 1, double);
    r.c_log_c = ARENA_ARRAY(a, (size_t)r.cases + 1, double);
    for (int64_t c = 1; c <= r.cases; c++)
        r.c_log_c[c] = (double)c * log((double)c);
    window_add_up(&r);
    struct cylinder *best = ARENA_ARRAY(a, s->places, struct cylinder);
    size_t n = 0;
    for (size_t i = 0; i < s->places; i++) {
        best[n] = best_of_centre(&r, i);
        if (best[n].llr > 0) n++;
    }
    check_short_cut(&r, best, n);
    out->maxima = chance(&r);
    choose(&r, best, n, out);
    return OK;
}
