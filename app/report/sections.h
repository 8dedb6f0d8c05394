/* sections.h - what the sections of the report tell each other. */
#ifndef CONVLET_REPORT_SECTIONS_H
#define CONVLET_REPORT_SECTIONS_H

#include "pictures/colormap.h"
#include "report/report.h"

/* The sections of the page. Out of memory is the text's to remember, or the
 * status'. */
void report_add_curves(const struct report *report, struct text *html);
void report_add_updates(const struct report *report, struct text *html);
void report_add_progress(const struct report *report, struct text *html);
void report_add_verdict(const struct report *report, struct text *html);
cvl_status report_add_confusion(const struct report *report, struct text *html,
                                cvl_error *err);
cvl_status report_add_mistakes(const struct report *report, struct text *html,
                               cvl_error *err);
cvl_status report_add_looks(const struct report *report, struct text *html,
                            cvl_error *err);
cvl_status report_add_features(const struct report *report, struct text *html,
                               cvl_error *err);
cvl_status report_add_kernels(const struct report *report, struct text *html,
                              cvl_error *err);
cvl_status report_add_pictures(const struct report *report, struct text *html,
                               cvl_error *err);

/* An <img> of samples of 8 bits, of 1, 3 or 4 channels. The words are escaped,
 * the class is not. */
cvl_status report_add_image(const unsigned char *samples, size_t width,
                            size_t height, size_t channels, const char *alt,
                            const char *class, struct text *html,
                            cvl_error *err);

/*
 * An <img class="sample"> of a sample as it is kept: grey or in colours, a
 * pixel for each of its own, or the mean of some where it is longer than
 * `side`. Numbers beyond 0 to 1 are spread from the least, black, to the most;
 * other channels than 1 or 3 stand side by side, at most 4 of them.
 */
cvl_status report_add_sample(const struct samples *samples, size_t index,
                             size_t side, const char *alt, struct text *html,
                             cvl_error *err);

/* The name of a class, escaped. */
void report_add_class(const struct samples *samples, size_t label,
                      struct text *html);

/* Does a classifier get no more right than always the same answer would? */
bool report_is_no_better(const struct report_labels *labels);

/* What a case is and was taken for, once the probe has run on it. */
void report_add_case(const struct report *report, const struct probe_case *one,
                     struct text *html);

/* A channel of image 0 of a tensor: a pixel is the mean of every x every
 * numbers, or of what there is of them at the edges. */
struct report_plane {
    const cvl_tensor *from;
    size_t channel;
    size_t every;
    double scale; /* what is white, or the ends of the colours */
    bool is_grey; /* black is 0 */
};

/* An <img class="plane"> of that. */
cvl_status report_add_plane(const struct report_plane *plane, const char *alt,
                            struct text *html, cvl_error *err);

/* An <img> of planes of a tensor as heat maps, `columns` side by side. */
cvl_status report_add_heat(const cvl_tensor *tensor, size_t planes,
                           size_t columns, double scale, const char *alt,
                           struct text *html, cvl_error *err);

/* The colours from -scale to scale, with numbers. */
void report_add_legend(double scale, struct text *html);

/* The build makes these from assets/report.css and assets/report.js. */
extern const char report_css[], report_js[];

#endif
