/* shop/hashers.h: processes that hash passwords. argon2id fills a core and maps 64 MB for each hash: in a process of its own no thread
 * of ours waits for that mapping, and as an idle one (SCHED_IDLE) it gives way at once to whoever answers pages. */
#pragma once

/* Starts as many as leave a core for the pages. Before any thread, once; they end with this process, however it ends. Without them, or
 * where one is lost or gets no time, password_hash and password_verify (shop/login.h) hash in the thread that calls them. */
void hashers_start(void);
