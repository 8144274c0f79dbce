#include "house.h"
#include "measure.h"

#include "base/embedded.h"
#include "base/log.h"
#include "link/statement.h"
#include "shop/catalogue.h"
#include "shop/login.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* ---- Folders ---- */

static void *folders; /* absolute paths, removed at exit however the bench ends */

static int remove_folder(char *folder)
{
    char *command = talloc_asprintf(NULL, "rm -rf '%s'", folder);
    int failed = system(command);

    talloc_free(command);
    return failed;
}

static void remove_folders(void)
{
    talloc_free(folders);
}

char *house_folder(void *mem)
{
    char template[] = "bench-casella.XXXXXX", here[PATH_MAX], *folder;

    if (!getcwd(here, sizeof here) || !mkdtemp(template))
        give_up("no folder can be made here");
    if (!folders) {
        folders = talloc_new(NULL);
        atexit(remove_folders);
    }
    folder = talloc_asprintf(folders, "%s/%s", here, template);
    talloc_set_destructor(folder, remove_folder);
    return talloc_strdup(mem, folder);
}

/* ---- The house ---- */

static size_t migrations(void *mem, struct db_migration **all)
{
    size_t count;
    const struct embedded_file *file = embedded_below("sql/", &count);

    *all = talloc_zero_array(mem, struct db_migration, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = file[i].name + strlen("sql/");

        (*all)[i].name = talloc_strndup(*all, name, strcspn(name, "."));
        (*all)[i].sql = file[i].bytes;
    }
    return count;
}

struct house *house_open(void *mem, const char *url, int readers)
{
    struct house *h = talloc_zero(mem, struct house);
    struct db_migration *all;
    size_t count = migrations(h, &all);
    struct problem why = {0};
    int applied;

    log_setup(LOG_ERROR, false);
    h->folder = house_folder(h);
    h->url = url ? url : talloc_asprintf(h, "sqlite:%s/casella.db", h->folder);
    if (brands_load(h, NULL, &h->brands, &why) != DONE || views_load(h, &h->brands, &h->views, &why) != DONE ||
        db_open(h, h->url, readers, &h->db, &why) != DONE ||
        db_migrate(h->db, all, count, false, &applied, &why) != DONE)
        give_up("%s", why.detail);
    catalogue_follow(h->db, &h->brands);
    h->brand = brand_by_id(&h->brands, "legalmail");
    h->shop = (struct shop){.db = h->db, .brands = &h->brands, .public_url = "https://renewals.example"};
    return h;
}

void house_serve(struct house *h)
{
    struct problem why = {0};

    if (web_start(h,
                  &(struct web_options){.shop = &h->shop,
                                        .views = h->views,
                                        .read_statement = statement_read,
                                        .workers = 32,
                                        .listen = "127.0.0.1:0"},
                  &h->web, &why) != DONE)
        give_up("%s", why.detail);
    h->port = atoi(strrchr(web_url(h->web), ':') + 1);
}

void house_close(struct house *h)
{
    if (h->web)
        web_stop(h->web);
    db_close(h->db);
    remove_folder(h->folder);
    talloc_free(h);
}

void house_write(struct house *h, db_work *work, void *arg)
{
    if (db_transaction(h->db, "bench", work, arg) != DONE)
        give_up("the database takes no data");
}

/* ---- Who lives there ---- */

#define AT_ONCE 1000 /* rows a transaction */

struct filling {
    struct house *house;
    int64_t account, first, count;
};

char *house_address(void *mem, const struct house *h, int64_t number)
{
    return talloc_asprintf(mem, "casella-%" PRId64 "@%s", number, h->brand->domain);
}

static enum outcome insert_mailboxes(struct db_tx *tx, void *arg)
{
    struct filling *f = arg;
    struct day ends = day_plus(db_today(tx), 20), begun = day_add_months(ends, -12, day_split(ends).day);
    void *mem = talloc_new(NULL);
    enum outcome o = DONE;

    for (int64_t i = f->first; i < f->first + f->count && o == DONE; i++) {
        struct mailbox m = {
            .brand = (char *)(uintptr_t)f->house->brand->id,
            .address = house_address(mem, f->house, i),
            .user_id = talloc_asprintf(mem, "U%07" PRId64, i),
            .account_id = f->account,
            .plan = (char *)(uintptr_t) "silver",
            .password_hash = (char *)(uintptr_t) "",
            .status = (char *)(uintptr_t)mailbox_status_name(MAILBOX_LIVE),
            .activated_on = begun,
            .first_expires_on = ends,
            .term = {.ends_on = ends, .anchor = day_split(ends).day},
            .allowed = term_allows(ends, &f->house->brand->renewal),
            .convention = (char *)(uintptr_t) "",
            .domain = (char *)(uintptr_t) "",
            .holder = {.kind = HOLDER_COMPANY,
                       .name = talloc_asprintf(mem, "Studio Rossi & Bianchi %" PRId64, i),
                       .tax_code = "01234560587",
                       .vat_number = "01234560587",
                       .email = talloc_asprintf(mem, "studio-%" PRId64 "@example.org", i),
                       .street = "Via Roma 1",
                       .postcode = "00144",
                       .city = "Roma",
                       .province = "RM",
                       .country = "IT",
                       .sdi_code = "0000000",
                       .sdi_pec = ""},
        };

        o = mailbox_insert(tx, &m);
        talloc_free_children(mem);
    }
    talloc_free(mem);
    return o;
}

void house_mailboxes(struct house *h, int64_t account, int64_t first, int64_t count)
{
    for (int64_t done = 0; done < count; done += AT_ONCE)
        house_write(h, insert_mailboxes,
                    &(struct filling){h, account, first + done, count - done < AT_ONCE ? count - done : AT_ONCE});
}

static enum outcome insert_account(struct db_tx *tx, void *arg)
{
    return account_insert(tx, arg);
}

int64_t house_account(struct house *h, int64_t number, const char *password_hash)
{
    void *mem = talloc_new(NULL);
    struct account account = {.brand = (char *)(uintptr_t)h->brand->id,
                              .email = talloc_asprintf(mem, "utente-%" PRId64 "@example.org", number),
                              .name = talloc_asprintf(mem, "Maria Rossi %" PRId64, number),
                              .password_hash = (char *)(uintptr_t)password_hash,
                              .language = (char *)(uintptr_t) "it"};

    house_write(h, insert_account, &account);
    talloc_free(mem);
    return account.id;
}

struct opening {
    const char *brand;
    int64_t account;
    char hash[TOKEN_TEXT];
};

static enum outcome open_session(struct db_tx *tx, void *arg)
{
    struct opening *o = arg;

    return session_insert(tx, o->hash, o->brand, (struct principal){.account_id = o->account});
}

char *house_session(void *mem, struct house *h, int64_t account)
{
    struct opening o = {.brand = h->brand->id, .account = account};
    char token[TOKEN_TEXT];

    token_make(token);
    token_hash(token, o.hash);
    house_write(h, open_session, &o);
    return talloc_asprintf(mem, "Cookie: casella=%s\r\n", token);
}

char *house_key(void *mem, struct house *h)
{
    char key[TOKEN_TEXT + 8];

    if (key_add(&h->shop, h->brand->id, "shop", key, NULL) != DONE)
        give_up("no key");
    return talloc_strdup(mem, key);
}

struct order_request *house_order(void *mem, const struct house *h, int64_t number)
{
    struct order_request *r = talloc(mem, struct order_request);
    struct wanted_line *line = talloc(r, struct wanted_line);

    *line = (struct wanted_line){.address = house_address(line, h, number),
                                 .choice = {.years = 1, .extra_gb = EXTRA_GB_AS_HELD}};
    *r = (struct order_request){.brand = h->brand,
                                .actor = {.door = "api", .name = "key:1"},
                                .lines = line,
                                .line_count = 1,
                                .payment_method = "bank_transfer",
                                .terms_accepted = true,
                                .terms_version = h->brand->terms.version,
                                .language = "it",
                                .expected = {-1}};
    return r;
}
