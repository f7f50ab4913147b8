// The meeting-room screen renews itself each minute; when it cannot, it says since when.

const EVERY = 60_000;
const board = document.getElementById("board");
const state = document.getElementById("board-state");
const full = document.getElementById("board-full");

async function renew() {
  try {
    const answer = await fetch(board.dataset.source);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-board]");
    if (!answer.ok || !page) throw new Error(String(answer.status));
    board.replaceChildren(page);
    state.textContent = "每分钟自动更新";
    state.classList.remove("is-bad");
  } catch {
    const since = board.querySelector("time")?.textContent ?? "";
    state.textContent = `${since} 起未能更新：网络不通或登录已到期，请刷新页面`;
    state.classList.add("is-bad");
  }
}

setInterval(renew, EVERY);
if (document.documentElement.requestFullscreen) {
  full.hidden = false;
  full.addEventListener("click", () => document.documentElement.requestFullscreen());
}
