"use strict";
// Whatever is changed about the columns, what comes of it is shown at once, without leaving the page.
(() => {
  const form = document.querySelector("[data-look]");
  const part = () => document.getElementById("look");
  let latest = 0; // an answer is shown only while nothing was changed or sent since it was asked for

  async function look(button) {
    const mine = ++latest;
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body: data });
      const text = await answer.text();
      await letGo();
      if (mine !== latest) return;
      if (answer.ok && !answer.redirected) show(new DOMParser().parseFromString(text, "text/html").getElementById("look"));
      else afresh();
    } catch {
      if (mine === latest) form.removeAttribute("data-live"); // no network for a moment: a button does it
    } finally {
      if (mine === latest) form.removeAttribute("aria-busy");
    }
  }

  // The server has the last word: a choice that a browser brought back would be asked, and refused, for ever.
  function afresh() {
    form.reset();
    location.reload();
  }

  // A press that has begun, and a list that is open, would be lost with what they are upon.
  async function letGo() {
    while (part().matches(":active") || part().querySelector("select:is(:open)")) await new Promise(requestAnimationFrame);
  }

  function show(fresh) {
    const focused = document.activeElement, held = part().contains(focused);
    const opened = form.querySelector("details.reading-as")?.open;
    part().replaceWith(fresh);
    const written = form.querySelector("details.reading-as");
    if (written) written.open = opened;
    if (held) twin(focused)?.focus();
    form.toggleAttribute("data-live", true);
  }

  function twin({ id, name, value }) {
    return id ? document.getElementById(id) : [...form.elements].find((one) => one.name === name && one.value === value);
  }

  const changed = (one) => one.checked !== one.defaultChecked || [...(one.options ?? [])].some((each) => each.selected !== each.defaultSelected);

  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input")) look();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "row") {
      event.preventDefault();
      look(event.submitter);
    } else {
      latest += 1; // the page is being left: what is still on its way must not hold that up
      form.removeAttribute("aria-busy");
    }
  });
  form.toggleAttribute("data-live", true);
  // Somebody may be quicker than this script, and a browser brings back what was chosen before.
  if ([...form.elements].some(changed)) look();
})();
