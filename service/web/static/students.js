// The child's file: the print button, which only a script can offer.
const button = document.querySelector("[data-print]");

// Crops below the fold are not loaded yet: on paper they must all be there.
async function loadCrops() {
  const crops = [...document.querySelectorAll("img[loading=lazy]")];
  for (const crop of crops) crop.loading = "eager";
  await Promise.allSettled(crops.map((crop) => crop.decode()));
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await loadCrops();
    window.print();
  });
}
