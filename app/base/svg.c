/* svg.c - see svg.h for the contract. */
#include "base/svg.h"

#include <math.h>
#include <string.h>

#include "base/html.h"

/* A letter's width over its height, at most, of words and of columns. With that
 * of words the formula of an output's size breaks before its division. */
static const double WORDS_ASPECT = 0.54;
static const double MONO_ASPECT = 0.602;

enum { INNER = SVG_WIDTH - 2 * SVG_MARGIN };

/* Words stand out from what is behind them by 4.5 to 1 at least, lines by 3. */
static const char LIGHT[] =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "fill:#1a1a1a}"
    ".head{font-size:15px;font-weight:600}"
    ".words{font-size:12px}"
    ".small{font-size:10px;fill:#595959}"
    ".mono{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',"
    "monospace;white-space:pre}"
    ".faded{fill:#6b6b6b}"
    ".sheet,.plain,.gap{fill:#fff;stroke:#767676}"
    ".marked{fill:#cfe8f7;stroke:#0072b2;stroke-width:2}"
    ".kernel{fill:#fde6b8;stroke:#b35900;stroke-width:2}"
    ".padding{fill:#ededed;stroke:#767676;stroke-dasharray:4 2}"
    ".gap{stroke-dasharray:1 3}"
    ".marked-padding{fill:#dfe6ea;stroke:#0072b2;stroke-width:2;"
    "stroke-dasharray:5 3}"
    ".marked-gap{fill:#eaf4fa;stroke:#0072b2;stroke-width:2;"
    "stroke-dasharray:1 4}";
static const char DARK[] =
    "text{fill:#e6e6e6}.small{fill:#b4b4b4}.faded{fill:#9a9a9a}"
    ".sheet,.plain,.gap{fill:#16191d;stroke:#858c94}"
    ".marked{fill:#0b3a57;stroke:#56b4e9}"
    ".kernel{fill:#4a2f05;stroke:#e69f00}"
    ".padding{fill:#2a2d31;stroke:#858c94}"
    ".marked-padding{fill:#1d3442;stroke:#56b4e9}"
    ".marked-gap{fill:#12283a;stroke:#56b4e9}";

/* For a drawing that has lines. */
static const char LIGHT_STROKES[] =
    ".curve,.axis,.slope{fill:none;stroke:#0072b2;stroke-width:2}"
    ".axis{stroke:#767676;stroke-width:1}.slope{stroke:#b35900}";
static const char DARK_STROKES[] =
    ".curve{stroke:#56b4e9}.axis{stroke:#858c94}.slope{stroke:#e69f00}";

static const char *const CELLS[] = {"plain",     "marked", "kernel",
                                    "padding",   "gap",    "marked-padding",
                                    "marked-gap"};

static const struct {
    const char *name;
    double size, step;
} FONTS[] = {[SVG_HEAD] = {"head", 15, 21},
             [SVG_WORDS] = {"words", 12, 17},
             [SVG_SMALL] = {"small", 10, 14},
             [SVG_MONO] = {"mono", 12, 17}};

void svg_finish(struct svg *svg, const char *title, const char *description,
                struct text *text)
{
    const double height = svg->y + SVG_MARGIN;
    text_add(text,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
             "width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\">\n<title>",
             SVG_WIDTH, height, SVG_WIDTH, height);
    html_escape(text, title);
    text_add(text, "</title>\n<desc>");
    html_escape(text, description);
    text_add(text,
             "</desc>\n<style>%s%s@media(prefers-color-scheme:dark){%s%s}"
             "</style>\n",
             LIGHT, svg->has_strokes ? LIGHT_STROKES : "", DARK,
             svg->has_strokes ? DARK_STROKES : "");
    text_add(text,
             "<rect class=\"sheet\" x=\"0.5\" y=\"0.5\" width=\"%d\" "
             "height=\"%.0f\" rx=\"6\"/>\n",
             SVG_WIDTH - 1, height - 1);
    if (svg->body.data) text_add(text, "%s", svg->body.data);
    text_add(text, "</svg>\n");
    if (svg->body.failed) text->failed = true;
    text_free(&svg->body);
}

/* How wide so many characters of words are, or a little more. */
static double width_of(enum svg_font font, size_t characters)
{
    return WORDS_ASPECT * FONTS[font].size * (double)characters;
}

/* A line that begins so many characters to the right of the margin. */
static void put_line(struct svg *svg, enum svg_font font, size_t indent,
                     const char *words)
{
    text_add(&svg->body, "<text class=\"%s\" x=\"%.4g\" y=\"%.4g\">",
             FONTS[font].name, SVG_MARGIN + width_of(font, indent),
             svg->y + FONTS[font].size);
    html_escape(&svg->body, words);
    text_add(&svg->body, "</text>\n");
    svg->y += FONTS[font].step;
}

void svg_line(struct svg *svg, enum svg_font font, const char *words)
{
    put_line(svg, font, 0, words);
}

/* Blanks in front are room, as those of SVG are none; what does not fit goes
 * `hang` characters further in. */
static void wrap(struct svg *svg, enum svg_font font, size_t hang,
                 const char *words)
{
    enum { LIMIT = 128 };
    char line[LIMIT];
    const size_t all = (size_t)(INNER / width_of(font, 1));
    size_t indent = strspn(words, " ");
    bool goes_on = false;
    while (*words) {
        if (!goes_on) indent = strspn(words, " ");
        if (!goes_on) words += indent;
        const size_t in = goes_on ? indent + hang : indent;
        const size_t most = all > in ? all - in : 1;
        size_t length = strcspn(words, "\n"), next = length;
        goes_on = length > most;
        next += words[length] == '\n';
        if (goes_on) {
            length = most;
            while (length && words[length] != ' ') length--;
            if (!length) length = most;
            next = length + strspn(words + length, " ");
        }
        memcpy(line, words, length);
        line[length] = '\0';
        put_line(svg, font, in, line);
        words += next;
    }
}

void svg_wrap(struct svg *svg, enum svg_font font, const char *words)
{
    wrap(svg, font, 0, words);
}

void svg_formula(struct svg *svg, const char *lines)
{
    wrap(svg, SVG_WORDS, 8, lines);
}

void svg_columns(struct svg *svg, const char *lines,
                 bool (*faded)(const void *context, size_t line),
                 const void *context)
{
    double size = INNER / (MONO_ASPECT * (double)text_columns(lines));
    if (size > 12) size = 12;
    const double letter = MONO_ASPECT * size;
    for (size_t i = 0; *lines; i++) {
        const size_t length = strcspn(lines, "\n");
        const size_t blank = strspn(lines, " ");
        const size_t shown = length > blank ? length - blank : 0;
        /* As wide as it should be, whatever font there is. */
        if (shown)
            text_add(&svg->body,
                     "<text class=\"mono%s\" font-size=\"%.4g\" x=\"%.4g\" "
                     "y=\"%.4g\" textLength=\"%.4g\" "
                     "lengthAdjust=\"spacingAndGlyphs\">%.*s</text>\n",
                     faded(context, i) ? " faded" : "", size,
                     SVG_MARGIN + (double)blank * letter, svg->y + size,
                     (double)shown * letter, (int)shown, lines + blank);
        svg->y += 1.4 * size;
        lines += length + (lines[length] == '\n');
    }
}

void svg_label(struct svg *svg, double x, double y, const char *anchor,
               double size, const char *words)
{
    text_add(&svg->body,
             "<text font-size=\"%.4g\" x=\"%.4g\" y=\"%.4g\" "
             "text-anchor=\"%s\">",
             size, x, y, anchor);
    html_escape(&svg->body, words);
    text_add(&svg->body, "</text>\n");
}

void svg_cell(struct svg *svg, enum svg_cell kind, double x, double y,
              double width, double height, double size, const char *words)
{
    text_add(&svg->body,
             "<rect class=\"%s\" x=\"%.4g\" y=\"%.4g\" width=\"%.4g\" "
             "height=\"%.4g\"/>\n",
             CELLS[kind], x + 1, y + 1, fmax(width - 2, 0),
             fmax(height - 2, 0));
    if (*words)
        svg_label(svg, x + width / 2, y + height / 2 + 0.36 * size, "middle",
                  size, words);
}

void svg_stroke(struct svg *svg, enum svg_stroke stroke,
                const double (*points)[2], size_t count)
{
    static const char *const names[] = {
        [SVG_CURVE] = "curve", [SVG_AXIS] = "axis", [SVG_SLOPE] = "slope"};
    svg->has_strokes = true;
    text_add(&svg->body, "<polyline class=\"%s\" points=\"", names[stroke]);
    for (size_t i = 0; i < count; i++)
        text_add(&svg->body, "%s%.4g,%.4g", i ? " " : "", points[i][0],
                 points[i][1]);
    text_add(&svg->body, "\"/>\n");
}

void svg_dot(struct svg *svg, enum svg_cell kind, double x, double y)
{
    text_add(&svg->body,
             "<circle class=\"%s\" cx=\"%.4g\" cy=\"%.4g\" r=\"5\"/>\n",
             CELLS[kind], x, y);
}

void svg_arrow(struct svg *svg, double x, double height)
{
    const double end = svg->y + height;
    const double shaft[2][2] = {{x, svg->y}, {x, end}};
    const double head[3][2] = {{x - 4, end - 5}, {x, end}, {x + 4, end - 5}};
    svg_stroke(svg, SVG_CURVE, shaft, 2);
    svg_stroke(svg, SVG_CURVE, head, 3);
    svg->y = end;
}

void svg_legend(struct svg *svg, const struct svg_meaning *meanings,
                size_t count)
{
    enum { SIDE = 16, STEP = 22, GAP = 14 };
    double x = SVG_MARGIN;
    for (size_t i = 0; i < count; i++) {
        const char *const words = meanings[i].words;
        if (!words) continue;
        const double width =
            SIDE + 5 + WORDS_ASPECT * 12 * (double)strlen(words) + GAP;
        if (x > SVG_MARGIN && x + width - GAP > SVG_WIDTH - SVG_MARGIN) {
            x = SVG_MARGIN;
            svg->y += STEP;
        }
        svg_cell(svg, meanings[i].kind, x, svg->y, SIDE, SIDE, 0, "");
        svg_label(svg, x + SIDE + 5, svg->y + 12, "start", 12, words);
        x += width;
    }
    if (x > SVG_MARGIN) svg->y += STEP;
}
