// Handing files in: several at once, each with its progress, its receipt, and tries again by itself.

import { csrfToken, note } from "./app.js";
import { freshToken, refreshToken, wake } from "./uploads-state.js";

const AT_ONCE = 3;
const PAUSES = [1, 3, 8, 20, 40];       // seconds before trying again; then a person is asked
const form = document.getElementById("upload-form");
const list = document.getElementById("sending-list");
const limit = Number(form.dataset.limitMb) * 1024 * 1024;
const waiting = [];
const all = [];
let running = 0;

function key() {                         // crypto.randomUUID exists only on https
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function sizeWords(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function add(files) {
  const replaces = document.getElementById("replaces").value;
  [...files].forEach((file, place) => {
    const item = { file, key: key(), tries: 0, state: "waiting", row: makeRow(file), replaces: place === 0 ? replaces : "" };
    all.push(item);
    if (file.size > limit) refuse(item, `文件有 ${sizeWords(file.size)}，超过了 ${form.dataset.limitMb} MB 的上限。`, "请降低扫描分辨率（200–300 dpi 即可）或拆成几个文件后再上传。");
    else waiting.push(item);
  });
  if (files.length) stopReplacing();
  document.getElementById("sending").hidden = all.length === 0;
  next();
}

function makeRow(file) {
  const row = document.getElementById("sending-row").content.firstElementChild.cloneNode(true);
  row.querySelector(".sending-name").textContent = file.name;
  row.querySelector(".sending-size").textContent = sizeWords(file.size);
  const picture = row.querySelector(".sending-picture");
  if (/^image\/(jpeg|png|webp|bmp)$/.test(file.type) && file.size < 15 * 1048576 && all.length < 60) {
    const image = new Image();
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => { URL.revokeObjectURL(image.src); image.remove(); };
    picture.replaceChildren(image);
  }
  list.append(row);
  return row;
}

function next() {
  while (running < AT_ONCE && waiting.length) send(waiting.shift());
  summarise();
}

function send(item) {
  running += 1;
  item.state = "sending";
  item.tries += 1;
  tell(item, "正在上传", "work");
  const request = new XMLHttpRequest();
  request.open("POST", "/uploads/files");
  request.timeout = 10 * 60 * 1000;
  const headers = {
    Accept: "application/json", "Content-Type": "application/octet-stream", "X-CSRF-Token": freshToken() || csrfToken,
    "X-File-Name": encodeURIComponent(item.file.name), "Idempotency-Key": item.key, "X-Replaces": item.replaces,
  };
  Object.entries(headers).forEach(([name, value]) => value && request.setRequestHeader(name, value));
  const meter = item.row.querySelector("progress");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    meter.value = event.loaded / event.total;
    if (event.loaded === event.total) tell(item, "正在保存", "work");
  };
  request.onload = () => answered(item, request);
  request.onerror = request.ontimeout = () => tryAgain(item, "网络中断", "文件还没有存入，请不要关闭页面。");
  request.onloadend = () => { running -= 1; next(); };
  request.send(item.file);
}

function answered(item, request) {
  let said = {};
  try { said = JSON.parse(request.responseText); } catch { /* a proxy's own page: judged by its status */ }
  if (request.status === 201 && said.files) return received(item, said.files);
  const problem = said.error ?? { message: "服务器没有正常答复。", advice: "" };
  if (request.status === 401 || request.status === 403) {
    return hold(item, "登录已过期", "请在新窗口重新登录，然后回到这里点“重试”。文件还没有存入。");
  }
  if (request.status >= 500 || request.status === 429 || request.status === 408 || !said.error) {
    return tryAgain(item, problem.message, problem.advice);
  }
  return refuse(item, problem.message, problem.advice);
}

function received(item, files) {
  item.state = "stored";
  item.row.querySelector("progress").hidden = true;
  const stored = files.filter((one) => one.id);
  const refused = files.filter((one) => one.error);
  if (files.length === 1 && stored.length === 1) showReceipt(item.row, stored[0]);
  else {
    badge(item.row, refused.length ? "部分存入" : "已存入", refused.length ? "warn" : "ok",
      `压缩包内 ${files.length} 个文件：${stored.length} 个已安全存入${refused.length ? `，${refused.length} 个未接收` : ""}`);
    const inner = document.createElement("ul");
    inner.className = "sending-list";
    for (const one of files) {
      const row = document.getElementById("sending-row").content.firstElementChild.cloneNode(true);
      row.querySelector(".sending-name").textContent = one.file_name;
      row.querySelector("progress").hidden = true;
      inner.append(row);
      if (one.id) showReceipt(row, one);
      else badge(row, "未接收", "bad", one.error.message + one.error.advice);
    }
    item.row.append(inner);
  }
  wake();
}

function showReceipt(row, receipt) {
  row.dataset.scan = receipt.id;
  row.toggleAttribute("data-moving", true);
  const words = receipt.duplicate
    ? `此文件已于 ${receipt.received} 上传，回执号 ${receipt.receipt}`
    : `✓ 已安全存入 · 回执号 ${receipt.receipt} · ${receipt.received}`;
  const line = row.querySelector(".sending-receipt");
  const link = document.createElement("a");
  link.href = `/scans/${receipt.id}`;
  link.textContent = words;
  line.replaceChildren(link);
  line.hidden = false;
  line.classList.toggle("is-duplicate", receipt.duplicate);
  badge(row, receipt.duplicate ? "重复文件" : "已存入", receipt.duplicate ? "warn" : "ok", "");
}

function tryAgain(item, words, advice) {
  if (item.tries > PAUSES.length) return hold(item, words, advice);
  item.state = "pausing";
  const until = Date.now() + PAUSES[item.tries - 1] * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (item.state !== "pausing") return;
    if (left > 0) {
      badge(item.row, "等待重试", "warn", `${words}${left} 秒后自动重试（第 ${item.tries} 次）。`);
      setTimeout(tick, 500);
    } else {
      waiting.unshift(item);
      item.state = "waiting";
      next();
    }
  };
  tick();
}

function hold(item, words, advice) {
  item.state = "held";
  badge(item.row, "尚未存入", "bad", `${words} ${advice}`);
  list.prepend(item.row);                // what a person must look at comes first
  offer(item, "重试");
}

function refuse(item, words, advice) {
  item.state = "refused";
  item.row.querySelector("progress").hidden = true;
  badge(item.row, "未接收", "bad", `${words}${advice}`);
  list.prepend(item.row);
  summarise();
}

function offer(item, label) {
  const button = item.row.querySelector(".sending-retry");
  button.textContent = label;
  button.hidden = false;
  button.onclick = () => retry(item);
}

async function retry(item) {
  item.row.querySelector(".sending-retry").hidden = true;
  await refreshToken();
  item.tries = 0;
  item.state = "waiting";
  waiting.push(item);
  next();
}

function tell(item, words, tone) { badge(item.row, words, tone, ""); summarise(); }

function badge(row, words, tone, detail) {
  const mark = document.createElement("span");
  mark.className = `state${tone ? ` state-${tone}` : ""}`;
  mark.textContent = words;
  row.querySelector("[data-state]").replaceChildren(mark);
  row.querySelector("[data-detail]").textContent = detail;
}

function summarise() {
  const count = (...states) => all.filter((item) => states.includes(item.state)).length;
  const stored = count("stored"), bad = count("refused", "held"), busy = count("waiting", "sending", "pausing");
  const words = [`共 ${all.length} 个文件`, `已安全存入 ${stored}`];
  if (busy) words.push(`还有 ${busy} 个在传，请不要关闭页面`);
  if (bad) words.push(`未存入 ${bad}`);
  document.getElementById("sending-summary").textContent = words.join(" · ");
  const again = document.getElementById("retry-all");
  again.hidden = count("held") < 2;
  again.onclick = () => all.filter((item) => item.state === "held").forEach(retry);
  if (all.length && !busy && !summarise.done) note(bad ? `${bad} 个文件没有存入，请看列表中的原因。` : "全部已安全存入，可以离开本页。", bad ? "bad" : "ok");
  summarise.done = !busy;
}

function stopReplacing() {
  document.getElementById("replaces").value = "";
  document.getElementById("replacing").hidden = true;
}

/** What was dropped; a folder is opened, however deep, and its files come in order. */
async function filesOf(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const found = [];
  for (const entry of entries) await gather(entry, found);
  return found;
}

async function gather(entry, found) {
  if (entry.isFile) {
    if (!entry.name.startsWith(".")) found.push(await new Promise((done, fail) => entry.file(done, fail)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {                             // a folder is told in portions
    const portion = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!portion.length) return;
    for (const inner of portion) await gather(inner, found);
  }
}

for (const input of [document.getElementById("files"), document.getElementById("camera")]) {
  input.addEventListener("change", () => { add(input.files); input.value = ""; });
}
const zone = document.getElementById("drop-zone");
let depth = 0;
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragenter", (event) => { if (hasFiles(event)) { depth += 1; zone.classList.add("is-over"); } });
document.addEventListener("dragleave", (event) => { if (hasFiles(event) && (depth -= 1) <= 0) { depth = 0; zone.classList.remove("is-over"); } });
document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  depth = 0;
  zone.classList.remove("is-over");
  filesOf(event.dataTransfer).then(add);
});
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("replacing-stop").addEventListener("click", stopReplacing);
window.addEventListener("beforeunload", (event) => {
  if (all.some((item) => ["waiting", "sending", "pausing", "held"].includes(item.state))) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const ticket = event.target.closest?.("[data-replaces]");
  if (!ticket) return;
  event.preventDefault();
  document.getElementById("replaces").value = ticket.dataset.replaces;
  document.getElementById("replacing-name").textContent = `（${ticket.dataset.name}）`;
  document.getElementById("replacing").hidden = false;
  document.getElementById("hand-in").scrollIntoView({ behavior: "smooth" });
  document.getElementById(matchMedia("(pointer: coarse)").matches ? "camera" : "files").click();
});
for (const choice of document.querySelectorAll("#list-filters select")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
document.addEventListener("counts", (event) => {
  for (const tab of document.querySelectorAll(".tabs a")) {
    const kind = new URL(tab.href).searchParams.get("kind") ?? "";
    const place = tab.querySelector(".figures");
    if (place) place.textContent = event.detail[kind];
  }
});
document.documentElement.classList.add("has-scripts");
