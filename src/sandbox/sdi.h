/* sandbox/sdi.h: a simulated exchange system (SdI; PAYMENTS §9.7, §9.8) that takes invoices out of a folder, or out of mails in it
 * (*.eml), and answers with notices in another, which is a maildir where it has `new/`. What it has seen it remembers in
 * OUTGOING/.sdi.json, for ever as the real one does. */
#pragma once

#include "base/clock.h"
#include "base/problem.h"

struct sdi_sandbox {
    const char *outgoing, *notices;
    struct instant now;
    /* What is answered, NULL: what SdI would say by itself: NS 00001, 00002, 00200, 00311 (a code that begins with KO), 00404; MC to
     * who has neither code nor PEC; AT for the office 999999; otherwise RC. Else notices in this order, so also out of it, joined by
     * commas: "RC", "MC", "AT", "DT", "MT", "NE:EC01", "NE:EC02", "NS:00305" (any code; also "NS:00305+00311"), "garbage" (half a
     * notice), "twice" (the one before again, with another number); "none": nothing, for now. */
    const char *answer;
    bool waiting; /* answers what it was silent about, not what is new */
};

struct sdi_sandbox_turn {
    int files, notices;
};
/* Whatever is there, once. Files that are taken move to OUTGOING/done. REFUSED: a folder that cannot be used, or an answer that it does
 * not know. */
enum outcome sdi_sandbox_turn(void *mem, const struct sdi_sandbox *sdi, struct sdi_sandbox_turn *turn, struct problem *why) must_check;
