/* The program dies between two steps: the linker leads its calls of the database through here (--wrap). */
#include "sim/sim.h"
#include <unistd.h>

enum outcome __real_db_transaction(struct db *db, const char *name, db_work *work, void *arg);
enum outcome __real_db_transaction_rows(struct db *db, const char *name, db_work *work, void *arg);
enum outcome __real_db_read(struct db *db, const char *name, db_work *work, void *arg);
enum outcome __wrap_db_transaction(struct db *db, const char *name, db_work *work, void *arg);
enum outcome __wrap_db_transaction_rows(struct db *db, const char *name, db_work *work, void *arg);
enum outcome __wrap_db_read(struct db *db, const char *name, db_work *work, void *arg);

/* Processes die here, machines do not: what was written is there, and years need not wait for a disk. SQLite's own
 * calls end here. */
int fsync(int file)
{
    (void)file;
    return 0;
}

int fdatasync(int file)
{
    (void)file;
    return 0;
}

static struct {
    bool armed, after, dead;
    int countdown;
} crash;

void crash_arm(int nth, bool after)
{
    crash.armed = true;
    crash.after = after;
    crash.countdown = nth;
}

bool crash_over(void)
{
    bool died = crash.dead;

    crash.armed = crash.dead = false;
    return died;
}

/* Whether this is the step at which it ends. */
static bool ends_here(void)
{
    if (crash.armed && !crash.dead && crash.countdown-- == 0)
        return crash.dead = true;
    return false;
}

bool crash_outside(void)
{
    return crash.dead || ends_here();
}

static enum outcome transaction(enum outcome (*real)(struct db *, const char *, db_work *, void *), struct db *db,
                                const char *name, db_work *work, void *arg)
{
    if (crash.dead)
        return BROKEN;
    if (!ends_here())
        return real(db, name, work, arg);
    if (crash.after)
        (void)!real(db, name, work, arg);
    return BROKEN;
}

enum outcome __wrap_db_transaction(struct db *db, const char *name, db_work *work, void *arg)
{
    return transaction(__real_db_transaction, db, name, work, arg);
}

enum outcome __wrap_db_transaction_rows(struct db *db, const char *name, db_work *work, void *arg)
{
    return transaction(__real_db_transaction_rows, db, name, work, arg);
}

enum outcome __wrap_db_read(struct db *db, const char *name, db_work *work, void *arg)
{
    return crash.dead ? BROKEN : __real_db_read(db, name, work, arg);
}
