/* shop/day_autorenew.c: automatic renewal's part of the day: what is charged is announced first, then what is due is
 * charged. After the notices, whose plan announces most of it (shop/day_notices.c). */
#include "shop/autorenew.h"
#include "shop/day_sweep.h"

enum outcome day_announcements(struct day_turn *turn, int64_t *done)
{
    struct autorenew_turned turned;
    enum outcome o = autorenew_announce(turn->shop, turn->mem, &turned);

    *done += turned.warned + turned.lost;
    return o;
}

enum outcome day_charges(struct day_turn *turn, int64_t *done)
{
    struct autorenew_turned turned;
    enum outcome o = autorenew_charge(turn->shop, turn->mem, &turned);

    *done += turned.charged + turned.refused + turned.unknown + turned.left + turned.lost;
    return o;
}
