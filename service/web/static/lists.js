// A list being worked on: shows how far it is, and the page anew when a person is asked again.

const place = document.querySelector("[data-list]");
let pause = 700;

async function look() {
  try {
    const answer = await fetch(`/lists/${place.dataset.list}/state`, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const told = await answer.json();
      if (!told.moving) { location.reload(); return; }
      place.querySelector("progress").value = told.progress;
      place.querySelector("[data-stage]").textContent = told.stage ? `：${told.stage}` : "";
    }
    pause = answer.ok ? Math.min(pause * 1.1, 3000) : 8000;
  } catch { pause = 8000; }
  setTimeout(look, pause);
}

if (place) setTimeout(look, pause);
