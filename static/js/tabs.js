"use strict";
// Several tabs of one person at the same item: each says so, one answer counts, and none takes it from the other.
(() => {
  const channel = new BroadcastChannel("hitl-seats");
  const me = Math.random().toString(36).slice(2);
  const others = new Set();
  let seat = null;
  const main = () => document.getElementById("main");
  const tell = (what, more) => { if (seat) channel.postMessage({ what, seat, from: me, ...more }); };

  function shown() {
    others.clear();
    seat = main().dataset.seat || null;
    tell("opened", { until: main().dataset.until });
  }

  function joined(tab) {
    others.add(tab);
    main().setAttribute("data-shared", "");
  }

  const heard = {
    opened(said) {
      main().dataset.until = said.until; // opening it renewed the lease
      joined(said.from);
      tell("here", { to: said.from });
    },
    here(said) {
      if (said.to !== me) return;
      joined(said.from);
      const text = "This item is open in another tab too. Whichever answers first counts.";
      document.dispatchEvent(new CustomEvent("seat:say", { detail: { text } }));
    },
    renewed(said) { main().dataset.until = said.until; },
    left(said) {
      others.delete(said.from);
      main().toggleAttribute("data-shared", others.size > 0);
    },
    answered() { elsewhere("answered"); },
    skipped() { elsewhere("skipped"); },
  };

  function elsewhere(how) {
    seat = null;
    document.dispatchEvent(new CustomEvent("seat:elsewhere", { detail: how }));
  }

  channel.addEventListener("message", (event) => {
    if (seat && event.data.seat === seat) heard[event.data.what]?.(event.data);
  });
  document.addEventListener("seat:shown", shown);
  document.addEventListener("seat:renewed", () => tell("renewed", { until: main().dataset.until }));
  document.addEventListener("seat:answered", () => tell("answered"));
  document.addEventListener("seat:skipped", () => tell("skipped"));
  addEventListener("pagehide", () => tell("left"));
  shown();
})();
