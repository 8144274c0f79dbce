#include "shop/provider_list.h"
#include "base/csv.h"
#include "store/notice.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE 1000

static void put_day(struct text_buffer *out, struct day day, bool last)
{
    char text[DAY_TEXT] = "";

    csv_put(out, day.n ? day_iso(day, text) : "", last);
}

static void put_row(struct text_buffer *out, const struct mailbox *m)
{
    csv_put(out, m->address, false);
    csv_put(out, m->user_id, false);
    csv_put(out, m->plan, false);
    text_put_format(out, "%" PRId64 ";%" PRId64 ";", m->extra_gb, m->extra_archive_gb);
    csv_put(out, m->status, false);
    csv_put(out, m->holder.name, false);
    csv_put(out, m->holder.tax_code, false);
    put_day(out, m->activated_on, false);
    put_day(out, m->term.ends_on, false);
    put_day(out, m->allowed.send_until, false);
    put_day(out, m->allowed.receive_until, false);
    put_day(out, m->allowed.read_until, true);
}

enum outcome provider_list_parts(struct db_tx *tx, int64_t *parts)
{
    int64_t newest;

    TRY(mailbox_newest(tx, &newest));
    *parts = newest <= PROVIDER_LIST_PART ? 1 : (newest + PROVIDER_LIST_PART - 1) / PROVIDER_LIST_PART;
    return DONE;
}

enum outcome provider_list(struct db_tx *tx, void *mem, const struct brand *brand, int64_t part,
                           struct text_buffer *out, int64_t *lines)
{
    int64_t after = (part - 1) * PROVIDER_LIST_PART, until = part * PROVIDER_LIST_PART;
    size_t count;

    text_put(out, "indirizzo;user_id;tipo;gb_extra;gb_archivio_extra;stato;titolare;codice_fiscale;attivata;scade;"
                  "invia_fino;riceve_fino;legge_fino\n");
    *lines = 0;
    do {
        void *page = talloc_new(mem);
        struct mailbox *all;
        enum outcome o = mailboxes_after(tx, page, after, PAGE, &all, &count);

        for (size_t i = 0; o == DONE && i < count; i++) {
            after = all[i].id;
            if (after > until)
                break;
            if (strcmp(all[i].brand, brand->id) == 0 &&
                strcmp(all[i].status, mailbox_status_name(MAILBOX_DELETED)) != 0) {
                put_row(out, &all[i]);
                ++*lines;
            }
        }
        talloc_free(page);
        TRY(o);
    } while (count == PAGE && after < until);
    return DONE;
}
