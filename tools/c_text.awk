# c_text.awk - reads C well enough for our checkers; for check-danger, -i18n.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# read_file(path) fills code[1..lines], without comments, and bare[], the same
# with what stands in strings blanked, so that columns agree.
# read_call(line, column of its "(") fills args, arg[i] (code without strings),
# said[i] (its strings joined), lits[i] and lit[i, 1..]: its strings, those
# that stand side by side being one.

function read_file(path,    text, i, c, n, in_comment, in_text, one, two) {
    lines = 0
    in_comment = 0
    while ((getline text < path) > 0) {
        lines++
        one = two = in_text = ""
        n = length(text)
        for (i = 1; i <= n; i++) {
            c = substr(text, i, 1)
            if (in_comment) {
                if (substr(text, i, 2) == "*/") {
                    in_comment = 0
                    i++
                    one = one "  "; two = two "  "
                } else { one = one " "; two = two " " }
            } else if (in_text != "") {
                one = one c
                if (c == in_text) { two = two c; in_text = "" }
                else two = two " "
                if (c == "\\") {
                    i++
                    one = one substr(text, i, 1); two = two " "
                }
            } else if (substr(text, i, 2) == "/*") {
                in_comment = 1
                i++
                one = one "  "; two = two "  "
            } else if (substr(text, i, 2) == "//") {
                break
            } else {
                if (c == "\"" || c == "\047") in_text = c
                one = one c; two = two c
            }
        }
        code[lines] = one
        bare[lines] = two
    }
    close(path)
}

function read_call(at, col,    depth, n, c, k, plain, in_text, apart) {
    for (k = 0; k < 40; k++) { arg[k] = said[k] = ""; lits[k] = 0 }
    args = 1
    col++
    depth = 1
    in_text = 0
    apart = 1
    for (; at <= lines; at++) {
        n = length(bare[at])
        for (; col <= n; col++) {
            plain = substr(bare[at], col, 1)
            if (plain == "\"") {
                in_text = !in_text
                if (in_text && apart) lit[args, ++lits[args]] = ""
                apart = 0
                continue
            }
            if (in_text) {
                c = substr(code[at], col, 1)
                said[args] = said[args] c
                lit[args, lits[args]] = lit[args, lits[args]] c
                continue
            }
            if (plain !~ /[ \t]/) apart = 1
            if (plain ~ /[({[]/) depth++
            if (plain ~ /[)}\]]/ && --depth == 0) return
            if (plain == ";" && depth == 1) return
            if (plain == "," && depth == 1) { args++; continue }
            arg[args] = arg[args] plain
        }
        arg[args] = arg[args] " "
        col = 1
    }
}
