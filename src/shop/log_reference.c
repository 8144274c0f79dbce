#include "shop/log_reference.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "rules/retention.h"
#include "shop/day_sweep.h"
#include "shop/describe.h"
#include "store/search.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static bool is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

enum outcome log_reference_add(struct db_tx *tx, const struct mailbox *mailbox, const struct actor *actor,
                               struct log_reference *r, bool *added, struct problem *why)
{
    json_t *data;
    enum outcome o;

    if (day_before(db_today(tx), r->to_on))
        return problem_set(why, PROBLEM_DAY_RANGE, "to", "%s", "");
    if (day_before(r->to_on, r->from_on))
        return problem_set(why, PROBLEM_DAY_RANGE, "from", "%s", "");
    if (text_is_blank(r->location))
        return problem_set(why, PROBLEM_REQUIRED, "where", "%s", "");
    if (r->sha256[0] && !is_sha256(r->sha256))
        return problem_set(why, PROBLEM_NOT_TEXT, "sha256", "%s", "");
    r->mailbox_id = mailbox->id;
    r->added_by = (char *)actor->name;
    TRY(log_reference_insert(tx, r, added));
    if (!*added)
        return DONE;
    data = json_pack("{s:I}", "reference", (json_int_t)r->id);
    o = event_record(tx, mailbox->brand, actor, "log.referenced", 0, mailbox->id, data);
    json_decref(data);
    return o;
}

enum outcome log_references_ask(struct db_tx *tx, void *mem, const struct mailbox *mailbox, const struct actor *actor,
                                struct log_reference **rows, size_t *count)
{
    TRY(log_references_of(tx, mem, mailbox->id, LOG_REFERENCES_SHOWN, rows, count));
    return event_record(tx, mailbox->brand, actor, "log.asked", 0, mailbox->id, NULL);
}

enum outcome log_mailbox_seek(struct db_tx *tx, void *mem, const char *brand, const char *address,
                              struct mailbox *mailbox, struct problem *why)
{
    const char *addresses[SEARCH_POINTS] = {text_lower(mem, address), "", "", "", "", "", "", ""};
    struct found_box *found;
    size_t count;

    TRY(found_boxes_at(tx, mem, brand, addresses, "", &found, &count));
    if (count == 0)
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    return mailbox_by_id(tx, mem, found[0].id, mailbox);
}

struct day log_reference_kept(const struct log_reference *r)
{
    struct day over = retention_over(RETAIN_LOG, r->last_on, 0);

    return over.n == DAY_NEVER.n ? over : day_plus(over, -1);
}

/* ---- The day ---- */

static enum outcome remove_old(struct db_tx *tx, void *arg)
{
    struct day today = db_today(tx), reach = day_plus(day_add_months(today, -RETENTION_LOG_MONTHS, 0), 3);

    while (day_before(today, retention_over(RETAIN_LOG, reach, 0)))
        reach = day_plus(reach, -1);
    return log_references_remove(tx, reach, arg);
}

enum outcome day_log_references(struct day_turn *turn, int64_t *done)
{
    int64_t removed = 0;

    TRY(db_transaction_rows(turn->shop->db, "log_references.remove", remove_old, &removed));
    *done += removed;
    return DONE;
}

/* ---- In words ---- */

json_t *describe_log_reference(const struct log_reference *r)
{
    return json_pack("{s:I, s:o, s:o, s:s, s:s, s:I, s:o}", "id", (json_int_t)r->id, "from", describe_day(r->from_on),
                     "to", describe_day(r->to_on), "where", r->location, "sha256", r->sha256, "bytes",
                     (json_int_t)r->bytes, "kept_until", describe_day(log_reference_kept(r)));
}

char *log_references_csv(void *mem, const char *language, const struct log_reference *rows, size_t count)
{
    struct text_buffer out = text_buffer(mem);

    text_put_format(&out, CSV_MARK "%s\r\n", i18n(language, N_("Dal;Al;Dove;SHA-256;Byte;Si conserva fino al")));
    for (size_t i = 0; i < count; i++) {
        const struct log_reference *r = &rows[i];
        struct day kept = log_reference_kept(r);
        char day[DAY_TEXT];

        text_put_format(&out, "%s;", day_italian(r->from_on, day));
        text_put_format(&out, "%s;\"%s", day_italian(r->to_on, day), strchr("=+-@\t", r->location[0]) ? "'" : "");
        for (const char *c = r->location; *c; c++)
            text_put_bytes(&out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
        text_put_format(&out, "\";%s;%.0" PRId64 ";%s\r\n", r->sha256, r->bytes,
                        day_is_known(kept) ? day_italian(kept, day) : "");
    }
    return out.bytes;
}
