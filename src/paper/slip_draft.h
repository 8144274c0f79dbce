/* paper/slip_draft.h: the page of a postal slip while it is drawn; shared by slip.c and slip_form.c. */
#pragma once

#include "paper/sheet.h"
#include "paper/slip.h"

#define SLIP_MM     (72 / 25.4)
#define SLIP_WIDTH  (297 * SLIP_MM)
#define SLIP_HEIGHT (102 * SLIP_MM)

struct slip_draft {
    struct sheet sheet;
    const struct slip_paper *paper;
    struct slip slip;
    struct symbol matrix;       /* of a complete slip */
    const char *holder;
    char reference[20];         /* in groups */
    double y;                   /* where the next thing goes */
};

void slip_form(struct slip_draft *d); /* the slip, at the bottom of the page */
