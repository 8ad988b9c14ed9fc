/* demo_inside.h - what the files of the demonstration community share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/random.h"
#include "sim/demo_world.h"

/* Who lives behind a door together. */
enum demo_home {
    HOME_OLD_ALONE,
    HOME_OLD_COUPLE,
    HOME_OLD_AND_CHILD, /* one old parent, one grown child */
    HOME_THREE_AGES,    /* couple, child, one grandparent */
    HOME_FIVE,          /* couple, child, both grandparents */
    HOME_ALONE,
    HOME_COUPLE,
    HOME_PARENT,      /* one parent, one child */
    HOME_FAMILY,      /* couple, child */
    HOME_FAMILY_FOUR, /* couple, two children */
    HOME_FLATMATES,
    HOME_FLATMATES_THREE,
    HOMES
};

/* Fill people, phones, tags, doubles and cast; homes[h] is the kind of
 * household h.  Households must have their codes and places. */
void demo_people_fill(struct demo_world *w, struct arena *a,
                      const enum demo_home *homes);
int demo_home_size(enum demo_home home);
/* The kind that the cast needs behind this door, or HOMES if any will do. */
enum demo_home demo_cast_home(const char *household_code);

/* A surname of one or two characters, by its share in the country. */
const char *demo_surname(struct random *r);
/* Surname and a given name as its time and sex liked them. */
char *demo_name(struct arena *a, struct random *r, const char *surname,
                int birth_year, enum demo_sex sex);
/* The name with its last character mistyped as one that sounds the same, or
 * NULL if none is known. */
char *demo_name_mistype(struct arena *a, const char *name);
