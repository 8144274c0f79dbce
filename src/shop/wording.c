/* A text is written, asked for, published and taken back. */
#include "shop/wording.h"
#include "base/i18n.h"
#include "shop/catalogue.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define REASON_MOST 500
#define AHEAD_MOST  (3 * 366) /* days */

static enum outcome fault(struct problem *why, enum problem_code code, const char *field)
{
    return problem_set(why, code, field, "%s", "");
}

/* ---- A draft ---- */

/* Lines end as in files, and those of the last line too. */
static char *unix_lines(void *mem, const char *text)
{
    struct text_buffer out = text_buffer(mem);

    for (; *text; text++)
        if (text[0] != '\r')
            text_put_bytes(&out, text, 1);
    if (out.length && out.bytes[out.length - 1] != '\n')
        text_put(&out, "\n");
    return out.bytes;
}

/* Outside HTML nothing is escaped: {{nome}} is as good as {{{nome}}}. */
static char *unescaped(void *mem, const char *text)
{
    struct text_buffer out = text_buffer(mem);
    const char *open, *close;

    for (; (open = strstr(text, "{{")) && (close = strstr(open, "}}")); text = close + 2) {
        const char *name = open + 2 + strspn(open + 2, " ");
        bool value = *name && !strchr("{#^/!>&=", *name);

        if (*name == '{' && close[2] == '}')
            close++;
        text_put_bytes(&out, text, (size_t)(open - text));
        text_put(&out, value ? "{" : "");
        text_put_bytes(&out, open, (size_t)(close + 2 - open));
        text_put(&out, value ? "}" : "");
    }
    text_put(&out, text);
    return out.bytes;
}

/* Of a mail over its three parts, of anything else over its words alone, as a brand's files are hashed. */
static char *hash_of(void *mem, const struct wording *w)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    const char *part[] = {w->body, w->html, w->subject};

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < (wording_is_mail(w->name) ? count_of(part) : 1); i++)
        crypto_hash_sha256_update(&state, (const unsigned char *)part[i], strlen(part[i]));
    crypto_hash_sha256_final(&state, hash);
    return text_hex(mem, hash, sizeof hash);
}

/* A version means the same words for ever. */
static enum outcome check_version(struct db_tx *tx, void *mem, const struct brand *b, const struct wording *w,
                                  struct problem *why)
{
    bool taken = false;

    if (wording_is_mail(w->name))
        return DONE;
    TRY(wording_version_taken(tx, b->id, w->name, w->version, &taken));
    return taken || wording_has_file(mem, b, w->name, w->version) ? fault(why, PROBLEM_WORDING_VERSION, "version")
                                                                  : DONE;
}

static enum outcome note(struct db_tx *tx, const struct wording *w, const struct actor *actor, const char *kind)
{
    char from[DAY_TEXT] = "";
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "text", (json_int_t)w->id, "name", w->name,
                             "language", w->language, "version", w->version, "sha256", w->sha256, "from",
                             w->from.n ? day_iso(w->from, from) : "", "reason", w->reason ? w->reason : "");
    enum outcome o = event_record(tx, w->brand, actor, kind, 0, 0, data);

    json_decref(data);
    return o;
}

enum outcome wording_save(struct db_tx *tx, void *mem, const struct brand *b, struct wording *w,
                          const struct actor *actor, struct problems *faults)
{
    bool mail = wording_is_mail(w->name);
    struct problem why = {0};
    enum outcome o;

    if (!wording_known(b, w->name, w->language))
        return problems_add(faults, PROBLEM_NOT_FOUND, "", "%s", "");
    w->brand = (char *)b->id;
    w->body = unix_lines(mem, w->body ? w->body : "");
    w->html = mail ? unix_lines(mem, w->html ? w->html : "") : (char *)"";
    w->subject = mail ? text_trim(mem, w->subject ? w->subject : "") : (char *)"";
    if (mail) {
        w->subject = unescaped(mem, w->subject);
        w->body = unescaped(mem, w->body);
    }
    w->sha256 = hash_of(mem, w);
    w->version = mail ? talloc_strndup(mem, w->sha256, VIEW_VERSION - 1) : w->version ? w->version : (char *)"";
    TRY(wording_check(mem, b, w, faults));
    o = check_version(tx, mem, b, w, &why);
    if (o != DONE)
        return o == REFUSED ? problems_add(faults, why.code, why.field, "%s", why.detail) : o;
    w->written_by = (char *)actor->name;
    TRY(wording_draft_put(tx, w));
    return note(tx, w, actor, "text.drafted");
}

/* ---- Publishing ---- */

struct day wording_first_day(struct db_tx *tx, const char *name)
{
    return wording_is_mail(name) ? db_today(tx) : catalogue_first_day(db_now(tx));
}

static enum outcome load_draft(struct db_tx *tx, void *mem, int64_t id, struct wording *w, struct problem *why)
{
    enum outcome o = wording_by_id(tx, mem, id, w);

    if (o == REFUSED || (o == DONE && strcmp(w->state, WORDING_DRAFT) != 0))
        return fault(why, PROBLEM_NOT_FOUND, "");
    return o;
}

/* Of what is accepted, one a day: whoever has read it knows the day's. */
static enum outcome check_day(struct db_tx *tx, void *mem, const struct wording *w, struct problem *why)
{
    struct wording *all;
    size_t count;

    if (day_before(w->from, wording_first_day(tx, w->name)) || day_before(day_plus(db_today(tx), AHEAD_MOST), w->from))
        return fault(why, PROBLEM_DAY_RANGE, "from");
    if (wording_is_mail(w->name))
        return DONE;
    TRY(wordings_of(tx, mem, w->brand, w->name, w->language, &all, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].state, WORDING_PUBLISHED) == 0 && day_same(all[i].from, w->from))
            return fault(why, PROBLEM_CATALOGUE_DAY, "from");
    return DONE;
}

/* Once more, as the world may have changed since it was written. */
static enum outcome check(struct db_tx *tx, void *mem, const struct brand *b, const struct wording *w,
                          struct problem *why)
{
    struct problems faults = {0};

    if (!b)
        return fault(why, PROBLEM_BRAND, "brand");
    if (wording_check(mem, b, w, &faults) != DONE)
        return problem_set(why, faults.item[0].code, "", "%s", faults.item[0].detail);
    TRY(check_version(tx, mem, b, w, why));
    return check_day(tx, mem, w, why);
}

static const char *text_at(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));

    return text ? text : "";
}

static enum outcome act(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data, const struct actor *actor,
                        const char *reason, struct problem *why)
{
    const char *from = text_at(data, "from");
    struct wording w;
    bool changed;

    TRY(load_draft(tx, mem, json_integer_value(json_object_get(data, "text")), &w, why));
    if (strcmp(w.sha256, text_at(data, "sha256")) != 0 || strcmp(w.version, text_at(data, "version")) != 0)
        return fault(why, PROBLEM_WORDING_CHANGED, "");
    if (day_parse(from, strlen(from), &w.from) != DONE)
        return fault(why, PROBLEM_NOT_A_DATE, "from");
    if (wording_is_mail(w.name)) /* one that was wanted at once counts from when it was agreed to */
        w.from = day_later(w.from, db_today(tx));
    TRY(check(tx, mem, brand_by_id(shop->brands, w.brand), &w, why));
    w.reason = (char *)reason;
    w.decided_by = (char *)actor->name;
    TRY(wording_publish(tx, &w, &changed));
    return changed ? note(tx, &w, actor, "text.published") : BUSY;
}

const struct approval_kind APPROVE_TEXT = {"text", N_("Testo"), OFFICE_CATALOGUE, OFFICE_CATALOGUE, act};

enum outcome wording_publish_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct wording_publishing *p,
                                 int64_t *approval, bool *waits, struct problem *why)
{
    const struct brand *b;
    char day[DAY_TEXT];
    struct wording w;
    json_t *data;
    enum outcome o;

    TRY(load_draft(tx, mem, p->id, &w, why));
    b = brand_by_id(shop->brands, w.brand);
    w.from = p->from;
    TRY(check(tx, mem, b, &w, why));
    if (!p->reason || text_is_blank(p->reason))
        return fault(why, PROBLEM_REQUIRED, "reason");
    if (text_characters(p->reason) > REASON_MOST)
        return problem_set(why, PROBLEM_TOO_LONG, "reason", "%d", REASON_MOST);
    data = json_pack("{s:I, s:s, s:s, s:s, s:s}", "text", (json_int_t)w.id, "sha256", w.sha256, "version", w.version,
                     "from", day_iso(w.from, day), "name", w.name);
    day_italian(w.from, day);
    o = approval_ask(
        tx, shop, mem,
        &(struct approval_ask){
            .kind = &APPROVE_TEXT,
            .brand = w.brand,
            .subject = talloc_asprintf(mem, "text:%" PRId64, w.id),
            .title = talloc_asprintf(mem, N_("Testo di %s: %s, %s, dal %s"), b->name, w.name, w.language, day),
            .link = talloc_asprintf(mem, "/office/catalogo/%s/testi/%s/versioni/%" PRId64, b->id, w.name, w.id),
            .reason = p->reason,
            .data = data,
            .actor = p->actor},
        approval, waits, why);
    json_decref(data);
    return o;
}

enum outcome wording_drop(struct db_tx *tx, void *mem, int64_t id, const struct actor *actor, struct wording *w,
                          struct problem *why)
{
    enum outcome o = wording_by_id(tx, mem, id, w);
    bool changed, draft;

    if (o == REFUSED || (o == DONE && strcmp(w->state, WORDING_WITHDRAWN) == 0))
        return fault(why, PROBLEM_NOT_FOUND, "");
    TRY(o);
    draft = strcmp(w->state, WORDING_DRAFT) == 0;
    if (!draft && day_before(w->from, catalogue_first_day(db_now(tx))))
        return fault(why, PROBLEM_DAY_RANGE, "");
    TRY(draft ? wording_draft_drop(tx, id, &changed) : wording_withdraw(tx, id, actor->name, &changed));
    return changed ? note(tx, w, actor, draft ? "text.dropped" : "text.withdrawn") : BUSY;
}
