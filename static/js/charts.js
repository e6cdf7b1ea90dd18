"use strict";
// Draws each canvas that names its data, in the page's own colours; the table beside it holds the same.
(() => {
  const charts = [];
  const names = ["--accent", "--people", "--experts", "--ink", "--soft", "--line", "--paper"];
  const grouped = (value) => Math.round(value).toLocaleString("en").replaceAll(",", " ");
  const lasting = (value) => {
    for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) if (value >= 2 * size) return `${(value / size).toFixed(0)} ${unit}`;
    return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} s`;
  };
  const units = {
    count: grouped,
    share: (value) => `${(100 * value).toFixed(1).replace(/\.0$/, "")} %`,
    points: (value) => `${(100 * value).toFixed(1)} points`,
    seconds: lasting,
    "per hour": (value) => `${grouped(value)} an hour`,
    times: (value) => `${value.toFixed(1)} ×`,
  };
  const said = (unit, value) => (units[unit] || ((other) => other.toFixed(2)))(value);
  const faint = (colour) => colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)");

  // light-dark() is resolved by an element only; paper is light whatever the screen is.
  function palette(printing) {
    const probe = document.createElement("span");
    if (printing) probe.style.colorScheme = "light";
    document.body.append(probe);
    const found = {};
    for (const name of names) {
      probe.style.color = `var(${name})`;
      found[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return found;
  }

  function sets(data, colours) {
    const single = data.steps.length === 1;
    const made = data.lines.flatMap((line) => {
      const colour = colours[line.tone];
      if (data.stacked) return [{ label: line.name, data: line.values, backgroundColor: colour, borderRadius: 2, maxBarThickness: 36 }];
      const lone = line.values.map((value, place) => value !== null && (line.values[place - 1] ?? null) === null && (line.values[place + 1] ?? null) === null);
      const drawn = { label: line.name, data: line.values, low: line.low, high: line.high, borderColor: colour, backgroundColor: colour, borderWidth: 2.25, pointRadius: lone.map((one) => (one || single ? 3.5 : 0)), pointHitRadius: 12, pointHoverRadius: 4, order: 1 };
      if (!line.low.some((end) => end !== null)) return [drawn];
      const band = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 0, band: true, order: 3 };
      return [drawn, { ...band, data: line.high, fill: "+1", backgroundColor: faint(colour) }, { ...band, data: line.low, fill: false }];
    });
    if (data.target !== null) made.push({ label: "Target", data: data.steps.map(() => data.target), borderColor: colours["--soft"], backgroundColor: colours["--soft"], borderDash: [5, 4], borderWidth: 1.25, pointRadius: single ? 2 : 0, pointHitRadius: 0, order: 2 });
    return made;
  }

  function options(data, colours, small) {
    const share = data.unit === "share";
    // From nothing on, unless all that is known lies far above it: then a change would not be seen.
    const known = data.lines.flatMap((line) => [...line.values, ...line.low]).concat(data.target).filter((value) => value !== null && value !== undefined);
    const low = Math.min(...known), high = Math.max(...known);
    const fromZero = data.stacked || data.lines.length > 1 || (low >= 0 && low < high / 2) || high === 0;
    return {
      animation: false,
      maintainAspectRatio: false,
      normalized: true,
      interaction: { mode: "index", intersect: false },
      font: { family: getComputedStyle(document.body).fontFamily },
      scales: {
        x: { stacked: data.stacked, grid: { display: false }, border: { color: colours["--line"] }, ticks: { color: colours["--soft"], maxRotation: 0, autoSkipPadding: 14 } },
        y: { stacked: data.stacked, min: fromZero ? 0 : undefined, suggestedMax: high === 0 ? 1 : undefined, max: share && (data.lines.length > 1 || 1.1 * Math.max(high, ...data.lines.flatMap((line) => line.high)) > 1) ? 1 : undefined, grace: data.stacked ? 0 : "8%", grid: { color: colours["--line"] }, border: { display: false }, ticks: { color: colours["--soft"], maxTicksLimit: small ? 4 : 5, precision: data.unit === "count" ? 0 : undefined, callback: (value) => said(data.unit, value) } },
      },
      plugins: {
        legend: { display: data.lines.length > 1 || (data.target !== null && !small), position: "bottom", align: "start", labels: { color: colours["--soft"], boxWidth: 10, boxHeight: data.stacked ? 10 : 2, padding: 14, filter: (item, all) => !all.datasets[item.datasetIndex].band } },
        tooltip: {
          backgroundColor: colours["--ink"], titleColor: colours["--paper"], bodyColor: colours["--paper"], padding: 10, boxPadding: 4,
          filter: (item) => !item.dataset.band,
          callbacks: {
            label: (item) => {
              const { low, high } = item.dataset;
              const ends = low && low.length && low[item.dataIndex] !== null ? ` (${said(data.unit, low[item.dataIndex])} to ${said(data.unit, high[item.dataIndex])})` : "";
              return ` ${item.dataset.label}: ${said(data.unit, item.raw)}${ends}`;
            },
          },
        },
      },
    };
  }

  function draw(canvas) {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const small = canvas.closest(".thirds") !== null;
    const colours = palette(matchMedia("print").matches);
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const chart = new Chart(canvas, { type: data.stacked ? "bar" : "line", data: { labels: data.steps, datasets: sets(data, colours) }, options: options(data, colours, small) });
    charts.push({ chart, data, small });
  }

  function recolour(printing) {
    const colours = palette(printing);
    for (const { chart, data, small } of charts) {
      chart.data.datasets = sets(data, colours);
      chart.options = options(data, colours, small);
      chart.update("none");
    }
  }

  document.querySelectorAll("canvas[data-chart]").forEach(draw);
  const again = () => recolour(matchMedia("print").matches);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  matchMedia("print").addEventListener("change", again);
  addEventListener("beforeprint", () => recolour(true));
  addEventListener("afterprint", () => recolour(false));
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
