"use strict";
// Whatever is changed about the columns, what comes of it is shown at once, without leaving the page.
(() => {
  const form = document.querySelector("[data-look]");
  let latest = 0;

  async function look(button) {
    const mine = ++latest;
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body: data });
      if (mine !== latest) return;
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const focused = document.activeElement;
      const [id, name, value] = [focused.id, focused.name, focused.value];
      const opened = form.querySelector("details.reading-as")?.open;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("look");
      document.getElementById("look").replaceWith(fresh);
      const written = form.querySelector("details.reading-as");
      if (written) written.open = opened;
      const again = id ? document.getElementById(id) : [...form.elements].find((one) => one.name === name && one.value === value);
      again?.focus();
    } catch {
      location.reload(); // the server has the last word
    } finally {
      if (mine === latest) form.removeAttribute("aria-busy");
    }
  }

  form.toggleAttribute("data-live", true);
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input")) look();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "row") return;
    event.preventDefault();
    look(event.submitter);
  });
})();
