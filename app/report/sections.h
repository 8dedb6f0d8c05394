/* sections.h - what the sections of the report tell each other. */
#ifndef CONVLET_REPORT_SECTIONS_H
#define CONVLET_REPORT_SECTIONS_H

#include "pictures/colormap.h"
#include "report/report.h"

/* The sections of the page. Out of memory is the text's to remember, or the
 * status'. */
void report_add_curves(const struct report *report, struct text *html);
cvl_status report_add_kernels(const struct report *report, struct text *html,
                              cvl_error *err);
cvl_status report_add_pictures(const struct report *report, struct text *html,
                               cvl_error *err);

/* An <img> of planes of a tensor as heat maps, `columns` side by side. */
cvl_status report_add_heat(const cvl_tensor *tensor, size_t planes,
                           size_t columns, double scale, const char *alt,
                           struct text *html, cvl_error *err);

/* The colours from -scale to scale, with numbers. */
void report_add_legend(double scale, struct text *html);

/* The build makes these from assets/report.css and assets/report.js. */
extern const char report_css[], report_js[];

#endif
