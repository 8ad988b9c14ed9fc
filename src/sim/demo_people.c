/* demo_people.c - who lives in the demonstration community.
 *
 * Ages are drawn so that parents are 21 to 38 years older than children and
 * spouses at most five years apart; whoever is drawn as old is 60 or more,
 * everybody else is not, so the share of the old does not depend on the seed.
 * No expression draws two different dice: C leaves open which is thrown first,
 * and compilers differ.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/demo_inside.h"

#define OLD 60
#define VERY_OLD 80
#define ADULT 18
#define OWN_PHONE 12      /* years: a first telephone */
#define PHONELESS_OLD 160 /* of the households without phone */

struct filler {
    struct demo_world *w;
    struct arena *a;
    struct random r;
    int next;      /* index of the next person */
    int household; /* being filled */
};

struct cast_member {
    const char *door; /* "" for one who lives elsewhere */
    enum demo_home home;
    const char *name;
    enum demo_sex sex;
    int age;
};

static const struct cast_member cast_members[CASTS] = {
    [CAST_DIRECTOR] = {"3-1-201", HOME_ALONE, "林晓岚", DEMO_FEMALE, 46},
    [CAST_GRID_WORKER] = {"14-1-302", HOME_ALONE, "陈志远", DEMO_MALE, 31},
    [CAST_GUARD] = {"9-1-101", HOME_OLD_ALONE, "赵国栋", DEMO_MALE, 68},
    [CAST_GRANDMOTHER] = {"12-2-501", HOME_OLD_ALONE, "王秀英", DEMO_FEMALE,
                          80},
    [CAST_DAUGHTER] = {"", HOMES, "李敏", DEMO_FEMALE, 53},
};

enum demo_home demo_cast_home(const char *household_code)
{
    for (int i = 0; i < CASTS; i++)
        if (strcmp(cast_members[i].door, household_code) == 0)
            return cast_members[i].home;
    return HOMES;
}

static int dice(struct filler *f, int low, int high)
{
    return low + (int)random_below(&f->r, (uint64_t)(high - low + 1));
}

static bool per_cent(struct filler *f, int n)
{
    return dice(f, 0, 99) < n;
}

static int between(int low, int n, int high)
{
    return n < low ? low : n > high ? high : n;
}

static enum demo_sex sex_draw(struct filler *f, int female_per_cent)
{
    return per_cent(f, female_per_cent) ? DEMO_FEMALE : DEMO_MALE;
}

/* A day on which somebody of that age today may have been born: days after
 * the 28th are left out so that every month has it. */
static struct day birth_draw(struct filler *f, int age)
{
    struct civil c = day_civil(f->w->today);
    struct day d = day_of(c.year - age, c.month, c.day < 28 ? c.day : 28);
    d.n -= dice(f, 0, 359);
    return d;
}

static struct demo_person *person_add(struct filler *f, const char *surname,
                                      int age, enum demo_sex sex)
{
    assert(f->next < DEMO_PEOPLE);
    struct demo_person *p = &f->w->people[f->next++];
    p->birth = birth_draw(f, age);
    p->sex = sex;
    p->name = demo_name(f->a, &f->r, surname, day_civil(p->birth).year, sex);
    p->idno = p->phone = p->tags = "";
    p->household = f->household;
    p->double_of = -1;
    p->registered = true;
    return p;
}

static int old_age(struct filler *f)
{
    int age = dice(f, OLD, OLD + 15);
    return age + dice(f, 0, 18);
}

/* Somebody of a family of their own. */
static void single_add(struct filler *f, int age, int female_per_cent)
{
    enum demo_sex sex = sex_draw(f, female_per_cent);
    person_add(f, demo_surname(&f->r), age, sex);
}

static void couple_add(struct filler *f, const char *surname, int wife)
{
    int low = wife >= OLD ? OLD : 22, high = wife >= OLD ? 99 : OLD - 1;
    person_add(f, surname, between(low, wife + dice(f, -1, 5), high),
               DEMO_MALE);
    person_add(f, demo_surname(&f->r), wife, DEMO_FEMALE);
}

/* Children of a mother of that age, the second one younger. */
static void children_add(struct filler *f, const char *surname, int mother,
                         int n)
{
    int age = mother - dice(f, 21, between(21, mother, 38));
    for (int i = 0; i < n; i++) {
        person_add(f, surname, between(0, age, 24), sex_draw(f, 48));
        age -= dice(f, 2, 5);
    }
}

static void family_fill(struct filler *f, int children, int grandparents)
{
    const char *surname = demo_surname(&f->r);
    int mother = grandparents ? dice(f, 32, 48) : dice(f, 25, 49);
    couple_add(f, surname, mother);
    children_add(f, surname, mother, children);
    int old = between(OLD, mother + dice(f, 22, 32), 85);
    if (grandparents == 2)
        couple_add(f, surname, old);
    else if (grandparents == 1)
        person_add(f, demo_surname(&f->r), old, DEMO_FEMALE);
}

static void old_and_child_fill(struct filler *f)
{
    int old = dice(f, 62, 88);
    int child = between(25, old - dice(f, 22, 34), OLD - 1);
    const char *surname = demo_surname(&f->r);
    bool father = per_cent(f, 35);
    person_add(f, father ? surname : demo_surname(&f->r), old,
               father ? DEMO_MALE : DEMO_FEMALE);
    person_add(f, surname, child, sex_draw(f, 40));
}

static void home_fill(struct filler *f, enum demo_home home)
{
    const char *surname = demo_surname(&f->r);
    switch (home) {
    case HOME_OLD_ALONE:
        single_add(f, old_age(f), 64);
        break;
    case HOME_OLD_COUPLE:
        couple_add(f, surname, old_age(f));
        break;
    case HOME_OLD_AND_CHILD:
        old_and_child_fill(f);
        break;
    case HOME_THREE_AGES:
        family_fill(f, 1, 1);
        break;
    case HOME_FIVE:
        family_fill(f, 1, 2);
        break;
    case HOME_ALONE:
        single_add(f, dice(f, 20, OLD - 1), 46);
        break;
    case HOME_COUPLE:
        couple_add(f, surname, dice(f, 23, OLD - 1));
        break;
    case HOME_PARENT: {
        int mother = dice(f, 26, 49);
        person_add(f, demo_surname(&f->r), mother, DEMO_FEMALE);
        children_add(f, surname, mother, 1);
        break;
    }
    case HOME_FAMILY:
        family_fill(f, 1, 0);
        break;
    case HOME_FAMILY_FOUR:
        family_fill(f, 2, 0);
        break;
    case HOME_FLATMATES:
    case HOME_FLATMATES_THREE:
        for (int i = 0; i < demo_home_size(home); i++)
            single_add(f, dice(f, 20, 38), 42);
        break;
    case HOMES:
        assert(home != HOMES);
    }
}

static void cast_take(struct filler *f, enum demo_cast role, int person)
{
    const struct cast_member *m = &cast_members[role];
    struct demo_person *p = &f->w->people[person];
    p->birth = birth_draw(f, m->age);
    p->sex = m->sex;
    p->name = m->name;
    f->w->cast[role] = person;
}

static int age_of(const struct filler *f, const struct demo_person *p)
{
    return day_age(p->birth, f->w->today);
}

static bool person_is_cast(const struct demo_world *w, int person)
{
    for (int i = 0; i < CASTS; i++)
        if (w->cast[i] == person) return true;
    return false;
}

/* Numbers that no two owners share: 7919 and 1e7 have no common factor. */
static const char *number_make(struct filler *f, const char *prefix, int owner)
{
    uint64_t n = (f->w->seed % 10000000 + (uint64_t)owner * 7919) % 10000000;
    return arena_printf(f->a, "%s%07d", prefix, (int)n);
}

static bool home_is_old(enum demo_home home)
{
    return home == HOME_OLD_ALONE || home == HOME_OLD_COUPLE;
}

/* The households without phone, mostly old people's. */
static void phoneless_draw(struct filler *f, const enum demo_home *homes)
{
    struct demo_household *all = f->w->households;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) all[h].has_phone = true;
    int old = PHONELESS_OLD, other = DEMO_NO_PHONE - PHONELESS_OLD;
    while (old + other > 0) {
        int h = dice(f, 0, DEMO_HOUSEHOLDS - 1);
        int *left = home_is_old(homes[h]) ? &old : &other;
        if (!*left || !all[h].has_phone || demo_cast_home(all[h].code) != HOMES)
            continue;
        all[h].has_phone = false;
        --*left;
    }
}

static void phones_fill(struct filler *f, int h, bool old)
{
    struct demo_household *home = &f->w->households[h];
    if (!home->has_phone) return;
    int grandmother = f->w->cast[CAST_GRANDMOTHER];
    bool hers = home->first == grandmother;
    if (hers || per_cent(f, old ? 45 : 6))
        home->landline = number_make(f, DEMO_LANDLINE_PREFIX, h);
    bool reached = home->landline[0];
    for (int i = home->first; i < home->first + home->size; i++) {
        int age = age_of(f, &f->w->people[i]);
        int share = age < OWN_PHONE  ? 0
                    : age < OLD      ? 95
                    : age < VERY_OLD ? 72
                                     : 35;
        bool cast = person_is_cast(f->w, i);
        if (hers || (!cast && !per_cent(f, share))) continue;
        f->w->people[i].phone = number_make(f, DEMO_MOBILE_PREFIX, i);
        reached = true;
    }
    if (!reached)
        f->w->people[home->first].phone =
            number_make(f, DEMO_MOBILE_PREFIX, home->first);
}

static const char *tag_add(struct filler *f, const char *tags, bool holds,
                           const char *word)
{
    if (!holds) return tags;
    return arena_printf(f->a, "%s%s%s", tags, tags[0] ? ";" : "", word);
}

static bool is_chronic(struct filler *f, int person, int age)
{
    bool drawn = per_cent(f, age >= VERY_OLD ? 65
                             : age >= OLD    ? 45
                             : age >= 40     ? 12
                                             : 2);
    return drawn || person == f->w->cast[CAST_GRANDMOTHER];
}

static void tags_fill(struct filler *f, int person, enum demo_home home)
{
    struct demo_person *p = &f->w->people[person];
    int age = age_of(f, p);
    bool flat = home == HOME_FLATMATES || home == HOME_FLATMATES_THREE;
    bool wife = p->sex == DEMO_FEMALE && age >= 22 && age <= 40 &&
                (home == HOME_COUPLE || home == HOME_FAMILY);
    bool cast = person_is_cast(f->w, person);
    bool chronic = is_chronic(f, person, age);
    const char *t = "";
    t = tag_add(f, t, home == HOME_OLD_ALONE, "独居");
    t = tag_add(f, t, home == HOME_OLD_COUPLE, "空巢");
    t = tag_add(f, t, age >= VERY_OLD, "高龄");
    t = tag_add(f, t, chronic, "慢病");
    t = tag_add(f, t, chronic && !cast && per_cent(f, 1), "透析");
    t = tag_add(f, t, !cast && per_cent(f, age >= OLD ? 3 : 1), "残疾");
    t = tag_add(f, t, wife && per_cent(f, 6), "孕妇");
    t = tag_add(f, t, age < 1, "婴儿");
    t = tag_add(f, t, flat || (home == HOME_ALONE && !cast && per_cent(f, 25)),
                "外来");
    p->tags = t;
}

/* GB 11643-1999: weights 2^(17-i) mod 11, check digit from the table. */
static char *idno_make(struct filler *f, const struct demo_person *p,
                       int serial)
{
    static const int weights[17] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                    3, 7, 9,  10, 5, 8, 4, 2};
    struct civil c = day_civil(p->birth);
    char *s = arena_printf(f->a, DEMO_REGION "%04d%02d%02d%03d?", c.year,
                           c.month, c.day, serial);
    int sum = 0;
    for (int i = 0; i < 17; i++) sum += weights[i] * (s[i] - '0');
    s[17] = "10X98765432"[sum % 11];
    return s;
}

/* Serials: odd for men; a block of 20 for each earlier person of that day. */
static void idno_fill(struct filler *f, int person)
{
    struct demo_person *p = &f->w->people[person];
    int same = 0;
    for (int i = 0; i < person; i++)
        if (f->w->people[i].birth.n == p->birth.n &&
            f->w->people[i].double_of < 0)
            same++;
    int serial = 20 * same + 2 * dice(f, 0, 9) + (p->sex == DEMO_MALE);
    assert(serial < 1000);
    p->idno = idno_make(f, p, serial);
}

/* What went wrong when somebody was entered a second time. */
enum { MISTYPED = 1, NO_IDNO = 2, OTHER_HOME = 4 };
static const int blunders[DEMO_DOUBLES] = {MISTYPED,
                                           NO_IDNO,
                                           OTHER_HOME,
                                           MISTYPED | NO_IDNO,
                                           NO_IDNO | OTHER_HOME,
                                           MISTYPED | OTHER_HOME};

static bool is_doubled(const struct filler *f, int person)
{
    for (int i = DEMO_RESIDENTS; i < f->next; i++)
        if (f->w->people[i].double_of == person) return true;
    return false;
}

static void double_add(struct filler *f, int blunder)
{
    struct demo_world *w = f->w;
    for (;;) {
        int first = dice(f, 0, DEMO_RESIDENTS - 1);
        const struct demo_person *p = &w->people[first];
        char *mistyped = demo_name_mistype(f->a, p->name);
        if (age_of(f, p) < ADULT || person_is_cast(w, first) ||
            is_doubled(f, first) || !mistyped)
            continue;
        struct demo_person *d = &w->people[f->next++];
        *d = *p;
        d->double_of = first;
        if (blunder & MISTYPED) d->name = mistyped;
        if (blunder & NO_IDNO) d->idno = "";
        while (blunder & OTHER_HOME && (d->household == p->household ||
                                        !w->households[d->household].has_phone))
            d->household = dice(f, 0, DEMO_HOUSEHOLDS - 1);
        return;
    }
}

/* Those in nobody's list of residents: the daughter, the tenant. */
static void outsiders_add(struct filler *f, const enum demo_home *homes)
{
    struct demo_world *w = f->w;
    f->household = -1;
    int daughter = f->next;
    struct demo_person *p = person_add(f, "李", 53, DEMO_FEMALE);
    cast_take(f, CAST_DAUGHTER, daughter);
    p->registered = false;
    p->phone = number_make(f, DEMO_MOBILE_PREFIX, daughter);
    idno_fill(f, daughter);

    int h = 0;
    while (homes[h] != HOME_FLATMATES || !w->households[h].has_phone ||
           strcmp(w->buildings[w->households[h].building].code, DEMO_SILENT) ==
               0)
        h++;
    f->household = h;
    w->tenant = f->next;
    p = person_add(f, demo_surname(&f->r), 27, DEMO_MALE);
    p->registered = false;
    p->phone = number_make(f, DEMO_MOBILE_PREFIX, w->tenant);
    idno_fill(f, w->tenant);
}

void demo_people_fill(struct demo_world *w, struct arena *a,
                      const enum demo_home *homes)
{
    struct filler f = {.w = w, .a = a};
    random_seed(&f.r, w->seed, "demo people");
    for (int i = 0; i < CASTS; i++) w->cast[i] = -1;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        struct demo_household *home = &w->households[h];
        f.household = h;
        home->first = f.next;
        home->size = demo_home_size(homes[h]);
        home_fill(&f, homes[h]);
        assert(f.next == home->first + home->size);
        for (int i = 0; i < CASTS; i++)
            if (strcmp(cast_members[i].door, home->code) == 0)
                cast_take(&f, (enum demo_cast)i, home->first);
    }
    assert(f.next == DEMO_RESIDENTS);
    phoneless_draw(&f, homes);
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++)
        phones_fill(&f, h, home_is_old(homes[h]));
    for (int i = 0; i < DEMO_RESIDENTS; i++) {
        tags_fill(&f, i, homes[w->people[i].household]);
        idno_fill(&f, i);
    }
    for (int i = 0; i < DEMO_DOUBLES; i++) double_add(&f, blunders[i]);
    outsiders_add(&f, homes);
    assert(f.next == DEMO_PEOPLE);
}
