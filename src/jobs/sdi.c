#include "jobs/sdi.h"
#include "base/log.h"
#include "link/sdi_notice.h"
#include <talloc.h>

struct notice_work {
    struct shop *shop;
    void *mem;
    const char *brand, *name;
    struct db_blob bytes;
    const struct sdi_notice *notice;
    struct problem wrong;
    struct sdi_heard *heard;
};

static enum outcome hear(struct db_tx *tx, void *arg)
{
    struct notice_work *w = arg;

    return sdi_hear_notice(tx, w->mem, w->shop->brands, w->brand, w->name, &w->bytes, w->notice, w->wrong.detail,
                           w->heard);
}

enum outcome sdi_notice_given(struct shop *shop, void *mem, const char *brand, const char *name, const void *bytes,
                              size_t length, struct sdi_heard *heard)
{
    struct notice_work w = {.shop = shop, .mem = mem, .brand = brand, .name = name, .heard = heard};
    struct sdi_notice notice;
    enum outcome o = sdi_notice_read(mem, name, bytes, length, &notice, &w.wrong);

    if (o != DONE && o != REFUSED)
        return o;
    w.bytes = (struct db_blob){.bytes = (void *)bytes, .length = length};
    w.notice = o == DONE ? &notice : NULL;
    TRY(db_transaction(shop->db, "sdi.hear", hear, &w));
    if (!heard->repeated &&
        (heard->effect == SDI_UNREADABLE || heard->effect == SDI_STRANGE || heard->effect == SDI_AGAINST))
        log_warning("sdi.notice", LOG_TEXT("file", name), LOG_TEXT("effect", sdi_effect_name(heard->effect)),
                    LOG_TEXT("why", w.wrong.detail));
    return DONE;
}

struct collecting {
    struct shop *shop;
    void *mem;
    const char *brand;
    int *taken;
};

static enum outcome take(void *arg, const char *name, const void *bytes, size_t length)
{
    struct collecting *c = arg;
    void *scratch = talloc_new(c->mem);
    struct sdi_heard heard;
    enum outcome o = sdi_notice_given(c->shop, scratch, c->brand, name, bytes, length, &heard);

    *c->taken += o == DONE && !heard.repeated;
    talloc_free(scratch);
    return o;
}

enum outcome sdi_collect(struct shop *shop, void *mem, int most, int *taken)
{
    for (size_t i = 0; shop->sdi && i < shop->sdi->count; i++) {
        const struct sdi_channel_of *of = &shop->sdi->all[i];
        struct collecting c = {.shop = shop, .mem = talloc_new(mem), .brand = of->brand, .taken = taken};
        enum outcome o = of->channel.collect(of->channel.arg, c.mem, most, take, &c);

        talloc_free(c.mem);
        if (o == BROKEN)
            return o;
        if (o != DONE)
            log_warning("sdi.collect", LOG_TEXT("brand", of->brand), LOG_INT("outcome", o));
    }
    return DONE;
}
