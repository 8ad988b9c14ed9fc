/* words_fault.c - what a reader is told about a fault.  See words.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/words.h"

void words_fault(struct buf *b, enum language language,
                 const struct fault *f)
{
    const char *s = words_in(language, f->detail ? f->detail : "");
    for (size_t i = 0; *s; s++) {
        if (s[0] == '%' && s[1] == 's') {
            if (i < COUNT_OF(f->args)) buf_puts(b, f->args[i++]);
            s++;
        } else if (s[0] == '%' && s[1] == '%') {
            buf_putc(b, *s++);
        } else {
            buf_putc(b, *s);
        }
    }
}

void words_remedy(struct buf *b, enum language language,
                  const struct fault *f)
{
    if (f->remedy) buf_puts(b, words_in(language, f->remedy));
}
