/* paper/qr.c: QR symbols by libqrencode, and their drawing for a web page. */
#include "base/log.h"
#include "base/text.h"
#include "paper/epc.h"
#include <errno.h>
#include <qrencode.h>
#include <string.h>
#include <talloc.h>

#define VERSION_LIMIT 13
#define BYTES_LIMIT   331 /* what version 13 holds at level M in byte mode */
#define QUIET         4

enum outcome qr_encode(void *mem, const char *payload, size_t length, struct qr *qr, struct problem *why)
{
    QRcode *code;
    size_t modules;

    if (length == 0 || length > BYTES_LIMIT)
        return problem_set(why, PROBLEM_TOO_LARGE, "payload", "%d byte", BYTES_LIMIT);
    code = QRcode_encodeData((int)length, (const unsigned char *)payload, 0, QR_ECLEVEL_M);
    if (!code)
        return log_broken("qr.encode", LOG_INT("errno", errno), LOG_INT("length", length));
    if (code->version > VERSION_LIMIT) {
        QRcode_free(code);
        return problem_set(why, PROBLEM_TOO_LARGE, "payload", "%d byte", BYTES_LIMIT);
    }
    modules = (size_t)code->width * (size_t)code->width;
    qr->side = code->width;
    qr->dark = talloc_array(mem, unsigned char, modules);
    for (size_t i = 0; i < modules; i++)
        qr->dark[i] = code->data[i] & 1; /* the other bits say what the module is for */
    QRcode_free(code);
    return DONE;
}

/* One subpath for each run of dark modules in a row: about a third of one for each module. Colours stay black on white
 * in dark pages too, because many readers do not take an inverted symbol. */
char *qr_svg(void *mem, const struct qr *qr, const char *label)
{
    struct text_buffer svg = text_buffer(mem);
    int whole = qr->side + 2 * QUIET;

    text_put_format(
        &svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
        whole, whole);
    text_put_html(&svg, label, strlen(label));
    text_put_format(
        &svg,
        "\" shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
        whole, whole);
    for (int y = 0; y < qr->side; y++)
        for (int x = 0, run; x < qr->side; x += run) {
            const unsigned char *row = qr->dark + (size_t)y * (size_t)qr->side;

            for (run = 1; x + run < qr->side && row[x + run] == row[x]; run++)
                ;
            if (row[x])
                text_put_format(&svg, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
        }
    text_put(&svg, "\"/></svg>");
    return svg.bytes;
}
