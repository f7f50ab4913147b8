// What every screen can do: short notes in the corner, questions before a step that cannot be taken back,
// and requests that carry the page's token. Screens import these from here.

export const csrfToken = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Show a short note; tone: "", "ok" or "bad". */
export function note(text, tone = "") {
  const line = document.createElement("div");
  line.className = `toast-note${tone ? ` is-${tone}` : ""}`;
  line.textContent = text;
  const toasts = document.getElementById("toasts");
  if (toasts.lastElementChild?.textContent === text) toasts.lastElementChild.remove(); // said again, not twice
  toasts.append(line);
  setTimeout(() => line.remove(), tone === "bad" ? 9000 : 4500);
}

/** Ask the server for JSON; `body` (an object) makes it a POST. Throws Error with the server's Chinese words. */
export async function ask(path, body) {
  const options = { headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    Object.assign(options.headers, { "Content-Type": "application/json", "X-CSRF-Token": csrfToken });
  }
  const answer = await fetch(path, options);
  if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const problem = data.error ?? { message: "网络不通，请稍后再试。", advice: "" };
    throw Object.assign(new Error(`${problem.message}${problem.advice}`), { status: answer.status, data });
  }
  return data;
}

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.user-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
