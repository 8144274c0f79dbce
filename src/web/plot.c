#include "web/plot.h"
#include <string.h>
#include <talloc.h>

/* In units of the drawing, of which one is a CSS pixel at its least width. */
#define LEFT     84
#define RIGHT    12
#define TOP      14
#define HEIGHT   250
#define BOTTOM   76
#define WIDTH    880
#define TICKS    5
#define STRAIGHT 5 /* so many labels have room beside each other */

struct drawing {
    const struct plot *plot;
    void *mem;
    struct text_buffer out;
    size_t parts;          /* drawn ones */
    int64_t low, high, by; /* of the axis, and from tick to tick */
    double step;           /* a bar and the room around it */
};

static size_t drawn_parts(const struct plot *p)
{
    return p->part_count > PLOT_PARTS ? PLOT_PARTS : p->part_count;
}

static const char *part_label(const struct plot *p, size_t part)
{
    return part == PLOT_PARTS - 1 && p->part_count > PLOT_PARTS ? p->rest : p->parts[part];
}

static int64_t value_of(const struct plot *p, size_t bar, size_t part)
{
    const int64_t *values = p->values + bar * p->part_count;
    int64_t sum = values[part];

    for (size_t i = PLOT_PARTS; part == PLOT_PARTS - 1 && i < p->part_count; i++)
        sum += values[i];
    return sum;
}

static void find_extent(struct drawing *d)
{
    for (size_t bar = 0; bar < d->plot->bar_count; bar++) {
        int64_t up = 0, down = 0;

        for (size_t part = 0; part < d->parts; part++) {
            int64_t v = value_of(d->plot, bar, part);

            if (d->plot->abreast)
                up = v > up ? v : up;
            else
                up += v > 0 ? v : 0;
            down += v < 0 && !d->plot->abreast ? v : 0;
            down = d->plot->abreast && v < down ? v : down;
        }
        d->high = up > d->high ? up : d->high;
        d->low = down < d->low ? down : d->low;
    }
}

/* Ticks at 1, 2 or 5 times a power of ten, the axis ending on one. */
static void find_ticks(struct drawing *d)
{
    static const int NICE[] = {1, 2, 5};
    int64_t power = 1;

    d->by = 1;
    for (int i = 0; (d->high - d->low) / d->by >= TICKS; i = (i + 1) % 3) {
        d->by = NICE[i] * power;
        power *= i == 2 ? 10 : 1;
    }
    d->high = (d->high + d->by - 1) / d->by * d->by;
    d->low = -((-d->low + d->by - 1) / d->by * d->by);
}

static double y_of(const struct drawing *d, int64_t value)
{
    return TOP + HEIGHT * (double)(d->high - value) / (double)(d->high - d->low);
}

static void put(struct drawing *d, const char *text)
{
    text_put_html(&d->out, text, strlen(text));
}

/* What each pattern adds to its colour: lines, dots; the first has none. */
static void put_patterns(struct drawing *d)
{
    static const char *const MARKS[PLOT_PARTS] = {"",
                                                  "<path d=\"M-2 10L10-2M6 18L18 6\"/>",
                                                  "<path class=\"dots\" d=\"M4 4h.01M12 12h.01\"/>",
                                                  "<path d=\"M0 3h16M0 11h16\"/>",
                                                  "<path d=\"M0 0L16 16M16 0L0 16\"/>",
                                                  "<path d=\"M4 0v16M12 0v16\"/>",
                                                  "<path d=\"M-2 6L10 18M6-2L18 10\"/>"};

    text_put(&d->out, "<defs>");
    for (size_t i = 0; i < d->parts; i++)
        text_put_format(&d->out,
                        "<pattern id=\"plot-%zu\" width=\"16\" height=\"16\" patternUnits=\"userSpaceOnUse\">"
                        "<rect class=\"plot-%zu\" width=\"16\" height=\"16\"/>%s</pattern>",
                        i, i, MARKS[i]);
    text_put(&d->out, "</defs>");
}

static void put_axis(struct drawing *d)
{
    for (int64_t v = d->low; v <= d->high; v += d->by) {
        double y = y_of(d, v);

        text_put_format(&d->out, "<path class=\"%s\" d=\"M%d %.1fH%d\"/><text class=\"scale\" x=\"%d\" y=\"%.1f\">",
                        v == 0 ? "zero" : "tick", LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4);
        put(d, d->plot->text(d->mem, v, true));
        text_put(&d->out, "</text>");
    }
}

static void put_segment(struct drawing *d, size_t bar, size_t part, double x, double width, int64_t from, int64_t to)
{
    double top = y_of(d, from > to ? from : to), bottom = y_of(d, from > to ? to : from);

    text_put_format(&d->out,
                    "<rect fill=\"url(#plot-%zu)\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>", part,
                    x, top, width, bottom - top);
    put(d, d->plot->bars[bar]);
    text_put(&d->out, ", ");
    put(d, part_label(d->plot, part));
    text_put(&d->out, ": ");
    put(d, d->plot->text(d->mem, to - from, false));
    text_put(&d->out, "</title></rect>");
}

static void put_bar(struct drawing *d, size_t bar)
{
    double x = LEFT + d->step * ((double)bar + .14), width = d->step * .72;
    double each = d->plot->abreast ? width / (double)d->parts : width;
    int64_t up = 0, down = 0;

    for (size_t part = 0; part < d->parts; part++) {
        int64_t v = value_of(d->plot, bar, part), *from = v > 0 ? &up : &down;

        if (v == 0)
            continue;
        if (d->plot->abreast) {
            put_segment(d, bar, part, x + each * (double)part, each, 0, v);
        } else {
            put_segment(d, bar, part, x, width, *from, *from + v);
            *from += v;
        }
    }
}

/* Where they are many, labels lean, so that none covers another. */
static void put_label(struct drawing *d, size_t bar)
{
    double x = LEFT + d->step * ((double)bar + .5), y = TOP + HEIGHT + 16;

    if (d->plot->bar_count > STRAIGHT)
        text_put_format(&d->out, "<text class=\"leaning\" x=\"%.1f\" y=\"%.1f\" transform=\"rotate(-32 %.1f %.1f)\">",
                        x + 4, y, x + 4, y);
    else
        text_put_format(&d->out, "<text class=\"straight\" x=\"%.1f\" y=\"%.1f\">", x, y + 4);
    put(d, d->plot->bars[bar]);
    text_put(&d->out, "</text>");
}

char *plot_svg(void *mem, const struct plot *plot)
{
    struct drawing d = {.plot = plot, .mem = mem, .out = text_buffer(mem), .parts = drawn_parts(plot)};

    find_extent(&d);
    if (!plot->bar_count || d.high == d.low)
        return talloc_strdup(mem, "");
    find_ticks(&d);
    d.step = (double)(WIDTH - LEFT - RIGHT) / (double)plot->bar_count;
    text_put_format(&d.out,
                    "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"plot-title plot-about\">"
                    "<title id=\"plot-title\">",
                    WIDTH, TOP + HEIGHT + BOTTOM);
    put(&d, plot->title);
    text_put(&d.out, "</title><desc id=\"plot-about\">");
    put(&d, plot->about);
    text_put(&d.out, "</desc>");
    put_patterns(&d);
    put_axis(&d);
    for (size_t bar = 0; bar < plot->bar_count; bar++) {
        put_bar(&d, bar);
        put_label(&d, bar);
    }
    text_put(&d.out, "</svg>");
    return d.out.bytes;
}

json_t *plot_legend(void *mem, const struct plot *plot)
{
    json_t *list = json_array();

    for (size_t i = 0; i < drawn_parts(plot); i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "label", part_label(plot, i), "swatch_svg",
                            talloc_asprintf(mem,
                                            "<svg class=\"swatch\" width=\"28\" height=\"16\" aria-hidden=\"true\">"
                                            "<rect fill=\"url(#plot-%zu)\" width=\"28\" height=\"16\"/></svg>",
                                            i)));
    return list;
}
