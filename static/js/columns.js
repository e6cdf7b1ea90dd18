"use strict";
// Whatever is changed about the columns, what comes of it is shown at once, without leaving the page.
(() => {
  const form = document.querySelector("[data-look]");
  let latest = 0; // an answer is shown only while nothing was changed or sent since it was asked for

  async function look(button) {
    const mine = ++latest;
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body: data });
      const text = await answer.text();
      if (mine !== latest) return;
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const focused = document.activeElement;
      const [id, name, value] = [focused.id, focused.name, focused.value];
      const opened = form.querySelector("details.reading-as")?.open;
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("look");
      document.getElementById("look").replaceWith(fresh);
      const written = form.querySelector("details.reading-as");
      if (written) written.open = opened;
      const again = id ? document.getElementById(id) : [...form.elements].find((one) => one.name === name && one.value === value);
      again?.focus();
    } catch {
      if (mine === latest) location.reload(); // the server has the last word
    } finally {
      if (mine === latest) form.removeAttribute("aria-busy");
    }
  }

  form.toggleAttribute("data-live", true);
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input")) look();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "row") {
      event.preventDefault();
      look(event.submitter);
    } else {
      latest += 1; // the page is being left: what is still on its way must not hold that up
    }
  });
})();
