// On a screen of the review: what sheets closed earlier could not send is sent now, and said.

import { note } from "./app.js";
import { post, spoken } from "./review_saver.js";
import { forget, left, leftSheets, steps } from "./review_unsent.js";

/** Send what closed screens left, but for the sheet at `besides`, which sends its own. */
export async function sendLeft(user, besides = "") {
  for (const base of leftSheets(user).filter((other) => other !== besides)) {
    const unsent = left(user, base);
    const answer = unsent ? await post(`${base}/catch-up`, { version: unsent.version, steps: steps(unsent.waiting) }) : { status: 404 };
    if (![200, 404, 409, 422].includes(answer.status)) continue; // once more on the next screen
    forget(user, base);
    if (unsent) tell(base.split("/").at(-1), unsent.waiting.length, answer);
  }
}

function tell(number, count, answer) {
  if (answer.status !== 200) return note(`№ ${number} 上次没有来得及保存的 ${count} 处：${spoken(answer.data)}`, "bad");
  const { missed } = answer.data; // when all had arrived before, there is nothing to say
  if (missed.length) return note(`№ ${number} 上次没有来得及保存的，有 ${missed.length} 处没有补存：${missed[0].text}请打开核对。`, "bad");
  return answer.data.taken ? note(`№ ${number} 上次没有来得及保存的 ${answer.data.taken} 处，已补存。`, "ok") : undefined;
}

const queue = document.querySelector("[data-queue-of]");
if (queue) sendLeft(queue.dataset.queueOf);
