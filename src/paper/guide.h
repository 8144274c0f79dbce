/* paper/guide.h: a brand's guide to its renewals, to be downloaded and printed (R82), A4, as many pages as its text needs. */
#pragma once

#include "base/day.h"
#include "paper/invoice.h"

struct guide_paper {
    const struct seller *seller;
    const char *title;      /* msgid */
    const char *text;       /* paragraphs, with a blank line between; one of a single short line without a full stop is a heading */
    const char *brand_name, *colour;
    const char *contact;    /* who helps: "assistenza@…, +39 …" */
    struct day made_on;
};

/* BROKEN, and logged, without a text. The same record gives the same bytes. Owned by `mem`. It is Italian, as the brand's text is. */
enum outcome guide_pdf(void *mem, const struct guide_paper *guide, void **bytes, size_t *length) must_check;
