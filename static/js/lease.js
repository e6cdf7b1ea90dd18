"use strict";
// Keeps the item in hand while somebody works at it, and gives it back when the page is left.
(() => {
  let seat = null, length = 0, beat = 0, active = Date.now();
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const form = (fields) => new URLSearchParams({ csrfmiddlewaretoken: token(), ...fields });

  function shown() {
    const main = document.getElementById("main");
    clearInterval(beat);
    seat = main.dataset.seat ? main : null;
    if (!seat) return;
    length = seat.dataset.lease * 1000;
    beat = setInterval(renew, Math.max(length / 3, 1000));
  }

  async function renew() {
    // An unattended page must not keep an item from the others: no sign of life, no renewal.
    if (!seat || document.hidden || Date.now() - active > length) return;
    const asked = seat;
    let answer, told;
    try {
      answer = await fetch(asked.dataset.renew, { method: "POST", body: form({}), headers: { "X-Requested-With": "fetch" } });
      told = answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return; // no network for a moment: the next beat tries again
    }
    if (seat !== asked) return;
    if (told) renewed(told.lease);
    // Where an answer is on its way it has closed the seat itself, and tells how that went.
    else if (answer.status === 409 && !seat.hasAttribute("aria-busy")) lost();
  }

  function renewed(until) {
    seat.dataset.until = until;
    document.dispatchEvent(new CustomEvent("seat:renewed"));
  }

  function lost() {
    seat = null;
    clearInterval(beat);
    document.dispatchEvent(new CustomEvent("seat:lost"));
  }

  for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"])
    document.addEventListener(sign, () => { active = Date.now(); }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { active = Date.now(); renew(); } });
  document.addEventListener("seat:shown", shown);
  document.addEventListener("seat:gone", () => { seat = null; });
  addEventListener("pagehide", () => {
    // The lease's end goes along: if this is a reload, the page that comes has renewed it, and keeps it.
    const working = !seat || seat.hasAttribute("aria-busy") || seat.hasAttribute("data-shared");
    if (!working) navigator.sendBeacon(seat.dataset.release, form({ lease: seat.dataset.until }));
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  shown();
})();
