/* demo_names.c - names that sound right and belong to nobody in particular.
 *
 * Surnames by their rounded share (per 1,000) in the country; given names are
 * put together from characters that a generation liked.  All characters in
 * the strings below take three bytes of UTF-8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/demo_inside.h"

#define CHAR_BYTES 3

struct surname {
    const char *text;
    unsigned share;
};

static const struct surname surnames[] = {
    {"王", 72},  {"李", 72},  {"张", 68}, {"刘", 54}, {"陈", 45}, {"杨", 31},
    {"黄", 22},  {"赵", 21},  {"吴", 20}, {"周", 20}, {"徐", 15}, {"孙", 15},
    {"马", 13},  {"朱", 13},  {"胡", 13}, {"郭", 12}, {"何", 12}, {"高", 11},
    {"林", 11},  {"罗", 10},  {"郑", 9},  {"梁", 9},  {"谢", 8},  {"宋", 8},
    {"唐", 7},   {"许", 7},   {"韩", 7},  {"冯", 6},  {"邓", 6},  {"曹", 6},
    {"彭", 6},   {"曾", 6},   {"肖", 6},  {"田", 5},  {"董", 5},  {"袁", 5},
    {"潘", 5},   {"于", 5},   {"蒋", 5},  {"蔡", 5},  {"余", 5},  {"杜", 4},
    {"叶", 4},   {"程", 4},   {"苏", 4},  {"魏", 4},  {"吕", 4},  {"丁", 4},
    {"任", 4},   {"沈", 4},   {"姚", 3},  {"卢", 3},  {"姜", 3},  {"崔", 3},
    {"钟", 3},   {"谭", 3},   {"陆", 3},  {"汪", 3},  {"范", 3},  {"金", 3},
    {"石", 3},   {"廖", 3},   {"贾", 3},  {"夏", 3},  {"韦", 2},  {"付", 2},
    {"方", 2},   {"白", 2},   {"邹", 2},  {"孟", 2},  {"熊", 2},  {"秦", 2},
    {"邱", 2},   {"江", 2},   {"尹", 2},  {"薛", 2},  {"闫", 2},  {"段", 2},
    {"雷", 2},   {"侯", 2},   {"龙", 2},  {"史", 2},  {"陶", 2},  {"黎", 2},
    {"贺", 2},   {"顾", 2},   {"毛", 2},  {"郝", 2},  {"龚", 2},  {"邵", 2},
    {"欧阳", 1}, {"上官", 1},
};

/* Characters for the first and second place of a given name, and how many of
 * 100 names have one character only (taken from the second). */
struct fashion {
    int until; /* last year of birth */
    unsigned single;
    const char *first[2], *second[2]; /* by enum demo_sex */
};

static const struct fashion fashions[] = {
    {1949,
     8,
     {"国德永文玉长金广福振世明宝忠", "秀桂玉淑凤素兰美月金惠翠"},
     {"富贵林清荣祥才生发山义云成海", "英兰珍芳华荣琴梅云珠花芝"}},
    {1969,
     15,
     {"建国志卫永文爱大学光新红长少", "秀玉桂丽爱淑春红亚晓素惠"},
     {"国华平明军民生强林祥东成忠良", "英兰华芳珍萍玲琴霞珍梅荣"}},
    {1989,
     40,
     {"志建海晓文永俊少立学小玉春国", "晓丽海春艳小红亚玉雪慧燕"},
     {"军伟勇强刚杰涛辉峰鹏斌波超平", "丽敏静娟燕艳霞芳玲红梅娜"}},
    {2009,
     30,
     {"子俊浩志天宇嘉文明思家泽一博", "雨思佳欣梦雅诗晓嘉文子婷"},
     {"杰轩豪宇鑫涛磊阳龙航翔凯超然", "婷怡颖欣琪雪莹洁瑶蕾琳萱"}},
    {9999,
     12,
     {"子浩梓宇一奕沐俊景铭承嘉亦书", "梓雨欣诗可若一语思佳书艺"},
     {"轩泽宸睿辰然霖豪洋博航恒阳远", "涵萱彤妍怡桐悦瑶菲琪溪宁"}},
};

const char *demo_surname(struct random *r)
{
    unsigned all = 0;
    for (size_t i = 0; i < COUNT_OF(surnames); i++) all += surnames[i].share;
    uint64_t at = random_below(r, all);
    size_t i = 0;
    while (at >= surnames[i].share) at -= surnames[i++].share;
    return surnames[i].text;
}

static const char *char_pick(struct random *r, const char *from)
{
    return from + CHAR_BYTES * random_below(r, strlen(from) / CHAR_BYTES);
}

char *demo_name(struct arena *a, struct random *r, const char *surname,
                int birth_year, enum demo_sex sex)
{
    const struct fashion *f = fashions;
    while (birth_year > f->until) f++;
    bool single = random_below(r, 100) < f->single;
    const char *first = char_pick(r, f->first[sex]);
    const char *second = char_pick(r, f->second[sex]);
    while (memcmp(first, second, CHAR_BYTES) == 0)
        second = char_pick(r, f->second[sex]);
    return arena_printf(a, "%s%.*s%.*s", surname, single ? 0 : CHAR_BYTES,
                        first, CHAR_BYTES, second);
}

char *demo_name_mistype(struct arena *a, const char *name)
{
    static const char *pairs = "英瑛华花珍贞芳方伟炜军君明鸣平萍兰岚玲铃红洪"
                               "杰洁涛滔霞遐梅玫丽莉敏闵刚钢勇永静婧轩萱涵晗"
                               "宇羽国囯荣容琴芹成诚林霖辉晖";
    size_t n = strlen(name);
    assert(n > CHAR_BYTES);
    for (const char *p = pairs; *p; p += 2 * CHAR_BYTES)
        if (memcmp(p, name + n - CHAR_BYTES, CHAR_BYTES) == 0)
            return arena_printf(a, "%.*s%.*s", (int)n - CHAR_BYTES, name,
                                CHAR_BYTES, p + CHAR_BYTES);
    return NULL;
}
