/* part_style.c - /style: every part in its states, for those who build pages.
 * See parts.h.  All data is invented; words that stand only here are given in
 * both languages on the spot. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/parts.h"

/* The sample text in the reader's language. */
static const char *say(const struct html *h, const char *zh, const char *en)
{
    return h->language == LANG_ZH ? zh : en;
}
#define S(zh, en) say(h, (zh), (en))

static struct instant ago(const struct html *h, int64_t ms)
{
    return (struct instant){h->now.ms - ms};
}

static void alerts_show(struct html *h)
{
    static const int64_t hours[] = {1, 5, 30};
    static const enum level levels[] = {LEVEL_URGENT, LEVEL_ACT, LEVEL_WATCH};
    const struct column columns[] = {
        {.label = S("级别", "Level")}, {.label = S("什么", "What")},
        {.label = S("何处", "Where"), .sort_href = "?sort=place"},
        {.label = S("何时", "Since"), .sort_href = "?sort=since",
         .sorted = -1},
        {.label = S("谁在办", "Who has it")},
        {.label = S("例数", "Count"), .number = true}};
    const char *const what[] = {
        S("发热高于往常", "More fever than usual"),
        S("腹泻高于往常", "More diarrhoea than usual"),
        S("咳嗽略高", "Slightly more cough")};
    const char *const where[] = {S("12 号楼", "Building 12"),
                                 S("7 号楼", "Building 7"),
                                 S("第三网格", "Grid 3")};
    const char *const who[] = {S("无人", "nobody yet"), "李主任", "王网格员"};
    struct table_part t = {
        .caption = S("未结的异常提示", "Open alerts"), .columns = columns,
        .n_columns = COUNT_OF(columns), .count = 1204, .next_href = "?after=3",
        .csv_href = "?format=csv", .xlsx_href = "?format=xlsx"};
    html(h, "<h2>%s</h2>", t.caption);
    part_table_begin(h, &t);
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        part_row_begin(h);
        part_cell_begin(h);
        part_level(h, levels[i]);
        part_cell_end(h);
        part_cell_link(h, what[i], "/alerts/1");
        part_cell(h, where[i]);
        part_cell_begin(h);
        html_ago(h, ago(h, hours[i] * MS_PER_HOUR));
        part_cell_end(h);
        part_cell(h, who[i]);
        part_cell_number(h, i == 2 ? NONE : 9 - 4 * (int64_t)i, 0);
        part_row_end(h);
    }
    part_table_end(h, &t, COUNT_OF(levels));
    t.count = 0;
    t.caption = S("没有异常提示时", "Where there is no alert");
    t.next_href = t.csv_href = t.xlsx_href = NULL;
    t.empty = S("今天没有异常提示。", "No alerts today.");
    part_table_begin(h, &t);
    part_table_end(h, &t, 0);
}

static void figures_show(struct html *h)
{
    html(h, "<h2>%s</h2>", S("数字", "Figures"));
    part_grid_begin(h);
    part_figure(h, &(struct figure_part){
        .label = S("今日已报", "Reported today"), .unit = S("人", "people"),
        .value = 4812, .out_of = 5600, .as_of = ago(h, 3 * MS_PER_MINUTE),
        .note = S("还差 788 人", "788 still due"),
        .definition_href = "/docs/due", .rows_href = "/reports"});
    part_figure(h, &(struct figure_part){
        .label = S("发热", "Fever"), .unit = S("人 / 千人", "per 1,000"),
        .value = 47, .digits = 1, .out_of = NONE,
        .note = S("比昨天多 1.2", "1.2 more than yesterday"),
        .as_of = ago(h, 3 * MS_PER_MINUTE), .definition_href = "/docs/fever"});
    part_figure(h, &(struct figure_part){
        .label = S("药品库存", "Medicine in stock"), .unit = S("天", "days"),
        .value = NONE, .out_of = NONE,
        .note = S("药店今天没有报数", "The pharmacy has not reported today"),
        .as_of = ago(h, 2 * MS_PER_DAY), .definition_href = "/docs/stock"});
    part_grid_end(h);
}

static void chart_show(struct html *h)
{
    enum { DAYS = 60 };
    static int64_t counts[DAYS];
    static double expected[DAYS], low[DAYS], high[DAYS];
    static bool marks[DAYS];
    for (int i = 0; i < DAYS; i++) {
        expected[i] = 6 + (i % 7 == 5) * 2;
        low[i] = expected[i] - 4;
        high[i] = expected[i] + 5;
        counts[i] = 4 + i * i * 7 % 6 + (i > 52 ? (i - 52) * 3 : 0);
        marks[i] = i > 54;
    }
    counts[20] = counts[21] = NONE;
    struct day today = zone_day(h->zone, h->now);
    part_chart_line(h, &(struct chart_part){
        .id = "fever", .finding = S("12 号楼发热自周六起高于往常",
                                    "Fever in building 12 is above the usual"),
        .unit = S("每天发热人数", "people with fever a day"),
        .source = S("居民体温上报", "residents' temperature reports"),
        .first = {today.n - DAYS + 1}, .n = DAYS, .counts = counts,
        .expected = expected, .low = low, .high = high, .marks = marks});
}

static void notices_show(struct html *h)
{
    html(h, "<h2>%s</h2>", S("告知", "Notices"));
    part_warning(h, &(struct warning_part){
        .colour = WARNING_ORANGE, .href = "/warnings/1",
        .headline = S("暴雨橙色预警：今晚到明晨有大暴雨",
                      "Rainstorm: very heavy rain from tonight"),
        .advice = S("地下车库的车请在 20 点前移出；不要涉水。",
                    "Move cars out of the basement by 20:00; do not wade."),
        .area = S("全区", "the whole district"),
        .issuer = S("区气象台", "District Weather Office"),
        .until = ago(h, -14 * MS_PER_HOUR)});
    part_notice(h, NOTICE_INFO, S("明天 9 点停水", "No water tomorrow at 9"),
                S("12 号楼，预计 3 小时。", "Building 12, about 3 hours."));
    part_notice(h, NOTICE_DONE, S("已收到，谢谢", "Received, thank you"),
                S("明天早上 8 点再见。", "See you tomorrow at 8."));
    part_notice(h, NOTICE_PROBLEM, S("没有保存", "Not saved"),
                S("同一时刻有人改了这条任务，请看一眼再改。",
                  "Somebody changed this task meanwhile; look again."));
}

static void words_show(struct html *h)
{
    html(h, "<h2>%s</h2><p class=\"row\">", S("状态与标签", "States, tags"));
    part_state(h, STATE_OPEN, S("待领", "open"));
    part_state(h, STATE_RUNNING, S("办理中", "going on"));
    part_state(h, STATE_DONE, S("已完成", "done"));
    part_state(h, STATE_LATE, S("已超时", "late"));
    part_state(h, STATE_ENDED, S("已排除", "ruled out"));
    html(h, "</p><p class=\"row\">");
    part_level(h, LEVEL_WATCH);
    part_level(h, LEVEL_ACT);
    part_level(h, LEVEL_URGENT);
    part_tag(h, S("独居", "lives alone"));
    part_tag(h, S("透析", "dialysis"));
    html_unknown(h);
    html(h, "</p><p class=\"row\">");
    part_person(h, "张**", S("12-2-301 · 83 岁", "12-2-301 · age 83"),
                "/people/1/purpose");
    part_person(h, "王**", NULL, NULL);
    html(h, "</p>");
}

static void form_show(struct html *h)
{
    const struct field_error errors[] = {
        {"phone", S("电话应为 11 位数字", "A phone number has 11 digits")},
        {"when", S("请选择日期", "Choose a date")}};
    const struct choice symptoms[] = {
        {"cough", S("咳嗽", "cough"), NULL, true},
        {"fatigue", S("乏力", "tiredness"), NULL, false},
        {"none", S("都没有", "none of these"), NULL, false}};
    const struct choice visits[] = {
        {"home", S("上门", "Visit"), S("当面看望", "See them in person"), true},
        {"call", S("电话", "Call"), S("先打电话", "Call them first"), false}};
    html(h, "<h2>%s</h2>", S("表单", "Forms"));
    part_error_summary(h, errors, COUNT_OF(errors));
    part_form_begin(h, "/style");
    part_field(h, &(struct field_part){
        .name = "temperature", .label = S("体温", "Temperature"),
        .hint = S("腋下测量五分钟", "Five minutes under the arm"),
        .value = "36.5", .inputmode = "decimal", .unit = "℃", .step = "0.1",
        .min = "34", .max = "43", .required = true, .stepper = true});
    part_field(h, &(struct field_part){
        .name = "phone", .label = S("电话", "Telephone"), .type = "tel",
        .value = "1380000", .error = errors[0].text, .autocomplete = "tel",
        .required = true});
    part_field(h, &(struct field_part){
        .name = "when", .label = S("哪一天", "Which day"), .type = "date",
        .error = errors[1].text, .narrow = true, .required = true});
    part_choices(h, &(struct choices_part){
        .name = "symptoms", .legend = S("今天有哪些不适？",
                                        "What troubles you today?"),
        .choices = symptoms, .n = COUNT_OF(symptoms), .many = true});
    part_choices(h, &(struct choices_part){
        .name = "visit", .legend = S("怎么联系？", "How to reach them?"),
        .choices = visits, .n = COUNT_OF(visits)});
    part_field(h, &(struct field_part){
        .name = "note", .label = S("补充", "Anything else"),
        .type = "textarea", .max_length = 200});
    html(h, "<div class=\"buttons\">");
    part_button(h, BUTTON_MAIN, S("提交", "Send"));
    part_button(h, BUTTON_OTHER, S("先存着", "Keep for later"));
    part_link_button(h, BUTTON_QUIET, S("返回", "Go back"), "/");
    html(h, "</div>");
    part_form_end(h);
}

static void work_show(struct html *h)
{
    const struct step steps[] = {
        {S("核实病例", "Check the cases"), NULL, "/tasks/1", STATE_DONE},
        {S("告知居民", "Tell the residents"),
         S("王网格员，20 点前", "Wang, by 20:00"), "/tasks/2", STATE_LATE},
        {S("消毒楼道", "Clean the stairs"), NULL, "/tasks/3", STATE_RUNNING},
        {S("回访", "Call back"), S("三天后", "in three days"), NULL,
         STATE_OPEN}};
    part_grid_begin(h);
    part_card_begin(h, S("预案进度", "How the plan runs"), "/incidents/1");
    part_steps(h, steps, COUNT_OF(steps));
    part_card_end(h);
    part_card_begin(h, S("经过", "What happened"), NULL);
    part_timeline_begin(h);
    part_timeline_item(h, ago(h, 5 * MS_PER_HOUR),
                       S("监测到发热增多", "More fever was seen"), NULL);
    part_timeline_item(h, ago(h, 4 * MS_PER_HOUR),
                       S("启动预案", "The plan was started"), "李主任");
    part_timeline_item(h, ago(h, 20 * MS_PER_MINUTE),
                       S("走访 3 户", "3 households visited"), "王网格员");
    part_timeline_end(h);
    part_card_end(h);
    part_grid_end(h);
    part_summary_begin(h);
    part_summary_row(h, S("住址", "Address"), "12-2-301", "/people/1/edit");
    part_summary_row(h, S("紧急联系人", "Emergency contact"), NULL,
                     "/people/1/edit");
    part_summary_end(h);
    part_progress(h, S("正在导入名册", "Importing the roster"), 3200, 5600,
                  "/imports/1/stop");
    part_confirm(h, &(struct confirm_part){
        .title = S("通知 12 号楼全体居民？", "Notify all of building 12?"),
        .what = S("发送短信和大喇叭通知", "A text message and loudspeakers"),
        .to_whom = S("12 号楼 96 户 251 人", "96 households, 251 people"),
        .until = S("今晚 22 点停发", "Stops at 22:00 tonight"),
        .action = "/style", .button = S("发送通知", "Send the notice"),
        .cancel_href = "/"});
}

void style_page_draw(struct html *h)
{
    const struct nav_item nav[] = {
        {S("今日情况", "Today"), "/console"}, {S("任务", "Tasks"), "/tasks"},
        {S("居民", "People"), "/people"}, {S("存证", "Ledger"), "/ledger"},
        {S("部件", "Parts"), "/style"}};
    const struct crumb crumbs[] = {{S("云杉社区", "Spruce"), "/places/1"},
                                   {S("第三网格", "Grid 3"), "/places/2"},
                                   {S("12 号楼", "Building 12"), NULL}};
    const struct page page = {
        .title = S("部件一览", "All parts"), .path = "/style",
        .lead = S("页面由这些部件拼成；每个只有一种画法。",
                  "Pages are made of these; each is drawn in one way."),
        .community = S("云杉社区", "Spruce community"), .hotline = "12345",
        .account = S("李主任", "Li"), .role = T(h, "account.role.director"),
        .nav = nav, .n_nav = COUNT_OF(nav), .crumbs = crumbs,
        .n_crumbs = COUNT_OF(crumbs), .demo = true,
        .as_of = ago(h, 3 * MS_PER_MINUTE)};
    page_begin(h, &page);
    form_show(h); /* first: its error summary takes the focus */
    figures_show(h);
    alerts_show(h);
    chart_show(h);
    notices_show(h);
    words_show(h);
    work_show(h);
    page_end(h, &page);
}
