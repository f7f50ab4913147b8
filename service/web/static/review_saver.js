// Saving: one change after the other, each with the version the screen shows; what could not be sent is kept
// and tried again until it is. Nothing decided is lost by a reload, a dead network or a closed browser.

import { csrfToken } from "./app.js";
import { forget, keepForTab, leave, left, piece, steps } from "./review_unsent.js";

const WAITS = [600, 1500, 3000, 6000, 12000];
const GIVE_UP_ANSWER = 15000;
let token = csrfToken;

export class Saver {
  /** `on` = {saved(answer, change), refused(change, message), conflict(change, standing), state(words, tone)}. */
  constructor(base, version, user, on) {
    this.base = base;
    this.version = version;
    this.on = on;
    this.user = user;
    const unsent = left(user, base);
    this.waiting = unsent?.waiting ?? [];
    this.since = unsent?.version ?? null; // the version an earlier screen showed when it closed with these unsent
    this.tries = 0;
    this.calm = [];
    if (this.waiting.length) this.drain();
  }

  /** Save `body` under `path` (decisions, undo); `change` carries what the screen needs back. */
  push(path, body, change = {}) {
    this.waiting.push({ path, body, change });
    this.keep();
    this.drain();
  }

  /** Resolves once everything is on the server. */
  settled() {
    if (!this.waiting.length && !this.held) return Promise.resolve();
    return new Promise((resolve) => this.calm.push(resolve));
  }

  get unsaved() { return this.waiting.length; }

  /** Something unsent that is in trouble: leaving now deserves a question. */
  get troubled() { return this.waiting.length > 0 && (this.tries > 0 || this.held); }

  /** The page goes away: send all that waits at once, the one under way too; the server takes each in once. */
  farewell() {
    if (!this.waiting.length) return;
    const version = this.since ?? this.version, body = piece(version, this.waiting);
    leave(this.user, this.base, version, this.waiting);
    post(`${this.base}/catch-up`, body);
  }

  async drain() {
    if (this.busy || this.held) return;
    this.busy = true;
    while (this.waiting.length && !this.held) {
      this.on.state(this.tries ? "正在重试" : "正在保存", this.tries ? "retrying" : "saving");
      const done = await (this.since === null ? this.send(this.waiting[0]) : this.catchUp());
      if (!done) break;
    }
    this.busy = false;
    if (!this.waiting.length && !this.held) {
      this.on.state("已保存", "saved");
      for (const resolve of this.calm.splice(0)) resolve();
    }
  }

  /** Try one change; true when it needs no further try. */
  async send(entry) {
    if (entry.overtaken) return this.compare(entry, this.standing);
    const version = this.version;
    const answer = await post(`${this.base}/${entry.path}`, { ...entry.body, version });
    if (answer.status === 200) return this.finish(() => this.accepted(answer.data, entry));
    if (answer.status === 409 && (answer.data.desk?.version ?? version) !== version) return this.overtaken(answer.data, entry);
    if ([404, 409, 422].includes(answer.status)) return this.finish(() => this.on.refused(entry, spoken(answer.data)));
    if ([401, 403].includes(answer.status)) await renewToken(this.base);
    this.later(answer);
    return false;
  }

  /** Send what an earlier screen left unsent; what a colleague decided meanwhile is compared one by one. */
  async catchUp() {
    const sent = [...this.waiting];
    const answer = await post(`${this.base}/catch-up`, { version: this.since, steps: steps(sent) });
    if (![200, 404, 409, 422].includes(answer.status)) {
      if ([401, 403].includes(answer.status)) await renewToken(this.base);
      this.later(answer);
      return false;
    }
    const missed = answer.data.missed ?? [];
    this.since = null;
    this.tries = 0;
    this.waiting = [...missed.filter((one) => one.overtaken).map((one) => Object.assign(sent[one.place], { overtaken: true })),
      ...this.waiting.filter((entry) => !sent.includes(entry))];
    if (answer.status === 200) {
      this.standing = answer.data.desk;
      this.version = this.standing.version;
      this.on.saved(this.standing, null);
      for (const one of missed.filter((each) => !each.overtaken)) this.on.refused(sent[one.place], one.text);
    } else {
      this.on.refused(sent[0], spoken(answer.data));
    }
    this.keep();
    return true;
  }

  accepted(data, entry) {
    this.version = data.version;
    this.tries = 0;
    this.on.saved(data, entry);
  }

  /** Somebody else's save came first: go on when it touched other fields, else let the person compare. */
  overtaken(data, entry) {
    const theirs = data.desk.fields.find((field) => field.key === entry.change.key);
    this.version = data.desk.version;
    if (data.desk.state !== "to_review") {
      this.waiting = [];
      return this.finish(() => this.on.refused(entry, spoken(data)), false);
    }
    if (theirs?.decided?.is_mine && theirs.value === entry.body.value) {
      return this.finish(() => this.on.saved(data.desk, entry));
    }
    if (entry.path === "undo" || !theirs || (theirs.decided?.id ?? null) === (entry.change.base ?? null)) {
      if ((entry.rebased = (entry.rebased ?? 0) + 1) > 5) return this.finish(() => this.on.refused(entry, spoken(data)));
      this.on.saved(data.desk, null);
      return true;
    }
    return this.compare(entry, data.desk);
  }

  compare(entry, standing) {
    this.held = true;
    this.on.conflict(entry, standing.fields.find((field) => field.key === entry.change.key), standing);
    return false;
  }

  /** The person chose after comparing: send one's own again, or let it be. */
  resolve(keepMine, entry, standing) {
    this.held = false;
    delete entry.overtaken;
    if (keepMine) entry.change.base = standing.fields.find((field) => field.key === entry.change.key)?.decided?.id ?? null;
    else this.waiting = this.waiting.filter((other) => other !== entry);
    this.keep();
    this.on.saved(standing, null);
    this.drain();
  }

  later(answer) {
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    const words = answer.status === 401 || answer.status === 403 ? "登录已过期：请在新窗口登录，这里会自动继续保存"
      : answer.status === 0 ? "网络不通，没有保存，正在重试" : "服务器繁忙，没有保存，正在重试";
    this.on.state(words, "unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drain(), wait);
  }

  finish(tell, drop = true) {
    if (drop) this.waiting.shift();
    tell();
    this.keep();
    return true;
  }

  keep() {
    if (this.waiting.length) keepForTab(this.user, this.base, this.since ?? this.version, this.waiting);
    else forget(this.user, this.base);
  }

  close() { clearTimeout(this.timer); this.held = true; }
}

/** POST JSON; {status, data}, status 0 when no answer came. */
export async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST", body: JSON.stringify(body), keepalive: true, signal: AbortSignal.timeout(GIVE_UP_ANSWER), redirect: "manual",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
    });
    return { status: answer.status, data: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
}

/**
 * After logging in again elsewhere, the page's old token is worthless: take the new one. Never by way of the login
 * page, whose fresh token would spoil the form that somebody is filling in there.
 */
async function renewToken(path) {
  const page = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual" }).then((answer) => answer.text()).catch(() => "");
  token = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]')?.content || token;
}

export function spoken(data) {
  return data.error ? `${data.error.message}${data.error.advice}` : "没有保存，请刷新页面后再试。";
}
