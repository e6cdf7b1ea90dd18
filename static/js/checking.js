// While a worker verifies the book its progress is asked for, ever less often; the page is read anew at the end.
"use strict";
(() => {
  const bar = document.querySelector("[data-checking]");
  const done = document.querySelector("[data-done]");
  const LONGEST = 15000;
  let pause = 1500;
  const look = async () => {
    if (document.hidden) return later();
    let told;
    try {
      const answer = await fetch(bar.dataset.checking, { headers: { Accept: "application/json" } });
      if (!answer.ok) return later();
      told = await answer.json();
    } catch {
      return later();
    }
    if (!told.running) return location.reload();
    bar.max = told.total || 1;
    bar.value = told.done;
    done.textContent = told.done.toLocaleString("en").replaceAll(",", " ");
    return later();
  };
  const later = () => {
    pause = Math.min(pause * 1.2, LONGEST);
    setTimeout(look, pause);
  };
  later();
})();
