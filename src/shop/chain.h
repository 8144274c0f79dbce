/* shop/chain.h: the chain of events verified some at a time, by the day's turn and by whoever asks at the desk; what it found is kept. */
#pragma once

#include "shop/shop.h"
#include "store/event_log.h"

#define CHAIN_PIECE 20000
/* Goes on where the last walk stopped, or, when that has ended, anew from the beginning; at most `pieces` of CHAIN_PIECE places. Where
 * the end is reached, or a place is broken, *check says so, and a break is an event of its own. */
enum outcome chain_verify(struct shop *shop, void *mem, int pieces, const struct actor *actor, struct chain_check *check) must_check;
