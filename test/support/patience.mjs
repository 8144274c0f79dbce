// How long tests wait. What they wait for is real work, on a machine that may be slow and busy: a bound ends what would hang, and is
// never what a test is about.
import { setTimeout as sleep } from 'node:timers/promises';

export const PATIENCE_MS = 120_000;
const FILE_MS = 15 * 60_000;

// Looks until it finds something, and answers that.
export async function until(what, look) {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
  }
}

// A program that a test started. `ended` tells its exit code or its signal; `end` asks it to end, and after a while makes it.
const minded = new Set();
export function mind(child) {
  minded.add(child);
  child.ended = new Promise((resolve) => { child.once('exit', (code, signal) => { minded.delete(child); resolve(code ?? signal); }); });
  child.end = (signal = 'SIGTERM') => {
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.kill(signal);
    return child.ended.finally(() => clearTimeout(late));
  };
  return child;
}

// node waits for whatever a file of tests leaves running, and the files after it wait as well.
process.on('exit', () => minded.forEach((child) => child.kill('SIGKILL')));
setTimeout(() => {
  process.stderr.write(`no end after ${FILE_MS / 60_000} minutes\n`);
  process.exit(1);
}, FILE_MS).unref();
