"use strict";
// Sends an answer and puts the next item in its place; what was typed outlives a lost lease or network.
(() => {
  const PATIENCE = 10000; // milliseconds for a script of the next item
  const STAYS = 2000; // milliseconds after which a page that was not left is there to stay
  let busy = false, over = false, leaving = false, asked = null, retry = null, spent = 0, since = null, poll = 0, fading = 0;
  const main = () => document.getElementById("main");
  const comment = () => document.getElementById("comment");
  const typing = () => document.activeElement?.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=range])");
  const cookie = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];

  // Only time in which the item could be seen counts as time spent on it.
  const tick = () => { if (since !== null) spent += performance.now() - since; since = document.hidden ? null : performance.now(); };
  document.addEventListener("visibilitychange", tick);

  function shown() {
    busy = over = false;
    asked = retry = since = null;
    spent = 0;
    tick();
    clearInterval(poll);
    if (main().dataset.poll) poll = setInterval(look, 20000);
    clearTimeout(fading);
    const undo = main().querySelector("[data-undo]");
    if (undo) fading = setTimeout(() => { undo.hidden = true; }, undo.dataset.undo * 1000);
  }

  const notice = () => document.getElementById("notice");
  const grave = () => !notice().hidden && notice().classList.contains("bad");

  function say(text, ...buttons) {
    notice().replaceChildren(line(text, buttons));
    present("alert");
    notice().scrollIntoView({ block: "nearest" });
    if (buttons.length && !typing()) buttons[0].focus();
  }

  // What is no trouble is said without taking the focus, beside what was, and never in place of what is.
  function mention({ text, acts = [] }) {
    if (grave()) return;
    if (notice().hidden) notice().replaceChildren();
    notice().append(line(text, acts.map(([name, act]) => button(name, act))));
    present("status");
  }

  function line(text, buttons) {
    const words = document.createElement("p");
    const row = document.createElement("div");
    words.textContent = text;
    row.className = "row";
    row.append(words, ...buttons);
    return row;
  }

  function present(role) {
    notice().setAttribute("role", role);
    notice().classList.toggle("bad", role === "alert");
    notice().hidden = false;
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function lost() {
    end("This item is no longer in your hands: you were away for too long, or it was decided elsewhere. " +
      "Nothing was stored. What you typed stays here, and comes back if you get this item again.");
  }

  function elsewhere(how) {
    end(how === "answered" ? "You have answered this item in another tab, and that answer counts. What you typed here stays here."
      : "You have skipped this item in another tab. What you typed stays here, and comes back if you get this item again.");
  }

  function end(text) {
    over = true;
    document.dispatchEvent(new CustomEvent("seat:gone"));
    say(text, button("Go on with the next item", () => location.reload()));
  }

  function stands(error) {
    over = true;
    say(error.detail, button("Go on with the next item", () => location.assign(main().dataset.correcting)));
  }

  function failed(text) {
    say(`${text} Your answer is not stored yet; nothing you typed is lost.`, button("Send it again", () => retry()));
  }

  async function send(form, act) {
    if (busy || over || leaving) return;
    if (act?.hasAttribute("data-needs-comment") && !comment().value.trim()) { explain(act); return; }
    begin(form, act);
    tick();
    const fields = new URLSearchParams(new FormData(form, act));
    if (fields.has("time_spent_ms")) fields.set("time_spent_ms", Math.round(spent));
    if (cookie()) fields.set("csrfmiddlewaretoken", cookie());
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body: fields, headers: { "X-Requested-With": "fetch" }, signal: AbortSignal.timeout(20000),
      });
      await received(answer, form);
    } catch {
      failed("The server can't be reached.");
    } finally {
      busy = false;
      main().removeAttribute("aria-busy");
    }
  }

  function begin(form, act) {
    busy = true;
    retry = () => send(form, act);
    main().setAttribute("aria-busy", "true");
    document.querySelector(".chosen")?.classList.remove("chosen");
    act?.classList.add("chosen");
  }

  async function received(answer, form) {
    if (answer.redirected) failed("You have been signed out. Sign in again in another tab.");
    else if (answer.ok) await stored(form, await answer.text());
    else if (answer.status === 409 && main().dataset.correcting) stands((await answer.json()).errors[0]);
    else if (answer.status === 409) lost();
    else if (answer.status === 400) refused((await answer.json()).errors[0]);
    else failed(`The server answered with an error (${answer.status}).`);
  }

  function refused(error) {
    say(error.detail);
    if (error.attr === "comment") explain(null);
    else if (error.attr === "label") main().querySelector("[data-original]")?.focus();
  }

  function explain(act) {
    asked = act;
    if (act) say("Say why, then press Ctrl and Enter, or the button again.");
    comment().closest("details").open = true;
    comment().focus();
  }

  async function stored(form, html) {
    document.dispatchEvent(new CustomEvent(form.id === "answer" ? "seat:answered" : "seat:skipped"));
    if (main().dataset.correcting) history.replaceState(null, "", main().dataset.correcting);
    await swap(html);
  }

  // An item is shown once its kind's scripts are there: before, what is typed for a field would act as keys.
  async function swap(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const next = holder.content.querySelector("main");
    await Promise.all([...next.querySelectorAll("script[src]")].map(run));
    main().replaceWith(next);
    main().focus({ preventScroll: true });
    scrollTo(0, 0);
    document.dispatchEvent(new CustomEvent("seat:shown"));
  }

  // What comes as text is not run by the browser: a kind's own scripts are, once, in their order.
  const known = new Set([...document.scripts].map((script) => script.src));
  function run(script) {
    const { href } = new URL(script.getAttribute("src"), location);
    if (known.has(href)) return null;
    known.add(href);
    const made = document.createElement("script");
    made.async = false;
    made.src = href;
    document.head.append(made);
    return new Promise((go) => {
      setTimeout(go, PATIENCE); // an item without its script can be skipped; none at all says nothing
      made.addEventListener("load", go);
      made.addEventListener("error", () => { known.delete(href); go(); }); // the next item asks for it again
    });
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(main().dataset.poll);
      if (answer.ok && !answer.redirected && (await answer.json()).waiting) found();
    } catch {
      return; // no network for a moment: it looks again
    }
  }

  function found() {
    clearInterval(poll);
    const title = main().querySelector("[data-found-text]");
    title.textContent = document.title = title.dataset.foundText;
    main().querySelector("[data-found]").hidden = false;
  }

  // What is pressed while the page is being left is meant for the one that comes, not for the item in hand. A link that
  // saves a file or writes a mail begins as if it left: nobody tells when it turns out that it
  // doesn't, and what is pressed until then is lost.
  addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, STAYS);
  });
  window.navigation?.addEventListener("navigateerror", () => { leaving = false; });
  // The second half of a double click is meant for the item of the first, which may have been answered since.
  let clicked = main();
  document.addEventListener("click", (event) => {
    if (event.detail < 2) clicked = main();
    else if (clicked !== main()) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-swap]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target === comment() && event.key === "Enter" && (event.ctrlKey || event.metaKey) && asked)
      asked.form.requestSubmit(asked);
  });
  document.addEventListener("seat:shown", shown);
  document.addEventListener("seat:lost", lost);
  document.addEventListener("seat:elsewhere", (event) => elsewhere(event.detail));
  document.addEventListener("seat:say", (event) => mention(event.detail));
  shown();
})();
