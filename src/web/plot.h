/* web/plot.h: bars, drawn as SVG by the server: no script, no library. It is read without colours (each part has a pattern of its own),
 * in light and in dark (the page's CSS gives the colours), and aloud (title and description; the figures stand in a table below). */
#pragma once

#include "base/text.h"
#include <jansson.h>
#include <stdint.h>

#define PLOT_PARTS 7 /* as many patterns; what is beyond them is drawn together as the last one */

struct plot {
    const char *title, *about; /* of the whole, read aloud */
    const char *rest;          /* what the parts beyond PLOT_PARTS are called together: "altri" */
    const char *const *bars;   /* their labels */
    size_t bar_count;
    const char *const *parts;
    size_t part_count;
    const int64_t *values;     /* bar by bar; negative ones are drawn downwards */
    bool abreast;              /* parts stand side by side, not on top of each other */
    char *(*text)(void *mem, int64_t value, bool whole); /* a figure, and (whole) one beside the axis */
};

/* The <svg>, and [{swatch_svg, label}] of its parts; "" and [] where there is nothing above or below zero. */
char *plot_svg(void *mem, const struct plot *plot);
json_t *plot_legend(void *mem, const struct plot *plot);
