// What a review screen decided and could not send yet: kept for its tab, and past the browser's end when the page goes
// away with it, until the server has it. Another who logs in here never sends it in somebody else's name.

const DAYS = 7; // then it is old news, and should not lie about
const MOST = 60000; // bytes a closing page may still send
const BEFORE = "review-unsaved";

function nameOf(user, base) { return `${BEFORE}:${user}:${base}`; }

function read(store, name) {
  try {
    const kept = JSON.parse(store.getItem(name));
    return kept?.waiting?.length && Date.now() - kept.at < DAYS * 86400000 ? kept : null;
  } catch {
    return null;
  }
}

function write(store, name, version, waiting) {
  try {
    store.setItem(name, JSON.stringify({ version, waiting, at: Date.now() }));
  } catch { /* a full or forbidden store only costs the safety net */ }
}

export function keepForTab(user, base, version, waiting) { write(sessionStorage, nameOf(user, base), version, waiting); }

export function leave(user, base, version, waiting) { write(localStorage, nameOf(user, base), version, waiting); }

export function forget(user, base) {
  for (const store of [sessionStorage, localStorage]) store.removeItem(nameOf(user, base));
}

/** What an earlier screen of this sheet left: {version, waiting}, null when nothing. */
export function left(user, base) {
  return read(sessionStorage, nameOf(user, base)) ?? read(localStorage, nameOf(user, base));
}

/** The sheets, by their addresses, that closed screens left something for. */
export function leftSheets(user) {
  const before = nameOf(user, "");
  return Object.keys(localStorage).filter((name) => name.startsWith(before)).map((name) => name.slice(before.length));
}

/** The changes as the server takes them in together. */
export function steps(waiting) { return waiting.map(({ path, body }) => ({ ...body, undoes: path === "undo" })); }

/** As many of the changes, from the first, as a closing page may send. */
export function piece(version, waiting) {
  const all = steps(waiting);
  const size = () => new Blob([JSON.stringify({ version, steps: all })]).size;
  while (all.length > 1 && size() > MOST) all.pop();
  return { version, steps: all };
}
