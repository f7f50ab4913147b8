// Keeps the states of the files on this page true: asks for those still moving and on screen, less and less often.

const SHORTEST = 2000, LONGEST = 30000;
let pause = SHORTEST;
let timer = 0;
let lastToken = "";

/** The newest CSRF token the server told us: after logging in again in another window it is another one. */
export const freshToken = () => lastToken;

/** Ask for the CSRF token alone; without an answer the old one is kept. */
export async function refreshToken() {
  const answer = await fetch("/uploads/state", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) lastToken = (await answer.json()).csrf_token;
}

function moving() {
  const ids = new Set();
  for (const row of document.querySelectorAll("[data-scan][data-moving]")) {
    const place = row.getBoundingClientRect();
    if (place.bottom > -200 && place.top < window.innerHeight + 200) ids.add(row.dataset.scan);
  }
  return [...ids].slice(0, 100);
}

function badge(words, tone) {
  const mark = document.createElement("span");
  mark.className = `state${tone ? ` state-${tone}` : ""}`;
  mark.textContent = words;
  return mark;
}

/** Write a scan's state (as /uploads/state tells it) into every place that shows it; true when one changed. */
export function show(scan) {
  let changed = false;
  for (const row of document.querySelectorAll(`[data-scan="${CSS.escape(scan.id)}"]`)) {
    const place = row.querySelector("[data-state]");
    if (place && place.textContent.trim() !== scan.words) {
      place.replaceChildren(badge(scan.words, scan.tone));
      changed = true;
    }
    const detail = row.querySelector("[data-detail]");
    if (detail) detail.textContent = scan.detail;
    row.toggleAttribute("data-moving", scan.moving);
    if (changed && row.hasAttribute("data-reload")) location.reload();
  }
  return changed;
}

async function look() {
  const ids = document.hidden ? [] : moving();
  if (ids.length) {
    try {
      const everywhere = document.querySelector("[data-everywhere]") ? "&all=1" : "";
      const answer = await fetch(`/uploads/state?ids=${ids.join(",")}${everywhere}`, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const told = await answer.json();
        lastToken = told.csrf_token;
        const changes = told.scans.map(show);
        pause = changes.some(Boolean) ? SHORTEST : Math.min(pause * 1.5, LONGEST);
        document.dispatchEvent(new CustomEvent("counts", { detail: told.counts }));
      } else pause = LONGEST;
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(look, pause);
}

/** Look soon: something was just handed in, or the page came back to the front. */
export function wake() {
  pause = SHORTEST;
  schedule();
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
schedule();
