/* base/outcome.h: the four ways a call can end, the same four everywhere.
 *
 *   DONE     it happened.
 *   REFUSED  the user's or the peer's business; a struct problem says what to do about it.
 *   BUSY     not now; the same call may work in a moment (a lock, a serialization conflict, a full queue).
 *   BROKEN   our fault or our machine's; logged where it was noticed, answered with 500. */
#pragma once

enum outcome { DONE, REFUSED, BUSY, BROKEN };

/* A chain of steps stops at the first that is not DONE, and its outcome becomes the caller's. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum outcome try_outcome = (call);                                                         \
        if (try_outcome != DONE)                                                                   \
            return try_outcome;                                                                    \
    } while (0)

#define must_check __attribute__((warn_unused_result))
#define like_printf(nth, first) __attribute__((format(printf, nth, first)))
#define count_of(array) (sizeof(array) / sizeof((array)[0]))
