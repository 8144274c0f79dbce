#include "shop/search.h"
#include "base/text.h"
#include "store/invoice.h"
#include <string.h>
#include <talloc.h>

struct looking {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const struct search_request *request;
    struct search_found *found;
};

/* The same mailbox by two of its keys is one. */
static size_t distinct_boxes(struct found_box *rows, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool known = false;

        for (size_t j = 0; j < kept && !known; j++)
            known = rows[j].id == rows[i].id;
        if (!known)
            rows[kept++] = rows[i];
    }
    return kept;
}

static size_t distinct_accounts(struct found_account *rows, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool known = false;

        for (size_t j = 0; j < kept && !known; j++)
            known = rows[j].id == rows[i].id;
        if (!known)
            rows[kept++] = rows[i];
    }
    return kept;
}

static enum outcome by_keys(struct looking *l)
{
    const struct search_request *r = l->request;
    struct search_found *f = l->found;
    bool alone = r->group != SEARCH_ALL;
    size_t most = alone ? SEARCH_PAGE : SEARCH_GROUP;
    const struct key_page page = {.brand = r->brand,
                                  .key = f->typed.key,
                                  .after_key = alone ? r->after_key : NULL,
                                  .after_id = r->after_id,
                                  .limit = (int)most + 1};

    if (r->group == SEARCH_ALL || r->group == SEARCH_BOXES) {
        TRY(found_boxes(l->tx, l->mem, &page, &f->boxes, &f->box_count));
        f->more_boxes = f->box_count > most;
        f->box_count = distinct_boxes(f->boxes, f->more_boxes ? most : f->box_count);
    }
    if (r->group == SEARCH_ALL || r->group == SEARCH_ACCOUNTS) {
        TRY(found_accounts(l->tx, l->mem, &page, &f->accounts, &f->account_count));
        f->more_accounts = f->account_count > most;
        f->account_count = distinct_accounts(f->accounts, f->more_accounts ? most : f->account_count);
    }
    return DONE;
}

/* An address as it was typed, or a word as what stands before each brand's domain, and as a user-id. */
static enum outcome by_points(struct looking *l, struct found_box **boxes, size_t *count)
{
    const struct search_typed *t = &l->found->typed;
    const char *addresses[SEARCH_POINTS] = {"", "", "", "", "", "", "", ""};
    size_t n = 0;

    if (t->address)
        addresses[n++] = t->address;
    for (size_t i = 0; t->word && i < l->brands->count && n < SEARCH_POINTS; i++)
        addresses[n++] = talloc_asprintf(l->mem, "%s@%s", text_lower(l->mem, t->word), l->brands->all[i].domain);
    return found_boxes_at(l->tx, l->mem, l->request->brand, addresses, t->word ? t->word : "", boxes, count);
}

static enum outcome by_codes(struct looking *l)
{
    const struct search_typed *t = &l->found->typed;
    const char *codes[SEARCH_CODES] = {"", "", "", ""};

    for (size_t i = 0; i < t->code_count; i++)
        codes[i] = t->codes[i];
    return found_orders(l->tx, l->mem, l->request->brand, codes, &l->found->orders, &l->found->order_count);
}

static enum outcome by_invoice(struct looking *l)
{
    const struct search_typed *t = &l->found->typed;
    const char *brands[SEARCH_POINTS] = {"", "", "", "", "", "", "", ""};
    size_t n = 0;

    if (l->request->brand[0])
        brands[n++] = l->request->brand;
    for (size_t i = 0; !l->request->brand[0] && i < l->brands->count && n < SEARCH_POINTS; i++)
        brands[n++] = l->brands->all[i].id;
    return found_invoices(l->tx, l->mem, brands, t->credit_note ? INVOICE_CREDIT_NOTE : INVOICE_ORDINARY,
                          t->invoice_year, t->invoice_number, &l->found->invoices, &l->found->invoice_count);
}

static enum outcome by_iban(struct looking *l)
{
    struct search_found *f = l->found;
    size_t most = l->request->group == SEARCH_ENTRIES ? SEARCH_PAGE : SEARCH_GROUP;

    TRY(found_entries(l->tx, l->mem, l->request->brand, f->typed.iban, l->request->after_id, (int)most + 1, &f->entries,
                      &f->entry_count));
    f->more_entries = f->entry_count > most;
    f->entry_count = f->more_entries ? most : f->entry_count;
    return DONE;
}

/* What was hit exactly stands before what only begins like it. */
static void put_first(void *mem, struct search_found *f, const struct found_box *points, size_t count)
{
    struct found_box *all;

    if (count == 0)
        return;
    all = talloc_array(mem, struct found_box, (unsigned)(count + f->box_count));
    memcpy(all, points, count * sizeof *all);
    if (f->box_count)
        memcpy(all + count, f->boxes, f->box_count * sizeof *all);
    f->boxes = all;
    f->box_count = distinct_boxes(all, count + f->box_count);
}

enum outcome search(struct db_tx *tx, void *mem, const struct brands *brands, const struct search_request *request,
                    struct search_found *found)
{
    struct looking l = {tx, mem, brands, request, found};
    struct code_forms forms = brands_code_forms(mem, brands);
    struct found_box *points = NULL;
    size_t point_count = 0;

    *found = (struct search_found){0};
    search_read(mem, request->typed, &forms, &found->typed);
    if (found->typed.iban[0])
        return by_iban(&l);
    if (found->typed.code_count)
        return by_codes(&l);
    if (found->typed.invoice_number)
        return by_invoice(&l);
    if (request->group == SEARCH_ALL && (found->typed.address || found->typed.word))
        TRY(by_points(&l, &points, &point_count));
    if (found->typed.key)
        TRY(by_keys(&l));
    put_first(mem, found, points, point_count);
    return DONE;
}

size_t search_count(const struct search_found *f)
{
    return f->box_count + f->account_count + f->order_count + f->invoice_count + f->entry_count;
}
