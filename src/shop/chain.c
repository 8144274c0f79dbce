#include "shop/chain.h"
#include "base/log.h"
#include <string.h>
#include <talloc.h>

struct piece {
    void *mem;
    const struct actor *actor;
    struct chain_check check;
    int64_t seen;
    bool more, saved;
};

static enum outcome walk(struct db_tx *tx, void *arg)
{
    struct piece *p = arg;
    struct chain_check *c = &p->check;

    TRY(chain_check_find(tx, c));
    p->seen = c->seq;
    if (!c->begun_at.us || c->ended_at.us) {
        c->seq = c->broken_at = 0;
        c->hash[0] = '\0';
        c->begun_at = db_now(tx);
        c->ended_at.us = 0;
    }
    TRY(chain_walk(tx, p->mem, c, CHAIN_PIECE, &p->more));
    if (p->more)
        return DONE;
    c->ended_at = db_now(tx);
    if (!c->broken_at) {
        c->whole_seq = c->seq;
        memcpy(c->whole_hash, c->hash, sizeof c->hash);
        c->whole_at = c->ended_at;
    }
    return DONE;
}

static enum outcome save(struct db_tx *tx, void *arg)
{
    struct piece *p = arg;
    json_t *data;
    enum outcome o;

    TRY(chain_check_save(tx, &p->check, p->seen, &p->saved));
    if (!p->saved || !p->check.broken_at)
        return DONE;
    data = json_pack("{s:I}", "at", (json_int_t)p->check.broken_at);
    o = event_record(tx, "", p->actor, "chain.broken", 0, 0, data);
    json_decref(data);
    return o;
}

enum outcome chain_verify(struct shop *shop, void *mem, int pieces, const struct actor *actor,
                          struct chain_check *check)
{
    struct piece p = {.actor = actor, .more = true};

    for (int i = 0; i < pieces && p.more; i++) {
        p.mem = talloc_new(mem);
        enum outcome o = db_read(shop->db, "chain.walk", walk, &p);
        talloc_free(p.mem);
        TRY(o);
        TRY(db_transaction(shop->db, "chain.save", save, &p));
        if (!p.saved) /* somebody else walks: once is enough */
            break;
    }
    if (p.check.broken_at)
        log_error("chain.broken", LOG_INT("at", p.check.broken_at));
    *check = p.check;
    return DONE;
}
