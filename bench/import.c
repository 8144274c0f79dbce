/* bench/import.c: a bank statement of 100,000 entries read, matched and settled with 50,000 open orders, and in flat
 * memory. Its limit is the sum of what cannot be left out: libxml2's bare reader over the same file, and a bare loop
 * that writes an order's rows, a hundred orders a commit (bench/raw.h): 1 / (1 / entries read a second + 1 / orders
 * written a second).
 *
 *     bench-import [ENTRIES [ROUNDS]]      100000 entries, half as many orders, 3 rounds */
#include "house.h"
#include "raw.h"

#include "sandbox/camt_write.h"
#include "shop/import_statement.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libxml/xmlreader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

enum {
    MOST_ROUNDS = 50,
    ORDERS_AT_ONCE = 200,
    MEMORY_MIB = 96 /* SQLite's 64 of cache, which few entries do not fill */
};

/* ---- What there is to import ---- */

struct open_order {
    char code[16];
    int64_t cents;
};

struct placing {
    struct house *house;
    int64_t first, count;
    struct open_order *orders; /* by mailbox, from 1 */
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *p = arg;
    void *mem = talloc_new(NULL);
    enum outcome o = DONE;

    for (int64_t i = p->first; i < p->first + p->count && o == DONE; i++) {
        struct placed_order placed;

        o = place_order(tx, mem, house_order(mem, p->house, i), &placed, NULL);
        if (o == DONE) {
            snprintf(p->orders[i].code, sizeof p->orders[i].code, "%s", placed.order.code);
            p->orders[i].cents = placed.order.total.gross.cents;
        }
        talloc_free_children(mem);
    }
    talloc_free(mem);
    return o;
}

static void place_orders(struct house *house, struct open_order *orders, int64_t count)
{
    for (int64_t done = 0; done < count; done += ORDERS_AT_ONCE)
        house_write(
            house, place,
            &(struct placing){house, done + 1, count - done < ORDERS_AT_ONCE ? count - done : ORDERS_AT_ONCE, orders});
}

/* Every second entry pays an order, not in the order in which they were placed; the others are somebody else's. */
static int write_file(void *mem, const struct house *house, const struct open_order *orders, int64_t entries)
{
    struct camt_movement *movements = talloc_zero_array(mem, struct camt_movement, (unsigned)entries);
    int64_t order_count = entries / 2;
    char *path = talloc_asprintf(mem, "%s/statement.xml", house->folder), *xml;
    struct problem why = {0};
    int file;

    for (int64_t i = 0; i < entries; i++) {
        const struct open_order *order = &orders[i / 2 * 7919 % order_count + 1];
        bool pays = i % 2 == 0;

        movements[i] =
            (struct camt_movement){.amount = money(pays ? order->cents : 5000 + i),
                                   .status = ENTRY_BOOKED,
                                   .debtor = talloc_asprintf(movements, "STUDIO ROSSI & BIANCHI %" PRId64, i),
                                   .debtor_iban = "IT60X0542811101000000654321",
                                   .remittance = pays ? talloc_asprintf(movements, "RINNOVO PEC ORDINE %s", order->code)
                                                      : talloc_asprintf(movements, "SALDO FATTURA %" PRId64, i)};
    }
    if (camt_write(mem,
                   &(struct camt_statement){.id = "BENCH-1",
                                            .iban = house->brand->seller.iban,
                                            .currency = "EUR",
                                            .sequence = 1,
                                            .created = clock_now(),
                                            .day = rome_day(clock_now()),
                                            .movements = movements,
                                            .movement_count = (size_t)entries},
                   &xml, &why) != DONE)
        give_up("%s", why.detail);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t at = 0, length = strlen(xml); at < length;) {
        ssize_t written = file < 0 ? -1 : write(file, xml + at, length - at);

        if (written <= 0)
            give_up("%s cannot be written", path);
        at += (size_t)written;
    }
    talloc_free(movements);
    talloc_free(xml);
    return file;
}

/* ---- The limit ---- */

static double read_bare(int file, int64_t entries)
{
    double begin = now_seconds();
    xmlTextReader *reader;

    lseek(file, 0, SEEK_SET);
    reader = xmlReaderForFd(dup(file), NULL, NULL, 0);
    while (xmlTextReaderRead(reader) == 1)
        ;
    xmlFreeTextReader(reader);
    return (double)entries / (now_seconds() - begin);
}

/* ---- Ours ---- */

static double import(void *mem, const char *url, int file, int64_t entries)
{
    struct house *house = house_open(mem, url, 2);
    struct import_result result;
    struct problem why = {0};
    double begin = now_seconds(), rate;

    lseek(file, 0, SEEK_SET);
    if (import_statement(house,
                         &(struct statement_import){.shop = &house->shop,
                                                    .reader = statement_read,
                                                    .file = file,
                                                    .actor = {.door = "cli", .name = "system"}},
                         &result, &why) != DONE)
        give_up("not imported: %s", why.detail);
    rate = (double)entries / (now_seconds() - begin);
    if (result.entries != entries || result.matched != entries / 2 || result.held != entries - entries / 2)
        give_up("%" PRId64 " of %" PRId64 " entries were matched, %" PRId64 " held", result.matched, result.entries,
                result.held);
    house_close(house);
    return rate;
}

static char *copy_of(void *mem, const char *path, int number)
{
    char *copy = talloc_asprintf(mem, "%s.%d", path, number);
    char *command = talloc_asprintf(mem, "cp '%s' '%s' && sync '%s'", path, copy, copy);

    if (system(command) != 0)
        give_up("%s cannot be copied", path);
    return copy;
}

static void forget_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");

    if (f) {
        fputs("5", f);
        fclose(f);
    }
}

static double peak_now(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    double kib = 0;

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %lf", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib / 1024;
}

int main(int count, char **arguments)
{
    int64_t entries = count > 1 ? atoll(arguments[1]) : 100000;
    int rounds = count > 2 ? atoi(arguments[2]) : 3;
    double bare[MOST_ROUNDS], hundred[MOST_ROUNDS], ours[MOST_ROUNDS], few, all = 0, reader, writer, limit, rate;
    void *mem = talloc_new(NULL);
    struct house *house = house_open(mem, NULL, 2), *other = house_open(mem, NULL, 1);
    const char *path = strchr(house->url, ':') + 1;
    struct open_order *orders;
    struct raw *raw;
    int file, short_file;
    bool met;

    if (entries < 2000 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-import [ENTRIES [ROUNDS]]");
    orders = talloc_zero_array(mem, struct open_order, (unsigned)(entries / 2 + 1));
    house_mailboxes(house, 0, 1, entries / 2);
    house_mailboxes(other, 0, 1, entries / 2);
    place_orders(house, orders, entries / 2);
    file = write_file(mem, house, orders, entries);
    short_file = write_file(mem, other, orders, entries / 20 * 2);
    db_close(house->db); /* its log goes back into the file, which is then copied */
    raw = raw_open(strchr(other->url, ':') + 1, entries / 2);

    forget_peak();
    (void)import(mem, talloc_asprintf(mem, "sqlite:%s", copy_of(mem, path, 0)), short_file, entries / 20 * 2);
    few = peak_now();
    for (int i = 0; i < rounds; i++) {
        bare[i] = read_bare(file, entries);
        hundred[i] = raw_run(raw, 100, 5, NULL);
        ours[i] = import(mem, talloc_asprintf(mem, "sqlite:%s", copy_of(mem, path, i + 1)), file, entries);
        if (i == 0)
            all = peak_now();
        printf("bare reader %.0f entries/s, bare loop %.0f orders/s, import %.0f entries/s\n", bare[i], hundred[i],
               ours[i]);
    }
    reader = median(bare, (size_t)rounds);
    writer = median(hundred, (size_t)rounds);
    rate = median(ours, (size_t)rounds);
    limit = 1 / (1 / reader + 1 / writer);
    printf("%" PRId64 " entries, %" PRId64 " orders: reading %.0f/s, writing %.0f/s, both %.0f/s; import %.0f/s\n",
           entries, entries / 2, reader, writer, limit, rate);
    met = at_least(0.6, rate / limit, "import, of reading and writing bare");
    met &= at_most(MEMORY_MIB, all - few, "memory, MiB more than for a tenth of the entries (%.0f)", few);
    raw_close(raw);
    talloc_free(mem);
    return met ? 0 : 1;
}
