/* demo_world.c - the invented place: site plan, doors, who lives behind them.
 *
 *     column   0   1   2   3 | 4   5   6        numbers run like an ox
 *     row 0    1   2   3   4 | 5   6   7        ploughs, so that neighbours
 *     row 1   14  13  12  11 |10   9   8        in number are neighbours on
 *     row 2   15  16  17  18 | ...              the ground; the cell in the
 *                                               middle is a green
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/demo_inside.h"

#define COLUMNS 7
#define PITCH 700 /* decimetres from middle to middle */
#define MARGIN 50
#define ROAD_HALF 40  /* half the width that the through road adds */
#define ROAD_COLUMN 4 /* first column east of it */
#define GREEN_CELL 24
#define DOORS_MAX 4000

struct build { /* how a kind of building is built */
    char letter;
    int floors, units, flats;
    int half_length, half_depth; /* decimetres */
};

static const struct build builds[] = {
    {'A', 6, 4, 3, 300, 65},   /* long slab */
    {'B', 6, 5, 2, 300, 60},   /* long slab, larger flats */
    {'C', 11, 2, 4, 260, 80},  /* slab with a lift */
    {'D', 18, 1, 6, 150, 140}, /* tower */
    {'E', 5, 3, 3, 255, 60},   /* the oldest slabs */
};

/* One letter for each building. */
static const char plan[] = "EAABAEABAAEAABAAEBAE" /* 1-20, the old village */
                           "ABAACABAACBBACAC"     /* 21-36 */
                           "CCDCDCDCDCD";         /* 37-47, the newest */
static_assert(sizeof plan - 1 == DEMO_BUILDINGS, "a letter per building");

static const int grid_last[DEMO_GRIDS] = {11, 23, 35, 47};
static const int compound_last[DEMO_COMPOUNDS] = {20, 36, 47};
static const int compound_turn[DEMO_COMPOUNDS] = {-4, 2, 7}; /* per cent */

/* Households of each kind: together 3,331 with 5,600 residents, of whom
 * 1,830 are 60 or older. */
static const struct {
    int size, count;
} homes_wanted[HOMES] = {
    [HOME_OLD_ALONE] = {1, 620},     [HOME_OLD_COUPLE] = {2, 460},
    [HOME_OLD_AND_CHILD] = {2, 110}, [HOME_THREE_AGES] = {4, 60},
    [HOME_FIVE] = {5, 60},           [HOME_ALONE] = {1, 1122},
    [HOME_COUPLE] = {2, 389},        [HOME_PARENT] = {2, 90},
    [HOME_FAMILY] = {3, 260},        [HOME_FAMILY_FOUR] = {4, 50},
    [HOME_FLATMATES] = {2, 90},      [HOME_FLATMATES_THREE] = {3, 20},
};

int demo_home_size(enum demo_home home)
{
    return homes_wanted[home].size;
}

static const struct build *build_of(int building)
{
    const struct build *b = builds;
    while (b->letter != plan[building]) b++;
    return b;
}

static int range_of(const int *last, int number)
{
    int i = 0;
    while (number > last[i]) i++;
    return i;
}

static void site_place(struct demo_building *b, int i)
{
    int cell = i < GREEN_CELL ? i : i + 1;
    int row = cell / COLUMNS, column = cell % COLUMNS;
    if (row % 2) column = COLUMNS - 1 - column;
    b->x = PITCH / 2 + MARGIN + PITCH * column;
    b->x += column < ROAD_COLUMN ? -ROAD_HALF : ROAD_HALF;
    b->y = PITCH / 2 + MARGIN + PITCH * row;
}

static const char *outline_draw(struct arena *a, const struct demo_building *b,
                                const struct build *k)
{
    static const int corner[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    int turn = compound_turn[b->compound], p[4][2];
    for (int i = 0; i < 4; i++) {
        int east = corner[i][0] * k->half_length;
        int south = corner[i][1] * k->half_depth;
        p[i][0] = b->x + east - south * turn / 100;
        p[i][1] = b->y + south + east * turn / 100;
    }
    return arena_printf(a, "%d,%d %d,%d %d,%d %d,%d", p[0][0], p[0][1], p[1][0],
                        p[1][1], p[2][0], p[2][1], p[3][0], p[3][1]);
}

static void places_make(struct demo_world *w, struct arena *a)
{
    static const char *const grid_names[DEMO_GRIDS] = {"第一网格", "第二网格",
                                                       "第三网格", "第四网格"};
    static const char *const compound_names[DEMO_COMPOUNDS] = {
        "示范一村", "示范二村", "示范新苑"};
    for (int i = 0; i < DEMO_GRIDS; i++)
        w->grids[i] =
            (struct demo_grid){arena_printf(a, "G%d", i + 1), grid_names[i]};
    for (int i = 0; i < DEMO_COMPOUNDS; i++)
        w->compounds[i] = (struct demo_compound){arena_printf(a, "C%d", i + 1),
                                                 compound_names[i]};
    for (int i = 0; i < DEMO_BUILDINGS; i++) {
        struct demo_building *b = &w->buildings[i];
        const struct build *k = build_of(i);
        b->code = arena_printf(a, "%d", i + 1);
        b->name = arena_printf(a, "%d栋", i + 1);
        b->grid = range_of(grid_last, i + 1);
        b->compound = range_of(compound_last, i + 1);
        b->first_unit = (int)w->unit_n;
        b->units = k->units;
        b->floors = k->floors;
        b->flats = k->flats;
        w->unit_n += (size_t)k->units;
        site_place(b, i);
        b->outline = outline_draw(a, b, k);
    }
    w->units = ARENA_ARRAY(a, w->unit_n, struct demo_unit);
    for (int i = 0; i < DEMO_BUILDINGS; i++)
        for (int u = 0; u < w->buildings[i].units; u++)
            w->units[w->buildings[i].first_unit + u] =
                (struct demo_unit){arena_printf(a, "%d-%d", i + 1, u + 1),
                                   arena_printf(a, "%d单元", u + 1), i};
}

/* Every door in order of its code; returns how many. */
static int doors_list(const struct demo_world *w, struct arena *a,
                      struct demo_household *doors)
{
    int n = 0;
    for (int u = 0; u < (int)w->unit_n; u++) {
        const struct demo_building *b = &w->buildings[w->units[u].building];
        for (int floor = 1; floor <= b->floors; floor++)
            for (int flat = 1; flat <= b->flats; flat++) {
                assert(n < DOORS_MAX);
                doors[n++] = (struct demo_household){
                    .code = arena_printf(a, "%s-%d%02d", w->units[u].code,
                                         floor, flat),
                    .landline = "",
                    .building = w->units[u].building,
                    .unit = u};
            }
    }
    return n;
}

/* Doors chosen by lot stay empty, but none where the cast lives. */
static void households_make(struct demo_world *w, struct arena *a)
{
    struct random r;
    random_seed(&r, w->seed, "demo doors");
    struct demo_household *doors =
        ARENA_ARRAY(a, DOORS_MAX, struct demo_household);
    int n = doors_list(w, a, doors);
    bool empty[DOORS_MAX] = {false};
    for (int left = n - DEMO_HOUSEHOLDS; left > 0;) {
        size_t d = (size_t)random_below(&r, (uint64_t)n);
        if (empty[d] || demo_cast_home(doors[d].code) != HOMES) continue;
        empty[d] = true;
        left--;
    }
    w->households = doors; /* closed up in place */
    int kept = 0;
    for (int d = 0; d < n; d++)
        if (!empty[d]) w->households[kept++] = doors[d];
    assert(kept == DEMO_HOUSEHOLDS);
}

/* Deal the kinds of household out to the doors, then trade so that the cast
 * lives as its script says. */
static void homes_deal(const struct demo_world *w, enum demo_home *homes)
{
    struct random r;
    random_seed(&r, w->seed, "demo homes");
    size_t n = 0;
    for (int kind = 0; kind < HOMES; kind++)
        for (int i = 0; i < homes_wanted[kind].count; i++)
            homes[n++] = (enum demo_home)kind;
    assert(n == DEMO_HOUSEHOLDS);
    random_shuffle(&r, homes, n, sizeof *homes);
    for (size_t h = 0; h < n; h++) {
        enum demo_home need = demo_cast_home(w->households[h].code);
        if (need == HOMES || homes[h] == need) continue;
        size_t other = 0;
        while (homes[other] != need ||
               demo_cast_home(w->households[other].code) != HOMES)
            other++;
        homes[other] = homes[h];
        homes[h] = need;
    }
}

/* New fevers per 1e9 person-days, such that fevers of two days on average,
 * and those that they cause at home, come to 4 febrile in 1,000. */
static uint64_t onsets_reckon(const struct demo_world *w)
{
    uint64_t pairs = 0; /* ordered pairs of people who live together */
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        uint64_t size = (uint64_t)w->households[h].size;
        pairs += size * (size - 1);
    }
    uint64_t tenfold = UINT64_C(10) * DEMO_RESIDENTS;
    return UINT64_C(2000000) * tenfold / (tenfold + pairs);
}

struct demo_world *demo_world_make(struct arena *a, uint64_t seed,
                                   struct day today)
{
    struct demo_world *w = ARENA_NEW(a, struct demo_world);
    w->name = "示范社区";
    w->seed = seed;
    w->today = today;
    w->campaign_from = DEMO_CAMPAIGN;
    w->cluster_from = DEMO_CLUSTER;
    places_make(w, a);
    households_make(w, a);
    enum demo_home *homes = ARENA_ARRAY(a, DEMO_HOUSEHOLDS, enum demo_home);
    homes_deal(w, homes);
    w->people = ARENA_ARRAY(a, DEMO_PEOPLE, struct demo_person);
    demo_people_fill(w, a, homes);
    w->onsets_per_1e9 = onsets_reckon(w);
    w->reports = ARENA_ARRAY(a, DEMO_PEOPLE, struct demo_report);
    w->unsorted = ARENA_ARRAY(a, DEMO_PEOPLE, struct demo_report);
    w->febrile = ARENA_ARRAY(a, DEMO_PEOPLE, bool);
    return w;
}
