/* page.h - what is expected of any report's page, for the tests. */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <string.h>

#include "expect.h"
#include "report/report.h"

static inline const char *make_page(const struct report *report,
                                    struct text *html)
{
    cvl_error err;
    *html = (struct text){0};
    expect_ok(report_make(report, html, &err), err);
    return html->data;
}

static inline size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;
    while ((text = strstr(text, word))) {
        count++;
        text += strlen(word);
    }
    return count;
}

/* Elements that have no end, in HTML or by a slash. */
static inline bool is_void(const char *name, size_t length, char before_end)
{
    static const char *const voids[] = {"meta", "link", "img", "wbr"};
    for (size_t i = 0; i < sizeof voids / sizeof *voids; i++)
        if (strlen(voids[i]) == length && !strncmp(voids[i], name, length))
            return true;
    return before_end == '/';
}

/* Every tag is closed, in order; the content of style and script is skipped.
 * Returns how many elements there are. */
static inline size_t expect_balanced(const char *html)
{
    enum { DEPTH = 64 };
    const char *open[DEPTH];
    size_t lengths[DEPTH], depth = 0, count = 0;
    for (const char *at = strchr(html + 1, '<'); at; at = strchr(at, '<')) {
        const bool closes = at[1] == '/';
        const char *const name = at + 1 + closes;
        const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
        const char *const end = name + strcspn(name, ">");
        ck_assert_msg(length && *end, "%.60s", at);
        if (closes) {
            ck_assert_msg(depth && lengths[depth - 1] == length &&
                              !strncmp(open[depth - 1], name, length),
                          "%.60s closes %.20s", at,
                          depth ? open[depth - 1] : "");
            depth--;
        } else if (!is_void(name, length, end[-1])) {
            ck_assert_uint_lt(depth, DEPTH);
            open[depth] = name;
            lengths[depth++] = length;
            count++;
        }
        at = end;
        if (!closes && !strncmp(name, "script", 6)) at = strstr(at, "</script");
        if (!closes && !strncmp(name, "style", 5)) at = strstr(at, "</style");
        ck_assert_ptr_nonnull(at);
    }
    ck_assert_uint_eq(depth, 0);
    return count;
}

/* No address of anything but itself. */
static inline void expect_self_contained(const char *html)
{
    ck_assert_ptr_null(strstr(html, "http:"));
    ck_assert_ptr_null(strstr(html, "https:"));
    ck_assert_ptr_null(strstr(html, "url("));
    ck_assert_ptr_null(strstr(html, "@import"));
    ck_assert_uint_eq(occurrences(html, "src="),
                      occurrences(html, "src=\"data:image/png;base64,"));
    ck_assert_uint_eq(occurrences(html, "href="),
                      occurrences(html, "href=\"data:,\""));
    ck_assert_uint_eq(occurrences(html, "<img "), occurrences(html, " alt=\""));
}

#endif
