"use strict";
// Says while an expression is written what is made of it, and lists fields and examples to click.
(() => {
  const WAIT = 400;
  const helps = new Map(), timers = new WeakMap(), asked = new WeakMap();
  let last = null;

  const boxes = () => document.querySelectorAll("textarea[data-check]");
  const real = (box) => !box.name.includes("__prefix__");
  const said = (box) => box.closest(".when-box").querySelector("output");
  const cookie = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  const token = (box) => box.form.elements.csrfmiddlewaretoken?.value || cookie() || "";
  const type = (box) => box.form.elements[box.name.replace(/when$/, "item_type")]?.value || "";

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function tell(box, answer) {
    const place = said(box);
    if (!answer) { place.replaceChildren(); place.className = "when-said"; box.removeAttribute("aria-invalid"); return; }
    const parts = [];
    if (answer.ok) {
      const more = answer.examples?.length ? ` For example ${answer.examples.join(", ")}.` : "";
      parts.push(element("span", answer.message + more));
      if (answer.errors) parts.push(element("span", `It could not be checked on ${answer.errors.toLocaleString("en")}: ${answer.error}. Those would go to a person.${answer.remedy ? ` ${answer.remedy}` : ""}`, "warn"));
      for (const warning of answer.warnings || []) parts.push(element("span", warning, "warn"));
    } else {
      const where = answer.line ? `Line ${answer.line}, column ${answer.column}: ` : "";
      parts.push(element("span", where + answer.message));
      if (answer.pointed) parts.push(element("pre", answer.pointed, "pointed"));
    }
    place.className = `when-said ${answer.ok ? "good" : "bad"}`;
    place.replaceChildren(...parts);
    if (answer.ok) box.removeAttribute("aria-invalid"); else box.setAttribute("aria-invalid", "true");
  }

  async function check(box) {
    asked.get(box)?.abort();
    if (!box.value.trim()) { tell(box, null); return; }
    const control = new AbortController();
    asked.set(box, control);
    const body = new URLSearchParams({ when: box.value, item_type: type(box) });
    try {
      const answer = await fetch(box.dataset.check, {
        method: "POST", body, headers: { "X-CSRFToken": token(box) }, signal: control.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      tell(box, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") tell(box, { ok: false, message: "It can't be checked now; it is checked when you save." });
    }
  }

  function soon(box) {
    clearTimeout(timers.get(box));
    timers.set(box, setTimeout(() => check(box), WAIT));
  }

  async function fill(details) {
    const box = details.closest(".when-box").querySelector("textarea"), place = details.lastElementChild;
    const wanted = type(box);
    if (details.dataset.shown === wanted) return;
    delete details.dataset.shown;
    place.textContent = "Looking at recent items …";
    if (!helps.has(wanted)) {
      const url = `${box.dataset.help}?${new URLSearchParams({ item_type: wanted })}`;
      helps.set(wanted, fetch(url).then((answer) => answer.ok && !answer.redirected ? answer.text() : Promise.reject()));
    }
    const list = await helps.get(wanted).catch(() => null);
    if (list === null) helps.delete(wanted);
    if (type(box) !== wanted) return; // another type was chosen meanwhile, and has a list of its own
    if (list === null) { place.textContent = "The list can't be fetched now."; return; }
    place.innerHTML = list;
    details.dataset.shown = wanted;
  }

  // One after another: a page with many rules must not ask for all at once.
  async function tryAll() {
    for (const box of boxes()) if (real(box) && box.value.trim() && !asked.has(box)) await check(box);
  }

  function put(box, text, whole) {
    box.focus();
    if (whole) box.select();
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(root) {
    for (const details of root.querySelectorAll(".when-help")) details.hidden = false;
  }

  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-check]")) soon(event.target); });
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches("textarea[data-check]")) return;
    last = event.target;
    if (!asked.has(last) && real(last)) check(last);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".when-help") && event.target.open) fill(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use], [data-insert]");
    const near = button?.closest(".when-box")?.querySelector("textarea");
    const box = near || (last?.isConnected ? last : null);
    if (!button || !box) return;
    event.preventDefault();
    put(box, button.dataset.use ?? button.dataset.insert, "use" in button.dataset);
  });
  document.addEventListener("formset:added", (event) => show(event.target));
  function chose(event) {
    if (!/(^|-)item_type$/.test(event.target.name || "")) return;
    for (const box of boxes()) if (real(box)) soon(box);
    for (const details of document.querySelectorAll(".when-help[open]")) fill(details);
  }
  document.addEventListener("DOMContentLoaded", () => {
    django.jQuery(document).on("change", chose); // the admin's list of item types tells jQuery alone
    show(document);
    for (const box of boxes()) {
      box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") || ""} ${box.id}-said`.trim());
    }
    tryAll();
  });
})();
